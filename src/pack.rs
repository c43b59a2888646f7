//! Packages → artefacts in an output directory: what lies there already, what a cache has, or what is packed now.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail};

use crate::cache::Cache;
use crate::family::Family;
use crate::format;
use crate::lock::Locked;
use crate::manifest::Artefact;
use crate::output::Output;
use crate::package::{Item, Package};
use crate::release::{Note, Releases, Standing};

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
        if let Some(unchanged) = self.unchanged(item)? {
            return Ok(unchanged);
        }
        let (package, mut note) = self.releases.of(item)?;
        let input = self.releases.input(item, &note.locked.stamp());
        let artefact = Artefact { input, ..self.artefact(&package, &note.locked)? };
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

    /// What lies there already and was made from the same.
    fn unchanged(&self, item: &Item<'_, '_>) -> Result<Option<(Artefact, Note)>> {
        let Some(locked) = self.releases.locked(item) else { return Ok(None) };
        let input = self.releases.input(item, &locked.stamp());
        let path = self.path(item.family(), &locked.name, &locked.build().to_string())?;
        let is_same = |former: &Artefact| {
            !input.is_empty()
                && former.input == input
                && Some(&former.digest) == locked.digest.as_ref()
                && Some(&former.sha256) == locked.sha256.as_ref()
        };
        let note = || Note { locked: locked.clone(), standing: Standing::Same };
        Ok(self.output.keep_artefact(&path, is_same).map(|artefact| (artefact, note())))
    }

    fn path(&self, family: &Family, name: &str, build: &str) -> Result<String> {
        Ok(format!("{}/{}", family.name, format::of_family(family)?.file_name(name, build)))
    }

    fn artefact(&self, package: &Package, locked: &Locked) -> Result<Artefact> {
        let format = format::of(package)?;
        let path = self.path(package.family, &package.name, &package.build())?;
        let digest = locked.digest.clone().unwrap_or_default();
        if let Some(former) = self.output.keep_artefact(&path, |former| former.digest == digest) {
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
            input: String::new(),
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
