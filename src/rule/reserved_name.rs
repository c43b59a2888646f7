use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Key};
use crate::site::Target;

/// What follows the site's name in its own packages and units.
const RESERVED: [&str; 3] = ["uwsgi", "selinux", "emperor"];

pub static RULE: Rule = Rule {
    code: "reserved-name",
    about: "No application is called like one of the site's own packages or units.",
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
        Diagnostic::at(key, format!("app.{name}: {package} is the name of a package or unit of the site itself"))
            .help("call the application something else, such as what it is for"),
    ]
}
