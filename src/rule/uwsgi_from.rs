use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::spec::{Mode, UwsgiFrom};

pub static RULE: Rule = Rule {
    code: "uwsgi-from",
    severity: Severity::Error,
    about: "A virtualenv's uWSGI needs a virtualenv, and an application of its own service.",
    why: "The emperor runs one uWSGI for all its applications, as root to begin with. Were it to take the program from \
          a virtualenv, the user who owns the virtualenv would be root.",
    wrong: r#"[app.web]
module = "web"
uwsgi-from = "virtualenv""#,
    right: r#"[app.web]
mode = "service"
module = "web"
virtualenv = "/opt/web/venv"
uwsgi-from = "virtualenv""#,
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
            RULE.at(target.key("uwsgi-from"), format!("app.{name}.uwsgi-from is \"virtualenv\", but there is none"))
                .help(format!("add virtualenv = \"{}/venv\" or wherever it is", target.chdir())),
        );
    }
    if target.mode() == Mode::Emperor {
        found.push(
            RULE.at(
                target.key("uwsgi-from"),
                format!("app.{name}.uwsgi-from: the emperor, root, would run a program of the application's user"),
            )
            .help("add mode = \"service\" to the application"),
        );
    }
    found
}
