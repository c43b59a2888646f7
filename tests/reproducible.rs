//! The same spec gives the same bytes, wherever and however it is built.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};
use support::{EXAMPLES, files_below, liege, project, succeed, tool};
use tempfile::TempDir;

fn digests(out: &Path) -> BTreeMap<PathBuf, String> {
    let digest = |path: &PathBuf| hex::encode(Sha256::digest(std::fs::read(out.join(path)).unwrap()));
    files_below(out).into_iter().map(|path| (path.clone(), digest(&path))).collect()
}

/// Builds all examples in a fresh directory, by a shell's command line that may change the surroundings before `"$@"`.
fn built(surroundings: &str, environment: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
    let place = Place::new();
    let mut command = tool("unshare");
    command.args(["--mount", "--uts", "sh", "-euc", surroundings, "-", "./liege", "build"]);
    place.build(&mut command, environment)
}

/// A directory with the examples and the program, which everybody may use.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::set_permissions(place.0.path(), fs::Permissions::from_mode(0o777)).unwrap();
        for name in EXAMPLES {
            fs::copy(project().join(format!("specs/{name}.toml")), place.path(&format!("{name}.toml"))).unwrap();
        }
        fs::copy(env!("CARGO_BIN_EXE_liege"), place.path("liege")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What a command makes of all examples, which are its last argument one after the other.
    fn build(&self, command: &mut Command, environment: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        command.current_dir(self.0.path()).env_remove("SOURCE_DATE_EPOCH").envs(environment.iter().copied());
        let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        for name in EXAMPLES {
            let mut build = Command::new(command.get_program());
            build.args(&arguments).arg(format!("{name}.toml")).current_dir(self.0.path());
            command.get_envs().for_each(|(key, value)| match value {
                Some(value) => drop(build.env(key, value)),
                None => drop(build.env_remove(key)),
            });
            succeed(&mut build);
        }
        digests(&self.path("out"))
    }
}

/// What may be otherwise on another machine or another day.
const SURROUNDINGS: [&str; 15] = [
    "umask 002; exec \"$@\"",
    "umask 077; exec \"$@\"",
    "umask 000; exec \"$@\"",
    "ulimit -n 64; exec \"$@\"",
    "exec \"$@\" </dev/null",
    "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"",
    "exec taskset --cpu-list 0 \"$@\"",
    "exec taskset --cpu-list 1 nice -n 19 \"$@\"",
    "hostname elsewhere; exec \"$@\"",
    "exec setarch --uname-2.6 \"$@\"",
    "exec setarch --addr-no-randomize \"$@\"",
    "exec faketime '2038-01-19 03:14:08' \"$@\"",
    "exec env -i ./liege build \"$3\"",
    "ln -sf liege other-name; exec ./other-name build \"$3\"",
    // Another file system, where a directory's files come in another order.
    "mkdir -p out held; mount -t tmpfs tmpfs held; cp *.toml liege* held; [ ! -e out/manifest.json ] || cp -R out held; (cd held; \"$@\"); \
     cp -R held/out held/liege.lock .",
];

#[test]
fn surroundings_change_nothing() {
    let plain = built("exec \"$@\"", &[]);
    assert!(plain.len() > 20);
    for surroundings in SURROUNDINGS {
        assert_eq!(built(surroundings, &[]), plain, "{surroundings}");
    }
    for environment in [
        [("TZ", "Pacific/Kiritimati"), ("LANG", "C")],
        [("TZ", "America/St_Johns"), ("LANG", "tr_TR.UTF-8")],
        [("LC_ALL", "ja_JP.UTF-8"), ("HOME", "/nonexistent")],
        [("RAYON_NUM_THREADS", "1"), ("USER", "somebody")],
        [("RAYON_NUM_THREADS", "16"), ("HOSTNAME", "elsewhere")],
    ] {
        assert_eq!(built("exec \"$@\"", &environment), plain, "{environment:?}");
    }
}

#[test]
fn the_order_of_files_and_the_name_of_their_directory_change_nothing() {
    let plain = built("exec \"$@\"", &[]);
    let mut names: Vec<PathBuf> = files_below(&project().join("templates"));
    for folder in ["templates", "a b \u{fc}\u{4e2d}/deep"] {
        names.reverse();
        let place = Place::new();
        for name in &names {
            let target = place.path(folder).join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(project().join("templates").join(name), target).unwrap();
        }
        let mut command = Command::new("./liege");
        command.args(["build", "--templates", folder]);
        assert_eq!(place.build(&mut command, &[]), plain, "{folder}");
    }
}

#[test]
fn the_date_comes_from_source_date_epoch_alone() {
    let early = built("exec \"$@\"", &[("SOURCE_DATE_EPOCH", "1700000000")]);
    let again = built("sleep 1.1; exec \"$@\"", &[("SOURCE_DATE_EPOCH", "1700000000")]);
    assert_eq!(early, again);
    let packages = |digests: &BTreeMap<PathBuf, String>| {
        digests
            .iter()
            .filter(|(path, _)| path.components().count() == 2)
            .map(|(_, digest)| digest.clone())
            .collect::<Vec<_>>()
    };
    let standard = built("exec \"$@\"", &[]);
    assert_eq!(early.keys().collect::<Vec<_>>(), standard.keys().collect::<Vec<_>>());
    for (one, other) in packages(&early).iter().zip(packages(&standard)) {
        assert_ne!(one, &other);
    }
}

#[test]
fn a_date_that_is_none_is_refused() {
    for date in ["yesterday", "-1", "99999999999", ""] {
        let output = liege().args(["build", "specs/shop.toml"]).env("SOURCE_DATE_EPOCH", date).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = support::both(&output);
        assert!(said.contains("SOURCE_DATE_EPOCH") && said.contains("whole seconds since 1970"), "{said}");
    }
}
