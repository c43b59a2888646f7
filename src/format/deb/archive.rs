//! control.tar and data.tar: entries sorted, owned by name, all of one date.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use tar::{EntryType, Header};

use crate::format::gzip;
use crate::package::{Contents, File, Package, Role};

/// A file of control.tar: name, mode, text.
pub type Member = (String, u32, String);

/// A file as the package brings it.
pub struct Stored<'p> {
    /// What it is.
    pub file: &'p File,
    /// Its bytes, if it is a plain file.
    pub bytes: Option<Cow<'p, [u8]>>,
}

/// What the package installs: everything but links that its scripts make.
pub fn stored(package: &Package) -> Vec<Stored<'_>> {
    let installed = package.files.iter().filter(|file| !matches!(file.contents, Contents::GhostLink(_)));
    installed.map(|file| Stored { file, bytes: bytes_of(file) }).collect()
}

/// data.tar, compressed: every directory above a file, then the file.
pub fn data(package: &Package, stored: &[Stored<'_>]) -> Result<Vec<u8>> {
    let mut known: BTreeSet<&str> = stored.iter().map(|stored| stored.file.path.as_str()).collect();
    let mut archive = Archive::begin(package.date)?;
    for Stored { file, bytes } in stored {
        for folder in folders_above(&file.path) {
            if known.insert(folder) {
                archive.append(&Entry::directory(format!(".{folder}/"), package.date), &[])?;
            }
        }
        let entry = Entry {
            mode: file.mode,
            owner: &file.owner,
            group: &file.group,
            ..Entry::directory(format!(".{}/", file.path), package.date_of(file))
        };
        match bytes {
            Some(bytes) => {
                archive.append(&Entry { path: format!(".{}", file.path), kind: EntryType::Regular, ..entry }, bytes)?
            }
            None => archive.append(&entry, &[])?,
        }
    }
    archive.compress()
}

/// control.tar, compressed.
pub fn control(package: &Package, members: &[Member]) -> Result<Vec<u8>> {
    let mut archive = Archive::begin(package.date)?;
    for (name, mode, text) in members {
        let path = format!("./{name}");
        let entry = Entry { mode: *mode, kind: EntryType::Regular, ..Entry::directory(path, package.date) };
        archive.append(&entry, text.as_bytes())?;
    }
    archive.compress()
}

fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end]).filter(|folder| !folder.is_empty())
}

fn bytes_of(file: &File) -> Option<Cow<'_, [u8]>> {
    let Contents::Text(text) = &file.contents else { return None };
    if file.role != Role::CompressedDocumentation {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    // Debian Policy 12.7 wants documentation at the highest level. Compressing to memory cannot fail.
    gzip::compress(text.as_bytes(), gzip::HIGHEST).ok().map(Cow::Owned)
}

/// Bytes of a name in a tar header.
const NAME_LENGTH: usize = 100;

struct Entry<'e> {
    path: String,
    kind: EntryType,
    mode: u32,
    owner: &'e str,
    group: &'e str,
    date: i64,
}

impl Entry<'_> {
    fn directory(path: String, date: i64) -> Self {
        Self { path, kind: EntryType::Directory, mode: 0o755, owner: "root", group: "root", date }
    }
}

struct Archive(tar::Builder<Vec<u8>>);

impl Archive {
    /// An archive with the directory that everything in it is relative to.
    fn begin(date: i64) -> Result<Self> {
        let mut archive = Self(tar::Builder::new(Vec::new()));
        archive.append(&Entry::directory("./".to_owned(), date), &[])?;
        Ok(archive)
    }

    /// Owners go by name; where a machine does not know the name, dpkg takes the number, which is root's.
    fn append(&mut self, entry: &Entry<'_>, bytes: &[u8]) -> Result<()> {
        let mut header = Header::new_ustar();
        set_name(&mut header, &entry.path)?;
        header.set_entry_type(entry.kind);
        header.set_mode(entry.mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_username(entry.owner)?;
        header.set_groupname(entry.group)?;
        header.set_mtime(u64::try_from(entry.date).context("a date before 1970")?);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        self.0.append(&header, bytes).with_context(|| format!("cannot pack {}", entry.path))
    }

    fn compress(self) -> Result<Vec<u8>> {
        gzip::compress(&self.0.into_inner()?, gzip::LEVEL)
    }
}

/// Names an entry as dpkg-deb does, with `./` in front, which the tar crate would take away. A name beyond 100 bytes goes
/// into the header's prefix, cut at a `/` (POSIX.1, ustar).
fn set_name(header: &mut Header, path: &str) -> Result<()> {
    let cut = if path.len() <= NAME_LENGTH { None } else { path[..path.len() - 1].rfind('/') };
    let (prefix, name) = cut.map_or(("", path), |cut| (&path[..cut], &path[cut + 1..]));
    let fields = header.as_ustar_mut().context("not a ustar header")?;
    if name.len() > fields.name.len() || prefix.len() > fields.prefix.len() {
        bail!("{path} is too long for an archive");
    }
    fields.name[..name.len()].copy_from_slice(name.as_bytes());
    fields.prefix[..prefix.len()].copy_from_slice(prefix.as_bytes());
    Ok(())
}
