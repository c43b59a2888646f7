//! systemd itself reads units, and shows what it understood.

use crate::readers::{Reader, files};
use crate::support::tool;

pub const SYSTEMD: Reader = Reader {
    name: "systemd",
    texts: |package| files(package, |path| path.ends_with(".service") || path.ends_with(".socket")),
    read,
};

fn read(texts: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tool("systemd-analyze");
    command.env("SYSTEMD_LOG_LEVEL", "debug").args(["verify", "--man=no"]).current_dir(folder.path());
    for (number, text) in texts.iter().enumerate() {
        let service = format!("case{number}.service");
        if text.contains("\n[Socket]\n") {
            let socket = format!("case{number}.socket");
            std::fs::write(folder.path().join(&socket), text).unwrap();
            std::fs::write(folder.path().join(&service), "[Service]\nExecStart=/bin/true\n").unwrap();
            command.arg(format!("./{socket}"));
        } else {
            std::fs::write(folder.path().join(&service), text).unwrap();
            command.arg(format!("./{service}"));
        }
    }
    let output = command.output().unwrap();
    let dump = String::from_utf8_lossy(&output.stdout);
    let mut units = vec![Vec::new(); texts.len()];
    for unit in dump.split("-> Unit ").skip(1) {
        let (name, facts) = unit.split_once(":\n").unwrap();
        let Some(number) = name.strip_prefix("case").and_then(|name| name.split('.').next()?.parse::<usize>().ok())
        else {
            continue;
        };
        // Other units are named by what they are to this one; their numbers say nothing.
        let own = format!("case{number}");
        // Sets come in any order; this one is of the template and of no value.
        let of_values = facts.lines().map(str::trim).filter(|line| !line.starts_with("SystemCallFilter:"));
        // Relations that systemd adds by itself depend on which units are loaded besides.
        let of_values = of_values.filter(|line| !line.contains("(origin-") || line.contains("(origin-file"));
        units[number].extend(of_values.map(|line| line.replace(&own, "case")));
    }
    for (facts, text) in units.iter().zip(texts) {
        assert!(!facts.is_empty(), "systemd reads no unit in\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    units
}
