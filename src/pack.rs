//! Packages → artefacts in an output directory: what lies there already, what a cache has, or what is packed now.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};

use crate::cache::Cache;
use crate::format;
use crate::lock::Locked;
use crate::manifest::Artefact;
use crate::output::Output;
use crate::package::{Item, Package};
use crate::release::{Note, Releases};

/// Where artefacts come from and go to.
pub struct Packer<'p, 'a> {
    /// Gives packages their releases.
    pub releases: &'p Releases<'p, 'a>,
    /// Where artefacts go.
    pub output: &'p Output,
    /// What other machines packed.
    pub cache: Option<&'p Cache>,
}

impl Packer<'_, '_> {
    /// Brings the artefact of an item into the output.
    ///
    /// # Errors
    /// A package that cannot be made or written; other bytes than the lock has for the same contents.
    pub fn pack(&self, item: &Item<'_, '_>) -> Result<(Artefact, Note)> {
        let (package, mut note) = self.releases.of(item)?;
        let artefact = self.artefact(&package, &note.locked)?;
        if note.locked.sha256.as_ref().is_some_and(|known| *known != artefact.sha256) {
            bail!(
                "{}: its contents are those that liege.lock has, but its bytes are not: another liege made them. Build with that \
                 one, or as another release: --release {}",
                artefact.path,
                artefact.release + 1
            );
        }
        note.locked.sha256 = Some(artefact.sha256.clone());
        Ok((artefact, note))
    }

    fn artefact(&self, package: &Package, locked: &Locked) -> Result<Artefact> {
        let format = format::of(package)?;
        let path = format!("{}/{}", package.family.name, format.file_name(package));
        let digest = locked.digest.clone().unwrap_or_default();
        if let Some(former) = self.output.keep_artefact(&path, &digest) {
            return Ok(former);
        }
        let mut writer = self.output.create(&path)?;
        match self.cache {
            None => format.build(package, &mut writer)?,
            Some(cache) => {
                let bytes = self.shared(cache, package, &digest, locked.sha256.as_deref())?;
                writer.write_all(&bytes).with_context(|| format!("cannot write {path}"))?;
            }
        }
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

    /// The bytes of a package, from the cache or for it.
    fn shared(&self, cache: &Cache, package: &Package, digest: &str, expected: Option<&str>) -> Result<Vec<u8>> {
        let format = format::of(package)?;
        if let Some(found) = expected.and_then(|expected| cache.fetch(digest, format.name(), expected)) {
            return Ok(found);
        }
        let mut bytes = Vec::new();
        format.build(package, &mut bytes)?;
        cache.put(digest, format.name(), &bytes);
        Ok(bytes)
    }
}
