//! uWSGI's own options: which there are, and which an application's free table may not set.

use std::collections::HashMap;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

/// Made by `specs/uwsgi/extract` from the real programs.
static OPTIONS: LazyLock<HashMap<&'static str, OptionFacts>> = LazyLock::new(|| {
    let lines = include_str!("../specs/uwsgi/options.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(OptionFacts::parse).collect()
});

static RESTRICTED: LazyLock<Restricted> = LazyLock::new(|| {
    let text = include_str!("../specs/uwsgi/restricted.toml");
    // The file is part of this program and read by its tests: one that cannot be read is a bug.
    toml::from_str(text).unwrap_or_else(|error| panic!("specs/uwsgi/restricted.toml: {error}"))
});

/// Names that uWSGI puts values in for when it writes a log line (core/logging.c).
static LOG_VARIABLES: &str = include_str!("../specs/uwsgi/log-variables.txt");

/// The options whose values name log variables.
const LOG_FORMATS: [&str; 2] = ["log-format", "logformat"];

/// What is known of one option.
#[derive(Clone, Copy, Debug)]
pub struct OptionFacts {
    /// Whether it takes a value: `none`, `optional` or `required`.
    pub value: &'static str,
    /// `core`, `python`, or the plugin that brings it.
    pub origin: &'static str,
    /// The release of uWSGI that has it first, when that is later than the oldest one supported.
    pub since: Option<&'static str>,
    /// What uWSGI says of it.
    pub help: &'static str,
}

/// Why an option may not stand in an application's free table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// A typed option of the spec sets it: this one.
    Owned(&'static str),
    /// It would defeat what the package relies on, for this reason.
    Defeats(&'static str),
    /// It runs commands, loads code or opens control: this is how. Allowed where the application names it.
    Unsafe(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restricted {
    owned: IndexMap<String, String>,
    defeats: IndexMap<String, String>,
    r#unsafe: IndexMap<String, String>,
}

impl OptionFacts {
    fn parse(line: &'static str) -> Option<(&'static str, Self)> {
        let mut fields = line.split('\t');
        let (name, value) = (fields.next()?, fields.next()?);
        let (origin, since) = (fields.next()?, fields.next()?);
        Some((
            name,
            Self { value, origin, since: (since != "-").then_some(since), help: fields.next().unwrap_or_default() },
        ))
    }
}

/// What is known of the option called `name`, if uWSGI has it.
#[must_use]
pub fn option(name: &str) -> Option<OptionFacts> {
    OPTIONS.get(name).copied()
}

/// Every option that uWSGI has, by name.
pub fn options() -> impl Iterator<Item = (&'static str, OptionFacts)> {
    let mut names: Vec<&'static str> = OPTIONS.keys().copied().collect();
    names.sort_unstable();
    names.into_iter().filter_map(|name| Some((name, option(name)?)))
}

/// Whether uWSGI has an option called `name`.
#[must_use]
pub fn is_option(name: &str) -> bool {
    OPTIONS.contains_key(name)
}

/// The option that `name` was most likely meant to be. The first letter is right, as a rule, and an import may ask often.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let begins_alike = |option: &&str| option.bytes().next() == name.bytes().next();
    crate::diagnostic::nearest(name, OPTIONS.keys().copied().filter(begins_alike))
}

/// Why `name` may not stand in an application's free table; none when it may.
#[must_use]
pub fn restriction(name: &str) -> Option<Restriction> {
    let find = |table: &'static IndexMap<String, String>| table.get(name).map(String::as_str);
    find(&RESTRICTED.owned)
        .map(Restriction::Owned)
        .or_else(|| find(&RESTRICTED.defeats).map(Restriction::Defeats))
        .or_else(|| find(&RESTRICTED.r#unsafe).map(Restriction::Unsafe))
}

/// Whether the values of the option called `name` name log variables.
#[must_use]
pub fn is_log_format(name: &str) -> bool {
    LOG_FORMATS.contains(&name)
}

/// Whether uWSGI has a log variable called `name`.
#[must_use]
pub fn is_log_variable(name: &str) -> bool {
    LOG_VARIABLES.lines().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.len() > prefix.len() && name.starts_with(prefix),
        None => known == name,
    })
}

/// A value as it stands in an ini: `%` doubled, except in the `%(name)` of a log format, which uWSGI leaves alone until it
/// writes a line (tried with 2.0.21).
#[must_use]
pub fn escape(option: &str, value: &str) -> String {
    let doubled = value.replace('%', "%%");
    if is_log_format(option) { doubled.replace("%%(", "%(") } else { doubled }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> [&'static IndexMap<String, String>; 3] {
        [&RESTRICTED.owned, &RESTRICTED.defeats, &RESTRICTED.r#unsafe]
    }

    #[test]
    fn every_restricted_option_exists_and_is_restricted_once() {
        let names: Vec<&String> = classes().iter().flat_map(|class| class.keys()).collect();
        for (number, name) in names.iter().enumerate() {
            assert!(is_option(name), "uWSGI has no option {name}");
            assert!(!names[..number].contains(name), "{name} is in two classes");
        }
        assert!(names.len() > 500);
    }

    #[test]
    fn every_class_is_sorted() {
        for class in classes() {
            assert!(class.keys().is_sorted(), "{:?}", class.keys().zip(class.keys().skip(1)).find(|(a, b)| a > b));
        }
    }

    #[test]
    fn what_decides_an_owned_option_is_a_key_of_the_spec() {
        let keys: crate::spec::App = toml::from_str("").unwrap();
        let keys = serde_json::to_value(&keys).unwrap();
        for (option, key) in &RESTRICTED.owned {
            let is_key = keys.get(key.replace('-', "_")).is_some() || ["listen", "processes"].contains(&key.as_str());
            assert!(is_key, "{option} is decided by {key}, which is no key");
        }
    }

    #[test]
    fn ordinary_options_are_free() {
        for option in ["enable-threads", "mule", "mules", "spooler", "static-map", "thunder-lock", "auto-procname"] {
            assert_eq!(restriction(option), None, "{option}");
        }
    }

    #[test]
    fn a_percent_sign_is_doubled_unless_it_names_a_log_variable() {
        assert_eq!(escape("procname", "100%"), "100%%");
        assert_eq!(escape("log-format", "%(uri) 100%"), "%(uri) 100%%");
    }
}
