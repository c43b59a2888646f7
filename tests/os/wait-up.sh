#!/bin/bash
# wait-up.sh NAME [OLD]   waits, 60 s at most, until the instance's systemd is up; prints its state.
# OLD is the leader before a reboot: the one waited for is another.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
name=${1:?usage: wait-up.sh NAME [OLD]}
old=${2:-}
state=
end=$((SECONDS + 60))
while [ $SECONDS -lt $end ]; do
  leader=$(instance_leader "$name" 2>/dev/null || :)
  if [ -n "$leader" ] && [ "$leader" != "$old" ]; then
    state=$("$OS_HOME/run-in.sh" "$name" systemctl is-system-running 2>/dev/null || :)
    case $state in running|degraded) echo "$state"; exit 0 ;; esac
  fi
  sleep 0.1
done
echo "$state"
exit 1
