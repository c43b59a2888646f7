#!/bin/bash
# logs.sh HOST   what applications print is in the journal, or in a file that three rotations lose no line of
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

# Numbered lines go on while the file is rotated: 30 requests of 20 lines each.
stream() {
  local request
  for request in $(seq 30); do
    ask "$1" "log=20&tag=$1-$2-$(printf %02d "$request")" > "$work/answer"
    sleep 0.1
  done
}
# lines APPLICATION TAG   all files of the log, old ones too
lines() { in_ bash -c "zcat -f /var/log/life/$1/uwsgi.log* | grep -axE '$1-$2-[0-9]+ [0-9]{4}'" || :; }

begin
section 'journal'
succeeds 'is installed' install 1.0
serving 1.0
ask shop 'log=5&tag=from-shop' > "$work/answer"
ask stock 'log=5&tag=from-stock' > "$work/answer"
ok 'emperor: every line, once' 5 "$(journal life-emperor.service | grep -c '^from-shop 000[1-5]$' || :)"
ok 'service: every line, once' 5 "$(journal life-stock.service | grep -c '^from-stock 000[1-5]$' || :)"
has 'emperor: requests too' 'GET /.*log=5&tag=from-shop' "$(journal life-emperor.service)"

section 'file'
for app in blog vault; do
  ok "$app: its directory" "2750 ${user_of[$app]}" "$(in_ stat -c '%a %U' /var/log/life/$app)"
  has "$app: its file" "^6[04]0 ${user_of[$app]}\$" "$(in_ stat -c '%a %U' /var/log/life/$app/uwsgi.log)"
  not "$app: nothing of it in the journal" 'from-file' "$(journal life-emperor.service; journal life-vault.service)"
  succeeds "$app: logrotate has no complaint" in_ logrotate -d /etc/logrotate.d/life-$app
  not "$app: not even a warning" '^error|^warning: ([^l]|l[^o])|insecure' "$output"
  before=$(pids $app)
  for turn in 1 2 3; do
    stream $app $turn & streaming=$!
    sleep 1
    succeeds "$app: rotation $turn" in_ logrotate -f /etc/logrotate.d/life-$app
    wait $streaming
    within 10 in_ test -s /var/log/life/$app/uwsgi.log || :
    all=$(lines $app $turn)
    ok "$app: rotation $turn: lines" 600 "$(wc -l <<< "$all")"
    ok "$app: rotation $turn: each once" 600 "$(sort -u <<< "$all" | wc -l)"
    has "$app: rotation $turn: the new file is written to" "$app-$turn-30 0020" "$(in_ cat /var/log/life/$app/uwsgi.log)"
  done
  ok "$app: rotations did not restart it" "$before" "$(pids $app)"
  ok "$app: files" 'uwsgi.log uwsgi.log.1 uwsgi.log.2.gz uwsgi.log.3.gz' "$(in_ ls /var/log/life/$app | xargs)"
  not "$app: nobody else may read them" . "$(in_ find /var/log/life/$app -perm /007)"
done
serving 1.0
finish
