//! What is wrong with a spec, at which key, and what would be right.

use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Worth a look; the site is built.
    Warning,
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

/// One mistake, or one warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable name of the rule that found it; none for what the reader itself finds.
    pub code: Option<&'static str>,
    /// Where it is.
    pub place: Place,
    /// What is wrong; names the key.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `place`.
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code: None, place, message: message.into(), help: None }
    }

    /// An error at a key.
    #[must_use]
    pub fn at(key: Key, message: impl Into<String>) -> Self {
        Self::error(Place::Key(key), message)
    }

    /// The same, told as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The same, with what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
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
