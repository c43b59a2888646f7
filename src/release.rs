//! Which version and release each package gets: what it has in the lock as long as nothing in it changed, else the next.

use std::collections::HashMap;

use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256};

use crate::family::Family;
use crate::format;
use crate::lock::{Lock, Locked};
use crate::package::{Item, Package, Release, Stamp};
use crate::plan::describe;
use crate::repository::of_format;
use crate::site::Site;
use crate::template::Templates;

/// What is told from outside and not by the spec.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'t> {
    /// The date of what changes, in seconds since 1970.
    pub date: u32,
    /// The release to give to everything that was asked for, changed or not.
    pub number: Option<u32>,
    /// What former builds were; none to give everything the version of the spec.
    pub lock: Option<&'t Lock>,
}

/// Gives releases to the packages of a site.
pub struct Releases<'r, 'a> {
    site: &'r Site<'a>,
    templates: &'r Templates,
    terms: Terms<'r>,
    /// The build of the shared package on each family.
    shared: HashMap<&'static str, Release>,
    /// What every package is made from: the program, the templates, and what is said of the site as a whole.
    common: String,
}

/// How a package stands to the one in the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was not there.
    New,
    /// It was there and held something else.
    Changed,
    /// It is the same.
    Same,
}

/// What there is to say of a package that was given a release.
#[derive(Clone, Debug)]
pub struct Note {
    /// What a lock says of it from now on.
    pub locked: Locked,
    /// How it stands to what the lock said before.
    pub standing: Standing,
}

impl<'r, 'a> Releases<'r, 'a> {
    /// Prepares to give releases to `items`.
    ///
    /// # Errors
    /// A template that cannot be rendered; a version that is not later than the locked one.
    pub fn new(site: &'r Site<'a>, templates: &'r Templates, terms: Terms<'r>, items: &[Item<'_, '_>]) -> Result<Self> {
        // What is derived for debugging holds every field.
        let common = format!("{} {} {:?}", env!("LIEGE_SOURCES"), templates.digest(), site.header);
        let mut releases = Self { site, templates, terms, shared: HashMap::new(), common };
        for &family in &site.families {
            let is_asked_for =
                items.iter().any(|item| matches!(item, Item::Shared(asked) if asked.name == family.name));
            // An application that is built alone needs the shared package as the next build of the site makes it.
            releases.terms.number = terms.number.filter(|_| is_asked_for);
            let (_, note) = releases.of(&Item::Shared(family))?;
            releases.shared.insert(&family.name, note.locked.build());
        }
        Ok(Self { terms, ..releases })
    }

    /// Makes a package with its release.
    ///
    /// # Errors
    /// As for [`Releases::new`].
    pub fn of(&self, item: &Item<'_, '_>) -> Result<(Package, Note)> {
        let former = self.former(item);
        let wanted = Release { number: self.terms.number.unwrap_or(1), ..Release::first(&self.site.header.version) };
        if let Some(former) = former
            && (self.terms.number.is_none() || wanted == former.build())
        {
            let (package, note) = self.stamped(item, &former.stamp(), Standing::Same)?;
            if note.locked.digest == former.digest {
                return Ok((package, Note { locked: former.clone(), ..note }));
            }
        }
        let release = match former {
            Some(former) => self.after(former, wanted, item.family())?,
            None => wanted,
        };
        let shared = self.shared.get(item.family().name.as_str()).unwrap_or(&release).clone();
        let was_there = former.is_some_and(|former| former.digest.is_some());
        let standing = if was_there { Standing::Changed } else { Standing::New };
        self.stamped(item, &Stamp { date: self.terms.date, release, shared }, standing)
    }

    /// What the lock says of an item.
    fn former(&self, item: &Item<'_, '_>) -> Option<&'r Locked> {
        self.terms.lock?.get(self.site.header.site.as_str(), &item.family().name, &item.name(self.site))
    }

    /// What the lock says of an item, if nothing but a change of it could give it another release.
    #[must_use]
    pub fn locked(&self, item: &Item<'_, '_>) -> Option<&'r Locked> {
        self.former(item).filter(|locked| self.terms.number.is_none() && locked.digest.is_some())
    }

    /// Of everything that decides how an application's package comes out, known without making it. What applications share
    /// follows from all of them and has none.
    #[must_use]
    pub fn input(&self, item: &Item<'_, '_>, stamp: &Stamp) -> String {
        let Item::Application(target) = item else { return String::new() };
        let own = format!("{:?}", (target.name, target.app, &target.family.name));
        let mut digest = Sha256::new();
        for part in [&self.common, &own, &format!("{stamp:?}")] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }

    fn stamped(&self, item: &Item<'_, '_>, stamp: &Stamp, standing: Standing) -> Result<(Package, Note)> {
        let package = item.package(self.site, self.templates, stamp)?;
        let locked = Locked {
            site: package.site.clone(),
            family: package.family.name.clone(),
            name: package.name.clone(),
            version: stamp.release.version.clone(),
            release: stamp.release.number,
            date: stamp.date,
            shared: stamp.shared.clone(),
            digest: Some(digest(&package)?),
            sha256: None,
        };
        Ok((package, Note { locked, standing }))
    }

    /// The release of a package that changed: one that every package manager takes for later than the former.
    fn after(&self, former: &Locked, wanted: Release, family: &Family) -> Result<Release> {
        let before = former.build();
        if of_format(&family.format)?.compare(&wanted.to_string(), &before.to_string()).is_gt() {
            return Ok(wanted);
        }
        if self.terms.number.is_none() && wanted.version == before.version {
            return before.next();
        }
        bail!(
            "{}: {wanted} is not later than {before}, which liege.lock has for {}, and other things are in it: package managers \
             would not install it. Raise {}",
            former.name,
            family.name,
            if self.terms.number.is_some() { "--release" } else { "`version` in the spec" }
        )
    }
}

/// Of all that decides a package's bytes.
fn digest(package: &Package) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(format!("{} {}\n", format::of(package)?.revision(), package.date));
    digest.update(describe(package)?);
    Ok(hex::encode(digest.finalize()))
}
