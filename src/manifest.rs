//! `manifest.json`: what lies in an output directory.

use serde::{Deserialize, Serialize};

use crate::shard::Shard;

/// All artefacts of an output directory, sorted by path.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Manifest {
    /// The parts of sites that were built one by one; empty for sites that were built as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The artefacts.
    pub artefacts: Vec<Artefact>,
}

/// A part of a site that was built by itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Part {
    /// The site.
    pub site: String,
    /// Which part.
    pub shard: Shard,
    /// SHA-256 of the spec: only parts of the same one belong together.
    pub spec: String,
}

impl Manifest {
    /// Notes what was built of a site: a part of it, or all.
    pub fn note(&mut self, site: &str, part: Option<Part>) {
        let belongs = |known: &Part| {
            known.site != site
                || part.as_ref().is_some_and(|part| {
                    (&known.spec, known.shard.of) == (&part.spec, part.shard.of) && known.shard != part.shard
                })
        };
        self.parts.retain(belongs);
        self.parts.extend(part);
        self.parts.sort_by(|a, b| (&a.site, a.shard).cmp(&(&b.site, b.shard)));
    }
}

/// One .deb or .rpm.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Artefact {
    /// The site it belongs to.
    pub site: String,
    /// The application it brings; null for what all applications share.
    pub application: Option<String>,
    /// The OS family it is for.
    pub family: String,
    /// `deb` or `rpm`.
    pub format: String,
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The release of that version.
    pub release: u32,
    /// Of what is in it, as in `liege.lock`: equal digests are equal bytes.
    #[serde(default)]
    pub digest: String,
    /// Of what it was made from, and by what: the same input is not even looked at again. Empty for what follows from more than
    /// one application.
    #[serde(default)]
    pub input: String,
    /// Where it lies, relative to the manifest.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// The unit or the vassal's link that it manages; null when it manages neither.
    pub manages: Option<String>,
}
