#!/bin/bash
# reboot.sh NAME   reboots an instance: what was written stays, /run and /tmp are fresh. Prints systemd's state.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
name=${1:?usage: reboot.sh NAME}
old=$(instance_leader "$name") || die "instance '$name' is not running"
"$OS_HOME/run-in.sh" "$name" systemctl reboot 2>/dev/null || :
"$OS_HOME/wait-up.sh" "$name" "$old"
