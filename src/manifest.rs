//! `manifest.json`: what lies in an output directory.

use serde::{Deserialize, Serialize};

/// All artefacts of an output directory, sorted by path.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Manifest {
    /// The artefacts.
    pub artefacts: Vec<Artefact>,
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
    /// Where it lies, relative to the manifest.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// The unit or the vassal's link that it manages; null when it manages neither.
    pub manages: Option<String>,
}
