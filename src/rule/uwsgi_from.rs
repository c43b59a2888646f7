use super::{Check, Rule};
use crate::diagnostic::Diagnostic;
use crate::site::Target;
use crate::spec::{Mode, UwsgiFrom};

pub static RULE: Rule = Rule {
    code: "uwsgi-from",
    about: "A virtualenv's uWSGI needs a virtualenv, and an application of its own service: the emperor runs one uWSGI for all.",
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    if target.app.uwsgi_from != UwsgiFrom::Virtualenv {
        return Vec::new();
    }
    let name = target.name;
    let mut found = Vec::new();
    if target.app.virtualenv.is_none() {
        found.push(
            Diagnostic::at(
                target.key("uwsgi-from"),
                format!("app.{name}.uwsgi-from is \"virtualenv\", but there is none"),
            )
            .help(format!("add virtualenv = \"{}/venv\" or wherever it is", target.chdir())),
        );
    }
    if target.mode() == Mode::Emperor {
        found.push(
            Diagnostic::at(
                target.key("uwsgi-from"),
                format!("app.{name}.uwsgi-from: the emperor, root, would run a program of the application's user"),
            )
            .help("add mode = \"service\" to the application"),
        );
    }
    found
}
