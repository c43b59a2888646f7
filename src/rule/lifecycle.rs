use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::spec::Mode;

pub static RULE: Rule = Rule {
    code: "lifecycle",
    severity: Severity::Error,
    about: "A vassal that is enabled runs: the emperor knows no enabled application that waits to be started.",
    why: "The emperor starts whatever lies in its directory. An application that is enabled but not to be started \
          would be started by the next reboot, if not sooner.",
    wrong: r#"[app.web]
module = "web"
start = false"#,
    right: r#"[app.web]
module = "web"
start = false
enable = false"#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    if target.mode() == Mode::Service || app.start.is_on() || !app.enable.is_on() {
        return Vec::new();
    }
    vec![
        RULE.at(
            target.key("start"),
            format!("app.{}.start: the emperor starts every application that is enabled", target.name),
        )
        .help("add enable = false as well, or mode = \"service\""),
    ]
}
