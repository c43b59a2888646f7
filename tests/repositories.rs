//! The tools people have, on repositories that the program publishes.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{both, files_below, liege, succeed, tool};
use tempfile::TempDir;

/// A home for keys and memories, what was built, and where it is published.
struct Place {
    folder: TempDir,
    out: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self { folder, out: support::build_example("shop") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at_home(&self, mut command: Command) -> Command {
        command.env("HOME", self.folder.path()).env_remove("LIEGE_KEY").env_remove("LIEGE_PASSPHRASE");
        command.env_remove("XDG_STATE_HOME").stdin(std::process::Stdio::null());
        command
    }

    fn liege(&self) -> Command {
        self.at_home(liege())
    }

    /// A key without a passphrase; its public half beside it.
    fn key(&self, name: &str, algorithm: &str) -> PathBuf {
        let key = self.path(name);
        let mut make = self.liege();
        make.args([
            "key",
            "--no-passphrase",
            "--user-id",
            "Shop <ops@shop.example>",
            "--algorithm",
            algorithm,
            "--public",
        ]);
        succeed(make.arg(self.path(&format!("{name}.pub"))).arg(&key));
        key
    }

    fn publish(&self, key: &Path) -> Command {
        let mut publish = self.liege();
        publish.arg("publish").arg(self.out.path()).arg("--to").arg(self.path("to")).arg("--key").arg(key);
        publish
    }
}

#[test]
fn gpgv_and_rpmkeys_hold_every_signature() {
    for algorithm in ["ed25519", "rsa4096"] {
        let place = Place::new();
        let key = place.key("key", algorithm);
        succeed(&mut place.publish(&key));
        let ring = place.path("ring.gpg");
        succeed(tool("gpg").args(["--dearmor", "--output"]).arg(&ring).arg(place.path("key.pub")));
        let gpgv = |files: &[&str]| {
            let files = files.iter().map(|file| place.path("to").join(file));
            succeed(tool("gpgv").arg("--keyring").arg(&ring).args(files));
        };
        gpgv(&["debian/dists/stable/InRelease"]);
        gpgv(&["debian/dists/stable/Release.gpg", "debian/dists/stable/Release"]);
        for family in ["redhat", "suse"] {
            gpgv(&[&format!("{family}/repodata/repomd.xml.asc"), &format!("{family}/repodata/repomd.xml")]);
        }
        let database = place.path("rpmdb");
        succeed(tool("rpm").arg("--dbpath").arg(&database).arg("--import").arg(place.path("key.pub")));
        for rpm in files_below(&place.path("to")).iter().filter(|path| path.extension().is_some_and(|end| end == "rpm"))
        {
            let said =
                succeed(tool("rpmkeys").arg("--dbpath").arg(&database).arg("-Kv").arg(place.path("to").join(rpm)));
            assert!(said.contains("Signature, key ID") && !said.contains("NOKEY"), "{said}");
        }
    }
}

#[test]
fn createrepo_c_says_the_same_of_our_packages() {
    let place = Place::new();
    let key = place.key("key", "ed25519");
    succeed(&mut place.publish(&key));
    for family in ["redhat", "suse"] {
        let ours = place.path("to").join(family);
        let theirs = tempfile::tempdir().unwrap();
        for rpm in files_below(&ours.join("packages")) {
            fs::copy(ours.join("packages").join(&rpm), theirs.path().join(&rpm)).unwrap();
        }
        succeed(
            tool("createrepo_c")
                .args(["--quiet", "--no-database", "--compress-type", "gz", "--location-prefix", "packages"])
                .arg(theirs.path()),
        );
        for index in ["primary", "filelists", "other"] {
            assert_eq!(described(&ours, index), described(theirs.path(), index), "{family} {index}");
        }
    }
}

/// An index without what must differ: the moment at which a file was written.
fn described(repository: &Path, index: &str) -> String {
    let name = format!("-{index}.xml.gz");
    let files = files_below(&repository.join("repodata"));
    let file = files.iter().find(|file| file.to_string_lossy().ends_with(&name)).unwrap();
    let text = succeed(tool("zcat").arg(repository.join("repodata").join(file)));
    let lines = text.lines().map(|line| match line.split_once("<time file=\"") {
        Some((before, after)) => format!("{before}<time{}", after.split_once('"').unwrap().1),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_key_that_gpg_made_signs_and_a_key_of_ours_is_gpgs_too() {
    let place = Place::new();
    let gpg = || {
        let mut gpg = place.at_home(tool("gpg"));
        gpg.args(["--homedir"]).arg(place.folder.path()).args(["--batch", "--yes", "--pinentry-mode", "loopback"]);
        gpg
    };
    succeed(gpg().args([
        "--passphrase",
        "of gpg",
        "--quick-gen-key",
        "Shop <ops@shop.example>",
        "rsa2048",
        "sign",
        "never",
    ]));
    let exported = place.path("gpg.key");
    succeed(gpg().args(["--passphrase", "of gpg", "--armor", "--export-secret-keys", "--output"]).arg(&exported));
    fs::set_permissions(&exported, fs::Permissions::from_mode(0o600)).unwrap();
    succeed(place.publish(&exported).env("LIEGE_PASSPHRASE", "of gpg"));
    succeed(gpg().arg("--verify").arg(place.path("to/debian/dists/stable/InRelease")));

    let passphrase = place.path("passphrase");
    fs::write(&passphrase, "of ours\n").unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let ours = place.path("ours.key");
    succeed(
        place.liege().args(["key", "--user-id", "Ours <a@b.example>", "--passphrase-file"]).arg(&passphrase).arg(&ours),
    );
    succeed(gpg().args(["--passphrase", "of ours", "--import"]).arg(&ours));
    fs::write(place.path("text"), "text").unwrap();
    succeed(gpg().args(["--passphrase", "of ours", "-u", "a@b.example", "--detach-sign"]).arg(place.path("text")));
}

#[test]
fn a_subkey_signs_while_its_primary_is_kept_elsewhere() {
    let place = Place::new();
    let gpg = || {
        let mut gpg = place.at_home(tool("gpg"));
        gpg.arg("--homedir").arg(place.folder.path()).args(["--batch", "--yes"]);
        gpg
    };
    let wishes = place.path("wishes");
    let text = "%no-protection\nKey-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: cert\nSubkey-Type: EDDSA\n\
                Subkey-Curve: ed25519\nSubkey-Usage: sign\nName-Real: Off\nExpire-Date: 2y\n%commit\n";
    fs::write(&wishes, text).unwrap();
    succeed(gpg().arg("--gen-key").arg(&wishes));
    let (secret, public) = (place.path("sub.key"), place.path("sub.pub"));
    succeed(gpg().arg("--output").arg(&secret).arg("--export-secret-subkeys"));
    succeed(gpg().arg("--output").arg(&public).arg("--export"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    succeed(&mut place.publish(&secret));
    succeed(place.liege().arg("verify").arg(place.path("to")).arg("--key").arg(&public));
    succeed(gpg().arg("--verify").arg(place.path("to/debian/dists/stable/InRelease")));
}

#[test]
fn secrets_are_asked_for_in_the_right_places_and_told_nowhere() {
    let place = Place::new();
    let says = |command: &mut Command, status: i32, what: &str| {
        let output = command.output().unwrap();
        let said = both(&output);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains(what), "{said}");
        assert!(!said.contains("sesame") && !said.contains("PRIVATE KEY"), "{said}");
    };
    let key = place.path("key");
    says(place.liege().arg("key").arg(&key), 2, "whose key is");
    says(place.liege().args(["key", "--user-id", "A <a@b.c>"]).arg(&key), 2, "--passphrase-file, LIEGE_PASSPHRASE");
    let mut make = place.liege();
    says(
        make.args(["key", "--user-id", "A <a@b.c>"]).arg(&key).env("LIEGE_PASSPHRASE", "open sesame"),
        0,
        "key: secret key; keep a copy",
    );
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    says(place.liege().arg("key").arg(&key), 0, "BEGIN PGP PUBLIC KEY BLOCK");
    says(place.liege().args(["key", "--user-id", "B <b@b.c>"]).arg(&key), 2, "key is the key of A <a@b.c> already");
    says(&mut place.publish(&key), 2, "is locked: name its passphrase by --passphrase-file or in LIEGE_PASSPHRASE");
    says(place.publish(&key).env("LIEGE_PASSPHRASE", "sesame?"), 2, "the passphrase of the key");
    assert!(!place.path("to").join("debian").exists());
    says(place.publish(&key).env("LIEGE_PASSPHRASE", "open sesame"), 0, "3 new");

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    says(&mut place.publish(&key), 2, "is a secret that others may read (mode 0644): chmod 600");
    says(place.liege().arg("key").arg(&key), 2, "is a secret that others may read");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(place.path("key.asc"), succeed(place.liege().arg("key").arg(&key))).unwrap();
    says(&mut place.publish(&place.path("key.asc")), 2, "key.asc is a public key: name the secret one");
    let text = fs::read_to_string(&key).unwrap();
    let mut from_environment = place.liege();
    from_environment.arg("publish").arg(place.out.path()).arg("--to").arg(place.path("to"));
    says(&mut from_environment, 2, "no key to sign with");
    says(from_environment.env("LIEGE_KEY", text).env("LIEGE_PASSPHRASE", "open sesame"), 0, "nothing changed");
    for file in files_below(&place.path("to")) {
        let bytes = fs::read(place.path("to").join(&file)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("PRIVATE KEY"), "{}", file.display());
    }
}

#[test]
fn a_published_repository_verifies_and_a_rolled_back_one_does_not() {
    let place = Place::new();
    let key = place.key("key", "ed25519");
    succeed(&mut place.publish(&key));
    succeed(tool("cp").arg("-r").arg(place.path("to")).arg(place.path("former")));
    let verify = || {
        let mut verify = place.liege();
        verify.arg("verify").arg(place.path("to")).arg("--key").arg(place.path("key.pub"));
        verify
    };
    assert!(succeed(&mut verify()).contains("debian: 3 packages, all as signed "));
    succeed(place.liege().arg("refresh").arg(place.path("to")).arg("--key").arg(&key));
    succeed(&mut verify());
    fs::remove_dir_all(place.path("to")).unwrap();
    fs::rename(place.path("former"), place.path("to")).unwrap();
    for command in [&mut verify(), &mut place.publish(&key)] {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(both(&output).contains("somebody put an older state back"), "{}", both(&output));
    }
}

#[test]
fn what_is_not_there_is_not_made_by_looking_for_it() {
    let place = Place::new();
    let key = place.path("key");
    succeed(place.liege().args(["key", "--user-id", "A <a@b.c>", "--no-passphrase"]).arg(&key));
    let nowhere = place.path("nowhere");
    for (command, key) in [("refresh", key), ("verify", place.path("key.asc"))] {
        fs::write(place.path("key.asc"), succeed(place.liege().arg("key").arg(place.path("key")))).unwrap();
        let output = place.liege().arg(command).arg(&nowhere).arg("--key").arg(key).output().unwrap();
        let said = both(&output);
        assert_eq!(said, format!("error: cannot open {}: No such file or directory (os error 2)\n", nowhere.display()));
        assert!(!nowhere.exists(), "{command}");
    }
}
