//! What a site was before: a former build, a lock, or a published repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use crate::family::Family;
use crate::format;
use crate::lock::Lock;
use crate::output::{MANIFEST, read_manifest};
use crate::publish::Repository;
use crate::repository::{Settings, of_format, sha256};
use crate::sign::Certificate;
use crate::store::{Purpose, Store};
use crate::unpacked::Unpacked;

/// A package as it was.
pub struct Former {
    /// The OS family it was for.
    pub family: &'static Family,
    /// Its name.
    pub name: String,
    /// Version and release.
    pub build: String,
    /// Of what was in it, as in a lock; none when that is not known.
    pub digest: Option<String>,
    /// Its bytes; none of what only a lock remembers.
    artefact: Option<Artefact>,
}

/// Where the bytes of a package are, and their SHA-256.
enum Artefact {
    File { path: PathBuf, sha256: String },
    Stored { store: Arc<Store>, path: String, sha256: String },
}

impl Former {
    /// What is in it; none when only its digest is known.
    ///
    /// # Errors
    /// Bytes that cannot be read, or are not those that were written.
    pub fn unpacked(&self) -> Result<Option<Unpacked>> {
        let Some((place, bytes)) = self.read()? else { return Ok(None) };
        format::of_family(self.family)?.unpack(&bytes).with_context(|| place).map(Some)
    }

    /// Its bytes; none when only its digest is known.
    ///
    /// # Errors
    /// As for [`Former::unpacked`].
    pub fn bytes(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.read()?.map(|(_, bytes)| bytes))
    }

    /// The SHA-256 of its bytes, lower-case hexadecimal, if that is known.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        match self.artefact.as_ref()? {
            Artefact::File { sha256, .. } | Artefact::Stored { sha256, .. } => Some(sha256),
        }
    }

    /// Where its bytes are, and they themselves.
    fn read(&self) -> Result<Option<(String, Vec<u8>)>> {
        let (place, bytes, digest) = match &self.artefact {
            None => return Ok(None),
            Some(Artefact::File { path, sha256 }) => {
                let place = path.display().to_string();
                let bytes = std::fs::read(path).with_context(|| format!("cannot read {place}"))?;
                (place, bytes, sha256)
            }
            Some(Artefact::Stored { store, path, sha256 }) => {
                let place = format!("{}/{path}", store.name());
                let stored = store.read(path)?.with_context(|| format!("{place} is missing"))?;
                (place, stored.bytes, sha256)
            }
        };
        if sha256(&bytes) != *digest {
            bail!("{place} is not the package that was written there: its SHA-256 differs");
        }
        Ok(Some((place, bytes)))
    }
}

/// The packages of a site that were built into `out`.
///
/// # Errors
/// A manifest that cannot be read, or there is none.
pub fn in_build(out: &Path, site: &str) -> Result<Vec<Former>> {
    let manifest = read_manifest(out)?;
    if manifest.artefacts.is_empty() {
        bail!("{} names no packages", out.join(MANIFEST).display());
    }
    let former = |artefact: crate::manifest::Artefact| {
        Some(Former {
            family: Family::named(&artefact.family).ok()?,
            name: artefact.package,
            build: format!("{}-{}", artefact.version, artefact.release),
            digest: Some(artefact.digest).filter(|digest| !digest.is_empty()),
            artefact: Some(Artefact::File { path: out.join(&artefact.path), sha256: artefact.sha256 }),
        })
    };
    Ok(manifest.artefacts.into_iter().filter(|artefact| artefact.site == site).filter_map(former).collect())
}

/// The packages of a site that a lock remembers.
#[must_use]
pub fn in_lock(lock: &Lock, site: &str) -> Vec<Former> {
    let former = |locked: &crate::lock::Locked| {
        Some(Former {
            family: Family::named(&locked.family).ok()?,
            name: locked.name.clone(),
            build: locked.build().to_string(),
            digest: locked.digest.clone(),
            artefact: None,
        })
    };
    lock.present().filter(|locked| locked.site == site).filter_map(former).collect()
}

/// The latest version of each published package whose name may be one of the site's.
///
/// # Errors
/// No repository, one that is not signed by the certificate, or one that cannot be reached.
pub fn in_repository(place: &str, suite: &str, certificate: &Certificate, site: &str) -> Result<Vec<Former>> {
    let store = Arc::new(Store::open(place, Purpose::Read)?);
    let prefix = format!("{site}-");
    let (mut formers, mut found) = (Vec::new(), 0);
    for family in Family::all() {
        let kind = of_format(&family.format)?;
        let settings = Settings::to_read(family, suite);
        let repository = Repository { store: &store, directory: family.name.clone(), kind, settings };
        let state = repository.state(certificate)?;
        found += usize::from(state.root.is_some());
        let mut entries = state.entries;
        entries.retain(|entry| entry.name.starts_with(&prefix));
        // The latest first, of which one stays.
        entries.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| kind.compare(&b.version, &a.version)));
        entries.dedup_by(|later, first| later.name == first.name);
        formers.extend(entries.into_iter().map(|entry| Former {
            family,
            name: entry.name,
            build: entry.version,
            digest: None,
            artefact: Some(Artefact::Stored {
                path: repository.path(&entry.path),
                sha256: entry.sha256,
                store: Arc::clone(&store),
            }),
        }));
    }
    if found == 0 {
        bail!("{place}: there is no repository of the suite {suite}");
    }
    Ok(formers)
}
