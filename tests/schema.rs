//! The JSON Schema says of a spec's form what liege says of it: judged by the validator of a TOML language server.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::path::PathBuf;

use liege::rule::{Check, Rule};
use support::{both, expect_text, liege, project, succeed, tool};

#[test]
fn the_kept_schema_is_the_one_that_is_printed() {
    expect_text(&project().join("docs/site.schema.json"), &succeed(liege().arg("schema")));
}

/// Which of the specs the schema finds fault with.
fn refused(specs: &[PathBuf]) -> Vec<&PathBuf> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.schema.json");
    std::fs::write(&path, succeed(liege().arg("schema"))).unwrap();
    let schema = format!("file://{}", path.display());
    let output = tool("taplo").args(["check", "--colors", "never", "--schema", &schema]).args(specs).output().unwrap();
    let said = both(&output);
    let refused: Vec<&PathBuf> = specs.iter().filter(|spec| said.contains(&format!("─ {}:", spec.display()))).collect();
    assert_eq!(output.status.success(), refused.is_empty(), "{said}");
    assert!(said.contains(&format!("total={}", specs.len())), "taplo read other files: {said}");
    refused
}

fn specs_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    specs.sort();
    specs
}

#[test]
fn every_example_fits_the_schema() {
    assert_eq!(refused(&specs_in("specs")), Vec::<&PathBuf>::new());
}

/// A rule weighs one option against another, which a schema does not; all else both see.
#[test]
fn a_mistake_of_form_and_no_other_is_against_the_schema() {
    let specs = specs_in("tests/mistakes");
    let refused = refused(&specs);
    for spec in &specs {
        let said = both(&liege().args(["check", "--quiet"]).arg(spec).output().unwrap());
        let codes = said.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next());
        let of_form = codes.filter(|code| matches!(Rule::named(code).unwrap().check, Check::Form)).count() > 0;
        assert_eq!(refused.contains(&spec), of_form, "{}\n{said}", spec.display());
    }
}

#[test]
fn a_table_may_be_spread_over_those_that_inherit_it() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    let text = "site = 'shop'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n[defaults]\n\
                tls = { certificate = '/etc/shop/tls.pem', key = '/etc/shop/tls.key' }\n[app.web]\nmodule = 'web'\n\
                listen = 'https://*:8443'\ntls = { ciphers = 'HIGH' }\n";
    std::fs::write(&spec, text).unwrap();
    succeed(liege().arg("check").arg(&spec));
    assert_eq!(refused(&[spec]), Vec::<&PathBuf>::new());
}
