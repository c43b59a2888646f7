//! Drafts → the text of a spec, with what is to be told as comments.

use std::fmt::Write as _;

use toml::Value;

use super::draft::{Draft, Drafts};
use super::report::{Fate, Note};

/// Keys that say what an application serves; without one of them it cannot be built.
const WAYS_IN: [&str; 4] = ["module", "wsgi-file", "mount", "paste"];

/// The text of the spec. What belongs to no application stands on top.
#[must_use]
pub fn spec(drafts: &Drafts, sources: &[&str], notes: &[&Note]) -> String {
    let mut text = format!("# Made by liege import from {}.\n", sources.join(", "));
    text += "# Next: liege check, then liege plan, with the path of this file.\n";
    let of_site: Vec<&Note> = notes.iter().filter(|note| note.application.is_none()).copied().collect();
    tell(&mut text, &of_site);
    text.push('\n');
    for (key, value, about) in &drafts.header {
        let line = format!("{key} = {}", Value::from(value.as_str()));
        let _ = writeln!(text, "{line:<48} # {about}");
    }
    if !drafts.defaults.entries.is_empty() {
        text += "\n# For every application that does not say otherwise.\n";
        text += "[defaults]\n";
        table(&mut text, "defaults", &drafts.defaults);
    }
    for application in &drafts.applications {
        let name = application.name.as_str();
        let _ = writeln!(text, "\n# From {}.", application.origin);
        let own: Vec<&Note> = notes.iter().filter(|note| note.application.as_deref() == Some(name)).copied().collect();
        tell(&mut text, &own);
        let has_way_in = |draft: &Draft| draft.entries.keys().any(|path| WAYS_IN.contains(&path[0].as_str()));
        let _ = writeln!(text, "[app.{name}]");
        if !has_way_in(&application.draft) && !has_way_in(&drafts.defaults) {
            let _ = writeln!(text, "# module = \"{}.wsgi\"", name.replace('-', "_"));
        }
        table(&mut text, &format!("app.{name}"), &application.draft);
    }
    text
}

/// Notes as comments, under a heading for each fate.
fn tell(text: &mut String, notes: &[&Note]) {
    for fate in [Fate::Lost, Fate::Missing, Fate::Adapted] {
        let mut of_fate = notes.iter().filter(|note| note.fate == fate).peekable();
        if of_fate.peek().is_some() {
            let _ = writeln!(text, "# {}{}:", fate.heading()[..1].to_uppercase(), &fate.heading()[1..]);
        }
        for note in of_fate {
            let _ = writeln!(text, "#   {}: {}: {}", note.origin, note.subject, note.reason);
        }
    }
}

/// A table's own values, then the tables below it.
fn table(text: &mut String, heading: &str, draft: &Draft) {
    let mut below: Vec<&str> = Vec::new();
    for (path, entry) in &draft.entries {
        match path.as_slice() {
            [key] => line(text, key, &entry.value),
            [key, ..] if !below.contains(&key.as_str()) => below.push(key),
            _ => {}
        }
    }
    for outer in below {
        let _ = writeln!(text, "\n[{heading}.{outer}]");
        for (path, entry) in &draft.entries {
            if let [first, inner] = path.as_slice()
                && first == outer
            {
                line(text, inner, &entry.value);
            }
        }
    }
}

fn line(text: &mut String, key: &str, value: &Value) {
    // A list of one is written as its only value, as people do.
    let value = match value {
        Value::Array(values) if values.len() == 1 && key == "listen" => &values[0],
        _ => value,
    };
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let key = if is_bare { key.to_owned() } else { Value::from(key).to_string() };
    let _ = writeln!(text, "{key} = {value}");
}
