use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;
use crate::value::EnvironmentName;

/// What the name of a secret holds.
const TELLTALE: [&str; 6] = ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL"];
/// What the name of a secret ends with.
const ENDINGS: [&str; 3] = ["_KEY", "_PASS", "APIKEY"];

pub static RULE: Rule = Rule {
    code: "plain-secret",
    severity: Severity::Warning,
    about: "No secret stands in env.",
    why: "The package holds env: it lies in repositories, caches and backups that everybody may read, and stays there \
          when the secret is changed. An env-file is kept on the machine alone.",
    wrong: r#"[app.web]
module = "web"
env = { DATABASE_URL = "postgresql://shop:hunter2@db/shop" }"#,
    right: r#"[app.web]
module = "web"
env-file = "/etc/shop/web.env""#,
    check: Check::Option(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let tell = |name: &EnvironmentName| {
        let message = format!(
            "app.{}.env.{name}: this looks like a secret, and every copy of the package would hold it",
            target.name
        );
        RULE.at(target.key("env").below(name.as_str()), message).help(format!(
            "write env-file = \"/etc/{}/{}.env\" and keep {name}=… in that file on the machine: root:{}, mode 0640",
            target.header.site,
            target.name,
            target.group()
        ))
    };
    target
        .app
        .env
        .iter()
        .filter(|(name, value)| is_secret(name.as_str(), value.as_str()))
        .map(|(name, _)| tell(name))
        .collect()
}

fn is_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let is_named_so = TELLTALE.iter().any(|word| name.contains(word)) || ENDINGS.iter().any(|end| name.ends_with(end));
    // A path, a switch or a number of seconds is no secret, and a public key is public.
    let says_nothing = value.len() < 4 || value.starts_with('/') || matches!(value, "true" | "false" | "none");
    let is_number = value.chars().all(|c| c.is_ascii_digit()) && value.len() < 6;
    is_url_with_password(value) || (is_named_so && !says_nothing && !is_number && !name.contains("PUBLIC"))
}

/// Such as postgresql://user:password@host/name.
fn is_url_with_password(value: &str) -> bool {
    let authority = value.split_once("://").and_then(|(_, rest)| rest.split('/').next());
    let account = authority.and_then(|authority| authority.rsplit_once('@')).map(|(account, _)| account);
    account.and_then(|account| account.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn a_secret_is_known_by_its_name_or_its_value() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter22"),
            ("SECRET_KEY", "django-insecure-1"),
            ("API_TOKEN", "abcdef"),
            ("AWS_ACCESS_KEY", "AKIA1234"),
            ("DATABASE_URL", "postgres://shop:hunter2@db/shop"),
            ("BROKER", "redis://:hunter2@cache:6379/0"),
        ] {
            assert!(is_secret(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("PASSWORD_FILE", "/etc/shop/password"),
            ("TOKEN_LIFETIME", "3600"),
            ("SECRET_SANTA", "true"),
            ("PUBLIC_KEY", "ssh-ed25519 AAAA"),
            ("KEYBOARD", "qwerty"),
            ("DATABASE_URL", "postgres://shop@db/shop"),
            ("HOME_PAGE", "https://shop.example/a:b@c"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }
}
