//! Target → Package: what a package holds, whatever its format. This is what `plan` prints and what `build` packs.

mod application;
mod files;
mod selinux;
mod shared;
mod view;

use std::fmt;

use anyhow::Result;
use indexmap::IndexSet;
use serde::{Deserialize, Serialize, Serializer};

use crate::family::Family;
use crate::site::{Site, Target};
use crate::template::Templates;
use crate::value::SiteVersion;

/// A package of one family, before it becomes bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// The site's version.
    pub version: String,
    /// The release of that version; a deb's revision.
    pub release: u32,
    /// The family it is for.
    #[serde(serialize_with = "by_name")]
    pub family: &'static Family,
    /// The site.
    pub site: String,
    /// The application it brings; none for what all share.
    pub application: Option<String>,
    /// The unit or vassal that it brings to life, if any.
    pub manages: Option<String>,
    /// The unsafe uWSGI options that its application is allowed, each with what it does.
    pub unsafe_directives: Vec<String>,
    /// One line.
    pub summary: String,
    /// Paragraphs.
    pub description: String,
    /// `Name <address>`.
    pub maintainer: String,
    /// Where to read more.
    pub homepage: Option<String>,
    /// An SPDX expression.
    pub license: String,
    /// Seconds since 1970: the time of every file, entry and header.
    pub date: i64,
    /// What this release brings, for the changelog.
    pub change: String,
    /// What it wants and offers.
    pub relations: Vec<Relation>,
    /// What it installs, sorted by path.
    pub files: Vec<File>,
    /// What it runs, in the order of a package's life.
    pub scripts: Vec<Script>,
}

/// How one package stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// Must be there for the package to work.
    Requires,
    /// Must be there before the package's files are unpacked.
    RequiresBefore,
    /// Is installed along unless the administrator says otherwise.
    Recommends,
    /// Offered by the package besides its own name.
    Provides,
}

/// A relation to another package.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Relation {
    /// What kind.
    pub kind: RelationKind,
    /// The other package, in the format's own syntax.
    pub name: String,
    /// An operator and a version.
    pub version: Option<(&'static str, String)>,
}

/// What a file is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contents {
    /// A plain file.
    Text(String),
    /// A directory.
    Directory,
    /// A link that the package's scripts make; the package only owns it. Holds what it points to.
    GhostLink(String),
}

/// What a file is for, as far as package managers treat it in a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nothing special.
    Plain,
    /// The administrator's changes stay (conffile, `%config(noreplace)`).
    Config,
    /// Documentation.
    Documentation,
    /// Documentation that is stored compressed.
    CompressedDocumentation,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Absolute.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Its user.
    pub owner: String,
    /// Its group.
    pub group: String,
    /// What it is for.
    pub role: Role,
    /// What is in it.
    pub contents: Contents,
}

/// A maintainer script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Script {
    /// The format's own name for it: `postinst`, `preun`, `triggerin`, …
    pub name: String,
    /// The package whose installation triggers it, for a trigger.
    pub on: Option<String>,
    /// A shell script.
    pub text: String,
}

/// What tells two builds of a package apart: the version, and the release of that version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Release {
    /// The version.
    pub version: SiteVersion,
    /// The release of the version, counted from 1.
    pub number: u32,
}

/// What a package is stamped with, besides what the spec says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970; rpm keeps dates in 32 bits.
    pub date: u32,
    /// Which build it is.
    pub release: Release,
    /// The earliest build of the shared package that will do for it.
    pub shared: Release,
}

/// What to make a package of.
pub enum Item<'s, 'a> {
    /// What the applications of a family share.
    Shared(&'static Family),
    /// A family's SELinux module.
    Selinux(&'static Family),
    /// An application.
    Application(&'s Target<'a>),
}

impl<'s, 'a> Item<'s, 'a> {
    /// Everything that a site consists of, family by family.
    #[must_use]
    pub fn of(site: &'s Site<'a>) -> Vec<Self> {
        let mut items = Vec::with_capacity(site.targets.len() + 2 * site.families.len());
        for &family in &site.families {
            items.push(Item::Shared(family));
            if family.scripts.selinux && site.has_unix_socket(family) {
                items.push(Item::Selinux(family));
            }
            items.extend(site.on(family).map(Item::Application));
        }
        items
    }

    /// The family it is for.
    #[must_use]
    pub fn family(&self) -> &'static Family {
        match self {
            Item::Shared(family) | Item::Selinux(family) => family,
            Item::Application(target) => target.family,
        }
    }

    /// The name of the application, if it is one.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        match self {
            Item::Application(target) => Some(target.name.as_str()),
            _ => None,
        }
    }

    /// The name of its package.
    #[must_use]
    pub fn name(&self, site: &Site<'_>) -> String {
        match self {
            Item::Shared(_) => site.header.site_package(),
            Item::Selinux(_) => site.header.selinux_package(),
            Item::Application(target) => target.package(),
        }
    }

    /// What its package requires, known without making it.
    #[must_use]
    pub fn requires(&self, site: &Site<'_>, stamp: &Stamp) -> Vec<Relation> {
        match self {
            Item::Shared(family) => shared::requires(site, family),
            Item::Selinux(family) => selinux::requires(site, family, stamp),
            Item::Application(target) => application::requires(target, stamp),
        }
    }

    /// Makes the package.
    ///
    /// # Errors
    /// A template that cannot be rendered.
    pub fn package(&self, site: &Site<'_>, templates: &Templates, stamp: &Stamp) -> Result<Package> {
        let mut package = match self {
            Item::Shared(family) => shared::package(site, family, templates, stamp),
            Item::Selinux(family) => selinux::package(site, family, templates, stamp),
            Item::Application(target) => application::package(target, templates, stamp),
        }?;
        package.files.sort_by(|a, b| a.path.cmp(&b.path));
        package.relations = package.relations.into_iter().collect::<IndexSet<_>>().into_iter().collect();
        Ok(package)
    }
}

fn by_name<S: Serializer>(family: &Family, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&family.name)
}

impl Release {
    /// The first release of a version.
    #[must_use]
    pub fn first(version: &SiteVersion) -> Self {
        Self { version: version.clone(), number: 1 }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.version, self.number)
    }
}

impl Stamp {
    /// What the packages of a version bear when nothing else is said.
    #[must_use]
    pub fn standard(version: &SiteVersion) -> Self {
        Self { date: STANDARD_DATE, release: Release::first(version), shared: Release::first(version) }
    }
}

/// The first file descriptor that systemd passes: `SD_LISTEN_FDS_START`, sd_listen_fds(3).
pub const FIRST_SOCKET: usize = 3;

/// 2026-01-01 00:00:00 UTC: the date of packages when nothing else is said. It is no date of a build: equal specs give equal
/// packages on every day.
pub const STANDARD_DATE: u32 = 1_767_225_600;

impl Package {
    /// Version and release, as in the name of its file.
    #[must_use]
    pub fn build(&self) -> String {
        format!("{}-{}", self.version, self.release)
    }

    /// The time of one of its files.
    ///
    /// A setting is never younger than the standard date. An emperor loads whatever looks newer than before, and would else
    /// load a new release as soon as it is unpacked, before the package's script has tried it.
    #[must_use]
    pub fn date_of(&self, file: &File) -> i64 {
        if file.role == Role::Config { self.date.min(i64::from(STANDARD_DATE)) } else { self.date }
    }
}

impl File {
    /// What is in a plain file; nothing in anything else.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.contents {
            Contents::Text(text) => text,
            Contents::Directory | Contents::GhostLink(_) => "",
        }
    }

    /// The lines of a plain file; none of anything else.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text().lines()
    }
}

impl Relation {
    /// A relation without a version.
    #[must_use]
    pub fn any(kind: RelationKind, name: &str) -> Self {
        Self { kind, name: name.to_owned(), version: None }
    }

    /// One relation for each name.
    pub fn all(kind: RelationKind, names: &[String]) -> impl Iterator<Item = Self> {
        names.iter().map(move |name| Self::any(kind, name))
    }
}
