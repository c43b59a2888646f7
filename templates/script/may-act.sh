# Whether this system is running, so that units can be started and directories made below /run and /var.
may_act() {
{%- if family.scripts.four_calls %}
    [ -z "${TRANSACTIONAL_UPDATE:-}" ] || return 1
{%- endif %}
    [ -d /run/systemd/system ]
}
