//! The lock beside a spec: read before a build, and written after it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::Selection;
use super::console::Verbosity;
use crate::bounded;
use crate::lock::{LOCK, Lock, Locked};
use crate::output::rewrite;
use crate::release::{Note, Standing};
use crate::site::Site;

/// How many packages are named where a line has to do.
const MOST_NAMES: usize = 12;

#[derive(Args)]
pub struct LockArguments {
    /// Fail if liege.lock, next to the spec, is missing or would change.
    #[arg(long, conflicts_with = "unlocked")]
    locked: bool,
    /// Neither read nor write liege.lock: every package gets the version of the spec, changed or not.
    #[arg(long)]
    unlocked: bool,
}

/// The lock of a spec.
pub struct SpecLock {
    path: PathBuf,
    /// The file as it was read; none when there was none.
    text: Option<String>,
    lock: Lock,
    /// Whether it must not change.
    is_fixed: bool,
}

/// What a build changes in a lock.
#[derive(Default)]
pub struct Changes {
    new: Vec<String>,
    changed: Vec<String>,
    removed: Vec<Locked>,
    same: usize,
}

impl SpecLock {
    /// Reads the lock next to the spec; none when it is to be left alone, or the spec is no file and nothing is next to it.
    pub fn open(selection: &Selection) -> Result<Option<Self>> {
        let spec = &selection.spec.spec;
        let LockArguments { locked, unlocked } = selection.lock;
        if unlocked || !spec.is_file() {
            return Ok(None);
        }
        let read = Self { is_fixed: locked, ..Self::beside(spec)? };
        if locked && read.text.is_none() {
            bail!("{} is missing: build without --locked once, and commit it", read.path.display());
        }
        Ok(Some(read))
    }

    /// Reads the lock next to a spec; one that is missing is empty.
    pub fn beside(spec: &Path) -> Result<Self> {
        let path = spec.with_file_name(LOCK);
        let text = match bounded::read_text(&path, bounded::LARGEST_LOCK) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let lock =
            text.as_deref().map_or(Ok(Lock::default()), Lock::parse).with_context(|| path.display().to_string())?;
        Ok(Self { path, text, lock, is_fixed: false })
    }

    /// The file as it was read; none when there was none.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What it holds.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Whether it must not change.
    pub fn is_fixed(&self) -> bool {
        self.is_fixed
    }

    /// What is different from the lock; an error when it was to be the same.
    pub fn compare(&self, site: &Site<'_>, notes: &[Note], selection: &Selection) -> Result<Changes> {
        let mut changes = Changes::default();
        for note in notes {
            let name = || named(&note.locked);
            match note.standing {
                Standing::New => changes.new.push(name()),
                Standing::Changed => changes.changed.push(name()),
                Standing::Same => changes.same += 1,
            }
        }
        changes.removed = self.removed(site, notes, selection).cloned().collect();
        if self.is_fixed && !changes.is_none() {
            bail!(
                "{} is stale ({}): build without --locked, and commit it with the spec",
                self.path.display(),
                changes.names()
            );
        }
        Ok(changes)
    }

    /// Packages of the site that nothing makes any longer, as far as all of their kind were asked for.
    fn removed(&self, site: &Site<'_>, notes: &[Note], selection: &Selection) -> impl Iterator<Item = &Locked> {
        let built: HashSet<_> = notes.iter().map(|note| note.locked.id()).collect();
        let name = site.header.site.to_string();
        self.lock.present().filter(move |locked| {
            locked.site == name
                && selection.includes(&locked.family, None, &locked.name)
                && !built.contains(&locked.id())
        })
    }

    /// Writes what a build changes, and returns what the lock is then.
    pub fn write(&self, changes: &Changes, notes: &[Note]) -> Result<String> {
        if let (true, Some(text)) = (changes.is_none(), &self.text) {
            return Ok(text.clone());
        }
        rewrite(&self.path, |present| {
            // Another build may have written meanwhile, for other packages.
            let is_as_read = present == self.text.as_deref();
            let mut lock =
                if is_as_read { self.lock.clone() } else { present.map_or(Ok(Lock::default()), Lock::parse)? };
            notes.iter().for_each(|note| lock.put(note.locked.clone()));
            changes.removed.iter().for_each(|locked| lock.remove(locked));
            lock.text()
        })
        .context("--unlocked builds without it")
    }

    /// What a build changed, in a line or more.
    pub fn tell(&self, site: &Site<'_>, changes: &Changes, notes: &[Note], verbosity: Verbosity) -> String {
        let counts = [
            (changes.new.len(), "new"),
            (changes.changed.len(), "changed"),
            (changes.removed.len(), "removed"),
            (changes.same, "same"),
        ];
        let counted: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let mut text = format!("{}: {}\n", self.path.display(), counted.join(", "));
        if verbosity == Verbosity::Verbose && !changes.is_none() {
            text.push_str(&format!("  {}\n", changes.names()));
        }
        let version = &site.header.version;
        let kept = notes.iter().filter(|note| note.locked.version != *version).count();
        if kept > 0 {
            text.push_str(&format!(
                "{kept} of them keep an earlier version than {version}, for nothing in them changed; --release 1 builds them anew\n"
            ));
        }
        text
    }
}

impl Changes {
    fn is_none(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    fn names(&self) -> String {
        let removed: Vec<String> = self.removed.iter().map(named).collect();
        let named = [("new", &self.new), ("changed", &self.changed), ("removed", &removed)];
        let parts: Vec<String> = named
            .iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}: {}", some(names)))
            .collect();
        parts.join("; ")
    }
}

/// The first of the names, and how many more there are.
fn some(names: &[String]) -> String {
    let (told, rest) = names.split_at(names.len().min(MOST_NAMES));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    told.join(", ") + &more
}

fn named(locked: &Locked) -> String {
    format!("{} ({})", locked.name, locked.family)
}
