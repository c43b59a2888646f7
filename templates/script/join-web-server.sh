# The web server's user reaches the sockets as a member of the group; nginx sees a new group once it is reloaded.
join_web_server() {
    getent passwd {{ family.web_user.name }} >/dev/null || return 0
    if ! id -nG {{ family.web_user.name }} | tr ' ' '\n' | grep -qx {{ web_group }}; then
        usermod -a -G {{ web_group }} {{ family.web_user.name }}
        reload_nginx
    elif [ -e {{ mark }}.begin ]; then
        # It may have joined in an installation that broke off before the reload.
        reload_nginx
    fi
}
