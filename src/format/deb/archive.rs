//! control.tar and data.tar: entries sorted, owned by name, all of one date.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

use super::control::Member;
use crate::package::{Contents, File, Package, Role};

/// data.tar, compressed: every directory above a file, then the file.
pub fn data(package: &Package) -> Result<Vec<u8>> {
    let installed: Vec<&File> =
        package.files.iter().filter(|file| !matches!(file.contents, Contents::Ghost(_))).collect();
    let own: BTreeSet<&str> = installed.iter().map(|file| file.path.as_str()).collect();
    let mut archive = tar::Builder::new(Vec::new());
    let mut above: BTreeSet<&str> = BTreeSet::new();
    append(&mut archive, package, Entry::directory("./"), &[])?;
    for file in installed {
        let folders =
            file.path.match_indices('/').map(|(end, _)| &file.path[..end]).filter(|folder| !folder.is_empty());
        for folder in folders {
            if !own.contains(folder) && above.insert(folder) {
                append(&mut archive, package, Entry::directory(&format!(".{folder}/")), &[])?;
            }
        }
        let path = format!(".{}", file.path);
        let (entry, bytes) = match stored(file) {
            Some(bytes) => (Entry { path, kind: EntryType::Regular, ..Entry::of(file) }, bytes),
            None => (
                Entry { path: format!("{path}/"), kind: EntryType::Directory, ..Entry::of(file) },
                Cow::Borrowed(&[][..]),
            ),
        };
        append(&mut archive, package, entry, &bytes)?;
    }
    compress(&archive.into_inner()?)
}

/// control.tar, compressed.
pub fn control(package: &Package, members: &[Member]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    append(&mut archive, package, Entry::directory("./"), &[])?;
    for (name, mode, text) in members {
        let entry = Entry { path: format!("./{name}"), mode: *mode, kind: EntryType::Regular, ..Entry::directory("") };
        append(&mut archive, package, entry, text.as_bytes())?;
    }
    compress(&archive.into_inner()?)
}

/// The bytes of a file as they are stored; none for what is no plain file.
pub fn stored(file: &File) -> Option<Cow<'_, [u8]>> {
    let Contents::Text(text) = &file.contents else { return None };
    if file.role != Role::CompressedDocumentation {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    // Compressing to memory cannot fail.
    compress(text.as_bytes()).ok().map(Cow::Owned)
}

struct Entry {
    path: String,
    kind: EntryType,
    mode: u32,
    owner: String,
    group: String,
}

impl Entry {
    fn directory(path: &str) -> Self {
        let root = || "root".to_owned();
        Self { path: path.to_owned(), kind: EntryType::Directory, mode: 0o755, owner: root(), group: root() }
    }

    fn of(file: &File) -> Self {
        Self { mode: file.mode, owner: file.owner.clone(), group: file.group.clone(), ..Self::directory(&file.path) }
    }
}

/// Owners go by name; where a machine does not know the name, dpkg takes the number, which is root's.
fn append(archive: &mut tar::Builder<Vec<u8>>, package: &Package, entry: Entry, bytes: &[u8]) -> Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(entry.kind);
    header.set_mode(entry.mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_username(&entry.owner)?;
    header.set_groupname(&entry.group)?;
    header.set_mtime(u64::try_from(package.date).context("a date before 1970")?);
    header.set_size(bytes.len() as u64);
    let failed = || format!("cannot put {} into {}", entry.path, package.name);
    archive.append_data(&mut header, &entry.path, bytes).with_context(failed)
}

/// gzip without name or time, at the level that dpkg-deb and Debian Policy 12.7 use.
fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().write(Vec::with_capacity(bytes.len() / 3), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
