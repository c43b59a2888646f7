//! Variables → settings under uWSGI's own names, wherever in a variable they stand.

use std::collections::HashMap;

use super::meaning::{self, Meaning, meaning};
use super::origin;
use super::scope::{Scope, Variable};
use crate::import::placeholder::{CORES, Placeholders};
use crate::import::report::{Outcome, Report};
use crate::import::setting::{Setting, Target, shown};
use crate::import::yaml::{Entry, Node, Value};
use crate::uwsgi;

const UNKNOWN: &str = "this is no setting of uWSGI that liege knows";

/// Options whose value is `KEY=VALUE`, so that they may be written as mappings.
const PAIRS: [&str; 2] = ["env", "mount"];

/// Reads entries of variables.
pub struct Reader<'a, 'r> {
    scope: &'a Scope<'a>,
    report: &'r mut Report,
    /// Whether what is being read stands elsewhere, and was referred to. References in it are not followed: they could lead
    /// in circles.
    is_elsewhere: bool,
}

impl<'a, 'r> Reader<'a, 'r> {
    /// A reader of the variables in `scope`.
    pub fn new(scope: &'a Scope<'a>, report: &'r mut Report) -> Self {
        Self { scope, report, is_elsewhere: false }
    }

    /// All variables.
    pub fn scope(&self) -> &'a Scope<'a> {
        self.scope
    }

    /// Whether another variable's expression names this one.
    pub fn is_named(&self, variable: &Variable<'_>) -> bool {
        self.scope.is_named(&variable.entry.key)
    }

    /// Takes down what became of a setting that goes no further.
    pub fn record(&mut self, setting: &Setting, outcome: Outcome) {
        self.report.record(setting, None, outcome);
    }

    /// Takes down a setting that has no place in a spec.
    pub fn lose(&mut self, setting: &Setting) {
        if let Target::Nowhere(reason) = &setting.target {
            self.report.record(setting, None, Outcome::Lost(reason.clone()));
        }
    }

    /// What a variable outside the lists says: one thing, when nothing in it is of uWSGI.
    pub fn variable(&mut self, variable: &Variable<'_>) -> Vec<Setting> {
        let Variable { file, entry } = *variable;
        let mut settings = Vec::new();
        if meaning::concerns_uwsgi(&entry.key) {
            self.read(file, entry, &mut settings);
        }
        let is_unknown =
            |setting: &Setting| matches!(&setting.target, Target::Nowhere(reason) if reason.starts_with(UNKNOWN));
        if settings.iter().all(is_unknown) {
            vec![self.setting(file, entry, unknown(&entry.key), "")]
        } else {
            settings
        }
    }

    /// What an entry of an application says.
    pub fn entry(&mut self, file: &str, entry: &Entry) -> Vec<Setting> {
        let mut settings = Vec::new();
        self.read(file, entry, &mut settings);
        settings
    }

    /// The name that an entry gives to an application; one that cannot be known is told.
    pub fn name(&mut self, file: &str, entry: &Entry) -> Option<(String, Setting)> {
        let setting = self.nowhere(file, entry, "");
        match setting.value.clone() {
            Ok(name) => Some((name, setting)),
            Err(reason) => {
                self.record(&setting, Outcome::Lost(reason));
                None
            }
        }
    }

    /// An entry as a setting that has no place in a spec, for this reason.
    pub fn nowhere(&self, file: &str, entry: &Entry, reason: &str) -> Setting {
        self.setting(file, entry, Target::Nowhere(reason.to_owned()), "")
    }

    /// Reads one entry, and what is nested in it.
    fn read(&mut self, file: &str, entry: &Entry, settings: &mut Vec<Setting>) {
        let node = if self.is_elsewhere { &entry.node } else { self.scope.follow(&entry.node) };
        let was_elsewhere = self.is_elsewhere;
        self.is_elsewhere |= !std::ptr::eq(node, &entry.node);
        match &node.value {
            Value::Mapping(entries) if !entries.is_empty() => match pair_option(&entry.key) {
                Some(option) => settings.extend(entries.iter().map(|below| self.pair(file, option, below))),
                None => entries.iter().for_each(|below| self.read(file, below, settings)),
            },
            Value::Sequence(nodes) if !nodes.is_empty() => {
                nodes.iter().for_each(|node| self.read_part(file, entry, node, settings));
            }
            _ => settings.push(self.setting(file, entry, target(&entry.key), "")),
        }
        self.is_elsewhere = was_elsewhere;
    }

    /// An entry of a list: a value of the option the list is called after, a mapping, or `option = value` as a text.
    fn read_part(&mut self, file: &str, list: &Entry, node: &Node, settings: &mut Vec<Setting>) {
        if let Some(entries) = node.mapping() {
            let below =
                Entry { key: list.key.clone(), line: node.line, node: named_pair(entries).unwrap_or(node.clone()) };
            return match pair_option(&list.key) {
                Some(_) => self.read(file, &below, settings),
                None => entries.iter().for_each(|entry| self.read(file, entry, settings)),
            };
        }
        let text = node.text().unwrap_or_default();
        let written = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        let (key, node) = match written.filter(|(key, _)| meaning(&list.key).is_none() && uwsgi::is_option(key)) {
            Some((key, value)) => (key, Node { value: Value::Scalar(value.to_owned()), line: node.line }),
            None => (list.key.as_str(), node.clone()),
        };
        let part = Entry { key: key.to_owned(), line: node.line, node };
        settings.push(self.setting(file, &part, target(&part.key), ""));
    }

    /// An entry of a mapping that uWSGI writes `option = KEY=VALUE`.
    fn pair(&self, file: &str, option: &str, entry: &Entry) -> Setting {
        let mut setting = self.setting(file, entry, Target::Uwsgi(option.to_owned()), &format!("{}=", entry.key));
        setting.subject = format!("{option}.{}", setting.subject);
        setting
    }

    /// The setting of an entry, its value after `before`.
    fn setting(&self, file: &str, entry: &Entry, target: Target, before: &str) -> Setting {
        let (written, value) = match &entry.node.value {
            Value::Scalar(text) => (text.as_str(), self.scope.expand(text).and_then(|text| in_ini(&target, text))),
            Value::Encrypted => {
                ("!vault …", Err("Ansible Vault keeps it secret; put it into an env-file on the machine".to_owned()))
            }
            Value::Sequence(_) | Value::Mapping(_) => ("…", Err("this is no single value".to_owned())),
            Value::Null => ("", Err("it has no value".to_owned())),
        };
        let put_in = value.as_ref().ok().filter(|value| *value != written && !value.contains(CORES));
        Setting {
            target,
            remark: put_in.map(|value| format!("read as {}", shown(value))),
            value: value.map(|value| format!("{before}{value}")),
            subject: shown(&if written.is_empty() { entry.key.clone() } else { format!("{}: {written}", entry.key) }),
            origin: origin(file, entry.line),
        }
    }
}

/// What uWSGI makes of a value that a role writes into an ini.
fn in_ini(target: &Target, value: String) -> Result<String, String> {
    match target {
        Target::Uwsgi(option) => Placeholders { path: None, keys: HashMap::new() }.resolve(option, &value),
        Target::Spec(_) | Target::Nowhere(_) => Ok(value),
    }
}

/// The option that a key means, if it is one of [`PAIRS`].
fn pair_option(key: &str) -> Option<&'static str> {
    let Some(Meaning::Option(meant)) = meaning(key) else { return None };
    PAIRS.into_iter().find(|option| *option == meant)
}

/// `{name: NAME, value: VALUE}` as `{NAME: VALUE}`.
fn named_pair(entries: &[Entry]) -> Option<Node> {
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let (name, value) = (find("name")?, find("value").filter(|_| entries.len() == 2)?);
    let entry = Entry { key: name.node.text()?.to_owned(), line: name.line, node: value.node.clone() };
    Some(Node { value: Value::Mapping(vec![entry]), line: name.line })
}

fn target(key: &str) -> Target {
    match meaning(key) {
        Some(Meaning::Option(option)) => Target::Uwsgi(option),
        Some(Meaning::Enable) => Target::Spec("enable"),
        Some(Meaning::Nowhere(reason)) => Target::Nowhere(reason.to_owned()),
        Some(Meaning::Name | Meaning::Mode) | None => unknown(key),
    }
}

fn unknown(key: &str) -> Target {
    let name = key.rsplit_once("uwsgi_").map(|(_, name)| name.replace('_', "-"));
    let near = name.and_then(|name| uwsgi::nearest(&name));
    let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Target::Nowhere(format!("{UNKNOWN}{hint}"))
}
