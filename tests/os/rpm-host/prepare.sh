#!/bin/bash
# prepare.sh INSTANCE FAMILY    FAMILY = redhat | suse
# Turns a booted *-rpm instance into a stand-in for a host of an rpm family: it has a database of its own, what is
# always installed there (stand-ins of systemd, shadow and the like), and a repository /srv/providers/repository with
# uWSGI, its plugins, nginx and logrotate, from which dnf or zypper takes what a package requires.
# What it cannot show: the real distributions' own builds, macros and SELinux policies.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../lib.sh
. "$here/../lib.sh"
name=${1:?usage: prepare.sh INSTANCE redhat|suse}
family=${2:?usage: prepare.sh INSTANCE redhat|suse}
case $family in redhat|suse) ;; *) die "unknown family '$family'" ;; esac
valid_name "$name"
start=$(now)
to=$(instance_root "$name")/srv/providers
mkdir -p "$to"
cp "$here"/* "$to/"
if ! log=$("$OS_HOME/run-in.sh" "$name" bash /srv/providers/inside.sh "$family" 2>&1); then
  echo "$log" >&2
  die "$name: could not be made a $family host"
fi
say "$name: a $family host after $(since "$start") s"
