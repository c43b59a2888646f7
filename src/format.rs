//! Package → bytes: the two package formats.

mod deb;
mod gzip;
mod rpm;

use std::io::Write;

use anyhow::{Result, anyhow};

use crate::family::Family;
use crate::package::{Package, Relation, RelationKind};
use crate::unpacked::Unpacked;

pub use rpm::parse as parse_rpm;

/// A package format.
pub trait Format: Sync {
    /// Its name, which is also the file name's extension.
    fn name(&self) -> &'static str;

    /// Raised whenever the same package becomes other bytes than before, so that a lock gives it a new release.
    fn revision(&self) -> u32;

    /// The file's name, as the format's repositories expect it; `build` is version and release.
    fn file_name(&self, name: &str, build: &str) -> String;

    /// What the format calls a relation, with a colon and the value: a line of `plan`.
    fn relation(&self, relation: &Relation) -> String;

    /// What the format calls packages for every machine.
    fn architecture(&self) -> &'static str;

    /// Writes the artefact. Equal packages become equal bytes.
    ///
    /// # Errors
    /// A writer that fails; a value the format cannot hold, which the narrow types of a spec rule out.
    fn build(&self, package: &Package, writer: &mut dyn Write) -> Result<()>;

    /// Reads the parts of an artefact back.
    ///
    /// # Errors
    /// What is no artefact of the format.
    fn unpack(&self, artefact: &[u8]) -> Result<Unpacked>;
}

static FORMATS: [&dyn Format; 2] = [&deb::Deb, &rpm::Rpm];

/// The format of a package's family.
///
/// # Errors
/// A family whose data names a format that does not exist.
pub fn of(package: &Package) -> Result<&'static dyn Format> {
    of_family(package.family)
}

/// The format of a family's packages.
///
/// # Errors
/// As for [`of`].
pub fn of_family(family: &Family) -> Result<&'static dyn Format> {
    let name = &family.format;
    FORMATS
        .into_iter()
        .find(|format| format.name() == name)
        .ok_or_else(|| anyhow!("specs/families/{}.toml: there is no package format {name}", family.name))
}

fn of_kind(package: &Package, kind: RelationKind) -> impl Iterator<Item = &Relation> {
    package.relations.iter().filter(move |relation| relation.kind == kind)
}
