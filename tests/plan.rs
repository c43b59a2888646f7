//! `liege plan --against`: what changes, and what that does on a machine.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use liege::format;
use liege::package::{Contents, Role};
use support::{EXAMPLES, both, liege, packages_of, project, succeed};
use tempfile::TempDir;

const CHANGES: i32 = 3;

/// A directory with the example shop, built.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::copy(project().join("specs/shop.toml"), place.path("shop.toml")).unwrap();
        succeed(place.liege().args(["build", "shop.toml"]));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn liege(&self) -> Command {
        let mut command = liege();
        command.current_dir(self.0.path()).env("XDG_STATE_HOME", self.path("state"));
        command
    }

    fn edit(&self, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path("shop.toml")).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(self.path("shop.toml"), text.replacen(from, to, 1)).unwrap();
        self
    }

    fn plan(&self, further: &[&str]) -> Output {
        self.liege().args(["plan", "shop.toml", "-q", "--against"]).args(further).output().unwrap()
    }

    /// What a plan against `out` says, which finds changes.
    fn changes(&self, further: &[&str]) -> String {
        let output = self.plan(&[&["out"], further].concat());
        assert_eq!(output.status.code(), Some(CHANGES), "{}", both(&output));
        both(&output)
    }

    /// Publishes what was built; returns the repositories' directory.
    fn publish(&self, out: &str) -> String {
        if !self.path("key.asc").exists() {
            let user = ["--user-id", "Shop <ops@shop.example>", "--no-passphrase", "--public", "key.asc"];
            succeed(self.liege().args(["key", "key"]).args(user));
        }
        succeed(self.liege().args(["publish", out, "--to", "packages", "--key", "key", "--name", "shop"]));
        "packages".to_owned()
    }
}

#[test]
fn what_is_the_same_is_no_change() {
    let place = Place::new();
    let packages = place.publish("out");
    for against in [&["out"][..], &["liege.lock"], &[&packages, "--key", "key.asc"]] {
        let output = place.plan(against);
        assert_eq!((output.status.code(), both(&output).as_str()), (Some(0), "packages: 10 same\n"), "{against:?}");
    }
}

#[test]
fn each_change_is_told_with_its_lines_and_what_it_does() {
    let changes = [
        ("threads = 2", "threads = 3", "reload", "    -threads = 2\n    +threads = 3\n"),
        ("user = \"webapp\"", "user = \"web\"", "restart", "    +uid = web\n"),
        (
            "threads = 2",
            "threads = 2\nlisten = \"uwsgi://127.0.0.1:3031\"",
            "the web server must follow",
            "    +socket = 127.0.0.1:3031\n",
        ),
        (
            "threads = 2",
            "threads = 2\nmode = \"service\"",
            "restart with its sockets\n",
            "  /usr/lib/systemd/system/shop-webapp.socket, new\n",
        ),
        ("threads = 2", "threads = 2\nbacklog = 300", "reload", "listen = 300"),
    ];
    for (from, to, effect, lines) in changes {
        let place = Place::new();
        let said = place.edit(from, to).changes(&["--app", "webapp"]);
        let heading =
            said.lines().find(|line| line.starts_with("shop-webapp 1.4.0-1 → 1.4.0-2 (debian, redhat, suse): "));
        let heading = heading.unwrap_or_else(|| panic!("{said}"));
        assert!(format!("{heading}\n").contains(effect) && said.contains(lines), "{to}: {said}");
        assert!(said.ends_with("packages: 3 changed\n"), "{said}");
    }
}

#[test]
fn what_comes_goes_and_is_shared_is_told() {
    let place = Place::new();
    place
        .edit("[app.apiserver]", "[app.other]\nenable = false\nstart = false")
        .edit("threads = 2", "threads = 2\nlog = \"file\"");
    let said = place.changes(&[]);
    assert!(
        said.contains("shop-other 1.4.0-1 (debian, redhat, suse): new; is installed, and starts when you start it\n")
    );
    assert!(
        said.contains("shop-apiserver 1.4.0-1 (debian, redhat, suse): no longer built; stays and runs where it is")
    );
    assert!(
        said.contains("shop-uwsgi 1.4.0-1 → 1.4.0-2 (debian, redhat, suse): new files; no application notices\n"),
        "{said}"
    );
    assert!(said.contains("packages: 3 new, 6 changed, 3 removed, 1 same\n"), "{said}");
    let said = place.changes(&["--app", "other", "--family", "suse"]);
    assert!(said.contains("packages: 1 new\n"), "{said}");
}

#[test]
fn an_emperors_unit_waits_for_its_restart() {
    let place = Place::new();
    let folder = place.path("templates");
    fs::create_dir_all(folder.join("site")).unwrap();
    let unit = fs::read_to_string(project().join("templates/site/emperor.service")).unwrap();
    fs::write(folder.join("site/emperor.service"), unit.replace("[Service]\n", "[Service]\nNice=5\n")).unwrap();
    let said = place.changes(&["--templates", "templates"]);
    assert!(
        said.contains("the emperor's unit counts from its next restart on") && said.contains("    +Nice=5\n"),
        "{said}"
    );
    assert!(said.contains("packages: 3 changed, 7 same\n"), "{said}");
}

#[test]
fn a_lock_remembers_that_but_not_what() {
    let place = Place::new();
    place.edit("threads = 2", "threads = 3");
    let output = place.plan(&["liege.lock"]);
    assert_eq!(output.status.code(), Some(CHANGES));
    assert!(both(&output).contains("1.4.0-1 → 1.4.0-2 (debian, redhat, suse): changed; a lock remembers no contents"));
    assert!(both(&output).ends_with("packages: 3 changed, 7 same\n"));
}

#[test]
fn a_repository_is_compared_by_its_latest_versions_once_it_is_believed() {
    let place = Place::new();
    place.publish("out");
    place.edit("threads = 2", "threads = 3");
    succeed(place.liege().args(["build", "shop.toml", "--out", "second"]));
    place.publish("second");
    // Another site, whose packages' names begin as ours.
    let other = fs::read_to_string(place.path("shop.toml")).unwrap().replace("site = \"shop\"", "site = \"shop-eu\"");
    fs::create_dir(place.path("other")).unwrap();
    fs::write(place.path("other/shop.toml"), other).unwrap();
    succeed(place.liege().args(["build", "other/shop.toml", "--out", "third"]));
    place.publish("third");
    let against = ["packages", "--key", "key.asc"];
    let output = place.plan(&against);
    assert_eq!((output.status.code(), both(&output).as_str()), (Some(0), "packages: 10 same\n"));

    place.edit("threads = 3", "threads = 4").edit("[app.apiserver]", "[app.eu-webapp]");
    let output = place.plan(&against);
    let said = both(&output);
    assert_eq!(output.status.code(), Some(CHANGES));
    assert!(said.contains("shop-webapp 1.4.0-2 → 1.4.0-3 (debian, redhat, suse): reload\n"), "{said}");
    assert!(said.contains("    -threads = 3\n    +threads = 4\n"), "{said}");
    assert!(said.contains("shop-apiserver 1.4.0-1 (debian, redhat, suse): no longer built"), "{said}");

    let output = place.plan(&["packages"]);
    assert!(output.status.code() == Some(2) && both(&output).contains("name their public key by --key"));
    succeed(place.liege().args(["key", "b", "--user-id", "B <b@b.example>", "--no-passphrase", "--public", "b.asc"]));
    let output = place.plan(&["packages", "--key", "b.asc"]);
    assert!(output.status.code() == Some(2) && both(&output).contains("not signed"), "{}", both(&output));
    let deb = support::files_below(&place.path("packages"))
        .into_iter()
        .find(|path| path.display().to_string().ends_with("shop-webapp_1.4.0-2_all.deb"))
        .unwrap();
    fs::write(place.path("packages").join(deb), "no package").unwrap();
    let output = place.plan(&against);
    assert!(both(&output).contains("is not the package that was written there"), "{}", both(&output));
}

#[test]
fn the_same_version_with_other_contents_is_told() {
    let place = Place::new();
    let said = place.edit("threads = 2", "threads = 3").changes(&["--unlocked"]);
    assert!(
        said.contains("shop-webapp 1.4.0-1 (debian, redhat, suse): reload\n  the same version with other contents"),
        "{said}"
    );
}

#[test]
fn machines_read_json() {
    let place = Place::new();
    place.edit("threads = 2", "threads = 3");
    let said = place.changes(&["--format", "json", "--family", "suse"]);
    let value: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(value["summary"], serde_json::json!({ "new": 0, "changed": 1, "removed": 0, "same": 2 }));
    let changed = value["packages"].as_array().unwrap().iter().find(|one| one["change"] == "changed").unwrap();
    let keys = ["package", "family", "application", "before", "after", "effect"];
    let values = keys.map(|key| changed[key].as_str().unwrap());
    assert_eq!(values, ["shop-webapp", "suse", "webapp", "1.4.0-1", "1.4.0-2", "reload"]);
    let difference = &changed["differences"][0];
    assert_eq!((&difference["part"], &difference["change"]), (&"/etc/shop/apps/webapp.ini".into(), &"changed".into()));
    assert!(difference["diff"].as_str().unwrap().contains("\n-threads = 2\n+threads = 3\n"));

    let plan = succeed(place.liege().args(["plan", "shop.toml", "--format", "json", "--app", "webapp"]));
    let value: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(value["packages"][2]["family"], "suse");
    assert_eq!(value["packages"][0]["files"][0]["path"], "/etc/shop/apps/webapp.ini");
}

#[test]
fn nothing_to_compare_with_is_told() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    for (against, expected) in [
        (&["nowhere"][..], "nowhere: there is no such directory or file"),
        (&["empty"], "empty: there is no manifest.json of a build"),
        (&["empty", "--key", "shop.toml"], "shop.toml: "),
        (&["shop.toml"], "shop.toml: "),
    ] {
        let output = place.plan(against);
        assert!(output.status.code() == Some(2) && both(&output).contains(expected), "{}", both(&output));
    }
}

#[test]
fn artefacts_read_back_hold_the_files_that_were_packed() {
    for package in EXAMPLES.iter().flat_map(|name| packages_of(name)) {
        let format = format::of(&package).unwrap();
        let mut artefact = Vec::new();
        format.build(&package, &mut artefact).unwrap();
        let unpacked = format.unpack(&artefact).unwrap();
        for file in &package.files {
            let found = unpacked.files().find(|(path, _)| path.trim_end_matches('/') == file.path);
            let ghost = matches!(file.contents, Contents::GhostLink(_));
            match found {
                Some((_, text)) if !ghost => assert_eq!(text, file.text(), "{} of {}", file.path, package.name),
                Some((_, text)) => assert!(text.starts_with("-> ../apps/"), "{text}"),
                None => assert!(ghost && format.name() == "deb", "{} of {}", file.path, package.name),
            }
        }
        let documentation = package.files.iter().filter(|file| file.role == Role::CompressedDocumentation);
        assert!(format.name() == "rpm" || documentation.count() > 0);
        assert!(format.unpack(&artefact[..artefact.len() / 2]).is_err() && format.unpack(b"nothing").is_err());
        assert!(unpacked.differences(&format.unpack(&artefact).unwrap()).is_empty());
    }
}
