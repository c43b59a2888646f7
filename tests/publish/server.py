"""server.py PORT   an S3 server on loopback, with nothing in it.

moto looks whether a condition such as If-Match holds, and writes afterwards; two of its threads may both find that it
holds. S3 lets one of them win, and so does this server: it answers one request after the other.
"""

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

run_simple(
    "127.0.0.1",
    int(sys.argv[1]),
    DomainDispatcherApplication(create_backend_app),
    threaded=False,
    request_handler=MotoRequestHandler,
)
