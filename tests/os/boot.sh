#!/bin/bash
# boot.sh ROOT [NAME]   boots a throwaway overlay of a cached root, with its own systemd as process 1; prints its name.
# What it writes lies on a tmpfs and vanishes with stop.sh. Its network has a loopback only.
# Limits such as MemoryMax, TasksMax, CPUQuota, IPAddressDeny are accepted but not enforced where the host keeps
# those cgroup controllers for itself: test them by `systemctl show`.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
root=${1:?usage: boot.sh ROOT [NAME]}
name=${2:-$root-$$}
valid_name "$name"
need_root
need systemd-nspawn
[ -n "$(cgroup2)" ] || die 'this host has no cgroup2 mount'
dir=$(instance_dir "$name") cgroup=$(instance_cgroup "$name") lower=$OS_CACHE/roots/$root
# Not stopped here by itself: it may be somebody else's.
if [ -e "$dir" ] || [ -e "$cgroup" ]; then die "instance '$name' exists; if it is yours: stop.sh $name"; fi
[ -d "$lower/usr" ] || "$OS_HOME/mkroot.sh" "$root"

# A systemd that finds no free inotify instance exits with 255 and says nothing; the usual 128 are shared by
# all processes of root on the host.
limit=/proc/sys/fs/inotify/max_user_instances
[ "$(cat $limit)" -ge 1024 ] || echo 1024 > $limit

start=$(now)
mkdir -p "$dir" "$cgroup" /run/systemd/nspawn
trap '[ $? = 0 ] || "$OS_HOME/stop.sh" "$name" || :' EXIT
mount -t tmpfs -o "size=$OS_UPPER_SIZE,mode=755" liege-os "$dir"
mkdir "$dir/upper" "$dir/work" "$dir/root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
echo "$name" > "$dir/root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$name" > "$dir/root/etc/hosts"

setsid "$OS_HOME/supervise.sh" "$cgroup" systemd-nspawn -q -D "$dir/root" -M "$name" \
  --register=no --keep-unit --private-network --resolv-conf=off --timezone=off --link-journal=no \
  --console=pipe --kill-signal=SIGRTMIN+4 -b < /dev/null > "$dir/console.log" 2>&1 &
supervisor=$!
while [ -z "$(instance_leader "$name" 2>/dev/null || :)" ]; do
  [ -d /proc/$supervisor ] || { cat "$dir/console.log" >&2; die "$name did not start"; }
  sleep 0.05
done
state=$("$OS_HOME/wait-up.sh" "$name" || :)
case $state in
  running) ;;
  degraded)
    "$OS_HOME/run-in.sh" "$name" systemctl --failed --no-legend --plain >&2 || :
    [ "${LIEGE_OS_ALLOW_DEGRADED:-0}" = 1 ] || die "$name booted degraded" ;;
  *)
    cat "$dir/console.log" >&2
    die "$name: systemd is '$state' after 60 s" ;;
esac
say "$name: $state after $(since "$start") s"
echo "$name"
