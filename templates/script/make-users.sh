# Makes users and groups. What holds the user database would be waited for without end, and without a word.
make_users() {
    if ! timeout 30 systemd-sysusers {{ package }}.conf; then
        echo "{{ package }}: users and groups could not be made; is /etc/.pwd.lock locked by another program?" >&2
        return 1
    fi
}
