//! What a build leaves in its output directory, above all when it does not come to its end.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use liege::manifest::Manifest;
use sha2::{Digest as _, Sha256};
use support::{both, files_below, liege, project, succeed, tool};

fn manifest(out: &Path) -> Manifest {
    serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap()
}

/// Everything the manifest lists is there, whole; nothing else is.
fn assert_sound(out: &Path) {
    let manifest = manifest(out);
    for artefact in &manifest.artefacts {
        let bytes = fs::read(out.join(&artefact.path)).unwrap_or_else(|error| panic!("{}: {error}", artefact.path));
        assert_eq!(bytes.len() as u64, artefact.size, "{}", artefact.path);
        assert_eq!(hex::encode(Sha256::digest(&bytes)), artefact.sha256, "{}", artefact.path);
    }
    let mut listed: BTreeSet<PathBuf> =
        manifest.artefacts.iter().map(|artefact| artefact.path.clone().into()).collect();
    listed.insert("manifest.json".into());
    for site in manifest.artefacts.iter().map(|artefact| &artefact.site) {
        listed.extend([format!("{site}.cdx.json").into(), format!("{site}.intoto.jsonl").into()]);
    }
    let found = files_below(out).into_iter().filter(|path| !path.to_string_lossy().starts_with(".liege-"));
    assert_eq!(found.collect::<BTreeSet<_>>(), listed);
}

fn build(arguments: &[&str], out: &Path) {
    succeed(liege().args(["build", "--unlocked"]).args(arguments).arg("--out").arg(out));
    assert_sound(out);
}

fn names(out: &Path) -> Vec<String> {
    manifest(out).artefacts.into_iter().map(|artefact| artefact.path).collect()
}

#[test]
fn the_manifest_says_what_each_artefact_is() {
    let out = support::build_example("shop");
    assert_sound(out.path());
    let manifest = manifest(out.path());
    let artefact =
        manifest.artefacts.iter().find(|artefact| artefact.path == "debian/shop-webapp_1.4.0-1_all.deb").unwrap();
    assert_eq!(artefact.site, "shop");
    assert_eq!(artefact.application.as_deref(), Some("webapp"));
    assert_eq!((artefact.family.as_str(), artefact.format.as_str()), ("debian", "deb"));
    assert_eq!((artefact.package.as_str(), artefact.version.as_str(), artefact.release), ("shop-webapp", "1.4.0", 1));
    assert_eq!(artefact.manages.as_deref(), Some("/etc/shop/vassals/webapp.ini"));
    let shared = manifest.artefacts.iter().find(|artefact| artefact.package == "shop-uwsgi").unwrap();
    assert_eq!(shared.application, None);
    assert_eq!(shared.manages.as_deref(), Some("shop-emperor.service"));
}

#[test]
fn a_part_of_a_site_leaves_the_rest() {
    let out = support::build_example("shop");
    let all = names(out.path());
    build(&["specs/shop.toml", "--family", "suse", "--app", "webapp"], out.path());
    assert_eq!(names(out.path()), all);
    build(&["specs/shop.toml", "--family", "suse", "--app", "webapp", "--release", "2"], out.path());
    let now = names(out.path());
    assert!(now.contains(&"suse/shop-webapp-1.4.0-2.noarch.rpm".to_owned()));
    assert!(!now.contains(&"suse/shop-webapp-1.4.0-1.noarch.rpm".to_owned()));
    assert_eq!(now.len(), all.len());
}

#[test]
fn two_sites_share_an_output_directory() {
    let out = support::build_example("shop");
    let shop = names(out.path()).len();
    build(&["specs/myapp.toml"], out.path());
    assert_eq!(names(out.path()).len(), shop + 7);
}

#[test]
fn what_the_site_no_longer_has_goes() {
    let folder = tempfile::tempdir().unwrap();
    let (spec, out) = (folder.path().join("site.toml"), folder.path().join("out"));
    let header = "site = 'one'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n";
    fs::write(&spec, format!("{header}[app.first]\nmodule = 'a'\n[app.second]\nmodule = 'b'\n")).unwrap();
    build(&[spec.to_str().unwrap()], &out);
    fs::write(&spec, format!("families = ['debian']\n{header}[app.first]\nmodule = 'a'\n")).unwrap();
    build(&[spec.to_str().unwrap()], &out);
    assert_eq!(names(&out), ["debian/one-first_1-1_all.deb", "debian/one-uwsgi_1-1_all.deb"]);
    assert!(!out.join("suse").exists());
}

/// A site large enough that its build can be interrupted.
fn large_site(folder: &Path, version: &str) -> std::path::PathBuf {
    let mut text =
        format!("site = 'large'\nversion = '1'\nmaintainer = 'A <a@example.org>'\ndescription = '{version}'\n");
    for number in 0..300 {
        text.push_str(&format!("[app.app{number}]\nmodule = 'a'\n"));
    }
    let path = folder.join("large.toml");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_build_that_is_killed_leaves_the_former_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    build(&[large_site(folder.path(), "former").to_str().unwrap()], &out);
    let mut interrupted = 0;
    for round in 0..12 {
        let spec = large_site(folder.path(), &format!("round {round}"));
        let mut child = liege().arg("build").arg(&spec).arg("--out").arg(&out).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(15 + 20 * round));
        child.kill().unwrap();
        interrupted += u32::from(!child.wait().unwrap().success());
        assert_sound(&out);
    }
    assert!(interrupted > 3, "no build was interrupted");
    build(&[large_site(folder.path(), "last").to_str().unwrap()], &out);
    assert!(files_below(&out).iter().all(|path| !path.to_string_lossy().starts_with(".liege")));
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let spec = large_site(folder.path(), "one");
    let start = || {
        liege()
            .arg("build")
            .arg(&spec)
            .arg("--out")
            .arg(&out)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..3).map(|_| start()).collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    for output in &outputs {
        assert!(output.status.success() || both(output).contains("another build is writing to"), "{}", both(output));
    }
    assert!(outputs.iter().any(|output| output.status.success()));
    assert_sound(&out);
}

#[test]
fn a_disk_without_space_is_told_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A file system of its own, in a mount namespace of its own.
    let script = format!(
        "set -e; mount -t tmpfs -o size=200k tmpfs {0}; {1} build specs/myapp.toml --out {0}/out >/dev/null; cp {0}/out/manifest.json /tmp/.before-$$; \
         if {1} build specs/gnuhealth.toml --out {0}/out; then exit 99; fi; cmp {0}/out/manifest.json /tmp/.before-$$; rm /tmp/.before-$$; ls -A {0}/out; \
         dd if=/dev/zero of={0}/filler bs=1k count=1000 2>/dev/null || :; if {1} build specs/shop.toml --out {0}/out; then exit 98; fi",
        folder.path().display(),
        env!("CARGO_BIN_EXE_liege"),
    );
    let output = tool("unshare").args(["--mount", "sh", "-c", &script]).current_dir(project()).output().unwrap();
    let said = both(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    assert!(!said.contains(".liege-"), "{said}");
}

#[test]
fn what_is_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let output = liege().args(["build", "--unlocked", "specs/shop.toml", "--out"]).arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains(file.to_str().unwrap()));

    let out = folder.path().join("out");
    fs::create_dir_all(out.join("debian/shop-webapp_1.4.0-1_all.deb/x")).unwrap();
    let output = liege().args(["build", "--unlocked", "specs/shop.toml", "--out"]).arg(&out).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "the name is taken by the package: {}", both(&output));

    fs::write(out.join("manifest.json"), "not json").unwrap();
    let output = liege().args(["build", "--unlocked", "specs/shop.toml", "--out"]).arg(&out).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("manifest.json is no manifest of liege"), "{}", both(&output));
}
