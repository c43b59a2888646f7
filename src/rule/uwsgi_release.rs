use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::uwsgi;

pub static RULE: Rule = Rule {
    code: "uwsgi-release",
    severity: Severity::Warning,
    about: "Every machine's uWSGI has the options that are set.",
    why: "Distributions carry different releases of uWSGI. An older one does not know the option, and does not start \
          with it.",
    wrong: r#"[app.web]
module = "web"

[app.web.uwsgi]
harakiri-graceful-timeout = 10"#,
    right: r#"[app.web]
module = "web"
harakiri = 10"#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let too_new = |option: &String| {
        let release = uwsgi::option(option)?.since?;
        let message = format!(
            "app.{}.uwsgi.{option}: uWSGI has this option from {release} on; an older one does not start with it",
            target.name
        );
        Some(
            RULE.at(target.key("uwsgi").below(option), message)
                .help(format!("make sure that every machine has uWSGI {release}; Debian 12 has 2.0.21")),
        )
    };
    target.app.uwsgi.keys().filter_map(too_new).collect()
}
