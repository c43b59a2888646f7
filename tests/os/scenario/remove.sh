#!/bin/bash
# remove.sh HOST   what goes stops, leaves its siblings alone, and at the end leaves nothing behind
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

# Everything in the root and what packages could leave below /run, with the contents of what lies in /etc and /usr/lib;
# without what every package manager, systemd and every user database write.
listing() {
  in_ - <<'INSIDE'
find / /run -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /srv/life -o -path /srv/providers \
    -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/rpm -o -path /var/lib/dnf -o -path /var/lib/zypp \
    -o -path /var/cache -o -path /var/log/apt -o -path /var/log/journal -o -path /var/tmp -o -path /run/log \
    -o -path /run/systemd/journal -o -path /run/systemd/units -o -path /run/udev -o -path /run/systemd/propagate \
    -o -path '/var/log/dnf*' -o -path /var/log/zypp -o -path /var/log/zypper.log -o -path /var/log/hawkey.log \
    -o -path /run/zypp.pid -o -path /run/zypp-rpm.pid -o -path /var/lib/logrotate -o -path /usr/lib/sysimage \
    \) -prune -o -printf '%p %y %m %u:%g %l\n' |
  grep -vE '^/(run|var/lib)/(systemd|nginx|dbus|private)(/[^ ]*)? [dfs] ' |
  grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-? |^/etc/\.(pwd\.lock|updated) |/__pycache__(/| )' || :
find /run/systemd /var/lib/systemd -name '*life*' ! -path '*/journal/*' ! -path '*/units/invocation*' -print
find /etc /usr/lib/systemd /usr/lib/sysusers.d /usr/lib/tmpfiles.d -xdev -type f ! -name 'passwd*' ! -name 'group*' \
  ! -name 'shadow*' ! -name 'gshadow*' ! -name 'sub[ug]id*' ! -name ld.so.cache -exec sha256sum {} +
systemctl list-units --all --no-legend --plain 'life*'
systemctl list-unit-files --no-legend 'life*' || :      # it fails when there is none
INSIDE
}

begin
section 'one goes'
if [ "$family" = redhat ]; then
  # A real host has this directory from its policy; semodule is a stand-in that writes this file.
  in_ mkdir -p /usr/share/selinux/packages
  in_ touch /var/log/semodule-calls
fi
listing | sort > "$work/before"
succeeds 'is installed' install 1.0
serving 1.0
in_ mkdir -p /var/lib/shop-data
in_ touch /var/lib/shop-data/order
was=$(pids blog) stock_was=$(pids stock)
succeeds 'shop is removed' remove life-shop
succeeds 'it was stopped before that ended' gone shop
ok 'blog keeps its processes' "$was" "$(pids blog)"
serving 1.0 blog stock vault
succeeds 'vault is removed' remove life-vault
succeeds 'it was stopped before that ended' gone vault
ok 'stock keeps its processes' "$stock_was" "$(pids stock)"
serving 1.0 blog stock
# Debian keeps the links of an enabled unit until the purge, so that systemd still lists it as not found.
not 'vault is no unit any more' 'life-vault[^ ]* +(loaded|masked|error|.*failed)' "$(in_ systemctl list-units --all --no-legend 'life*')"
succeeds 'shop is installed again' install 1.0 shop
succeeds 'vault is installed again' install 1.0 vault
serving 1.0

section 'all go'
succeeds 'all are removed' remove 'life-*'
for app in "${applications[@]}"; do succeeds "no process of $app is left" gone "$app"; done
ok 'nothing is installed' '' "$(installed)"
not 'no failed unit' life "$(in_ systemctl --failed --no-legend --plain)"
succeeds 'all are installed again' install 1.1
serving 1.0
soon 'with the new option' 20 in_mode shop two
in_ logrotate -f /etc/logrotate.d/life-blog
succeeds 'all are erased' erase 'life-*'
within 10 gone blog || :
listing | sort > "$work/after"
# The administrator's own directory is the one thing new.
ok 'nothing is left' '' "$(diff "$work/before" "$work/after" | grep '^[<>]' | grep -v ' /var/lib/shop-data' || :)"
for app in "${applications[@]}"; do succeeds "user ${user_of[$app]} stays" in_ getent passwd "${user_of[$app]}"; done
[ "$family" != redhat ] || has 'the policy module is taken out' '-r life_selinux$' "$(in_ tail -n 1 /var/log/semodule-calls)"
succeeds 'data stay' in_ test -f /var/lib/shop-data/order
succeeds 'secrets stay' in_ test -f /etc/life-secrets/stock.env
ok 'the system is well' running "$(in_ systemctl is-system-running || :)"
succeeds 'all are installed once more' install 1.0
serving 1.0
soon 'with the option of that release' 20 in_mode shop one

section 'a site that failed'
code 2.0 broken
in_ systemctl restart life-stock.service > "$work/log" 2>&1 || :
in_ touch /etc/life/apps/shop.ini
sleep 3
succeeds 'broken applications are erased' erase 'life-*'
not 'no ghost of a unit' life "$(in_ systemctl list-units --all --no-legend 'life*')"
listing | sort > "$work/after"
ok 'nothing is left' '' "$(diff "$work/before" "$work/after" | grep '^[<>]' | grep -v ' /var/lib/shop-data' || :)"
finish
