# Has the emperor load this release, unless that cannot be loaded with the capabilities that an emperor has, or the
# administrator took the link away. It is tried in a session of its own: the application's code could else type into the
# administrator's terminal.
upgrade_vassal() {
    [ -L {{ vassal }} ] || return 0
    if [ ! -d /run/systemd/system ] ||
        setsid --wait setpriv --no-new-privs --bounding-set=-all,+setuid,+setgid,+kill -- \
            {{ libexec }}/preflight {{ uwsgi }} {{ ini }}; then
        touch {{ ini }}
        if [ "$(stat --format=%Y {{ ini }})" = "$(cat {{ mark }} 2>/dev/null || :)" ]; then
            # The emperor would not see that it changed within a second.
            sleep 1
            touch {{ ini }}
        fi
    else
        echo "{{ package }}: this release cannot be loaded; the former one keeps serving until it is restarted" >&2
    fi
}
