# shellcheck shell=bash
# Settings and small functions that all scripts here share. Source it; do not run it.
# shellcheck disable=SC2034   # the scripts that source it use these
OS_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OS_CACHE=${LIEGE_OS_CACHE:-/var/cache/liege-os}   # built roots; never inside a checkout
OS_RUN=${LIEGE_OS_RUN:-/run/liege-os}             # one directory per running instance
OS_UPPER_SIZE=${LIEGE_OS_UPPER_SIZE:-4g}          # tmpfs that holds the writes of one instance

say() { echo "liege-os: $*" >&2; }
die() { say "$*"; exit 1; }
need() { command -v "$1" >/dev/null || die "$1 is missing: run $OS_HOME/setup"; }
need_root() { [ "$(id -u)" = 0 ] || die 'run as root'; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }

# A name becomes a directory, a cgroup and a host name.
valid_name() { [[ $1 =~ ^[a-z0-9][a-z0-9-]{0,30}$ ]] || die "bad instance name '$1'"; }

# Where this host has cgroup2: all of /sys/fs/cgroup, or /sys/fs/cgroup/unified beside version 1.
cgroup2() { awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts; }

instance_dir() { echo "$OS_RUN/$1"; }
instance_root() { echo "$OS_RUN/$1/root"; }        # its files, seen from the host (not its /run and /tmp)
# The run directory is part of the name: two people's instances of one name must not share a cgroup, by which stop.sh kills.
instance_cgroup() { echo "$(cgroup2)/liege-os${OS_RUN//\//-}-$1"; }
instance_leader() {                                # process id, on the host, of the instance's process 1
  local processes
  processes=$(instance_cgroup "$1")/payload/init.scope/cgroup.procs
  [ -r "$processes" ] && head -n 1 "$processes"
}

# put_application INSTANCE APPLICATION VERSION [broken]
# Lays the test application where its package expects it: packages carry no application code.
put_application() {
  local code=$OS_HOME/application${4:+/$4} to
  to=$(instance_root "$1")/opt/$2/$2
  mkdir -p "$to"
  cp "$code/wsgi.py" "$to/wsgi.py.new"
  echo "$3" > "$to/version.txt"
  mv "$to/wsgi.py.new" "$to/wsgi.py"               # never half a module
}

# put_nginx_site INSTANCE SITE APPLICATION PORT
put_nginx_site() {
  sed -e "s/@SITE@/$2/g" -e "s/@APPLICATION@/$3/g" -e "s/@PORT@/$4/g" "$OS_HOME/fixtures/nginx-site.conf.in" \
    > "$(instance_root "$1")/etc/nginx/conf.d/$2-$3.conf"
}
