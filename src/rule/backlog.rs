use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;

/// `net.core.somaxconn` since Linux 5.4; uWSGI refuses to start with a longer queue than the machine allows.
const USUAL_LIMIT: u32 = 4096;

pub static RULE: Rule = Rule {
    code: "backlog",
    severity: Severity::Warning,
    about: "uWSGI's queue of connections is no longer than net.core.somaxconn usually is.",
    why: "uWSGI does not start when its queue is longer than the kernel's limit, which is 4096 since Linux 5.4 unless \
          somebody raised it. The package is installed, and the application never comes up.",
    wrong: r#"[app.web]
module = "web"
backlog = 10000"#,
    right: r#"[app.web]
module = "web"
backlog = 4096"#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let Some(backlog) = target.app.backlog.filter(|backlog| backlog.get() > USUAL_LIMIT) else { return Vec::new() };
    let message = format!(
        "app.{}.backlog: {} is more than net.core.somaxconn usually is ({USUAL_LIMIT}); uWSGI will not start on such a machine",
        target.name,
        backlog.get()
    );
    vec![RULE.at(target.key("backlog"), message).help("raise net.core.somaxconn on the machines, or write less")]
}
