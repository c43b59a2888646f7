#!/bin/bash
# inside.sh FAMILY   the part of prepare.sh that runs inside the instance
set -euo pipefail
family=$1
here=/srv/providers repository=/srv/providers/repository
hidden=/usr/lib/debian-programs    # where the providers find the real programs

# Debian's nginx and uWSGI disappear, together with the user of Debian's web server: a package that forgets to require
# one of them, or takes Debian's names for granted, must fail here as it would on the real family.
systemctl --quiet disable --now nginx.service
mkdir "$hidden"
mv /usr/sbin/nginx "$hidden/nginx"
mv /etc/nginx "$hidden/etc-nginx"
mv /usr/bin/uwsgi-core "$hidden/uwsgi"
rm /usr/bin/uwsgi /usr/bin/uwsgi_python3*
mv /usr/lib/uwsgi/plugins/http_plugin.so "$hidden/"
# It keeps its file name, python311_plugin.so or the like: Debian's uWSGI finds the plugin's symbol by it.
mv "$(readlink -f /usr/lib/uwsgi/plugins/python3_plugin.so)" "$hidden/"
rm /usr/lib/uwsgi/plugins/python3_plugin.so
rm /usr/lib/systemd/system/{nginx.service,uwsgi-app@.service,uwsgi-app@.socket} /etc/logrotate.d/nginx
rm -r /var/log/nginx /var/lib/nginx
userdel www-data
systemctl daemon-reload

# Debian's rpm keeps its database in the home directory.
mkdir -p /etc/rpm
echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros.database
rpmdb --initdb
# The providers need no debug packages, and no compressed or stripped files.
for spec in system web; do
  rpmbuild --quiet -bb --define "family $family" --define "here $here" --define "hidden $hidden" \
    --define "_topdir $here/build" --define "_rpmdir $repository" \
    --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define 'debug_package %{nil}' --define '__os_install_post %{nil}' \
    "$here/$spec.spec"
done
createrepo_c --quiet "$repository"

# What no host of the family is without; the rest waits in the repository.
case $family in
  redhat) always=({base,shadow-utils,systemd}-1-1.noarch.rpm) ;;
  suse) always=({base,shadow,sysuser-shadow,systemd}-1-1.noarch.rpm) ;;
esac
rpm -i "${always[@]/#/$repository/}"

mkdir -p /etc/yum.repos.d /etc/zypp/repos.d /etc/dnf/vars
echo 1 > /etc/dnf/vars/releasever
printf '[providers]\nname=providers\nbaseurl=file://%s\ngpgcheck=0\nmetadata_expire=0\n' "$repository" > /etc/yum.repos.d/providers.repo
printf '[providers]\nname=providers\nbaseurl=dir://%s\nenabled=1\nautorefresh=1\ngpgcheck=0\n' "$repository" > /etc/zypp/repos.d/providers.repo
