//! Ways for options that hold one value each.

use toml::Value;

use super::{Carrier, Outcome, Setting, Way};
use crate::import::placeholder::CORES;

/// What uWSGI takes a flag's value for; none when it is another text.
pub fn flag(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "" | "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number as such when it looks the same once it is written again, or else the text.
pub fn number_or_text(value: &str) -> Value {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => Value::from(number),
        _ => Value::from(value),
    }
}

/// A number, and what follows it: uWSGI reads no further than its digits.
fn leading_number(value: &str) -> Option<(i64, &str)> {
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (digits, tail) = value.split_at(end);
    digits.parse().ok().map(|number| (number, tail.trim()))
}

pub fn text(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    carrier.put(&[way.key], Value::from(value), setting)
}

pub fn number(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    match leading_number(value) {
        None => Outcome::Lost("this is no number, and uWSGI reads it as 0: write one".to_owned()),
        Some((number, "")) => carrier.put(&[way.key], Value::from(number), setting),
        Some((number, _)) => {
            let reason = format!("uWSGI reads no further than the number: {number}");
            carrier.put_adapted(&[way.key], Value::from(number), setting, &reason)
        }
    }
}

pub fn switch(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    match flag(value) {
        Some(flag) if way.about.is_empty() => carrier.put(&[way.key], Value::from(flag), setting),
        Some(flag) => carrier.put_adapted(&[way.key], Value::from(flag), setting, way.about),
        None => Outcome::Lost("this is neither true nor false".to_owned()),
    }
}

pub fn path(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    let parts: Vec<&str> = value.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let root = if value.starts_with('/') { "/" } else { "" };
    let plain = format!("{root}{}", parts.join("/"));
    if plain == value {
        carrier.put(&[way.key], Value::from(value), setting)
    } else {
        let reason = format!("the same path in short: {plain}");
        carrier.put_adapted(&[way.key], Value::from(plain), setting, &reason)
    }
}

/// A module that names its callable wins over this option.
pub fn callable(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    let module = carrier.value_of("module").or(carrier.value_of("wsgi")).unwrap_or_default();
    match module.split_once(':') {
        Some((_, named)) if named == value => Outcome::Adapted("module names it already".to_owned()),
        Some((_, named)) => Outcome::Lost(format!("module names another one, {named}, and uWSGI takes that")),
        None => text(carrier, way, setting, value),
    }
}

pub fn mount(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    match value.split_once('=') {
        Some((prefix, served)) => carrier.put(&[way.key, prefix], Value::from(served), setting),
        None => Outcome::Lost("a mount is written PREFIX=MODULE:CALLABLE".to_owned()),
    }
}

pub fn paste(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    path(carrier, way, setting, value.strip_prefix("config:").unwrap_or(value))
}

pub fn processes(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    let per_core = if value == CORES.to_string() { Some("1") } else { per_core(value) };
    match per_core {
        Some(times) => carrier.put(&[way.key], Value::from(format!("{times} per core")), setting),
        None if value.contains(CORES) => {
            Outcome::Lost("of what uWSGI computes, only so many per core can be written: \"2 per core\"".to_owned())
        }
        None => number(carrier, way, setting, value),
    }
}

/// The number in `%(%k * 2)`.
fn per_core(value: &str) -> Option<&str> {
    let (left, right) = value.strip_prefix("%(")?.strip_suffix(')')?.split_once('*')?;
    let (left, right) = (left.trim(), right.trim());
    let cores = CORES.to_string();
    if left == cores { Some(right) } else { (right == cores).then_some(left) }
}

pub fn environment(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    match value.split_once('=') {
        Some((name, value)) => carrier.put(&[way.key, name], Value::from(value), setting),
        None => Outcome::Lost("an environment variable is written NAME=VALUE".to_owned()),
    }
}

pub fn log(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    match value {
        "/dev/stdout" | "/dev/stderr" => {
            carrier.put_adapted(&[way.key], Value::from("journal"), setting, "the log goes to the journal")
        }
        _ if value.starts_with('/') => carrier.put_adapted(&[way.key], Value::from("file"), setting, way.about),
        _ => Outcome::Lost("the log goes to the journal, or with log = \"file\" to a file".to_owned()),
    }
}

pub fn plugins(_: &mut Carrier<'_>, way: &Way, _: &Setting, value: &str) -> Outcome {
    // uWSGI's HTTP listener needs no plugin where the router is not used.
    let other = value.split(',').map(str::trim).find(|name| !name.starts_with("python3") && *name != "http");
    match other {
        None => Outcome::Adapted(way.about.to_owned()),
        Some("python") => Outcome::Lost(
            "liege loads Python 3 itself; where this plugin is Python 2's, the application needs a Python 3".to_owned(),
        ),
        Some(other) => Outcome::Lost(format!("liege loads the plugin of Python 3 alone, not {other}")),
    }
}

pub fn of_liege(_: &mut Carrier<'_>, way: &Way, _: &Setting, value: &str) -> Outcome {
    match flag(value) {
        Some(true) => Outcome::Adapted(way.about.to_owned()),
        _ => Outcome::Lost("liege always sets this to true: the package relies on it".to_owned()),
    }
}
