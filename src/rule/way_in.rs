use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;

pub static RULE: Rule = Rule {
    code: "way-in",
    severity: Severity::Error,
    about: "An application has exactly one way in: module, wsgi-file, mount or paste.",
    why: "Without one uWSGI has nothing to serve and ends. With two it loads one of them, answers with that alone, and \
          says nothing of the other.",
    wrong: "[app.web]
processes = 4",
    right: r#"[app.web]
module = "web.wsgi"
processes = 4"#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    let name = target.name;
    let given: Vec<&str> = [
        ("module", app.module.is_some()),
        ("wsgi-file", app.wsgi_file.is_some()),
        ("mount", !app.mount.is_empty()),
        ("paste", app.paste.is_some()),
    ]
    .iter()
    .filter_map(|(option, is_given)| is_given.then_some(*option))
    .collect();
    let mut found = Vec::new();
    match given.as_slice() {
        [] => found.push(
            RULE.at(target.key("module"), format!("app.{name} has no way in: uWSGI would not know what to serve"))
                .help(format!(
                    "name a module such as module = \"{}:application\", or wsgi-file, mount or paste",
                    example(target)
                )),
        ),
        [_] => {}
        [first, .., last] => found.push(
            RULE.at(target.key(last), format!("app.{name} has {} ways in: {}", given.len(), given.join(", "))).help(
                format!(
                    "keep one of them; if {first} comes from [defaults], it belongs to the applications that use it"
                ),
            ),
        ),
    }
    let in_module = app.module.as_ref().is_some_and(|module| module.as_str().contains(':'));
    if in_module && app.callable.is_some() {
        found.push(
            RULE.at(target.key("callable"), format!("app.{name} names its callable twice, in module and in callable"))
                .help("keep one of them"),
        );
    }
    found
}

fn example(target: &Target<'_>) -> String {
    target.name.as_str().replace('-', "_")
}
