#!/bin/bash
# truth.sh HOST   what systemctl and the package manager say is what users see: failures show, reloads lose nothing
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

# stops WHAT APPLICATIONS UNIT...   within 5 s, and nothing of it runs on
stops() {
  local apps=$2 app begun_at
  begun_at=$(now)
  succeeds "$1: systemctl stop" in_ systemctl stop "${@:3}"
  most "$1: seconds to its end" 5 "$(since "$begun_at")"
  for app in $apps; do succeeds "$1: no process of $app is left" gone "$app"; done
  not "$1: did not fail" failed "$(state "${@:3}")"
}

# More often in a minute than the unit's start limit has it.
restart() { in_ systemctl reset-failed life-stock.service && in_ systemctl restart life-stock.service; }

# late_accepts UNIT...   restarts them with the time between accept() and the request's start drawn out
late_accepts() {
  local root unit
  root=$(instance_root "$name")
  cc -shared -fPIC -O1 -o "$root/srv/life/late-accept.so" "$OS_HOME/fixtures/late-accept.c" -ldl
  for unit in "$@"; do
    mkdir -p "$root/etc/systemd/system/$unit.d"
    printf '[Service]\nEnvironment=LD_PRELOAD=/srv/life/late-accept.so\n' > "$root/etc/systemd/system/$unit.d/late.conf"
  done
  in_ systemctl daemon-reload
  in_ systemctl restart "$@"
}

begin

section 'stop and start'
succeeds 'is installed' install 1.0
serving 1.0
stops 'service' stock life-stock.socket life-stock.service
stops 'service with TLS' vault life-vault.socket life-vault.service
stops 'emperor' 'shop blog' life-emperor.service
in_ systemctl start life-stock.service life-vault.service life-emperor.service
serving 1.0
ask stock sleep=2 > "$work/slow" & slow=$!
sleep 0.7
in_ systemctl stop life-stock.socket life-stock.service
wait $slow
ok 'a stop finishes the request being served' 1.0 "$(field version < "$work/slow")"
in_ systemctl start life-stock.service
serving 1.0 stock

section 'nothing is lost'
before=$(workers stock)
unharmed 'service: reload' "$(url_of stock)" 10000 in_ systemctl reload life-stock.service
differs 'it has other workers' "$before" "$(workers stock)"
unharmed 'service: restart' "$(url_of stock)" 10000 restart
unharmed 'service: restart, over http://' http://127.0.0.1:8101/ 10000 restart
before=$(workers shop)
unharmed 'emperor: reload of one application' "$(url_of shop)" 10000 in_ touch /etc/life/apps/shop.ini
differs 'it has other workers' "$before" "$(workers shop)"
before=$(workers shop)
unharmed 'emperor: systemctl reload' "$(url_of shop)" 10000 in_ systemctl reload life-emperor.service
differs 'it has other workers' "$before" "$(workers shop)"

section 'not even a request that was just accepted'
late_accepts life-stock.service life-emperor.service
serving 1.0 stock shop
succeeds 'accepts are late' in_ grep -q late-accept.so "/proc/$(workers stock | cut -d ' ' -f 1)/maps"
LIEGE_OS_RATE=400
unharmed 'service: reload' "$(url_of stock)" 3000 in_ systemctl reload life-stock.service
unharmed 'service: restart' "$(url_of stock)" 3000 restart
unharmed 'emperor: reload of one application' "$(url_of shop)" 3000 in_ touch /etc/life/apps/shop.ini
unharmed 'emperor: systemctl reload' "$(url_of shop)" 3000 in_ systemctl reload life-emperor.service
unset LIEGE_OS_RATE

section 'an application that cannot be imported: service'
code 2.0 broken stock
fails 'reload fails' in_ systemctl reload life-stock.service
has 'and says why in the journal' "$missing" "$(journal life-stock.service)"
serving 1.0 stock
fails 'restart fails' in_ systemctl restart life-stock.service
has 'and says why in the journal' "No module named '$missing'" "$(journal life-stock.service | tail -n 40)"
soon 'the unit fails' 60 in_ systemctl is-failed --quiet life-stock.service
serving 1.0 shop blog vault
code 2.1 stock
in_ systemctl reset-failed life-stock.service life-stock.socket
succeeds 'starts again with good code' in_ systemctl start life-stock.service
serving 2.1 stock

section 'an application that cannot be imported: emperor'
before=$(pids shop) blog_before=$(pids blog)
code 2.0 broken blog
fails 'reload fails' in_ systemctl reload life-emperor.service
has 'and says why in the journal' "$missing" "$(journal life-emperor.service)"
ok 'and every application keeps its processes' "$before $blog_before" "$(pids shop) $(pids blog)"
serving 1.0 shop blog
in_ touch /etc/life/apps/blog.ini
soon 'the broken one ends' 30 gone blog
sleep 5
has 'its log says why' "$missing" "$(in_ cat /var/log/life/blog/uwsgi.log; journal life-emperor.service)"
ok 'the other one keeps its processes' "$before" "$(pids shop)"
serving 1.0 shop vault
ok 'the emperor is active' active "$(state life-emperor.service)"
code 2.1 blog
in_ touch /etc/life/apps/blog.ini
soon 'comes back with good code' 90 answers blog 2.1

section 'a release that cannot be imported'
code 3.0 broken shop stock
before=$(pids shop)
try upgrade 1.2 shop stock
ok 'is installed' 0 "$status"
has 'the package manager names the cause' "No module named '$missing'" "$output"
for app in shop stock; do has "and the package: $app" "life-$app: this release cannot be loaded" "$output"; done
serving 1.0 shop
serving 2.1 stock
ok 'shop keeps its processes' "$before" "$(pids shop)"
fails 'a restart of the service shows it' in_ systemctl restart life-stock.service
soon 'the unit fails' 60 in_ systemctl is-failed --quiet life-stock.service
code 3.1 shop stock
succeeds 'the next release' upgrade 1.3 shop stock
serving 3.1 shop stock
ok 'and all is well again' running "$(in_ systemctl is-system-running || :)"
finish
