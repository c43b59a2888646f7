# A restart would interrupt every application: it is left to the administrator. One that failed is started.
upgrade_emperor() {
    if [ -e {{ mark }}.stopped ]; then
        # A former run of this script was about to start it, and broke off.
        {{ invoke }} start {{ emperor_unit }}
        rm -f {{ mark }}.stopped
        return
    fi
    case "$(systemctl is-active {{ emperor_unit }} || :)" in
    active | reloading)
        if changed {{ emperor_unit }}; then
            echo "{{ package }}: {{ emperor_unit }} has changed; to use it: systemctl restart {{ emperor_unit }}" >&2
        fi
        ;;
    activating | failed)
        : >{{ mark }}.stopped
        {{ invoke }} reset-failed {{ emperor_unit }} || :
        {{ invoke }} start {{ emperor_unit }}
        rm -f {{ mark }}.stopped
        ;;
    esac
}
