use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueHint};

use super::Failure;
use super::console::{Verbosity, counted};
use super::key::KeyArguments;
use crate::client;
use crate::date::{now, rfc2822};
use crate::family::Family;
use crate::join::{Built, join};
use crate::publish::{Candidate, DAY, Policy, Report, Repository, Signing};
use crate::repository::{Settings, of_format};
use crate::seen::Seen;
use crate::sign::{Certificate, Signer};
use crate::store::{Purpose, Store};
use crate::template::Templates;

#[derive(Args)]
pub struct PublishArguments {
    /// The directory that `build` wrote; several where machines built parts of a site.
    #[arg(required = true, value_name = "OUT", value_hint = ValueHint::DirPath)]
    outs: Vec<PathBuf>,
    /// Where the repositories lie: a directory, or s3://BUCKET/PREFIX (settings from AWS_* variables).
    #[arg(long = "to", value_name = "DESTINATION", value_hint = ValueHint::DirPath)]
    destination: String,
    #[command(flatten)]
    terms: Terms,
    /// Keep only so many versions of each package. [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// The URL at which clients find DESTINATION, for the files that tell them of it.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[derive(Args)]
pub struct RefreshArguments {
    /// Where the repositories lie.
    #[arg(value_hint = ValueHint::DirPath)]
    destination: String,
    #[command(flatten)]
    terms: Terms,
}

/// What publishing and refreshing have in common.
#[derive(Args)]
struct Terms {
    #[command(flatten)]
    key: KeyArguments,
    /// A public key that may have signed the present state and packages that stay: the former one, when the key changes.
    #[arg(long, value_name = "FILE")]
    former_key: Option<PathBuf>,
    /// Name of the repository. [default: the site's]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// apt's suite.
    #[arg(long, value_name = "SUITE", default_value = "stable", value_parser = name)]
    suite: String,
    /// For how many days clients believe a state: apt's Valid-Until. 0: for ever.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=3650))]
    valid_for: u32,
    /// Where the latest state seen of each repository is noted. [default: in the XDG state directory]
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
}

/// `liege publish`: adds what was built to repositories.
pub fn run(arguments: &PublishArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let signer = arguments.terms.key.signer()?;
    let built = join(&arguments.outs)?;
    let name = site_name(&arguments.terms, &built)?;
    let store = Store::open(&arguments.destination, Purpose::Write)?;
    let mut run = Run::new(&arguments.terms, &store, &signer, Some(name.clone()), verbosity)?;
    run.keep = arguments.keep.map(|keep| keep as usize);
    run.base = base_url(arguments);
    for family in Family::all() {
        let built = built.iter().filter(|(_, artefact)| artefact.family == family.name);
        let candidates: Vec<Candidate> =
            built.map(|(out, artefact)| Candidate::of(out, artefact)).collect::<Result<_>>()?;
        if !candidates.is_empty() {
            run.family(family, |repository, policy| repository.publish(&candidates, policy))?;
        }
    }
    match &run.base {
        Some(base) => write_clients(&run, &name, base)?,
        None => verbosity
            .note(&format!("note: no files for clients were written: --url names where they find {}", store.name())),
    }
    Ok(())
}

/// `liege refresh`: signs the present state of repositories anew.
pub fn refresh(arguments: &RefreshArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let signer = arguments.terms.key.signer()?;
    let store = Store::open(&arguments.destination, Purpose::Change)?;
    let mut run = Run::new(&arguments.terms, &store, &signer, arguments.terms.name.clone(), verbosity)?;
    let mut found = 0;
    for family in Family::all() {
        let settings = run.settings(family)?;
        let root = of_format(&family.format)?.pointer(&settings);
        if store.read(&format!("{}/{root}", family.name))?.is_some() {
            run.family(family, |repository, policy| repository.refresh(policy))?;
            found += 1;
        }
    }
    if found == 0 {
        return Err(
            anyhow::anyhow!("{}: there is no repository of the suite {}", store.name(), arguments.terms.suite).into()
        );
    }
    Ok(())
}

/// One run over the families' repositories.
struct Run<'a> {
    terms: &'a Terms,
    store: &'a Store,
    signer: &'a Signer,
    former: Option<Certificate>,
    name: Option<String>,
    verbosity: Verbosity,
    keep: Option<usize>,
    base: Option<String>,
    seen: Seen,
    done: Vec<&'static Family>,
}

impl<'a> Run<'a> {
    fn new(
        terms: &'a Terms,
        store: &'a Store,
        signer: &'a Signer,
        name: Option<String>,
        verbosity: Verbosity,
    ) -> Result<Self> {
        let read = |path: &PathBuf| {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Certificate::read(&bytes).with_context(|| path.display().to_string())
        };
        let former = terms.former_key.as_ref().map(read).transpose()?;
        let seen = Seen::read(terms.seen.as_deref())?;
        Ok(Self { terms, store, signer, former, name, verbosity, keep: None, base: None, seen, done: Vec::new() })
    }

    fn settings(&self, family: &Family) -> Result<Settings> {
        let architectures = family.repository.architectures.clone();
        let url = self.base.as_ref().map(|base| format!("{}/{}", base.trim_end_matches('/'), family.name));
        Ok(Settings { name: self.name.clone(), url, suite: self.terms.suite.clone(), architectures })
    }

    fn family(
        &mut self,
        family: &'static Family,
        work: impl FnOnce(&Repository<'_>, &Policy<'_>) -> Result<Report>,
    ) -> Result<(), Failure> {
        let place = place_of(self.store.name());
        let policy = Policy {
            signer: self.signer,
            former: self.former.as_ref(),
            valid_for: Some(i64::from(self.terms.valid_for) * DAY).filter(|seconds| *seconds > 0),
            signing: Signing::WhenDue,
            keep: self.keep,
            now: now(),
            seen: self.seen.latest(&place, &family.name),
        };
        let repository = Repository {
            store: self.store,
            directory: family.name.clone(),
            kind: of_format(&family.format)?,
            settings: self.settings(family)?,
        };
        let report = work(&repository, &policy).with_context(|| family.name.clone())?;
        self.seen.note(&place, &family.name, report.date);
        self.seen.write()?;
        self.done.push(family);
        tell(&family.name, &report, self.verbosity)
    }
}

fn tell(family: &str, report: &Report, verbosity: Verbosity) -> Result<(), Failure> {
    let mut text = String::new();
    for package in &report.added {
        text.push_str(&format!("{family}  + {}{}\n", package.title(), verbosity.digest(&package.sha256)));
    }
    for package in &report.removed {
        text.push_str(&format!("{family}  - {package}\n"));
    }
    let what = match (report.signed, report.added.len()) {
        (false, _) => "nothing changed".to_owned(),
        (true, 0) => "signed anew".to_owned(),
        (true, added) => format!("{added} new"),
    };
    let until = report.valid_until.map(|until| format!(", valid until {}", rfc2822(until))).unwrap_or_default();
    let total = counted(report.total, "package");
    verbosity.summary(&format!("{text}{family}: {what}, {total}, signed {}{until}", rfc2822(report.date)))
}

fn site_name(terms: &Terms, built: &[Built]) -> Result<String> {
    let mut sites: Vec<&str> = built.iter().map(|(_, artefact)| artefact.site.as_str()).collect();
    sites.sort_unstable();
    sites.dedup();
    match (&terms.name, &sites[..]) {
        (Some(name), _) => Ok(name.clone()),
        (None, [site]) => Ok((*site).to_owned()),
        (None, _) => bail!("there are packages of several sites ({}): name the repository by --name", sites.join(", ")),
    }
}

fn base_url(arguments: &PublishArguments) -> Option<String> {
    arguments.url.clone().or_else(|| {
        let path = std::fs::canonicalize(&arguments.destination).ok()?;
        Some(format!("file://{}", path.display()))
    })
}

fn write_clients(run: &Run<'_>, name: &str, base: &str) -> Result<()> {
    let templates = Templates::load(None)?;
    let key = client::key_name(name);
    // Packages that stay bear the signature of the key they were published under.
    let own = run.signer.certificate().clone();
    let certificate = run.former.iter().cloned().fold(own, Certificate::with);
    let mut files = vec![(key, certificate.armored()?)];
    for family in &run.done {
        let file = client::file(family, name, &run.terms.suite, base, &templates)?;
        files.push((file.path, file.bytes));
    }
    for (path, bytes) in files {
        if run.store.read(&path)?.is_none_or(|stored| stored.bytes != bytes) {
            run.store.overwrite(&path, bytes)?;
        }
    }
    Ok(())
}

/// A directory by its whole path, so that it is the same place from everywhere.
pub fn place_of(destination: &str) -> String {
    let whole = std::fs::canonicalize(destination).map(|path| path.display().to_string());
    whole.unwrap_or_else(|_| destination.to_owned())
}

/// A name that is safe in paths, URLs and the files of package managers.
fn name(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    if text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(fits) && text.len() <= 64 {
        return Ok(text.to_owned());
    }
    Err("use up to 64 lower-case letters, digits, '-', '.', '_', beginning with a letter or digit".to_owned())
}
