//! What is too large, too deep or a lie about its size is refused with a message, at once and in little memory.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use liege::family::Family;
use liege::format;
use support::{both, packages_of, tool};

const HEAD: &str = "site = 'shop'\nversion = '1'\nmaintainer = 'A <a@shop.example>'\n";

/// Runs the program in a directory with 1 GB of addresses and 20 seconds; returns its exit status and what it said.
fn limited(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = tool("timeout");
    command.args(["20", "prlimit", "--as=1000000000", env!("CARGO_BIN_EXE_liege")]).args(arguments);
    let output = command.current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    (output.status.code(), both(&output))
}

#[test]
fn what_is_too_large_or_too_deep_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let specs: [(&str, String, &str); 9] = [
        ("100 MB", "#".repeat(100_000_000), "it is larger than 10 MB"),
        ("deep arrays", format!("{HEAD}x = {}", "[\n".repeat(1_000_000)), "not valid TOML"),
        ("deep tables", format!("{HEAD}x = {}", "{a=\n".repeat(1_000_000)), "not valid TOML"),
        ("a long key", format!("{HEAD}{} = 1", vec!["a"; 40_000].join(".")), "spec.toml"),
        ("a long line", format!("{HEAD}{} = 1", vec!["a"; 1_000_000].join(".")), "line 4 is longer than 100000 bytes"),
        ("many mistakes", format!("{HEAD}{}", many(300_000, &|n| format!("k{n} = 1\n"))), "these are the first 100"),
        ("many broken lines", format!("{HEAD}{}", many(300_000, &|n| format!("k{n} =\n"))), "not valid TOML"),
        (
            "much inheritance",
            format!(
                "{HEAD}[defaults.env]\nA = '{}'\n{}",
                "x".repeat(90_000),
                many(50_000, &|n| format!("[app.a{n}]\nmodule = 'a'\n"))
            ),
            "inherit more than",
        ),
        ("a long value", format!("{HEAD}summary = '{}'\n[app.a]\nmodule = 'a'", "x".repeat(90_000)), "summary"),
    ];
    for (what, text, message) in specs {
        fs::write(folder.path().join("spec.toml"), text).unwrap();
        let (status, said) = limited(folder.path(), &["check", "spec.toml"]);
        assert_eq!(status, Some(1), "{what}: {}", said.chars().take(2_000).collect::<String>());
        assert!(said.contains(message), "{what}: {}", said.chars().take(2_000).collect::<String>());
        assert!(said.len() < 1_000_000, "{what}: {} bytes are no message", said.len());
    }
    for arguments in [&["check", "/dev/zero"][..], &["import", "/dev/zero"]] {
        let (status, said) = limited(folder.path(), arguments);
        assert!(status == Some(1) && said.contains("it is larger than 10 MB"), "{said}");
    }
}

#[test]
fn a_lock_that_is_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.toml"), format!("{HEAD}[app.a]\nmodule = 'a'\n")).unwrap();
    fs::write(folder.path().join("liege.lock"), "#".repeat(60_000_000)).unwrap();
    let (status, said) = limited(folder.path(), &["build", "spec.toml"]);
    assert!(status == Some(2) && said.contains("liege.lock: it is larger than 50 MB"), "{said}");
    fs::write(folder.path().join("liege.lock"), format!("x = {}", "[".repeat(5_000_000))).unwrap();
    let (status, said) = limited(folder.path(), &["build", "spec.toml"]);
    assert!(status == Some(2) && said.contains("liege.lock"), "{said}");
    assert!(!folder.path().join("out").exists());
}

/// The error of unpacking an artefact of a family.
fn refused(family: &str, artefact: &[u8]) -> String {
    let family = Family::named(family).unwrap();
    format!("{:#}", format::of_family(family).unwrap().unpack(artefact).map(drop).unwrap_err())
}

#[test]
fn a_deb_that_becomes_too_large_is_refused() {
    let zeros = 1_000_000_000;
    let mut header = tar::Header::new_gnu();
    header.set_size(zeros);
    header.set_mode(0o644);
    header.set_path("./bomb").unwrap();
    header.set_cksum();
    let compressed = |header: Option<&tar::Header>| {
        let mut member = GzEncoder::new(Vec::new(), Compression::fast());
        if let Some(header) = header {
            member.write_all(header.as_bytes()).unwrap();
            std::io::copy(&mut std::io::repeat(0).take(zeros), &mut member).unwrap();
        }
        member.write_all(&[0; 1024]).unwrap();
        member.finish().unwrap()
    };
    let (bomb, empty) = (compressed(Some(&header)), compressed(None));
    for (control, data) in [(&bomb, &empty), (&empty, &bomb)] {
        let mut deb = ar::Builder::new(Vec::new());
        for (name, bytes) in [("debian-binary", &b"2.0\n".to_vec()), ("control.tar.gz", control), ("data.tar.gz", data)]
        {
            deb.append(&ar::Header::new(name.into(), bytes.len() as u64), bytes.as_slice()).unwrap();
        }
        let said = refused("debian", &deb.into_inner().unwrap());
        assert!(said.contains("it holds more than 64 MB") || said.contains("unexpected EOF"), "{said}");
    }
}

#[test]
fn an_rpm_that_lies_about_itself_is_refused() {
    let package = packages_of("shop").into_iter().find(|package| package.family.name == "redhat").unwrap();
    let mut rpm = Vec::new();
    format::of(&package).unwrap().build(&package, &mut rpm).unwrap();
    let header = |rpm: &[u8]| {
        rpm.windows(4).enumerate().filter(|(_, four)| *four == b"\x8e\xad\xe8\x01").map(|(at, _)| at).nth(1).unwrap()
    };
    let main = header(&rpm);
    // Behind the magic and four bytes: how many entries, and how many bytes of data; then the first entry's tag, type, offset, count.
    for (place, what) in
        [(8, "larger than the file"), (12, "larger than the file"), (16 + 8, "outside"), (16 + 12, "outside")]
    {
        let mut lie = rpm.clone();
        lie[main + place..main + place + 4].copy_from_slice(&0x0fff_ffff_u32.to_be_bytes());
        let said = refused("redhat", &lie);
        assert!(said.contains("is damaged") && said.contains(what), "{place}: {said}");
    }
    for length in [0, 95, 96, 100, main + 4, main + 40, rpm.len() - 1] {
        assert!(!refused("redhat", &rpm[..length]).is_empty());
    }
}
