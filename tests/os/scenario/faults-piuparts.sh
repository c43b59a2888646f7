#!/bin/bash
# faults-piuparts.sh HOST   HOST = debian-12 | debian-13
# Every .deb of every example goes through piuparts: install and purge, and install, upgrade and purge, each in a minimal
# root without a running systemd, whose files are listed before and after.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../fault/host.sh
. "$(dirname "$(readlink -f "$0")")/../fault/host.sh"
host_of "${1:?usage: faults-piuparts.sh HOST}"
[ "$family" = debian ] || die "piuparts is for Debian, not for $1"

"$OS_HOME/mkroot.sh" "$suite-min"
host qa piuparts
base=$(instance_root "$name")/srv/base
cp -a "$OS_CACHE/roots/$suite-min" "$base"

# The upgrade is only tested when apt in the base knows the former release, so that goes to the base's pool. The new release of
# an application is tried beside the former one of what applications share, which is the one that apt finds.
build() {
  liege build --unlocked "$spec" --family debian "$@" > /dev/null 2>> "$work/warnings"
}
for spec in "$OS_HOME"/../../specs/*.toml; do
  mapfile -t applications < <(sed -n 's/^\[app\.\([a-z0-9-]*\)\]$/--app=\1/p' "$spec")
  build --release 1 --out "$work/1"
  build --release 2 --out "$work/2"
  build --release 2 --out "$work/applications" "${applications[@]}"
done
cp "$work"/1/debian/*.deb "$base/var/local/pool/"
cp "$work"/2/debian/*-uwsgi_*.deb "$work"/applications/debian/*.deb "$srv/"
# /tmp is mounted nodev, and a root below it could not use its /dev/null: piuparts works in /var/tmp.
in_ - << 'INSIDE'
cd /srv/base/var/local/pool
apt-ftparchive packages . > Packages
rm -f Release
apt-ftparchive release . > /tmp/Release
mv /tmp/Release .
chroot /srv/base apt-get -qq update --error-on=any
mkdir /var/tmp/piuparts
INSIDE

# What systemd's own tmpfiles.d makes when systemd is installed or upgraded is not ours; Debian 12's piuparts does not
# know it yet.
systemds='^/(root/\.ssh|var/(cache|lib|log)/private|var/lib/systemd/(coredump|pstore))/?$'
check() {
  in_ piuparts --tmpdir=/var/tmp/piuparts --existing-chroot=/srv/base --distribution="$suite" --keep-sources-list \
    --no-eatmydata --ignore-regex="$systemds" --warn-on-others --pedantic-purge-test "$1"
}
for package in "$srv"/*.deb; do
  package=$(basename "$package")
  section "piuparts ${package%_all.deb} ($suite)"
  try check "/srv/liege-os/$package"
  verdicts=$(grep -E ' (INFO|WARN|ERROR|FAIL): ' <<< "$output" || :)
  ok 'piuparts' 0 "$status"
  [ "$status" = 0 ] || tail -n 40 <<< "$output"
  has 'install and purge' 'PASS: Installation and purging test' "$verdicts"
  has 'install, upgrade and purge' 'PASS: Installation, upgrade and purging tests' "$verdicts"
done

# That it would notice: the same package with a file that its purge forgets.
section "piuparts refuses what is wrong ($suite)"
in_ - << 'INSIDE'
cd /srv
dpkg-deb -R liege-os/shop-uwsgi_*.deb wrong
sed -i 's/^set -e$/set -e; mkdir -p \/var\/lib\/shop; touch \/var\/lib\/shop\/left/' wrong/DEBIAN/postinst
dpkg-deb --root-owner-group -b wrong wrong.deb > /dev/null
INSIDE
try check /srv/wrong.deb
ok 'a package that leaves a file' 1 "$status"
has 'and says which' '/var/lib/shop/left' "$output"
finish
