use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use super::console::Verbosity;
use super::load::{select, stamp, with_site};
use super::{BuildArguments, Failure, print};
use crate::format;
use crate::manifest::Artefact;
use crate::output::Output;
use crate::package::{Item, Package, Stamp};
use crate::site::Site;
use crate::template::Templates;

/// From this many packages on, a build on a terminal shows how far it is.
const LONG: usize = 300;

/// `liege build`: writes the packages.
pub fn run(arguments: &BuildArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let began = Instant::now();
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |site| {
        let stamp = stamp(selection)?;
        let templates = Templates::load(selection.templates.as_deref())?;
        let items = select(site, selection)?;
        let output = Output::open(&arguments.out)?;
        let artefacts = pack(site, &items, &templates, stamp, &output)?;
        let told = tell(&artefacts, &arguments.out, verbosity);
        let name = site.header.site.as_str();
        let total: u64 = artefacts.iter().map(|artefact| artefact.size).sum();
        let count = artefacts.len();
        output.commit(artefacts, |former| {
            former.site == name && selection.includes(&former.family, former.application.as_deref())
        })?;
        if verbosity == Verbosity::Quiet {
            return Ok(());
        }
        print(&told)?;
        print(&format!(
            "{count} packages, {} in {}, {:.2} s\n",
            readable(total),
            arguments.out.display(),
            began.elapsed().as_secs_f64()
        ))
    })
}

fn pack(
    site: &Site<'_>,
    items: &[Item<'_, '_>],
    templates: &Templates,
    stamp: Stamp,
    output: &Output,
) -> Result<Vec<Artefact>> {
    let progress = if items.len() < LONG { ProgressBar::hidden() } else { ProgressBar::new(items.len() as u64) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} packages, {eta} left") {
        progress.set_style(style);
    }
    let artefacts = items
        .par_iter()
        .map(|item| {
            let artefact = write(&item.package(site, templates, stamp)?, output);
            progress.inc(1);
            artefact
        })
        .collect();
    progress.finish_and_clear();
    artefacts
}

fn write(package: &Package, output: &Output) -> Result<Artefact> {
    let format = format::of(package)?;
    let path = format!("{}/{}", package.family.name, format.file_name(package));
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
