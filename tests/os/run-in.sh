#!/bin/bash
# run-in.sh NAME [-u USER] COMMAND...   runs a command inside a booted instance; its exit status is kept
# run-in.sh NAME - < script             runs a strict bash script from standard input
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
name=${1:?usage: run-in.sh NAME [-u USER] COMMAND...}
shift
valid_name "$name"
user=root
if [ "${1:-}" = -u ]; then
  user=$2
  shift 2
fi
[ $# -gt 0 ] || die 'no command'
[ "$1" != - ] || set -- bash -euo pipefail -s
leader=$(instance_leader "$name" || :)
[ -n "$leader" ] || die "instance '$name' is not running"

# In a cgroup of the instance, so that stop.sh reaches the command as well.
cgroup=$(instance_cgroup "$name")/payload/run-in.scope
mkdir -p "$cgroup"
echo $$ > "$cgroup/cgroup.procs"
set -- env -i -C / PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  HOME=/root LANG=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive container=systemd-nspawn "$@"
[ "$user" = root ] || set -- runuser -u "$user" -- "$@"
exec nsenter -t "$leader" -m -u -i -n -p -C -- "$@"
