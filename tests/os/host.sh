# shellcheck shell=bash
# One host of the scenarios, whatever its package manager. Source it with the host's name as first argument:
# debian-12, debian-13, redhat or suse. A scenario then calls `begin`, its assertions, and `finish`.
# shellcheck disable=SC2034   # the scenarios use these
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=assert.sh
. "$OS_HOME/assert.sh"
host=${1:?usage: ${0##*/} debian-12|debian-13|redhat|suse}
scenario=$(basename "$0" .sh)
name=life-$host-$$
case $host in
  debian-12) root=bookworm-app family=debian ;;
  debian-13) root=trixie-app family=debian ;;
  redhat | suse) root=${LIEGE_OS_RPM_SUITE:-bookworm}-rpm family=$host ;;
  *) die "unknown host '$host'" ;;
esac
case $family in
  debian) web_user=www-data uwsgi=/usr/bin/uwsgi kept=dpkg-dist ;;
  *) web_user=nginx uwsgi=/usr/sbin/uwsgi kept=rpmnew ;;
esac
applications=(shop blog stock vault)
declare -A user_of=([shop]=shop [blog]=blogger [stock]=stockuser [vault]=vault)
declare -A group_of=([shop]=shop [blog]=blogger [stock]=stockgroup [vault]=vault)
declare -A port_of=([shop]=8001 [blog]=8002 [stock]=8003 [stock-tcp]=8004)    # nginx's
missing=a_module_that_nobody_installed                                        # what the broken release imports

in_() { "$OS_HOME/run-in.sh" "$name" "$@"; }
work=$(mktemp -d)
begun=$(now)
# Also on an error or an interrupt; a child that still sends requests dies with the instance.
trap '"$OS_HOME/stop.sh" "$name"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# shellcheck source=packages.sh
. "$OS_HOME/packages.sh"
# shellcheck source=ask.sh
. "$OS_HOME/ask.sh"

# code VERSION [broken] [APPLICATION...]   lays out a release of the applications' code
code() {
  local version=$1 kind='' app
  shift
  if [ "${1:-}" = broken ]; then kind=$1; shift; fi
  for app in "${@:-${applications[@]}}"; do put_application "$name" "$app" "$version" "$kind"; done
}

# What an administrator keeps by hand: a secret, and a certificate of a throwaway CA with its key.
put_secrets() {
  local to
  to=$(instance_root "$name")/etc/life-secrets
  need openssl
  mkdir -p "$to"
  (
    cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=throwaway CA' \
      -addext keyUsage=keyCertSign -keyout ca.key -out ca.pem
    # Another CA of the same name: what it did not sign is not to be trusted.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=throwaway CA' \
      -addext keyUsage=keyCertSign -keyout other.key -out other.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout vault.key -out vault.csr
    openssl x509 -req -in vault.csr -CA ca.pem -CAkey ca.key -days 2 -out vault.pem \
      -extfile <(echo subjectAltName=IP:127.0.0.1,DNS:localhost)
  ) 2> "$work/openssl" || { cat "$work/openssl" >&2; die 'no certificate'; }
  cp "$work"/{ca.pem,other.pem,vault.pem,vault.key} "$to/"
  echo 'LIFE_SECRET=kept by hand' > "$to/stock.env"
  chmod 600 "$to/stock.env"
  in_ groupadd --system vault
  in_ chgrp vault /etc/life-secrets/vault.key
  chmod 640 "$to/vault.key"
}

# The servers of nginx; it has a place for them only once it is installed.
put_sites() {
  local app conf
  conf=$(instance_root "$name")/etc/nginx/conf.d
  for app in shop blog stock; do put_nginx_site "$name" life $app "${port_of[$app]}"; done
  sed -e "s/:${port_of[stock]};/:${port_of[stock-tcp]};/" -e 's/uwsgi_pass .*/uwsgi_pass 127.0.0.1:8102;/' \
    "$conf/life-stock.conf" > "$conf/life-stock-tcp.conf"
}
start_nginx() {
  put_sites
  in_ systemctl --quiet enable nginx.service
  in_ systemctl restart nginx.service
}

# begin   boots the host with nginx, uWSGI, code, secrets: all that the site's packages find in place
begin() {
  build_packages
  "$OS_HOME/boot.sh" "$root" "$name" > "$work/boot" || die "$host does not boot"
  if [ "$family" != debian ]; then
    "$OS_HOME/rpm-host/prepare.sh" "$name" "$family"
    # Named, so that they stay when the site goes.
    provide nginx uwsgi logrotate "$python_plugin" > "$work/provide" 2>&1 || { cat "$work/provide" >&2; die 'no nginx'; }
  fi
  put_packages
  code 1.0
  put_secrets
  in_ mkdir -p /srv/stock
  cp "$OS_HOME/load.py" "$(instance_root "$name")/srv/life/"
  start_nginx
}

# finish   prints what was found; the last line is for `run`
finish() {
  local bad=0
  results || bad=1
  printf '%s %s passed %d failed %d seconds %.0f\n' "$host" "$scenario" "$all_passed" "$all_failed" "$(since "$begun")"
  exit $bad
}
