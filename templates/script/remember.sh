# Notes that the application or the emperor is to begin, until it has begun: what breaks off before that is given to the
# package manager again, which calls it an upgrade then.
remember_beginning() {
    mkdir -p /run/{{ site }}
    : >{{ mark }}.begin
}

{% if units -%}
# Keeps the digests of the former release's units: what is equal afterwards needs no restart. The file's being there also
# tells an upgrade from an installation after a removal, which look the same otherwise.
remember() {
    [ ! -e {{ mark }}.begin ] || return 0
    mkdir -p /run/{{ site }}
    (
        cd /usr/lib/systemd/system
        sha256sum -- {{ units | join(sep=" ") }} 2>/dev/null || :
    ) >{{ mark }}
}
{%- elif emperor -%}
# Keeps the time of the ini, which the emperor compares in whole seconds. The file's being there also tells an upgrade from
# an installation after a removal, which look the same otherwise.
remember() {
    [ ! -e {{ mark }}.begin ] || return 0
    mkdir -p /run/{{ site }}
    { stat --format=%Y {{ ini }} 2>/dev/null || :; } >{{ mark }}
}
{%- else -%}
# Leaves a mark: an upgrade and an installation after a removal look the same otherwise.
remember() {
    [ ! -e {{ mark }}.begin ] || return 0
    mkdir -p /run/{{ site }}
    : >{{ mark }}
}
{%- endif %}
