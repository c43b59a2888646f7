use super::{Finding, findings};
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// A workflow command for each diagnostic, by which GitHub shows it beside the line of a change.
#[must_use]
pub fn github(source: &Source<'_>, found: &[Diagnostic]) -> String {
    findings(source, found).iter().map(command).collect()
}

fn command(finding: &Finding<'_>) -> String {
    // GitHub knows error, warning and notice.
    let command = if finding.severity == "note" { "notice" } else { &finding.severity };
    let help = finding.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let Finding { line, column, end_line, end_column, .. } = finding;
    // Columns are only taken where the first line is the last one as well.
    let columns = if line == end_line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    format!(
        "::{command} file={},line={line},endLine={end_line}{columns},title={}::{}\n",
        property(finding.file),
        property(finding.code),
        data(&format!("{}{help}", finding.message)),
    )
}

/// A message: what GitHub's own toolkit escapes (`escapeData` of actions/toolkit).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, which ends at `,` and `:` besides (`escapeProperty` of actions/toolkit).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_a_property_early() {
        assert_eq!(data("100%\r\nnext: a, b"), "100%25%0D%0Anext: a, b");
        assert_eq!(property("a,b:c%3A\n"), "a%2Cb%3Ac%253A%0A");
    }
}
