#!/bin/bash
# reboot-and-crash.sh HOST   everything comes back without help
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

other_pid() { [ -n "$2" ] && [ "$($3 "$1")" != "$2" ] && [ "$($3 "$1")" != 0 ]; }

begin
section 'reboot'
succeeds 'is installed' install 1.0
serving 1.0
for turn in 1 2; do
  ok "is well after reboot $turn" running "$("$OS_HOME/reboot.sh" "$name" || :)"
  serving 1.0
  ok 'the runtime directories are there' "2750 shop:uwsginginx" "$(in_ stat -c '%a %U:%G' /run/life/shop)"
done
in_ rm /etc/life/vassals/shop.ini
in_ systemctl --quiet disable life-stock.service life-stock.socket
ok 'is well after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
serving 1.0 blog vault
succeeds 'what was switched off stays off: emperor' gone shop
succeeds 'and service' gone stock
in_ ln -s ../apps/shop.ini /etc/life/vassals/shop.ini
in_ systemctl --quiet enable --now life-stock.socket life-stock.service
serving 1.0

section 'crash'
for app in shop stock; do
  worker=$(workers $app | cut -d' ' -f1) was=$(workers $app)
  in_ kill -KILL "$worker"
  soon "$app: a killed worker comes back" 20 other_pid $app "$was" workers
  serving 1.0 $app
  was=$(master $app)
  in_ kill -KILL "$was"
  soon "$app: a killed master comes back" 40 other_pid $app "$was" master
  serving 1.0 $app
  not "$app: no worker of the killed master is left" "(^| )$worker( |\$)" "$(pids $app)"
done
emperor_pid() { in_ systemctl show -P MainPID life-emperor.service; }
was=$(emperor_pid)
in_ kill -KILL "$was"
soon 'a killed emperor comes back' 40 other_pid x "$was" emperor_pid
serving 1.0
ok 'each vassal runs once, as a master and two workers' 6 "$(in_ pgrep -fc -- '--ini (shop|blog).ini$')"
not 'nothing failed' life "$(in_ systemctl --failed --no-legend --plain)"
finish
