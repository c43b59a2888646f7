//! The latest state of each repository that this machine has seen: neither dnf nor zypper notices when somebody puts a
//! former state back, for its signature holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Where it is kept when no file is named: below the XDG state directory.
const DEFAULT: &str = "liege/seen.json";

/// Dates of roots, in seconds since 1970, by place and directory.
pub struct Seen {
    path: Option<PathBuf>,
    dates: BTreeMap<String, i64>,
}

impl Seen {
    /// Reads what was seen from `path`, or from where it is kept by default; without a home there is no memory.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let path = path.map(Path::to_owned).or_else(default_path);
        let Some(file) = &path else { return Ok(Self { path, dates: BTreeMap::new() }) };
        let dates = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} does not hold what was seen of repositories", file.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        Ok(Self { path, dates })
    }

    /// The latest date seen of a repository.
    #[must_use]
    pub fn latest(&self, place: &str, directory: &str) -> Option<i64> {
        self.dates.get(&key(place, directory)).copied()
    }

    /// Notes a date.
    pub fn note(&mut self, place: &str, directory: &str, date: i64) {
        let latest = self.dates.entry(key(place, directory)).or_insert(date);
        *latest = date.max(*latest);
    }

    /// Writes all of it down.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let failed = || format!("cannot write {}", path.display());
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory).with_context(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(directory).with_context(failed)?;
        serde_json::to_writer_pretty(&mut file, &self.dates).with_context(failed)?;
        file.persist(path).map(|_| ()).with_context(failed)
    }
}

fn default_path() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join(DEFAULT))
}

fn key(place: &str, directory: &str) -> String {
    format!("{}/{directory}", place.trim_end_matches('/'))
}
