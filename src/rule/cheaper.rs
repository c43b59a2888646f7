use super::{Check, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Target;

pub static RULE: Rule = Rule {
    code: "cheaper",
    severity: Severity::Error,
    about: "cheaper keeps fewer workers than processes, and its companions stay between the two.",
    why: "uWSGI ends at once when cheaper is not less than processes, one without it: the unit fails, or the emperor \
          tries the vassal again and again. A cheaper-initial that is too great is replaced by another number.",
    wrong: r#"[app.web]
module = "web"
processes = 4
cheaper = 4"#,
    right: r#"[app.web]
module = "web"
processes = 4
cheaper = 2"#,
    check: Check::Target(check),
};

fn check(target: &Target<'_>) -> Vec<Diagnostic> {
    let app = target.app;
    let name = target.name;
    let Some(cheaper) = app.cheaper.map(crate::value::Count::get) else { return Vec::new() };
    let mut found = Vec::new();
    let Some(processes) = app.processes else {
        return vec![
            RULE.at(
                target.key("cheaper"),
                format!("app.{name}.cheaper: without processes there is one worker, and nothing to save"),
            )
            .help("add processes, the most workers there may be"),
        ];
    };
    let Some(most) = processes.fixed() else { return found };
    if cheaper >= most {
        found.push(
            RULE.at(
                target.key("cheaper"),
                format!("app.{name}.cheaper: {cheaper} is not less than processes, {most}; uWSGI would refuse it"),
            )
            .help(format!("write at most {}", most.saturating_sub(1).max(1))),
        );
    }
    if let Some(initial) = app.cheaper_initial.map(crate::value::Count::get)
        && !(cheaper..=most).contains(&initial)
    {
        found.push(
            RULE.at(
                target.key("cheaper-initial"),
                format!(
                    "app.{name}.cheaper-initial: {initial} is not between cheaper, {cheaper}, and processes, {most}"
                ),
            )
            .help("start with a number between the two"),
        );
    }
    found
}
