//! Artefacts that other machines packed before, in storage that all may read.
//!
//! An artefact lies under the digest of what was packed, and is believed only if it has the SHA-256 that the lock knows, which
//! is in version control: nobody who can write to the storage can change a package. A cache never fails a build.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;

use crate::repository::sha256;
use crate::store::{Purpose, Store};

/// How many packages are worked on at once with a cache, most of which wait for it.
pub const AT_ONCE: usize = 32;

/// A shared store of artefacts.
pub struct Cache {
    store: Store,
    /// Whether reading has not failed yet; after that, nothing is asked of it.
    answers: AtomicBool,
    /// The same of writing: many may read, and few write.
    takes: AtomicBool,
    fetched: AtomicUsize,
    stored: AtomicUsize,
    told: Mutex<Vec<String>>,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Use {
    /// How many artefacts came from it.
    pub fetched: usize,
    /// How many were put into it.
    pub stored: usize,
    /// What was wrong with it.
    pub told: Vec<String>,
}

impl Cache {
    /// Opens a directory, `s3://BUCKET/PREFIX`, or `http(s)://…` for reading.
    ///
    /// # Errors
    /// A place that makes no sense; one that cannot be reached shows later.
    pub fn open(place: &str) -> Result<Self> {
        let store = Store::open(place, Purpose::Share)?;
        Ok(Self {
            store,
            answers: AtomicBool::new(true),
            takes: AtomicBool::new(true),
            fetched: AtomicUsize::new(0),
            stored: AtomicUsize::new(0),
            told: Mutex::new(Vec::new()),
        })
    }

    /// The artefact of the package with this digest, if it is there with the SHA-256 that is expected.
    pub fn fetch(&self, digest: &str, format: &str, expected: &str) -> Option<Vec<u8>> {
        if !self.answers.load(Ordering::Relaxed) {
            return None;
        }
        let path = path(digest, format);
        let found = match self.store.read(&path) {
            Ok(found) => found?.bytes,
            Err(error) => {
                self.give_up(&self.answers, &error);
                return None;
            }
        };
        if sha256(&found) != expected {
            self.tell(format!(
                "{}/{path} is not the package that the lock knows, and was built anew",
                self.store.name()
            ));
            return None;
        }
        self.fetched.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    /// Puts an artefact there for others.
    pub fn put(&self, digest: &str, format: &str, artefact: &[u8]) {
        if !self.takes.load(Ordering::Relaxed) {
            return;
        }
        match self.store.overwrite(&path(digest, format), artefact.to_vec()) {
            Ok(()) => {
                self.stored.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => self.give_up(&self.takes, &error),
        }
    }

    fn give_up(&self, on: &AtomicBool, error: &anyhow::Error) {
        if on.swap(false, Ordering::Relaxed) {
            self.tell(format!("the cache is left alone: {error:#}"));
        }
    }

    fn tell(&self, what: String) {
        if let Ok(mut told) = self.told.lock() {
            told.push(what);
        }
    }

    /// What became of it.
    #[must_use]
    pub fn finish(self) -> Use {
        Use {
            fetched: self.fetched.into_inner(),
            stored: self.stored.into_inner(),
            told: self.told.into_inner().unwrap_or_default(),
        }
    }
}

/// Where the artefact of a package lies: in one of 256 directories.
fn path(digest: &str, format: &str) -> String {
    format!("{}/{digest}.{format}", digest.get(..2).unwrap_or_default())
}
