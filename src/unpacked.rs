//! What is in an artefact, read back from its bytes, and how two artefacts differ.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use similar::TextDiff;

/// Lines around a difference that are shown with it.
const AROUND: usize = 2;

/// The parts of an artefact. What changes with each release by itself, as its version does, is none of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    parts: BTreeMap<PartName, Part>,
}

/// Which part it is, in the order in which they are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartName {
    /// Summary, relations and what else a package manager knows of the package, a line each.
    Fields,
    /// What is installed at this path.
    File(String),
    /// The maintainer script of this name.
    Script(String),
}

/// A part.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Mode, owner and what package managers make of it.
    pub attributes: String,
    /// What is in it.
    pub text: String,
}

/// A part that is not the same in two artefacts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Which part.
    pub part: PartName,
    /// How it stands.
    pub change: PartChange,
    /// The lines that differ, as `diff -u` shows them.
    pub diff: String,
}

/// How a part stands to the former one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartChange {
    /// It was not there.
    New,
    /// It was there, with other contents.
    Changed,
    /// It is no longer there.
    Removed,
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields => f.pad("package"),
            Self::File(path) => f.pad(path),
            Self::Script(name) => write!(f, "script {name}"),
        }
    }
}

impl Serialize for PartName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Unpacked {
    /// Adds a part.
    pub fn put(&mut self, name: PartName, attributes: impl Into<String>, text: impl Into<String>) {
        self.parts.insert(name, Part { attributes: attributes.into(), text: text.into() });
    }

    /// The files, each with its text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|(name, part)| match name {
            PartName::File(path) => Some((path.as_str(), part.text.as_str())),
            PartName::Fields | PartName::Script(_) => None,
        })
    }

    /// What differs in `new`.
    #[must_use]
    pub fn differences(&self, new: &Self) -> Vec<Difference> {
        let mut names: Vec<&PartName> = self.parts.keys().chain(new.parts.keys()).collect();
        names.sort();
        names.dedup();
        let difference = |name: &PartName| {
            let (before, after) = (self.parts.get(name), new.parts.get(name));
            let change = match (before, after) {
                _ if before == after => return None,
                (None, _) => PartChange::New,
                (_, None) => PartChange::Removed,
                _ => PartChange::Changed,
            };
            Some(Difference { part: name.clone(), change, diff: diff(before, after) })
        };
        names.into_iter().filter_map(difference).collect()
    }
}

/// What `diff -u` says, with the attributes as a first line where they differ.
fn diff(before: Option<&Part>, after: Option<&Part>) -> String {
    let same_attributes = before.zip(after).is_some_and(|(before, after)| before.attributes == after.attributes);
    let text = |part: Option<&Part>| match part {
        Some(part) if same_attributes => part.text.clone(),
        Some(part) => format!("({})\n{}", part.attributes, part.text),
        None => String::new(),
    };
    let (before, after) = (text(before), text(after));
    TextDiff::from_lines(&before, &after).unified_diff().context_radius(AROUND).to_string()
}
