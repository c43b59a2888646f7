use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::uwsgi::{self, Restriction};
use crate::value::OptionValue;

pub static RULE: Rule = Rule {
    code: "uwsgi-option",
    severity: Severity::Error,
    about: "The free table of an application holds options that uWSGI has and the package can live with, with plain values.",
    why: "The ini is strict: uWSGI ends at an option that it does not know. Others take effect and break what the \
          package relies on: daemonize makes systemd lose the process, uid makes the socket somebody else's, exec \
          hooks run commands as the application.",
    wrong: r#"[app.web]
module = "web"

[app.web.uwsgi]
daemonize = "/var/log/web.log"
memory-raport = true"#,
    right: r#"[app.web]
module = "web"

[app.web.uwsgi]
memory-report = true"#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    target
        .app
        .uwsgi
        .iter()
        .filter_map(|(option, value)| check_name(target, option).or_else(|| check_value(target, option, value)))
        .collect()
}

fn mistake(target: &Target<'_>, option: &str, what: String) -> Diagnostic {
    RULE.at(target.key("uwsgi").below(option), format!("app.{}.uwsgi.{option}: {what}", target.name))
}

fn check_name(target: &Target<'_>, option: &str) -> Option<Diagnostic> {
    let mistake = |what: String| mistake(target, option, what);
    let Some(facts) = uwsgi::option(option) else {
        let mistake = mistake("uWSGI 2.0 has no such option, and would not start with it".to_owned());
        return Some(match uwsgi::nearest(option) {
            Some(near) => mistake.help(format!("did you mean {near}?")),
            None => mistake.help("leave it out"),
        });
    };
    match uwsgi::restriction(option) {
        Some(Restriction::Owned(key)) => {
            return Some(
                mistake("a setting of the application itself decides this".to_owned())
                    .help(format!("write {key} = … in [app.{}]", target.name)),
            );
        }
        Some(Restriction::Defeats(why)) => {
            return Some(mistake(why.to_owned()).help("leave it out: the package could not keep its promises"));
        }
        Some(Restriction::Unsafe(why)) if !target.app.unsafe_directives.iter().any(|allowed| allowed == option) => {
            return Some(
                mistake(why.to_owned())
                    .help(format!("if that is meant, allow it by name: unsafe-directives = [\"{option}\"]")),
            );
        }
        _ => {}
    }
    if !matches!(facts.origin, "core" | "python") && !target.app.uwsgi.keys().any(|key| key.starts_with("plugin")) {
        return Some(
            mistake(format!("the plugin {} has this option, and it is not loaded", facts.origin))
                .help("only options of uWSGI itself and of its Python plugin work here"),
        );
    }
    None
}

fn check_value(target: &Target<'_>, option: &str, value: &OptionValue) -> Option<Diagnostic> {
    let lines = value.lines();
    let magic = lines.iter().find_map(|line| ["%(", "$(", "@("].into_iter().find(|magic| line.contains(*magic)))?;
    if magic == "%(" && uwsgi::is_log_format(option) {
        return lines
            .iter()
            .flat_map(|line| log_variables(line))
            .find_map(|name| check_log_variable(target, option, name));
    }
    Some(
        mistake(target, option, format!("uWSGI would expand what follows {magic} and knows no way to quote it"))
            .help("leave it out"),
    )
}

fn log_variables(line: &str) -> impl Iterator<Item = &str> {
    line.split("%(").skip(1).filter_map(|rest| rest.split_once(')').map(|(name, _)| name))
}

/// uWSGI leaves an unknown `%(name)` alone while it reads the ini, but puts in the value of an option of that name.
fn check_log_variable(target: &Target<'_>, option: &str, name: &str) -> Option<Diagnostic> {
    if !uwsgi::is_log_variable(name) {
        return Some(
            mistake(target, option, format!("uWSGI has no log variable {name}"))
                .help("its log variables are in the documentation of log-format"),
        );
    }
    let is_key = uwsgi::is_option(name) && target.app.uwsgi.contains_key(name);
    is_key.then(|| {
        mistake(target, option, format!("%({name}) would be replaced by the value of the option {name}"))
            .help("leave one of the two out")
    })
}
