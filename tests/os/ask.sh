# shellcheck shell=bash
# What the scenarios ask a host, and how they load it. Part of host.sh.
# shellcheck disable=SC2154,SC2034   # host.sh and assert.sh set and use these

# get URL [CURL OPTION...]   the body, or nothing
get() { in_ curl -s -m 20 "${@:2}" "$1" || :; }
# ask APPLICATION [QUERY]    by the way that its users take
ask() {
  case $1 in
    vault) get "https://127.0.0.1:8443/?${2:-}" --cacert /etc/life-secrets/ca.pem ;;
    *) get "http://127.0.0.1:${port_of[$1]}/?${2:-}" ;;
  esac
}
# field NAME   of the JSON on standard input; a list in one line
field() {
  python3 -c 'import json, sys; v = json.load(sys.stdin)[sys.argv[1]]; print(*v if isinstance(v, list) else [v])' "$1" 2> /dev/null || :
}
answers() { [ "$(ask "$1" | field version)" = "$2" ]; }      # APPLICATION VERSION
code_of() { in_ curl -s -m 20 -o /dev/null -w '%{http_code}' "http://127.0.0.1:${port_of[$1]}/" || :; }
mode_of() { ask "$1" env=LIFE_MODE | python3 -c 'import json, sys; print(json.load(sys.stdin)["env"]["LIFE_MODE"])' 2> /dev/null || :; }
in_mode() { [ "$(mode_of "$1")" = "$2" ]; }

# serving VERSION [APPLICATION...]   each answers with that release of its code
serving() {
  local version=$1 app
  shift
  for app in "${@:-${applications[@]}}"; do
    within 30 answers "$app" "$version" || :
    ok "$app serves" "$version" "$(ask "$app" | field version)"
  done
}

# Process ids as the host sees them, in one line: of an application; its master's
pids() { in_ pgrep -u "${user_of[$1]}" -x 'uwsgi.*' | sort -n | xargs; }
master() {
  case $1 in
    stock | vault) in_ systemctl show -P MainPID "life-$1.service" ;;
    *) in_ pgrep -o -u "${user_of[$1]}" -x 'uwsgi.*' ;;
  esac
}
workers() { pids "$1" | tr ' ' '\n' | grep -vxF "$(master "$1")" | xargs || :; }
gone() { ! in_ pgrep -u "${user_of[$1]}"; }

state() { in_ systemctl is-active "$@" || :; }
enabled() { in_ systemctl is-enabled "$@" 2> /dev/null || :; }
journal() { in_ journalctl -q --no-pager -o cat -u "$1"; }      # UNIT

# load URL REQUESTS COMMAND...   repeats the command while so many requests are sent; says what became of them.
# Its own count is in $turns, that of failed commands in $bad_turns.
load() {
  local url=$1 requests=$2 sender
  shift 2
  in_ python3 /srv/life/load.py "$url" --requests "$requests" --clients 8 --rate "${LIEGE_OS_RATE:-900}" --seconds 120 > "$work/load" 2>&1 &
  sender=$!
  turns=0 bad_turns=0
  sleep 0.5
  while [ -d /proc/$sender ]; do
    if ! "$@" > "$work/turn" 2>&1; then
      bad_turns=$((bad_turns + 1))
      tail -n 20 "$work/turn"
    fi
    turns=$((turns + 1))
    sleep 0.7
  done
  wait $sender || in_ tail -n 5 /var/log/nginx/error.log | cut -c 1-300 >> "$work/load"
  sed 's/^/      /' "$work/load"
}
# unharmed WHAT URL REQUESTS COMMAND...   a load during which no request and no command fails
unharmed() {
  local what=$1
  shift
  load "$@"
  has "$what: $2 requests, none failed" "^requests=$2 failures=0 " "$(cat "$work/load")"
  ok "$what: done $turns times meanwhile" 0 $bad_turns
}
url_of() { echo "http://127.0.0.1:${port_of[$1]}/"; }
has_workers() { [ "$(workers "$1" | wc -w)" = "$2" ]; }      # APPLICATION NUMBER
other_master() { local now_is; now_is=$(master "$1"); [ "${now_is:-0}" != 0 ] && [ "$now_is" != "$2" ]; }    # APPLICATION FORMER
