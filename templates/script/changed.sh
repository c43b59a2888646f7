# Whether a unit that ends in .$1 is another than the former release's.
changed() {
    ! (
        cd /usr/lib/systemd/system
        for unit in {{ units | join(sep=" ") }}; do
            case "$unit" in
            *."$1") sha256sum -- "$unit" ;;
            esac
        done | while read -r line; do
            grep -qxF -- "$line" {{ mark }} || exit 1
        done
    )
}
