"""A WSGI application that tells in JSON how it runs.

?sleep=SECONDS        answers late
?log=N&tag=T          first writes N numbered lines "T 0001" to the log
?env=NAME             tells a variable of the environment (may be repeated)
"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

# Read at import, like the code of a real release: a new version shows only once the application was loaded anew.
VERSION = (Path(__file__).parent / "version.txt").read_text().strip()


def application(environ, start_response):
    query = parse_qs(environ.get("QUERY_STRING", ""))
    tag = query.get("tag", ["line"])[0]
    for number in range(1, int(query.get("log", ["0"])[0]) + 1):
        # One write per line: lines of two workers do not mix.
        os.write(sys.stderr.fileno(), f"{tag} {number:04d}\n".encode())
    time.sleep(float(query.get("sleep", ["0"])[0]))
    body = json.dumps(
        {
            "version": VERSION,
            "uid": os.getuid(),
            "gid": os.getgid(),
            "groups": sorted(os.getgroups()),
            "pid": os.getpid(),
            "cwd": os.getcwd(),
            "python": "%d.%d" % sys.version_info[:2],
            "env": {name: os.environ.get(name) for name in query.get("env", [])},
            "path": environ["PATH_INFO"],
        },
        sort_keys=True,
    ).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
