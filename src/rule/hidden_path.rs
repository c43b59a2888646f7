use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;

/// Trees that a unit sees its own version of, or that are gone after a reboot.
const HIDDEN: [&str; 6] = ["/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/run"];

pub static RULE: Rule = Rule {
    code: "hidden-path",
    severity: Severity::Error,
    about: "What an application is made of does not lie where its unit has a private view or a reboot empties.",
    why: "The unit has a /tmp and a /dev of its own, and /run is empty after a reboot: files that were put there by \
          hand are not there for the application, or not any more.",
    wrong: r#"[app.web]
module = "web"
chdir = "/tmp/web""#,
    right: r#"[app.web]
module = "web"
chdir = "/srv/web""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    let mut paths = vec![("chdir", target.chdir())];
    let optional = [("virtualenv", &app.virtualenv), ("paste", &app.paste), ("env-file", &app.env_file)];
    paths.extend(optional.iter().filter_map(|(option, path)| path.as_ref().map(|path| (*option, path.to_string()))));
    paths.extend(app.wsgi_file.iter().map(|path| ("wsgi-file", path.to_string())));
    paths.extend(app.tls.iter().flat_map(|tls| [("tls", tls.certificate.to_string()), ("tls", tls.key.to_string())]));
    let breach = |(option, path): (&str, String)| {
        let tree = HIDDEN
            .iter()
            .find(|tree| path.strip_prefix(**tree).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))?;
        let message = format!(
            "app.{}.{option}: {path} lies below {tree}, which the unit sees its own version of or a reboot empties",
            target.name
        );
        Some(RULE.at(target.key(option), message).help("keep it in a lasting place such as /opt or /srv"))
    };
    paths.into_iter().filter_map(breach).collect()
}
