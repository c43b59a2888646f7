# Whether the unit $1 is another than the former release's.
changed() {
    ! (cd /usr/lib/systemd/system && sha256sum -- "$1") | grep -qsxFf - {{ mark }}
}
