//! `liege.lock`: which version and release each package has, and what it held as that.
//!
//! It is the memory that a build has of former ones, kept in version control beside the spec. A package that is removed keeps
//! its entry without a digest, so that one of the same name is later than it again.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow, bail};
use serde::{Deserialize, Serialize};

use crate::package::{Release, Stamp};
use crate::value::SiteVersion;

/// Name of the file, next to the spec.
pub const LOCK: &str = "liege.lock";

/// What the file says of itself.
const HEAD: &str = "# The version and release of each package, and the digest of what is in it. `liege build` writes this file: commit\n\
                    # it with the spec, and do not edit it.\n";

/// The format of the file.
const FORMAT: u32 = 1;

/// The highest release of a version.
pub const LAST_RELEASE: u32 = 999_999;

/// What to do when two branches changed the same package.
const MERGE: &str = "two branches changed the same packages. Keep, of each package, the whole entry with the later version and \
                     release; then `liege build` gives the next release to what the merged spec changes";

/// The packages of the specs in one directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    entries: BTreeMap<Id, Locked>,
}

/// Site, family and name of a package.
pub type Id = (String, String, String);

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// The site it belongs to.
    pub site: String,
    /// The OS family it is for.
    pub family: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: SiteVersion,
    /// The release of that version.
    pub release: u32,
    /// The date it bears, in seconds since 1970.
    pub date: u32,
    /// The earliest build of the shared package that will do for it.
    pub shared: Release,
    /// Of what is in it; none once it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Of its bytes; none once it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Document {
    lock: u32,
    #[serde(default)]
    package: Vec<Locked>,
}

/// What there is in a lock of any format.
#[derive(Deserialize)]
struct Beginning {
    lock: u32,
}

impl Locked {
    /// Which build it is.
    #[must_use]
    pub fn build(&self) -> Release {
        Release { version: self.version.clone(), number: self.release }
    }

    /// What it was stamped with.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp { date: self.date, release: self.build(), shared: self.shared.clone() }
    }

    /// Site, family and name.
    #[must_use]
    pub fn id(&self) -> Id {
        (self.site.clone(), self.family.clone(), self.name.clone())
    }
}

impl Lock {
    /// Reads the text of a lock.
    ///
    /// # Errors
    /// What two branches left unmerged, another format, anything that `liege build` does not write.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(line) =
            text.lines().position(|line| ["<<<<<<< ", "=======", ">>>>>>> "].iter().any(|mark| line.starts_with(mark)))
        {
            bail!("line {}: {MERGE}", line + 1);
        }
        let document = toml::from_str::<Document>(text).or_else(|error| {
            // A later format may hold what this one does not.
            let beginning: Beginning = toml::from_str(text).map_err(|_| error.clone())?;
            if beginning.lock == FORMAT {
                Err(anyhow!(error))
            } else {
                Ok(Document { lock: beginning.lock, package: Vec::new() })
            }
        })?;
        if document.lock != FORMAT {
            bail!("its format is {}, and this liege knows {FORMAT}: use the liege that wrote it", document.lock);
        }
        let mut lock = Self::default();
        for locked in document.package {
            let name = format!("{} of {}", locked.name, locked.family);
            if !(1..=LAST_RELEASE).contains(&locked.release) {
                bail!("{name}: release {} is not between 1 and {LAST_RELEASE}", locked.release);
            }
            if lock.entries.insert(locked.id(), locked).is_some() {
                bail!("{name} is there twice: {MERGE}");
            }
        }
        Ok(lock)
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None that the types allow.
    pub fn text(&self) -> Result<String> {
        let document = Document { lock: FORMAT, package: self.entries.values().cloned().collect() };
        Ok(format!("{HEAD}{}", toml::to_string(&document).context("cannot write a lock")?))
    }

    /// What is known of a package.
    #[must_use]
    pub fn get(&self, site: &str, family: &str, name: &str) -> Option<&Locked> {
        self.entries.get(&(site.to_owned(), family.to_owned(), name.to_owned()))
    }

    /// All packages that are not removed.
    pub fn present(&self) -> impl Iterator<Item = &Locked> {
        self.entries.values().filter(|locked| locked.digest.is_some())
    }

    /// Notes a build.
    pub fn put(&mut self, locked: Locked) {
        self.entries.insert(locked.id(), locked);
    }

    /// Notes that a package is no longer built.
    pub fn remove(&mut self, locked: &Locked) {
        self.put(Locked { digest: None, sha256: None, ..locked.clone() });
    }
}

impl Release {
    /// The release after it.
    ///
    /// # Errors
    /// There is none.
    pub fn next(&self) -> Result<Self> {
        if self.number >= LAST_RELEASE {
            bail!("version {} has had {LAST_RELEASE} releases: raise `version` in the spec", self.version);
        }
        Ok(Self { number: self.number + 1, ..self.clone() })
    }
}

impl TryFrom<String> for Release {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        let wrong = || anyhow!("{text:?} is no version with its release, such as 1.4.0-1");
        let (version, number) = text.rsplit_once('-').ok_or_else(wrong)?;
        let version = SiteVersion::new(version).map_err(|_| wrong())?;
        let number = number.parse().ok().filter(|number| (1..=LAST_RELEASE).contains(number)).ok_or_else(wrong)?;
        Ok(Self { version, number })
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}
