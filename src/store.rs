//! Where repositories lie: a directory, object storage, or (only to read) a web server.

use std::fs::File;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use futures_executor::block_on;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3Builder;
use object_store::http::HttpBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Attribute, Attributes, ClientOptions, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion,
};
use rayon::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::date::now;

/// How many requests are under way at once.
const AT_ONCE: usize = 16;

/// The largest file that is read, in bytes: an index of 100,000 packages takes less than a tenth of it.
const LARGEST: u64 = 1_000_000_000;

/// Name of the file that a publisher to a directory locks.
const LOCK: &str = ".lock";

/// A place for files, each written whole or not at all.
pub struct Store {
    inner: Arc<dyn ObjectStore>,
    driver: Driver,
    /// How two writers are kept apart.
    writers: Writers,
    /// Whether web servers show clients what is written.
    is_served: bool,
    /// What to call it in messages.
    name: String,
}

/// What waits for requests.
enum Driver {
    /// The thread that asks: a directory answers at once, and many files are a matter of cores.
    Caller,
    /// A runtime: an answer comes from a network, and many are under way at once.
    Runtime(Runtime),
}

enum Writers {
    /// One after the other: the directory stays locked.
    Locked { _lock: File },
    /// The storage refuses what overtakes another's writing.
    Conditional,
    /// Not at all: files mean the same whoever writes them.
    Alike,
}

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its contents.
    pub bytes: Vec<u8>,
    /// When it was written, in seconds since 1970.
    modified: i64,
    version: UpdateVersion,
}

/// What became of a write that was not to overtake anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is written.
    Written,
    /// Another writer was there first.
    Overtaken,
}

/// A file in a listing.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it lies.
    pub path: String,
    /// When it was written, in seconds since 1970.
    pub modified: i64,
}

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reading alone.
    Read,
    /// Reading, and changing what is there.
    Change,
    /// Reading and writing; a directory is made when it is missing.
    Write,
    /// Reading and writing files that mean the same whoever wrote them last.
    Share,
}

impl Store {
    /// Opens a directory, `s3://BUCKET/PREFIX` (settings from the environment: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, …),
    /// or `http(s)://…` for reading.
    ///
    /// # Errors
    /// A place that cannot be reached, or a directory that another publisher is writing to.
    pub fn open(place: &str, purpose: Purpose) -> Result<Self> {
        let failed = || format!("cannot open {place}");
        // The one that is installed already is the same.
        rustls::crypto::ring::default_provider().install_default().ok();
        let (inner, writers): (Arc<dyn ObjectStore>, Writers) = match place.split_once("://") {
            Some(("s3", rest)) => {
                let store = AmazonS3Builder::from_env().with_url(place).build().with_context(failed)?;
                let prefix = rest.split_once('/').map_or("", |(_, prefix)| prefix);
                (Arc::new(PrefixStore::new(store, Path::parse(prefix).with_context(failed)?)), Writers::Conditional)
            }
            Some(("http" | "https", _)) if matches!(purpose, Purpose::Read | Purpose::Share) => {
                let options = ClientOptions::new().with_allow_http(true).with_timeout(Duration::from_secs(60));
                let store = HttpBuilder::new().with_url(place).with_client_options(options).build();
                (Arc::new(store.with_context(failed)?), Writers::Conditional)
            }
            Some(("file", path)) => return Self::directory(FilePath::new(path), purpose, place),
            Some((scheme, _)) => bail!("cannot write to {scheme}://: name a directory or s3://BUCKET/PREFIX"),
            None => return Self::directory(FilePath::new(place), purpose, place),
        };
        let writers = if purpose == Purpose::Share { Writers::Alike } else { writers };
        Ok(Self { inner, driver: runtime()?, writers, is_served: true, name: place.to_owned() })
    }

    fn directory(path: &FilePath, purpose: Purpose, place: &str) -> Result<Self> {
        let (inner, writers) = directory(path, purpose).with_context(|| format!("cannot open {place}"))?;
        Ok(Self { inner, driver: Driver::Caller, writers, is_served: true, name: place.to_owned() })
    }

    /// Any other storage with conditional writes, of which no web server shows anything.
    ///
    /// # Errors
    /// No threads to be had.
    pub fn of(inner: Arc<dyn ObjectStore>) -> Result<Self> {
        let (driver, writers) = (runtime()?, Writers::Conditional);
        Ok(Self { inner, driver, writers, is_served: false, name: "the storage".to_owned() })
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.driver {
            Driver::Caller => block_on(work),
            Driver::Runtime(runtime) => runtime.block_on(work),
        }
    }

    /// Works on many at once, and keeps their order.
    fn wait_for_all<T, R, F>(&self, items: Vec<T>, work: impl Fn(T) -> F + Sync) -> Result<Vec<R>>
    where
        T: Send,
        R: Send,
        F: Future<Output = Result<R>>,
    {
        match &self.driver {
            Driver::Caller => items.into_par_iter().map(|item| block_on(work(item))).collect(),
            Driver::Runtime(runtime) => runtime.block_on(stream::iter(items).map(work).buffered(AT_ONCE).try_collect()),
        }
    }

    /// What to call it in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads a file; none when there is none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, path: &str) -> Result<Option<Stored>> {
        self.wait(self.read_one(path))
    }

    /// Reads many files; none where there is none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_some(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        let read = |path: String| async move { Ok(self.read_one(&path).await?.map(|stored| stored.bytes)) };
        self.wait_for_all(paths.to_vec(), read)
    }

    async fn read_one(&self, path: &str) -> Result<Option<Stored>> {
        let failed = || format!("cannot read {path} in {}", self.name);
        let found = match self.inner.get(&Path::parse(path).with_context(failed)?).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            found => found.with_context(failed)?,
        };
        if found.meta.size > LARGEST {
            bail!(
                "{path} in {} is larger than {} MB, which no file of a repository is",
                self.name,
                LARGEST / 1_000_000
            );
        }
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let modified = found.meta.last_modified.timestamp();
        Ok(Some(Stored { bytes: found.bytes().await.with_context(failed)?.to_vec(), modified, version }))
    }

    /// Writes files that never change once they are there. Says of each whether it was written or already there.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn create(&self, files: Vec<(String, Vec<u8>)>) -> Result<Vec<Outcome>> {
        self.wait_for_all(files, |(path, bytes)| async move {
            self.put(&path, bytes, PutOptions { mode: PutMode::Create, ..PutOptions::default() }).await
        })
    }

    /// Writes a file that changes, unless somebody else wrote it since `former` was read. It waits for the next second when
    /// `former` was written in this one: web servers tell the age of files in whole seconds, and apt, which asks only for
    /// what is newer, would keep the former.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn replace(&self, path: &str, bytes: Vec<u8>, former: Option<&Stored>) -> Result<Outcome> {
        let mode = match (&self.writers, former) {
            (Writers::Locked { .. } | Writers::Alike, _) => PutMode::Overwrite,
            (Writers::Conditional, Some(former)) => PutMode::Update(former.version.clone()),
            (Writers::Conditional, None) => PutMode::Create,
        };
        if self.is_served && former.is_some_and(|former| former.modified == now()) {
            std::thread::sleep(rest_of_second());
        }
        self.wait(self.put(path, bytes, self.changing(mode)))
    }

    /// Writes a file that changes, whatever was there.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn overwrite(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.wait(self.put(path, bytes, self.changing(PutMode::Overwrite))).map(|_| ())
    }

    /// Caches between the storage and clients must not keep what changes.
    fn changing(&self, mode: PutMode) -> PutOptions {
        let attributes = match self.writers {
            Writers::Locked { .. } | Writers::Alike => Attributes::new(),
            Writers::Conditional => Attributes::from_iter([(Attribute::CacheControl, "no-cache")]),
        };
        PutOptions { mode, attributes, ..PutOptions::default() }
    }

    async fn put(&self, path: &str, bytes: Vec<u8>, options: PutOptions) -> Result<Outcome> {
        let failed = || format!("cannot write {path} in {}", self.name);
        match self.inner.put_opts(&Path::parse(path).with_context(failed)?, bytes.into(), options).await {
            Ok(_) => Ok(Outcome::Written),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Outcome::Overtaken),
            Err(error) => Err(error).with_context(failed),
        }
    }

    /// Lists all files below a directory.
    ///
    /// # Errors
    /// A directory that cannot be listed.
    pub fn list(&self, directory: &str) -> Result<Vec<Found>> {
        let failed = || format!("cannot list {directory} in {}", self.name);
        let path = Path::parse(directory).with_context(failed)?;
        let found = self
            .inner
            .list(Some(&path))
            .map_ok(|meta| Found { path: meta.location.to_string(), modified: meta.last_modified.timestamp() });
        self.wait(found.try_collect()).with_context(failed)
    }

    /// Removes files.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove(&self, paths: &[String]) -> Result<()> {
        let remove = |path: String| async move {
            let failed = || format!("cannot remove {path} in {}", self.name);
            self.inner.delete(&Path::parse(&path).with_context(failed)?).await.with_context(failed)
        };
        self.wait_for_all(paths.to_vec(), remove).map(|_| ())
    }

    /// Whether what an earlier writer left unfinished can only be from one who is gone.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.writers, Writers::Locked { .. })
    }
}

fn runtime() -> Result<Driver> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start")?;
    Ok(Driver::Runtime(runtime))
}

/// How long it takes until the next second has begun, also for a file system, whose clock ticks less often.
fn rest_of_second() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(1020).saturating_sub(Duration::from_nanos(since.subsec_nanos().into()))
}

fn directory(path: &FilePath, purpose: Purpose) -> Result<(Arc<dyn ObjectStore>, Writers)> {
    if matches!(purpose, Purpose::Read | Purpose::Change) {
        // Said of a missing directory by the store itself, it would take two lines.
        std::fs::canonicalize(path)?;
    }
    if purpose != Purpose::Read {
        std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
    }
    if matches!(purpose, Purpose::Read | Purpose::Share) {
        return Ok((Arc::new(LocalFileSystem::new_with_prefix(path)?), Writers::Alike));
    }
    let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK));
    let lock = lock.with_context(|| format!("cannot write to {}", path.display()))?;
    // Publishers to one directory wait for each other; the lock goes with the process.
    lock.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok((Arc::new(LocalFileSystem::new_with_prefix(path)?), Writers::Locked { _lock: lock }))
}
