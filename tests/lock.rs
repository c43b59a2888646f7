//! `liege.lock`: what did not change keeps version and bytes, and what did is later for every package manager.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use liege::family::Family;
use liege::lock::Lock;
use liege::package::{Contents, File, Package, Relation, RelationKind, Role, STANDARD_DATE, Script};
use liege::repository::{of_format, sha256};
use support::{both, files_below, liege, project, succeed, tool};
use tempfile::TempDir;

/// A directory with a spec, in which builds happen one after the other.
struct Place(TempDir);

impl Place {
    /// With the example shop.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::copy(project().join("specs/shop.toml"), place.path("shop.toml")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.read("shop.toml");
        assert!(text.contains(from), "{from}");
        fs::write(self.path("shop.toml"), text.replacen(from, to, 1)).unwrap();
    }

    fn try_build(&self, further: &[&str]) -> Output {
        liege().current_dir(self.0.path()).args(["build", "shop.toml"]).args(further).output().unwrap()
    }

    fn build(&self, further: &[&str]) -> String {
        succeed(liege().current_dir(self.0.path()).args(["build", "shop.toml"]).args(further))
    }

    fn refuses(&self, further: &[&str], expected: &str) {
        let before = (self.read("liege.lock"), self.artefacts());
        let output = self.try_build(further);
        assert_eq!(output.status.code(), Some(2), "{}", both(&output));
        assert!(both(&output).contains(expected), "{} has no {expected}", both(&output));
        assert!(before == (self.read("liege.lock"), self.artefacts()), "something was written");
    }

    /// The artefacts in `out`, each with its digest.
    fn artefacts(&self) -> BTreeMap<String, String> {
        let out = self.path("out");
        let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "deb" || end == "rpm");
        let digest = |path: PathBuf| (path.display().to_string(), sha256(&fs::read(out.join(&path)).unwrap()));
        files_below(&out).into_iter().filter(is_package).map(digest).collect()
    }

    /// The one artefact whose name begins so.
    fn artefact(&self, beginning: &str) -> String {
        let all = self.artefacts();
        let mut found = all.keys().filter(|path| path.starts_with(beginning));
        let one = found.next().unwrap_or_else(|| panic!("no {beginning} in {all:?}")).clone();
        assert_eq!(found.next(), None);
        one
    }
}

#[test]
fn what_did_not_change_keeps_version_and_bytes_and_what_did_gets_the_next_release() {
    let place = Place::new();
    let first = place.build(&[]);
    assert!(first.ends_with("liege.lock: 10 new\n"), "{first}");
    let (lock, before) = (place.read("liege.lock"), place.artefacts());
    let again = succeed(
        liege().current_dir(place.0.path()).args(["build", "shop.toml"]).env("SOURCE_DATE_EPOCH", "1800000000"),
    );
    assert!(again.ends_with("liege.lock: 10 same\n"), "{again}");
    assert_eq!((&lock, &before), (&place.read("liege.lock"), &place.artefacts()));

    place.edit("threads = 2", "threads = 3");
    let said = place.build(&["-v"]);
    assert!(said.contains("liege.lock: 3 changed, 7 same\n"), "{said}");
    assert!(said.contains("changed: shop-webapp (debian), shop-webapp (redhat), shop-webapp (suse)\n"), "{said}");
    let after = place.artefacts();
    for (path, digest) in &before {
        assert_eq!(after.get(path), (!path.contains("webapp")).then_some(digest), "{path}");
    }
    assert_eq!(place.artefact("debian/shop-webapp"), "debian/shop-webapp_1.4.0-2_all.deb");
    assert_eq!(place.artefact("suse/shop-webapp"), "suse/shop-webapp-1.4.0-2.noarch.rpm");
}

#[test]
fn a_new_version_is_for_what_changed_and_for_the_rest_on_demand() {
    let place = Place::new();
    place.build(&[]);
    place.edit("version = \"1.4.0\"", "version = \"1.5.0\"");
    place.edit("threads = 2", "threads = 3");
    let said = place.build(&[]);
    assert!(said.contains("7 of them keep an earlier version than 1.5.0"), "{said}");
    assert_eq!(place.artefact("debian/shop-webapp"), "debian/shop-webapp_1.5.0-1_all.deb");
    assert_eq!(place.artefact("debian/shop-apiserver"), "debian/shop-apiserver_1.4.0-1_all.deb");
    place.build(&["--release", "1"]);
    assert_eq!(place.artefact("debian/shop-apiserver"), "debian/shop-apiserver_1.5.0-1_all.deb");
    place.build(&["--release", "7", "--app", "apiserver"]);
    assert_eq!(place.artefact("redhat/shop-apiserver"), "redhat/shop-apiserver-1.5.0-7.noarch.rpm");
    assert_eq!(place.artefact("redhat/shop-webapp"), "redhat/shop-webapp-1.5.0-1.noarch.rpm");
    place.refuses(&["--release", "6", "--app", "apiserver"], "shop-apiserver: 1.5.0-6 is not later than 1.5.0-7");
}

#[test]
fn package_managers_take_each_release_for_later_than_the_one_before() {
    let place = Place::new();
    place.build(&[]);
    let lua = "print(rpm.vercmp('%s', '%s'))";
    let mut before = "1.4.0-1".to_owned();
    for (number, version) in ["1.4.0", "1.4.0", "1.4.1~rc1", "1.4.1", "1.10"].into_iter().enumerate() {
        let text = place.read("shop.toml");
        let line = text.lines().find(|line| line.starts_with("version = ")).unwrap().to_owned();
        place.edit(&line, &format!("version = \"{version}\""));
        place.edit("module = \"", "module = \"again.");
        place.build(&["--family", "debian"]);
        let name = place.artefact("debian/shop-webapp");
        let after = name.split('_').nth(1).unwrap().to_owned();
        succeed(tool("dpkg").args(["--compare-versions", &after, "gt", &before]));
        let program = lua.replacen("%s", &after, 1).replacen("%s", &before, 1);
        assert_eq!(succeed(tool("rpm").args(["--eval", &format!("%{{lua: {program}}}")])).trim(), "1", "{number}");
        before = after;
    }
    place.edit("version = \"1.10\"", "version = \"1.9\"");
    place.edit("threads = 2", "threads = 3");
    place.refuses(&["--family", "debian"], "1.9-1 is not later than 1.10-1, which liege.lock has for debian");
}

#[test]
fn what_comes_back_is_later_than_it_was() {
    let place = Place::new();
    place.build(&[]);
    let whole = place.read("shop.toml");
    let (without, _) = whole.split_once("[app.apiserver]").unwrap();
    fs::write(place.path("shop.toml"), without).unwrap();
    let said = place.build(&[]);
    assert!(said.contains("liege.lock: 3 removed, 7 same"), "{said}");
    assert!(place.build(&["--locked"]).contains("liege.lock: 7 same"));
    fs::write(place.path("shop.toml"), &whole).unwrap();
    assert!(place.build(&[]).contains("liege.lock: 3 new, 7 same"));
    assert_eq!(place.artefact("debian/shop-apiserver"), "debian/shop-apiserver_1.4.0-2_all.deb");
}

#[test]
fn a_locked_build_changes_nothing() {
    let place = Place::new();
    let output = place.try_build(&["--locked"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("liege.lock is missing: build without --locked once"), "{}", both(&output));
    assert!(!place.path("liege.lock").exists() && !place.path("out/debian").exists());
    place.build(&[]);
    place.build(&["--locked"]);
    place.edit("threads = 2", "threads = 3");
    place.refuses(&["--locked"], "liege.lock is stale (changed: shop-webapp (debian)");
    let plan = liege().current_dir(place.0.path()).args(["plan", "shop.toml", "--locked"]).output().unwrap();
    assert!(plan.status.code() == Some(2) && both(&plan).contains("liege.lock is stale"), "{}", both(&plan));
    place.build(&["--unlocked"]);
    assert_eq!(place.artefact("debian/shop-webapp"), "debian/shop-webapp_1.4.0-1_all.deb");
}

#[test]
fn a_plan_says_what_a_build_will_release() {
    let place = Place::new();
    place.build(&[]);
    place.edit("threads = 2", "threads = 3");
    let plan = succeed(liege().current_dir(place.0.path()).args(["plan", "shop.toml", "--family", "debian"]));
    assert!(plan.contains("shop-webapp_1.4.0-2_all.deb") && plan.contains("shop-uwsgi_1.4.0-1_all.deb"));
}

#[test]
fn only_what_changes_along_with_the_shared_package_asks_for_its_new_release() {
    let place = Place::new();
    place.build(&[]);
    // A log file brings its directory into the shared package.
    place.edit("threads = 2", "threads = 2\nlog = \"file\"");
    let said = place.build(&["-v"]);
    assert!(said.contains("shop-uwsgi (redhat)") && !said.contains("changed: shop-apiserver"), "{said}");
    let requires =
        |package: &str| succeed(tool("rpm").args(["-qp", "--requires"]).arg(place.path("out").join(package)));
    let webapp = requires(&place.artefact("redhat/shop-webapp"));
    assert!(webapp.contains("shop-uwsgi >= 1.4.0-2\n"), "{webapp}");
    let other = requires(&place.artefact("redhat/shop-apiserver"));
    assert!(other.contains("shop-uwsgi >= 1.4.0\n"), "{other}");
}

#[test]
fn a_part_of_the_site_is_locked_alone() {
    let place = Place::new();
    place.build(&["--app", "webapp", "--family", "debian"]);
    assert!(place.build(&[]).ends_with("liege.lock: 9 new, 1 same\n"));
    let whole = place.read("shop.toml");
    fs::write(place.path("shop.toml"), whole.split_once("[app.apiserver]").unwrap().0).unwrap();
    assert!(place.build(&["--app", "webapp"]).ends_with("liege.lock: 3 same\n"), "others are not removed by it");
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    let mut git = tool("git");
    git.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", folder);
    git.args(["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "init.defaultBranch=main"]);
    git.args(arguments).output().unwrap()
}

/// Two branches that each make one change, merged.
fn merged(changes: [[&str; 2]; 2]) -> (Place, Output) {
    let place = Place::new();
    let folder = place.0.path().to_owned();
    let git = |arguments: &[&str]| git(&folder, arguments);
    let commit = || {
        place.build(&[]);
        assert!(git(&["add", "shop.toml", "liege.lock"]).status.success());
        assert!(git(&["commit", "-q", "-m", "change"]).status.success());
    };
    git(&["init", "-q"]);
    commit();
    git(&["checkout", "-q", "-b", "other"]);
    place.edit(changes[0][0], changes[0][1]);
    commit();
    git(&["checkout", "-q", "main"]);
    place.edit(changes[1][0], changes[1][1]);
    commit();
    let merge = git(&["merge", "-q", "--no-edit", "other"]);
    (place, merge)
}

#[test]
fn branches_that_change_other_applications_merge() {
    let (place, merge) = merged([["threads = 2", "threads = 3"], ["module = \"api.wsgi\"", "module = \"api.main\""]]);
    assert!(merge.status.success(), "{}", both(&merge));
    assert!(place.build(&["--locked"]).ends_with("liege.lock: 10 same\n"));
    assert_eq!(place.artefact("debian/shop-webapp"), "debian/shop-webapp_1.4.0-2_all.deb");
    assert_eq!(place.artefact("debian/shop-apiserver"), "debian/shop-apiserver_1.4.0-2_all.deb");
}

#[test]
fn branches_that_change_the_same_application_are_told() {
    let (place, merge) = merged([["harakiri = ", "harakiri = 1"], ["max-requests = ", "max-requests = 1"]]);
    assert!(!merge.status.success(), "{}", both(&merge));
    assert!(place.read("liege.lock").contains("<<<<<<<"));
    let _ = git(place.0.path(), &["checkout", "--theirs", "shop.toml"]);
    place.edit("max-requests = ", "max-requests = 1");
    let clean: String = place
        .read("shop.toml")
        .lines()
        .filter(|line| !line.contains("<<<<") && !line.contains("====") && !line.contains(">>>>"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(place.path("shop.toml"), clean).unwrap();
    place.refuses(&[], "two branches changed the same packages. Keep, of each package, the whole entry with the later");
    // Whichever side is kept: what the merged spec holds is neither side's 1.4.0-2.
    assert!(git(place.0.path(), &["checkout", "--ours", "liege.lock"]).status.success());
    place.build(&[]);
    assert_eq!(place.artefact("debian/shop-webapp"), "debian/shop-webapp_1.4.0-3_all.deb");
}

#[test]
fn a_change_is_taken_back_by_a_later_release() {
    let place = Place::new();
    let git = |arguments: &[&str]| {
        let output = git(place.0.path(), arguments);
        assert!(output.status.success(), "{}", both(&output));
    };
    git(&["init", "-q"]);
    for threads in ["threads = 2", "threads = 3"] {
        place.edit("threads = 2", threads);
        place.build(&[]);
        git(&["add", "shop.toml", "liege.lock"]);
        git(&["commit", "-q", "-m", threads]);
    }
    git(&["revert", "--no-commit", "HEAD"]);
    git(&["restore", "--staged", "--worktree", "--source", "HEAD", "liege.lock"]);
    place.build(&[]);
    let taken_back = place.path("out").join(place.artefact("debian/shop-webapp"));
    assert!(taken_back.ends_with("shop-webapp_1.4.0-3_all.deb"));
    let ini = succeed(
        tool("sh")
            .args(["-c", "dpkg-deb --fsys-tarfile \"$1\" | tar -xO ./etc/shop/apps/webapp.ini", "-"])
            .arg(taken_back),
    );
    assert!(ini.contains("threads = 2\n"), "{ini}");
}

#[test]
fn a_lock_that_is_none_is_refused() {
    let place = Place::new();
    place.build(&[]);
    let lock = place.read("liege.lock");
    let entry = lock.split("[[package]]").nth(1).unwrap();
    let tries = [
        ("version = \"1.4.0\"", "version = \"1.4.0\\nDepends: evil\"", "line"),
        ("release = 1", "release = 0", "release 0 is not between 1 and 999999"),
        ("release = 1", "release = -1", "line 10"),
        ("shared = \"1.4.0-1\"", "shared = \"1.4.0\"", "is no version with its release, such as 1.4.0-1"),
        ("date = ", "dates = ", "unknown field"),
        ("lock = 1", "lock = 2", "its format is 2, and this liege knows 1"),
        ("lock = 1", "", "missing field `lock`"),
        ("[[package]]", &format!("[[package]]{entry}\n[[package]]"), "shop-apiserver of debian is there twice"),
    ];
    for (from, to, expected) in tries {
        assert!(lock.contains(from), "{from}");
        fs::write(place.path("liege.lock"), lock.replacen(from, to, 1)).unwrap();
        place.refuses(&[], expected);
        place.refuses(&[], "liege.lock: ");
    }
    assert_eq!(Lock::parse(&lock).unwrap().text().unwrap(), lock);
}

/// A package with a file of each kind, made by hand: no template changes it.
fn package(family: &'static Family) -> Package {
    let file = |path: &str, role: Role, contents: Contents| File {
        path: path.to_owned(),
        mode: 0o755,
        owner: "root".to_owned(),
        group: "root".to_owned(),
        role,
        contents,
    };
    let text = |text: &str| Contents::Text(text.repeat(40));
    let script = if family.format == "deb" { "postinst" } else { "post" };
    Package {
        name: "fixed-package".to_owned(),
        version: "1.0".to_owned(),
        release: 1,
        family,
        site: "fixed".to_owned(),
        application: None,
        manages: None,
        unsafe_directives: Vec::new(),
        summary: "A package that stays".to_owned(),
        description: "It is the same in every version of liege.".to_owned(),
        maintainer: "Nobody <nobody@example.org>".to_owned(),
        homepage: None,
        license: "MIT".to_owned(),
        date: i64::from(STANDARD_DATE),
        change: "Nothing.".to_owned(),
        relations: vec![Relation::any(RelationKind::Requires, "something")],
        files: vec![
            file("/etc/fixed.ini", Role::Config, text("a = b\n")),
            file("/usr/share/doc/fixed-package", Role::Plain, Contents::Directory),
            file("/usr/share/doc/fixed-package/README", Role::Documentation, text("Read me.\n")),
            file("/usr/share/doc/fixed-package/changelog.gz", Role::CompressedDocumentation, text("Changed.\n")),
        ],
        scripts: vec![Script { name: script.to_owned(), on: None, text: "#!/bin/sh\ntrue\n".to_owned() }],
    }
}

#[test]
fn the_same_package_stays_the_same_bytes_as_long_as_the_revision_of_its_format_does() {
    let known = [
        ("deb", 1, "4b8a29fe72d530df338cacba778824e295c403ac619aace688b943f06603fd13"),
        ("rpm", 2, "a5efd2b32f12f07201798b32accc62c93570be2d878e74e9126931996bc476ee"),
    ];
    for (name, revision, expected) in known {
        let family = Family::all().find(|family| family.format == name).unwrap();
        assert!(of_format(name).is_ok());
        let package = package(family);
        let format = liege::format::of(&package).unwrap();
        let mut bytes = Vec::new();
        format.build(&package, &mut bytes).unwrap();
        assert_eq!(
            (format.revision(), sha256(&bytes).as_str()),
            (revision, expected),
            "{name}: where the bytes changed, raise `revision` and note the new digest: locked packages then get a new release"
        );
    }
}

#[test]
fn what_lies_there_already_is_not_packed_again_unless_its_bytes_changed() {
    let place = Place::new();
    place.build(&[]);
    let path = place.path("out").join(place.artefact("debian/shop-webapp"));
    let inode = || std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path).unwrap());
    let (before, bytes) = (inode(), fs::read(&path).unwrap());
    place.build(&[]);
    assert_eq!(inode(), before, "it was packed again");
    fs::write(&path, "somebody wrote here").unwrap();
    place.build(&[]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    fs::remove_file(&path).unwrap();
    place.build(&[]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn everything_that_a_package_is_made_of_counts() {
    let place = Place::new();
    place.build(&[]);
    let folder = place.path("templates/app");
    fs::create_dir_all(&folder).unwrap();
    let readme = fs::read_to_string(project().join("templates/app/README")).unwrap();
    fs::write(folder.join("README"), readme + "Ask the operators.\n").unwrap();
    assert!(place.build(&["--templates", "templates"]).ends_with("liege.lock: 6 changed, 4 same\n"));
    assert!(place.build(&["--templates", "templates"]).ends_with("liege.lock: 10 same\n"));
    assert!(place.build(&[]).ends_with("liege.lock: 6 changed, 4 same\n"));
    place.edit("maintainer = \"Shop", "maintainer = \"The Shop");
    assert!(place.build(&[]).ends_with("liege.lock: 10 changed\n"));
    place.edit("[app.webapp]", "[app.webapp.on.suse]\nthreads = 5\n[app.webapp]");
    assert!(place.build(&[]).ends_with("liege.lock: 1 changed, 9 same\n"));
    assert_eq!(place.artefact("suse/shop-webapp"), "suse/shop-webapp-1.4.0-5.noarch.rpm");
}
