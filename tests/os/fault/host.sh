# shellcheck shell=bash
# What the scenarios of faults share: a host by its name, and packages built for it.
# Source it; it sources lib.sh and assert.sh.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=../assert.sh
. "$OS_HOME/assert.sh"

work=$(mktemp -d)
instances=()
# Instances are stopped whatever happens.
trap '[ ${#instances[@]} = 0 ] || "$OS_HOME/stop.sh" "${instances[@]}"; rm -rf "$work"' EXIT

# shellcheck disable=SC2034   # the scenarios use them
# host_of NAME   sets suite, kind and family
host_of() {
  case $1 in
    debian-12) suite=bookworm kind=app family=debian ;;
    debian-13) suite=trixie kind=app family=debian ;;
    redhat | suse) suite=bookworm kind=rpm family=$1 ;;
    *) die "unknown host '$1': debian-12, debian-13, redhat or suse" ;;
  esac
}

# host KIND SUFFIX   boots the suite and makes it a host of its family; sets name and srv, which is /srv/liege-os inside
host() {
  name=$family-$2-$$
  instances+=("$name")
  "$OS_HOME/boot.sh" "$suite-$1" "$name" > /dev/null
  [ "$family" = debian ] || "$OS_HOME/rpm-host/prepare.sh" "$name" "$family"
  srv=$(instance_root "$name")/srv/liege-os
  mkdir -p "$srv"
}
# What the packages require, from the family's own repository: rpm alone installs in these tests.
provide_web() {
  in_ - << 'INSIDE'
cd /srv/providers/repository
rpm -i logrotate-1*.rpm uwsgi-*.rpm nginx-*.rpm
systemctl --quiet enable --now nginx
INSIDE
}
in_() { "$OS_HOME/run-in.sh" "$name" "$@"; }

# liege ARGUMENTS...   $LIEGE, or the program built from this checkout
liege() {
  local project=$OS_HOME/../..
  if [ -z "${LIEGE:-}" ]; then
    (cd "$project" && cargo build --quiet)
    LIEGE=${CARGO_TARGET_DIR:-$project/target}/debug/liege
  fi
  "$LIEGE" "$@"
}

# two_releases SPEC OUT   builds OUT/1 and OUT/2 of the host's family: the second has a higher version and tells so to its
# applications, so that it shows which of the two serves. With LIEGE_FAULTS_SWITCH=yes, vassal and service are in the second
# what the other was in the first.
two_releases() {
  local number webapp=emperor api=service
  for number in 1 2; do
    [ "$number${LIEGE_FAULTS_SWITCH:-}" != 2yes ] || { webapp=service; api=emperor; }
    sed -e "s/@NUMBER@/$number/" -e "s/@WEBAPP_MODE@/$webapp/" -e "s/@API_MODE@/$api/" "$1" > "$work/spec.toml"
    liege build --unlocked "$work/spec.toml" --family "$family" --out "$work/out" > /dev/null
    mkdir -p "$2/$number"
    # Without its version, a package is named by the name alone.
    for file in "$work/out/$family"/*; do
      mv "$file" "$2/$number/$(basename "$file" | sed -E 's/[_-][0-9][^_-]*[_-][^.]*(\.noarch)?\.(deb|rpm)$/.\2/')"
    done
    rm -r "$work/out"
  done
}

# put_site   two releases of the site as packages, the code of its applications, and nginx in front of them
put_site() {
  local application port=8080
  two_releases "$OS_HOME/fixtures/faults.toml.in" "$srv"
  [ "$family" = debian ] || provide_web
  for application in webapp api; do
    put_application "$name" $application 1
    put_nginx_site "$name" shop $application $port
    port=8081
  done
  in_ systemctl restart nginx
}

# finish   the table, and the line from which `faults` takes its numbers
finish() {
  local i all=0 bad=0 passes=0
  results || passes=1
  for i in "${!sections[@]}"; do all=$((all + passed[i])) bad=$((bad + failed[i])); done
  echo "total: passed $all failed $bad seconds $SECONDS"
  return $passes
}
