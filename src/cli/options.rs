use anyhow::anyhow;

use super::{Failure, OptionsArguments, print};
use crate::diagnostic::nearest;
use crate::reference::{self, Entry, Scope};
use crate::template::Templates;
use crate::uwsgi::{self, OptionFacts, Restriction};

/// `liege options`: one option, those that a word occurs in, or all of the spec's own.
pub fn run(arguments: &OptionsArguments) -> Result<(), Failure> {
    let entries = reference::entries()?;
    let Some(word) = arguments.word.as_deref() else {
        return print(&entries.iter().map(line).collect::<String>());
    };
    let named: Vec<&Entry> = entries.iter().filter(|entry| entry.name == word).collect();
    let free = uwsgi::option(word);
    if !named.is_empty() {
        return named.into_iter().try_for_each(|entry| print(&describe(entry)?));
    }
    if let Some(facts) = free {
        return print(&describe_free(word, facts));
    }
    search(&entries, word)
}

fn search(entries: &[Entry], word: &str) -> Result<(), Failure> {
    let wanted = word.to_lowercase();
    let own = entries.iter().filter(|entry| format!("{} {}", entry.name, entry.about).to_lowercase().contains(&wanted));
    let own: Vec<&Entry> = own.collect();
    let free: Vec<_> = uwsgi::options()
        .filter(|(name, facts)| name.contains(&wanted) || facts.help.to_lowercase().contains(&wanted))
        .collect();
    match (own.as_slice(), free.as_slice()) {
        ([], []) => {
            let names = entries.iter().map(|entry| entry.name.as_str());
            let near = nearest(word, names).or_else(|| uwsgi::nearest(word));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            Err(anyhow!("no option has {word} in its name or description{hint}").into())
        }
        ([one], []) => print(&describe(one)?),
        ([], [(name, facts)]) => print(&describe_free(name, *facts)),
        _ => {
            let free = free
                .iter()
                .map(|(name, facts)| format!("{name:24} [uwsgi] {}; {}\n", facts.help, standing(name, *facts)));
            print(&own.iter().map(|entry| line(entry)).chain(free).collect::<String>())
        }
    }
}

fn line(entry: &Entry) -> String {
    let first = entry.about.split_inclusive(". ").next().unwrap_or_default().trim_end();
    format!("{:24} {}\n", entry.name, first)
}

fn describe(entry: &Entry) -> anyhow::Result<String> {
    let (place, families) = match entry.scope {
        Scope::Site => ("the top level", "the same for all"),
        Scope::Application => ("[app.NAME] or [defaults]", "all; may differ in [app.NAME.on.FAMILY]"),
    };
    Ok(facts(
        &entry.name,
        &entry.about,
        &[
            ("Place", place),
            ("Value", &entry.kind),
            ("Default", &entry.default),
            ("Example", &entry.example_line()),
            ("Families", families),
            ("A change", &entry.change(&Templates::load(None)?)?),
        ],
    ))
}

fn describe_free(name: &str, option: OptionFacts) -> String {
    let (value, example) = match option.value {
        "none" => ("true, or false to leave it out", format!("{name} = true")),
        "optional" => ("true, or a text or number", format!("{name} = true")),
        _ => ("a text or number, or a list for one that is given several times", format!("{name} = \"…\"")),
    };
    let families = option.since.map_or_else(|| "all".to_owned(), |since| format!("those with uWSGI {since} or later"));
    let about = format!("uWSGI: {}.\nHere: {}.", option.help, standing(name, option));
    let place = [("Place", "[app.NAME.uwsgi]")];
    let rest = [("Value", value), ("Example", &example), ("Families", &families), ("A change", "reload")];
    match uwsgi::restriction(name) {
        Some(Restriction::Owned(_) | Restriction::Defeats(_)) => facts(name, &about, &[]),
        _ => facts(name, &about, &[place.as_slice(), &rest].concat()),
    }
}

/// Whether an option of uWSGI may stand in a spec.
fn standing(name: &str, option: OptionFacts) -> String {
    match uwsgi::restriction(name) {
        Some(Restriction::Owned(key)) => format!("here {key} decides it"),
        Some(Restriction::Defeats(why)) => format!("refused: {why}"),
        Some(Restriction::Unsafe(why)) => format!("{why}; needs unsafe-directives = [\"{name}\"]"),
        None if matches!(option.origin, "core" | "python") => "taken as it is".to_owned(),
        None => format!("needs the plugin {}", option.origin),
    }
}

fn facts(name: &str, about: &str, facts: &[(&str, &str)]) -> String {
    let facts: String = facts.iter().map(|(what, fact)| format!("{what:9} {fact}\n")).collect();
    format!("{name}\n\n{about}\n\n{facts}").trim_end().to_owned() + "\n"
}
