# Starts the application, or says why it does not start. That is no fault of the package: its code may come later.
# What the application printed is told so that no terminal obeys it.
begin_service() {
    if ! {{ invoke }} start {{ package }}.socket {{ package }}.service; then
        journalctl --quiet --no-pager --output=cat --lines=12 --unit={{ package }}.service | cat -v >&2
        echo "{{ package }}: not started; once it can be: systemctl start {{ package }}.service" >&2
    fi
}
