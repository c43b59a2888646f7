//! The distributions' own tools judge every artefact, script and file of every example, and find nothing to say.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use liege::package::{Contents, Package};
use support::{EXAMPLES, both, build_example, files_below, packages_of, project, succeed, tool};

fn artefacts(extension: &str) -> (Vec<tempfile::TempDir>, Vec<PathBuf>) {
    let folders: Vec<_> = EXAMPLES.iter().map(|name| build_example(name)).collect();
    let of = |folder: &tempfile::TempDir| {
        let files = files_below(folder.path()).into_iter().map(|path| folder.path().join(path));
        files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect::<Vec<_>>()
    };
    let files: Vec<PathBuf> = folders.iter().flat_map(of).collect();
    assert!(files.len() >= EXAMPLES.len() * 2, "{files:?}");
    (folders, files)
}

/// Writes every file of `kind` of every example to a directory of its own, under the name that its reader expects.
fn written(kind: impl Fn(&str) -> bool) -> Vec<(tempfile::TempDir, PathBuf)> {
    let mut files = Vec::new();
    for package in EXAMPLES.iter().flat_map(|name| packages_of(name)) {
        for file in package.files.iter().filter(|file| kind(&file.path)) {
            let Contents::Text(text) = &file.contents else { continue };
            files.push(write(&file.path, text));
        }
    }
    assert!(!files.is_empty());
    files
}

fn write(path: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(Path::new(path).file_name().unwrap());
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn lintian_has_nothing_to_say() {
    let (_folders, files) = artefacts("deb");
    let output = tool("lintian")
        .args(["--allow-root", "--no-cfg", "--fail-on", "error,warning", "--tag-display-limit", "0"])
        .args(&files)
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{}", both(&output));
}

#[test]
fn rpmlint_has_nothing_to_say() {
    let (_folders, files) = artefacts("rpm");
    let output =
        tool("rpmlint").arg("--config").arg(project().join("tests/rpmlint.toml")).args(&files).output().unwrap();
    let said = both(&output);
    assert!(output.status.success() && said.contains(" 0 errors, 0 warnings"), "{said}");
}

fn scripts(packages: &[Package]) -> Vec<(String, String)> {
    let mut scripts = Vec::new();
    for package in packages {
        let place = |name: &str| format!("{} {} {name}", package.family.name, package.name);
        // rpm hands a scriptlet to /bin/sh without a first line of its own.
        scripts.extend(package.scripts.iter().map(|script| (place(&script.name), script.text.clone())));
        scripts.extend(package.files.iter().filter(|file| file.mode == 0o755).filter_map(
            |file| match &file.contents {
                Contents::Text(text) => Some((place(&file.path), text.clone())),
                _ => None,
            },
        ));
    }
    scripts
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let scripts = scripts(&EXAMPLES.iter().flat_map(|name| packages_of(name)).collect::<Vec<_>>());
    assert!(scripts.len() > 50, "{}", scripts.len());
    let folder = tempfile::tempdir().unwrap();
    for (number, (place, text)) in scripts.iter().enumerate() {
        let name = format!("{number} {}", place.replace('/', "_"));
        let text = if text.starts_with("#!") { text.clone() } else { format!("#!/bin/sh\n{text}") };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let files = files_below(folder.path());
    succeed(tool("shellcheck").arg("--").args(&files).current_dir(folder.path()));
    for file in files {
        succeed(tool("dash").arg("-n").arg(file).current_dir(folder.path()));
    }
}

#[test]
fn systemd_accepts_every_unit() {
    let units = written(|path| path.starts_with("/usr/lib/systemd/system/"));
    for (folder, path) in &units {
        // A service is verified with its socket unit beside it, and with programs that this machine has.
        let text = fs::read_to_string(path).unwrap();
        let text: String = text.lines().map(|line| format!("{}\n", with_present_program(line))).collect();
        fs::write(path, text).unwrap();
        for (_, other) in &units {
            let beside = folder.path().join(other.file_name().unwrap());
            if !beside.exists() {
                fs::copy(other, beside).unwrap();
            }
        }
    }
    for (_, path) in &units {
        let output =
            tool("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=yes"]).arg(path).output().unwrap();
        let said = both(&output);
        let about_it: Vec<&str> =
            said.lines().filter(|line| line.contains(path.file_name().unwrap().to_str().unwrap())).collect();
        assert!(about_it.is_empty(), "{}:\n{}", path.display(), about_it.join("\n"));
        // Proof that the tool reads the unit: with a directive that does not exist it complains.
        let broken = fs::read_to_string(path).unwrap().replace("[Unit]", "[Unit]\nNoSuchDirective=yes");
        fs::write(path, broken).unwrap();
        let output = tool("systemd-analyze").args(["verify", "--man=no"]).arg(path).output().unwrap();
        assert!(both(&output).contains("NoSuchDirective"), "systemd-analyze did not read {}", path.display());
    }
}

fn with_present_program(line: &str) -> String {
    for directive in ["ExecStart=", "ExecReload="] {
        if let Some(command) = line.strip_prefix(directive) {
            let arguments = command.split_once(' ').map_or("", |(_, arguments)| arguments);
            return format!("{directive}/bin/true {arguments}");
        }
    }
    line.to_owned()
}

#[test]
fn logrotate_accepts_every_stanza() {
    for (folder, path) in written(|path| path.starts_with("/etc/logrotate.d/")) {
        // Users of the stanza need not exist here: logrotate reads the rest all the same when they are ours.
        let text = fs::read_to_string(&path).unwrap();
        let text: String = text
            .lines()
            .map(|line| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["su", ..] => "    su root root\n".to_owned(),
                ["create", mode, ..] => format!("    create {mode} root root\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        fs::write(&path, text).unwrap();
        let state = folder.path().join("state");
        let output = tool("logrotate").args(["--debug", "--state"]).arg(&state).arg(&path).output().unwrap();
        let said = both(&output);
        assert!(output.status.success() && !said.contains("error:"), "{said}");
        assert!(said.contains("rotating pattern: /var/log/"), "{said}");
    }
}

#[test]
fn sysusers_and_tmpfiles_make_what_is_declared() {
    for package in EXAMPLES.iter().flat_map(|name| packages_of(name)) {
        let root = tempfile::tempdir().unwrap();
        for name in ["etc", "usr/lib/sysusers.d", "usr/lib/tmpfiles.d", "run", "var"] {
            fs::create_dir_all(root.path().join(name)).unwrap();
        }
        // www-data and adm are there on every Debian, and so is the group of the shared package.
        fs::write(root.path().join("etc/passwd"), "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\n")
            .unwrap();
        fs::write(root.path().join("etc/group"), "root:x:0:\nadm:x:4:\nwww-data:x:33:\nuwsginginx:x:990:\n").unwrap();
        let mut users = Vec::new();
        for file in &package.files {
            let Contents::Text(text) = &file.contents else { continue };
            if file.path.contains("sysusers.d") || file.path.contains("tmpfiles.d") {
                fs::write(root.path().join(file.path.trim_start_matches('/')), text).unwrap();
            }
            if file.path.contains("sysusers.d") {
                users.extend(
                    text.lines()
                        .filter_map(|line| line.strip_prefix("u "))
                        .map(|line| line.split(' ').next().unwrap().to_owned()),
                );
            }
        }
        let at_root = format!("--root={}", root.path().display());
        let output = tool("systemd-sysusers").arg(&at_root).output().unwrap();
        assert!(output.status.success(), "{}: {}", package.name, both(&output));
        let passwd = fs::read_to_string(root.path().join("etc/passwd")).unwrap();
        for user in users {
            let line = passwd
                .lines()
                .find(|line| line.starts_with(&format!("{user}:")))
                .unwrap_or_else(|| panic!("{user}: {passwd}"));
            assert!(line.contains(":/nonexistent:") && line.ends_with("/nologin"), "{line}");
        }
        let output = tool("systemd-tmpfiles").args(["--create", &at_root]).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}: {}", package.name, both(&output));
    }
}

#[test]
fn secilc_accepts_the_policy_module() {
    let modules = written(|path| path.ends_with(".cil"));
    for (folder, module) in &modules {
        let base = project().join("tests/support/base.cil");
        let target = folder.path().join("policy");
        let contexts = folder.path().join("contexts");
        succeed(tool("secilc").arg("--output").arg(&target).arg("--filecontext").arg(&contexts).arg(&base).arg(module));
        assert!(target.metadata().unwrap().len() > 0);
    }
}
