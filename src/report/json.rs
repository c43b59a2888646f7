use super::findings;
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// An array with an object for each diagnostic.
///
/// # Errors
/// None that a diagnostic can cause.
pub fn json(source: &Source<'_>, found: &[Diagnostic]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&findings(source, found)).map(|text| text + "\n")
}
