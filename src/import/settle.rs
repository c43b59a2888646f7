//! What `liege check` would refuse of a draft is taken out of it and told, with the rule's own words.

use super::draft::{Draft, Drafts, Entry};
use super::report::{Fate, Report};
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

/// Of a list, only what the message names is taken out.
fn remove(draft: &mut Draft, path: &[String], message: &str) -> Option<Entry> {
    let mut entry = draft.remove(path)?;
    let toml::Value::Array(values) = &entry.value else { return Some(entry) };
    let is_named = |value: &toml::Value| {
        let address = value.as_str().and_then(|text| text.rsplit_once(':')).map(|(_, port)| format!(":{port}"));
        address.is_some_and(|port| message.contains(&port))
    };
    let rest: Vec<toml::Value> = values.iter().filter(|value| !is_named(value)).cloned().collect();
    if !rest.is_empty() && rest.len() < values.len() && entry.from.len() == values.len() {
        let (lost, kept): (Vec<_>, Vec<_>) = entry.from.into_iter().zip(values).partition(|(_, value)| is_named(value));
        let kept = kept.into_iter().map(|(setting, _)| setting).collect();
        draft.entries.insert(path.to_vec(), Entry { value: toml::Value::Array(rest), from: kept });
        entry.from = lost.into_iter().map(|(setting, _)| setting).collect();
    }
    Some(entry)
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
