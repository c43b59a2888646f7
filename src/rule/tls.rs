use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::value::Listen;

pub static RULE: Rule = Rule {
    code: "tls",
    severity: Severity::Error,
    about: "An https listener has a certificate and a key, and nothing else has.",
    why: "Without a key uWSGI cannot open the listener and does not start. A certificate without an https listener \
          protects nothing, though the spec looks as if it did.",
    wrong: r#"[app.web]
module = "web"
listen = "https://*:8443""#,
    right: r#"[app.web]
module = "web"
listen = "https://*:8443"
tls = { certificate = "/etc/ssl/certs/web.pem", key = "/etc/ssl/private/web.key" }"#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let name = target.name;
    let https = target.app.listen.iter().find(|listen| matches!(listen, Listen::Https(_)));
    match (https, &target.app.tls) {
        (Some(listen), None) => vec![
            RULE.at(target.key("listen"), format!("app.{name}.listen: {listen} has no certificate"))
                .help("add tls = { certificate = \"/etc/ssl/certs/NAME.pem\", key = \"/etc/ssl/private/NAME.key\" }"),
        ],
        (None, Some(_)) => vec![
            RULE.at(target.key("tls"), format!("app.{name}.tls: no listener of {name} speaks https"))
                .help("listen on \"https://ADDRESS:PORT\", or leave tls out"),
        ],
        _ => Vec::new(),
    }
}
