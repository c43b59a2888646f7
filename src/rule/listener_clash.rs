use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{Site, Target};
use crate::value::Address;

pub static RULE: Rule = Rule {
    code: "listener-clash",
    severity: Severity::Error,
    about: "No two listeners of a site share an address and port.",
    why: "The second one to start cannot bind its address and fails; which one that is changes from boot to boot.",
    wrong: r#"[app.one]
module = "one"
listen = "http://127.0.0.1:8000"

[app.two]
module = "two"
listen = "http://*:8000""#,
    right: r#"[app.one]
module = "one"
listen = "http://127.0.0.1:8000"

[app.two]
module = "two"
listen = "http://*:8001""#,
    check: Check::Site(check),
};

fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    site.families.iter().flat_map(|family| clashes(&site.on(family).collect::<Vec<_>>())).collect()
}

fn clashes(targets: &[&Target<'_>]) -> Vec<Diagnostic> {
    let mut by_port: std::collections::HashMap<u16, Vec<(&Target<'_>, Address)>> = std::collections::HashMap::new();
    let mut found = Vec::new();
    for target in targets {
        for address in target.app.listen.iter().filter_map(crate::value::Listen::address) {
            let taken = by_port.entry(address.port).or_default();
            if let Some((other, theirs)) = taken.iter().find(|(_, theirs)| theirs.overlaps(address)) {
                let message =
                    format!("app.{}.listen: {address} is taken: app.{} listens on {theirs}", target.name, other.name);
                found.push(RULE.at(target.key("listen"), message).help("give each listener a port of its own"));
            }
            taken.push((target, address));
        }
    }
    found
}
