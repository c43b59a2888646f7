#!/bin/bash
# install.sh HOST   the site is installed, before nginx and after it, and serves by every listener as its own users
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

# connects USER SOCKET
connects() { in_ runuser -u "$1" -- python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$2"; }

check_identity() {
  local app user group about
  for app in "${applications[@]}"; do
    user=${user_of[$app]} group=$(in_ getent group "${group_of[$app]}" | cut -d: -f3)
    about=$(ask "$app")
    ok "$app runs as $user" "$(in_ id -u "$user")" "$(field uid <<< "$about")"
    ok "$app: its group is ${group_of[$app]}" "$group" "$(field gid <<< "$about")"
    ok "$app: it has no group besides" "$group" "$(field groups <<< "$about")"
  done
  has "$web_user is the only member of uwsginginx" "^uwsginginx:[^:]*:[0-9]+:$web_user\$" "$(in_ getent group uwsginginx)"
}

check_sockets() {
  local app socket
  local -A owner_of=([shop]=shop [blog]=blogger [stock]=root)      # systemd makes stock's
  for app in shop blog stock; do
    socket=/run/life/$app/uwsgi.sock
    ok "$app: owner, group and mode of its socket" "${owner_of[$app]}:uwsginginx 660" "$(in_ stat -c '%U:%G %a' "$socket")"
    succeeds "$app: $web_user reaches its socket" connects "$web_user" "$socket"
    for stranger in nobody vault; do
      fails "$app: its socket refuses $stranger" connects "$stranger" "$socket"
      has "$app: for lack of permission" PermissionError "$output"
      fails "$app: its statistics refuse $stranger" connects "$stranger" "/run/life/$app/stats.sock"
      has "$app: they do so for lack of permission" PermissionError "$output"
    done
  done
}

check_listeners() {
  local by=(--cacert /etc/life-secrets/ca.pem)
  ok 'uwsgi:// over TCP, through nginx' 1.0 "$(get "http://127.0.0.1:${port_of[stock-tcp]}/" | field version)"
  ok 'http://' 1.0 "$(get http://127.0.0.1:8101/ | field version)"
  ok 'https:// with the CA' 1.0 "$(get https://127.0.0.1:8443/ "${by[@]}" | field version)"
  try in_ curl -s -m 10 --cacert /etc/life-secrets/other.pem https://127.0.0.1:8443/
  ok 'https:// with another CA is refused' 60 "$status"
  has 'stock has the secret of its env-file' 'kept by hand' "$(ask stock env=LIFE_SECRET)"
  not 'which the package does not contain' 'kept by hand' "$(in_ cat /etc/life/apps/stock.ini)"
}

check_state() {
  local unit
  for unit in life-emperor.service life-stock.service life-stock.socket life-vault.service life-vault.socket; do
    ok "$unit is enabled" enabled "$(enabled $unit)"
    ok "$unit is active" active "$(state $unit)"
  done
  case $family in
    debian) try in_ dpkg --verify life-uwsgi life-shop life-blog life-stock life-vault ;;
    *) try in_ rpm -V --nomtime life-uwsgi life-shop life-blog life-stock life-vault ;;
  esac
  ok 'what is installed is what was packed' '' "$output"
  ok 'the system is well' running "$(in_ systemctl is-system-running || :)"
}

begin
section 'nginx first'
succeeds 'is installed' install 1.0
serving 1.0
check_identity
check_sockets
check_listeners
check_state
case $family in
  redhat) has 'the policy module is loaded' life_selinux "$(in_ cat /var/log/semodule-calls)" ;;
esac

section 'nginx later'
succeeds 'the site goes' erase 'life-*'
succeeds 'nginx goes' erase nginx
[ "$family" != debian ] || in_ apt-get -y -q autoremove --purge > "$work/autoremove"
in_ test ! -e /usr/sbin/nginx || die 'nginx is still there'
[ "$family" = debian ] || in_ gpasswd -d nginx uwsginginx > "$work/gpasswd"
succeeds 'is installed without nginx' install 1.0
ok 'and runs' active "$(state life-emperor.service)"
succeeds 'then nginx' provide nginx
start_nginx
serving 1.0
check_sockets
finish
