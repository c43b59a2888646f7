//! What the documents say is so.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::fs;

use liege::reference::{Entry, Scope, entries};
use liege::template::Templates;
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

/// The page of options, from what `liege options` says.
fn options() -> String {
    let mut page = "# The options of a spec\n\nMade from src/spec.rs by `just bless`; change them there. A change is what \
                    installing a package with another value does to\nthe application: every upgrade reloads it at least.\n"
        .to_owned();
    let headings = [
        (Scope::Site, "The top level"),
        (Scope::Application, "An application: `[app.NAME]`, `[defaults]`, `[app.NAME.on.FAMILY]`"),
    ];
    let (entries, templates) = (entries().unwrap(), Templates::load(None).unwrap());
    for (scope, heading) in headings {
        let table = "| option | value | default | example | | a change |\n|---|---|---|---|---|---|";
        writeln!(page, "\n## {heading}\n\n{table}").unwrap();
        for entry in entries.iter().filter(|entry| entry.scope == scope) {
            let Entry { name, kind, default, about, .. } = entry;
            let (example, change) = (entry.example.to_string(), entry.change(&templates).unwrap());
            let cells =
                [format!("`{name}`"), kind.clone(), default.clone(), format!("`{example}`"), about.clone(), change];
            writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")).unwrap();
        }
    }
    page
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
    assert!(page.contains("| `harakiri` | seconds | none | `45` | Seconds after"), "{page}");
    expect_text(&project().join("docs/options.md"), &page);
}
