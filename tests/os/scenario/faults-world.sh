#!/bin/bash
# faults-world.sh HOST   HOST = debian-12 | debian-13 | redhat | suse
# The world is at fault: the disk is full, the user database is locked, systemd does not run. The package manager must end
# with an error that names the cause, or cope; and the same command must succeed once the cause is gone.
# shellcheck disable=SC2086,SC2016   # commands are kept as words; what is in single quotes is for the instance's shell
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../fault/host.sh
. "$(dirname "$(readlink -f "$0")")/../fault/host.sh"
host_of "${1:?usage: faults-world.sh HOST}"

host "$kind" world
put_site

all='shop-uwsgi shop-webapp shop-api'
# command_of RELEASE   the words that install or upgrade to it
command_of() {
  local suffix=rpm package
  if [ "$family" = debian ]; then
    suffix=deb
    echo dpkg -i
  else
    echo rpm -U --replacepkgs
  fi
  for package in $all; do echo "/srv/liege-os/$1/$package.$suffix"; done
}
# The program that runs out says it, or rpm, which counts before it begins.
no_space='No space left on device|more (space|inodes) on the'
install_1=$(command_of 1) install_2=$(command_of 2)
gone() { if [ "$family" = debian ]; then in_ dpkg -P $all; else in_ rpm -e $all; fi; }
serves() {             # RELEASE   both applications, through nginx
  local port
  for port in 8080 8081; do
    in_ curl -s -m 5 "http://127.0.0.1:$port/?env=RELEASE" | grep -q "\"RELEASE\": \"$1\"" || return 1
  done
}
serving() {            # RELEASE WHAT
  if within 15 serves "$1"; then _pass "$2"; else _fail "$2" "$(in_ systemctl --no-pager status 'shop-*' 2>&1 | tail -n 20)"; fi
}
# fails WHAT CAUSE COMMAND...   it ends with an error that names the cause
fails() {
  local what=$1 cause=$2 begun=$SECONDS
  shift 2
  try timeout --foreground 150 "$OS_HOME/run-in.sh" "$name" "$@"
  if [ "$status" = 0 ]; then _fail "$what" 'it succeeded'; else _pass "$what: an error, status $status, after $((SECONDS - begun)) s"; fi
  not "$what: it did not hang" '^124$' "$status"
  has "$what: the cause is named" "$cause" "$output"
}
# A file system of its own for what changes below a directory. `full` leaves it neither a block nor an inode.
own_file_system() {
  in_ sh -euc 'mkdir -p "/mnt$1"; mount -t tmpfs -o size=1m,nr_inodes=200 full "/mnt$1"; mkdir "/mnt$1/upper" "/mnt$1/work"
    mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt$1/upper,workdir=/mnt$1/work" "$1"' sh "$1"
}
full() {
  in_ sh -uc 'mkdir "/mnt$1/many"
    number=0
    while touch "/mnt$1/many/$number" 2> /dev/null; do number=$((number + 1)); done
    ! dd if=/dev/zero of="/mnt$1/many/0" bs=4k 2> /dev/null' sh "$1"
}
emptied() { in_ rm -r "/mnt$1/many"; }

section "$1: no systemd runs"
# Another /run, in which systemd is not to be seen, as in a root that an image is made of.
succeeds 'installs' in_ unshare -m --propagation private sh -euc 'mount -t tmpfs tmpfs /run; exec "$@"' sh $install_1
has 'enabled by a link' 'shop-emperor.service' "$(in_ ls /etc/systemd/system/multi-user.target.wants)"
has 'enabled by a link, too' 'shop-api.service' "$(in_ ls /etc/systemd/system/multi-user.target.wants)"
ok 'the application is handed to the emperor' ../apps/webapp.ini "$(in_ readlink /etc/shop/vassals/webapp.ini)"
ok 'nothing was started' '' "$(in_ pgrep -a uwsgi || :)"
ok 'after a boot it runs' running "$("$OS_HOME/reboot.sh" "$name" || :)"
serving 1 'and serves'
succeeds 'purge' gone

for directory in /etc /var/lib/systemd; do
  [ "$family" = debian ] || [ $directory = /etc ] || continue
  section "$1: $directory is full"
  own_file_system $directory
  full $directory
  fails "install" "$no_space" $install_1
  emptied $directory
  succeeds 'the same command, with space' in_ $install_1
  serving 1 'it serves'
  full $directory
  try in_ $install_2
  if [ "$status" = 0 ]; then
    _pass 'upgrade: it needs no space there'
  else
    has 'upgrade: the cause is named' "$no_space" "$output"
    serving '[12]' 'what was there serves meanwhile'
  fi
  emptied $directory
  succeeds 'upgrade: the same command, with space' in_ $install_2
  serving 2 'the new release serves'
  succeeds 'purge' gone
done

section "$1: /run is full"
succeeds 'install' in_ $install_1
serving 1 'it serves'
in_ sh -euc 'mount -t tmpfs -o remount,nr_inodes=$(($(df --output=iused /run | tail -n 1) + 2)) tmpfs /run
  while touch "/run/fill$((number = ${number:-0} + 1))" 2> /dev/null; do :; done'
fails 'upgrade' "$no_space" $install_2
serving 1 'the former release serves'
in_ sh -euc 'mount -t tmpfs -o remount,nr_inodes=800k tmpfs /run; rm /run/fill*'
succeeds 'the same command, with space' in_ $install_2
serving 2 'the new release serves'
succeeds 'purge' gone

section "$1: the user database is locked"
in_ sh -euc 'for u in webapp api; do userdel $u; done; for g in records uwsginginx; do groupdel $g; done'
# The lock of lckpwdf(3), which all that write users take.
in_ python3 -c 'import fcntl, os, time
lock = open("/etc/.pwd.lock", "a")
fcntl.lockf(lock, fcntl.LOCK_EX)
with open("/tmp/holder.new", "w") as file: print(os.getpid(), file=file)
os.rename("/tmp/holder.new", "/tmp/holder")
time.sleep(600)' &
within 10 in_ test -e /tmp/holder
fails 'install' 'lock' $install_1
in_ sh -c 'kill "$(cat /tmp/holder)"'
succeeds 'the same command, unlocked' in_ $install_1
serving 1 'it serves'
finish
