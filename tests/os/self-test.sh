#!/bin/bash
# self-test.sh [SUITE]   tests this harness, not liege: boots SUITE (bookworm or trixie) as a Debian host, a redhat
# host and a suse host, and installs a sample package on each by its own package manager
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$OS_HOME/assert.sh"
suite=${1:-bookworm}
work=$(mktemp -d)
instances=()
trap '"$OS_HOME/stop.sh" "${instances[@]}"; rm -rf "$work"' EXIT

in_() { "$OS_HOME/run-in.sh" "$name" "$@"; }
ask() { in_ curl -s -m 10 "http://127.0.0.1:8080/$1" || :; }
answers() { ask '' | grep -q "\"version\": \"$1\""; }
state() { in_ systemctl "$@" || :; }
boot() {              # KIND FAMILY
  name=self-$2-$$
  instances+=("$name")
  succeeds "boots $suite-$1" "$OS_HOME/boot.sh" "$suite-$1" "$name"
  say "$output"
  srv=$(instance_root "$name")/srv/liege-os
  mkdir -p "$srv"
  cp -r "$OS_HOME/fixtures" "$OS_HOME/load.py" "$srv/"
  put_application "$name" webapp 1.0
}
# UPGRADE COMMAND...   runs it under load; the load goes on until it is over and a second more
under_load() {
  in_ python3 /srv/liege-os/load.py http://127.0.0.1:8080/ --requests 20000 --until /tmp/over > "$work/load" 2>&1 &
  local load=$! begun=$SECONDS
  sleep 0.5
  try "$@"
  sleep 1
  in_ touch /tmp/over
  if wait $load; then load_status=0; else load_status=$?; fi
  in_ rm /tmp/over
  say "under load for $((SECONDS - begun)) s: $(cat "$work/load")"
}
check_serving() {     # WEB SERVER'S USER
  in_ systemctl reload nginx      # it takes a group that its user joined only then
  within 10 answers 1.0 || :
  local answer
  answer=$(ask '?env=SHOP_MODE')
  has 'nginx reaches the application by its socket' '"version": "1.0"' "$answer"
  has 'the application runs as its own user' "\"uid\": $(in_ id -u webapp)," "$answer"
  has 'with the environment of its ini' '"SHOP_MODE": "test"' "$answer"
  has "only $1 is in uwsginginx" "^uwsginginx:x:[0-9]+:$1\$" "$(in_ getent group uwsginginx)"
  ok 'socket: owner, group, mode' 'webapp:uwsginginx 660' "$(in_ stat -c '%U:%G %a' /run/shop/webapp/uwsgi.sock)"
  ask '?log=3&tag=probe' > /dev/null
  ok 'numbered lines reach the journal' 3 "$(in_ journalctl -o cat -u shop-webapp.service | grep -c '^probe 000[123]$')"
}

section "debian ($suite)"
boot app debian
for version in 1.0 1.1; do "$OS_HOME/fixtures/sample-deb.sh" "$srv/out" $version; done
put_nginx_site "$name" shop webapp 8080
succeeds 'apt-get install ./x.deb' in_ apt-get -y install /srv/liege-os/out/debian/shop-webapp_1.0-1_all.deb
ok 'unit is enabled' enabled "$(state is-enabled shop-webapp.service)"
check_serving www-data
put_application "$name" webapp 1.1
under_load in_ apt-get -y install /srv/liege-os/out/debian/shop-webapp_1.1-1_all.deb
ok 'upgrade under load' 0 "$status"
ok 'no request failed meanwhile' 0 "$load_status"
has 'the new version is served' '"version": "1.1"' "$(ask '')"
put_application "$name" webapp 1.2 broken
ok 'a broken application cannot be restarted' 1 "$(in_ systemctl restart shop-webapp.service 2>/dev/null && echo 0 || echo $?)"
try in_ python3 /srv/liege-os/load.py http://127.0.0.1:8080/ --requests 3 --timeout 2
ok 'load.py sees that requests fail' 1 "$status"
put_application "$name" webapp 1.3
ok 'is running after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
has 'and serves' '"version": "1.3"' "$(ask '')"
succeeds 'apt-get purge' in_ apt-get -y purge shop-webapp
ok 'unit is stopped' inactive "$(state is-active shop-webapp.service)"

rpm_family() {        # FAMILY INSTALL-COMMAND... then the same command upgrades; removal by rpm
  local family=$1
  shift
  section "$family ($suite)"
  boot rpm "$family"
  succeeds "becomes a $family host" "$OS_HOME/rpm-host/prepare.sh" "$name" "$family"
  say "$output"
  not 'neither uWSGI nor nginx nor their users yet' . "$(in_ sh -c 'ls /usr/sbin/uwsgi /usr/bin/uwsgi /usr/sbin/nginx; getent passwd nginx www-data' 2>/dev/null || :)"
  for version in 1.0 1.1; do in_ bash /srv/liege-os/fixtures/sample-rpm.sh /srv/liege-os/out "$family" $version 2> /dev/null; done
  succeeds "$*: takes uWSGI from the repository" in_ "$@" "/srv/liege-os/out/$family/shop-webapp-1.0-1.noarch.rpm"
  has 'uWSGI was installed' '^uwsgi' "$(in_ rpm -qa 'uwsgi*')"
  ok 'the preset enables the unit' enabled "$(state is-enabled shop-webapp.service)"
  ok 'a unit without a preset stays disabled' disabled "$(state is-enabled shop-other.service)"
  ok 'nothing starts on install' inactive "$(state is-active shop-webapp.service)"
  ok 'file trigger: daemon-reload' no "$(in_ systemctl show -P NeedDaemonReload shop-webapp.service)"
  ok 'file trigger: tmpfiles' '2750 webapp:uwsginginx' "$(in_ stat -c '%a %U:%G' /run/shop/webapp)"
  succeeds 'nginx is installed later' in_ "$@" nginx
  ok 'nginx is not enabled by itself' disabled "$(state is-enabled nginx.service)"
  put_nginx_site "$name" shop webapp 8080
  succeeds 'services start' in_ systemctl start shop-webapp.service nginx.service
  check_serving nginx
  ok 'nginx runs as nginx' nginx "$(in_ ps -o user= -C nginx | sort -u | grep -v root)"
  put_application "$name" webapp 1.1
  under_load in_ "$@" "/srv/liege-os/out/$family/shop-webapp-1.1-1.noarch.rpm"
  ok 'upgrade under load' 0 "$status"
  ok 'no request failed meanwhile' 0 "$load_status"
  has 'marked, then reloaded or restarted at the end of the transaction' '"version": "1.1"' "$(ask '')"
  in_ systemctl --quiet disable shop-webapp.service
  succeeds 'the package is installed once more' in_ rpm -U --force "/srv/liege-os/out/$family/shop-webapp-1.1-1.noarch.rpm"
  ok 'the administrator disabled it: it stays so' disabled "$(state is-enabled shop-webapp.service)"
  succeeds 'rpm -e' in_ rpm -e shop-webapp
  ok 'unit is stopped' inactive "$(state is-active shop-webapp.service)"
  not 'and no link to it stays' . "$(in_ find /etc/systemd/system -name 'shop*')"
  succeeds 'uWSGI goes' in_ rpm -e "$(in_ rpm -qa 'uwsgi*python3')"
  not 'and takes its plugin with it' . "$(in_ sh -c 'ls /usr/lib/uwsgi/plugins/python3*' 2>/dev/null || :)"
  ok 'system is well at the end' running "$(state is-system-running)"
}
rpm_family redhat dnf -y install
rpm_family suse zypper --non-interactive install --allow-unsigned-rpm
results
