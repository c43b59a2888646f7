use clap::ValueEnum;

use super::console::{Verbosity, counted};
use super::load::{examine, tell, totals};
use super::{CheckArguments, Failure, print};
use crate::diagnostic::Diagnostic;
use crate::report;
use crate::site::Site;

/// How what was found is told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, on standard error.
    Text,
    /// An array with an object for each mistake, warning and note.
    Json,
    /// Workflow commands, which GitHub shows beside the lines of a change.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// `liege check`: finds every mistake.
pub fn run(arguments: &CheckArguments, verbosity: Verbosity) -> Result<(), Failure> {
    examine(&arguments.spec, |source, found, site| {
        let is_told = |diagnostic: &&Diagnostic| diagnostic.is_error() || verbosity != Verbosity::Quiet;
        let found: Vec<Diagnostic> = found.iter().filter(is_told).cloned().collect();
        let json_error = |error: serde_json::Error| Failure::World(error.into());
        match arguments.format {
            Format::Text => tell(source, &found, verbosity),
            Format::Json => print(&report::json(source, &found).map_err(json_error)?)?,
            Format::Github => print(&report::github(source, &found))?,
            Format::Sarif => print(&report::sarif(source, &found).map_err(json_error)?)?,
        }
        let site = site.ok_or(Failure::Spec)?;
        match arguments.format {
            Format::Text => verbosity.summary(&format!("{}: {}", source.name(), summary(site, &found))),
            _ => Ok(()),
        }
    })
}

fn summary(site: &Site<'_>, found: &[Diagnostic]) -> String {
    let applications = site.targets.len() / site.families.len().max(1);
    let families: Vec<&str> = site.families.iter().map(|family| family.name.as_str()).collect();
    let lesser: String = totals(found).into_iter().map(|count| format!(", {count}")).collect();
    format!(
        "no mistake{lesser}; {} of {} for {}",
        counted(applications, "application"),
        site.header.site,
        families.join(", ")
    )
}
