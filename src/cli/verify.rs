use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueHint};

use super::console::{Verbosity, counted};
use super::publish::place_of;
use super::rebuild::{self, RebuildArguments};
use super::{Failure, print, read_certificate};
use crate::date::{now, rfc2822};
use crate::family::Family;
use crate::publish::{DAY, Repository};
use crate::repository::{Settings, of_format};
use crate::seen::Seen;
use crate::store::{Purpose, Store};
use crate::verify::{Expectation, Findings, verify};

#[derive(Args)]
pub struct VerifyArguments {
    /// Where the repositories lie: a URL or a directory.
    #[arg(value_hint = ValueHint::DirPath)]
    url: String,
    /// The public key that signs them.
    #[arg(long, value_name = "FILE", required_unless_present = "rebuild")]
    key: Option<PathBuf>,
    #[command(flatten)]
    rebuild: RebuildArguments,
    /// apt's suite.
    #[arg(long, value_name = "SUITE", default_value = "stable")]
    suite: String,
    /// How many days old a repository without an end of its validity may be.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    max_age: u32,
    /// Where the latest state seen of each repository is noted. [default: in the XDG state directory]
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
}

/// `liege verify`: checks everything in published repositories, or what was built.
pub fn run(arguments: &VerifyArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let VerifyArguments { url, key, suite, rebuild, .. } = arguments;
    if let Some(key) = key {
        signed(arguments, key, verbosity)?;
    }
    match rebuild.spec() {
        Some(spec) => rebuild::run(rebuild, spec, url, key.as_deref(), suite, verbosity),
        None => Ok(()),
    }
}

/// Checks everything that is signed by a key.
fn signed(arguments: &VerifyArguments, key: &Path, verbosity: Verbosity) -> Result<(), Failure> {
    let certificate = read_certificate(key)?;
    let store = Store::open(&arguments.url, Purpose::Read)?;
    let mut seen = Seen::read(arguments.seen.as_deref())?;
    let place = place_of(&arguments.url);
    let (mut found, mut wrong) = (0, 0);
    for family in Family::all() {
        let kind = of_format(&family.format)?;
        let settings = Settings::to_read(family, &arguments.suite);
        let root = kind.pointer(&settings);
        let latest = seen.latest(&place, &family.name);
        if store.read(&format!("{}/{root}", family.name))?.is_none() && latest.is_none() {
            continue;
        }
        found += 1;
        let repository = Repository { store: &store, directory: family.name.clone(), kind, settings };
        let expectation = Expectation {
            certificate: &certificate,
            now: now(),
            seen: latest,
            max_age: i64::from(arguments.max_age) * DAY,
        };
        let findings = verify(&repository, &expectation)?;
        for finding in &findings.wrong {
            print(&format!("{}: {finding}\n", family.name))?;
        }
        wrong += findings.wrong.len();
        if findings.wrong.is_empty() {
            seen.note(&place, &family.name, findings.date);
            tell(&family.name, &findings, verbosity)?;
        }
    }
    seen.write()?;
    match (found, wrong) {
        (0, _) => Err(anyhow!("{}: there is no repository of the suite {}", arguments.url, arguments.suite).into()),
        (_, 0) => Ok(()),
        (_, wrong) => Err(anyhow!("{}: {}", arguments.url, counted(wrong, "finding")).into()),
    }
}

fn tell(family: &str, findings: &Findings, verbosity: Verbosity) -> Result<(), Failure> {
    if verbosity == Verbosity::Verbose {
        for package in &findings.packages {
            print(&format!("{family}  {}{}\n", package.title(), verbosity.digest(&package.sha256)))?;
        }
    }
    let until = findings.valid_until.map(|until| format!(", valid until {}", rfc2822(until))).unwrap_or_default();
    let packages = counted(findings.packages.len(), "package");
    verbosity.summary(&format!("{family}: {packages}, all as signed {}{until}", rfc2822(findings.date)))
}
