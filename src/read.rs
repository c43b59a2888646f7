//! Source → Spec: every mistake of form in one run.

mod fields;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::family::Family;
use crate::source::{Source, Table, inherit};
use crate::spec::{App, Application, Header, Spec};
use crate::value::AppName;

/// Tables of the top level that are read on their own.
const TABLES: [&str; 2] = ["defaults", "app"];

/// Reads the whole spec.
///
/// # Errors
/// Every mistake of form: unknown and missing keys, wrong types, values that do not fit.
pub fn read(source: &Source<'_>) -> Result<Spec, Vec<Diagnostic>> {
    let mut reader = Reader { mistakes: Vec::new() };
    let spec = reader.spec(source);
    match spec {
        Some(spec) if reader.mistakes.is_empty() => Ok(spec),
        _ => Err(reader.mistakes),
    }
}

struct Reader {
    mistakes: Vec<Diagnostic>,
}

impl Reader {
    fn spec(&mut self, source: &Source<'_>) -> Option<Spec> {
        let of_header = |(key, _): &(&Spanned<Cow<'_, str>>, _)| !TABLES.contains(&key.get_ref().as_ref());
        let top = source.root().iter().filter(of_header).map(|(key, value)| (key.clone(), value.clone())).collect();
        let header = self.table::<Header>(top, "", &TABLES);
        let nothing = Table::default();
        let defaults = self.subtable(source.root(), "defaults").unwrap_or(&nothing);
        if let Some((key, _)) = ["on", "app"].iter().find_map(|name| defaults.get_key_value(*name)) {
            self.mistakes.push(Diagnostic::error(
                Place::Span(key.span()),
                format!(
                    "defaults.{} has no place here: overrides for a family belong to an application",
                    key.get_ref()
                ),
            ));
        }
        let applications = self.applications(source, defaults);
        if applications.is_empty() && self.mistakes.is_empty() {
            self.mistakes.push(
                Diagnostic::error(Place::Span(0..0), "the site has no application")
                    .help("begin one with a table such as [app.wiki] and the line module = \"wiki:app\""),
            );
        }
        header.map(|header| Spec { header, applications })
    }

    fn applications(&mut self, source: &Source<'_>, defaults: &Table<'_>) -> Vec<Application> {
        let Some(tables) = self.subtable(source.root(), "app") else { return Vec::new() };
        let mut applications = Vec::with_capacity(tables.len());
        for (key, value) in tables {
            let name = match AppName::new(key.get_ref().as_ref()) {
                Ok(name) => name,
                Err(reason) => {
                    self.mistakes
                        .push(Diagnostic::error(Place::Span(key.span()), format!("app.{}: {reason}", key.get_ref())));
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
        let options = self.table::<App>(own.clone(), &at, &["on"]);
        let mut on = indexmap::IndexMap::new();
        for (family, value) in self.subtable(table, "on").into_iter().flatten() {
            let at = format!("{at}.on.{}", family.get_ref());
            if let Err(reason) = Family::named(family.get_ref()) {
                self.mistakes.push(Diagnostic::error(Place::Span(family.span()), format!("{at}: {reason}")));
                continue;
            }
            let Some(over) = value.get_ref().as_table() else {
                self.mistakes.push(not_a_table(value, &at));
                continue;
            };
            // Only what the override itself adds is new: mistakes of the tables below it were told above.
            let options = self.table::<App>(inherit(&own, over), &at, &[]);
            on.extend(options.map(|options| (family.get_ref().to_string(), options)));
        }
        options.map(|options| Application { name, options, on })
    }

    fn subtable<'t, 'a>(&mut self, table: &'t Table<'a>, name: &str) -> Option<&'t Table<'a>> {
        let value = table.get(name)?;
        if value.get_ref().as_table().is_none() {
            self.mistakes.push(not_a_table(value, name));
        }
        value.get_ref().as_table()
    }

    /// Reads one table as a `T`. serde stops at the first mistake; the entry it stands in is taken out and the rest read
    /// again, so that each mistake is told. `besides` are keys that belong here but are read elsewhere.
    fn table<T: DeserializeOwned>(&mut self, table: Table<'_>, at: &str, besides: &[&str]) -> Option<T> {
        let before = self.mistakes.len();
        let known = fields::of::<T>();
        let (mut table, unknown): (Table<'_>, Table<'_>) =
            table.into_iter().partition(|(key, _)| known.contains(&key.get_ref().as_ref()));
        for key in unknown.keys() {
            self.tell(unknown_key(key, at, known, besides));
        }
        loop {
            let spanned = Spanned::new(0..0, table.clone());
            let error = match T::deserialize(toml::Deserializer::from(spanned)) {
                Ok(value) => return (self.mistakes.len() == before).then_some(value),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(0..0);
            let culprit = table
                .iter()
                .find(|(key, value)| {
                    encloses(&value.span(), &span) || encloses(&key.span(), &span) || holds(value, &span)
                })
                .map(|(key, _)| key.get_ref().to_string());
            match culprit {
                Some(key) if span.end > 0 => {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    self.tell(Diagnostic::error(Place::Span(span), format!("{path}: {}", error.message())));
                    table.remove(key.as_str());
                }
                _ => {
                    // A key that was taken out because its value is wrong is not missing as well.
                    if self.mistakes.len() == before {
                        let at = if at.is_empty() { "the top level" } else { at };
                        self.tell(Diagnostic::error(Place::Span(0..0), format!("{at}: {}", error.message())));
                    }
                    return None;
                }
            }
        }
    }

    /// A value that several tables inherit is wrong once, not once for each of them.
    fn tell(&mut self, mistake: Diagnostic) {
        if !self.mistakes.iter().any(|told| told.place == mistake.place && mistake.place != Place::Span(0..0)) {
            self.mistakes.push(mistake);
        }
    }
}

fn encloses(outer: &std::ops::Range<usize>, inner: &std::ops::Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether the span lies in a value below `value`; the span of a table header does not enclose its entries.
fn holds(value: &Spanned<DeValue<'_>>, span: &std::ops::Range<usize>) -> bool {
    value.get_ref().as_table().is_some_and(|table| {
        table
            .iter()
            .any(|(key, value)| encloses(&key.span(), span) || encloses(&value.span(), span) || holds(value, span))
    })
}

fn not_a_table(value: &Spanned<DeValue<'_>>, at: &str) -> Diagnostic {
    Diagnostic::error(
        Place::Span(value.span()),
        format!("{at} is {}, but it must be a table", value.get_ref().type_str()),
    )
    .help(format!("write it as a table: [{at}]"))
}

fn unknown_key(key: &Spanned<Cow<'_, str>>, at: &str, known: &[&str], besides: &[&str]) -> Diagnostic {
    let name = key.get_ref().as_ref();
    let path = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let mistake = Diagnostic::error(Place::Span(key.span()), format!("{path}: unknown key"));
    match nearest(name, known.iter().chain(besides).copied()) {
        Some(near) => mistake.help(format!("did you mean {near}?")),
        None if crate::uwsgi::is_option(name) => {
            mistake.help(format!("uWSGI has this option: write it in [{at}.uwsgi]"))
        }
        None => {
            mistake.help(format!("known here: {}", known.iter().chain(besides).copied().collect::<Vec<_>>().join(", ")))
        }
    }
}
