#!/usr/bin/env python3
"""A steady, bounded load of GETs, each on a connection of its own; exits 1 when one of them failed.

load.py URL [--requests N] [--clients C] [--rate PER_SECOND] [--until FILE] [--seconds S] [--timeout T]

It ends after N requests, or once FILE exists (make it when the operation under load is over), or after S seconds, whichever
comes first. A request fails when it gets no answer in T seconds or another status than 200. Answers are also counted by
their "version", so that a test sees that both releases were served.
"""

import argparse
import collections
import http.client
import itertools
import json
import os
import sys
import threading
import time
import urllib.parse


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--rate", type=float, default=200, help="requests per second, all clients together")
    parser.add_argument("--until", metavar="FILE")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--timeout", type=float, default=30)
    return parser.parse_args()


def get(url, timeout):
    """Returns (failure or None, version)."""
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=timeout)
    try:
        connection.request("GET", (url.path or "/") + ("?" + url.query if url.query else ""), headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}", None
    finally:
        connection.close()
    if response.status != 200:
        return f"status {response.status}", None
    try:
        return None, json.loads(body)["version"]
    except (ValueError, KeyError, TypeError):
        return None, "none"


def main():
    options = arguments()
    url = urllib.parse.urlsplit(options.url)
    start = time.monotonic()
    ticket, lock = itertools.count(), threading.Lock()
    failures, versions = collections.Counter(), collections.Counter()

    def client():
        while True:
            number = next(ticket)
            # Each request has its moment. One that comes late is not skipped: an outage must not thin out the load.
            time.sleep(max(0, start + number / options.rate - time.monotonic()))
            over = options.until and os.path.exists(options.until)
            if over or number >= options.requests or time.monotonic() - start > options.seconds:
                return
            failure, version = get(url, options.timeout)
            with lock:
                if failure:
                    failures[failure] += 1
                else:
                    versions[version] += 1

    threads = [threading.Thread(target=client) for _ in range(options.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = sum(failures.values())
    total = failed + sum(versions.values())
    print(f"requests={total} failures={failed} seconds={time.monotonic() - start:.1f}", *(f"version-{name}={count}" for name, count in sorted(versions.items())))
    for failure, count in failures.most_common(5):
        print(f"{count} x {failure}", file=sys.stderr)
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
