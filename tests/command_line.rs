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
    fails(&["build", "specs/none.toml"], "cannot read specs/none.toml");
    fails(&["check", "specs"], "cannot read specs");
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
    fails(&["instal"], "unrecognized subcommand");
    fails(
        &["init", "--site", "My Shop", "--maintainer", "ops", "--app", "a", "--module", "a"],
        "error: --site: a site's name begins packages, units and directories",
    );
}

#[test]
fn a_spec_without_mistakes_is_said_to_have_none() {
    let said = succeed(liege().args(["check", "specs/shop.toml"]));
    assert_eq!(said, "specs/shop.toml: no mistake; 2 applications of shop for debian, redhat, suse\n");
}

/// What `liege check` says of a spec with a warning and a note, and how it ends.
fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    let text = "site = 'one'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n[app.a]\nmodule = 'a'\n\
                backlog = 9999\nharakiri = 300\n";
    fs::write(&spec, text).unwrap();
    let output = liege().arg("check").arg(&spec).args(arguments).output().unwrap();
    (output.status.code(), both(&output))
}

#[test]
fn a_rule_is_raised_or_allowed() {
    let (status, said) = check(&[]);
    assert!(status == Some(0) && said.contains("warning[backlog]") && said.contains("note[proxy-timeout]"), "{said}");
    assert!(said.contains(": no mistake, 1 warning, 1 note; "), "{said}");
    let (status, said) = check(&["-W", "backlog"]);
    assert!(status == Some(1) && said.contains("error[backlog]") && said.contains("note[proxy-timeout]"), "{said}");
    let (status, said) = check(&["-A", "backlog", "--allow", "proxy-timeout"]);
    assert!(status == Some(0) && !said.contains('['), "{said}");
    let (status, said) = check(&["-A", "backlog", "-W", "backlog"]);
    assert!(status == Some(1) && said.contains("error[backlog]"), "{said}");
    let (status, said) = check(&["-W", "all"]);
    assert!(status == Some(1) && said.contains("error[backlog]") && said.contains("note[proxy-timeout]"), "{said}");
    let (status, said) = check(&["-W", "all", "-W", "proxy-timeout", "-A", "backlog"]);
    assert!(status == Some(1) && said.contains("error[proxy-timeout]") && !said.contains("backlog"), "{said}");
    for (arguments, complaint) in [
        (["-A", "tls"], "tls is an error and cannot be allowed"),
        (["-A", "backlg"], "there is no rule backlg; did you mean backlog?"),
        (["-W", "nothing-like-it"], "there is no rule nothing-like-it; `liege explain` lists them all"),
    ] {
        let (status, said) = check(&arguments);
        assert!(status == Some(2) && said.contains(complaint), "{said}");
    }
}

#[test]
fn what_is_no_utf_8_is_shown_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    fs::write(&spec, b"site = 'one'\nversion = '\xff1'\n").unwrap();
    let output = liege().arg("check").arg(&spec).output().unwrap();
    let said = both(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("error[toml]: a byte that is no UTF-8") && said.contains("site.toml:2:12\n"), "{said}");
}

#[test]
fn quiet_tells_mistakes_alone_and_verbose_why_they_are_some() {
    let (status, said) = check(&["--quiet"]);
    assert!(status == Some(0) && said.is_empty(), "{said}");
    let (_, said) = check(&["-q", "-W", "backlog"]);
    assert!(said.contains("error[backlog]") && !said.contains("note["), "{said}");
    let (_, said) = check(&["-v"]);
    assert!(said.contains("\nwhy: nginx gives up after 60 s"), "{said}");
}

#[test]
fn colours_are_where_they_are_wanted() {
    let coloured = |arguments: &[&str], no_color: &str| {
        let mut command = liege();
        command.args(["check", "tests/mistakes/tls.toml"]).args(arguments).env("NO_COLOR", no_color);
        command.output().unwrap().stderr.contains(&0x1b)
    };
    assert!(!coloured(&[], "") && !coloured(&["--color", "never"], ""));
    assert!(coloured(&["--color=always"], "") && coloured(&["--color=always"], "1"));
}

#[test]
fn a_rule_is_explained() {
    let said = succeed(liege().args(["explain", "proxy-timeout"]));
    assert!(said.starts_with("proxy-timeout (note)\n\nA request may not take longer"), "{said}");
    assert!(said.contains("\nWrong:\n\n    [app.web]\n") && said.contains("\nRight:\n\n    [app.web]\n"), "{said}");
    let list = succeed(liege().arg("explain"));
    assert_eq!(list.lines().count(), liege::rule::RULES.len());
    fails(&["explain", "proxytimeout"], "there is no rule proxytimeout; did you mean proxy-timeout?");
}

#[test]
fn an_option_is_described() {
    let said = succeed(liege().args(["options", "harakiri"]));
    for fact in
        ["\nValue     seconds\n", "\nExample   harakiri = 45\n", "\nA change  reload (emperor), restart (service)\n"]
    {
        assert!(said.contains(fact), "{said}");
    }
    let said = succeed(liege().args(["options", "daemonize"]));
    assert!(said.contains("refused: sends the process away from systemd"), "{said}");
    let said = succeed(liege().args(["options", "rss"]));
    assert!(said.starts_with("reload-on-rss ") && said.contains("\nevil-reload-on-rss "), "{said}");
    let said = succeed(liege().args(["options", "unsafe"]));
    assert!(said.contains("unsafe-directives"), "{said}");
    fails(&["options", "harakri"], "did you mean harakiri?");
    let all = succeed(liege().arg("options"));
    for option in ["site", "listen", "tls.key", "uwsgi"] {
        assert!(all.lines().any(|line| line.split(' ').next() == Some(option)), "{option} is not in\n{all}");
    }
}

/// A few facts that are known from the life of packages on booted hosts.
#[test]
fn what_a_change_causes_is_known() {
    let entries = liege::reference::entries().unwrap();
    let templates = liege::template::Templates::load(None).unwrap();
    for (option, change) in [
        ("threads", "reload"),
        ("tls.key", "reload"),
        ("writable", "restart"),
        ("worker-reload-mercy", "reload (emperor), restart (service)"),
        ("user", "restart"),
        ("listen", "restart with its sockets, and the web server must follow"),
        ("site", "other packages; the former ones are to be removed"),
        ("machine.cores", "nothing"),
    ] {
        let entry = entries.iter().find(|entry| entry.name == option).unwrap();
        assert_eq!(entry.change(&templates).unwrap(), change, "{option}");
    }
}

#[test]
fn build_prints_a_line_for_each_artefact_and_a_summary() {
    let out = tempfile::tempdir().unwrap();
    let said = succeed(liege().args(["build", "--unlocked", "specs/shop.toml", "--out"]).arg(out.path()));
    assert_eq!(said.lines().count(), 11, "{said}");
    assert!(said.lines().last().unwrap().starts_with("10 packages, "), "{said}");
}

#[test]
fn plan_shows_what_was_asked_for() {
    let said = succeed(liege().args(["plan", "--unlocked", "specs/shop.toml", "--family", "suse", "--app", "webapp"]));
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
        liege().args(["plan", "--unlocked", "specs/shop.toml", "--templates"]).arg(folder).output().unwrap()
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
