# Users and groups, where they are not made from the package's sysusers.d file before it is unpacked.
make_users() {
    getent group {{ user }} >/dev/null || groupadd --system {{ user }}
    getent passwd {{ user }} >/dev/null ||
        useradd --system --gid {{ user }} --no-create-home --home-dir /nonexistent \
            --shell {{ family.nologin }} --comment '{{ gecos }}' {{ user }}
{%- if group != user %}
    getent group {{ group }} >/dev/null || groupadd --system {{ group }}
    id -nG {{ user }} | tr ' ' '\n' | grep -qx {{ group }} || usermod -a -G {{ group }} {{ user }}
{%- endif %}
}
