#!/bin/bash
# faults-killed.sh HOST   HOST = debian-12 | debian-13 | redhat | suse
# Every maintainer script of every kind of package, in an install, an upgrade, a removal and a purge, is killed before each
# of its commands in turn, and run twice. Afterwards dpkg --configure -a, or the same command again, must lead to the
# state that an undisturbed run leads to. LIEGE_FAULTS_KILL=all kills the package manager together with the script.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../fault/host.sh
. "$(dirname "$(readlink -f "$0")")/../fault/host.sh"
host_of "${1:?usage: faults-killed.sh HOST}"
mode=${LIEGE_FAULTS_KILL:-script}

host "$kind" killed
cp "$OS_HOME"/fault/{injected,state,walk,with-dpkg,with-rpm} "$srv/"
put_site
# From here on every script of a package is run by the stand-in.
cp "$OS_HOME/fault/shell" "$srv/shell.new"
in_ mv -f /srv/liege-os/shell.new /usr/bin/sh

for package in ${LIEGE_FAULTS_PACKAGES:-shop-uwsgi shop-webapp shop-api}; do
  section "$1: $package, killed: $mode"
  status=0
  in_ /srv/liege-os/walk "$package" "$mode" > "$work/walk" 2>&1 || status=$?
  ok 'every round came to its end' 0 $status
  [ $status = 0 ] || tail -n 30 "$work/walk"
  while read -r _ _ action commands; do
    points=$(grep -cE "^point $package $action [1-9]" "$work/walk" || :)
    differing=$(grep -cE "^point $package $action [1-9][0-9]* DIFFERENT" "$work/walk" || :)
    # How often a loop turns is not ours to say; that each command ran once is.
    unreached=$(grep -cE "^point $package $action .* not reached: 1" "$work/walk" || :)
    echo "$1 $package $action: kill points $points, differing $differing"
    ok "$action: each of its commands was a kill point" "$commands, all reached" "$points, ${unreached/#0/all} reached"
    ok "$action: differing after a kill" 0 "$differing"
    ok "$action: differing after every script ran twice" 0 "$(grep -cE "^point $package $action 0 DIFFERENT" "$work/walk" || :)"
  done < <(grep '^commands ' "$work/walk")
  awk '/^point/ { bad = /DIFFERENT/ } bad' "$work/walk"
done
finish
