#!/bin/bash
# stop.sh NAME... | --all   kills all that runs in an instance's cgroup, unmounts it and forgets it.
# Kills by the instance's own cgroup only. May be run again. Does not ask whose an instance is: where several people
# test on one machine, each sets a LIEGE_OS_RUN of their own (--all means those in it).
set -uo pipefail    # no -e: it goes on over whatever is already gone, and tells by its status what is left
. "$(dirname "$(readlink -f "$0")")/lib.sh"

kill_cgroup() {
  echo 1 > "$1/cgroup.kill"
  for _ in $(seq 200); do
    ! grep -q 'populated 0' "$1/cgroup.events" || break
    sleep 0.05
  done
  find "$1" -depth -type d -exec rmdir {} \; 2>/dev/null
}
unmount() {         # a mount is busy for a moment after its last process died
  for _ in $(seq 20); do
    mountpoint -q "$1" || return 0
    umount "$1" 2>/dev/null || sleep 0.1
  done
  umount -l "$1"
}

if [ "${1:-}" = --all ]; then
  set --
  for path in "$OS_RUN"/*/; do
    [ ! -d "$path" ] || set -- "$@" "$(basename "$path")"
  done
fi
status=0
for name in "$@"; do
  valid_name "$name"
  dir=$(instance_dir "$name") cgroup=$(instance_cgroup "$name")
  [ ! -d "$cgroup" ] || kill_cgroup "$cgroup"
  [ ! -d "$cgroup" ] || { say "$name: $cgroup is not empty"; status=1; }
  unmount "$dir/root"
  unmount "$dir"
  [ ! -d "$dir" ] || rmdir "$dir" || status=1
done
exit $status
