//! uWSGI's ini files, read as uWSGI reads them (core/ini.c, tried with 2.0.21): no quotes, no continued lines, a comment is a
//! whole line, all sections called `[uwsgi]` count and no other.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::expression;
use super::placeholder::Placeholders;
use super::report::{Outcome, Report};
use super::setting::{Instance, Origin, Setting, Target, shown};
use super::{Input, Unreadable};
use crate::uwsgi;

/// One `key = value` of a uWSGI file, whatever its syntax.
pub struct Line<'a> {
    /// The key.
    pub key: &'a str,
    /// The value; empty when there is none.
    pub value: &'a str,
    /// The line it stands on.
    pub line: usize,
}

/// Whether `text` looks like an ini file: its first line that is no comment opens a section.
#[must_use]
pub fn is_ini(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
    lines.next().is_some_and(|line| section(line).is_some()) || text.lines().any(|line| line.trim() == "[uwsgi]")
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}

fn section(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    (!name.contains([',', '"', '\'', '{', '['])).then_some(name)
}

/// Reads one ini file.
///
/// # Errors
/// There is no section `[uwsgi]`, without which uWSGI does not start.
pub fn read(input: &Input, report: &mut Report) -> Result<Instance, Unreadable> {
    let mut lines = Vec::new();
    let mut found = false;
    let mut current = "";
    for (number, line) in (1..).zip(input.text.lines()) {
        let line = line.trim();
        if line.is_empty() || is_comment(line) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            current = rest.get(..rest.len().saturating_sub(1)).unwrap_or_default();
            found |= current == "uwsgi";
            if current != "uwsgi" {
                report_section(input, number, line, report);
            }
        } else if current == "uwsgi" {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            lines.push(Line { key: key.trim(), value: value.trim(), line: number });
        } else if current.is_empty() {
            report_stray(input, number, line, report);
        }
    }
    if !found {
        return Err(Unreadable { origin: input.origin(1), message: "there is no section [uwsgi]".to_owned() });
    }
    Ok(instance(input, &lines, report))
}

/// Says that a section other than `[uwsgi]` is left alone.
pub fn report_section(input: &Input, line: usize, heading: &str, report: &mut Report) {
    let reason = "uWSGI reads its section uwsgi alone here; if this is an application of its own, give it its own file";
    report_unread(input, line, heading, reason, report);
}

fn report_stray(input: &Input, number: usize, line: &str, report: &mut Report) {
    report_unread(input, number, line, "uWSGI does not read what stands before the first section", report);
}

fn report_unread(input: &Input, line: usize, subject: &str, reason: &str, report: &mut Report) {
    let setting = Setting {
        target: Target::Nowhere(reason.to_owned()),
        value: Ok(String::new()),
        remark: None,
        subject: shown(subject),
        origin: input.origin(line),
    };
    report.record(&setting, None, Outcome::Lost(reason.to_owned()));
}

/// The application that a uWSGI file describes.
#[must_use]
pub fn instance(input: &Input, lines: &[Line<'_>], report: &mut Report) -> Instance {
    let placeholders = Placeholders { path: Some(&input.place), keys: keys(lines) };
    let named: HashSet<&str> = lines.iter().flat_map(|line| names(line.value)).collect();
    let mut settings = Vec::new();
    let mut condition: Option<Origin> = None;
    for line in lines {
        let mut setting = setting(input, line, &placeholders);
        if matches!(line.key, "endif" | "end-if" | "endfor" | "end-for") {
            condition = None;
            continue;
        }
        if uwsgi::is_option(line.key) && uwsgi::restriction(line.key) == uwsgi::restriction("if-env") {
            condition = Some(setting.origin.clone());
        } else if let Some(opened) = &condition {
            setting.target = Target::Nowhere(format!(
                "it depends on the condition in line {}, which uWSGI decides when it starts; set it by hand where it holds",
                opened.line
            ));
        } else if is_placeholder(line, &named) {
            report.record(&setting, None, Outcome::Adapted("put in wherever it is named".to_owned()));
            continue;
        }
        settings.push(setting);
    }
    let origin = input.origin(lines.first().map_or(1, |line| line.line));
    Instance { name: stem(&input.place), origin, settings }
}

fn setting(input: &Input, line: &Line<'_>, placeholders: &Placeholders<'_>) -> Setting {
    let value = if expression::is_template(line.value) {
        Err("this is a template: import the file that is made of it, or the variables".to_owned())
    } else {
        placeholders.resolve(line.key, line.value)
    };
    let remark = match &value {
        Ok(read) if read != line.value && !read.contains(super::placeholder::CORES) => {
            Some(format!("read as {}", shown(read)))
        }
        _ => None,
    };
    let subject = if line.value.is_empty() { line.key.to_owned() } else { format!("{} = {}", line.key, line.value) };
    Setting {
        target: Target::Uwsgi(line.key.to_owned()),
        value,
        remark,
        subject: shown(&subject),
        origin: input.origin(line.line),
    }
}

/// What `%(name)` may name: each key, and what `set-placeholder` makes up; of several the first counts.
fn keys<'a>(lines: &[Line<'a>]) -> HashMap<&'a str, &'a str> {
    let made_up = lines
        .iter()
        .filter(|line| matches!(line.key, "set" | "set-ph" | "set-placeholder"))
        .filter_map(|line| line.value.split_once('='));
    let mut keys = HashMap::new();
    for (name, value) in lines.iter().map(|line| (line.key, line.value)).chain(made_up) {
        keys.entry(name).or_insert(value);
    }
    keys
}

/// The names in the `%(name)` of a value.
fn names(value: &str) -> impl Iterator<Item = &str> {
    value.split("%(").skip(1).filter_map(|rest| rest.split_once(')')).map(|(name, _)| name)
}

/// Whether this is no option but a text that others name.
fn is_placeholder(line: &Line<'_>, named: &HashSet<&str>) -> bool {
    match line.key {
        "set-ph" | "set-placeholder" => line.value.split_once('=').is_some_and(|(name, _)| named.contains(name)),
        key => !uwsgi::is_option(key) && named.contains(key),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
