#!/bin/bash
# switch.sh HOST   an upgrade turns vassals into services and services into vassals, and nothing stays of what they were
# shellcheck disable=SC2016,SC2317   # text for the host's shell; functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

# groups_of APPLICATION   the units, as control groups, that its processes belong to
groups_of() {
  local process
  for process in $(pids "$1"); do in_ sed -n 's|^0::.*/||p' "/proc/$process/cgroup"; done | sort -u | xargs
}
# traces APPLICATION   units of its own that systemd lists or would start, and what Debian's and rpm's helpers note of them
traces() {
  in_ sh -c 'systemctl list-units --all --plain --no-legend "$1.*"
    systemctl list-unit-files --no-legend "$1.*"
    find /etc/systemd /var/lib/systemd /run/systemd/rpm /run/systemd/system /usr/lib/systemd -name "$1.*" 2> /dev/null' sh "life-$1"
}
is_vassal() {      # APPLICATION   and nothing else
  local app=$1
  ok "$app: its link" "../apps/$app.ini" "$(in_ readlink "/etc/life/vassals/$app.ini")"
  ok "$app: all its processes are the emperor's" life-emperor.service "$(groups_of "$app")"
  ok "$app: a master and two workers" 3 "$(pids "$app" | wc -w)"
  ok "$app: no unit of its own" '' "$(traces "$app")"
}
is_service() {     # APPLICATION   and nothing else
  local app=$1 unit
  fails "$app: no link" in_ test -L "/etc/life/vassals/$app.ini"
  for unit in "life-$app.socket" "life-$app.service"; do
    ok "$unit is enabled" enabled "$(enabled "$unit")"
    ok "$unit is active" active "$(state "$unit")"
  done
  ok "$app: all its processes are its service's" "life-$app.service" "$(groups_of "$app")"
  ok "$app: a master and two workers" 3 "$(pids "$app" | wc -w)"
}
has_no_emperor() {
  ok 'no emperor' '' "$(traces emperor)"
  fails 'no directory of vassals' in_ test -e /etc/life/vassals
}
well() {
  ok 'no mark is left' '' "$(in_ find /run/life -maxdepth 1 -type f)"
  ok 'the system is well' running "$(in_ systemctl is-system-running || :)"
}
# What an operator could tell the site by, times and numbers of processes left out.
picture() {
  in_ sh -c 'find /etc/life /run/life /etc/systemd/system /var/lib/systemd -name "*life*" -printf "%p %y %m %u:%g %l\n" | sort
    systemctl list-units --all --plain --no-legend "life*"
    systemctl list-unit-files --no-legend "life*"'
}

begin
section 'there and back'
succeeds 'is installed' install 1.0
# In emperor mode it is uWSGI, as the application, that reads it.
in_ sh -c 'chgrp stockgroup /etc/life-secrets/stock.env && chmod 640 /etc/life-secrets/stock.env'
serving 1.0
for app in shop blog; do is_vassal "$app"; done
for app in stock vault; do is_service "$app"; done
before=$(picture) siblings="$(pids blog) $(pids vault)" emperor=$(in_ systemctl show -P MainPID life-emperor.service)
succeeds 'shop becomes a service, stock a vassal' upgrade 1.4 shop stock
serving 1.0 shop stock
is_service shop
is_vassal stock
ok 'stock over TCP' 1.0 "$(get "http://127.0.0.1:${port_of[stock-tcp]}/" | field version)"
ok 'stock over http://' 1.0 "$(get http://127.0.0.1:8101/ | field version)"
has 'stock has its secret' 'kept by hand' "$(ask stock env=LIFE_SECRET)"
ok 'blog and vault keep their processes' "$siblings" "$(pids blog) $(pids vault)"
well
succeeds 'back' downgrade 1.0
serving 1.0 shop stock
is_vassal shop
is_service stock
ok 'blog and vault keep their processes' "$siblings" "$(pids blog) $(pids vault)"
ok 'all is as it was' '' "$(diff <(echo "$before") <(picture) || :)"
ok 'the emperor was not restarted' "$emperor" "$(in_ systemctl show -P MainPID life-emperor.service)"
well

section 'what failed, and what was switched off'
code 2.0 broken stock
in_ systemctl restart life-stock.service > "$work/log" 2>&1 || :
soon 'stock fails' 60 in_ systemctl is-failed --quiet life-stock.service
in_ rm /etc/life/vassals/shop.ini
soon 'shop is switched off' 20 gone shop
code 2.1 stock
succeeds 'upgrade' upgrade 1.4 shop stock
serving 2.1 stock
is_vassal stock
sleep 3
succeeds 'shop stays off' gone shop
ok 'and its service disabled' disabled "$(enabled life-shop.service)"
ok 'and its socket' disabled "$(enabled life-shop.socket)"
well
in_ systemctl --quiet enable --now life-shop.socket life-shop.service
serving 1.0 shop
in_ systemctl --quiet disable --now life-shop.socket life-shop.service
succeeds 'back' downgrade 1.0
serving 2.1 stock
is_service stock
sleep 3
succeeds 'shop is still off' gone shop
fails 'and has no link' in_ test -L /etc/life/vassals/shop.ini
ok 'nor a unit' '' "$(traces shop)"
in_ ln -s ../apps/shop.ini /etc/life/vassals/shop.ini
serving 1.0 shop

section 'the last vassals become services'
vault=$(pids vault)
succeeds 'upgrade' upgrade 1.5
serving 1.0 shop blog
for app in "${applications[@]}"; do is_service "$app"; done
has_no_emperor
ok 'vault keeps its master' "${vault%% *}" "$(master vault)"
well
ok 'is well after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
serving 1.0 shop blog
for app in "${applications[@]}"; do is_service "$app"; done
has_no_emperor
succeeds 'back' downgrade 1.0
serving 1.0 shop blog
for app in shop blog; do is_vassal "$app"; done
ok 'all is as it was' '' "$(diff <(echo "$before") <(picture) || :)"
ok 'is well after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
serving 1.0 shop blog
succeeds 'to services again' upgrade 1.5
succeeds 'all are erased' erase 'life-*'
ok 'nothing is left' '' "$(traces '*')$(in_ find /etc /run /usr /var/lib/systemd -xdev -name '*life*' ! -path '/etc/*life-secrets*' \
  ! -path '/etc/nginx/*' ! -path '/run/systemd/units/*' ! -path '/run/log/*')"
finish
