//! What a repository holds once packages are added to it, and the writing of their files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context as _, Result, bail};
use rayon::prelude::*;

use super::{Candidate, Policy, Repository};
use crate::repository::{Entry, sha256};
use crate::store::Outcome;

/// So many packages are in memory at once.
const CHUNK: usize = 256;

/// How long a file that no root names may be one of a publisher at work, in seconds.
pub const GRACE: i64 = 60 * 60;

/// Packages that are published already, with other bytes.
#[derive(Debug)]
pub struct Refusal {
    /// Name and version of each.
    pub packages: Vec<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packages = self.packages.join(", ");
        write!(to, "already published with other contents: {packages}; raise `version` in the spec, or --release")
    }
}

impl std::error::Error for Refusal {}

/// The packages of a repository as they will be.
pub struct Merged {
    /// All of them.
    pub entries: Vec<Entry>,
    /// Those that are new.
    pub added: Vec<Entry>,
    /// Name and version of those that go.
    pub removed: Vec<String>,
}

/// Writes the files of new packages, and says what a repository of `entries` will hold. Nothing is written when one is refused.
pub fn merge(
    repository: &Repository<'_>,
    mut entries: Vec<Entry>,
    candidates: &[Candidate],
    policy: &Policy<'_>,
) -> Result<Merged> {
    let present: BTreeMap<(&str, &str), &Entry> =
        entries.iter().map(|entry| ((entry.name.as_str(), entry.version.as_str()), entry)).collect();
    let (known, new): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|candidate| present.contains_key(&candidate.key()));
    refuse(repository, &known, &present, policy)?;
    let mut added = Vec::new();
    for chunk in new.chunks(CHUNK) {
        for entry in write(repository, chunk, policy)? {
            added.push(entry.clone());
            entries.push(entry);
        }
    }
    let removed = prune(repository, &mut entries, policy.keep);
    Ok(Merged { entries, added, removed })
}

fn refuse(
    repository: &Repository<'_>,
    known: &[&Candidate],
    present: &BTreeMap<(&str, &str), &Entry>,
    policy: &Policy<'_>,
) -> Result<()> {
    let other = |candidate: &&&Candidate| -> Result<bool> {
        let Some(published) = present.get(&candidate.key()) else { return Ok(false) };
        let (entry, bytes) = admit(repository, candidate, policy)?;
        if entry.sha256 == published.sha256 {
            return Ok(false);
        }
        // The same package may be there under another key.
        let path = repository.path(&published.path);
        let stored = repository.store.read(&path)?.with_context(|| format!("{path} is missing"))?;
        Ok(repository.kind.contents(&stored.bytes)? != repository.kind.contents(&bytes)?)
    };
    let checked: Vec<(bool, &&Candidate)> =
        known.par_iter().map(|candidate| Ok((other(&candidate)?, candidate))).collect::<Result<_>>()?;
    let packages: Vec<String> = checked
        .into_iter()
        .filter(|(other, _)| *other)
        .map(|(_, candidate)| format!("{} {}", candidate.name, candidate.version))
        .collect();
    if packages.is_empty() { Ok(()) } else { Err(Refusal { packages }.into()) }
}

fn admit(repository: &Repository<'_>, candidate: &Candidate, policy: &Policy<'_>) -> Result<(Entry, Vec<u8>)> {
    let bytes = (candidate.read)()?;
    let admitted = repository.kind.admit(&candidate.file_name, bytes, policy.signer);
    let (entry, bytes) = admitted.with_context(|| format!("{} cannot be published", candidate.file_name))?;
    if (entry.name.as_str(), entry.version.as_str()) != candidate.key() {
        bail!("{} holds {} and not {} {}", candidate.file_name, entry.title(), candidate.name, candidate.version);
    }
    Ok((entry, bytes))
}

fn write(repository: &Repository<'_>, candidates: &[&Candidate], policy: &Policy<'_>) -> Result<Vec<Entry>> {
    let admitted: Vec<(Entry, Vec<u8>)> =
        candidates.par_iter().map(|candidate| admit(repository, candidate, policy)).collect::<Result<_>>()?;
    let (entries, bytes): (Vec<Entry>, Vec<Vec<u8>>) = admitted.into_iter().unzip();
    let files = entries.iter().zip(&bytes).map(|(entry, bytes)| (repository.path(&entry.path), bytes.clone()));
    let outcomes = repository.store.create(files.collect())?;
    for ((entry, bytes), outcome) in entries.iter().zip(bytes).zip(outcomes) {
        if outcome == Outcome::Overtaken {
            replace_leftover(repository, entry, bytes, policy)?;
        }
    }
    Ok(entries)
}

/// A file lies at the path of a new package: the same one, or what an interrupted publisher left, or another publisher's.
fn replace_leftover(repository: &Repository<'_>, entry: &Entry, bytes: Vec<u8>, policy: &Policy<'_>) -> Result<()> {
    let path = repository.path(&entry.path);
    let store = repository.store;
    let Some(stored) = store.read(&path)? else { bail!("{}: {path} comes and goes", store.name()) };
    if sha256(&stored.bytes) == entry.sha256 {
        return Ok(());
    }
    if !store.is_locked() {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let found = store.list(directory)?.into_iter().find(|found| found.path == path);
        if found.is_some_and(|found| found.modified > policy.now - GRACE) {
            bail!("{}: another publisher is writing other contents to {path}; try again in an hour", store.name());
        }
    }
    match store.replace(&path, bytes, Some(&stored))? {
        Outcome::Written => Ok(()),
        Outcome::Overtaken => bail!("{}: another publisher is writing to {path}; try again", store.name()),
    }
}

/// Takes out all but the newest `keep` versions of each package.
fn prune(repository: &Repository<'_>, entries: &mut Vec<Entry>, keep: Option<usize>) -> Vec<String> {
    let Some(keep) = keep else { return Vec::new() };
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries.iter() {
        versions.entry(entry.name.clone()).or_default().push(entry.version.clone());
    }
    let mut old: BTreeSet<(String, String)> = BTreeSet::new();
    for (name, mut versions) in versions {
        versions.sort_by(|a, b| repository.kind.compare(b, a));
        old.extend(versions.into_iter().skip(keep).map(|version| (name.clone(), version)));
    }
    entries.retain(|entry| !old.contains(&(entry.name.clone(), entry.version.clone())));
    old.into_iter().map(|(name, version)| format!("{name} {version}")).collect()
}
