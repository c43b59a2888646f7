//! `liege init`: flags or answers become a spec that builds as it stands.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use support::{both, liege, succeed};

const NEEDED: [&str; 8] =
    ["--site", "shop", "--maintainer", "Ops <ops@shop.example>", "--app", "web", "--module", "web.wsgi"];

fn init(folder: &Path, arguments: &[&str], answers: &str) -> Output {
    let mut child = liege()
        .current_dir(folder)
        .arg("init")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who is asked nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    child.wait_with_output().unwrap()
}

fn builds(folder: &Path, spec: &str) -> String {
    let out = folder.join("out");
    succeed(liege().current_dir(folder).args(["check", spec]));
    succeed(liege().current_dir(folder).args(["build", spec, "--out"]).arg(out))
}

#[test]
fn flags_become_a_spec_that_builds() {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &NEEDED, "");
    assert!(output.status.success(), "{}", both(&output));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("wrote shop.toml; next:\n"), "{}", both(&output));
    let built = builds(folder.path(), "shop.toml");
    assert!(built.contains("shop-web_1.0-1_all.deb") && built.contains("redhat"), "{built}");
}

#[test]
fn every_flag_is_in_the_spec() {
    let folder = tempfile::tempdir().unwrap();
    let further = [
        ("--chdir", "/srv/web"),
        ("--virtualenv", "/srv/web/venv"),
        ("--user", "webby"),
        ("--mode", "service"),
        ("--listen", "http://127.0.0.1:80"),
        ("--family", "suse"),
    ];
    let mut arguments = NEEDED.to_vec();
    arguments.push("mine.toml");
    arguments.extend(further.iter().flat_map(|(flag, value)| [*flag, *value]));
    let output = init(folder.path(), &arguments, "");
    assert!(output.status.success(), "{}", both(&output));
    let spec: toml::Table = fs::read_to_string(folder.path().join("mine.toml")).unwrap().parse().unwrap();
    let app = &spec["app"]["web"];
    for (key, value) in [("chdir", "/srv/web"), ("virtualenv", "/srv/web/venv"), ("user", "webby")] {
        assert_eq!(app[key].as_str(), Some(value));
    }
    assert_eq!(app["listen"].as_str(), Some("http://127.0.0.1:80"));
    assert_eq!(spec["mode"].as_str(), Some("service"));
    assert_eq!(spec["families"].as_array().unwrap().len(), 1);
    builds(folder.path(), "mine.toml");
}

#[test]
fn what_is_missing_or_wrong_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &["--site", "shop"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("say --maintainer, --app, --module as well"), "{}", both(&output));
    let output = init(folder.path(), &["--yes", "--site", "My Shop", "--chdir", "relative"], "");
    let said = both(&output);
    assert!(said.contains("--site: ") && said.contains("--chdir: ") && said.contains("must be absolute"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_answer_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let answers = "My Shop\nshop\n\nOps <ops@shop.example>\nweb\n/tmp/web\n/srv/web\n\n\n\n\n\ndebian\n";
    let output = init(folder.path(), &["--ask"], answers);
    let said = both(&output);
    assert!(output.status.success(), "{said}");
    for message in ["a site's name begins packages", "this has no default", "which the unit sees its own version of"] {
        assert!(said.contains(message), "{message}: {said}");
    }
    assert!(said.contains("[web.wsgi]: ") && said.contains("[/opt/web]: "), "{said}");
    let spec = fs::read_to_string(folder.path().join("shop.toml")).unwrap();
    assert!(spec.contains("chdir = \"/srv/web\"") && spec.contains("families = [\"debian\"]"), "{spec}");
    builds(folder.path(), "shop.toml");
}

#[test]
fn answers_that_end_early_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &["--ask"], "shop\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("the answers end before maintainer"), "{}", both(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_terminal_is_asked_without_being_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let command = format!("{} init --site shop --module web:app", env!("CARGO_BIN_EXE_liege"));
    let mut child = support::tool("script")
        .current_dir(folder.path())
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"Ops <ops@shop.example>\nweb\n\n\n\n\n\n\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", both(&output));
    assert!(both(&output).contains("Name of its first application: "), "{}", both(&output));
    builds(folder.path(), "shop.toml");
}

#[test]
fn a_file_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shop.toml"), "kept").unwrap();
    for arguments in [NEEDED.to_vec(), [&NEEDED[..], &["shop.toml"]].concat()] {
        let output = init(folder.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(2));
        assert!(both(&output).contains("shop.toml exists already"), "{}", both(&output));
    }
    assert_eq!(fs::read_to_string(folder.path().join("shop.toml")).unwrap(), "kept");
}
