//! Adds packages to a repository so that every client, at every moment, sees one complete state of it.
//!
//! Packages are written first, then index files at paths where they stay, then the signed root, then what follows from it.
//! Of two publishers at once, the one whose root was overtaken begins anew on the other's state.

mod merge;
mod sweep;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::date::rfc2822;
use crate::manifest::Artefact;
use crate::repository::{Entry, Kind, Listed, Opened, Root, Seal, Settings, sha256};
use crate::sign::{Certificate, Signer};
use crate::store::{Outcome, Store, Stored};

pub use merge::Refusal;

/// How often a publisher that is overtaken begins anew.
const ATTEMPTS: u32 = 200;

/// For how many seconds at most a publisher waits until the date of its state has come.
const PATIENCE: u64 = 10;

/// What to do about a state that was put back.
const ACCEPT: &str = "if that was you, take its line out of the file that --seen names";

/// A day, in seconds.
pub const DAY: i64 = 24 * 60 * 60;

/// A repository in a store.
pub struct Repository<'a> {
    /// Where it lies.
    pub store: &'a Store,
    /// Its directory there.
    pub directory: String,
    /// What kind of repository it is.
    pub kind: &'static dyn Kind,
    /// Its settings.
    pub settings: Settings,
}

/// Gives a package's bytes when they are wanted.
pub type Reader = Box<dyn Fn() -> Result<Vec<u8>> + Send + Sync>;

/// A package to publish.
pub struct Candidate {
    /// The package's name.
    pub name: String,
    /// Its version and release.
    pub version: String,
    /// The name of its file.
    pub file_name: String,
    /// Reads its bytes.
    pub read: Reader,
}

impl Candidate {
    /// A package that was built into the directory `out`.
    ///
    /// # Errors
    /// A path that names no file.
    pub fn of(out: &Path, artefact: &Artefact) -> Result<Self> {
        let path = out.join(&artefact.path);
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
            bail!("{}: a path without a name", artefact.path);
        };
        let digest = artefact.sha256.clone();
        let read = move || {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if sha256(&bytes) != digest {
                bail!("{} is not what was built: run `liege build` again", path.display());
            }
            Ok(bytes)
        };
        let version = format!("{}-{}", artefact.version, artefact.release);
        Ok(Self { name: artefact.package.clone(), version, file_name, read: Box::new(read) })
    }

    fn key(&self) -> (&str, &str) {
        (&self.name, &self.version)
    }
}

/// When to sign a root although no package changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// When half of its time is over.
    WhenDue,
    /// In any case.
    Always,
}

/// How to publish.
#[derive(Clone, Copy)]
pub struct Policy<'a> {
    /// Who signs.
    pub signer: &'a Signer,
    /// Further keys by which the present state may be signed: the former one, when a repository changes its key.
    pub former: Option<&'a Certificate>,
    /// For how many seconds clients believe a root.
    pub valid_for: Option<i64>,
    /// When to sign a root although no package changed.
    pub signing: Signing,
    /// How many versions of a package stay; without it, all.
    pub keep: Option<usize>,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// The latest date that this repository is known to have had: an older state was put back by somebody.
    pub seen: Option<i64>,
}

/// What publishing did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Packages that are new in the repository.
    pub added: Vec<Entry>,
    /// Packages that are no longer in it.
    pub removed: Vec<String>,
    /// How many packages it holds now.
    pub total: usize,
    /// Whether a new root was signed.
    pub signed: bool,
    /// The date of the root.
    pub date: i64,
    /// Until when clients believe it.
    pub valid_until: Option<i64>,
}

/// A repository as it was read.
pub struct State {
    pointer: Option<Stored>,
    /// What its root says; none when there is no repository yet.
    pub root: Option<Root>,
    /// Its packages.
    pub entries: Vec<Entry>,
}

impl Repository<'_> {
    /// Where a file of the repository lies in the store.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}/{path}", self.directory)
    }

    /// Reads the repository and believes nothing that its root does not vouch for.
    ///
    /// # Errors
    /// A root that is not signed by the certificate, or index files that are not those it names.
    pub fn state(&self, certificate: &Certificate) -> Result<State> {
        let Some(pointer) = self.store.read(&self.path(&self.kind.pointer(&self.settings)))? else {
            return Ok(State { pointer: None, root: None, entries: Vec::new() });
        };
        let named = || format!("{}: {}", self.store.name(), self.directory);
        let root = self.kind.open(&pointer.bytes, &self.reader(), &self.settings, certificate).with_context(named)?;
        let mut files = Vec::new();
        for listed in self.kind.sources(&root) {
            let path = self.path(&listed.lasting_path);
            let stored =
                self.store.read(&path)?.with_context(|| format!("{}: {path} is missing", self.store.name()))?;
            if sha256(&stored.bytes) != listed.sha256 {
                bail!("{}: {path} is not the file that the signed root names", self.store.name());
            }
            files.push(stored.bytes);
        }
        let entries = self.kind.entries(&files).with_context(named)?;
        Ok(State { pointer: Some(pointer), root: Some(root), entries })
    }

    /// Reads files by their paths in the repository.
    pub fn reader(&self) -> impl Fn(&str) -> Result<Option<Vec<u8>>> {
        |path| Ok(self.store.read(&self.path(path))?.map(|stored| stored.bytes))
    }

    /// Adds packages.
    ///
    /// # Errors
    /// [`Refusal`] when a package is there with other bytes; a store that cannot be read or written; a state that nobody of
    /// us signed.
    pub fn publish(&self, candidates: &[Candidate], policy: &Policy<'_>) -> Result<Report> {
        let certificate = trusted(policy);
        let begun = Instant::now();
        for attempt in 0..ATTEMPTS {
            let policy = Policy { now: policy.now + seconds_since(begun), ..*policy };
            match self.attempt(candidates, &policy, &certificate)? {
                Some(report) => return Ok(report),
                None => std::thread::sleep(pause(attempt)),
            }
        }
        bail!("{}: others keep publishing to {}; try again later", self.store.name(), self.directory)
    }

    /// Signs a new root over the same packages, so that clients believe it for longer.
    ///
    /// # Errors
    /// As for [`Repository::publish`], and a repository that is not there.
    pub fn refresh(&self, policy: &Policy<'_>) -> Result<Report> {
        let certificate = trusted(policy);
        if self.state(&certificate)?.root.is_none() {
            bail!("{}: there is no repository in {}", self.store.name(), self.directory);
        }
        let soon = Policy { signing: Signing::Always, ..*policy };
        self.publish(&[], &soon)
    }

    fn attempt(
        &self,
        candidates: &[Candidate],
        policy: &Policy<'_>,
        certificate: &Certificate,
    ) -> Result<Option<Report>> {
        let mut state = self.state(certificate)?;
        self.refuse_older(state.root.as_ref(), policy)?;
        sweep::sweep(self, &state, policy)?;
        let mut merged = merge::merge(self, std::mem::take(&mut state.entries), candidates, policy)?;
        let changes = !merged.added.is_empty() || !merged.removed.is_empty();
        if let (Some(pointer), Some(root)) = (&state.pointer, &state.root)
            && !changes
            && !self.is_due(root, pointer, policy)
        {
            let root = self.finish(&pointer.bytes, &merged.entries, policy, certificate)?;
            return Ok(Some(report(&merged, &root, Signed::Before)));
        }
        merged.entries.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        let former = state.root.as_ref();
        let date = former.map_or(policy.now, |root| policy.now.max(root.date + 1));
        // Some clients do not believe what is signed in the future.
        let ahead = u64::try_from(date - policy.now).unwrap_or_default();
        std::thread::sleep(Duration::from_secs(ahead.min(PATIENCE)));
        let valid_until = policy.valid_for.map(|seconds| date + seconds);
        let seal = Seal {
            settings: &self.settings,
            origin: self.settings.name.as_deref().or(former.and_then(|root| root.origin.as_deref())),
            url: self.settings.url.as_deref().or(former.and_then(|root| root.url.as_deref())),
            date,
            valid_until,
            signer: policy.signer,
        };
        let sealed = self.kind.seal(&merged.entries, &seal)?;
        self.store.create(sealed.files.into_iter().map(|file| (self.path(&file.path), file.bytes)).collect())?;
        let pointer = sealed.pointer;
        let path = self.path(&pointer.path);
        if self.store.replace(&path, pointer.bytes.clone(), state.pointer.as_ref())? == Outcome::Overtaken {
            return Ok(None);
        }
        let root = self.finish(&pointer.bytes, &merged.entries, policy, certificate)?;
        Ok(Some(report(&merged, &root, Signed::Now)))
    }

    /// Whether a root has to be signed anew although no package changed: half of the time for which it is believed is over,
    /// or another key signed it.
    fn is_due(&self, root: &Root, pointer: &Stored, policy: &Policy<'_>) -> bool {
        let late = |until: i64| policy.valid_for.is_some_and(|lasting| until - policy.now < lasting / 2);
        let own = policy.signer.certificate();
        let is_foreign = self.kind.open(&pointer.bytes, &self.reader(), &self.settings, own).is_err();
        let has_moved = self.settings.url.is_some() && root.url.is_some() && self.settings.url != root.url;
        policy.signing == Signing::Always || root.valid_until.is_some_and(late) || is_foreign || has_moved
    }

    /// A state that is older than one that was seen: somebody put it back.
    fn refuse_older(&self, root: Option<&Root>, policy: &Policy<'_>) -> Result<()> {
        let Some(seen) = policy.seen else { return Ok(()) };
        let Some(root) = root else {
            bail!("{}: {} is gone, but was there at {}; {ACCEPT}", self.store.name(), self.directory, rfc2822(seen));
        };
        if root.date < seen {
            bail!(
                "{}: {} was signed at {}, but had been at {} before: somebody put an older state back; {ACCEPT}",
                self.store.name(),
                self.directory,
                rfc2822(root.date),
                rfc2822(seen)
            );
        }
        Ok(())
    }

    /// Writes what follows from the state of `pointer` and `entries`, also after a publisher that was interrupted: copies of
    /// index files under the names that other clients ask for, and signatures apart from what they sign.
    fn finish(
        &self,
        pointer: &[u8],
        entries: &[Entry],
        policy: &Policy<'_>,
        certificate: &Certificate,
    ) -> Result<Root> {
        let root = self.kind.open(pointer, &self.reader(), &self.settings, certificate)?;
        if self.follow(&Opened { pointer, root: &root, entries }, policy)? == Outcome::Written {
            return Ok(root);
        }
        // Another publisher was faster with the next state, and may be slower with what follows from it.
        for _ in 0..ATTEMPTS {
            let state = self.state(certificate)?;
            let (Some(pointer), Some(root)) = (state.pointer, state.root) else { bail!("the repository is gone") };
            let present = Opened { pointer: &pointer.bytes, root: &root, entries: &state.entries };
            if self.follow(&present, policy)? == Outcome::Written {
                return Ok(root);
            }
        }
        bail!("{}: others keep publishing to {}", self.store.name(), self.directory)
    }

    /// Writes what follows from a state, and says whether it was still the present one at the end.
    fn follow(&self, state: &Opened<'_>, policy: &Policy<'_>) -> Result<Outcome> {
        for listed in state.root.files.iter().filter(|listed| listed.path != listed.lasting_path) {
            self.copy(listed)?;
        }
        for file in self.kind.companions(state, &self.settings, policy.signer)? {
            let path = self.path(&file.path);
            if self.store.read(&path)?.is_none_or(|stored| stored.bytes != file.bytes) {
                self.store.overwrite(&path, file.bytes)?;
            }
        }
        let now = self.store.read(&self.path(&self.kind.pointer(&self.settings)))?;
        let is_present = now.is_some_and(|now| now.bytes == state.pointer);
        Ok(if is_present { Outcome::Written } else { Outcome::Overtaken })
    }

    fn copy(&self, listed: &Listed) -> Result<()> {
        let (path, lasting) = (self.path(&listed.path), self.path(&listed.lasting_path));
        if self.store.read(&path)?.is_some_and(|stored| sha256(&stored.bytes) == listed.sha256) {
            return Ok(());
        }
        let stored = self.store.read(&lasting)?;
        let stored = stored.with_context(|| format!("{}: {lasting} is missing", self.store.name()))?;
        self.store.overwrite(&path, stored.bytes)
    }
}

enum Signed {
    Before,
    Now,
}

fn report(merged: &merge::Merged, root: &Root, signed: Signed) -> Report {
    Report {
        added: merged.added.clone(),
        removed: merged.removed.clone(),
        total: merged.entries.len(),
        signed: matches!(signed, Signed::Now),
        date: root.date,
        valid_until: root.valid_until,
    }
}

fn trusted(policy: &Policy<'_>) -> Certificate {
    let certificate = policy.signer.certificate().clone();
    match policy.former {
        Some(former) => certificate.with(former.clone()),
        None => certificate,
    }
}

fn seconds_since(begun: Instant) -> i64 {
    i64::try_from(begun.elapsed().as_secs()).unwrap_or_default()
}

/// Longer after each attempt, and not the same for two publishers.
fn pause(attempt: u32) -> Duration {
    let most = 50 * (u64::from(attempt) + 1).min(40);
    Duration::from_millis(rand::random::<u64>() % most + 10)
}
