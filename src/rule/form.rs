//! The form of a spec: what the reader itself finds, before any rule can look at it.

use super::{Check, Rule};
use crate::diagnostic::Severity;

/// See `liege explain toml`.
pub static TOML: Rule = Rule {
    code: "toml",
    severity: Severity::Error,
    about: "A spec is a file in TOML and UTF-8.",
    why: "What cannot be read cannot be built.",
    wrong: r#"[app.web
module = "web""#,
    right: r#"[app.web]
module = "web""#,
    check: Check::Form,
};

/// See `liege explain unknown-key`.
pub static UNKNOWN_KEY: Rule = Rule {
    code: "unknown-key",
    severity: Severity::Error,
    about: "Every key is one that liege knows.",
    why: "A misspelt key would be passed over, and the application would run without the setting that was meant.",
    wrong: r#"[app.web]
module = "web"
treads = 4"#,
    right: r#"[app.web]
module = "web"
threads = 4"#,
    check: Check::Form,
};

/// See `liege explain missing-key`.
pub static MISSING_KEY: Rule = Rule {
    code: "missing-key",
    severity: Severity::Error,
    about: "What a package cannot be made without is there.",
    why: "Packages need a name, a version and somebody who answers for them; a certificate is no use without its key.",
    wrong: r#"site = "shop"
maintainer = "Ann <ann@shop.example>"

[app.web]
module = "web""#,
    right: r#"site = "shop"
version = "1.0"
maintainer = "Ann <ann@shop.example>"

[app.web]
module = "web""#,
    check: Check::Form,
};

/// See `liege explain wrong-type`.
pub static WRONG_TYPE: Rule = Rule {
    code: "wrong-type",
    severity: Severity::Error,
    about: "A value is of the type of its key: a text, a number, true or false, a list, a table.",
    why: "A number in quotes or a text without them is read as something else by one of the programs that it goes to.",
    wrong: r#"[app.web]
module = "web"
threads = "4""#,
    right: r#"[app.web]
module = "web"
threads = 4"#,
    check: Check::Form,
};

/// See `liege explain wrong-value`.
pub static WRONG_VALUE: Rule = Rule {
    code: "wrong-value",
    severity: Severity::Error,
    about: "A value has the form that its key asks for, and lies within its bounds.",
    why: "Values end up in ini files, units, scripts that run as root, and package headers. A path that is relative, \
          or a name with a blank, means something else in each of them.",
    wrong: r#"[app.web]
module = "web"
chdir = "srv/web""#,
    right: r#"[app.web]
module = "web"
chdir = "/srv/web""#,
    check: Check::Form,
};

/// See `liege explain no-application`.
pub static NO_APPLICATION: Rule = Rule {
    code: "no-application",
    severity: Severity::Error,
    about: "A site has an application.",
    why: "There is nothing to build packages of.",
    wrong: r#"site = "shop"
version = "1.0"
maintainer = "Ann <ann@shop.example>""#,
    right: r#"site = "shop"
version = "1.0"
maintainer = "Ann <ann@shop.example>"

[app.web]
module = "web""#,
    check: Check::Form,
};
