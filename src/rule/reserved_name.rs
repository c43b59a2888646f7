use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Key, Severity};
use crate::site::Target;

/// What follows the site's name in its own packages and units.
const RESERVED: [&str; 3] = ["uwsgi", "selinux", "emperor"];

pub static RULE: Rule = Rule {
    code: "reserved-name",
    severity: Severity::Error,
    about: "No application is called like one of the site's own packages or units.",
    why: "Two packages of one name are one package: installing the application would take away the site's emperor, or \
          the other way round.",
    wrong: r#"[app.emperor]
module = "web""#,
    right: r#"[app.web]
module = "web""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let name = target.name.as_str();
    if !RESERVED.contains(&name) {
        return Vec::new();
    }
    let key = Key { app: Some(name.to_owned()), ..Key::default() };
    let package = target.package();
    vec![
        RULE.at(key, format!("app.{name}: {package} is the name of a package or unit of the site itself"))
            .help("call the application something else, such as what it is for"),
    ]
}
