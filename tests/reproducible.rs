//! The same spec gives the same bytes, wherever and however it is built.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use support::{EXAMPLES, files_below, liege, project, succeed};

fn digests(out: &Path) -> BTreeMap<PathBuf, String> {
    let digest = |path: &PathBuf| hex::encode(Sha256::digest(std::fs::read(out.join(path)).unwrap()));
    files_below(out).into_iter().map(|path| (path.clone(), digest(&path))).collect()
}

/// Builds all examples in a fresh directory, by a command line that may change the surroundings first.
fn built(surroundings: &str, environment: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
    let out = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    for name in EXAMPLES {
        let spec = elsewhere.path().join(format!("{name}.toml"));
        std::fs::copy(project().join(format!("specs/{name}.toml")), &spec).unwrap();
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &format!("{surroundings}; exec \"$@\""), "-", env!("CARGO_BIN_EXE_liege"), "build"]);
        command.arg(spec).arg("--out").arg(out.path()).current_dir(elsewhere.path()).env_remove("SOURCE_DATE_EPOCH");
        command.envs(environment.iter().copied());
        succeed(&mut command);
    }
    digests(out.path())
}

#[test]
fn surroundings_change_nothing() {
    let plain = built(":", &[]);
    assert!(plain.len() > 20);
    for surroundings in ["umask 002", "umask 077", "umask 000", "ulimit -n 64", "exec </dev/null"] {
        assert_eq!(built(surroundings, &[]), plain, "{surroundings}");
    }
    for environment in [
        [("TZ", "Pacific/Kiritimati"), ("LANG", "C")],
        [("TZ", "America/St_Johns"), ("LANG", "tr_TR.UTF-8")],
        [("LC_ALL", "ja_JP.UTF-8"), ("HOME", "/nonexistent")],
        [("RAYON_NUM_THREADS", "1"), ("USER", "somebody")],
        [("RAYON_NUM_THREADS", "16"), ("HOSTNAME", "elsewhere")],
    ] {
        assert_eq!(built(":", &environment), plain, "{environment:?}");
    }
}

#[test]
fn the_date_comes_from_source_date_epoch_alone() {
    let early = built(":", &[("SOURCE_DATE_EPOCH", "1700000000")]);
    let again = built("sleep 1.1", &[("SOURCE_DATE_EPOCH", "1700000000")]);
    assert_eq!(early, again);
    let packages = |digests: &BTreeMap<PathBuf, String>| {
        digests
            .iter()
            .filter(|(path, _)| !path.ends_with("manifest.json"))
            .map(|(_, digest)| digest.clone())
            .collect::<Vec<_>>()
    };
    let standard = built(":", &[]);
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
