use super::console::Verbosity;
use super::load::{select, stamp, with_site};
use super::{Failure, PlanArguments, print};
use crate::plan::describe;
use crate::template::Templates;

/// `liege plan`: prints the packages as text.
pub fn run(arguments: &PlanArguments, verbosity: Verbosity) -> Result<(), Failure> {
    let selection = &arguments.selection;
    with_site(&selection.spec, verbosity, |site| {
        let stamp = stamp(selection)?;
        let templates = Templates::load(selection.templates.as_deref())?;
        for item in select(site, selection)? {
            print(&describe(&item.package(site, &templates, stamp)?)?)?;
        }
        Ok(())
    })
}
