# Whether the emperor still runs the application.
vassal_runs() {
    group=$(systemctl show --property=ControlGroup --value {{ emperor_unit }})
    [ -n "$group" ] || return 1
    cat "/sys/fs/cgroup$group/cgroup.procs" "/sys/fs/cgroup/systemd$group/cgroup.procs" 2>/dev/null |
        while read -r process; do
            tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline" || :
            echo
        done | grep -qF -- ' --ini {{ app }}.ini '
}

# Takes the application from the emperor and waits for its end, so that nothing runs on unseen, but not for ever.
end_vassal() {
    rm -f {{ vassal }}
    [ -d /run/systemd/system ] || return 0
    tries=60
    while [ "$tries" -gt 0 ] && vassal_runs; do
        sleep 0.5
        tries=$((tries - 1))
    done
}
