//! From the path of a spec to a site without mistakes.

use std::io::ErrorKind;
use std::path::Path;

use annotate_snippets::Renderer;
use anstream::eprintln;
use anyhow::{anyhow, bail};

use super::console::{Verbosity, counted};
use super::lock::SpecLock;
use super::{Failure, Selection, SpecArguments};
use crate::bounded;
use crate::diagnostic::{Diagnostic, Severity};
use crate::family::Family;
use crate::package::{Item, STANDARD_DATE};
use crate::read;
use crate::release::Terms;
use crate::rule::form::TOML;
use crate::rule::{self, Rule};
use crate::site::Site;
use crate::source::Source;

/// Reads and checks a spec and hands the site to `then`. Every mistake and warning is told on standard error.
pub fn with_site<T>(
    arguments: &SpecArguments,
    verbosity: Verbosity,
    then: impl FnOnce(&Source<'_>, &Site<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    examine(arguments, |source, found, site| {
        tell(source, found, verbosity);
        then(source, site.ok_or(Failure::Spec)?)
    })
}

/// Reads and checks a spec and hands over what was found in it, and the site if there is no mistake.
pub fn examine<T>(
    arguments: &SpecArguments,
    then: impl FnOnce(&Source<'_>, &[Diagnostic], Option<&Site<'_>>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let path = &arguments.spec;
    let bytes = read_written(path)?;
    let name = path.display().to_string();
    let text = String::from_utf8_lossy(&bytes);
    let (source, mut found) = Source::parse(&name, &text);
    if let Err(error) = std::str::from_utf8(&bytes) {
        let start = error.valid_up_to();
        let place = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
        found = vec![TOML.within(place, "a byte that is no UTF-8").help("save the spec as UTF-8")];
    }
    if !found.is_empty() {
        return then(&source, &found, None);
    }
    let (spec, mut found) = read::read(&source);
    let Some(spec) = spec else { return then(&source, &found, None) };
    let site = Site::new(&spec);
    found.extend(rule::check(&site, &source));
    let found = arguments.levels(&spec.header).apply(found);
    let is_right = !found.iter().any(Diagnostic::is_error);
    then(&source, &found, is_right.then_some(&site))
}

/// Reads what somebody wrote by hand. A file that is too large for that is as wrong as one full of mistakes.
pub fn read_written(path: &Path) -> Result<Vec<u8>, Failure> {
    bounded::read(path, bounded::LARGEST_TEXT).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            eprintln!("error: {}: {error}", path.display());
            Failure::Spec
        }
        _ => anyhow!(error).context(format!("cannot read {}", path.display())).into(),
    })
}

/// Tells what was found on standard error.
pub fn tell(source: &Source<'_>, found: &[Diagnostic], verbosity: Verbosity) {
    // `eprintln` is anstream's: it takes the colours away where they are not wanted.
    let renderer = Renderer::styled();
    for diagnostic in found.iter().filter(|diagnostic| diagnostic.is_error() || verbosity != Verbosity::Quiet) {
        eprintln!("{}", source.draw(diagnostic, &renderer));
        if verbosity == Verbosity::Verbose
            && let Ok(rule) = Rule::named(diagnostic.code)
        {
            eprintln!("why: {}", rule.why);
        }
        eprintln!();
    }
    if let Some(first) = found.iter().find(|diagnostic| diagnostic.is_error()) {
        let totals = totals(found).join(", ");
        verbosity.note(&format!("{}: {totals}; `liege explain {}` says more", source.name(), first.code));
    }
}

/// Tells where a text is no UTF-8.
pub fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    eprintln!("error: {name}:{line}: a byte that is no UTF-8; save it as UTF-8");
    Failure::Spec
}

/// How many mistakes, warnings and notes there are, in words; nothing of what there is none.
pub fn totals(found: &[Diagnostic]) -> Vec<String> {
    let words = [(Severity::Error, "mistake"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let count = |severity| found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = words.into_iter().map(|(severity, word)| (count(severity), word));
    counts.filter(|(count, _)| *count > 0).map(|(count, word)| counted(count, word)).collect()
}

/// What is told of a build from outside.
pub fn terms<'l>(selection: &Selection, lock: Option<&'l SpecLock>) -> anyhow::Result<Terms<'l>> {
    Ok(Terms { date: date()?, number: selection.release, lock: lock.map(SpecLock::lock) })
}

/// The date of what is built, from SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch). rpm keeps dates in
/// 32 bits.
fn date() -> anyhow::Result<u32> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Err(_) => Ok(STANDARD_DATE),
        Ok(text) => {
            text.parse().map_err(|_| anyhow!("SOURCE_DATE_EPOCH is {text:?}, but it must be whole seconds since 1970"))
        }
    }
}

/// What of the site was asked for.
pub fn select<'s, 'a>(site: &'s Site<'a>, selection: &Selection) -> anyhow::Result<Vec<Item<'s, 'a>>> {
    for name in &selection.families {
        let family = Family::named(name).map_err(|reason| anyhow!("--family: {reason}"))?;
        if !site.families.iter().any(|built| built.name == family.name) {
            bail!("--family {name}: the spec's families leave it out");
        }
    }
    if let Some(name) =
        selection.apps.iter().find(|name| !site.targets.iter().any(|target| target.name.as_str() == *name))
    {
        let nearest = crate::diagnostic::nearest(name, site.targets.iter().map(|target| target.name.as_str()));
        let hint = nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default();
        bail!("--app {name}: the spec has no such application{hint}");
    }
    Ok(Item::of(site)
        .into_iter()
        .filter(|item| selection.includes(&item.family().name, item.application(), &item.name(site)))
        .collect())
}

impl Selection {
    /// Whether a package of that family and application is asked for.
    pub fn includes(&self, family: &str, application: Option<&str>, package: &str) -> bool {
        let in_family = self.families.is_empty() || self.families.iter().any(|name| name == family);
        let in_apps = self.apps.is_empty() || application.is_some_and(|app| self.apps.iter().any(|name| name == app));
        in_family && in_apps && self.shard.is_none_or(|shard| shard.holds(family, package))
    }

    /// Whether everything of the site is asked for, or everything in one part of it.
    pub fn is_whole(&self) -> bool {
        self.families.is_empty() && self.apps.is_empty()
    }
}
