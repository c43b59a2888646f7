# systemd's helper for rpm scriptlets; EL 8 has none, and gets what the helper does.
has_helper() {
    [ -x /usr/lib/systemd/systemd-update-helper ]
}
system_units() {
    if has_helper; then
        /usr/lib/systemd/systemd-update-helper "$@"
        return
    fi
    verb=$1
    shift
    case "$verb" in
    install-system-units) systemctl --no-reload preset "$@" ;;
    remove-system-units)
        # In a root that is not running there is nothing to stop, and --now fails.
        if [ -d /run/systemd/system ]; then
            systemctl --no-reload disable --now "$@"
        else
            systemctl --no-reload disable "$@"
        fi
        ;;
    mark-restart-system-units) systemctl try-restart "$@" ;;
    esac
}
