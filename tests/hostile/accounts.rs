//! systemd-sysusers, systemd-tmpfiles and logrotate read what a package brings for them, one with what the other made.

use std::fs;
use std::path::Path;

use liege::package::Package;
use rayon::prelude::*;

use crate::readers::{Reader, files};
use crate::support::{both, tool};

pub const ACCOUNTS: Reader = Reader { name: "systemd-sysusers, systemd-tmpfiles or logrotate", texts, read };

/// Parts the three files of a package; no value may hold it.
const PART: &str = "\u{1}";

/// Reads a stanza with the users that were made.
const ROTATE: &str = "mount --bind etc/passwd /etc/passwd && mount --bind etc/group /etc/group &&
    exec logrotate --debug --state state logrotate.conf";

fn texts(package: &Package) -> Vec<String> {
    let folders = ["/usr/lib/sysusers.d/", "/usr/lib/tmpfiles.d/", "/etc/logrotate.d/"];
    let parts = folders.map(|folder| files(package, |path| path.starts_with(folder)).concat());
    if parts.iter().all(String::is_empty) { Vec::new() } else { vec![parts.join(PART)] }
}

fn read(texts: &[&str]) -> Vec<Vec<String>> {
    texts.par_iter().map(|text| read_one(text)).collect()
}

fn read_one(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["etc", "usr/lib/sysusers.d", "usr/lib/tmpfiles.d", "run", "var/log"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    fs::write(root.join("etc/passwd"), "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\n").unwrap();
    fs::write(root.join("etc/group"), "root:x:0:\nadm:x:4:\nwww-data:x:33:\nuwsginginx:x:990:\n").unwrap();
    let names = ["usr/lib/sysusers.d/case.conf", "usr/lib/tmpfiles.d/case.conf", "logrotate.conf"];
    for (name, part) in names.iter().zip(text.split(PART)) {
        fs::write(root.join(name), part).unwrap();
    }
    let at_root = format!("--root={}", root.display());
    let mut said = both(&tool("systemd-sysusers").arg(&at_root).output().unwrap());
    said += &both(&tool("systemd-tmpfiles").args(["--create", &at_root]).output().unwrap());
    said += &both(&tool("unshare").args(["--mount", "sh", "-c", ROTATE]).current_dir(root).output().unwrap());
    for made in ["etc/passwd", "etc/group"] {
        said += &fs::read_to_string(root.join(made)).unwrap();
    }
    said += &listing(root);
    // It names its process.
    let of_values = said.lines().filter(|line| !line.starts_with("switching euid"));
    of_values.map(|line| line.replace(&root.display().to_string(), "")).collect()
}

/// What lies below `run` and `var`, with owners and modes.
fn listing(root: &Path) -> String {
    let mut find = tool("find");
    find.args(["run", "var", "-printf", "%M %U %G %p\\n"]).current_dir(root);
    crate::support::succeed(&mut find)
}
