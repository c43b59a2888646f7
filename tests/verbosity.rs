//! `-q` and `-v` mean the same in every command.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::path::Path;
use std::process::Output;

use support::{both, build_example, liege, project};

/// Runs a command line, where a ~ is a space within a word.
fn run(folder: &Path, line: &str) -> Output {
    let output = liege()
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder)
        .args(line.split(' ').map(|word| word.replace('~', " ")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {}", both(&output));
    output
}

const INIT: &str = "init --yes --site mine --maintainer Ann~<ann@example.org> --app web --module web.wsgi";

#[test]
fn quiet_commands_that_do_what_they_are_asked_for_say_nothing() {
    let folder = build_example("shop");
    let vassals = project().join("tests/import/vassals");
    for line in [
        format!("-q {INIT}"),
        format!("import {} --out i.toml -q", vassals.display()),
        "check -q mine.toml".to_owned(),
        "build -q mine.toml".to_owned(),
        "key -q key --user-id me --no-passphrase --public key.asc".to_owned(),
        "publish -q . --to repository --key key".to_owned(),
        "publish -q . --to repository --key key --url https://packages.example".to_owned(),
        "refresh -q repository --key key".to_owned(),
        "verify -q repository --key key.asc".to_owned(),
        "man -q pages".to_owned(),
    ] {
        let said = both(&run(folder.path(), &line));
        assert!(said.is_empty(), "{line}: {said}");
    }
}

#[test]
fn quiet_commands_print_what_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let lines =
        ["explain -q", "explain -q tls", "options -q user", "schema -q", "key -q key --user-id me --no-passphrase"];
    for line in lines {
        let output = run(folder.path(), line);
        assert!(output.stderr.is_empty() && !output.stdout.is_empty(), "{line}: {}", both(&output));
    }
}

#[test]
fn quiet_reports_hold_mistakes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "site = 'one'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n[app.a]\nmodule = 'a'\nbacklog = 9999\n";
    std::fs::write(folder.path().join("site.toml"), spec).unwrap();
    for (format, nothing) in [("json", "[]"), ("github", ""), ("sarif", "\"results\": []")] {
        let loud = both(&run(folder.path(), &format!("check --format {format} site.toml")));
        let quiet = both(&run(folder.path(), &format!("check -q --format {format} site.toml")));
        assert!(loud.contains("9999") && !quiet.contains("9999") && quiet.contains(nothing), "{format}: {quiet}");
    }
}

#[test]
fn verbose_commands_tell_digests() {
    let folder = build_example("shop");
    for (line, digest) in [
        ("key -v key --user-id me --no-passphrase", "key: public key "),
        ("key -v key --public key.asc", "key.asc: public key "),
        ("publish -v . --to repository --key key", "debian  + shop-uwsgi 1.4.0-1  sha256:"),
        ("verify -v repository --key key.asc", "suse  shop-webapp 1.4.0-1  sha256:"),
    ] {
        let said = both(&run(folder.path(), line));
        assert!(said.contains(digest), "{line}: {said}");
    }
}
