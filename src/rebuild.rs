//! Packs again what was built, and holds one against the other.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use rayon::prelude::*;

use crate::format;
use crate::former::Former;
use crate::lock::Lock;
use crate::package::{Item, STANDARD_DATE};
use crate::provenance::Statement;
use crate::release::{Releases, Standing, Terms};
use crate::repository::of_format;
use crate::site::Site;
use crate::template::Templates;

/// A site, ready to be packed again.
pub struct Rebuild<'r, 'a> {
    /// The site.
    pub site: &'r Site<'a>,
    /// Its templates.
    pub templates: &'r Templates,
    /// The lock that it was built by, if there was one.
    pub lock: Option<&'r Lock>,
    /// What former builds say of themselves; empty for published packages.
    pub statements: &'r [Statement],
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many packages are the same.
    pub same: usize,
    /// What is wrong with the others, and what is missing.
    pub wrong: Vec<String>,
}

/// Everything that packs packages in one way.
struct Way<'r, 'a> {
    releases: Releases<'r, 'a>,
    terms: Terms<'r>,
}

impl<'r, 'a> Rebuild<'r, 'a> {
    /// Packs everything that the site makes, and holds it against what is there.
    ///
    /// # Errors
    /// A template that cannot be rendered.
    pub fn run(&self, formers: &[Former]) -> Result<Outcome> {
        let items = Item::of(self.site);
        let by_name: HashMap<_, _> =
            items.iter().map(|item| (key(item.family().name.as_str(), item.name(self.site)), item)).collect();
        let known: HashMap<&str, usize> = (self.statements.iter().enumerate())
            .flat_map(|(number, statement)| statement.subject.iter().map(move |subject| (subject.sha256(), number)))
            .collect();
        let ways = self.ways(&items)?;
        let check = |former: &Former| {
            let way = match self.statements {
                [] => ways.first(),
                _ => former.sha256().and_then(|sha256| ways.get(*known.get(sha256)?)),
            };
            let item = by_name.get(&key(&former.family.name, former.name.clone()));
            self.check(former, item.copied(), way)
        };
        let found: Vec<_> = formers.par_iter().map(check).collect::<Result<_>>()?;
        let mut outcome = Outcome::default();
        for finding in found {
            match finding {
                None => outcome.same += 1,
                Some(finding) => outcome.wrong.push(finding),
            }
        }
        Ok(outcome)
    }

    /// One way for each statement, and one for what no statement tells of.
    fn ways(&self, items: &[Item<'_, '_>]) -> Result<Vec<Way<'r, 'a>>> {
        let way = |date, number| {
            // With a lock, each package has its date and release from there.
            let terms = match self.lock {
                Some(_) => Terms { date, number: None, lock: self.lock },
                None => Terms { date, number, lock: None },
            };
            Ok(Way { releases: Releases::new(self.site, self.templates, terms, items)?, terms })
        };
        if self.statements.is_empty() {
            return Ok(vec![way(STANDARD_DATE, None)?]);
        }
        let parameters = self.statements.iter().map(Statement::parameters);
        parameters.map(|parameters| way(parameters.date, parameters.release)).collect()
    }

    /// What is wrong with a package, if anything is.
    fn check(&self, former: &Former, item: Option<&Item<'_, '_>>, way: Option<&Way<'_, '_>>) -> Result<Option<String>> {
        let title = format!("{} {} ({})", former.name, former.build, former.family.name);
        let Some(item) = item else { return Ok(Some(format!("{title}: the spec makes no such package"))) };
        let Some(way) = way else { return Ok(Some(format!("{title}: no statement says how it was made"))) };
        let bytes = match former.bytes() {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Some(format!("{title}: only its digest is known"))),
            Err(error) => return Ok(Some(format!("{title}: {error:#}"))),
        };
        let (package, note) = way.releases.of(item)?;
        if package.build() != former.build || (way.terms.lock.is_some() && note.standing != Standing::Same) {
            return Ok(Some(format!("{title}: spec and lock make {} of it", package.build())));
        }
        let mut again = Vec::new();
        format::of(&package)?.build(&package, &mut again)?;
        let kind = of_format(&former.family.format)?;
        // A published rpm has a signature that was not there when it was built.
        let is_same = match self.statements {
            [] => {
                kind.contents(&again).context("what was built again")?
                    == kind.contents(&bytes).with_context(|| title.clone())?
            }
            _ => again == bytes,
        };
        Ok((!is_same).then(|| format!("{title}: built again, it is not the same")))
    }
}

fn key(family: &str, package: String) -> (String, String) {
    (family.to_owned(), package)
}
