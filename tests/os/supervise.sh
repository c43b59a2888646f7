#!/bin/bash
# supervise.sh CGROUP COMMAND...   what boot.sh leaves in the background: COMMAND is nspawn, in a cgroup of its own
set -euo pipefail
if [ "$1" != --hidden ]; then
  # First of all into the cgroup: stop.sh kills by it, and so reaches whatever is started from here.
  echo $$ > "$1/cgroup.procs"
  shift
  exec unshare -m --propagation slave -- "$0" --hidden "$@"
fi
shift
# Only cgroup2 is to be seen, so that the instance boots in the unified hierarchy on a host that has both.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# With --keep-unit, nspawn ends with 133 when the instance reboots, and wants to be started again.
while :; do
  status=0
  "$@" || status=$?
  [ $status = 133 ] || exit $status
done
