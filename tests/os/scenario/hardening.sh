#!/bin/bash
# hardening.sh HOST   the units are as tight as promised while all of it works
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

exposure() { in_ systemd-analyze security --no-pager "$1" | sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p'; }

begin
section 'exposure'
succeeds 'is installed' install 1.3
serving 1.0
for app in stock vault; do most "life-$app.service" 1.5 "$(exposure life-$app.service)"; done
most life-emperor.service 3.0 "$(exposure life-emperor.service)"
not 'systemd knows every setting' '(Unknown|Failed to parse|ignoring)' "$(in_ journalctl -q --no-pager -o cat -t systemd -g life- || :)"
try in_ systemd-analyze verify life-emperor.service life-stock.service life-stock.socket life-vault.service life-vault.socket
not 'systemd-analyze verify' 'life-' "$output"

section 'what the sandbox refuses'
# inside APPLICATION COMMAND...   in the namespaces of the running application, as its user
inside() { in_ nsenter -t "$(master "$1")" -m -- runuser -u "${user_of[$1]}" -- "${@:2}"; }
for app in stock vault; do
  fails "$app may not write to its code" inside $app touch /opt/$app/$app/x
  fails "$app may not write to its settings" inside $app sh -c "echo >> /etc/life/apps/$app.ini"
  succeeds "$app may write to its runtime directory" inside $app touch /run/life/$app/x
  status_of=$(in_ cat "/proc/$(master $app)/status")
  has "$app has no capability" '^CapEff:\s0{16}$' "$status_of"
  has "$app gets none" '^NoNewPrivs:\s1$' "$status_of"
  has "$app: system calls are filtered" '^Seccomp:\s2$' "$status_of"
done
in_ chown stockuser /srv/stock
succeeds 'stock may write where its spec says so' inside stock touch /srv/stock/x
has 'a vassal gets no privilege' '^NoNewPrivs:\s1$' "$(in_ cat "/proc/$(master shop)/status")"
has 'a vassal has no capability' '^CapEff:\s0{16}$' "$(in_ cat "/proc/$(master shop)/status")"
fails 'an application cannot read the settings of another' in_ runuser -u vault -- cat /etc/life/apps/shop.ini
fails 'nor its log' in_ runuser -u vault -- ls /var/log/life/blog
serving 1.0
finish
