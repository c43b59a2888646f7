//! Package → bytes: the two package formats.

mod deb;
mod rpm;

use std::io::Write;

use anyhow::{Result, anyhow};

use crate::package::{Package, Relation, RelationKind};

/// How hard packages are compressed. Level 9 takes up to three times as long and saves nothing of packages this small.
const GZIP_LEVEL: u32 = 6;

/// A package format.
pub trait Format: Sync {
    /// Its name, which is also the file name's extension.
    fn name(&self) -> &'static str;

    /// The file's name, as the format's repositories expect it.
    fn file_name(&self, package: &Package) -> String;

    /// What the format calls a relation, with a colon and the value: a line of `plan`.
    fn relation(&self, relation: &Relation) -> String;

    /// What the format calls packages for every machine.
    fn architecture(&self) -> &'static str;

    /// Writes the artefact. Equal packages become equal bytes.
    ///
    /// # Errors
    /// A writer that fails; a value the format cannot hold, which the narrow types of a spec rule out.
    fn build(&self, package: &Package, writer: &mut dyn Write) -> Result<()>;
}

static FORMATS: [&dyn Format; 2] = [&deb::Deb, &rpm::Rpm];

/// The format of a package's family.
///
/// # Errors
/// A family whose data names a format that does not exist.
pub fn of(package: &Package) -> Result<&'static dyn Format> {
    let name = &package.family.format;
    FORMATS
        .into_iter()
        .find(|format| format.name() == name)
        .ok_or_else(|| anyhow!("specs/families/{}.toml: there is no package format {name}", package.family.name))
}

fn of_kind(package: &Package, kind: RelationKind) -> impl Iterator<Item = &Relation> {
    package.relations.iter().filter(move |relation| relation.kind == kind)
}
