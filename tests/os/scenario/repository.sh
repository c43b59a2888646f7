#!/bin/bash
# repository.sh HOST   the package manager installs from what `liege publish` wrote, refuses what anybody changed in it,
# and never meets a state that is half there
# shellcheck disable=SC2317   # functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"
# shellcheck source=../client.sh
. "$OS_HOME/client.sh"

url=http://127.0.0.1:8900
packages=(life-uwsgi life-shop life-blog life-stock life-vault)

# publish RELEASE [OPTION...]   to what the host serves; the publisher works outside of it
publish() {
  "$liege" publish "$LIFE_PACKAGES/$1" --to "$served" --key "$work/life.key" --url $url --seen "$work/seen.json" "${@:2}"
}
verify() { "$liege" verify "$served" --key "$work/life.asc" --seen "$work/seen.json"; }
serve() {
  in_ mkdir -p /srv/repository
  served=$(instance_root "$name")/srv/repository
  in_ systemd-run --quiet --unit repository --property Restart=always \
    python3 -m http.server 8900 --bind 127.0.0.1 --directory /srv/repository
}

# put STATE   makes the server serve a state that was kept
put() {
  local file
  find "$served" -mindepth 1 -delete
  cp -a "$1/." "$served/"
  # What a client asked for in this second it takes for known; and a web server tells it so of what is no newer.
  sleep 1.1
  for file in "$served"/*/mirrorlist "$served"/debian/dists/stable/*Release*; do touch "$file"; done
}
# Changes one byte in the middle of each file, or takes its second half away.
alter() {
  local file
  for file in "$@"; do
    python3 -c 'import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    middle = len(data) // 2
    file.seek(middle)
    file.write(bytes([data[middle] ^ 1]))' "$file"
  done
}
halve() {
  local file
  for file in "$@"; do truncate --size=$(($(stat --format=%s "$file") / 2)) "$file"; done
}

# refused WHAT MESSAGE COMMAND...   after the command has spoiled what is served, the host tells so and keeps what it has
refused() {
  local what=$1 message=$2
  shift 2
  put "$work/newer"
  (cd "$served/$family" && "$@")
  fails "$what: refused" ask_repository
  has "$what: says so" "$message" "$output"
  ok "$what: the former state stays" '1.0-1 1.1-1' "$(offered life-shop)"
}

# spoil_newest COMMAND NAME   of the state that the mirrorlist points to
spoil_newest() {
  local state
  state=states/$(basename "$(cat mirrorlist)")
  # shellcheck disable=SC2086   # a pattern
  "$1" "$state"/repodata/$2
}

begin
serve
for key in life stranger; do
  "$liege" key "$work/$key.key" --user-id 'Life Operations <ops@life.example>' --no-passphrase --public "$work/$key.asc" 2> "$work/key.log" ||
    { cat "$work/key.log" >&2; die 'no key'; }
done

section 'install'
succeeds '1.0 is published' publish 1.0
succeeds 'the repository is added' add_repository $url
succeeds 'and asked' ask_repository
not 'without a warning or a notice' '^[WNE]: |[Ww]arning' "$output"
succeeds 'install' take "${packages[@]}"
not 'without a word on signatures' '^[WE]: |[Uu]nsigned|[Nn]ot signed|cannot be authenticated' "$output"
serving 1.0
for package in "${packages[@]}"; do ok "$package is there" 1.0-1 "$(version_of "$package")"; done

section 'upgrade and downgrade'
succeeds '1.1 is published' publish 1.1
succeeds 'the repository is asked' ask_repository
not 'without a warning or a notice' '^[WNE]: |[Ww]arning' "$output"
succeeds 'upgrade' upgrade_all
for package in "${packages[@]}"; do ok "$package is newer" 1.1-1 "$(version_of "$package")"; done
soon 'shop has the new option' 20 in_mode shop two
succeeds 'downgrade of shop' go_back life-shop 1.0-1
ok 'shop is older' 1.0-1 "$(version_of life-shop)"
soon 'shop has the old option' 20 in_mode shop one
serving 1.0
succeeds 'upgrade again' upgrade_all
ok 'shop is newer' 1.1-1 "$(version_of life-shop)"

section 'what is refused'
cp -a "$served" "$work/older"
succeeds '1.2 is published' publish 1.2
succeeds 'the publisher finds nothing wrong' verify
cp -a "$served" "$work/newer"
"$liege" publish "$LIFE_PACKAGES/1.2" --to "$work/foreign" --key "$work/stranger.key" --url $url --seen "$work/foreign.json" > /dev/null
replace_by_foreign() { find . -mindepth 1 -delete && cp -a "$work/foreign/$family/." .; }
if [ "$family" = debian ]; then
  altered_release() { rm dists/stable/InRelease && alter dists/stable/Release; }
  refused 'wrong key' 'NO_PUBKEY|not signed|Missing key' replace_by_foreign
  refused 'altered InRelease' 'BADSIG|NOSPLIT|not signed|GPG error|manipulated' alter dists/stable/InRelease
  refused 'truncated InRelease' 'NOSPLIT|not signed|GPG error|Splitting up' halve dists/stable/InRelease
  refused 'altered Release, no InRelease' 'BADSIG|not signed|GPG error|no longer signed' altered_release
  refused 'altered index' 'Hash Sum mismatch' eval 'alter dists/stable/main/binary-all/by-hash/SHA256/*'
  refused 'truncated index' 'unexpected size|Hash Sum mismatch' eval 'halve dists/stable/main/binary-all/by-hash/SHA256/*'
  put "$work/older"
  cc -shared -fPIC -O1 -o "$served/../later.so" "$OS_HOME/fixtures/later.c" -ldl
  fails 'expired: refused' in_ env LD_PRELOAD=/srv/later.so LATER=$((31 * 86400)) apt-get --error-on=any update
  has 'expired: says so' 'is expired' "$output"
  succeeds 'a day before it is believed' in_ env LD_PRELOAD=/srv/later.so LATER=$((29 * 86400)) apt-get --error-on=any update
else
  refused 'wrong key' '[Ss]ignature|key' replace_by_foreign
  refused 'altered repomd.xml' '[Ss]ignature' spoil_newest alter repomd.xml
  refused 'truncated repomd.xml' '[Ss]ignature' spoil_newest halve repomd.xml
  refused 'altered signature' '[Ss]ignature' spoil_newest alter repomd.xml.asc
  refused 'altered index' '[Cc]hecksum|[Dd]igest' spoil_newest alter '*-primary.xml.gz'
  refused 'truncated index' '[Cc]hecksum|[Dd]igest|size' spoil_newest halve '*-primary.xml.gz'
  refused 'altered mirrorlist' '' alter mirrorlist
fi
put "$work/newer"
succeeds 'what is whole is believed' ask_repository
ok 'and offered' '1.0-1 1.1-1 1.2-1' "$(offered life-shop)"
(cd "$served/$family" && find . \( -name 'life-shop?1.2*.deb' -o -name 'life-shop-1.2*.rpm' \) -print > "$work/package")
succeeds 'a package is altered' test -s "$work/package"
alter "$served/$family/$(cat "$work/package")"
forget_packages
fails 'altered package: refused' upgrade_all
has 'altered package: says so' '[Hh]ash|[Cc]hecksum|[Dd]igest|integrity' "$output"
ok 'altered package: the former one stays' 1.1-1 "$(version_of life-shop)"
succeeds 'altered package: the site serves on' answers shop 1.0
fails 'altered package: the publisher finds it' verify
put "$work/newer"
succeeds 'the package as it was is installed' upgrade_all
ok 'shop is newer' 1.2-1 "$(version_of life-shop)"

section 'a former state put back'
succeeds 'the publisher finds nothing wrong' verify
succeeds 'nor does it over http' nsenter --net --target "$(instance_leader "$name")" \
  "$liege" verify $url --key "$work/life.asc" --seen "$work/http.json"
put "$work/older"
try ask_repository
case $family in
  debian) ok 'apt keeps the newer' '1.0-1 1.1-1 1.2-1' "$(offered life-shop)" ;;
  # The signature holds, and neither looks at the revision.
  *) ok 'it is believed' '1.0-1 1.1-1' "$(offered life-shop)" ;;
esac
fails 'verify finds it' verify
has 'and says so' 'put an older state back' "$output"
fails 'also over http' nsenter --net --target "$(instance_leader "$name")" \
  "$liege" verify $url --key "$work/life.asc" --seen "$work/http.json"
fails 'publish refuses' publish 1.3
has 'and says so' 'put an older state back' "$output"
put "$work/newer"

section 'states that clients are still reading'
# Whoever read the pointer before two publishers came, to a repository that nobody had touched for hours.
find "$served" -exec touch --date='3 hours ago' {} +
named=$(cd "$served/debian/dists/stable" && awk '/^SHA256:/ { on = 1; next } /^[^ ]/ { on = 0 }
  on && NF == 3 { path = $3; sub("[^/]*$", "", path); print "debian/dists/stable/" path "by-hash/SHA256/" $1 }' InRelease | sort -u)
for of in redhat suse; do
  named+=$'\n'$(cd "$served" && find "$of/states/$(basename "$(cat "$served/$of/mirrorlist")")" -type f)
done
succeeds '1.3 is published' publish 1.3
succeeds 'and signed anew' "$liege" refresh "$served" --key "$work/life.key" --seen "$work/seen.json"
ok 'all that the former state names is there' '' "$(cd "$served" && while read -r file; do [ -f "$file" ] || echo "$file"; done <<< "$named")"
most 'which is a number of files' 0 "$((10 - $(wc -l <<< "$named") > 0))"

section 'publishing while clients ask'
put_spec 1.3
for build in {2..21}; do
  "$liege" build --unlocked "$work/life.toml" --app shop --release "$build" --out "$work/builds/$build" > "$work/build.log" 2>&1
done
# Asks until the publisher is done.
clients() {
  until [ -e "$work/done" ]; do
    if ask_repository > "$work/answer" 2>&1 && ! grep -E '^[WNE]: ' "$work/answer"; then
      echo good
    else
      echo bad
      cat "$work/answer"
    fi
  done
}
clients > "$work/asked" 2>&1 &
asking=$!
published=0
for build in {2..21}; do
  if LIFE_PACKAGES=$work/builds publish "$build" > "$work/publish.log" 2>&1; then
    published=$((published + 1))
  else
    cat "$work/publish.log"
  fi
  sleep 0.5
done
touch "$work/done"
wait $asking
ok 'states were published' 20 $published
ok 'no client saw an error' '' "$(grep -v '^good' "$work/asked" || :)"
asked=$(grep -c '^good' "$work/asked")
most "clients asked $asked times; states published for each time" 4 "$(awk -v asked="$asked" 'BEGIN { print 20 / asked }')"
succeeds 'asked once more' ask_repository
has 'the last is offered' '1.3-21' "$(offered life-shop)"
succeeds 'and installed' upgrade_all
ok 'shop is the last' 1.3-21 "$(version_of life-shop)"
serving 1.0
finish
