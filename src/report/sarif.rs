use serde_json::{Value, json};

use super::{Finding, findings};
use crate::diagnostic::Diagnostic;
use crate::rule::{RULES, Rule};
use crate::source::Source;

/// A log in SARIF 2.1.0 (OASIS), with what every rule is about.
///
/// # Errors
/// None that a diagnostic can cause.
pub fn sarif(source: &Source<'_>, found: &[Diagnostic]) -> serde_json::Result<String> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(|rule| about(rule)).collect::<Vec<Value>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings(source, found).iter().map(result).collect::<Vec<Value>>(),
        }],
    });
    serde_json::to_string_pretty(&log).map(|text| text + "\n")
}

fn about(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": { "text": rule.about },
        "fullDescription": { "text": rule.why },
        "help": { "text": format!("Wrong:\n\n{}\n\nRight:\n\n{}\n", rule.wrong, rule.right) },
        "defaultConfiguration": { "level": rule.severity.to_string() },
    })
}

fn result(finding: &Finding<'_>) -> Value {
    let help = finding.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    json!({
        "ruleId": finding.code,
        "ruleIndex": RULES.iter().position(|rule| rule.code == finding.code),
        "level": finding.severity,
        "message": { "text": format!("{}{help}", finding.message) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(finding.file) },
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            },
        } }],
    })
}

/// A path as a URI reference (RFC 3986): what may not stand in one is written as the bytes that it is.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let encoded =
        path.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    std::iter::once(scheme.to_owned()).chain(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("specs/shop.toml"), "specs/shop.toml");
        assert_eq!(uri("/srv/my site:1.toml"), "file:///srv/my%20site%3A1.toml");
        assert_eq!(uri("größe.toml"), "gr%C3%B6%C3%9Fe.toml");
    }
}
