//! One table of a spec → one type, without stopping at the first mistake.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeValue;

use super::fields;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::rule::Rule;
use crate::rule::form::{MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE, WRONG_VALUE};
use crate::source::{MOST, Table};
use crate::spec::Header;
use crate::uwsgi::{self, Restriction};

/// Reads a table as a `T`. serde stops at the first mistake; the entry it stands in is taken out and the rest is read again,
/// so that each mistake is told.
pub struct TableReader<'m, 'a, T> {
    table: Table<'a>,
    besides: &'m [&'m str],
    mistakes: &'m mut Vec<Diagnostic>,
    taken_out: Vec<String>,
    is_complete: bool,
    target: PhantomData<T>,
}

impl<'m, 'a, T: DeserializeOwned> TableReader<'m, 'a, T> {
    /// Will read `table`. `besides` are keys that belong here but are read elsewhere.
    pub fn new(table: Table<'a>, besides: &'m [&'m str], mistakes: &'m mut Vec<Diagnostic>) -> Self {
        Self { table, besides, mistakes, taken_out: Vec::new(), is_complete: true, target: PhantomData }
    }

    /// The keys of a table, for a message.
    pub fn required(table: &Table<'_>) -> String {
        table.keys().map(|key| key.get_ref().as_ref()).collect::<Vec<_>>().join(", ")
    }

    /// Reads what can be read. `place` names the table that a key is written in. None when a key that must be there is not.
    pub fn read(&mut self, place: impl Fn(&str) -> String) -> Option<T> {
        self.take_out_unknown(&place);
        loop {
            let error = match T::deserialize(toml::Deserializer::from(Spanned::new(0..0, self.table.clone()))) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(0..0);
            let taken_out = take_out(&mut self.table, &span);
            let Some(path) = taken_out.filter(|_| span.end > 0) else {
                // A key that must be there and was taken out because its value is wrong is not missing as well.
                if self.taken_out.is_empty() {
                    self.tell(rule_of(error.message()).within(span, in_words(error.message())));
                }
                return None;
            };
            self.is_complete = false;
            // A table that lacks a key because that was just taken out is not wrong once more.
            let below = format!("{path}.");
            if !self.taken_out.iter().any(|earlier| earlier.starts_with(&below)) {
                let top = path.split('.').next().unwrap_or_default();
                let message = format!("{}: {}", joined(&place(top), &path), in_words(error.message()));
                self.tell(rule_of(error.message()).within(span, message));
            }
            if self.mistakes.len() >= MOST {
                return None;
            }
            self.taken_out.push(path);
        }
    }

    /// Whether everything that was written could be read; an unknown key counts when it was likely meant to be a known one.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// What was right.
    pub fn into_rest(self) -> Table<'a> {
        self.table
    }

    fn take_out_unknown(&mut self, place: impl Fn(&str) -> String) {
        let known = fields::of::<T>();
        let (table, unknown): (Table<'_>, Table<'_>) =
            std::mem::take(&mut self.table).into_iter().partition(|(key, _)| known.contains(&key.get_ref().as_ref()));
        self.table = table;
        for (key, value) in &unknown {
            if self.mistakes.len() >= MOST {
                return;
            }
            let candidates = || known.iter().chain(self.besides).copied();
            let near = nearest(key.get_ref(), candidates());
            self.is_complete &= near.is_none();
            let mistake =
                unknown_key(key, value.get_ref(), &place(key.get_ref()), near, &candidates().collect::<Vec<_>>());
            self.tell(mistake);
        }
    }

    /// A value that several tables inherit is wrong once, not once for each of them.
    fn tell(&mut self, mistake: Diagnostic) {
        if !self.mistakes.iter().any(|told| told.place == mistake.place && mistake.place != Place::Span(0..0)) {
            self.mistakes.push(mistake);
        }
    }
}

/// Takes the innermost entry out that `span` lies in; its dotted path.
fn take_out(table: &mut Table<'_>, span: &Range<usize>) -> Option<String> {
    let encloses = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let keys: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).collect();
    for key in keys {
        if let Some(DeValue::Table(below)) = table.get_mut(key.as_str()).map(Spanned::get_mut)
            && let Some(path) = take_out(below, span)
        {
            return Some(format!("{key}.{path}"));
        }
        let stands_in =
            |(name, value): (&Spanned<Cow<'_, str>>, &Spanned<_>)| encloses(name.span()) || encloses(value.span());
        if table.get_key_value(key.as_str()).is_some_and(stands_in) {
            table.remove(key.as_str());
            return Some(key);
        }
    }
    None
}

fn joined(place: &str, path: &str) -> String {
    if place.is_empty() { path.to_owned() } else { format!("{place}.{path}") }
}

fn unknown_key(
    key: &Spanned<Cow<'_, str>>,
    value: &DeValue<'_>,
    place: &str,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let name = key.get_ref().as_ref();
    let help = if let Some(near) = near.filter(|_| !uwsgi::is_option(name)) {
        format!("did you mean {near}?")
    } else if !place.is_empty() && fields::of::<Header>().contains(&name) {
        format!("{name} is of the site: write it above the first [table]")
    } else if !place.is_empty() && uwsgi::is_option(name) {
        match uwsgi::restriction(name) {
            Some(Restriction::Owned(owner)) => {
                format!("uWSGI has this option; here {owner} decides it: write {owner} = …")
            }
            Some(Restriction::Defeats(why)) => format!("uWSGI has this option; leave it out, it is {why}"),
            _ => format!("uWSGI has this option: write it in [{place}.uwsgi]"),
        }
    } else if !place.is_empty() && value.is_table() {
        format!("a dot begins a table below {place}; where it is meant as part of a name, write a - instead")
    } else {
        format!("known here: {}", known.join(", "))
    };
    UNKNOWN_KEY.within(key.span(), format!("{}: unknown key", joined(place, name))).help(help)
}

/// The rule that is broken when serde says this.
fn rule_of(message: &str) -> &'static Rule {
    let words = [("invalid type", &WRONG_TYPE), ("missing field", &MISSING_KEY), ("unknown field", &UNKNOWN_KEY)];
    words.iter().find(|(theirs, _)| message.starts_with(theirs)).map_or(&WRONG_VALUE, |(_, rule)| rule)
}

/// serde's words for types, as an author of TOML knows them.
fn in_words(message: &str) -> String {
    let words = [
        ("expected a map", "expected a table such as { NAME = \"value\" }"),
        ("expected struct Rotate", "expected a table such as { every = \"weekly\" }"),
        ("expected struct Tls", "expected a table with certificate and key"),
        ("expected a sequence", "expected a list such as [\"one\", \"two\"]"),
        ("expected a string", "expected a text in quotes"),
        ("expected a boolean", "expected true or false without quotes"),
        ("invalid type: sequence", "this is a list"),
        ("invalid type: map", "this is a table"),
        ("invalid type: string", "this is the text"),
        ("invalid type: integer", "this is the number"),
        ("invalid type: boolean", "this is"),
        ("invalid type: floating point", "this is the number"),
        ("unknown variant", "there is no"),
        ("unknown field", "there is no key"),
        ("missing field", "it lacks the key"),
    ];
    words.iter().fold(message.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}
