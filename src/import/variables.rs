//! Ansible variables in the shape of the usual uWSGI roles: settings of the site, and a list or mapping of applications.

mod meaning;
mod scope;

use super::report::{Outcome, Report};
use super::setting::{Instance, Origin, Setting, Target, shown};
use super::yaml::{Entry, Node, Value};
pub use meaning::NAMES;
use meaning::{Meaning, meaning};
pub use scope::Scope;
use scope::Variable;

const UNKNOWN: &str = "this is no setting of uWSGI that liege knows";

/// What a role's variables describe.
#[derive(Debug, Default)]
pub struct Described {
    /// `emperor` or `service`, if the variables decide it.
    pub mode: Option<&'static str>,
    /// What holds for every application.
    pub defaults: Vec<Setting>,
    /// The applications.
    pub instances: Vec<Instance>,
}

/// The last word of the names that lists of applications have.
const LISTS: [&str; 6] = ["apps", "applications", "instances", "services", "vassals", "sites"];

/// What only one application can have, so that it cannot stand for all of a list.
const OF_ONE: [&str; 13] = [
    "chdir",
    "virtualenv",
    "home",
    "venv",
    "module",
    "wsgi",
    "wsgi-file",
    "callable",
    "uid",
    "gid",
    "socket",
    "http-socket",
    "mount",
];

/// Reads the variables.
#[must_use]
pub fn read(scope: &Scope<'_>, report: &mut Report) -> Described {
    let mut described = Described::default();
    let mut reader = Reader { scope, report, is_elsewhere: false };
    let mut own = Vec::new();
    let mut lists = Vec::new();
    for variable in scope.variables() {
        let items = if is_list(&variable.entry.key) { items(scope.follow(&variable.entry.node)) } else { Vec::new() };
        if items.is_empty() {
            own.push(variable);
        } else {
            lists.push((variable, items));
        }
    }
    let mode = scope.variables().iter().rev().find_map(|variable| reader.mode(variable));
    described.mode = mode.or(if lists.is_empty() { None } else { Some("emperor") });
    let is_single = mode == Some("service") || lists.is_empty();
    let globals = reader.globals(&own);
    if is_single {
        for (variable, items) in lists {
            let reason = "uwsgi_mode asks for a single application, so that these are not used";
            items.iter().for_each(|item| reader.lose(variable, item, reason));
        }
        described.instances.extend(reader.single(globals));
    } else {
        for (variable, items) in lists {
            described.instances.extend(items.iter().map(|item| reader.item(variable, item)));
        }
        described.defaults = globals.into_iter().filter_map(|global| reader.of_all(global)).collect();
    }
    described
}

fn is_list(name: &str) -> bool {
    LISTS.iter().any(|word| name.rsplit('_').next() == Some(word))
}

/// One application in a list; its name is in its entries where it is no key.
struct Item<'a> {
    name: &'a str,
    line: usize,
    entries: &'a [Entry],
}

/// The applications of a list of mappings, or of a mapping of mappings.
fn items(node: &Node) -> Vec<Item<'_>> {
    match &node.value {
        Value::Sequence(nodes) => nodes
            .iter()
            .filter_map(|node| node.mapping().map(|entries| Item { name: "", line: node.line, entries }))
            .collect(),
        Value::Mapping(entries) => entries
            .iter()
            .filter_map(|item| item.node.mapping().map(|entries| Item { name: &item.key, line: item.line, entries }))
            .collect(),
        _ => Vec::new(),
    }
}

/// A setting, or what else a variable says.
enum Said {
    Setting(Setting),
    Name(String, Setting),
}

struct Reader<'a, 'r> {
    scope: &'a Scope<'a>,
    report: &'r mut Report,
    /// Whether what is being read stands elsewhere, and was referred to. References in it are not followed: they could lead
    /// in circles.
    is_elsewhere: bool,
}

impl Reader<'_, '_> {
    fn mode(&self, variable: &Variable<'_>) -> Option<&'static str> {
        if !matches!(meaning(&variable.entry.key), Some(Meaning::Mode)) {
            return None;
        }
        match self.scope.expand(variable.entry.node.text()?).ok()?.as_str() {
            "emperor" => Some("emperor"),
            "single" | "standalone" | "service" | "systemd" => Some("service"),
            _ => None,
        }
    }

    /// What the variables outside any list say.
    fn globals(&mut self, variables: &[&Variable<'_>]) -> Vec<Said> {
        let mut said = Vec::new();
        for variable in variables {
            let is_named = self.scope.is_named(&variable.entry.key);
            if meaning(&variable.entry.key).is_none() && is_named {
                let setting = self.setting(variable.file, variable.entry, Target::Nowhere(String::new()), "");
                self.report.record(&setting, None, Outcome::Adapted("put in wherever it is named".to_owned()));
            } else {
                said.extend(self.global(variable));
            }
        }
        said
    }

    /// What a variable says. One that holds many things is read only if its name says that they are for uWSGI, and told as a
    /// whole if nothing of uWSGI is among them.
    fn global(&mut self, variable: &Variable<'_>) -> Vec<Said> {
        let Variable { file, entry } = *variable;
        let node = self.scope.follow(&entry.node);
        let is_single = !matches!(node.value, Value::Mapping(_) | Value::Sequence(_));
        let mut said = Vec::new();
        if is_single || entry.key.contains("wsgi") || meaning(&entry.key).is_some() {
            self.read(file, entry, &mut said);
        }
        let is_strange = |said: &Said| matches!(said, Said::Setting(Setting { target: Target::Nowhere(reason), .. }) if reason.starts_with(UNKNOWN));
        if !is_single && said.iter().all(is_strange) {
            return vec![Said::Setting(self.setting(file, entry, target(None, entry), ""))];
        }
        said
    }

    /// One application of a list.
    fn item(&mut self, variable: &Variable<'_>, item: &Item<'_>) -> Instance {
        let mut said = Vec::new();
        for entry in item.entries {
            self.read(variable.file, entry, &mut said);
        }
        let origin = Origin { file: variable.file.to_owned(), line: item.line };
        self.instance(item.name.to_owned(), origin, said)
    }

    /// The one application that all the variables describe; none when they say nothing of uWSGI.
    fn single(&mut self, globals: Vec<Said>) -> Option<Instance> {
        let origin = globals.iter().find_map(|said| match said {
            Said::Name(_, setting) => Some(setting.origin.clone()),
            Said::Setting(setting) => (!matches!(setting.target, Target::Nowhere(_))).then(|| setting.origin.clone()),
        });
        let Some(origin) = origin else {
            for said in globals {
                if let Said::Setting(setting) = said {
                    self.record_lost(&setting);
                }
            }
            return None;
        };
        Some(self.instance(String::new(), origin, globals))
    }

    fn instance(&mut self, name: String, origin: Origin, said: Vec<Said>) -> Instance {
        let mut instance = Instance { name, origin, settings: Vec::new() };
        for said in said {
            match said {
                Said::Setting(setting) => instance.settings.push(setting),
                Said::Name(name, setting) => {
                    self.report.record(&setting, None, Outcome::Carried);
                    instance.name = name;
                }
            }
        }
        instance
    }

    /// A variable outside the lists as a setting for all applications of them; none when it can be for one alone.
    fn of_all(&mut self, said: Said) -> Option<Setting> {
        match said {
            Said::Setting(setting) => {
                let is_of_one = matches!(&setting.target, Target::Uwsgi(option) if OF_ONE.contains(&option.as_str()));
                if is_of_one || matches!(setting.target, Target::Spec("enable")) {
                    self.lose_unused(setting);
                    None
                } else {
                    Some(setting)
                }
            }
            Said::Name(_, setting) => {
                self.lose_unused(setting);
                None
            }
        }
    }

    fn lose_unused(&mut self, setting: Setting) {
        let reason = "it is for a single application, and here is a list of them; if it holds for each, write it into [defaults]";
        self.report.record(&setting, None, Outcome::Lost(reason.to_owned()));
    }

    fn record_lost(&mut self, setting: &Setting) {
        if let Target::Nowhere(reason) = &setting.target {
            self.report.record(setting, None, Outcome::Lost(reason.clone()));
        }
    }

    fn lose(&mut self, variable: &Variable<'_>, item: &Item<'_>, reason: &str) {
        let subject = if item.name.is_empty() { &variable.entry.key } else { item.name };
        let origin = Origin { file: variable.file.to_owned(), line: item.line };
        let setting = Setting {
            target: Target::Nowhere(reason.to_owned()),
            value: Ok(String::new()),
            remark: None,
            subject: shown(subject),
            origin,
        };
        self.record_lost(&setting);
    }

    /// Reads one entry, and what is nested in it.
    fn read(&mut self, file: &str, entry: &Entry, said: &mut Vec<Said>) {
        let scope = self.scope;
        let node = if self.is_elsewhere { &entry.node } else { scope.follow(&entry.node) };
        let was_elsewhere = self.is_elsewhere;
        self.is_elsewhere |= !std::ptr::eq(node, &entry.node);
        self.read_value(file, entry, node, said);
        self.is_elsewhere = was_elsewhere;
    }

    fn read_value(&mut self, file: &str, entry: &Entry, node: &Node, said: &mut Vec<Said>) {
        match (&node.value, meaning(&entry.key)) {
            (_, Some(Meaning::Mode)) => {
                let setting = self.setting(file, entry, Target::Nowhere(String::new()), "");
                let outcome = match self.mode(&Variable { file, entry }) {
                    Some(_) => Outcome::Carried,
                    None => Outcome::Lost("the modes are emperor and service".to_owned()),
                };
                self.report.record(&setting, None, outcome);
            }
            (Value::Mapping(entries), Some(Meaning::Option(option))) if ["env", "mount"].contains(&option.as_str()) => {
                said.extend(entries.iter().map(|inner| self.pair(file, &option, inner)));
            }
            (Value::Mapping(entries), _) if !entries.is_empty() => {
                entries.iter().for_each(|inner| self.read(file, inner, said))
            }
            (Value::Sequence(nodes), meaning) if !nodes.is_empty() => {
                nodes.iter().for_each(|node| self.read_part(file, entry, node, meaning.as_ref(), said));
            }
            (_, Some(Meaning::Name)) => said.push(self.name(file, entry)),
            (_, meaning) => said.push(Said::Setting(self.setting(file, entry, target(meaning, entry), ""))),
        }
    }

    /// An entry of a list: a value of the option the list is called after, a mapping, or `option = value` as a text.
    fn read_part(&mut self, file: &str, list: &Entry, node: &Node, meaning: Option<&Meaning>, said: &mut Vec<Said>) {
        if let Some(entries) = node.mapping() {
            entries.iter().for_each(|inner| self.read(file, inner, said));
            return;
        }
        let mut part = Entry { key: list.key.clone(), line: node.line, node: node.clone() };
        let text = node.text().unwrap_or_default();
        if meaning.is_none()
            && let Some((key, value)) = text.split_once('=')
            && crate::uwsgi::is_option(key.trim())
        {
            part.key = key.trim().to_owned();
            part.node.value = Value::Scalar(value.trim().to_owned());
            return self.read(file, &part, said);
        }
        said.push(Said::Setting(self.setting(file, &part, target(meaning.cloned(), &part), "")));
    }

    /// An entry of a mapping that uWSGI writes `option = key=value`.
    fn pair(&self, file: &str, option: &str, entry: &Entry) -> Said {
        let mut setting = self.setting(file, entry, Target::Uwsgi(option.to_owned()), &format!("{}=", entry.key));
        setting.subject = format!("{option}.{}", setting.subject);
        Said::Setting(setting)
    }

    fn name(&self, file: &str, entry: &Entry) -> Said {
        let mut setting = self.setting(file, entry, Target::Nowhere(String::new()), "");
        match setting.value.clone() {
            Ok(name) => Said::Name(name, setting),
            Err(reason) => {
                setting.target = Target::Nowhere(reason);
                Said::Setting(setting)
            }
        }
    }

    /// The setting of an entry, its value after `before`.
    fn setting(&self, file: &str, entry: &Entry, target: Target, before: &str) -> Setting {
        let written = match &entry.node.value {
            Value::Scalar(text) => text.as_str(),
            Value::Encrypted => "!vault …",
            Value::Sequence(_) | Value::Mapping(_) => "…",
            Value::Null => "",
        };
        let value = match &entry.node.value {
            Value::Encrypted => Err("Ansible Vault keeps it secret; put it into an env-file on the machine".to_owned()),
            Value::Null => Err("it has no value".to_owned()),
            Value::Sequence(_) | Value::Mapping(_) => Err("this is no single value".to_owned()),
            Value::Scalar(text) => self.scope.expand(text),
        };
        let remark = match &value {
            Ok(read) if read != written && !read.contains(super::placeholder::CORES) => {
                Some(format!("read as {}", shown(read)))
            }
            _ => None,
        };
        Setting {
            target,
            value: value.map(|value| format!("{before}{value}")),
            remark,
            subject: shown(&if written.is_empty() { entry.key.clone() } else { format!("{}: {written}", entry.key) }),
            origin: Origin { file: file.to_owned(), line: entry.line },
        }
    }
}

fn target(meaning: Option<Meaning>, entry: &Entry) -> Target {
    match meaning {
        Some(Meaning::Option(option)) => Target::Uwsgi(option),
        Some(Meaning::Enable) => Target::Spec("enable"),
        Some(Meaning::Nowhere(reason)) => Target::Nowhere(reason.to_owned()),
        Some(Meaning::Name | Meaning::Mode) | None => {
            let near =
                entry.key.rsplit_once("uwsgi_").and_then(|(_, name)| crate::uwsgi::nearest(&name.replace('_', "-")));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            Target::Nowhere(format!("{UNKNOWN}{hint}"))
        }
    }
}
