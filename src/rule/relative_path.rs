use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::uwsgi;
use crate::value::OptionValue;

/// Options whose values are paths.
const PATHS: [&str; 9] = [
    "check-static",
    "mime-file",
    "mimefile",
    "spooler",
    "spooler-chdir",
    "spooler-external",
    "static-check",
    "static-gzip-dir",
    "static-safe",
];
/// Options whose values are PREFIX=PATH.
const MAPS: [&str; 2] = ["static-map", "static-map2"];
/// Options that begin so watch a path.
const WATCHES: &str = "touch-";

pub static RULE: Rule = Rule {
    code: "relative-path",
    severity: Severity::Error,
    about: "Paths of uWSGI's own options are absolute.",
    why: "uWSGI opens some relative paths before it changes to chdir and others after that. A spooler called spool is \
          made where the emperor stands, not in the application's directory.",
    wrong: r#"[app.web]
module = "web"

[app.web.uwsgi]
spooler = "spool""#,
    right: r#"[app.web]
module = "web"

[app.web.uwsgi]
spooler = "/var/spool/web""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let lines = |(option, value): (&'_ String, &OptionValue)| {
        value.lines().into_iter().map(|line| (option.clone(), line)).collect::<Vec<_>>()
    };
    let may_be_there =
        |option: &String| uwsgi::restriction(option).is_none() || target.app.unsafe_directives.contains(option);
    let tell = |(option, line): (String, String)| {
        let path = path_of(&option, &line).filter(|path| !path.starts_with('/'))?;
        let message = format!("app.{}.uwsgi.{option}: {path} is a relative path", target.name);
        let help = format!("write it from / on, such as {}/{path}", target.chdir());
        Some(RULE.at(target.key("uwsgi").below(&option), message).help(help))
    };
    target.app.uwsgi.iter().filter(|(option, _)| may_be_there(option)).flat_map(lines).filter_map(tell).collect()
}

/// The path in a value, if the option takes one.
fn path_of<'l>(option: &str, line: &'l str) -> Option<&'l str> {
    if MAPS.contains(&option) {
        return line.split_once('=').map(|(_, path)| path);
    }
    (PATHS.contains(&option) || option.starts_with(WATCHES)).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_exists() {
        for option in PATHS.iter().chain(&MAPS) {
            assert!(crate::uwsgi::is_option(option), "{option}");
        }
    }
}
