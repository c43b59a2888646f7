# Whether the administrator lets upgrades restart services.
may_restart() {
    may_act || return 1
{%- if family.scripts.four_calls %}
    if [ -r /etc/sysconfig/services ]; then
        # shellcheck source=/dev/null
        . /etc/sysconfig/services
    fi
    case "${DISABLE_RESTART_ON_UPDATE:-no}" in
    yes | 1) return 1 ;;
    esac
{%- endif %}
}
