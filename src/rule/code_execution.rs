use super::{Check, Rule};
use crate::diagnostic::Diagnostic;
use crate::site::Target;
use crate::value::Listen;

pub static RULE: Rule = Rule {
    code: "remote-code-execution",
    about: "The uwsgi protocol lets whoever reaches it run code as the application; it is not offered to every network.",
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let name = target.name;
    let exposed = target.app.listen.iter().filter_map(|listen| match listen {
        Listen::Uwsgi(address) if !address.host.is_loopback() => Some((listen, address)),
        _ => None,
    });
    exposed
        .filter_map(|(listen, address)| {
            let key = target.key("listen");
            if !address.host.is_unspecified() {
                let message = format!("app.{name}.listen: whoever reaches {listen} can run code as {}", target.user());
                return Some(Diagnostic::at(key, message).as_warning().help("let a firewall pass the web server alone"));
            }
            (!target.app.allow_remote_code_execution).then(|| {
                Diagnostic::at(key, format!("app.{name}.listen: {listen} offers the uwsgi protocol on every address; whoever reaches it can run code as {}", target.user()))
                    .help("listen on one address, such as uwsgi://127.0.0.1:PORT, or on \"unix\"; if the network is closed, say so with allow-remote-code-execution = true")
            })
        })
        .collect()
}
