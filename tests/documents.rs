//! What the documents say is so.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::fs;

use support::{expect_text, liege, project, succeed};

fn read(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_spec_of_the_readme_builds() {
    let readme = read("README.md");
    let spec = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.toml");
    fs::write(&path, spec).unwrap();
    let said = succeed(liege().arg("build").arg(&path).arg("--out").arg(folder.path().join("out")));
    for package in ["shop-uwsgi", "shop-webapp", "shop-apiserver", "shop-selinux"] {
        assert!(said.contains(package) && readme.contains(package), "{package}");
    }
}

#[test]
fn ci_calls_the_commands_of_the_readme() {
    let (readme, ci) = (read("README.md"), read(".ci/run"));
    assert!(readme.contains("    cargo run --release -- build specs/shop.toml\n"));
    assert!(readme.contains("    tests/run\n"));
    assert!(ci.lines().any(|line| line == "tests/run"));
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        for link in read(document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            assert!(link.starts_with("https://") || project().join(path).exists(), "{document} links to {link}");
        }
    }
}

/// The page of options, from the doc comments of src/spec.rs.
fn options() -> String {
    let source = read("src/spec.rs");
    let mut page =
        "# The options of a spec\n\nMade from the comments in src/spec.rs by `just bless`; change them there.\n"
            .to_owned();
    for (heading, name) in [
        ("The top level", "Header"),
        ("An application: `[app.NAME]`, `[defaults]`, `[app.NAME.on.FAMILY]`", "App"),
        ("`tls`", "Tls"),
        ("`rotate`", "Rotate"),
    ] {
        let body = source
            .split(&format!("pub struct {name} {{\n"))
            .nth(1)
            .and_then(|rest| rest.split("\n}\n").next())
            .unwrap();
        writeln!(page, "\n## {heading}\n\n| option | type | |\n|---|---|---|").unwrap();
        let mut about = Vec::new();
        for line in body.lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("/// ") {
                about.push(text);
            } else if let Some((field, kind)) = line.strip_prefix("pub ").and_then(|field| field.split_once(": ")) {
                let text = about.join(" ").replace('|', "\\|");
                writeln!(page, "| `{}` | {} | {text} |", field.replace('_', "-"), kind_in_words(kind)).unwrap();
                about.clear();
            }
        }
    }
    page
}

fn kind_in_words(kind: &str) -> String {
    let kind = kind.trim_end_matches(',');
    let inner = kind.strip_prefix("Option<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind);
    match inner {
        "bool" | "Toggle" => "true or false".to_owned(),
        "Seconds" => "seconds".to_owned(),
        "Megabytes" => "megabytes".to_owned(),
        "Bytes" | "BufferSize" => "bytes".to_owned(),
        "Count" => "number".to_owned(),
        "Processes" => "number or text".to_owned(),
        "Listeners" => "text or list".to_owned(),
        "AbsolutePath" => "absolute path".to_owned(),
        "RelativeOrAbsolute" => "path".to_owned(),
        "Tls" | "Rotate" => "table".to_owned(),
        _ if inner.starts_with("IndexMap") => "table".to_owned(),
        _ if inner.starts_with("Vec") || ["Families", "Allowed"].contains(&inner) => "list".to_owned(),
        _ => "text".to_owned(),
    }
}

/// The page of rules, from what `liege explain` says.
#[test]
fn the_page_of_rules_is_made_from_the_code() {
    let mut page = "# The rules of a spec\n\nMade from src/rule/ by `just bless`; change them there.\n".to_owned();
    for rule in liege::rule::RULES {
        let title = format!("\n## {} ({})\n\n{}\n\n{}\n", rule.code, rule.severity, rule.about, rule.why);
        let examples = format!("\n```toml\n# wrong\n{}\n```\n\n```toml\n# right\n{}\n```\n", rule.wrong, rule.right);
        page.push_str(&(title + &examples));
    }
    expect_text(&project().join("docs/rules.md"), &page);
}

#[test]
fn the_page_of_options_is_made_from_the_code() {
    let page = options();
    assert!(page.contains("| `harakiri` | seconds |"), "{page}");
    expect_text(&project().join("docs/options.md"), &page);
}
