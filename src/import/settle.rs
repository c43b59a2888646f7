//! What `liege check` would refuse of a draft is taken out of it and told, with the rule's own words.

use super::draft::{Draft, Drafts, Entry};
use super::report::{Fate, Report};
use super::setting::Setting;
use super::write;
use crate::diagnostic::{Diagnostic, Key, Place};
use crate::site::Site;
use crate::source::Source;
use crate::{read, rule};

/// Takes out of the drafts whatever the rules refuse, until nothing more can be taken out. What is refused still is given
/// back: the input does not say what would be right.
#[must_use]
pub fn settle(drafts: &mut Drafts, report: &mut Report) -> Vec<Diagnostic> {
    loop {
        let refused = refusals(&write::spec(drafts, &[], &[]));
        let mut places: Vec<&Place> = Vec::new();
        let mut is_settled = true;
        for refusal in &refused {
            if places.contains(&&refusal.place) {
                continue;
            }
            places.push(&refusal.place);
            if let Some((application, entry)) = take_out(drafts, refusal) {
                is_settled = false;
                entry.from.iter().for_each(|setting| report.lose(setting, application.as_deref(), words(refusal)));
            }
        }
        if is_settled {
            return refused;
        }
    }
}

fn refusals(text: &str) -> Vec<Diagnostic> {
    let (source, mut found) = Source::parse("", text);
    let (spec, mistakes) = read::read(&source);
    found.extend(mistakes);
    if let Some(spec) = &spec {
        found.extend(rule::check(&Site::new(spec), &source));
    }
    found.retain(Diagnostic::is_error);
    found
}

/// Takes out the entry that a rule refuses: the application's own, or else what it inherits.
fn take_out(drafts: &mut Drafts, refusal: &Diagnostic) -> Option<(Option<String>, Entry)> {
    let Place::Key(Key { app: Some(name), path, .. }) = &refusal.place else { return None };
    if path.is_empty() {
        return None;
    }
    let own = drafts.applications.iter_mut().find(|application| application.name.as_str() == name)?;
    if let Some(entry) = remove(&mut own.draft, path, &refusal.message) {
        return Some((Some(name.clone()), entry));
    }
    remove(&mut drafts.defaults, path, &refusal.message).map(|entry| (None, entry))
}

/// Of several listeners, only those whose port the message names are taken out.
fn remove(draft: &mut Draft, path: &[String], message: &str) -> Option<Entry> {
    let Entry { value, from } = draft.remove(path)?;
    let listeners = match &value {
        toml::Value::Array(listeners) if path == ["listen"] && listeners.len() == from.len() => listeners,
        _ => return Some(Entry { value, from }),
    };
    let is_named = |listener: &toml::Value| {
        let port = listener.as_str().and_then(|text| text.rsplit_once(':')).map(|(_, port)| format!(":{port}"));
        port.is_some_and(|port| message.split([' ', ',', ';']).any(|word| word.ends_with(&port)))
    };
    let (lost, kept): (Vec<_>, Vec<_>) = listeners.iter().cloned().zip(from).partition(|(value, _)| is_named(value));
    if lost.is_empty() || kept.is_empty() {
        return Some(entry([lost, kept].concat()));
    }
    draft.entries.insert(path.to_vec(), entry(kept));
    Some(entry(lost))
}

/// Listeners and the settings they are from, as an entry.
fn entry(listeners: Vec<(toml::Value, Setting)>) -> Entry {
    let (values, from) = listeners.into_iter().unzip();
    Entry { value: toml::Value::Array(values), from }
}

/// Tells what stays wrong because the input does not say what the spec needs.
pub fn tell(drafts: &Drafts, refusal: &Diagnostic, report: &mut Report) {
    let name = match &refusal.place {
        Place::Key(key) => key.app.clone(),
        Place::Span(_) => None,
    };
    let application = name.and_then(|name| drafts.applications.iter().find(|known| known.name.as_str() == name));
    if let Some(application) = application {
        let name = application.name.as_str();
        report.tell(Fate::Missing, &application.origin, Some(name), name, words(refusal));
    }
}

/// What a rule says, without the key that the note names anyway.
fn words(refusal: &Diagnostic) -> String {
    let key = match &refusal.place {
        Place::Key(key) => format!("{key}: "),
        Place::Span(_) => String::new(),
    };
    let message = refusal.message.strip_prefix(&key).unwrap_or(&refusal.message);
    match &refusal.help {
        Some(help) => format!("{message}; {help}"),
        None => message.to_owned(),
    }
}
