//! Looks at a published repository as a suspicious stranger would, and tells everything that is wrong with it.

use anyhow::{Context as _, Result, bail};

use crate::date::rfc2822;
use crate::publish::{DAY, Repository};
use crate::repository::{Entry, Listed, Root, sha256};
use crate::sign::Certificate;

/// How many packages are fetched at once.
const CHUNK: usize = 64;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong; empty when all is well.
    pub wrong: Vec<String>,
    /// The date of its root.
    pub date: i64,
    /// Until when clients believe it.
    pub valid_until: Option<i64>,
    /// The packages it holds.
    pub packages: Vec<Entry>,
}

/// What to hold a repository against.
pub struct Expectation<'a> {
    /// Who signs it.
    pub certificate: &'a Certificate,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// The latest date seen before.
    pub seen: Option<i64>,
    /// How old, in seconds, the root of a repository may be that says nothing of its validity itself.
    pub max_age: i64,
}

/// Checks everything: the signature, dates, index files by all of their names, and each package.
///
/// # Errors
/// A repository that is not there or cannot be reached.
pub fn verify(repository: &Repository<'_>, expectation: &Expectation<'_>) -> Result<Findings> {
    let mut findings = Findings::default();
    let state = match repository.state(expectation.certificate) {
        Ok(state) => state,
        Err(error) => {
            findings.wrong.push(format!("{error:#}"));
            return Ok(findings);
        }
    };
    let Some(root) = &state.root else {
        bail!("{}: there is no repository in {}", repository.store.name(), repository.directory)
    };
    (findings.date, findings.valid_until) = (root.date, root.valid_until);
    findings.wrong.extend(dates(root, expectation));
    for listed in &root.files {
        for path in [&listed.path, &listed.lasting_path] {
            findings.wrong.extend(file(repository, path, listed)?);
        }
    }
    findings.wrong.extend(signatures(repository, expectation.certificate)?);
    for chunk in state.entries.chunks(CHUNK) {
        findings.wrong.extend(packages(repository, chunk, expectation.certificate)?);
    }
    findings.wrong.sort();
    findings.wrong.dedup();
    findings.packages = state.entries;
    Ok(findings)
}

fn dates(root: &Root, expectation: &Expectation<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let now = expectation.now;
    if let Some(seen) = expectation.seen.filter(|seen| root.date < *seen) {
        wrong.push(format!(
            "it was signed at {}, but had been at {} before: somebody put an older state back",
            rfc2822(root.date),
            rfc2822(seen)
        ));
    }
    if root.date > now + DAY {
        wrong.push(format!("it is dated in the future: {}", rfc2822(root.date)));
    }
    match root.valid_until {
        Some(until) if until < now => {
            wrong.push(format!("it expired at {}; `liege refresh` renews it", rfc2822(until)));
        }
        None if root.date < now - expectation.max_age => {
            wrong.push(format!("it was last signed at {}; `liege refresh` renews it", rfc2822(root.date)));
        }
        _ => {}
    }
    wrong
}

fn file(repository: &Repository<'_>, path: &str, listed: &Listed) -> Result<Option<String>> {
    let path = repository.path(path);
    let Some(stored) = repository.store.read(&path)? else { return Ok(Some(format!("{path} is missing"))) };
    let is_right = stored.bytes.len() as u64 == listed.size && sha256(&stored.bytes) == listed.sha256;
    Ok((!is_right).then(|| format!("{path} is not the file that the signed root names")))
}

fn signatures(repository: &Repository<'_>, certificate: &Certificate) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (path, signature) in repository.kind.signed_apart(&repository.settings) {
        let (path, signature) = (repository.path(&path), repository.path(&signature));
        let data = repository.store.read(&path)?.with_context(|| format!("{path} is missing"));
        let signed = repository.store.read(&signature)?.with_context(|| format!("{signature} is missing"));
        let checked = data.and_then(|data| certificate.verify(&data.bytes, &signed?.bytes));
        wrong.extend(checked.err().map(|error| format!("{path}: {error:#}")));
    }
    Ok(wrong)
}

fn packages(repository: &Repository<'_>, entries: &[Entry], certificate: &Certificate) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let paths: Vec<String> = entries.iter().map(|entry| repository.path(&entry.path)).collect();
    for ((entry, path), found) in entries.iter().zip(&paths).zip(repository.store.read_some(&paths)?) {
        let Some(bytes) = found else {
            wrong.push(format!("{path} is missing"));
            continue;
        };
        if bytes.len() as u64 != entry.size || sha256(&bytes) != entry.sha256 {
            wrong.push(format!("{path} is not the file that the index names"));
        } else if let Err(error) = repository.kind.check_package(&bytes, certificate) {
            wrong.push(format!("{path}: {error:#}"));
        }
    }
    Ok(wrong)
}
