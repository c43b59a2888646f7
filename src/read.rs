//! Source → Spec: every mistake of form in one run, and what could be read all the same.

mod fields;
mod table;

use std::borrow::Cow;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::family::Family;
use crate::rule::form::{MISSING_KEY, NO_APPLICATION, UNKNOWN_KEY, WRONG_TYPE, WRONG_VALUE};
use crate::source::{MOST, Source, Table, inherit};
use crate::spec::{App, Application, Header, Spec};
use crate::value::AppName;
use table::TableReader;

/// Tables of the top level that are read on their own.
const TABLES: [&str; 2] = ["defaults", "app"];

/// What stands for keys that every spec must have, where they are missing or wrong, so that the rest is looked at as well.
const PLACEHOLDERS: &str = "site = 'site'\nversion = '0'\nmaintainer = 'Nobody <nobody@example.org>'";

/// Reads the whole spec. The second value holds every mistake of form: unknown and missing keys, wrong types, values that
/// do not fit. What is wrong is left out of the first, which is none only when nothing could be made of the top level.
#[must_use]
pub fn read(source: &Source<'_>) -> (Option<Spec>, Vec<Diagnostic>) {
    let mut reader = Reader { mistakes: Vec::new() };
    let spec = reader.spec(source);
    if reader.mistakes.len() >= MOST {
        let message = format!("these are the first {MOST} mistakes or more: the others are told once they are mended");
        reader.mistakes.push(WRONG_VALUE.within(0..0, message));
    }
    (spec, reader.mistakes)
}

/// How many bytes of `[defaults]` all applications together may inherit: each has them in memory.
const MOST_INHERITED: usize = 100_000_000;

struct Reader {
    mistakes: Vec<Diagnostic>,
}

impl Reader {
    fn spec(&mut self, source: &Source<'_>) -> Option<Spec> {
        let header = self.header(source);
        let nothing = Table::default();
        let defaults = self.subtable(source.root(), "defaults", "defaults").unwrap_or(&nothing);
        if let Some((key, _)) = ["on", "app"].iter().find_map(|name| defaults.get_key_value(*name)) {
            self.mistakes.push(UNKNOWN_KEY.within(
                key.span(),
                format!("defaults.{}: overrides for a family belong to an application, not here", key.get_ref()),
            ));
        }
        let applications = self.applications(source, defaults);
        if source.root().get("app").is_none_or(|app| app.get_ref().as_table().is_some_and(|apps| apps.is_empty())) {
            self.mistakes.push(
                NO_APPLICATION
                    .within(0..0, "the site has no application")
                    .help("begin one with a table such as [app.wiki] and the line module = \"wiki:app\""),
            );
        }
        header.map(|header| Spec { header, applications })
    }

    fn header(&mut self, source: &Source<'_>) -> Option<Header> {
        let of_header = |(key, _): &(&Spanned<Cow<'_, str>>, _)| !TABLES.contains(&key.get_ref().as_ref());
        let top: Table<'_> =
            source.root().iter().filter(of_header).map(|(key, value)| (key.clone(), value.clone())).collect();
        let placeholders = DeTable::parse(PLACEHOLDERS).map(Spanned::into_inner).unwrap_or_default();
        for key in placeholders.keys().filter(|key| top.get(key.get_ref().as_ref()).is_none()) {
            self.mistakes.push(
                MISSING_KEY
                    .within(0..0, format!("{} is missing", key.get_ref()))
                    .help(format!("every spec begins with {}", TableReader::<Header>::required(&placeholders))),
            );
        }
        let mut reader = TableReader::<Header>::new(inherit(&placeholders, &top), &TABLES, &mut self.mistakes);
        let header = reader.read(|_| String::new());
        // What was wrong has been told and taken out: the placeholders stand for it now.
        let rest = inherit(&placeholders, &reader.into_rest());
        header.or_else(|| TableReader::<Header>::new(rest, &TABLES, &mut Vec::new()).read(|_| String::new()))
    }

    fn applications(&mut self, source: &Source<'_>, defaults: &Table<'_>) -> Vec<Application> {
        let Some(tables) = self.subtable(source.root(), "app", "app") else { return Vec::new() };
        if tables.len().saturating_mul(weight(defaults)) > MOST_INHERITED {
            let message = format!("app: {} applications inherit more than {MOST_INHERITED} bytes", tables.len());
            let help = "write into [defaults] what is short, or make several sites of this one";
            self.mistakes.push(WRONG_VALUE.within(0..0, message).help(help));
            return Vec::new();
        }
        let mut applications = Vec::with_capacity(tables.len());
        for (key, value) in tables {
            let name = match AppName::new(key.get_ref().as_ref()) {
                Ok(name) => name,
                Err(reason) => {
                    let message = format!("app.{}: {reason}", key.get_ref());
                    self.mistakes.push(WRONG_VALUE.within(key.span(), message));
                    continue;
                }
            };
            match value.get_ref().as_table() {
                Some(table) => applications.extend(self.application(name, table, defaults)),
                None => self.mistakes.push(not_a_table(value, &format!("app.{name}"))),
            }
        }
        applications
    }

    fn application(&mut self, name: AppName, table: &Table<'_>, defaults: &Table<'_>) -> Option<Application> {
        let at = format!("app.{name}");
        let mut own = inherit(defaults, table);
        own.remove("on");
        let place = |key: &str| if table.get(key).is_some() { at.clone() } else { "defaults".to_owned() };
        let mut reader = TableReader::<App>::new(own.clone(), &["on"], &mut self.mistakes);
        let options = reader.read(place);
        let mut is_complete = reader.is_complete();
        let mut on = IndexMap::new();
        for (family, value) in self.subtable(table, "on", &format!("{at}.on")).into_iter().flatten() {
            let at = format!("{at}.on.{}", family.get_ref());
            if let Err(reason) = Family::named(family.get_ref()) {
                self.mistakes.push(WRONG_VALUE.within(family.span(), format!("{at}: {reason}")));
                continue;
            }
            let Some(over) = value.get_ref().as_table() else {
                self.mistakes.push(not_a_table(value, &at));
                continue;
            };
            let place = |key: &str| if over.get(key).is_some() { at.clone() } else { place(key) };
            let mut reader = TableReader::<App>::new(inherit(&own, over), &[], &mut self.mistakes);
            on.extend(reader.read(place).map(|options| (family.get_ref().to_string(), options)));
            is_complete &= reader.is_complete();
        }
        options.map(|options| Application { name, options, on, is_complete })
    }

    fn subtable<'t, 'a>(&mut self, table: &'t Table<'a>, name: &str, at: &str) -> Option<&'t Table<'a>> {
        let value = table.get(name)?;
        if value.get_ref().as_table().is_none() {
            self.mistakes.push(not_a_table(value, at));
        }
        value.get_ref().as_table()
    }
}

/// How many bytes of text the keys and values of a table are.
fn weight(table: &Table<'_>) -> usize {
    let value = |value: &Spanned<DeValue<'_>>| value.get_ref().as_table().map_or(value.span().len(), weight);
    table.iter().map(|(key, entry)| key.span().len() + value(entry)).sum()
}

fn not_a_table(value: &Spanned<DeValue<'_>>, at: &str) -> Diagnostic {
    let message = format!("{at} is of type {}, but it must be a table", value.get_ref().type_str());
    WRONG_TYPE.within(value.span(), message).help(format!("write it as a table: [{at}]"))
}
