# systemd's helper for rpm scriptlets; EL 8 has none, and gets what the helper does.
system_units() {
    if [ -x /usr/lib/systemd/systemd-update-helper ]; then
        /usr/lib/systemd/systemd-update-helper "$@"
        return
    fi
    verb=$1
    shift
    case "$verb" in
    install-system-units) systemctl --no-reload preset "$@" ;;
    remove-system-units) systemctl --no-reload disable --now "$@" ;;
    mark-restart-system-units) systemctl try-restart "$@" ;;
    esac
}
