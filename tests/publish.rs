//! Publishing to storage that breaks off, is shared, or was tampered with.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use liege::family::Family;
use liege::manifest::Manifest;
use liege::publish::{Candidate, DAY, Policy, Repository, Signing};
use liege::repository::{Settings, of_format, sha256};
use liege::sign::{self, Algorithm, Certificate, Passphrase, Signer};
use liege::store::Store;
use liege::verify::{Expectation, Findings, verify};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt as _};
use support::storage::Breaking;
use tempfile::TempDir;

/// When the keys of these tests were made.
const NOW: i64 = 1_795_000_000;
/// One family of each kind of repository.
const FAMILIES: [&str; 2] = ["debian", "redhat"];

fn signer() -> Signer {
    let key = sign::make("Tests <tests@example.org>", Algorithm::Ed25519, None, 1_795_000_000).unwrap();
    Signer::read(sign::armored(&key).unwrap().as_bytes(), 1_795_000_000, &Passphrase::default()).unwrap()
}

fn policy(signer: &Signer) -> Policy<'_> {
    Policy {
        signer,
        former: None,
        valid_for: Some(30 * DAY),
        signing: Signing::WhenDue,
        keep: None,
        now: NOW,
        seen: None,
    }
}

/// A site of this version with so many applications, built.
fn built(version: &str, applications: usize, comment: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("site.toml");
    let mut text = format!(
        "site = 'farm'\nversion = '{version}'\nmaintainer = 'A <a@example.org>'\nfamilies = ['debian', 'redhat']\n\
         homepage = 'https://example.org'\n[defaults]\ncomment = '{comment}'\n"
    );
    for number in 0..applications {
        text.push_str(&format!("[app.a{number}]\nmodule = 'wsgi'\nchdir = '/opt/a{number}'\n"));
    }
    std::fs::write(&spec, text).unwrap();
    support::build(&spec)
}

fn candidates(out: &Path, family: &str) -> Vec<Candidate> {
    let manifest: Manifest = serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap();
    let of_family = manifest.artefacts.iter().filter(|artefact| artefact.family == family);
    of_family.map(|artefact| Candidate::of(out, artefact).unwrap()).collect()
}

fn repository<'a>(store: &'a Store, family: &str) -> Repository<'a> {
    let family = Family::named(family).unwrap();
    let settings = Settings {
        name: Some("farm".to_owned()),
        url: Some(format!("https://packages.example.org/{}", family.name)),
        suite: "stable".to_owned(),
        architectures: family.repository.architectures.clone(),
    };
    Repository { store, directory: family.name.clone(), kind: of_format(&family.format).unwrap(), settings }
}

fn store(memory: &Arc<InMemory>) -> Store {
    Store::of(Arc::clone(memory) as Arc<dyn ObjectStore>).unwrap()
}

fn findings(store: &Store, family: &str, certificate: &Certificate, now: i64) -> Findings {
    let expectation = Expectation { certificate, now, seen: None, max_age: 30 * DAY };
    verify(&repository(store, family), &expectation).unwrap()
}

fn contents(memory: &InMemory) -> BTreeMap<String, Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let all: Vec<_> = memory.list(None).try_collect().await.unwrap();
        let mut contents = BTreeMap::new();
        for meta in all {
            let bytes = memory.get(&meta.location).await.unwrap().bytes().await.unwrap();
            contents.insert(meta.location.to_string(), bytes.to_vec());
        }
        contents
    })
}

/// What a client sees: a signed state of which every file is there.
fn installable(store: &Store, family: &str, certificate: &Certificate) -> Vec<String> {
    let repository = repository(store, family);
    let state = repository.state(certificate).unwrap();
    for listed in &state.root.unwrap().files {
        let stored = store.read(&repository.path(&listed.lasting_path)).unwrap().unwrap();
        assert_eq!(sha256(&stored.bytes), listed.sha256, "{}", listed.lasting_path);
    }
    for entry in &state.entries {
        let stored = store.read(&repository.path(&entry.path)).unwrap().unwrap();
        assert_eq!(sha256(&stored.bytes), entry.sha256, "{}", entry.path);
        repository.kind.check_package(&stored.bytes, certificate).unwrap();
    }
    state.entries.iter().map(|entry| format!("{} {}", entry.name, entry.version)).collect()
}

#[test]
fn any_write_may_be_the_last() {
    let signer = signer();
    let (first, second) = (built("1", 2, "first"), built("2", 2, "second"));
    for family in FAMILIES {
        let (mut writes, mut former_seen, mut new_seen) = (0, 0, 0);
        loop {
            let memory = Arc::new(InMemory::new());
            let whole = store(&memory);
            repository(&whole, family).publish(&candidates(first.path(), family), &policy(&signer)).unwrap();
            let former = installable(&whole, family, signer.certificate());
            let breaking = Store::of(Arc::new(Breaking::after(Arc::clone(&memory), writes))).unwrap();
            let outcome = repository(&breaking, family)
                .publish(&candidates(second.path(), family), &Policy { now: NOW + 60, ..policy(&signer) });
            let found = installable(&whole, family, signer.certificate());
            assert!(found == former || found.len() == 2 * former.len(), "{family}, {writes} writes: {found:?}");
            if found == former {
                former_seen += 1
            } else {
                new_seen += 1
            }
            repository(&whole, family)
                .publish(&candidates(second.path(), family), &Policy { now: NOW + 120, ..policy(&signer) })
                .unwrap();
            let found = findings(&whole, family, signer.certificate(), NOW + 120);
            assert!(found.wrong.is_empty(), "{family}, {writes} writes: {:?}", found.wrong);
            assert_eq!(found.packages.len(), 2 * former.len());
            if outcome.is_ok() {
                break;
            }
            writes += 1;
        }
        assert!(writes > 8 && former_seen > 5 && new_seen > 2, "{family}: {writes} {former_seen} {new_seen}");
    }
}

#[test]
fn eight_publishers_at_once_lose_nothing() {
    let signer = signer();
    let out = built("1", 79, "many");
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let all = candidates(out.path(), family);
        let count = all.len();
        let mut parts: Vec<Vec<Candidate>> = (0..8).map(|_| Vec::new()).collect();
        for (index, candidate) in all.into_iter().enumerate() {
            parts[index % 8].push(candidate);
        }
        std::thread::scope(|scope| {
            for part in parts {
                let (memory, signer) = (Arc::clone(&memory), &signer);
                scope.spawn(move || repository(&store(&memory), family).publish(&part, &policy(signer)).unwrap());
            }
        });
        let found = findings(&store(&memory), family, signer.certificate(), NOW);
        assert_eq!((found.packages.len(), found.wrong), (count, Vec::new()), "{family}");
    }
}

#[test]
fn the_same_packages_again_change_nothing_until_validity_asks() {
    let signer = signer();
    let out = built("1", 1, "same");
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        let again = |now: i64| {
            let policy = Policy { now, ..policy(&signer) };
            repository(&store, family).publish(&candidates(out.path(), family), &policy).unwrap()
        };
        assert!(again(NOW).signed);
        let before = contents(&memory);
        assert!(!again(NOW + 10 * DAY).signed);
        assert_eq!(contents(&memory), before, "{family}");
        let late = again(NOW + 16 * DAY);
        // Only apt's root says how long it is to be believed.
        assert_eq!(late.signed, family == "debian");
        let refreshed = repository(&store, family).refresh(&Policy { now: NOW + 40 * DAY, ..policy(&signer) }).unwrap();
        assert!(refreshed.signed && refreshed.added.is_empty());
        assert!(findings(&store, family, signer.certificate(), NOW + 41 * DAY).wrong.is_empty());
    }
}

#[test]
fn other_contents_under_a_published_version_are_refused_by_name() {
    let signer = signer();
    let (one, other) = (built("1", 2, "one"), built("1", 2, "other"));
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        repository(&store, family).publish(&candidates(one.path(), family), &policy(&signer)).unwrap();
        let before = contents(&memory);
        let refused = repository(&store, family).publish(&candidates(other.path(), family), &policy(&signer));
        let said = format!("{:#}", refused.unwrap_err());
        assert!(said.contains("already published with other contents: farm-a0 1-1, farm-a1 1-1"), "{said}");
        assert_eq!(contents(&memory), before);
    }
}

#[test]
fn only_the_newest_versions_are_kept_when_asked() {
    let signer = signer();
    let now = liege::date::now();
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        for (step, version) in ["1.9", "1.10", "1.2"].into_iter().enumerate() {
            let out = built(version, 1, "keep");
            let policy = Policy { keep: Some(2), now: now + step as i64, ..policy(&signer) };
            repository(&store, family).publish(&candidates(out.path(), family), &policy).unwrap();
        }
        let mut left = installable(&store, family, signer.certificate());
        left.retain(|title| title.starts_with("farm-a0 "));
        left.sort();
        assert_eq!(left, ["farm-a0 1.10-1", "farm-a0 1.9-1"], "{family}");
        let gone = |memory: &InMemory| !contents(memory).keys().any(|path| path.contains("1.2-1"));
        assert!(!gone(&memory), "{family}: a client may still be reading the former state");
        let later = Policy { keep: Some(2), now: now + 2 * 60 * 60, ..policy(&signer) };
        repository(&store, family).publish(&[], &later).unwrap();
        assert!(gone(&memory), "{family}");
        assert!(findings(&store, family, signer.certificate(), now).wrong.is_empty());
    }
}

#[test]
fn time_never_goes_back() {
    let signer = signer();
    let (one, two) = (built("1", 1, "one"), built("2", 1, "two"));
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        let publish = |out: &TempDir, now: i64, seen: Option<i64>| {
            let policy = Policy { now, seen, ..policy(&signer) };
            repository(&store, family).publish(&candidates(out.path(), family), &policy)
        };
        let first = publish(&one, NOW, None).unwrap();
        let second = publish(&two, NOW - 1000, None).unwrap();
        assert_eq!(second.date, first.date + 1, "a clock that is slow");
        let said = publish(&two, NOW, Some(second.date + 5)).unwrap_err().to_string();
        assert!(said.contains("somebody put an older state back"), "{said}");
        let expectation =
            Expectation { certificate: signer.certificate(), now: NOW, seen: Some(second.date + 5), max_age: DAY };
        let found = verify(&repository(&store, family), &expectation).unwrap();
        assert!(
            found.wrong.iter().any(|wrong| wrong.contains("somebody put an older state back")),
            "{:?}",
            found.wrong
        );
    }
}

#[test]
fn a_state_signed_by_another_key_is_believed_only_when_that_key_is_named() {
    let (former, present) = (signer(), signer());
    let (one, two) = (built("1", 1, "one"), built("2", 1, "two"));
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        repository(&store, family).publish(&candidates(one.path(), family), &policy(&former)).unwrap();
        let said = repository(&store, family).publish(&candidates(two.path(), family), &policy(&present)).unwrap_err();
        assert!(format!("{said:#}").contains("it is not signed by the key"), "{said:#}");
        let change = Policy { former: Some(former.certificate()), ..policy(&present) };
        // The packages of before, too: under the new key they are the same packages.
        repository(&store, family).publish(&candidates(one.path(), family), &change).unwrap();
        repository(&store, family).publish(&candidates(two.path(), family), &policy(&present)).unwrap();
        let both = present.certificate().clone().with(former.certificate().clone());
        let found = findings(&store, family, &both, NOW);
        let count = candidates(one.path(), family).len() + candidates(two.path(), family).len();
        assert_eq!((found.packages.len(), found.wrong), (count, Vec::new()), "{family}");
    }
}

#[test]
fn verify_finds_a_changed_byte_and_a_missing_file_wherever_they_are() {
    let signer = signer();
    let out = built("1", 1, "bytes");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for family in FAMILIES {
        let memory = Arc::new(InMemory::new());
        let store = store(&memory);
        repository(&store, family).publish(&candidates(out.path(), family), &policy(&signer)).unwrap();
        for (path, bytes) in contents(&memory) {
            // The index files at the base, and the key that zypper shows, are read by way of other signed files.
            let is_copy = path.contains("/repodata/") && !path.contains("/states/") && !path.contains("repomd.xml");
            if is_copy || path.ends_with(".key") {
                continue;
            }
            let location = object_store::path::Path::parse(&path).unwrap();
            for broken in [Some(changed(&bytes)), Some(bytes[..bytes.len() / 2].to_vec()), None] {
                match &broken {
                    Some(broken) if *broken == bytes => continue,
                    Some(broken) => runtime.block_on(memory.put(&location, broken.clone().into())).map(|_| ()).unwrap(),
                    None => runtime.block_on(memory.delete(&location)).unwrap(),
                }
                let expectation =
                    Expectation { certificate: signer.certificate(), now: NOW, seen: Some(NOW), max_age: DAY };
                let found = verify(&repository(&store, family), &expectation);
                assert!(found.is_err() || !found.unwrap().wrong.is_empty(), "{path}: {:?}", broken.map(|b| b.len()));
                runtime.block_on(memory.put(&location, bytes.clone().into())).unwrap();
            }
        }
        assert!(findings(&store, family, signer.certificate(), NOW).wrong.is_empty());
    }
}

fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    if let Some(byte) = changed.get_mut(bytes.len() / 2) {
        *byte ^= 1;
    }
    changed
}
