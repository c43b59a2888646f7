//! Playbooks of Ansible: of each play, its variables.

use super::Input;
use super::report::{Outcome, Report};
use super::setting::{Setting, Target, shown};
use super::yaml::{Entry, Node, Value};

/// The variables of a document: the document itself if it is a mapping, or the `vars` of a playbook's plays. None if it is
/// neither. What else plays do is told.
pub fn variables(input: &Input, root: Node, report: &mut Report) -> Option<Node> {
    let plays = match root.value {
        Value::Mapping(_) => return Some(root),
        Value::Sequence(plays) => plays,
        _ => return None,
    };
    let mut variables = Vec::new();
    let mut is_playbook = false;
    for entry in plays.into_iter().flat_map(entries) {
        if entry.key == "vars" {
            is_playbook = true;
            variables.extend(entries(entry.node));
        } else if !matches!(entry.key.as_str(), "name" | "hosts") {
            tell(input, &entry, report);
        }
    }
    is_playbook.then_some(Node { value: Value::Mapping(variables), line: root.line })
}

fn entries(node: Node) -> Vec<Entry> {
    match node.value {
        Value::Mapping(entries) => entries,
        _ => Vec::new(),
    }
}

fn tell(input: &Input, entry: &Entry, report: &mut Report) {
    let reason = "of a playbook, only the vars are read";
    let setting = Setting {
        target: Target::Nowhere(reason.to_owned()),
        value: Ok(String::new()),
        remark: None,
        subject: shown(&entry.key),
        origin: input.origin(entry.line),
    };
    report.record(&setting, None, Outcome::Lost(reason.to_owned()));
}
