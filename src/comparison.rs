//! A site held against what it was: which packages change, in which lines, and what that does on a machine.

use std::collections::HashMap;
use std::fmt;

use anyhow::Result;
use rayon::prelude::*;
use serde::Serialize;

use crate::effect::{Effect, Surface};
use crate::format;
use crate::former::Former;
use crate::package::{Item, Package};
use crate::release::Releases;
use crate::site::Site;
use crate::spec::Mode;
use crate::unpacked::{Difference, PartName, Unpacked};

/// One package, held against what it was.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The OS family it is for.
    pub family: &'static str,
    /// Its name.
    pub package: String,
    /// The application it brings; null for what all share, and for what is no longer built.
    pub application: Option<String>,
    /// How it stands.
    pub change: Change,
    /// Version and release that it had.
    pub before: Option<String>,
    /// Version and release that it gets.
    pub after: Option<String>,
    /// What installing it does to what runs.
    pub effect: Consequence,
    /// Its parts that differ; none when only a lock remembers the former ones.
    pub differences: Option<Vec<Difference>>,
}

/// How a package stands to the former one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not there.
    New,
    /// It holds something else.
    Changed,
    /// It is no longer built.
    Removed,
    /// It is the same.
    Same,
}

/// What the change of a package does on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// The package is the same, and is not installed anew.
    Nothing,
    /// A new application starts.
    Start,
    /// A new application is installed, and starts when somebody starts it.
    Install,
    /// A new package without an application is installed along.
    Along,
    /// An upgrade that touches no application.
    Files,
    /// The emperor has a new unit, which counts from its next start on.
    Emperor,
    /// The package stays where it is installed, until somebody removes it.
    Stay,
    /// Nobody knows: the former contents are not there.
    Unknown,
    /// An upgrade of an application.
    #[serde(untagged)]
    Application(Effect),
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.pad("nothing"),
            Self::Start => f.pad("starts"),
            Self::Install => f.pad("is installed, and starts when you start it"),
            Self::Along => f.pad("is installed along"),
            Self::Application(effect) => effect.fmt(f),
            Self::Files => f.pad("new files; no application notices"),
            Self::Emperor => {
                f.pad("new files; the emperor's unit counts from its next restart on, which is yours to do")
            }
            Self::Stay => f.pad("stays and runs where it is installed, until you remove it"),
            Self::Unknown => f.pad("changed; a lock remembers no contents, so what that does is not known"),
        }
    }
}

/// Holds `items` against `formers`. Of what is left of these, everything that is the site's and `may_go` is no longer built.
///
/// # Errors
/// A package that cannot be made or read.
pub fn compare(
    site: &Site<'_>,
    releases: &Releases<'_, '_>,
    items: &[Item<'_, '_>],
    formers: Vec<Former>,
    may_go: impl Fn(&Former) -> bool + Sync,
) -> Result<Vec<Comparison>> {
    let mut known: HashMap<(&str, String), Former> =
        formers.into_iter().map(|former| ((former.family.name.as_str(), former.name.clone()), former)).collect();
    let pairs: Vec<(&Item<'_, '_>, Option<Former>)> =
        items.iter().map(|item| (item, known.remove(&(item.family().name.as_str(), item.name(site))))).collect();
    let mut compared: Vec<Comparison> =
        pairs.par_iter().map(|(item, former)| one(releases, item, former.as_ref())).collect::<Result<_>>()?;
    let left: Vec<Former> = known.into_values().filter(|former| may_go(former)).collect();
    let gone: Vec<Option<Comparison>> = left.par_iter().map(|former| gone(site, former)).collect::<Result<_>>()?;
    compared.extend(gone.into_iter().flatten());
    compared.sort_by(|a, b| (a.family, &a.package).cmp(&(b.family, &b.package)));
    Ok(compared)
}

fn one(releases: &Releases<'_, '_>, item: &Item<'_, '_>, former: Option<&Former>) -> Result<Comparison> {
    let (package, note) = releases.of(item)?;
    let after = note.locked.build().to_string();
    let comparison = Comparison {
        family: &package.family.name,
        package: package.name.clone(),
        application: package.application.clone(),
        change: Change::New,
        before: former.map(|former| former.build.clone()),
        after: Some(after.clone()),
        effect: first(item),
        differences: Some(Vec::new()),
    };
    let Some(former) = former else { return Ok(comparison) };
    let is_same_build = former.build == after;
    let same = Comparison { change: Change::Same, effect: Consequence::Nothing, ..comparison };
    if is_same_build && former.digest.is_some() && former.digest == note.locked.digest {
        return Ok(same);
    }
    let Some(before) = former.unpacked()? else {
        return Ok(Comparison { change: Change::Changed, effect: Consequence::Unknown, differences: None, ..same });
    };
    let after = unpacked(&package)?;
    let differences = before.differences(&after);
    if is_same_build && differences.is_empty() {
        return Ok(same);
    }
    let effect = upgrade(&package, &before, &after, &differences);
    Ok(Comparison { change: Change::Changed, effect, differences: Some(differences), ..same })
}

/// What the first installation of a package does.
fn first(item: &Item<'_, '_>) -> Consequence {
    match item {
        // An emperor starts what is enabled, and nothing else.
        Item::Application(target) if target.mode() == Mode::Emperor && !target.app.enable.is_on() => {
            Consequence::Install
        }
        Item::Application(target) if target.app.start.is_on() => Consequence::Start,
        Item::Application(_) => Consequence::Install,
        Item::Shared(_) | Item::Selinux(_) => Consequence::Along,
    }
}

fn upgrade(package: &Package, before: &Unpacked, after: &Unpacked, differences: &[Difference]) -> Consequence {
    if package.application.is_some() {
        return Consequence::Application(Surface::of(before.files()).effect(&Surface::of(after.files())));
    }
    let is_unit = |part: &PartName| matches!(part, PartName::File(path) if path.ends_with(".service"));
    if differences.iter().any(|difference| is_unit(&difference.part)) {
        Consequence::Emperor
    } else {
        Consequence::Files
    }
}

fn unpacked(package: &Package) -> Result<Unpacked> {
    let format = format::of(package)?;
    let mut artefact = Vec::new();
    format.build(package, &mut artefact)?;
    format.unpack(&artefact)
}

/// A package that nothing makes any longer, if it is the site's: names alone do not tell `shop-eu`'s `api` from `shop`'s `eu-api`.
fn gone(site: &Site<'_>, former: &Former) -> Result<Option<Comparison>> {
    let header = site.header;
    let is_known = former.digest.is_some() || [header.site_package(), header.selinux_package()].contains(&former.name);
    if !is_known {
        let settings = format!("/etc/{}/apps/", header.site);
        let Some(unpacked) = former.unpacked()? else { return Ok(None) };
        if !unpacked.files().any(|(path, _)| path.starts_with(&settings)) {
            return Ok(None);
        }
    }
    Ok(Some(Comparison {
        family: &former.family.name,
        package: former.name.clone(),
        application: None,
        change: Change::Removed,
        before: Some(former.build.clone()),
        after: None,
        effect: Consequence::Stay,
        differences: Some(Vec::new()),
    }))
}
