//! The .deb: an ar of control and data, laid out as deb(5), dpkg-deb and cargo-deb do.

mod archive;
mod control;
mod unpack;

use std::io::Write;

use anyhow::{Context as _, Result};

use super::Format;
use crate::package::{Package, Relation, RelationKind};
use crate::unpacked::Unpacked;

/// The Debian package format.
pub struct Deb;

impl Format for Deb {
    fn name(&self) -> &'static str {
        "deb"
    }

    fn revision(&self) -> u32 {
        1
    }

    fn architecture(&self) -> &'static str {
        "all"
    }

    fn file_name(&self, name: &str, build: &str) -> String {
        format!("{name}_{build}_{}.deb", self.architecture())
    }

    fn relation(&self, relation: &Relation) -> String {
        format!("{}: {}", control::field_of(relation.kind), control::relation(relation))
    }

    fn build(&self, package: &Package, writer: &mut dyn Write) -> Result<()> {
        let stored = archive::stored(package);
        let data = archive::data(package, &stored)?;
        let control = archive::control(package, &control::files(package, &stored))?;
        let mut archive = ar::Builder::new(writer);
        let members: [(&str, &[u8]); 3] =
            [("debian-binary", b"2.0\n"), ("control.tar.gz", &control), ("data.tar.gz", &data)];
        for (name, bytes) in members {
            let mut header = ar::Header::new(name.as_bytes().to_vec(), bytes.len() as u64);
            header.set_mode(0o100_644);
            header.set_mtime(u64::try_from(package.date).context("a date before 1970")?);
            archive.append(&header, bytes).with_context(|| format!("cannot write {name} of {}", package.name))?;
        }
        Ok(())
    }

    fn unpack(&self, artefact: &[u8]) -> Result<Unpacked> {
        unpack::unpack(artefact)
    }
}

/// The kinds of relation, in the order of their fields.
const KINDS: [RelationKind; 4] =
    [RelationKind::RequiresBefore, RelationKind::Requires, RelationKind::Recommends, RelationKind::Provides];
