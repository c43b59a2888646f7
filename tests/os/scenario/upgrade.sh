#!/bin/bash
# upgrade.sh HOST   an upgrade changes what it should and nothing else, and what an administrator decided stays
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

begin
section 'a changed option'
succeeds 'is installed' install 1.0
serving 1.0
declare -A was
for app in "${applications[@]}"; do was[$app]=$(pids "$app"); done
succeeds 'upgrade of shop' upgrade 1.1 shop
soon 'shop has the new option' 20 in_mode shop two
differs 'shop was loaded anew' "${was[shop]}" "$(pids shop)"
for app in blog stock vault; do ok "$app keeps its processes" "${was[$app]}" "$(pids "$app")"; done
was[shop]=$(pids shop)
stock_master=$(master stock)
succeeds 'upgrade of stock' upgrade 1.2 stock
soon 'stock has the new option' 20 in_mode stock two
ok 'by a reload: its master stays' "$stock_master" "$(master stock)"
for app in shop blog vault; do ok "$app keeps its processes" "${was[$app]}" "$(pids "$app")"; done
succeeds 'upgrade to a changed unit' upgrade 1.3 stock
soon "the unit was restarted" 20 other_master stock "$stock_master"
ok 'with its new settings' /srv/stock "$(in_ systemctl show -P ReadWritePaths life-stock.service | tr ' ' '\n' | grep -x /srv/stock)"
serving 1.0 stock
succeeds 'downgrade of shop' downgrade 1.0 shop
soon 'shop has the old option' 20 in_mode shop one
succeeds 'downgrade of stock' downgrade 1.1 stock
soon 'stock has the old option' 20 in_mode stock one
ok 'and its unit the old settings' '' "$(in_ systemctl show -P ReadWritePaths life-stock.service | tr ' ' '\n' | grep -x /srv/stock || :)"

section 'upgrades under load'
# turn APPLICATION OLDER NEWER   to the newer release and back, so that each turn changes something
turn() {
  if [ -e "$work/newer" ]; then
    rm "$work/newer"
    downgrade "$2" "$1"
  else
    touch "$work/newer"
    upgrade "$3" "$1"
  fi
}
unharmed 'service' "$(url_of stock)" 10000 turn stock 1.1 1.2
rm -f "$work/newer"
succeeds 'back' downgrade 1.1 stock
unharmed 'service with a changed unit' "$(url_of stock)" 10000 turn stock 1.1 1.3
rm -f "$work/newer"
unharmed 'emperor' "$(url_of shop)" 10000 turn shop 1.0 1.3
emperor=$(in_ systemctl show -P MainPID life-emperor.service)
unharmed 'the whole site' "$(url_of shop)" 10000 upgrade 1.3
ok 'the emperor was not restarted' "$emperor" "$(in_ systemctl show -P MainPID life-emperor.service)"

section 'an edited ini'
succeeds 'back to the first release' downgrade 1.0
in_ sed -i 's/^processes = .*/processes = 3/' /etc/life/apps/{shop,stock}.ini
succeeds 'upgrade' upgrade 1.2 shop stock
for app in shop stock; do
  has "$app: the edit stays" '^processes = 3$' "$(in_ cat /etc/life/apps/$app.ini)"
  has "$app: the new ini lies beside it" '^env = LIFE_MODE=two$' "$(in_ cat "/etc/life/apps/$app.ini.$kept")"
  soon "$app: the edit holds" 20 has_workers $app 3
done
ok 'no application came of the copy' 'blog.ini shop.ini' "$(in_ ls /etc/life/vassals | xargs)"

section "an administrator's decisions"
in_ rm /etc/life/vassals/shop.ini
in_ systemctl --quiet disable life-stock.service life-stock.socket
in_ systemctl stop life-vault.socket life-vault.service
soon 'shop is switched off' 20 gone shop
succeeds 'upgrade' upgrade 1.3 shop stock vault
sleep 3
succeeds 'shop stays off' gone shop
if [ "$family" = debian ]; then
  # As dpkg-reconfigure does: the postinst alone, over a package that is installed.
  for app in shop vault; do
    succeeds "$app is configured again" in_ env "DPKG_MAINTSCRIPT_PACKAGE=life-$app" DPKG_MAINTSCRIPT_NAME=postinst \
      "/var/lib/dpkg/info/life-$app.postinst" configure 1.3-1
  done
  sleep 3
  succeeds 'shop is still off' gone shop
fi
ok 'stock stays disabled' disabled "$(enabled life-stock.service)"
ok 'and active' active "$(state life-stock.service)"
ok 'vault stays stopped' inactive "$(state life-vault.service)"
ok 'and its socket' inactive "$(state life-vault.socket)"
in_ systemctl --quiet mask --now life-vault.socket life-vault.service
in_ systemctl --quiet mask life-emperor.service
in_ systemctl stop life-stock.socket life-stock.service
succeeds 'downgrade while masked' downgrade 1.2
succeeds 'upgrade while masked' upgrade 1.3
ok 'vault stays masked' masked "$(enabled life-vault.service)"
ok 'and its socket' masked "$(enabled life-vault.socket)"
ok 'and stopped' inactive "$(state life-vault.service)"
ok 'the emperor stays masked' masked "$(enabled life-emperor.service)"
ok 'stock stays stopped' inactive "$(state life-stock.service)"
ok 'and disabled' disabled "$(enabled life-stock.service)"
in_ systemctl --quiet unmask life-vault.service life-vault.socket
succeeds 'the administrator unmasks and starts it' in_ systemctl start life-vault.service
serving 1.0 blog vault
finish
