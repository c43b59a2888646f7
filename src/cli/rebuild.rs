//! `liege verify --rebuild`: whether what is there is what the spec makes.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueHint};

use super::against::formers;
use super::console::{Verbosity, counted};
use super::load::with_site;
use super::lock::SpecLock;
use super::{Failure, SpecArguments, print};
use crate::output::read_if_there;
use crate::package::Item;
use crate::provenance::{self, Statement};
use crate::rebuild::Rebuild;
use crate::repository::sha256;
use crate::template::Templates;

#[derive(Args)]
pub struct RebuildArguments {
    /// Pack what this spec and its liege.lock make again, and hold it against what is there: repositories, or a directory that
    /// `build` wrote, which needs no key.
    #[arg(long, value_name = "SPEC", value_hint = ValueHint::FilePath)]
    rebuild: Option<PathBuf>,
    /// The directory of templates that it was built with.
    #[arg(long, value_name = "DIR", requires = "rebuild", value_hint = ValueHint::DirPath)]
    templates: Option<PathBuf>,
}

impl RebuildArguments {
    /// The spec to build again, if that is asked for.
    pub fn spec(&self) -> Option<&Path> {
        self.rebuild.as_deref()
    }
}

/// Builds the spec's packages again and tells which of them are others in `place`.
pub fn run(
    arguments: &RebuildArguments,
    spec: &Path,
    place: &str,
    key: Option<&Path>,
    suite: &str,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let spec = SpecArguments { spec: spec.to_owned(), raised: Vec::new(), allowed: Vec::new() };
    // What the spec is warned of was told when it was built.
    with_site(&spec, Verbosity::Quiet, |source, site| {
        let name = site.header.site.as_str();
        let templates = Templates::load(arguments.templates.as_deref())?;
        let statements = read_if_there(&Path::new(place).join(provenance::file_name(name)))?;
        let statements = statements.as_deref().map(provenance::parse).unwrap_or_default();
        let lock = SpecLock::beside(&spec.spec)?;
        let present = lock.text().map(|text| sha256(text.as_bytes()));
        let was_locked = statements.is_empty() || statements.iter().any(|one| one.input(provenance::LOCK).is_some());
        let known = [
            ("the spec", provenance::SPEC, Some(sha256(source.text().as_bytes()))),
            ("the templates", provenance::TEMPLATES, Some(templates.digest().to_owned())),
            ("liege.lock", provenance::LOCK, present.clone().filter(|_| was_locked)),
        ];
        let mut formers = formers(place, key, suite, name)?;
        if key.is_some() {
            // A repository holds more than the site's present packages.
            let made: Vec<_> = Item::of(site).iter().map(|item| item.name(site)).collect();
            formers.retain(|former| made.contains(&former.name));
        }
        let lock = present.filter(|_| was_locked).map(|_| lock.lock());
        let outcome = Rebuild { site, templates: &templates, lock, statements: &statements }.run(&formers)?;
        for finding in &outcome.wrong {
            print(&format!("{finding}\n"))?;
        }
        for difference in differences(&statements, &known) {
            verbosity.note(&format!("note: {difference}"));
        }
        match outcome.wrong.len() {
            0 if outcome.same == 0 => Err(anyhow!("{place}: there is no package of {name}").into()),
            0 => {
                let packages = counted(outcome.same, "package");
                verbosity.summary(&format!("{place}: {packages} of {name}, the same when built again"))
            }
            wrong => Err(anyhow!("{place}: {}", counted(wrong, "finding")).into()),
        }
    })
}

/// What is another now than when it was built.
fn differences(statements: &[Statement], known: &[(&str, &str, Option<String>)]) -> Vec<String> {
    let differs = |name: &str, now: &Option<String>| {
        statements.iter().any(|statement| statement.input(name).is_some_and(|then| Some(then) != now.as_deref()))
    };
    let mut told: Vec<String> = known
        .iter()
        .filter(|(_, name, now)| differs(name, now))
        .map(|(title, ..)| format!("{title} changed since"))
        .collect();
    if statements.iter().any(|statement| !statement.is_of_this_program()) {
        told.push("another liege built it".to_owned());
    }
    told
}
