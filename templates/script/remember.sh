{% if units -%}
# Keeps the digests of the former release's units: what is equal afterwards needs no restart. The file's being there also
# tells an upgrade from an installation after a removal, which look the same otherwise.
remember() {
    mkdir -p /run/{{ site }}
    (
        cd /usr/lib/systemd/system
        sha256sum -- {{ units | join(sep=" ") }} 2>/dev/null || :
    ) >{{ mark }}
}
{%- else -%}
# Leaves a mark: an upgrade and an installation after a removal look the same otherwise.
remember() {
    mkdir -p /run/{{ site }}
    : >{{ mark }}
}
{%- endif %}
