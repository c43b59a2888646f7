use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::spec::{Log, Mode};

pub static RULE: Rule = Rule {
    code: "unused",
    severity: Severity::Error,
    about: "What is set has an effect.",
    why: "Whoever wrote the setting believes that it works: that logs are rotated, or that the application may write \
          to a directory. The machine shows otherwise, weeks later.",
    wrong: r#"[app.web]
module = "web"
rotate = { every = "weekly" }"#,
    right: r#"[app.web]
module = "web"
log = "file"
rotate = { every = "weekly" }"#,
    check: Check::Own(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    let no_file = app.log != Log::File;
    let no_cheaper = app.cheaper.is_none();
    let no_module = app.module.is_none() && app.wsgi_file.is_none();
    let mut found: Vec<Diagnostic> = [
        ("rotate", app.rotate.is_some() && no_file, "there is no log file to rotate", "add log = \"file\""),
        ("cheaper-initial", app.cheaper_initial.is_some() && no_cheaper, "it goes with cheaper", "add cheaper"),
        ("cheaper-step", app.cheaper_step.is_some() && no_cheaper, "it goes with cheaper", "add cheaper"),
        (
            "writable",
            !app.writable.is_empty() && target.mode() == Mode::Emperor,
            "the emperor's sandbox is the same for all its applications, and leaves /opt, /srv and /var writable",
            "add mode = \"service\"",
        ),
        (
            "callable",
            app.callable.is_some() && no_module,
            "it goes with module or wsgi-file",
            "name it behind the : of the mount",
        ),
    ]
    .iter()
    .filter(|(_, is_unused, ..)| *is_unused)
    .map(|(option, _, why, instead)| {
        RULE.at(target.key(option), format!("app.{}.{option} has no effect: {why}", target.name))
            .help(format!("{instead}, or leave {option} out"))
    })
    .collect();
    for directive in app.unsafe_directives.iter().filter(|directive| !app.uwsgi.contains_key(*directive)) {
        found.push(
            RULE.at(
                target.key("unsafe-directives"),
                format!("app.{}.unsafe-directives: {directive} is allowed but not set", target.name),
            )
            .help("leave it out until it is needed"),
        );
    }
    found
}
