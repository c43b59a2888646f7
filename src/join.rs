//! Output directories of several machines → one set of packages, of which nothing is missing and nothing contradicts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::manifest::{Artefact, Manifest, Part};
use crate::output::{MANIFEST, read_manifest};

/// An artefact, and the output directory that it lies in.
pub type Built = (PathBuf, Artefact);

/// Reads output directories.
///
/// # Errors
/// One without packages; parts of a site that are missing, or of different specs; the same artefact with different bytes.
pub fn join(outs: &[PathBuf]) -> Result<Vec<Built>> {
    let mut joined: BTreeMap<String, Built> = BTreeMap::new();
    let mut parts: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for out in outs {
        if !out.is_dir() {
            bail!("{}: there is no such directory; `liege build` writes one", out.display());
        }
        let manifest = read_manifest(out)?;
        if manifest.artefacts.is_empty() && manifest.parts.is_empty() {
            bail!("{} names no packages: run `liege build` first", out.join(MANIFEST).display());
        }
        let Manifest { artefacts, parts: those } = manifest;
        those.into_iter().for_each(|part| parts.entry(part.site.clone()).or_default().push(part));
        for artefact in artefacts {
            add(&mut joined, out, artefact)?;
        }
    }
    parts.iter().try_for_each(|(site, parts)| complete(site, parts))?;
    Ok(joined.into_values().collect())
}

fn add(joined: &mut BTreeMap<String, Built>, out: &Path, artefact: Artefact) -> Result<()> {
    match joined.get(&artefact.path) {
        Some((other, known)) if known.sha256 != artefact.sha256 => bail!(
            "{} is not the same in {} and in {}: they were built of different specs or releases",
            artefact.path,
            other.display(),
            out.display()
        ),
        Some(_) => {}
        None => {
            joined.insert(artefact.path.clone(), (out.to_owned(), artefact));
        }
    }
    Ok(())
}

/// Whether these are all parts of one spec.
fn complete(site: &str, parts: &[Part]) -> Result<()> {
    let Some(first) = parts.first() else { return Ok(()) };
    let is_alike = |part: &Part| (part.shard.of, &part.spec) == (first.shard.of, &first.spec);
    if let Some(other) = parts.iter().find(|part| !is_alike(part)) {
        bail!("{site}: part {} and part {} were built of different specs: build all anew", first.shard, other.shard);
    }
    let of = first.shard.of;
    let missing = |number: &u32| !parts.iter().any(|part| part.shard.number == *number);
    let missing: Vec<String> = (1..=of).filter(missing).map(|number| format!("{number}/{of}")).collect();
    if !missing.is_empty() {
        bail!("{site}: part {} is missing: name the directory of each part", missing.join(", "));
    }
    Ok(())
}
