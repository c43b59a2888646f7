//! What was found in a spec, for machines: JSON, GitHub's workflow commands, SARIF.

mod github;
mod json;
mod sarif;

use std::ops::Range;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::Source;

pub use github::github;
pub use json::json;
pub use sarif::sarif;

/// A diagnostic with its place in the file. Lines and columns begin with 1; a column counts characters.
#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: String,
    message: &'a str,
    help: Option<&'a str>,
    key: Option<String>,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    /// The column behind the last character.
    end_column: usize,
}

fn findings<'a>(source: &'a Source<'_>, found: &'a [Diagnostic]) -> Vec<Finding<'a>> {
    found.iter().map(|diagnostic| finding(source, diagnostic)).collect()
}

fn finding<'a>(source: &'a Source<'_>, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let Range { start, end } = source.span_of(&diagnostic.place);
    let ((line, column), (end_line, end_column)) = (source.position(start), source.position(end));
    let key = match &diagnostic.place {
        Place::Key(key) => Some(key.to_string()),
        Place::Span(span) => source.key_at(span),
    };
    Finding {
        code: diagnostic.code,
        severity: diagnostic.severity.to_string(),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        key,
        file: source.name(),
        line,
        column,
        end_line,
        end_column,
    }
}
