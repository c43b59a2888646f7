//! A site built by several machines: in parts that belong together, and through a cache that nobody can poison.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use liege::manifest::Manifest;
use liege::repository::sha256;
use support::{both, files_below, liege, project, succeed};
use tempfile::TempDir;

/// A directory with the example shop and a lock of it.
fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::copy(project().join("specs/shop.toml"), place.path().join("shop.toml")).unwrap();
    succeed(run(&place).args(["build", "shop.toml", "--out", "whole"]));
    place
}

fn run(place: &TempDir) -> Command {
    let mut command = liege();
    command.current_dir(place.path()).env("XDG_STATE_HOME", place.path().join("state"));
    command
}

fn artefacts(out: &Path) -> BTreeMap<PathBuf, String> {
    let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "deb" || end == "rpm");
    let digest = |path: PathBuf| (path.clone(), sha256(&fs::read(out.join(path)).unwrap()));
    files_below(out).into_iter().filter(is_package).map(digest).collect()
}

fn part(place: &TempDir, shard: &str, out: &str) {
    succeed(run(place).args(["build", "shop.toml", "--locked", "--shard", shard, "--out", out]));
}

fn publish(place: &TempDir, outs: &[&str]) -> Output {
    if !place.path().join("key").exists() {
        succeed(run(place).args(["key", "key", "--user-id", "Shop <ops@shop.example>", "--no-passphrase"]));
    }
    run(place).arg("publish").args(outs).args(["--to", "packages", "--key", "key"]).output().unwrap()
}

#[test]
fn parts_are_the_whole_and_nothing_twice() {
    let place = place();
    let whole = artefacts(&place.path().join("whole"));
    let lock = fs::read_to_string(place.path().join("liege.lock")).unwrap();
    let mut joined = BTreeMap::new();
    for number in 1..=3 {
        let out = format!("part{number}");
        part(&place, &format!("{number}/3"), &out);
        part(&place, &format!("{number}/3"), "together");
        let part = artefacts(&place.path().join(&out));
        assert!(part.len() < whole.len());
        for (path, digest) in part {
            assert!(joined.insert(path, digest).is_none(), "it is in two parts");
        }
    }
    assert_eq!(joined, whole);
    assert_eq!(artefacts(&place.path().join("together")), whole);
    assert_eq!(fs::read_to_string(place.path().join("liege.lock")).unwrap(), lock);
    let said = both(&publish(&place, &["part1", "part2", "part3", "together"]));
    assert!(said.contains("debian: 3 new, 3 packages") && said.contains("redhat: 4 new, 4 packages"), "{said}");
}

#[test]
fn a_part_that_is_missing_or_of_another_spec_is_not_published() {
    let place = place();
    for number in 1..=3 {
        part(&place, &format!("{number}/3"), &format!("part{number}"));
    }
    let refused = |outs: &[&str], expected: &str| {
        let output = publish(&place, outs);
        assert!(output.status.code() == Some(2) && both(&output).contains(expected), "{}", both(&output));
        assert!(!place.path().join("packages/debian").exists());
    };
    refused(&["nowhere"], "nowhere: there is no such directory; `liege build` writes one");
    refused(&["."], "./manifest.json names no packages: run `liege build` first");
    refused(&["part1", "part3"], "shop: part 2/3 is missing: name the directory of each part");
    refused(&["part1", "whole"], "shop: part 2/3, 3/3 is missing");
    part(&place, "1/2", "half");
    refused(&["part1", "part2", "part3", "half"], "were built of different specs: build all anew");
    let spec = fs::read_to_string(place.path().join("shop.toml")).unwrap();
    fs::write(place.path().join("shop.toml"), spec.replace("threads = 2", "threads = 3")).unwrap();
    succeed(run(&place).args(["build", "shop.toml", "--shard", "3/3", "--out", "part3"]));
    refused(&["part1", "part2", "part3"], "shop: part 1/3 and part 3/3 were built of different specs");
    succeed(run(&place).args(["build", "shop.toml", "--unlocked", "--out", "other"]));
    refused(&["whole", "other"], "is not the same in whole and in other");
}

#[test]
fn an_artefact_that_changed_after_its_build_is_not_published() {
    let place = place();
    let out = place.path().join("whole");
    let changed = out.join(artefacts(&out).keys().next().unwrap());
    let mut bytes = fs::read(&changed).unwrap();
    bytes.push(b'\n');
    fs::write(&changed, bytes).unwrap();
    let output = publish(&place, &["whole"]);
    assert!(output.status.code() == Some(2) && both(&output).contains("is not what was built"), "{}", both(&output));
    assert!(!place.path().join("packages/debian/dists").exists());
}

#[test]
fn a_whole_build_takes_the_place_of_parts() {
    let place = place();
    part(&place, "1/3", "out");
    succeed(run(&place).args(["build", "shop.toml", "--out", "out"]));
    let manifest: Manifest =
        serde_json::from_slice(&fs::read(place.path().join("out/manifest.json")).unwrap()).unwrap();
    assert!(manifest.parts.is_empty());
    assert!(publish(&place, &["out"]).status.success());
}

#[test]
fn a_part_that_is_none_is_refused() {
    for shard in ["0/3", "4/3", "1", "a/b", "1/0", "1/20000", "-1/2"] {
        let output = liege().args(["build", "specs/shop.toml", &format!("--shard={shard}")]).output().unwrap();
        assert!(output.status.code() == Some(2) && both(&output).contains("is no part such as 2/4"), "{shard}");
    }
}

fn cached(place: &TempDir, out: &str) -> String {
    both(&run(place).args(["build", "shop.toml", "--out", out, "--cache", "cache"]).output().unwrap())
}

#[test]
fn what_another_machine_packed_is_taken_and_not_packed_again() {
    let place = place();
    let whole = artefacts(&place.path().join("whole"));
    assert!(cached(&place, "first").ends_with("cache: 0 fetched, 10 stored\n"));
    assert!(cached(&place, "second").ends_with("cache: 10 fetched, 0 stored\n"));
    assert_eq!(
        (artefacts(&place.path().join("first")), artefacts(&place.path().join("second"))),
        (whole.clone(), whole)
    );
    // What nobody vouches for yet is packed, for a cache can hold anything.
    let spec = fs::read_to_string(place.path().join("shop.toml")).unwrap();
    fs::write(place.path().join("shop.toml"), spec.replace("threads = 2", "threads = 3")).unwrap();
    assert!(cached(&place, "third").ends_with("cache: 7 fetched, 3 stored\n"));
}

#[test]
fn a_poisoned_or_truncated_entry_is_told_and_built_anew() {
    let place = place();
    cached(&place, "first");
    let whole = artefacts(&place.path().join("whole"));
    let entries = files_below(&place.path().join("cache"));
    let entry = |number: usize| place.path().join("cache").join(&entries[number]);
    let (first, second) = (fs::read(entry(0)).unwrap(), fs::read(entry(1)).unwrap());
    fs::write(entry(0), &first[..first.len() / 2]).unwrap();
    fs::write(entry(1), fs::read(entry(2)).unwrap()).unwrap();
    let said = cached(&place, "second");
    assert_eq!(said.matches("is not the package that the lock knows, and was built anew").count(), 2, "{said}");
    assert!(said.contains("cache: 8 fetched, 2 stored\n"), "{said}");
    assert_eq!(artefacts(&place.path().join("second")), whole);
    assert_eq!((fs::read(entry(0)).unwrap(), fs::read(entry(1)).unwrap()), (first, second));
}

#[test]
fn a_cache_that_cannot_be_reached_is_told_and_left_alone() {
    let place = place();
    fs::create_dir(place.path().join("cache")).unwrap();
    // A file where a directory should be: nothing can be written below it.
    for byte in 0..=255_u8 {
        fs::write(place.path().join(format!("cache/{byte:02x}")), "").unwrap();
    }
    let said = cached(&place, "out");
    assert_eq!(said.matches("note: the cache is left alone: cannot").count(), 2, "{said}");
    assert!(said.contains("cache: 0 fetched, 0 stored\n"), "{said}");
    assert_eq!(artefacts(&place.path().join("out")), artefacts(&place.path().join("whole")));
}

#[test]
fn bytes_that_are_not_those_of_the_lock_are_refused() {
    let place = place();
    let path = place.path().join("liege.lock");
    let lock = fs::read_to_string(&path).unwrap();
    let known = lock.lines().find(|line| line.starts_with("sha256 = ")).unwrap();
    fs::write(&path, lock.replacen(known, &format!("sha256 = \"{}\"", "0".repeat(64)), 1)).unwrap();
    let output = run(&place).args(["build", "shop.toml", "--out", "out"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("its bytes are not: another liege made them"), "{}", both(&output));
    assert!(artefacts(&place.path().join("out")).is_empty());
}
