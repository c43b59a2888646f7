use super::load::with_site;
use super::{CheckArguments, Failure, print};

/// `liege check`: finds every mistake.
pub fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    with_site(&arguments.spec, |site| {
        let applications = site.targets.len() / site.families.len().max(1);
        let families: Vec<&str> = site.families.iter().map(|family| family.name.as_str()).collect();
        let plural = if applications == 1 { "" } else { "s" };
        print(&format!(
            "{}: no mistake; {applications} application{plural} of {} for {}\n",
            arguments.spec.display(),
            site.header.site,
            families.join(", ")
        ))
    })
}
