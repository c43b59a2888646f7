//! Our .deb is laid out as cargo-deb and dpkg-deb lay theirs out.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use support::{build_example, succeed, tool};

/// The members of an ar archive: name, owner and mode, in their order.
fn members(deb: &Path) -> Vec<(String, String)> {
    let listing = succeed(tool("ar").arg("tv").arg(deb));
    let member = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // A compressor is each builder's own choice: deb(5) allows gz, xz and zst.
        let name = words[words.len() - 1]
            .rsplit_once(".tar.")
            .map_or(words[words.len() - 1].to_owned(), |(name, _)| format!("{name}.tar"));
        (name, format!("{} {}", words[0], words[1]))
    };
    listing.lines().map(member).collect()
}

/// Names in an archive of the deb: their leading `./`, the order of directories before what is in them, owners.
fn entries(deb: &Path, archive: &str) -> Vec<String> {
    succeed(tool("sh").args(["-c", &format!("dpkg-deb --{archive} \"$1\" | tar --list"), "-"]).arg(deb))
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A crate that cargo-deb packs with one file and one conffile.
fn peer(folder: &Path) -> std::path::PathBuf {
    fs::create_dir(folder.join("src")).unwrap();
    fs::write(folder.join("src/main.rs"), "fn main() {}\n").unwrap();
    fs::write(folder.join("site.ini"), "[uwsgi]\n").unwrap();
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = 'peer'\nversion = '1.0.0'\nedition = '2024'\nlicense = 'MIT'\ndescription = 'A peer'\n\
         [package.metadata.deb]\nmaintainer = 'A <a@example.org>'\ndepends = ''\nconf-files = ['/etc/peer/site.ini']\n\
         assets = [['site.ini', 'etc/peer/site.ini', '640'], ['site.ini', 'usr/share/doc/peer/README', '644']]\n",
    )
    .unwrap();
    let deb = folder.join("peer.deb");
    succeed(
        tool("cargo-deb").args(["--no-build", "--no-strip", "--offline", "--output"]).arg(&deb).current_dir(folder),
    );
    deb
}

#[test]
fn members_and_control_files_are_those_of_cargo_deb() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = peer(folder.path());
    let out = build_example("shop");
    let ours = out.path().join("debian/shop-webapp_1.4.0-1_all.deb");
    let names = |deb: &Path| members(deb).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs));
    assert_eq!(members(&ours)[0], members(&theirs)[0], "owner and mode of the members");

    // Each control file that theirs has, ours has too; scripts are ours alone.
    let control = |deb: &Path| entries(deb, "ctrl-tarfile");
    for name in control(&theirs) {
        assert!(control(&ours).contains(&name), "{name} is missing from {:?}", control(&ours));
    }
    assert!(entries(&ours, "fsys-tarfile").iter().all(|name| name.starts_with("./")));
}

#[test]
fn dpkg_deb_makes_the_same_tree_of_it() {
    let out = build_example("gnuhealth");
    let ours = out.path().join("debian/hospital-thalamus_4.4.0-1_all.deb");
    let folder = tempfile::tempdir().unwrap();
    let (tree, theirs) = (folder.path().join("tree"), folder.path().join("theirs.deb"));
    succeed(tool("dpkg-deb").arg("--raw-extract").arg(&ours).arg(&tree));
    succeed(
        tool("dpkg-deb")
            .args(["--root-owner-group", "-Zgzip", "--build"])
            .arg(&tree)
            .arg(&theirs)
            .env("SOURCE_DATE_EPOCH", "1767225600"),
    );
    let sorted = |deb: &Path, archive: &str| {
        let mut names = entries(deb, archive);
        names.sort();
        names
    };
    for archive in ["ctrl-tarfile", "fsys-tarfile"] {
        assert_eq!(sorted(&ours, archive), sorted(&theirs, archive), "{archive}");
    }
    let names = |deb: &Path| members(deb);
    assert_eq!(names(&ours), names(&theirs));
    let (ours, theirs) = (fs::metadata(&ours).unwrap().len(), fs::metadata(&theirs).unwrap().len());
    assert!(ours * 100 <= theirs * 105, "ours has {ours} bytes, dpkg-deb's {theirs}");
}
