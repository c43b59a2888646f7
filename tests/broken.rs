//! A world that is broken: whatever is full, in the way, forbidden or interrupted is named, nothing is left by half, and the next
//! run works.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use support::{both, files_below, liege, project, succeed, tool};
use tempfile::TempDir;

/// Nobody's, so that root's rights do not hide what is forbidden.
const NOBODY: u32 = 65534;

/// A directory with a spec that nobody owns, and the program.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::copy(project().join("specs/shop.toml"), place.path("shop.toml")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_liege"), place.path("liege")).unwrap();
        std::os::unix::fs::chown(place.0.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn liege(&self, arguments: &[&str]) -> Command {
        let mut command = liege();
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    fn as_nobody(&self, arguments: &[&str]) -> Command {
        let mut command = tool("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(self.path("liege")).args(arguments);
        command.current_dir(self.0.path()).env("NO_COLOR", "1").env_remove("SOURCE_DATE_EPOCH");
        command
    }

    /// Runs a shell in a mount namespace of its own, where DIRECTORY is this place.
    fn shell(&self, script: &str) -> Output {
        let mut command = tool("unshare");
        command.args(["--mount", "sh", "-euc", script]).current_dir(self.0.path()).env("NO_COLOR", "1");
        command.output().unwrap()
    }

    /// What `out` and the lock hold.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = files_below(self.0.path())
            .into_iter()
            .filter(|path| path.starts_with("out") || path.ends_with("liege.lock"));
        files.map(|path| (path.clone(), fs::read(self.0.path().join(&path)).unwrap())).collect()
    }
}

/// The run fails as the world's fault, and says all of `told`.
fn fails(command: &mut Command, told: &[&str]) {
    let output = command.output().unwrap();
    let said = both(&output);
    assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
    assert!(said.contains("error: "), "{said}");
    for text in told {
        assert!(said.contains(text), "{command:?}: {text}: {said}");
    }
}

#[test]
fn what_is_read_only_is_named_and_stays() {
    let place = Place::new();
    let build = ["build", "shop.toml"];
    succeed(&mut place.liege(&build));
    let before = place.contents();
    let output = place.shell(
        "mount --bind out out; mount -o remount,bind,ro out; sed -i 's/processes = 4/processes = 5/' shop.toml; \
         status=0; ./liege build shop.toml || status=$?; exit $status",
    );
    let said = both(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write to out") && said.contains("Read-only file system"), "{said}");
    assert_eq!(place.contents(), before);
    succeed(&mut place.liege(&build));
    assert!(place.path("out/suse/shop-webapp-1.4.0-2.noarch.rpm").exists());
}

#[test]
fn what_is_forbidden_is_named() {
    let place = Place::new();
    let forbid = |name: &str, mode| fs::set_permissions(place.path(name), fs::Permissions::from_mode(mode)).unwrap();
    let build = ["build", "shop.toml", "--templates", "mine"];
    fs::create_dir_all(place.path("mine/app")).unwrap();
    fs::copy(project().join("templates/app/vassal.ini"), place.path("mine/app/vassal.ini")).unwrap();

    forbid("shop.toml", 0o000);
    fails(&mut place.as_nobody(&build), &["shop.toml", "Permission denied"]);
    forbid("shop.toml", 0o644);
    forbid("mine/app/vassal.ini", 0o000);
    fails(&mut place.as_nobody(&build), &["mine/app/vassal.ini", "Permission denied"]);
    forbid("mine/app/vassal.ini", 0o644);
    forbid("mine/app", 0o000);
    fails(&mut place.as_nobody(&build), &["mine/app", "Permission denied"]);
    forbid("mine/app", 0o755);
    assert!(!place.path("out").exists() && !place.path("liege.lock").exists());

    succeed(&mut place.as_nobody(&build));
    let before = place.contents();
    let text = fs::read_to_string(place.path("shop.toml")).unwrap();
    fs::write(place.path("shop.toml"), text.replace("processes = 4", "processes = 5")).unwrap();
    for name in ["out", "out/manifest.json", "liege.lock", "."] {
        let mode = fs::metadata(place.path(name)).unwrap().permissions().mode();
        forbid(name, if name == "." || name == "out" { 0o555 } else { 0o000 });
        fails(&mut place.as_nobody(&build), &[if name == "." { "liege.lock" } else { name }, "Permission denied"]);
        forbid(name, mode);
        assert_eq!(place.contents(), before, "{name}");
    }
    succeed(&mut place.as_nobody(&build));
    assert_ne!(place.contents(), before);
}

#[test]
fn a_directory_in_the_place_of_a_file_is_named_and_the_other_way_round() {
    for (name, is_directory) in [
        ("liege.lock", true),
        ("out/manifest.json", true),
        ("out/shop.cdx.json", true),
        ("out/shop.intoto.jsonl", true),
        ("out/debian", false),
        ("out", false),
    ] {
        let place = Place::new();
        let path = place.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match is_directory {
            true => fs::create_dir_all(path.join("x")).unwrap(),
            false => fs::write(&path, "x").unwrap(),
        }
        fails(&mut place.liege(&["build", "shop.toml"]), &[name]);
        let left =
            files_below(place.0.path()).into_iter().filter(|path| path.to_string_lossy().contains("/.liege-")).count();
        assert_eq!(left, 0, "{name}: nothing is left by half");
        match is_directory {
            true => fs::remove_dir_all(&path).unwrap(),
            false => fs::remove_file(&path).unwrap(),
        }
        succeed(&mut place.liege(&["build", "shop.toml"]));
        succeed(&mut place.liege(&["verify", "out", "--rebuild", "shop.toml"]));
    }
    let place = Place::new();
    fails(&mut place.liege(&["build", "shop.toml", "--templates", "shop.toml"]), &["shop.toml"]);
    fails(&mut place.liege(&["build", "."]), &[".: Is a directory"]);
}

#[test]
fn a_full_disk_leaves_no_half_a_file() {
    let place = Place::new();
    fs::create_dir(place.path("full")).unwrap();
    let output = place.shell(
        "mount -t tmpfs -o size=64k tmpfs full; cp shop.toml full; head -c 100k /dev/zero > full/filler || :; \
         before=$(ls -A full); tried=0; \
         try() { tried=$((tried + 1)); if \"$@\"; then echo \"$* did not fail\"; exit 3; fi; } ; \
         try ./liege init --site site --app a --module m --maintainer 'A <a@example.org>' full/new.toml; \
         try ./liege key full/key --no-passphrase --user-id 'A <a@example.org>'; \
         try ./liege build full/shop.toml --out out; \
         try ./liege man full/man; \
         [ \"$before\" = \"$(ls -A full | grep -vx man)\" ] || { ls -lA full; exit 4; }; \
         rm full/filler; \
         ./liege key full/key --no-passphrase --user-id 'A <a@example.org>' >/dev/null; ./liege build full/shop.toml --out out",
    );
    let said = both(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("No space left on device").count(), 4 + 1, "the filler and each run: {said}");
    assert!(place.path("out/manifest.json").exists());
}

#[test]
fn an_output_that_takes_nothing_is_told() {
    let place = Place::new();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for arguments in [&["build", "shop.toml"][..], &["plan", "shop.toml"], &["options"], &["schema"], &["explain"]] {
        let output =
            place.liege(arguments).stdout(full()).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(both(&output).contains("No space left on device"), "{arguments:?}: {}", both(&output));
    }
    succeed(&mut place.liege(&["verify", "out", "--rebuild", "shop.toml"]));
}

/// A spec large enough that its build can be interrupted.
fn large(place: &Place, processes: u32) -> Vec<String> {
    let mut text = "site = 'large'\nversion = '1'\nmaintainer = 'A <a@example.org>'\n[defaults]\n".to_owned();
    text.push_str(&format!("processes = {processes}\n"));
    (0..120).for_each(|number| text.push_str(&format!("[app.app{number}]\nmodule = 'a'\n")));
    fs::write(place.path("large.toml"), text).unwrap();
    ["build", "large.toml", "-q", "-A", "capacity"].map(str::to_owned).to_vec()
}

#[test]
fn whenever_a_signal_comes_the_lock_and_the_next_build_are_right() {
    let place = Place::new();
    let mut ended_early = 0;
    for round in 0..24_u32 {
        let arguments = large(&place, 2 + round);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut child = place.liege(&arguments).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(5 + 17 * round % 300)));
        let signal = ["-INT", "-TERM", "-KILL", "-HUP"][round as usize % 4];
        let _ = tool("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        ended_early += u32::from(!child.wait().unwrap().success());
        if place.path("liege.lock").exists() {
            succeed(
                place
                    .liege(&["plan", "large.toml", "-q", "-A", "capacity", "--app", "app1", "--family", "suse"])
                    .stdout(Stdio::piped()),
            );
        }
    }
    assert!(ended_early > 6, "only {ended_early} were interrupted");
    let arguments = large(&place, 99);
    succeed(&mut place.liege(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    succeed(&mut place.liege(&["build", "large.toml", "--locked", "-A", "capacity"]));
    succeed(&mut place.liege(&["verify", "out", "--rebuild", "large.toml"]));
    let left = files_below(place.0.path())
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(".liege-"))
        .collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?}");
}
