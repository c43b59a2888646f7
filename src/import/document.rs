//! uWSGI's own YAML and JSON files: a section `uwsgi` with options in it.

use super::ini::{self, Line};
use super::report::Report;
use super::setting::Instance;
use super::yaml::{Entry, Node, Value};
use super::{Input, Unreadable};

/// Whether a document is uWSGI's own and not variables of Ansible: its `uwsgi` section holds options with plain values.
#[must_use]
pub fn is_uwsgi(root: &Node) -> bool {
    let section = root.mapping().and_then(|entries| entries.iter().find(|entry| entry.key == "uwsgi"));
    section.and_then(|section| section.node.mapping()).is_some_and(|options| {
        options.iter().all(|option| option.node.mapping().is_none())
            && options.iter().any(|option| crate::uwsgi::is_option(&option.key))
    })
}

/// Reads one such document.
///
/// # Errors
/// A value that is no text, number, flag or list of these.
pub fn read(input: &Input, root: &Node, report: &mut Report) -> Result<Instance, Unreadable> {
    let mut lines = Vec::new();
    for section in root.mapping().unwrap_or_default() {
        if section.key == "uwsgi" {
            for option in section.node.mapping().unwrap_or_default() {
                read_option(input, option, &mut lines)?;
            }
        } else {
            ini::report_section(input, section.line, &section.key, report);
        }
    }
    Ok(ini::instance(input, &lines, report))
}

fn read_option<'a>(input: &Input, option: &'a Entry, lines: &mut Vec<Line<'a>>) -> Result<(), Unreadable> {
    let alone = std::slice::from_ref(&option.node);
    let nodes = if let Value::Sequence(nodes) = &option.node.value { nodes } else { alone };
    for node in nodes {
        let value = match &node.value {
            Value::Scalar(text) => text,
            Value::Null => "",
            _ => {
                let message = format!("{} holds neither a value nor a list of values", option.key);
                return Err(Unreadable { origin: input.origin(node.line), message });
            }
        };
        let line = if std::ptr::eq(nodes, alone) { option.line } else { node.line };
        lines.push(Line { key: &option.key, value, line });
    }
    Ok(())
}
