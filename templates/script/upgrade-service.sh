# Running: reloads, which first tries to load this release; restarts what must be. Failed: this release may mend it.
# Stopped, disabled or masked: so the administrator wants it; unless a former run of this script stopped it and broke off.
upgrade_service() {
    if [ -e {{ mark }}.stopped ]; then
        begin_service
        rm -f {{ mark }}.stopped
        return
    fi
    case "$(systemctl is-active {{ package }}.service || :)" in
    active | reloading)
        if ! {{ invoke }} reload {{ package }}.service; then
            journalctl --quiet --no-pager --output=cat --lines=12 --unit={{ package }}.service --identifier=preflight |
                cat -v >&2
            echo "{{ package }}: this release cannot be loaded; the former one keeps serving until it is restarted" >&2
        elif changed {{ package }}.socket; then
            : >{{ mark }}.stopped
            {{ invoke }} reset-failed {{ package }}.service || :
            {{ invoke }} stop {{ package }}.service {{ package }}.socket
            begin_service
            rm -f {{ mark }}.stopped
        elif changed {{ package }}.service; then
            # The upgrade is not to fail because others restarted it as often as its start limit allows.
            {{ invoke }} reset-failed {{ package }}.service || :
{%- if restart_later %}
            : >{{ mark }}.restart
{%- else %}
            if ! {{ invoke }} restart {{ package }}.service; then
                begin_service
            fi
{%- endif %}
        fi
        ;;
    activating | failed)
        : >{{ mark }}.stopped
        {{ invoke }} reset-failed {{ package }}.service || :
        begin_service
        rm -f {{ mark }}.stopped
        ;;
    esac
}
