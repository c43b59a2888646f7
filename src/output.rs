//! Writes a tree of artefacts; the only module that writes. What was there before stays whole until all of the new is.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempDir};

use crate::manifest::{Artefact, Manifest};

/// Name of the manifest in an output directory.
pub const MANIFEST: &str = "manifest.json";

/// How the staging directory's name begins; one that an interrupted build left is taken away by the next.
const STAGE: &str = ".liege-";

/// Permission bits of any new file, before the umask takes its part.
pub const NEW_FILE: u32 = 0o666;

/// An output directory that is being written to.
pub struct Output {
    root: PathBuf,
    stage: TempDir,
    former: Manifest,
    /// Paths of artefacts that stay as they are.
    kept: Mutex<BTreeSet<String>>,
    /// `root` itself, open and locked until the end, so that two builds never write at once.
    directory: File,
}

/// An artefact in the making; counts and digests what passes.
pub struct Writer {
    file: BufWriter<File>,
    digest: Sha256,
    size: u64,
}

impl Output {
    /// Opens `root` for writing, and makes it when it is missing.
    ///
    /// # Errors
    /// A directory that cannot be made or written, another build that is writing to it, a manifest that cannot be read.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("cannot make the output directory {}", root.display()))?;
        let directory = File::open(root).with_context(|| format!("cannot open {}", root.display()))?;
        if directory.try_lock().is_err() {
            bail!(
                "another build is writing to {}; wait for it, or choose another directory with --out",
                root.display()
            );
        }
        remove_stale_stages(root)?;
        let former = read_manifest(root)?;
        let stage = tempfile::Builder::new()
            .prefix(STAGE)
            .tempdir_in(root)
            .with_context(|| format!("cannot write to {}", root.display()))?;
        Ok(Self { root: root.to_owned(), stage, former, kept: Mutex::default(), directory })
    }

    /// Keeps the artefact at `path` if `is_same` says so of it, and its bytes are still those that were written.
    pub fn keep_artefact(&self, path: &str, is_same: impl Fn(&Artefact) -> bool) -> Option<Artefact> {
        let known = &self.former.artefacts;
        let former = &known[known.binary_search_by(|artefact| artefact.path.as_str().cmp(path)).ok()?];
        if !is_same(former) {
            return None;
        }
        let bytes = fs::read(self.root.join(path)).ok()?;
        if hex::encode(Sha256::digest(&bytes)) != former.sha256 {
            return None;
        }
        self.kept.lock().ok()?.insert(path.to_owned());
        Some(former.clone())
    }

    /// Begins an artefact at `path`, relative to the output directory.
    ///
    /// # Errors
    /// A file that cannot be made.
    pub fn create(&self, path: &str) -> Result<Writer> {
        let path = self.stage.path().join(path);
        let failed = || format!("cannot write {}", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        let file = File::create(&path).with_context(failed)?;
        Ok(Writer { file: BufWriter::new(file), digest: Sha256::new(), size: 0 })
    }

    /// Puts the new artefacts into the place of the former ones that `replaces` names; everything else that is there stays.
    /// Returns the manifest of all. Each family's directory is exchanged for the new one in one step.
    ///
    /// # Errors
    /// A file that cannot be linked or moved. The former artefacts are whole then.
    pub fn replace(&self, artefacts: Vec<Artefact>, replaces: impl Fn(&Artefact) -> bool) -> Result<Manifest> {
        let kept = self.kept.lock().map(|kept| kept.clone()).unwrap_or_default();
        let new: BTreeSet<&str> = artefacts.iter().map(|artefact| artefact.path.as_str()).collect();
        let (gone, stays): (Vec<&Artefact>, Vec<&Artefact>) =
            self.former.artefacts.iter().partition(|former| replaces(former) || new.contains(former.path.as_str()));
        let dropped: BTreeSet<&str> =
            gone.iter().map(|artefact| artefact.path.as_str()).filter(|path| !kept.contains(*path)).collect();
        let touched = dropped.iter().chain(new.iter().filter(|path| !kept.contains(**path)));
        let families: BTreeSet<&str> =
            touched.filter_map(|path| path.split_once('/')).map(|(family, _)| family).collect();
        for family in &families {
            self.keep(family, &dropped)?;
        }
        if !families.is_empty() {
            rustix::fs::syncfs(&self.directory)
                .with_context(|| format!("cannot finish writing to {}", self.root.display()))?;
        }
        for family in families {
            self.exchange(family, &dropped)?;
        }
        let mut all: Vec<Artefact> = stays.into_iter().cloned().collect();
        all.extend(artefacts);
        all.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Manifest { parts: self.former.parts.clone(), artefacts: all })
    }

    /// Whether the manifest says something else than the former one.
    #[must_use]
    pub fn is_new(&self, manifest: &Manifest) -> bool {
        *manifest != self.former
    }

    /// Writes the manifest, which makes the new state the present one.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(self, manifest: &Manifest) -> Result<()> {
        if !self.is_new(manifest) {
            return Ok(());
        }
        self.put(MANIFEST, |to| {
            serde_json::to_writer_pretty(&mut *to, manifest)?;
            Ok(to.write_all(b"\n")?)
        })
    }

    /// Whether there is a file of that name beside the manifest.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.root.join(name).is_file()
    }

    /// A document that a former build left, if there is one.
    ///
    /// # Errors
    /// One that cannot be read.
    pub fn document(&self, name: &str) -> Result<Option<String>> {
        read_if_there(&self.root.join(name))
    }

    /// Takes over into the new directory of a family what is not dropped from the present one.
    fn keep(&self, family: &str, dropped: &BTreeSet<&str>) -> Result<()> {
        let (present, stage) = (self.root.join(family), self.stage.path().join(family));
        fs::create_dir_all(&stage).with_context(|| format!("cannot make {}", stage.display()))?;
        if !present.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(&present).with_context(|| format!("cannot list {}", present.display()))? {
            let entry = entry.with_context(|| format!("cannot list {}", present.display()))?;
            let name = entry.file_name();
            let target = stage.join(&name);
            if dropped.contains(format!("{family}/{}", name.to_string_lossy()).as_str()) || target.exists() {
                continue;
            }
            fs::hard_link(entry.path(), &target).with_context(|| {
                format!(
                    "{} is not an artefact of liege and cannot be taken over: move it elsewhere",
                    entry.path().display()
                )
            })?;
        }
        Ok(())
    }

    fn exchange(&self, family: &str, dropped: &BTreeSet<&str>) -> Result<()> {
        let (present, stage) = (self.root.join(family), self.stage.path().join(family));
        let failed = || format!("cannot put the new {} into place", present.display());
        if present.exists() {
            // Some file systems cannot exchange, and a mount point cannot be moved: there it is file by file.
            if renameat_with(CWD, &stage, CWD, &present, RenameFlags::EXCHANGE).is_err() {
                move_files(&stage, &present).with_context(failed)?;
                for path in dropped.iter().filter(|path| path.starts_with(&format!("{family}/"))) {
                    let stale = self.root.join(path);
                    if !stage.join(path).exists() && stale.exists() {
                        fs::remove_file(&stale).with_context(failed)?;
                    }
                }
            }
        } else {
            fs::rename(&stage, &present).with_context(failed)?;
        }
        if fs::read_dir(&present).with_context(failed)?.next().is_none() {
            fs::remove_dir(&present).with_context(failed)?;
        }
        Ok(())
    }

    /// Writes a document that lies beside the manifest, whole or not at all.
    ///
    /// # Errors
    /// What `write` says; a file that cannot be written.
    pub fn put(&self, name: &str, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        let (path, stage) = (self.root.join(name), self.stage.path().join(name));
        let written = || -> Result<()> {
            let mut file = BufWriter::new(File::create(&stage)?);
            write(&mut file)?;
            file.flush()?;
            Ok(fs::rename(&stage, &path)?)
        };
        written().with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Writer {
    /// Ends the artefact: its size in bytes and its SHA-256.
    ///
    /// # Errors
    /// Bytes that could not be written.
    pub fn finish(mut self) -> Result<(u64, String)> {
        self.file.flush().context("cannot write an artefact")?;
        Ok((self.size, hex::encode(self.digest.finalize())))
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// The manifest of an output directory; empty when there is none.
///
/// # Errors
/// A manifest that cannot be read.
pub fn read_manifest(root: &Path) -> Result<Manifest> {
    let path = root.join(MANIFEST);
    let Some(text) = read_if_there(&path)? else { return Ok(Manifest::default()) };
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no manifest of liege; remove it to begin anew", path.display()))
}

/// The text of a file, if there is one.
///
/// # Errors
/// A file that cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes the file at `path` anew, from what is in it: whole or not at all, and one writer after the other. Returns what is in it
/// then.
///
/// # Errors
/// A directory that cannot be written; whatever `change` fails with.
pub fn rewrite(path: &Path, change: impl FnOnce(Option<&str>) -> Result<String>) -> Result<String> {
    let failed = || format!("cannot write {}", path.display());
    let folder = folder_of(path);
    let lock = File::open(folder).with_context(failed)?;
    lock.lock().with_context(failed)?;
    let present = read_if_there(path)?;
    let text = change(present.as_deref()).with_context(failed)?;
    staged(folder, &text, NEW_FILE).and_then(|file| Ok(file.persist(path)?)).with_context(failed)?;
    Ok(text)
}

/// Fails if there is a file at `path`, or anything else.
///
/// # Errors
/// There is.
pub fn refuse_existing(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(_) => bail!("{} exists already; name another file", path.display()),
        Err(_) => Ok(()),
    }
}

/// Writes a file that is not there yet: whole or not at all. Of `mode` the umask takes its part.
///
/// # Errors
/// A file that is there, or a directory that cannot be written.
pub fn write_new(path: &Path, text: &str, mode: u32) -> Result<()> {
    refuse_existing(path)?;
    let failed = || format!("cannot write {}", path.display());
    staged(folder_of(path), text, mode).and_then(|file| Ok(file.persist_noclobber(path)?)).with_context(failed)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A text on disk, under no name that lasts.
fn staged(folder: &Path, text: &str, mode: u32) -> Result<NamedTempFile> {
    let permissions = fs::Permissions::from_mode(mode);
    let mut file = tempfile::Builder::new().prefix(STAGE).permissions(permissions).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn remove_stale_stages(root: &Path) -> Result<()> {
    for entry in fs::read_dir(root).with_context(|| format!("cannot list {}", root.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", root.display()))?;
        if entry.file_name().to_string_lossy().starts_with(STAGE) {
            let path = entry.path();
            fs::remove_dir_all(&path)
                .with_context(|| format!("cannot remove what an interrupted build left: {}", path.display()))?;
        }
    }
    Ok(())
}

fn move_files(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::rename(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
