use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::value::{Listen, Seconds};

/// Seconds that nginx waits for an answer unless told otherwise: `uwsgi_read_timeout` and `proxy_read_timeout`.
pub const PATIENCE_OF_NGINX: u32 = 60;

pub static RULE: Rule = Rule {
    code: "proxy-timeout",
    severity: Severity::Note,
    about: "A request may not take longer than the web server waits for it.",
    why: "nginx gives up after 60 s without an answer and tells the visitor 504, while the worker goes on with a \
          request whose answer nobody reads. Longer requests need uwsgi_read_timeout, or proxy_read_timeout for http, \
          in nginx's location.",
    wrong: r#"[app.web]
module = "web"
harakiri = 300"#,
    right: r#"[app.web]
module = "web"
harakiri = 60"#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let Some(harakiri) = target.app.harakiri.map(Seconds::get).filter(|seconds| *seconds > PATIENCE_OF_NGINX) else {
        return Vec::new();
    };
    let directive = target.app.listen.iter().find_map(|listen| match listen {
        Listen::Unix | Listen::Uwsgi(_) => Some("uwsgi_read_timeout"),
        Listen::Http(_) => Some("proxy_read_timeout"),
        Listen::Https(_) => None,
    });
    let tell = |directive| {
        let message = format!(
            "app.{}.harakiri: a request may take {harakiri} s, but nginx gives up after {PATIENCE_OF_NGINX} s without an answer",
            target.name
        );
        RULE.at(target.key("harakiri"), message).help(format!(
            "write {directive} {harakiri}s; in nginx's location, and allow = [\"proxy-timeout\"] on top of the spec"
        ))
    };
    directive.map(tell).into_iter().collect()
}
