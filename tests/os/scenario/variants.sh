#!/bin/bash
# variants.sh HOST   hosts and sites unlike the usual one: no emperor at all; for rpm an older systemd, settings that forbid
# restarts, a transactional update, SELinux's tools
# shellcheck disable=SC2016,SC2317   # text for the host's shell; functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

helper=/usr/lib/systemd/systemd-update-helper
traces() {
  in_ find /etc /run /usr /var/lib/systemd -xdev -name '*life*' ! -path '/etc/*life-secrets*' ! -path '/etc/nginx/*' \
    ! -path '/run/systemd/units/*' ! -path '/run/log/*'
}
all_pids() {
  local app
  for app in "${applications[@]}"; do pids "$app"; done | xargs
}
masters() {
  local app
  for app in "${applications[@]}"; do master "$app"; done | xargs
}
are() {            # enabled|disabled UNIT...
  local unit
  for unit in "${@:2}"; do ok "$unit is $1" "$1" "$(enabled "life-$unit")"; done
}

# An rpm host whose systemd has no helper, as EL 8: the scriptlets do what it would.
without_helper() {
  in_ mv $helper /srv/life/helper
  succeeds 'is installed' install 1.0
  serving 1.0
  are enabled emperor.service stock.service stock.socket vault.service vault.socket
  stock_master=$(master stock)
  shop=$(pids shop) vault=$(pids vault)
  in_ systemctl --quiet disable life-stock.service life-stock.socket
  succeeds 'upgrade to a changed ini' upgrade 1.2 stock
  soon 'which holds' 20 in_mode stock two
  ok 'by a reload: the master stays' "$stock_master" "$(master stock)"
  succeeds 'upgrade to a changed unit' upgrade 1.3 stock
  soon 'the unit was restarted' 20 other_master stock "$stock_master"
  are disabled stock.service stock.socket
  ok 'siblings keep their processes' "$shop $vault" "$(pids shop) $(pids vault)"
  in_ systemctl --quiet enable life-stock.service life-stock.socket
  in_ sh -c 'chgrp stockgroup /etc/life-secrets/stock.env && chmod 640 /etc/life-secrets/stock.env'
  succeeds 'upgrade that switches modes' upgrade 1.4
  serving 1.0
  are enabled shop.service shop.socket
  ok 'no unit of stock' '' "$(in_ find /etc/systemd/system /usr/lib/systemd/system -name 'life-stock*')"
  succeeds 'is erased' erase 'life-*'
  for app in "${applications[@]}"; do succeeds "no process of $app is left" gone "$app"; done
  ok 'nothing is left' '' "$(traces)"
  # As in a root that an image is made of.
  succeeds 'is installed where no systemd runs' in_ unshare -m --propagation private sh -euc \
    'mount -t tmpfs tmpfs /run; rpm -U /srv/life/1.0/life-[!s]*.rpm /srv/life/1.0/life-s[ht]*.rpm'
  are enabled emperor.service stock.service vault.socket
  succeeds 'is erased there' in_ unshare -m --propagation private sh -euc \
    'mount -t tmpfs tmpfs /run; rpm -e life-shop life-blog life-stock life-vault life-uwsgi'
  ok 'nothing is left' '' "$(traces)"
  in_ mv /srv/life/helper $helper
}

without_restarts() {
  succeeds 'is installed' install 1.0
  serving 1.0
  was=$(all_pids)
  in_ sed -i 's/^DISABLE_RESTART_ON_UPDATE=.*/DISABLE_RESTART_ON_UPDATE="yes"/' /etc/sysconfig/services
  code 2.0
  succeeds 'upgrade' upgrade 1.3
  sleep 4       # an emperor would have seen a changed ini
  ok 'every process stays' "$was" "$(all_pids)"
  serving 1.0
  ok 'the emperor, too' active "$(state life-emperor.service)"
  in_ systemctl restart life-stock.service
  in_ systemctl restart life-emperor.service
  serving 2.0 shop stock
  soon 'the administrator restarts: stock has the new option' 20 in_mode stock two
  soon 'and shop' 20 in_mode shop two
  in_ sed -i 's/^DISABLE_RESTART_ON_UPDATE=.*/DISABLE_RESTART_ON_UPDATE="no"/' /etc/sysconfig/services
  code 1.0
  succeeds 'is erased' erase 'life-*'
  ok 'nothing is left' '' "$(traces)"
}

# Triggers are systemd's own; without them only our scriptlets write.
transaction() { in_ sh -c 'TRANSACTIONAL_UPDATE=1 rpm -U --notriggers "$@"' sh "$@"; }
# Without the directories that belong to a package, and what rpm's database and systemd's helper write.
written() {
  in_ sh -c '{ find /run /var -xdev \( -path /run/systemd -o -path /var/lib/rpm -o -path /run/log -o -path /var/log/journal \
      -o -path /run/udev -o -path /var/tmp -o -path /var/cache \) -prune -o -name "*life*" -print
    find /run/life /var/log/life -printf "%p %T@\n" 2> /dev/null; } | sort -u |
    while read -r path rest; do rpm -qf "$path" > /dev/null 2>&1 || echo "$path $rest"; done'
}
transactionally() {
  succeeds 'is installed' transaction /srv/life/1.0/life-{uwsgi,shop,blog,stock,vault}-1.0*.rpm
  ok 'nothing below /run and /var' '' "$(written)"
  for app in "${applications[@]}"; do succeeds "$app does not run" gone "$app"; done
  are enabled emperor.service stock.service stock.socket vault.service vault.socket
  ok 'after a reboot it runs' running "$("$OS_HOME/reboot.sh" "$name" || :)"
  serving 1.0
  was=$(all_pids) before=$(written)
  code 2.0
  in_ systemctl --quiet disable life-vault.service life-vault.socket
  succeeds 'upgrade' transaction /srv/life/1.3/life-{uwsgi,shop,blog,stock,vault}-1.3*.rpm
  ok 'nothing below /run and /var was written' "$before" "$(written)"
  sleep 4
  ok 'every process stays' "$was" "$(all_pids)"
  serving 1.0
  are disabled vault.service vault.socket
  in_ systemctl --quiet enable life-vault.service life-vault.socket
  ok 'it is well after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
  serving 2.0
  soon 'shop has the new option' 20 in_mode shop two
  soon 'and stock' 20 in_mode stock two
  code 1.0
  succeeds 'is erased' erase 'life-*'
  ok 'nothing is left' '' "$(traces)"
}

selinux() {
  local module=/usr/share/selinux/packages/life_selinux.cil calls=/var/log/semodule-calls
  in_ sh -c ": > $calls"
  succeeds 'is installed' install 1.0
  ok 'the module is loaded once' "-n -s targeted -X 200 -i $module" "$(in_ cat $calls)"
  in_ sh -c ": > $calls"
  succeeds 'upgrade' upgrade 1.1
  ok 'it is loaded again, and not taken out' "-n -s targeted -X 200 -i $module" "$(in_ cat $calls)"
  in_ sh -c ": > $calls; mv /usr/sbin/semodule /srv/life/; printf '#!/bin/sh\necho no policy >&2\nexit 1\n' > /usr/sbin/semodule
    chmod 755 /usr/sbin/semodule"
  succeeds 'upgrade where semodule fails' upgrade 1.2
  in_ mv /srv/life/semodule /usr/sbin/semodule
  serving 1.0
  succeeds 'is erased' erase 'life-*'
  ok 'the module is taken out once' '-n -s targeted -X 200 -r life_selinux' "$(in_ cat $calls)"
  ok 'nothing is left' '' "$(traces)"
}

begin
section 'no emperor at all'
succeeds 'is installed' install 1.5
serving 1.0
are enabled {shop,blog,stock,vault}.{socket,service}
ok 'no emperor' '' "$(in_ find /etc /usr/lib/systemd -name '*life-emperor*' -o -path '/etc/life/*' -name 'vassals')"
was=$(masters)
code 2.0
succeeds 'a reload' in_ systemctl reload life-shop.service
serving 2.0 shop
ok 'every master stays' "$was" "$(masters)"
ok 'is well after a reboot' running "$("$OS_HOME/reboot.sh" "$name" || :)"
serving 2.0
code 1.0
succeeds 'is erased' erase 'life-*'
for app in "${applications[@]}"; do succeeds "no process of $app is left" gone "$app"; done
ok 'nothing is left' '' "$(traces)"

if [ "$family" != debian ]; then
  section 'no systemd-update-helper'
  without_helper
fi
case $family in
  redhat) section 'SELinux'; selinux ;;
  suse)
    section 'DISABLE_RESTART_ON_UPDATE'
    without_restarts
    section 'TRANSACTIONAL_UPDATE'
    transactionally
    ;;
esac
finish
