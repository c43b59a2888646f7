//! A shell runs every maintainer script in a root of its own, in which each command there is says how it was called.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use liege::package::Package;

use crate::readers::Reader;
use crate::support::{both, succeed, tool};

pub const SHELL: Reader = Reader { name: "the shell", texts, read };

/// Every command: tells its name and arguments; what asks for a state hears that all is well.
const COMMAND: &str = "#!/bin/sh\nfor word; do call=\"$call <$word>\"; done\necho \"${0##*/}$call\" >&2\necho active\n";

/// Runs each script as a package manager would, once its syntax is found right.
const DRIVER: &str = "cd /scripts
for script in *; do
    read -r arguments <\"/arguments/$script\"
    echo \"==== $script\" >&2
    sh -n \"$script\" && sh \"$script\" $arguments >/dev/null
    echo \"ended with $?\" >&2
done";

/// Words of the shell, which need no command.
const BUILT_IN: [&str; 24] = [
    "sh", "if", "then", "else", "elif", "fi", "for", "in", "do", "done", "while", "case", "esac", "set", "echo",
    "printf", "return", "exit", "read", "local", "test", "command", "export", "unset",
];

/// The script behind its name.
fn texts(package: &Package) -> Vec<String> {
    package.scripts.iter().map(|script| format!("{}\n{}", script.name, script.text)).collect()
}

fn arguments(name: &str) -> &'static str {
    match name {
        "preinst" => "install",
        "postinst" => "configure",
        "prerm" => "remove",
        "postrm" => "purge",
        "preun" | "postun" => "0",
        _ => "1",
    }
}

fn read(texts: &[&str]) -> Vec<Vec<String>> {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for folder in ["bin", "scripts", "arguments", "run/systemd/system", "dev", "etc", "var/log"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    // What tmpfiles would make: a directory for each site.
    for folder in texts.iter().flat_map(|text| text.split("/run/").skip(1)).filter_map(|path| path.split_once('/')) {
        fs::create_dir_all(root.join("run").join(folder.0)).unwrap();
    }
    shell(root);
    commands(root, texts);
    for (number, text) in texts.iter().enumerate() {
        let (name, script) = text.split_once('\n').unwrap();
        let file = format!("{number:05}");
        fs::write(root.join("arguments").join(&file), format!("{}\n", arguments(name))).unwrap();
        fs::write(root.join("scripts").join(&file), script).unwrap();
    }
    let mut driver = tool("unshare");
    driver.args(["--mount", "--pid", "--fork", "--net", "chroot"]).arg(root);
    let said = both(&driver.args(["/bin/sh", "-c", DRIVER]).env("PATH", "/bin:/usr/sbin:/usr/bin").output().unwrap());
    let runs: Vec<Vec<String>> =
        said.split("==== ").skip(1).map(|run| run.lines().skip(1).map(str::to_owned).collect()).collect();
    for (run, text) in runs.iter().zip(texts) {
        let is_canary = |line: &String| line == "canary" || line.starts_with("canary ");
        assert!(!run.iter().any(is_canary), "the canary was called by\n{text}");
    }
    runs
}

/// A real shell with the libraries that it needs.
fn shell(root: &Path) {
    let linked = succeed(tool("ldd").arg("/bin/dash"));
    let libraries = linked.split_whitespace().filter(|word| word.starts_with('/'));
    for library in libraries {
        let target = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(library, target).unwrap();
    }
    fs::copy("/bin/dash", root.join("bin/sh")).unwrap();
    fs::write(root.join("dev/null"), "").unwrap();
}

/// Every word of the scripts is a command, the canary before all.
fn commands(root: &Path, texts: &[&str]) {
    fs::write(root.join("bin/.command"), COMMAND).unwrap();
    fs::set_permissions(root.join("bin/.command"), fs::Permissions::from_mode(0o755)).unwrap();
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let words = texts.iter().flat_map(|text| text.split(|c: char| !is_part(c)));
    let commands: BTreeSet<&str> = words.filter(|word| word.len() > 1 && word.len() < 40).chain(["canary"]).collect();
    for command in commands.into_iter().filter(|word| !BUILT_IN.contains(word) && !word.starts_with('-')) {
        symlink(".command", root.join("bin").join(command)).unwrap();
    }
}
