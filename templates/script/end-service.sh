# Takes away the units of a former release, which was a service of its own.
end_service() {
    if [ -e /usr/lib/systemd/system/{{ package }}.service ]; then
        system_units remove-system-units {{ package }}.socket {{ package }}.service
        forget {{ package }}.socket {{ package }}.service
    fi
}
