use anyhow::Result;
use rayon::prelude::*;
use serde_json::json;

use super::against::{Format, formers, json, tell};
use super::console::Verbosity;
use super::load::{select, terms, with_site};
use super::lock::SpecLock;
use super::{Failure, PlanArguments, print};
use crate::comparison::compare;
use crate::former::Former;
use crate::package::{Item, Package};
use crate::plan::describe;
use crate::release::{Note, Releases};
use crate::template::Templates;

/// `liege plan`: prints the packages as text, or what changes in them.
pub fn run(arguments: &PlanArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |_, site| {
        let templates = Templates::load(selection.templates.as_deref())?;
        let lock = SpecLock::open(selection)?;
        let items = select(site, selection)?;
        let releases = Releases::new(site, &templates, terms(selection, lock.as_ref())?, &items)?;
        if let Some(lock) = lock.as_ref().filter(|lock| lock.is_fixed()) {
            let notes: Vec<Note> = items.par_iter().map(|item| Ok(releases.of(item)?.1)).collect::<Result<_>>()?;
            lock.compare(site, &notes, selection)?;
        }
        let Some(place) = &arguments.against else { return print_packages(&items, &releases, arguments.format) };
        let formers = formers(place, arguments.key.as_deref(), &arguments.suite, site.header.site.as_str())?;
        let may_go = |former: &Former| selection.includes(&former.family.name, None, &former.name);
        tell(&compare(site, &releases, &items, formers, may_go)?, arguments.format)
    })
}

fn print_packages(items: &[Item<'_, '_>], releases: &Releases<'_, '_>, format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => items.iter().try_for_each(|item| print(&describe(&releases.of(item)?.0)?)),
        Format::Json => {
            let packages: Vec<Package> =
                items.par_iter().map(|item| Ok(releases.of(item)?.0)).collect::<Result<_>>()?;
            print(&json(&json!({ "packages": packages }))?)
        }
    }
}
