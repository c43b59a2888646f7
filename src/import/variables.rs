//! Ansible variables in the shape of the usual uWSGI roles: settings of the site, and a list or mapping of applications.

mod list;
mod meaning;
mod reader;
mod scope;

use super::report::{Outcome, Report};
use super::setting::{Instance, Origin, Setting, Target};
use list::List;
pub use meaning::NAMES;
use meaning::{Meaning, meaning};
use reader::Reader;
pub use scope::Scope;
use scope::Variable;

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
    let (mut lists, mut others) = (Vec::new(), Vec::new());
    for variable in scope.variables() {
        match List::of(variable, scope) {
            Some(list) => lists.push(list),
            None => others.push(variable),
        }
    }
    let mode = scope.variables().iter().rev().find_map(|variable| mode(scope, variable));
    let mut reader = Reader::new(scope, report);
    let globals = Globals::read(&others, &mut reader);
    if lists.is_empty() || mode == Some("service") {
        for list in &lists {
            list.lose(&mut reader, "uwsgi_mode asks for a single application, so that this one is not used");
        }
        return Described { mode, defaults: Vec::new(), instances: globals.single(&mut reader).into_iter().collect() };
    }
    let instances = lists.iter().flat_map(|list| list.instances(&mut reader)).collect();
    Described { mode: mode.or(Some("emperor")), defaults: globals.defaults(&mut reader), instances }
}

/// The mode of a site, if the variable says one that liege has.
fn mode(scope: &Scope<'_>, variable: &Variable<'_>) -> Option<&'static str> {
    if meaning(&variable.entry.key) != Some(Meaning::Mode) {
        return None;
    }
    match scope.expand(variable.entry.node.text()?).ok()?.as_str() {
        "emperor" => Some("emperor"),
        "single" | "standalone" | "service" | "systemd" => Some("service"),
        _ => None,
    }
}

/// What the variables outside any list say.
#[derive(Default)]
struct Globals {
    settings: Vec<Setting>,
    names: Vec<(String, Setting)>,
}

impl Globals {
    fn read(variables: &[&Variable<'_>], reader: &mut Reader<'_, '_>) -> Self {
        let mut globals = Self::default();
        for variable in variables {
            let concerns_uwsgi = meaning::concerns_uwsgi(&variable.entry.key);
            match meaning(&variable.entry.key) {
                _ if !concerns_uwsgi && reader.is_named(variable) => {
                    let setting = reader.nowhere(variable.file, variable.entry, "");
                    reader.record(&setting, Outcome::Adapted("put in wherever it is named".to_owned()));
                }
                Some(Meaning::Mode) => {
                    let setting = reader.nowhere(variable.file, variable.entry, "");
                    let outcome = match mode(reader.scope(), variable) {
                        Some(_) => Outcome::Carried,
                        None => Outcome::Lost("liege has the modes emperor and service".to_owned()),
                    };
                    reader.record(&setting, outcome);
                }
                Some(Meaning::Name) if concerns_uwsgi => {
                    globals.names.extend(reader.name(variable.file, variable.entry))
                }
                _ => globals.settings.extend(reader.variable(variable)),
            }
        }
        globals
    }

    /// The one application that all the variables describe; none when they say nothing of uWSGI.
    fn single(mut self, reader: &mut Reader<'_, '_>) -> Option<Instance> {
        let name = self.names.pop();
        for (_, setting) in &self.names {
            reader.record(setting, Outcome::Lost("another variable names the application as well".to_owned()));
        }
        let is_known = |setting: &&Setting| !matches!(setting.target, Target::Nowhere(_));
        let first = name.as_ref().map(|(_, setting)| setting).or(self.settings.iter().find(is_known));
        let Some(origin) = first.map(|setting| setting.origin.clone()) else {
            self.settings.iter().for_each(|setting| reader.lose(setting));
            return None;
        };
        if let Some((_, setting)) = &name {
            reader.record(setting, Outcome::Carried);
        }
        let name = name.map(|(name, _)| name).unwrap_or_default();
        Some(Instance { name, origin, settings: self.settings })
    }

    /// What holds for all applications of the lists.
    fn defaults(self, reader: &mut Reader<'_, '_>) -> Vec<Setting> {
        let is_of_one = |setting: &Setting| match &setting.target {
            Target::Uwsgi(option) => OF_ONE.contains(&option.as_str()),
            Target::Spec(key) => *key == "enable",
            Target::Nowhere(_) => false,
        };
        let (of_one, defaults): (Vec<_>, Vec<_>) = self.settings.into_iter().partition(is_of_one);
        for setting in of_one.iter().chain(self.names.iter().map(|(_, setting)| setting)) {
            let reason = "it is for a single application, and there is a list of them; if it holds for each, write it into [defaults]";
            reader.record(setting, Outcome::Lost(reason.to_owned()));
        }
        defaults
    }
}

/// The line of an entry of a file.
fn origin(file: &str, line: usize) -> Origin {
    Origin { file: file.to_owned(), line }
}
