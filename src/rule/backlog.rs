use super::{Check, Rule};
use crate::diagnostic::Diagnostic;
use crate::site::Target;

/// `net.core.somaxconn` since Linux 5.4; uWSGI refuses to start with a longer queue than the machine allows.
const USUAL_LIMIT: u32 = 4096;

pub static RULE: Rule = Rule {
    code: "backlog",
    about: "uWSGI does not start when its queue is longer than net.core.somaxconn.",
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let Some(backlog) = target.app.backlog.filter(|backlog| backlog.get() > USUAL_LIMIT) else { return Vec::new() };
    let message = format!(
        "app.{}.backlog: {} is more than net.core.somaxconn usually is ({USUAL_LIMIT}); uWSGI will not start on such a machine",
        target.name,
        backlog.get()
    );
    vec![
        Diagnostic::at(target.key("backlog"), message)
            .as_warning()
            .help("raise net.core.somaxconn on the machines, or write less"),
    ]
}
