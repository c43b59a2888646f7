#!/bin/bash
# mkroot.sh ROOT [--force]     ROOT = {bookworm,trixie}-{min,app,rpm,qa}
# Builds a Debian root once and caches it as $LIEGE_OS_CACHE/roots/ROOT.
#   min  minbase without systemd, and a pool of every .deb that the others install
#   app  min + systemd, nginx, uWSGI with its Python plugin, logrotate, curl
#   rpm  app + rpm, dnf, zypper: a Debian that rpm-host/prepare.sh turns into an rpm host
#   qa   app + lintian, piuparts (with a min root as its base)
# Only min uses the network; the others, and booted instances, install from the pool.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
name=${1:?usage: mkroot.sh SUITE-KIND [--force]}
force=${2:-}
suite=${name%-*} kind=${name##*-}
case $suite in bookworm|trixie) ;; *) die "unknown suite '$suite'" ;; esac
need_root
need mmdebstrap
need apt-ftparchive

app=(systemd systemd-sysv dbus curl procps adduser nginx uwsgi-core uwsgi-plugin-python3 logrotate python3)
rpm=(rpm dnf zypper createrepo-c rpmlint)
qa=(lintian piuparts apt-utils)
# piuparts needs cron: logrotate would else bring systemd-sysv, which cannot be purged again
extra=(cron python3-venv)

roots=$OS_CACHE/roots
dir=$roots/$name part=$roots/.$name.part log=$OS_CACHE/$name.log
mkdir -p "$roots"
exec 9> "$OS_CACHE/.lock.$name"      # two tests may ask for the same root
flock 9
if [ -d "$dir/usr" ] && [ "$force" != --force ]; then exit 0; fi
# Under a booted overlay a root must not change.
! grep -q "lowerdir=$dir," /proc/self/mounts || die "$name is in use by a booted instance"

# sources.list lines of the Debian mirrors that this host's own apt uses
sources() {
  local main security targets key=/usr/share/keyrings/debian-archive-keyring.gpg
  # shellcheck disable=SC2016   # apt fills these in
  targets=$(apt-get indextargets --format '$(CREATED_BY) $(LABEL) $(REPO_URI)' | sed -n 's/^Packages //p')
  main=${LIEGE_OS_MIRROR:-$(awk '$1 == "Debian" { print $2; exit }' <<< "$targets")}
  security=${LIEGE_OS_MIRROR_SECURITY:-$(awk '$1 == "Debian-Security" { print $2; exit }' <<< "$targets")}
  [ -n "$main" ] || die 'no Debian mirror in the apt sources of this host: apt-get update, or set LIEGE_OS_MIRROR'
  echo "deb [signed-by=$key] $main $suite main"
  echo "deb [signed-by=$key] $main $suite-updates main"
  [ -z "$security" ] || echo "deb [signed-by=$key] $security $suite-security main"
}

build_min() {
  local lines
  lines=$(sources)
  # Check-Date: the clock of a throwaway machine may be wrong. The option is not kept in the root.
  # --error-on=any: apt-get update else exits 0 although indexes failed.
  # shellcheck disable=SC2016   # mmdebstrap's hooks get the root as $1
  mmdebstrap --quiet --mode=root --variant=minbase --dpkgopt=force-unsafe-io \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --skip=cleanup/apt/lists \
    --customize-hook='chroot "$1" apt-get -qq -y --no-install-recommends --download-only install '"${app[*]} ${rpm[*]} ${qa[*]} ${extra[*]}" \
    --customize-hook='mkdir -p "$1/var/local/pool" && mv "$1"/var/cache/apt/archives/*.deb "$1/var/local/pool/"' \
    --customize-hook='cd "$1/var/local/pool" && apt-ftparchive packages . > Packages && apt-ftparchive release . > Release' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/etc/apt/sources.list.d/* "$1/etc/apt/apt.conf.d/99mmdebstrap"' \
    --customize-hook='echo "deb [trusted=yes] file:/var/local/pool ./" > "$1/etc/apt/sources.list"' \
    --customize-hook='chroot "$1" apt-get -qq update --error-on=any' \
    --customize-hook=': > "$1/etc/machine-id"; : > "$1/etc/resolv.conf"' \
    "$suite" "$part" <<< "$lines" > "$log" 2>&1
}

# build_from KIND PACKAGE...   a copy of another root of the suite, with packages added from its pool
build_from() {
  local from=$suite-$1
  shift
  "$OS_HOME/mkroot.sh" "$from"
  cp -a --reflink=auto "$roots/$from" "$part"
  printf '#!/bin/sh\nexit 101\n' > "$part/usr/sbin/policy-rc.d"
  chmod 755 "$part/usr/sbin/policy-rc.d"
  # In namespaces of its own: nothing that a maintainer script starts can outlive this, or reach the network.
  # shellcheck disable=SC2016
  unshare -mpn --fork --kill-child bash -euc '
    root=$1; shift
    mount -t proc proc "$root/proc"; mount -t tmpfs tmpfs "$root/run"; mount --bind /dev "$root/dev"
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" \
      apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Use-Pty=0 install "$@"
  ' install "$part" "$@" > "$log" 2>&1
  rm "$part/usr/sbin/policy-rc.d"
  : > "$part/etc/machine-id"
}

start=$(now)
rm -rf --one-file-system "$part"
trap '[ $? = 0 ] || { tail -20 "$log" >&2; say "$name: not built, see $log"; }' EXIT
case $kind in
  min) build_min ;;
  app) build_from min "${app[@]}" ;;
  rpm) build_from app "${rpm[@]}" ;;
  qa) build_from app "${qa[@]}" ;;
  *) die "unknown kind '$kind'" ;;
esac
rm -rf --one-file-system "$dir"
mv "$part" "$dir"
say "$name: built in $(since "$start") s, $(du -sh "$dir" | cut -f1)"
