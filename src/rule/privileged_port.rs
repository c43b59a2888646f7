use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::spec::Mode;
use crate::value::Listen;

/// The first port that needs no privilege: `net.ipv4.ip_unprivileged_port_start`.
const FIRST_UNPRIVILEGED: u16 = 1024;

pub static RULE: Rule = Rule {
    code: "privileged-port",
    severity: Severity::Error,
    about: "A vassal binds its ports as its own user; only a socket unit opens those below 1024.",
    why: "The emperor starts the vassal, which may not bind the port and ends; the emperor starts it again, without \
          end.",
    wrong: r#"[app.web]
module = "web"
listen = "http://*:80""#,
    right: r#"[app.web]
module = "web"
mode = "service"
listen = "http://*:80""#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    if target.mode() == Mode::Service {
        return Vec::new();
    }
    let low = target.app.listen.iter().filter_map(Listen::address).filter(|address| address.port < FIRST_UNPRIVILEGED);
    low.map(|address| {
        let message = format!(
            "app.{}.listen: a vassal binds {address} as {}, who may not use a port below 1024",
            target.name,
            target.user()
        );
        RULE.at(target.key("listen"), message)
            .help("add mode = \"service\", where systemd opens the port, or choose a port from 1024 on")
    })
    .collect()
}
