# shellcheck shell=bash
# Assertions that count. Source it, call `section`, `ok`, `has`, `not`, and `results` at the end.
# A failed assertion does not end the test: one run shows all that is wrong.
sections=() passed=() failed=()
output='' status=0      # what `try` saw last

section() {
  sections+=("$1") passed+=(0) failed+=(0)
  echo "== $1"
}
_pass() {
  passed[-1]=$((passed[-1] + 1))
  echo "ok    $1"
}
_fail() {
  failed[-1]=$((failed[-1] + 1))
  echo "FAIL  $1: $2"
}

# ok WHAT WANTED GOT
ok() { if [ "$2" = "$3" ]; then _pass "$1"; else _fail "$1" "wanted '$2', got '$3'"; fi; }
# has WHAT REGEX TEXT    some line of TEXT matches
has() { if grep -qE -- "$2" <<< "$3"; then _pass "$1"; else _fail "$1" "no /$2/ in: $3"; fi; }
# not WHAT REGEX TEXT    no line of TEXT matches
not() { if grep -qE -- "$2" <<< "$3"; then _fail "$1" "/$2/ in: $3"; else _pass "$1"; fi; }
# differs WHAT FORMER GOT   GOT is something, and another than FORMER
differs() { if [ -n "$3" ] && [ "$2" != "$3" ]; then _pass "$1"; else _fail "$1" "was '$2', is '$3'"; fi; }
# most WHAT LIMIT NUMBER    a decimal number that is at most LIMIT
most() {
  if awk -v most="$2" -v got="$3" 'BEGIN { exit !(got ~ /^[0-9.]+$/ && got + 0 <= most + 0) }'; then
    _pass "$1 ($3, at most $2)"
  else
    _fail "$1" "wanted at most $2, got '$3'"
  fi
}

# try COMMAND...   keeps its output and its status in $output and $status
try() { status=0; output=$("$@" 2>&1) || status=$?; }
# succeeds WHAT COMMAND...   prints the output when the command fails
succeeds() {
  local what=$1
  shift
  try "$@"
  if [ "$status" = 0 ]; then _pass "$what"; else _fail "$what" "status $status: $(tail -n 30 <<< "$output")"; fi
}
# fails WHAT COMMAND...
fails() {
  local what=$1
  shift
  try "$@"
  if [ "$status" != 0 ]; then _pass "$what"; else _fail "$what" "it succeeded: $(tail -n 30 <<< "$output")"; fi
}
# within SECONDS COMMAND...   repeats a command until it succeeds; asks instead of sleeping
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt "$end" ] || return 1
    sleep 0.1
  done
}
# soon WHAT SECONDS COMMAND...   the command succeeds within so many seconds
soon() {
  local what=$1
  shift
  if within "$@"; then _pass "$what"; else _fail "$what" "not within $1 s: ${*:2}"; fi
}

# results   prints a table; its status is that of the whole test
results() {
  local i
  all_passed=0 all_failed=0
  printf '\n%-50s %8s %8s\n' section passed failed
  for i in "${!sections[@]}"; do
    printf '%-50s %8d %8d\n' "${sections[i]}" "${passed[i]}" "${failed[i]}"
    all_passed=$((all_passed + passed[i])) all_failed=$((all_failed + failed[i]))
  done
  printf '%-50s %8d %8d   in %d s\n' total $all_passed $all_failed $SECONDS
  [ $all_failed = 0 ] && [ $all_passed -gt 0 ]
}
