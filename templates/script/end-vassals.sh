# The last vassal to become a service leaves the emperor's directory, which its package could not take away with it.
end_vassals() {
    if [ -d /etc/{{ site }}/vassals ] && [ ! -e /usr/lib/systemd/system/{{ emperor_unit }} ]; then
        rmdir --ignore-fail-on-non-empty /etc/{{ site }}/vassals
    fi
}
