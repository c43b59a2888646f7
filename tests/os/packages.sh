# shellcheck shell=bash
# The site's packages: how they are built, and how each family's package manager is told to take them. Part of host.sh.
# shellcheck disable=SC2154,SC2034   # host.sh sets and uses these
# release → what it changes. Nothing but the named option and the version differs.
# 1.1: shop's ini. 1.2: also stock's ini. 1.3: also stock's unit. 1.4: 1.0, but shop and stock in each other's mode.
# 1.5: 1.0, but all in service mode.
releases=(1.0 1.1 1.2 1.3 1.4 1.5)

case $family in
  redhat) python_plugin=uwsgi-plugin-python3 ;;
  suse) python_plugin=uwsgi-python3 ;;
esac

liege=${LIEGE:-${CARGO_TARGET_DIR:-$OS_HOME/../../target}/release/liege}

# put_spec RELEASE   $work/life.toml becomes the site's spec in that release
put_spec() {
  local shop=one stock=one writable='' shop_mode=emperor blog_mode=emperor stock_mode=service
  case $1 in 1.[123]) shop=two ;; esac
  case $1 in 1.[23]) stock=two ;; esac
  case $1 in
    1.3) writable='"/srv/stock"' ;;
    1.4) shop_mode=service stock_mode=emperor ;;
    1.5) shop_mode=service blog_mode=service ;;
  esac
  sed -e "s/@VERSION@/$1/" -e "s/@SHOP@/$shop/" -e "s/@STOCK@/$stock/" -e "s|@WRITABLE@|$writable|" \
    -e "s/@SHOP_MODE@/$shop_mode/" -e "s/@BLOG_MODE@/$blog_mode/" -e "s/@STOCK_MODE@/$stock_mode/" \
    "$OS_HOME/specs/life.toml" > "$work/life.toml"
}

# build_packages   all releases for all families, once for a run: $LIFE_PACKAGES/RELEASE/FAMILY/*
build_packages() {
  local version
  LIFE_PACKAGES=${LIFE_PACKAGES:-$work/packages}
  [ ! -d "$LIFE_PACKAGES/${releases[-1]}" ] || return 0
  [ -x "$liege" ] || (cd "$OS_HOME/../.." && cargo build --release)
  for version in "${releases[@]}"; do
    put_spec "$version"
    # One date for all: a new ini is never newer than the one it replaces.
    SOURCE_DATE_EPOCH=1767225600 "$liege" build --unlocked "$work/life.toml" --out "$LIFE_PACKAGES/$version" > "$work/build.log" 2>&1 ||
      { cat "$work/build.log" >&2; die "$liege could not build release $version"; }
  done
}
put_packages() {
  local version to
  for version in "${releases[@]}"; do
    to=$(instance_root "$name")/srv/life/$version
    mkdir -p "$to"
    cp "$LIFE_PACKAGES/$version/$family"/* "$to/"
  done
}

# files RELEASE [APPLICATION...]   sets `paths`, inside the host; without applications: the whole site
files() {
  local version=$1 app inside
  shift
  inside=$(instance_root "$name")
  paths=()
  if [ $# = 0 ]; then paths=("$inside/srv/life/$version"/life-*); fi
  for app in "$@"; do paths+=("$inside/srv/life/$version/life-$app"[-_]"$version"*); done
  paths=("${paths[@]#"$inside"}")
}

# Each takes RELEASE [APPLICATION...] as `files` does.
install() {
  local paths
  files "$@"
  case $family in
    debian)
      in_ apt-get -y --allow-downgrades --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
        install "${paths[@]}"
      ;;
    redhat) in_ dnf -y --setopt=install_weak_deps=False install "${paths[@]}" ;;
    suse) in_ zypper --non-interactive install --no-recommends --allow-unsigned-rpm "${paths[@]}" ;;
  esac
}
# An application's package wants what it shares with others in its own release or a later one.
upgrade() {
  if [ $# = 1 ]; then install "$1"; else install "$1" uwsgi "${@:2}"; fi
}
downgrade() {
  local paths
  files "$@"
  case $family in
    debian) install "$@" ;;
    redhat) in_ dnf -y downgrade "${paths[@]}" ;;
    suse) in_ zypper --non-interactive install --no-recommends --allow-unsigned-rpm --oldpackage "${paths[@]}" ;;
  esac
}

# remove PACKAGE...   what the administrator wrote stays, as far as the family keeps it
remove() {
  case $family in
    debian) in_ apt-get -y -o Dpkg::Use-Pty=0 remove "$@" ;;
    redhat) in_ dnf -y remove "$@" ;;
    suse) in_ zypper --non-interactive remove "$@" ;;
  esac
}
# erase PACKAGE...   Debian's purge; rpm knows only one way
erase() {
  if [ "$family" = debian ]; then in_ apt-get -y -o Dpkg::Use-Pty=0 purge "$@"; else remove "$@"; fi
}
installed() {
  if [ "$family" = debian ]; then
    # shellcheck disable=SC2016   # dpkg-query's own variables
    in_ dpkg-query -f '${db:Status-Abbrev} ${Package}\n' -W 'life-*' | awk '$1 == "ii" { print $2 }'
  else
    in_ rpm -qa --qf '%{NAME}\n' 'life-*'
  fi | sort
}
# provide PACKAGE...   of the distribution
provide() {
  case $family in
    debian) in_ apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" ;;
    redhat) in_ dnf -y install "$@" ;;
    suse) in_ zypper --non-interactive install "$@" ;;
  esac
}
