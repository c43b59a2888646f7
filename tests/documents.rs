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
    for document in
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/import.md", "docs/security.md"]
    {
        for link in read(document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            assert!(link.starts_with("https://") || project().join(path).exists(), "{document} links to {link}");
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let page = read("ARCHITECTURE.md");
    let table = page.split("| crate | why |").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let first_cells: String = table.lines().filter_map(|line| line.split('|').nth(1)).collect();
    let reasoned: Vec<&str> = first_cells.split([' ', ',', '(', ')']).collect();
    for section in ["dependencies", "dev-dependencies"] {
        for name in manifest[section].as_table().unwrap().keys() {
            assert!(reasoned.contains(&name.as_str()), "{name} of [{section}] has no row in ARCHITECTURE.md");
        }
    }
}

/// The last cell of a row names a file and what stands in it: a test, a section of a scenario, a value.
#[test]
fn every_threat_has_the_test_that_it_names() {
    let page = read("docs/security.md");
    let cells = page.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit(" | ").next());
    let named: Vec<Vec<&str>> = cells
        .map(|cell| cell.split('`').skip(1).step_by(2).collect())
        .filter(|spans: &Vec<_>| spans.len() == 2)
        .collect();
    assert!(named.len() > 40, "{named:?}");
    for spans in named {
        assert!(read(spans[0]).contains(spans[1]), "{} has no {}", spans[0], spans[1]);
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

/// `page` with what stands between the comment that names `source` and the next `<!-- End. -->` replaced.
fn with_table(page: &str, source: &str, table: &str) -> String {
    let begin = format!("<!-- From {source} by `just bless`. -->\n");
    let (before, rest) = page.split_once(&begin).unwrap();
    let (_, after) = rest.split_once("<!-- End. -->").unwrap();
    format!("{before}{begin}{table}<!-- End. -->{after}")
}

#[test]
fn the_page_on_import_has_its_tables_from_the_code() {
    let names = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut options = "\n| uWSGI | spec | |\n|---|---|---|\n".to_owned();
    for way in liege::import::carry::WAYS {
        let key = if way.key.is_empty() { String::new() } else { format!("`{}`", way.key) };
        writeln!(options, "| {} | {key} | {} |", names(way.options), way.about).unwrap();
    }
    let mut by_option: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, option) in liege::import::variables::NAMES {
        match by_option.iter_mut().find(|(known, _)| *known == option) {
            Some((_, names)) => names.push(name),
            None => by_option.push((option, vec![name])),
        }
    }
    let mut variables = "\n| variable | uWSGI |\n|---|---|\n".to_owned();
    for (option, known) in by_option {
        writeln!(variables, "| {} | `{option}` |", names(&known)).unwrap();
    }
    let page = with_table(&read("docs/import.md"), "src/import/carry/table.rs", &(options + "\n"));
    let page = with_table(&page, "src/import/variables/meaning.rs", &(variables + "\n"));
    expect_text(&project().join("docs/import.md"), &page);
}
