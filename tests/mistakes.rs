//! Each spec in tests/mistakes/ is wrong, and the text beside it is what liege says of it.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use liege::diagnostic::Severity;
use support::{expect_text, liege, project};

#[test]
fn every_mistake_is_told_with_its_line_and_what_would_be_right() {
    let folder = project().join("tests/mistakes");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let spec = entry.unwrap().path();
        if spec.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = format!("tests/mistakes/{}", spec.file_name().unwrap().to_string_lossy());
        let out = tempfile::tempdir().unwrap();
        let out = out.path().join("out");
        let checked = liege().args(["check", &name]).output().unwrap();
        let built = liege().args(["build", "--unlocked", &name, "--out"]).arg(&out).output().unwrap();
        let said = String::from_utf8(checked.stderr).unwrap();
        assert_eq!(said, String::from_utf8(built.stderr).unwrap(), "build and check say the same");
        let only_warnings = !said.contains("error[");
        assert_eq!(checked.status.code(), Some(if only_warnings { 0 } else { 1 }), "{name}\n{said}");
        assert_eq!(built.status.code(), checked.status.code());
        assert_eq!(out.exists(), only_warnings, "{name} left something behind");
        expect_text(&spec.with_extension("txt"), &said);
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_rule_is_broken_by_a_spec() {
    let folder = project().join("tests/mistakes");
    let texts: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for rule in liege::rule::RULES {
        assert!(texts.contains(&format!("[{}]", rule.code)), "no spec in tests/mistakes breaks the rule {}", rule.code);
    }
}

/// An example of `liege explain` as a whole spec.
fn whole(example: &str) -> String {
    if example.contains("site = ") {
        return example.to_owned();
    }
    format!("site = 'shop'\nversion = '1'\nmaintainer = 'Ann <ann@shop.example>'\n\n{example}")
}

#[test]
fn the_examples_of_a_rule_break_it_and_keep_it() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    for rule in liege::rule::RULES {
        let said = |example: &str| {
            std::fs::write(&spec, whole(example)).unwrap();
            String::from_utf8(liege().arg("check").arg(&spec).output().unwrap().stderr).unwrap()
        };
        let wrong = said(rule.wrong);
        assert!(wrong.contains(&format!("{}[{}]", rule.severity, rule.code)), "{}:\n{wrong}", rule.code);
        assert_eq!(wrong.matches("error[").count() > 0, rule.severity == Severity::Error, "{}:\n{wrong}", rule.code);
        assert_eq!(said(rule.right), "", "{}", rule.code);
    }
}

#[test]
fn a_former_build_survives_a_wrong_spec() {
    let out = support::build_example("shop");
    let before = support::files_below(out.path());
    let manifest = std::fs::read(out.path().join("manifest.json")).unwrap();
    let status = liege()
        .args(["build", "--unlocked", "tests/mistakes/way-in.toml", "--out"])
        .arg(out.path())
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(1));
    assert_eq!(support::files_below(out.path()), before);
    assert_eq!(std::fs::read(out.path().join("manifest.json")).unwrap(), manifest);
}
