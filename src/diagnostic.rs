//! What is wrong with a spec, at which key, and what would be right.

use std::fmt;
use std::ops::Range;

/// How bad it is; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; the site is built.
    Note,
    /// Worth a look; the site is built.
    Warning,
    /// Nothing is built.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A key of the spec, by name; [`crate::source::Source::locate`] finds its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The application, unless the key is the site's.
    pub app: Option<String>,
    /// The family whose override may hold the value.
    pub family: Option<String>,
    /// The option, and what is below it.
    pub path: Vec<String>,
}

impl Key {
    /// A key at the top level.
    #[must_use]
    pub fn site(option: &str) -> Self {
        Self { path: vec![option.to_owned()], ..Self::default() }
    }

    /// The same key, one step further down.
    #[must_use]
    pub fn below(mut self, entry: &str) -> Self {
        self.path.push(entry.to_owned());
        self
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let app = self.app.iter().flat_map(|app| ["app", app.as_str()]);
        let parts: Vec<&str> = app.chain(self.path.iter().map(String::as_str)).collect();
        f.write_str(&parts.join("."))
    }
}

/// Where in the spec something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A range of bytes of the text.
    Span(Range<usize>),
    /// The value of a key, wherever it is inherited from.
    Key(Key),
}

/// One mistake, warning or note, as a [rule](crate::rule::Rule) tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of the rule that is broken.
    pub code: &'static str,
    /// Where it is.
    pub place: Place,
    /// What is wrong; names the key.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// The same, with what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The application whose key it is at.
    #[must_use]
    pub fn app(&self) -> Option<&str> {
        match &self.place {
            Place::Key(key) => key.app.as_deref(),
            Place::Span(_) => None,
        }
    }

    /// Whether this keeps the site from being built.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The candidate that `name` was most likely meant to be.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.86)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
