use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Key, Severity};
use crate::site::Target;
use crate::value::AbsolutePath;

pub static RULE: Rule = Rule {
    code: "secret-place",
    severity: Severity::Warning,
    about: "A TLS key and a file of secrets lie outside of what the application or its deployment writes.",
    why: "Who may write to the directory may replace the file, whoever owns the file itself; a deployment that renews \
          the directory takes it away, and one that copies the directory spreads it.",
    wrong: r#"[app.web]
module = "web"
env-file = "/opt/web/.env""#,
    right: r#"[app.web]
module = "web"
env-file = "/etc/shop/web.env""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    let key = app.tls.iter().map(|tls| (target.key("tls").below("key"), &tls.key, "the TLS key"));
    let env_file = app.env_file.iter().map(|path| (target.key("env-file"), path, "the file of secrets"));
    let reach = reach(target);
    let tell = |(key, path, what): (Key, &AbsolutePath, &str)| {
        let (option, tree) = reach.iter().find(|(_, tree)| is_below(path.as_str(), tree))?;
        let message = format!("{key}: {what} lies below {tree}, the {option} of {}", target.name);
        Some(RULE.at(key, message).help(format!(
            "keep it in /etc/{}, as root:{}, mode 0640",
            target.header.site,
            target.group()
        )))
    };
    key.chain(env_file).filter_map(tell).collect()
}

/// The directories that a deployment replaces, or that the application may write to.
fn reach(target: &Target<'_>) -> Vec<(&'static str, String)> {
    let virtualenv = target.app.virtualenv.iter().map(|path| ("virtualenv", path.to_string()));
    let writable = target.app.writable.iter().map(|path| ("writable directory", path.to_string()));
    std::iter::once(("chdir", target.chdir())).chain(virtualenv).chain(writable).collect()
}

fn is_below(path: &str, tree: &str) -> bool {
    path.strip_prefix(tree).is_some_and(|rest| rest.starts_with('/'))
}
