#!/usr/bin/env python3
"""Has real uWSGI serve a request for the ini of each given .deb, at the very paths and as the very users it names.

serve.py DEB...      as root, in mount, network and process namespaces of its own (unshare --mount --net --pid --fork)

Nothing of the host is changed: /etc is an overlay, /opt, /srv, /run and /var/log are fresh. The applications' code is made
here, in the shape that the ini asks for. Prints a line for each application; exits 1 when one does not serve.
"""

import glob
import json
import os
import pwd
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

CODE = """
import json, os

def {callable}({parameters}):
    start_response("200 OK", [("Content-Type", "application/json")])
    about = {{"user": os.geteuid(), "group": os.getegid(), "env": dict(os.environ), "path": environ["PATH_INFO"]}}
    return [json.dumps(about).encode()]
"""
FACTORY = "\ndef {factory}():\n    return {callable}\n"


def run(*command, **options):
    return subprocess.run(command, check=True, **options)


def isolate():
    """Own versions of every directory that is written to."""
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "proc", "proc", "/proc")
    packages = {deb: Path(deb).read_bytes() for deb in sys.argv[1:]}
    for folder in ("/opt", "/srv", "/run", "/var/log"):
        run("mount", "-t", "tmpfs", "tmpfs", folder)
    os.makedirs("/run/etc/upper")
    os.makedirs("/run/etc/work")
    run("mount", "-t", "overlay", "overlay", "-o", "lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work", "/etc")
    run("ip", "link", "set", "lo", "up")
    os.makedirs("/srv/debs")
    for number, content in enumerate(packages.values()):
        Path(f"/srv/debs/{number}.deb").write_bytes(content)
        run("dpkg-deb", "--extract", f"/srv/debs/{number}.deb", "/srv/root")
    run("systemd-sysusers", *sorted(glob.glob("/srv/root/usr/lib/sysusers.d/*.conf")), stderr=subprocess.DEVNULL)
    files = sorted(glob.glob("/srv/root/usr/lib/tmpfiles.d/*.conf"), key=lambda path: not path.endswith("-uwsgi.conf"))
    run("systemd-tmpfiles", "--create", *files)
    run("cp", "--archive", *glob.glob("/srv/root/etc/*"), "/etc/")


def settings(ini):
    """Keys and values of an ini, read by the rules of uWSGI's documentation and not by ours."""
    pairs = []
    for line in ini.read_text().splitlines():
        line = line.strip()
        if line and line[0] not in "#;[":
            key, _, value = line.partition("=")
            pairs.append((key.strip(), value.strip().replace("%%", "%")))
    return pairs


def put_application(pairs):
    options = dict(pairs)
    directory = Path(options["chdir"])
    for mount in (value for key, value in pairs if key == "mount"):
        served = mount.partition("=")[2]
        put_application([("chdir", options["chdir"]), ("wsgi-file" if served.endswith(".py") else "module", served)])
    module, _, name = options.get("module", "").partition(":")
    name = options.get("callable", name) or "application"
    path = Path(options["wsgi-file"]) if "wsgi-file" in options else Path(*module.split(".")).with_suffix(".py")
    path = directory / path
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent != directory:
        (path.parent / "__init__.py").touch()
    factory = name.removesuffix("()") if name.endswith("()") else None
    text = CODE.format(callable="made" if factory else name, parameters="environ, start_response")
    path.write_text(text + (FACTORY.format(factory=factory, callable="made") if factory else ""))
    if "virtualenv" in options:
        run(sys.executable, "-m", "venv", "--without-pip", options["virtualenv"])
    if "for-readline" in options:
        Path(options["for-readline"]).write_text("SECRET=from a file\n")


def make_certificate(value, user):
    _, certificate, key = value.split(",")[:3]
    Path(certificate).parent.mkdir(parents=True, exist_ok=True)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2",
        "-keyout", key, "-out", certificate, stderr=subprocess.DEVNULL)
    os.chown(key, user.pw_uid, user.pw_gid)


def speak_uwsgi(connection):
    """One GET by the uwsgi protocol."""
    variables = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_PROTOCOL": "HTTP/1.1", "QUERY_STRING": "",
                 "SERVER_NAME": "test", "SERVER_PORT": "80", "REQUEST_URI": "/", "SCRIPT_NAME": ""}
    body = b"".join(struct.pack("<H", len(part)) + part for pair in variables.items() for part in map(str.encode, pair))
    connection.sendall(struct.pack("<BHB", 0, len(body), 0) + body)
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0], answer
    return json.loads(body)


def ask(option, address):
    if option == "socket" and address.startswith("/"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            return speak_uwsgi(connection)
    host, _, port = address.rpartition(":")
    host = "127.0.0.1" if host in ("", "0.0.0.0") else host
    if option == "socket":
        with socket.create_connection((host, int(port))) as connection:
            return speak_uwsgi(connection)
    scheme = "https" if option == "https-socket" else "http"
    context = ssl._create_unverified_context() if scheme == "https" else None
    with urllib.request.urlopen(f"{scheme}://{host}:{port}/", context=context, timeout=10) as response:
        assert response.status == 200
        return json.load(response)


def listeners(pairs, unit):
    """Each listener's option and address; in service mode the addresses are the socket unit's."""
    of_ini = [(key, value.split(",")[0]) for key, value in pairs if key in ("socket", "http-socket", "https-socket")]
    if not unit.exists():
        return of_ini
    streams = [line.split("=", 1)[1] for line in unit.read_text().splitlines() if line.startswith("ListenStream=")]
    return [(option, streams[int(address.removeprefix("fd://")) - 3]) for option, address in of_ini]


def command_for(ini, service, unit, user):
    if not service.exists():
        return ["uwsgi", "--ini", str(ini)]
    lines = service.read_text().splitlines()
    binary = next(line.split("=", 1)[1].split()[0] for line in lines if line.startswith("ExecStart="))
    if not os.path.exists(binary):
        # The uWSGI that pip would build has Python inside; Debian's has it in the plugin.
        Path(binary).parent.mkdir(parents=True, exist_ok=True)
        Path(binary).write_text('#!/bin/sh\nexec /usr/bin/uwsgi-core --need-plugin python3 "$@"\n')
        os.chmod(binary, 0o755)
    streams = [line.split("=", 1)[1] for line in unit.read_text().splitlines() if line.startswith("ListenStream=")]
    activate = [part for stream in streams for part in ("--listen", stream)]
    become = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--init-groups"]
    return ["systemd-socket-activate", *activate, *become,
            "env", "-u", "LISTEN_PID", "-u", "LISTEN_FDS", "-u", "LISTEN_FDNAMES", binary, "--ini", str(ini)]


def serves(ini):
    """Starts the application of an ini, asks each of its listeners, and stops it."""
    site, app = ini.parts[-3], ini.stem
    service = Path(f"/srv/root/usr/lib/systemd/system/{site}-{app}.service")
    unit = service.with_suffix(".socket")
    pairs = settings(ini)
    tmpfiles = Path(f"/srv/root/usr/lib/tmpfiles.d/{site}-{app}.conf").read_text()
    user = pwd.getpwnam(next(line.split()[3] for line in tmpfiles.splitlines() if line.startswith("d /run/")))
    os.chown(ini, 0, user.pw_gid)  # as the postinst does
    put_application(pairs)
    for key, value in pairs:
        if key == "https-socket":
            make_certificate(value, user)
    wanted = listeners(pairs, unit)
    for _, address in wanted:
        host = address.rpartition(":")[0]
        if host not in ("", "0.0.0.0", "127.0.0.1") and not address.startswith("/"):
            run("ip", "address", "add", f"{host}/32", "dev", "lo")
    log = open(f"/run/{site}-{app}.log", "w+b")
    process = subprocess.Popen(command_for(ini, service, unit, user), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        for option, address in wanted:
            answer = patiently(lambda: ask(option, address), process)
            assert answer["user"] == user.pw_uid, answer
            for key, value in pairs:
                name, _, text = value.partition("=")
                if value == "%(_)":
                    assert answer["env"].get("SECRET") == "from a file", answer["env"]
                elif key == "env":
                    assert answer["env"].get(name) == text, (name, text, answer["env"])
            print(f"{site} {app}: {option} {address} served by {user.pw_name}")
        time.sleep(0.5)  # a worker that was born this very moment misses the signal and is killed after its mercy
        process.send_signal(signal.SIGTERM if service.exists() else signal.SIGINT)
        process.wait(timeout=15)
    except Exception:
        log.seek(0)
        print(log.read().decode(errors="replace"))
        for path in glob.glob(f"/var/log/{site}/{app}/*"):
            print(Path(path).read_text(errors="replace"))
        raise
    finally:
        if process.poll() is None:
            process.kill()


def patiently(attempt, process):
    for _ in range(100):
        try:
            return attempt()
        except OSError as error:
            assert process.poll() is None, f"uWSGI ended with {process.returncode}"
            last = error
            time.sleep(0.1)
    raise last


def refuses_unknown_options(ini):
    """strict is on: the same ini with a misspelt option does not start."""
    text = ini.read_text() + "\nharakri = 3\n"
    plugin = [] if "need-plugin" in text else ["--need-plugin", "python3"]
    process = subprocess.run(["uwsgi", *plugin, "--ini", "-", "--no-server"], input=text.encode(), capture_output=True, timeout=30)
    assert process.returncode != 0, f"{ini}: an unknown option was accepted"
    assert b"harakri" in process.stdout + process.stderr


def needs_its_secrets(ini):
    """An application whose env-file is missing does not start without it."""
    for path in (value for key, value in settings(ini) if key == "for-readline"):
        os.remove(path)
        process = subprocess.run(["uwsgi", "--ini", str(ini), "--no-server"], capture_output=True, timeout=30)
        assert process.returncode == 1, f"{ini}: started without {path}"
        assert path.encode() in process.stderr, process.stderr
        print(f"{ini} wants {path}")


isolate()
inis = sorted(Path("/etc").glob("*/apps/*.ini"))
assert inis, "no package brings an ini"
for path in inis:
    serves(path)
    refuses_unknown_options(path)
    needs_its_secrets(path)
print(f"{len(inis)} applications served")
