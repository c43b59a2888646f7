use super::{ExplainArguments, Failure, print};
use crate::rule::{RULES, Rule};

/// `liege explain`: one rule, or the list of them.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    match arguments.rule {
        Some(rule) => print(&explain(rule)),
        None => print(&list()),
    }
}

fn explain(rule: &Rule) -> String {
    format!(
        "{} ({})\n\n{}\n\n{}\n\nWrong:\n\n{}\n\nRight:\n\n{}\n",
        rule.code,
        rule.severity,
        rule.about,
        rule.why,
        indented(rule.wrong),
        indented(rule.right)
    )
}

fn list() -> String {
    let widest = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    RULES.iter().map(|rule| format!("{:widest$}  {:7}  {}\n", rule.code, rule.severity, rule.about)).collect()
}

fn indented(lines: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    lines.lines().map(line).collect::<Vec<_>>().join("\n")
}
