//! `liege plan --against`: what changes, told for people or for machines.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use clap::builder::styling::{AnsiColor, Style};

use super::{Failure, print, read_certificate};
use crate::bounded;
use crate::comparison::{Change, Comparison};
use crate::former::{self, Former};
use crate::lock::Lock;
use crate::output::MANIFEST;
use crate::unpacked::{Difference, PartChange};

/// How a comparison is told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// An object with all packages.
    Json,
}

/// What the site was, wherever `place` says; the key is that of repositories, and the suite apt's.
pub fn formers(place: &str, key: Option<&Path>, suite: &str, site: &str) -> Result<Vec<Former>> {
    let path = Path::new(place);
    if path.is_file() {
        let text = bounded::read_text(path, bounded::LARGEST_LOCK).with_context(|| format!("cannot read {place}"))?;
        let lock = Lock::parse(&text).with_context(|| place.to_owned())?;
        return Ok(former::in_lock(&lock, site));
    }
    if path.join(MANIFEST).is_file() {
        return former::in_build(path, site);
    }
    if !place.contains("://") && !path.is_dir() {
        bail!("{place}: there is no such directory or file");
    }
    let Some(key) = key else {
        bail!("{place}: there is no {MANIFEST} of a build; if repositories lie there, name their public key by --key");
    };
    former::in_repository(place, suite, &read_certificate(key)?, site)
}

/// Prints what changes, and says by the exit status whether anything does.
pub fn tell(compared: &[Comparison], format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => print(&text(compared))?,
        Format::Json => {
            let value = serde_json::json!({ "packages": compared, "summary": counts(compared).into_iter().collect::<BTreeMap<_, _>>() });
            print(&json(&value)?)?;
        }
    }
    if compared.iter().all(|one| one.change == Change::Same) { Ok(()) } else { Err(Failure::Changes) }
}

/// A value as JSON for people and machines.
pub fn json(value: &serde_json::Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// How many packages stand how, by packages and not by families.
fn counts(compared: &[Comparison]) -> [(&'static str, usize); 4] {
    let count = |change| compared.iter().filter(|one| one.change == change).count();
    [
        ("new", count(Change::New)),
        ("changed", count(Change::Changed)),
        ("removed", count(Change::Removed)),
        ("same", count(Change::Same)),
    ]
}

/// A package with all families where the same happens to it.
type Group<'c> = Vec<&'c Comparison>;

fn text(compared: &[Comparison]) -> String {
    let mut groups: BTreeMap<_, Group<'_>> = BTreeMap::new();
    for one in compared.iter().filter(|one| one.change != Change::Same) {
        groups.entry((&one.package, one.change, &one.before, &one.after, one.effect)).or_default().push(one);
    }
    let mut text: String = groups.values().map(group).collect();
    let counted: Vec<String> = counts(compared)
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    text.push_str(&format!("packages: {}\n", counted.join(", ")));
    text
}

fn group(group: &Group<'_>) -> String {
    let Some(one) = group.first() else { return String::new() };
    let build = match (&one.before, &one.after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.clone().or_else(|| before.clone()).unwrap_or_default(),
    };
    let what = match one.change {
        Change::New => "new; ",
        Change::Removed => "no longer built; ",
        Change::Changed | Change::Same => "",
    };
    let bold = Style::new().bold();
    let families = families(group);
    let mut text = format!("{bold}{} {build}{bold:#} ({families}): {what}{}\n", one.package, one.effect);
    if one.before == one.after {
        text.push_str(
            "  the same version with other contents: publish refuses it; build with the lock, or raise `version`\n",
        );
    }
    // The same lines differ on most families: they are told once.
    let mut parts: BTreeMap<&Difference, Group<'_>> = BTreeMap::new();
    for &one in group {
        one.differences.iter().flatten().for_each(|difference| parts.entry(difference).or_default().push(one));
    }
    for (difference, of) in &parts {
        let on = if of.len() == group.len() { String::new() } else { format!(" ({})", self::families(of)) };
        text.push_str(&told(difference, &on));
    }
    text.push('\n');
    text
}

fn families(group: &Group<'_>) -> String {
    group.iter().map(|one| one.family).collect::<Vec<_>>().join(", ")
}

fn told(difference: &Difference, on: &str) -> String {
    let what = match difference.change {
        PartChange::New => ", new",
        PartChange::Removed => ", removed",
        PartChange::Changed => "",
    };
    let painted = |line: &str| {
        let style = match line.as_bytes().first() {
            Some(b'+') => AnsiColor::Green.on_default(),
            Some(b'-') => AnsiColor::Red.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        format!("    {style}{line}{style:#}\n")
    };
    let lines: String = difference.diff.lines().map(painted).collect();
    format!("  {}{what}{on}\n{lines}", difference.part)
}
