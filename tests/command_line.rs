//! Arguments, exit status, and templates from outside.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;

use support::{both, liege, succeed};

fn fails(arguments: &[&str], with: &str) {
    let output = liege().args(arguments).output().unwrap();
    let said = both(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains(with), "{arguments:?}: {said}");
}

#[test]
fn what_is_not_the_specs_fault_ends_with_2() {
    fails(&["build", "specs/none.toml"], "cannot read the spec specs/none.toml");
    fails(&["check", "specs"], "cannot read the spec specs");
    fails(
        &["plan", "specs/shop.toml", "--family", "arch"],
        "there is no OS family arch; known are debian (Debian and Ubuntu)",
    );
    fails(
        &["plan", "specs/shop.toml", "--app", "webap"],
        "--app webap: the spec has no such application; did you mean webapp?",
    );
    fails(&["build", "specs/shop.toml", "--release", "0"], "--release");
    fails(&["build", "specs/shop.toml", "--templates", "/nonexistent"], "cannot read the templates in /nonexistent");
    fails(&["raise"], "unrecognized subcommand");
}

#[test]
fn a_spec_without_mistakes_is_said_to_have_none() {
    let said = succeed(liege().args(["check", "specs/shop.toml"]));
    assert_eq!(said, "specs/shop.toml: no mistake; 2 applications of shop for debian, redhat, suse\n");
}

#[test]
fn build_prints_a_line_for_each_artefact_and_a_summary() {
    let out = tempfile::tempdir().unwrap();
    let said = succeed(liege().args(["build", "specs/shop.toml", "--out"]).arg(out.path()));
    assert_eq!(said.lines().count(), 11, "{said}");
    assert!(said.lines().last().unwrap().starts_with("10 packages, "), "{said}");
}

#[test]
fn plan_shows_what_was_asked_for() {
    let said = succeed(liege().args(["plan", "specs/shop.toml", "--family", "suse", "--app", "webapp"]));
    let headings: Vec<&str> = said.lines().filter(|line| line.starts_with("==== ")).collect();
    assert_eq!(headings, ["==== suse shop-webapp-1.4.0-1.noarch.rpm"]);
}

#[test]
fn plan_shows_what_is_unsafe() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    let text = "site = 'one'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n[app.a]\nmodule = 'a'\n\
                unsafe-directives = ['cron2']\nuwsgi = { cron2 = 'minute=5 /usr/bin/true' }\n";
    fs::write(&spec, text).unwrap();
    let said = succeed(liege().arg("plan").arg(&spec).args(["--family", "debian", "--app", "a"]));
    assert!(said.contains("\nUNSAFE: cron2 runs "), "{said}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let script = format!("{} plan specs/gnuhealth.toml | head -n 1", env!("CARGO_BIN_EXE_liege"));
    let output = std::process::Command::new("bash")
        .args(["-o", "pipefail", "-c", &script])
        .current_dir(support::project())
        .output()
        .unwrap();
    let said = both(&output);
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
}

#[test]
fn a_template_from_outside_replaces_its_namesake() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(folder.path().join("app/sysusers.conf"), "u {{ user }} 4711\n").unwrap();
    let plan = |folder: &std::path::Path| {
        liege().args(["plan", "specs/shop.toml", "--templates"]).arg(folder).output().unwrap()
    };
    let output = plan(folder.path());
    assert!(output.status.success() && both(&output).contains("\n  u webapp 4711\n"));

    let stray = folder.path().join("app/sysuser.conf");
    fs::write(&stray, "").unwrap();
    let output = plan(folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("app/sysuser.conf: replaces nothing"), "{}", both(&output));
    fs::remove_file(stray).unwrap();

    for (text, complaint) in [("u {{ usr }}\n", "usr"), ("u {{ user\n", "app/sysusers.conf")] {
        fs::write(folder.path().join("app/sysusers.conf"), text).unwrap();
        let output = plan(folder.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(both(&output).contains(complaint), "{}", both(&output));
    }

    fs::remove_file(folder.path().join("app/sysusers.conf")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("app/sysusers.conf")).unwrap();
    let output = plan(folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("a template is a plain file"), "{}", both(&output));
}
