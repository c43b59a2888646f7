use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use super::console::{Verbosity, counted};
use super::load::{select, terms, with_site};
use super::lock::SpecLock;
use super::{BuildArguments, Failure, Selection, print};
use crate::cache::{self, Cache, Use};
use crate::manifest::{Artefact, Manifest, Part};
use crate::output::Output;
use crate::pack::Packer;
use crate::package::Item;
use crate::provenance::{self, Parameters, Resource, Statement};
use crate::release::{Note, Releases};
use crate::repository::sha256;
use crate::sbom;
use crate::site::Site;
use crate::template::Templates;

/// From this many packages on, a build on a terminal shows how far it is.
const LONG: usize = 300;

/// `liege build`: writes the packages.
pub fn run(arguments: &BuildArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let began = Instant::now();
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |source, site| {
        let templates = Templates::load(selection.templates.as_deref())?;
        let items = select(site, selection)?;
        let lock = SpecLock::open(selection)?;
        let terms = terms(selection, lock.as_ref())?;
        let releases = Releases::new(site, &templates, terms, &items)?;
        let cache = arguments.cache.as_deref().map(Cache::open).transpose()?;
        let output = Output::open(&arguments.out)?;
        let packer = Packer { releases: &releases, output: &output, cache: cache.as_ref() };
        let (artefacts, notes): (Vec<_>, Vec<_>) = pack(&items, &packer)?.into_iter().unzip();
        let mut told = tell(&artefacts, &arguments.out, verbosity);
        let spec = sha256(source.text().as_bytes());
        let mut inputs =
            vec![Resource::new(provenance::SPEC, &spec), Resource::new(provenance::TEMPLATES, templates.digest())];
        let mut locked = String::new();
        if let Some(lock) = &lock {
            let changes = lock.compare(site, &notes, selection)?;
            // Before the packages: when it cannot be written, nothing is; and the next build gives the same releases.
            let text = lock.write(&changes, &notes)?;
            inputs.push(Resource::new(provenance::LOCK, &sha256(text.as_bytes())));
            locked = lock.tell(site, &changes, &notes, verbosity);
        }
        told.push_str(&total(&artefacts, &arguments.out, began));
        let name = site.header.site.as_str();
        let is_replaced = |former: &Artefact| {
            former.site == name && selection.includes(&former.family, former.application.as_deref(), &former.package)
        };
        let statement = Statement::new(&artefacts, parameters(selection, terms.date), inputs);
        let mut manifest = output.replace(artefacts, is_replaced)?;
        if selection.is_whole() {
            manifest.note(name, selection.shard.map(|shard| Part { site: name.to_owned(), shard, spec }));
        }
        attest(site, &manifest, &output, statement)?;
        output.finish(&manifest)?;
        told.push_str(&locked);
        told.push_str(&cache.map(|cache| cached(cache.finish(), verbosity)).unwrap_or_default());
        if verbosity == Verbosity::Quiet { Ok(()) } else { print(&told) }
    })
}

/// What was asked for beside the spec.
fn parameters(selection: &Selection, date: u32) -> Parameters {
    let Selection { families, apps, release, shard, .. } = selection;
    Parameters { families: families.clone(), apps: apps.clone(), release: *release, shard: *shard, date }
}

/// Writes what tells of a site's artefacts beside the manifest: of what they consist, and where they come from.
fn attest(site: &Site<'_>, manifest: &Manifest, output: &Output, statement: Statement) -> Result<()> {
    let name = site.header.site.as_str();
    let all: Vec<&Artefact> = manifest.artefacts.iter().filter(|artefact| artefact.site == name).collect();
    let bill = sbom::file_name(name);
    // All of it follows from the artefacts.
    if output.is_new(manifest) || !output.has(&bill) {
        output.put(&bill, |to| Ok(sbom::write(site, &all, to)?))?;
    }
    let present: HashSet<&str> = all.iter().map(|artefact| artefact.path.as_str()).collect();
    let file = provenance::file_name(name);
    let former = output.document(&file)?.unwrap_or_default();
    let statements = provenance::append(&former, statement, |path| present.contains(path))?;
    if statements == former { Ok(()) } else { output.put(&file, |to| Ok(to.write_all(statements.as_bytes())?)) }
}

fn pack(items: &[Item<'_, '_>], packer: &Packer<'_, '_>) -> Result<Vec<(Artefact, Note)>> {
    let progress = if items.len() < LONG { ProgressBar::hidden() } else { ProgressBar::new(items.len() as u64) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} packages, {eta} left") {
        progress.set_style(style);
    }
    let all = || items.par_iter().map(|item| packer.pack(item).inspect(|_| progress.inc(1))).collect();
    // With a cache, most wait for an answer.
    let threads = if packer.cache.is_some() { cache::AT_ONCE } else { 0 };
    let packed = ThreadPoolBuilder::new().num_threads(threads).build()?.install(all);
    progress.finish_and_clear();
    packed
}

fn total(artefacts: &[Artefact], out: &Path, began: Instant) -> String {
    let size: u64 = artefacts.iter().map(|artefact| artefact.size).sum();
    let (count, seconds) = (counted(artefacts.len(), "package"), began.elapsed().as_secs_f64());
    format!("{count}, {} in {}, {seconds:.2} s\n", readable(size), out.display())
}

fn cached(used: Use, verbosity: Verbosity) -> String {
    used.told.iter().for_each(|told| verbosity.note(&format!("note: {told}")));
    format!("cache: {} fetched, {} stored\n", used.fetched, used.stored)
}

fn tell(artefacts: &[Artefact], out: &Path, verbosity: Verbosity) -> String {
    let line = |artefact: &Artefact| {
        let digest = match verbosity {
            Verbosity::Verbose => format!("  sha256:{}", artefact.sha256),
            _ => String::new(),
        };
        format!("{}  {}{digest}\n", out.join(&artefact.path).display(), readable(artefact.size))
    };
    artefacts.iter().map(line).collect()
}

fn readable(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
