use super::{Check, Rule};
use crate::diagnostic::Diagnostic;
use crate::site::Target;
use crate::spec::Mode;

pub static RULE: Rule = Rule {
    code: "lifecycle",
    about: "A vassal that is enabled runs: the emperor knows no enabled application that waits to be started.",
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    if target.mode() == Mode::Service || app.start.is_on() || !app.enable.is_on() {
        return Vec::new();
    }
    vec![
        Diagnostic::at(
            target.key("start"),
            format!("app.{}.start: the emperor starts every application that is enabled", target.name),
        )
        .help("add enable = false as well, or mode = \"service\""),
    ]
}
