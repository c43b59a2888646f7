use super::console::Verbosity;
use anyhow::Result;
use rayon::prelude::*;

use super::load::{select, terms, with_site};
use super::lock::SpecLock;
use super::{Failure, PlanArguments, print};
use crate::plan::describe;
use crate::release::{Note, Releases};
use crate::template::Templates;

/// `liege plan`: prints the packages as text.
pub fn run(arguments: &PlanArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |site| {
        let templates = Templates::load(selection.templates.as_deref())?;
        let lock = SpecLock::open(selection)?;
        let items = select(site, selection)?;
        let releases = Releases::new(site, &templates, terms(selection, lock.as_ref())?, &items)?;
        if let Some(lock) = &lock {
            let notes: Vec<Note> = items.par_iter().map(|item| Ok(releases.of(item)?.1)).collect::<Result<_>>()?;
            lock.compare(site, &notes, selection)?;
        }
        for item in &items {
            print(&describe(&releases.of(item)?.0)?)?;
        }
        Ok(())
    })
}
