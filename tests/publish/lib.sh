# shellcheck shell=bash
# What the tests of publishing share. Source it; it makes $work, which goes when the test ends.
# shellcheck disable=SC2034   # the tests use these
here=$(dirname "$(readlink -f "$0")")
# shellcheck source-path=SCRIPTDIR source=../os/assert.sh
. "$here/../os/assert.sh"
liege=${LIEGE:-${CARGO_TARGET_DIR:-$here/../../target}/release/liege}
[ -x "$liege" ] || (cd "$here/../.." && cargo build --locked --release)
work=$(mktemp -d)
# What the test has started in the background, and its files.
trap 'kill $(jobs -p) 2> /dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

make_key() {
  "$liege" key "$work/key" --user-id 'Publishing <ops@publish.example>' --no-passphrase --public "$work/key.asc" --quiet
}

# build DIRECTORY SITE VERSION APPLICATIONS [OPTION...]   packages of a site with so many applications
build() {
  local app
  {
    printf 'site = "%s"\nversion = "%s"\nmaintainer = "Ops <ops@publish.example>"\nsummary = "Site to be published"\n' "$2" "$3"
    for app in $(seq "$4"); do printf '[app.a%s]\nmodule = "a.wsgi"\nchdir = "/opt/%s/a%s"\n' "$app" "$2" "$app"; done
  } > "$work/$2.toml"
  "$liege" build --unlocked "$work/$2.toml" --out "$1" "${@:5}" > "$work/build.log" 2>&1 || { cat "$work/build.log" >&2; return 1; }
}

# make_client DIRECTORY SOURCES KEY   an apt that knows nothing of this machine's own settings, packages and repositories
make_client() {
  mkdir -p "$1"/etc/apt/{apt.conf.d,sources.list.d,preferences.d,trusted.gpg.d} "$1"/var/lib/apt/lists/partial \
    "$1"/var/cache/apt/archives/partial "$1"/var/lib/dpkg
  touch "$1/var/lib/dpkg/status"
  sed "s|^Signed-By: .*|Signed-By: $3|" "$2" > "$1/etc/apt/sources.list.d/client.sources"
  printf 'Dir "%s";\nDir::State::status "%s/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\n' "$1" "$1" > "$1/apt.conf"
}
# client DIRECTORY COMMAND...   runs a program of apt as that client
client() { APT_CONFIG=$1/apt.conf "${@:2}"; }
# update DIRECTORY   fails also when apt warns or notes something
update() {
  local said
  said=$(client "$1" apt-get --error-on=any update 2>&1) || { echo "$said"; return 1; }
  ! grep -E '^[WNE]: ' <<< "$said"
}
