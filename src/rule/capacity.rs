use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{Site, Target};
use crate::spec::Machine;

/// More workers than this for a core wait for each other, whatever they do.
const WORKERS_PER_CORE: u64 = 16;

pub static RULE: Rule = Rule {
    code: "capacity",
    severity: Severity::Warning,
    about: "The workers of all applications together fit a machine.",
    why: "Each worker may grow to reload-on-rss before it is replaced. When all do, the machine swaps, or the kernel \
          kills a process that may as well be the database. The machine is one of 8 cores and 16G unless the spec says \
          otherwise.",
    wrong: r#"[app.web]
module = "web"
processes = 32
reload-on-rss = 1024"#,
    right: r#"[app.web]
module = "web"
processes = "1 per core"
reload-on-rss = 1024"#,
    check: Check::Site(check),
};

fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let machine = &site.header.machine;
    let check = |family| {
        let loads: Vec<Load<'_, '_>> = site.on(family).map(|target| Load::of(target, machine)).collect();
        [too_much_memory(&loads, machine), too_many_workers(&loads, machine)]
    };
    site.families.iter().copied().flat_map(check).flatten().collect()
}

/// What one application takes of a machine.
struct Load<'s, 'a> {
    target: &'s Target<'a>,
    workers: u64,
    /// Megabytes of each worker at most, where the spec says it.
    megabytes: Option<u64>,
}

impl<'s, 'a> Load<'s, 'a> {
    fn of(target: &'s Target<'a>, machine: &Machine) -> Self {
        let workers = target.app.processes.map_or(1, |processes| processes.on(machine.cores.get()));
        let megabytes = target.app.reload_on_rss.map(|most| u64::from(most.get()));
        Self { target, workers: u64::from(workers), megabytes }
    }

    fn memory(&self) -> u64 {
        self.workers * self.megabytes.unwrap_or_default()
    }
}

fn too_much_memory(loads: &[Load<'_, '_>], machine: &Machine) -> Option<Diagnostic> {
    let total: u64 = loads.iter().map(Load::memory).sum();
    let there = machine.memory.megabytes();
    let loads = greatest_first(loads, |load| load.memory());
    let greatest = loads.first().filter(|_| total > there)?;
    let terms = loads.iter().filter_map(|load| {
        load.megabytes.map(|megabytes| format!("{} {} x {megabytes} MB", load.target.name, load.workers))
    });
    let message = format!(
        "app.{}.reload-on-rss: workers may grow to {total} MB in all ({}), and a machine has {there} MB",
        greatest.target.name,
        listed(terms)
    );
    Some(RULE.at(greatest.target.key("reload-on-rss"), message).help(format!(
        "lower reload-on-rss or processes, or say what the smallest machine has: machine = {{ memory = \"{}G\" }}",
        total.div_ceil(1024)
    )))
}

fn too_many_workers(loads: &[Load<'_, '_>], machine: &Machine) -> Option<Diagnostic> {
    let total: u64 = loads.iter().map(|load| load.workers).sum();
    let cores = u64::from(machine.cores.get());
    let loads = greatest_first(loads, |load| load.workers);
    let greatest = loads.first().filter(|_| total > WORKERS_PER_CORE * cores)?;
    let message = format!(
        "app.{}.processes: {total} workers in all ({}) are more than {WORKERS_PER_CORE} for each of {cores} cores",
        greatest.target.name,
        listed(loads.iter().map(|load| format!("{} {}", load.target.name, load.workers)))
    );
    Some(RULE.at(greatest.target.key("processes"), message).help(format!(
        "lower processes, or say what the smallest machine has: machine = {{ cores = {} }}",
        total.div_ceil(WORKERS_PER_CORE)
    )))
}

fn greatest_first<'l, 's, 'a>(loads: &'l [Load<'s, 'a>], of: impl Fn(&Load<'_, '_>) -> u64) -> Vec<&'l Load<'s, 'a>> {
    let mut loads: Vec<&Load<'_, '_>> = loads.iter().collect();
    loads.sort_by_key(|load| std::cmp::Reverse(of(load)));
    loads
}

/// The first few of them; a sum of a hundred terms is read by nobody.
fn listed(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.collect();
    match terms.len() {
        0..=6 => terms.join(" + "),
        count => format!("{} + {} more", terms[..5].join(" + "), count - 5),
    }
}
