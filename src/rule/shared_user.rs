use std::collections::HashMap;

use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{Site, Target};

pub static RULE: Rule = Rule {
    code: "shared-user",
    severity: Severity::Error,
    about: "Applications that share a user share its group.",
    why: "The user is made a member of both groups, and each application runs with both: it can read the other's \
          secrets, although two groups look as if they kept them apart.",
    wrong: r#"[app.one]
module = "one"
user = "shop"
group = "front"

[app.two]
module = "two"
user = "shop"
group = "back""#,
    right: r#"[app.one]
module = "one"
user = "shop"
group = "front"

[app.two]
module = "two"
user = "shop"
group = "front""#,
    check: Check::Site(check),
};

fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    site.families.iter().flat_map(|family| differences(&site.on(family).collect::<Vec<_>>())).collect()
}

fn differences(targets: &[&Target<'_>]) -> Vec<Diagnostic> {
    let mut first_of: HashMap<String, &Target<'_>> = HashMap::new();
    let mut found = Vec::new();
    for target in targets {
        let (user, group) = (target.user(), target.group());
        let first = *first_of.entry(user.clone()).or_insert(target);
        if first.group() != group {
            let option = if target.app.group.is_some() { "group" } else { "user" };
            let message = format!(
                "app.{}.{option}: {user} has the group {group} here and {} in app.{}",
                target.name,
                first.group(),
                first.name
            );
            found
                .push(RULE.at(target.key(option), message).help("give both the same group, or each a user of its own"));
        }
    }
    found
}
