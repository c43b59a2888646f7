use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::console::Verbosity;
use super::load::{select, terms, with_site};
use super::lock::SpecLock;
use super::{BuildArguments, Failure, print};
use crate::format;
use crate::manifest::Artefact;
use crate::output::Output;
use crate::package::{Item, Package};
use crate::release::{Note, Releases};
use crate::template::Templates;

/// From this many packages on, a build on a terminal shows how far it is.
const LONG: usize = 300;

/// `liege build`: writes the packages.
pub fn run(arguments: &BuildArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let began = Instant::now();
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |site| {
        let templates = Templates::load(selection.templates.as_deref())?;
        let items = select(site, selection)?;
        let lock = SpecLock::open(selection)?;
        let releases = Releases::new(site, &templates, terms(selection, lock.as_ref())?, &items)?;
        let output = Output::open(&arguments.out)?;
        let (artefacts, notes): (Vec<_>, Vec<_>) = pack(&items, &releases, &output)?.into_iter().unzip();
        let mut told = tell(&artefacts, &arguments.out, verbosity);
        let mut locked = String::new();
        if let Some(lock) = &lock {
            let changes = lock.compare(site, &notes, selection)?;
            // Before the packages: when it cannot be written, nothing is; and the next build gives the same releases.
            lock.write(&changes, &notes)?;
            locked = lock.tell(site, &changes, &notes, verbosity);
        }
        let name = site.header.site.as_str();
        let total: u64 = artefacts.iter().map(|artefact| artefact.size).sum();
        let count = artefacts.len();
        output.commit(artefacts, |former| {
            former.site == name && selection.includes(&former.family, former.application.as_deref())
        })?;
        if verbosity == Verbosity::Quiet {
            return Ok(());
        }
        let (size, seconds) = (readable(total), began.elapsed().as_secs_f64());
        told.push_str(&format!("{count} packages, {size} in {}, {seconds:.2} s\n", arguments.out.display()));
        print(&(told + &locked))
    })
}

fn pack(items: &[Item<'_, '_>], releases: &Releases<'_, '_>, output: &Output) -> Result<Vec<(Artefact, Note)>> {
    let progress = if items.len() < LONG { ProgressBar::hidden() } else { ProgressBar::new(items.len() as u64) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} packages, {eta} left") {
        progress.set_style(style);
    }
    let artefacts = items
        .par_iter()
        .map(|item| {
            let (package, note) = releases.of(item)?;
            let artefact = write(&package, &note, output)?;
            progress.inc(1);
            Ok((artefact, note))
        })
        .collect();
    progress.finish_and_clear();
    artefacts
}

/// The artefact of a package: the one that is there if the same package was packed before, or a new one.
fn write(package: &Package, note: &Note, output: &Output) -> Result<Artefact> {
    let format = format::of(package)?;
    let path = format!("{}/{}", package.family.name, format.file_name(package));
    let digest = note.locked.digest.clone().unwrap_or_default();
    if let Some(former) = output.keep_artefact(&path, &digest) {
        return Ok(former);
    }
    let mut writer = output.create(&path)?;
    format.build(package, &mut writer)?;
    let (size, sha256) = writer.finish()?;
    Ok(Artefact {
        site: package.site.clone(),
        application: package.application.clone(),
        family: package.family.name.clone(),
        format: format.name().to_owned(),
        package: package.name.clone(),
        version: package.version.clone(),
        release: package.release,
        digest,
        path,
        size,
        sha256,
        manages: package.manages.clone(),
    })
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
