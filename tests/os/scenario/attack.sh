#!/bin/bash
# attack.sh HOST   users of applications put links and worse where root will work; nothing outside their directories changes
# shellcheck disable=SC2016,SC2317   # text for the host's shell; functions that others call by their name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../host.sh
. "$(dirname "$(readlink -f "$0")")/../host.sh"

attackers=(blog stock)      # a vassal with a log file, a service; in release 1.5 both are services
victims=(shop vault)
names='uwsgi.sock stats.sock reopen-log uwsgi.log uwsgi.log.1 uwsgi.log.1.gz uwsgi.log.2.gz'
baits=(/etc/shadow /srv/canary/secret /srv/canary /var/log/life/vault/uwsgi.log directory /run/life/shop /nowhere pipe hard)

# as APPLICATION   runs a script from standard input as the application's user, outside its sandbox
as() { in_ -u "${user_of[$1]}" -; }
directories_of() { in_ sh -c 'ls -d "$@" 2> /dev/null || :' sh "/run/life/$1" "/var/log/life/$1" | xargs; }

# What the attacks aim at. What the victims' own programs write, and when, is left out.
aims() {
  in_ sh -c 'stat -c "%n %F %a %U:%G" /etc/shadow /srv/canary /srv/canary/secret /etc/life-secrets/* \
      /run/life /run/life/shop /run/life/vault /var/log/life /var/log/life/vault /var/log/life/vault/uwsgi.log
    ls /srv/canary /run/life/shop /run/life/vault
    sha256sum /etc/shadow /srv/canary/secret /etc/life-secrets/*' 2>&1
}
# Everything in /etc and /usr but the site's own packages, with contents.
listing() {
  in_ sh -c 'find /etc /usr -xdev \( -path "*life[/-]*" -o -path "*/life" -o -name __pycache__ -o -path /usr/lib/sysimage \) -prune \
      -o -printf "%p %y %m %u:%g %l\n"
    find /etc /usr -xdev \( -path "*life[/-]*" -o -name __pycache__ -o -path /usr/lib/sysimage \) -prune \
      -o -type f -print0 | sort -z | xargs -0 sha256sum' | sort
}

# plant BAIT   under every name that root or uWSGI will use: a symbolic link to BAIT, or a directory, a pipe, a hard link
plant() {
  local app
  for app in "${attackers[@]}"; do
    as "$app" <<INSIDE
for directory in $(directories_of "$app"); do
  cd \$directory
  rm -rf -- *
  for name in $names; do
    case $1 in
      directory) mkdir \$name ;;
      pipe) mkfifo \$name ;;
      hard) ln /etc/shadow \$name 2> /dev/null || ln /var/log/life/vault/uwsgi.log \$name 2> /dev/null || : ;;
      *) ln -s $1 \$name ;;
    esac
  done
done
INSIDE
  done
}
tidy() {
  local app
  for app in "${attackers[@]}"; do as "$app" <<< "rm -rf $(directories_of "$app" | sed -E 's|( \|$)|/*\1|g')"; done
}

# As long as it lasts, whatever root makes under such a name is exchanged with a link to BAIT at once.
race() {
  local app
  for app in "${attackers[@]}"; do
    in_ -u "${user_of[$app]}" python3 /srv/life/swap.py "$1" "/run/life/$app" "/var/log/life/$app" > "$work/race-$app" 2>&1 &
  done
}
end_race() { in_ pkill -f /srv/life/swap.py; }

# What an application does to itself in these is its own affair.
reload() { in_ sh -c 'touch /etc/life/apps/blog.ini; timeout 20 systemctl reload life-stock.service' || :; }
rotate() { in_ logrotate -f /etc/logrotate.d/life-blog || :; }
restart() { in_ sh -c 'systemctl stop life-stock.service life-stock.socket; timeout 20 systemctl start life-stock.service' || :; }
tmpfiles() { in_ systemd-tmpfiles --create; }

# step WHAT COMMAND...   a step in the site's life that ends well, and nothing has changed but for the attackers
step() {
  local what=$1 app
  shift
  succeeds "$what" "$@"
  ok "$what: nothing else has changed" '' "$(diff "$work/aims" <(aims) || :)"
  for app in "${victims[@]}"; do ok "$what: $app serves" 1.0 "$(ask "$app" | field version)"; done
}
# whole   no package is half installed, and the applications recover once their users let them
whole() {
  tidy
  in_ systemctl restart life-emperor.service
  in_ sh -c 'systemctl reset-failed; systemctl stop life-stock.service life-stock.socket; systemctl start life-stock.service'
  serving 1.0
  case $family in
    debian) succeeds 'no package is half installed' in_ sh -c '! dpkg --audit life-blog life-stock life-uwsgi | grep .' ;;
    *) succeeds 'the packages are as installed' in_ rpm -V --nomtime life-uwsgi life-blog life-stock ;;
  esac
  ok 'nothing in /etc and /usr has changed' '' "$(diff "$work/listing" <(listing) || :)"
}

begin
section 'before'
cp "$OS_HOME/fixtures/swap.py" "$(instance_root "$name")/srv/life/"
succeeds 'is installed' install 1.0
serving 1.0
in_ sh -c 'chown -R blogger /opt/blog; chown -R stockuser /opt/stock /srv/stock
  mkdir /srv/canary; (umask 077; echo canary > /srv/canary/secret)'
aims > "$work/aims"
listing > "$work/listing"

section 'directories'
for app in "${attackers[@]}"; do
  for directory in $(directories_of "$app"); do
    fails "$directory stays where it is" as "$app" <<< "mv $directory $directory.moved"
  done
done
as blog <<< 'mv /opt/blog/blog /opt/blog/real; ln -s /srv/canary /opt/blog/blog'
as stock <<< 'mv /opt/stock/stock /opt/stock/real; ln -s /srv/canary /opt/stock/stock'
step 'upgrade; code is a link' upgrade 1.3
step 'downgrade; code is a link' downgrade 1.0
as blog <<< 'rm /opt/blog/blog; mv /opt/blog/real /opt/blog/blog'
as stock <<< 'rm /opt/stock/stock; mv /opt/stock/real /opt/stock/stock'

section 'links'
bait=0
while read -r what; do
  plant "${baits[bait]}"
  # shellcheck disable=SC2086   # words
  step "$what; ${baits[bait]}" $what
  bait=$(((bait + 1) % ${#baits[@]}))
done <<'STEPS'
reload
rotate
restart
upgrade 1.3
rotate
upgrade 1.5
rotate
restart
downgrade 1.0
tmpfiles
remove life-blog life-stock
install 1.0
erase life-blog life-stock
install 1.0
STEPS
whole

section 'races'
race /etc/shadow
while read -r what; do
  # shellcheck disable=SC2086   # words
  step "$what, in a race" $what
done <<'STEPS'
restart
restart
restart
reload
rotate
upgrade 1.5
rotate
downgrade 1.0
erase life-blog life-stock
install 1.0
STEPS
end_race
for app in "${attackers[@]}"; do not "the race of $app went on to its end" Traceback "$(cat "$work/race-$app")"; done
whole

section 'a release that pries'
cp "$OS_HOME/application/prying/wsgi.py" "$(instance_root "$name")/opt/blog/blog/"
files 1.3 uwsgi blog
case $family in debian) by='dpkg -i' ;; *) by='rpm -U' ;; esac
succeeds 'upgrade at a terminal' in_ timeout 60 script -qec "$by ${paths[*]}" /dev/null < /dev/null
has 'says what is wrong' 'ImportError: .*to be refused' "$output"
not 'tells the terminal nothing that it would obey' $'\033' "$output"
pried=$(in_ cat /opt/blog/blog/pried)
has 'it was tried' '^tried$' "$pried"
not 'without the terminal' '^(terminal|typed)' "$pried"
not 'nor any privilege to come' '^NoNewPrivs: 0' "$pried"
finish
