# shellcheck shell=bash
# A host as the client of a repository: each function does what its administrator would, by the package manager alone.
# Source it after host.sh.
# shellcheck disable=SC2154   # host.sh sets these

# add_repository URL   only by what the publisher wrote: the package manager's file and, for apt, the public key
add_repository() {
  case $family in
    debian)
      # Nothing else is trusted or asked.
      in_ rm -f /etc/apt/sources.list
      in_ mkdir -p /etc/apt/keyrings
      in_ curl -fsS -o /etc/apt/keyrings/life.asc "$1/life.asc"
      in_ curl -fsS -o /etc/apt/sources.list.d/life.sources "$1/debian/life.sources"
      ;;
    redhat) in_ curl -fsS -o /etc/yum.repos.d/life.repo "$1/redhat/life.repo" ;;
    suse)
      in_ curl -fsS -o /etc/zypp/repos.d/life.repo "$1/suse/life.repo"
      # Else it believes for ten minutes where a mirrorlist has pointed, as it does for how old a repository may be.
      printf '[main]\nrepo.refresh.delay = 0\n' > "$(instance_root "$name")/etc/zypp/zypp.conf"
      # zypper takes a new key only from somebody who says so.
      in_ zypper --non-interactive --gpg-auto-import-keys refresh life
      ;;
  esac
}

# Asks the repository for its present state.
ask_repository() {
  case $family in
    debian) in_ apt-get --error-on=any update ;;
    # As on RHEL; Fedora's dnf tells of a repository that it cannot believe and goes on without it.
    redhat) in_ dnf -y --setopt=skip_if_unavailable=0 --repo life --refresh makecache ;;
    suse) in_ zypper --non-interactive refresh --force life ;;
  esac
}

# offered PACKAGE   the versions that the host knows of, without asking anybody
offered() {
  case $family in
    debian) in_ apt-cache madison "$1" | cut -d '|' -f 2 ;;
    redhat) in_ dnf -q -C --repo life repoquery --qf '%{version}-%{release}' "$1" ;;
    suse) in_ zypper --no-refresh --non-interactive search --details --repo life --match-exact "$1" | cut -d '|' -f 4 ;;
  esac | tr -d ' ' | grep -E '^[0-9]' | sort -u | xargs
}

version_of() {
  # shellcheck disable=SC2016   # dpkg-query's own variable
  case $family in
    debian) in_ dpkg-query -f '${Version}' -W "$1" ;;
    *) in_ rpm -q --qf '%{VERSION}-%{RELEASE}' "$1" ;;
  esac
}

# Each takes packages by name, from the repository.
take() {
  case $family in
    debian) in_ apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" ;;
    redhat) in_ dnf -y --setopt=install_weak_deps=False install "$@" ;;
    suse) in_ zypper --non-interactive install --no-recommends "$@" ;;
  esac
}
upgrade_all() {
  case $family in
    debian) in_ apt-get -y -o Dpkg::Use-Pty=0 upgrade ;;
    redhat) in_ dnf -y upgrade ;;
    suse) in_ zypper --non-interactive update ;;
  esac
}
# go_back PACKAGE VERSION
go_back() {
  case $family in
    debian) in_ apt-get -y --allow-downgrades -o Dpkg::Use-Pty=0 install "$1=$2" ;;
    redhat) in_ dnf -y downgrade "$1-$2" ;;
    suse) in_ zypper --non-interactive install --oldpackage "$1=$2" ;;
  esac
}
# Packages that were fetched before do not count.
forget_packages() {
  case $family in
    debian) in_ apt-get clean ;;
    redhat) in_ dnf -q --repo life clean packages ;;
    suse) in_ zypper --non-interactive clean life ;;
  esac
}
