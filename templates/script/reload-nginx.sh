# nginx takes a new group of its user only at a reload.
reload_nginx() {
    [ -d /run/systemd/system ] || return 0
    if [ "$(systemctl is-active nginx.service || :)" = active ]; then
        {{ invoke }} reload nginx.service || :
    fi
}
