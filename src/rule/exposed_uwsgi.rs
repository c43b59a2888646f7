use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::value::Listen;

pub static RULE: Rule = Rule {
    code: "exposed-uwsgi",
    severity: Severity::Warning,
    about: "The uwsgi protocol is offered to this machine alone, or a firewall lets only the web server through.",
    why: "Whoever reaches the port can run code as the application. On an address of a network that is every machine \
          of that network, unless a firewall stands before it.",
    wrong: r#"[app.web]
module = "web"
listen = "uwsgi://10.20.0.5:3031""#,
    right: r#"[app.web]
module = "web"
listen = "unix""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let in_a_network = |listen: &Listen| matches!(listen, Listen::Uwsgi(address) if !address.host.is_loopback() && !address.host.is_unspecified());
    let tell = |listen: Listen| {
        let message = format!("app.{}.listen: whoever reaches {listen} can run code as {}", target.name, target.user());
        RULE.at(target.key("listen"), message).help("let a firewall pass the web server alone")
    };
    target.app.listen.iter().filter(in_a_network).map(tell).collect()
}
