//! What the readers hand on: settings under uWSGI's own names, each with the line it stands on.

use std::fmt;

/// A line of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, as it was named.
    pub file: String,
    /// Its line, from 1 on.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What a setting sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An option of uWSGI.
    Uwsgi(String),
    /// A key of the spec that uWSGI has no option for.
    Spec(&'static str),
    /// Nothing that has a place in a spec, for this reason.
    Nowhere(String),
}

/// One setting of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it sets.
    pub target: Target,
    /// Its value once placeholders and expressions are resolved, or why they cannot be.
    pub value: Result<String, String>,
    /// What was put in for placeholders and expressions, in words.
    pub remark: Option<String>,
    /// The setting as it is written in the input.
    pub subject: String,
    /// Where it stands.
    pub origin: Origin,
}

/// One application of an input.
#[derive(Debug)]
pub struct Instance {
    /// What the input calls it; its file's name when it says nothing.
    pub name: String,
    /// Where it begins.
    pub origin: Origin,
    /// Its settings, in the order of the input.
    pub settings: Vec<Setting>,
}

impl Setting {
    /// The value given to uWSGI's option of that name, where this is one and its value is known.
    #[must_use]
    pub fn value_of(&self, option: &str) -> Option<&str> {
        matches!(&self.target, Target::Uwsgi(name) if name == option).then_some(self.value.as_deref().ok()).flatten()
    }
}

/// The longest text of an input that is shown.
const LONGEST: usize = 120;

/// A text of an input as it may be shown on a terminal or in a comment: one line, no invisible characters.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        if crate::value::is_clean_line(&format!("x{character}x")) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

/// The same, without blanks around it, and not too long.
#[must_use]
pub fn shown(text: &str) -> String {
    let text = visible(text.trim());
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_one_line_of_visible_text() {
        assert_eq!(shown("a\nb\u{202e}c\u{1b}[0m"), "a\\nb\\u{202e}c\\u{1b}[0m");
        assert_eq!(shown(&"é".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
