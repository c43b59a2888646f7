//! Lists of applications.

use super::meaning::{self, Meaning, meaning};
use super::origin;
use super::reader::Reader;
use super::scope::{Scope, Variable};
use crate::import::report::Outcome;
use crate::import::setting::Instance;
use crate::import::yaml::{Entry, Node, Value};

/// The last word of the names that lists of applications have.
const LISTS: [&str; 6] = ["apps", "applications", "instances", "services", "vassals", "sites"];

/// A variable that holds applications.
pub struct List<'a> {
    variable: &'a Variable<'a>,
    items: Vec<Item<'a>>,
    /// What stands among the applications and is none.
    strays: Vec<&'a Node>,
}

/// One application; its name is among its entries where it is no key.
struct Item<'a> {
    name: &'a str,
    line: usize,
    entries: &'a [Entry],
}

impl<'a> List<'a> {
    /// The list that a variable holds: a list of mappings or a mapping of mappings, whose name says that it is one, and that
    /// is of uWSGI by its name or by what is in it.
    pub fn of(variable: &'a Variable<'a>, scope: &'a Scope<'_>) -> Option<Self> {
        let key = &variable.entry.key;
        if !LISTS.iter().any(|word| key.rsplit('_').next() == Some(word)) {
            return None;
        }
        let node = scope.follow(&variable.entry.node);
        let (mut items, mut strays) = (Vec::new(), Vec::new());
        match &node.value {
            Value::Sequence(nodes) => nodes.iter().for_each(|node| match node.mapping() {
                Some(entries) => items.push(Item { name: "", line: node.line, entries }),
                None => strays.push(node),
            }),
            Value::Mapping(entries) => entries.iter().for_each(|entry| match entry.node.mapping() {
                Some(entries) => items.push(Item { name: &entry.key, line: entry.line, entries }),
                None => strays.push(&entry.node),
            }),
            _ => {}
        }
        let is_of_uwsgi = key.contains("wsgi") || items.iter().any(|item| item.entries.iter().any(is_of_uwsgi));
        (!items.is_empty() && is_of_uwsgi).then_some(Self { variable, items, strays })
    }

    /// Its applications.
    pub fn instances(&self, reader: &mut Reader<'_, '_>) -> Vec<Instance> {
        for stray in &self.strays {
            let entry = Entry { key: self.variable.entry.key.clone(), line: stray.line, node: (*stray).clone() };
            let setting = reader.nowhere(self.variable.file, &entry, "");
            reader.record(&setting, Outcome::Lost("an application is a mapping of its settings".to_owned()));
        }
        self.items.iter().map(|item| self.instance(item, reader)).collect()
    }

    fn instance(&self, item: &Item<'_>, reader: &mut Reader<'_, '_>) -> Instance {
        let file = self.variable.file;
        let mut instance =
            Instance { name: item.name.to_owned(), origin: origin(file, item.line), settings: Vec::new() };
        for entry in item.entries {
            if meaning(&entry.key) != Some(Meaning::Name) {
                instance.settings.extend(reader.entry(file, entry));
            } else if let Some((name, setting)) = reader.name(file, entry) {
                reader.record(&setting, Outcome::Carried);
                instance.name = name;
            }
        }
        instance
    }

    /// Tells of each application that it is left out.
    pub fn lose(&self, reader: &mut Reader<'_, '_>, reason: &str) {
        for item in &self.items {
            let key = if item.name.is_empty() { &self.variable.entry.key } else { item.name };
            let node = Node { value: Value::Sequence(Vec::new()), line: item.line };
            let entry = Entry { key: key.to_owned(), line: item.line, node };
            let setting = reader.nowhere(self.variable.file, &entry, reason);
            reader.lose(&setting);
        }
    }
}

/// Whether an entry of an item, or one below it, says what a Python application is made of.
fn is_of_uwsgi(entry: &Entry) -> bool {
    let is_way_in = matches!(meaning(&entry.key), Some(Meaning::Option(option)) if meaning::MAKES_AN_APPLICATION.contains(&option.as_str()));
    is_way_in || entry.key.contains("wsgi") || entry.node.mapping().is_some_and(|below| below.iter().any(is_of_uwsgi))
}
