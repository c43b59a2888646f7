//! What several tests need. A test that misses a tool fails and says how to get it; none is ever skipped.

#![allow(dead_code, clippy::unwrap_used, missing_docs)]

pub mod storage;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use liege::package::{Item, Package, Stamp};
use liege::site::Site;
use liege::source::Source;
use liege::template::Templates;

/// The example specs, by the name of their file.
pub const EXAMPLES: [&str; 3] = ["shop", "myapp", "gnuhealth"];

/// The root of the project.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The program under test, in the project's directory.
pub fn liege() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liege"));
    command.current_dir(project()).env_remove("SOURCE_DATE_EPOCH").env("NO_COLOR", "1");
    command
}

/// A tool that `tests/setup` installs.
pub fn tool(name: &str) -> Command {
    let found = std::env::var_os("PATH").map(|path| {
        std::env::split_paths(&path)
            .chain(["/usr/sbin".into(), "/sbin".into()])
            .any(|folder| folder.join(name).exists())
    });
    assert_eq!(found, Some(true), "{name} is missing: run tests/setup");
    let mut command = Command::new(name);
    command.env("LC_ALL", "C.UTF-8");
    command
}

/// Python with what `tests/publish/setup` installs for it.
pub fn python() -> Command {
    let environment = std::env::var_os("LIEGE_MOTO").unwrap_or_else(|| "/var/cache/liege-moto".into());
    let python = Path::new(&environment).join("bin/python");
    assert!(python.exists(), "{} is missing: run tests/setup", python.display());
    Command::new(python)
}

/// Runs to the end and returns what was printed; fails with all of it when the status is not 0.
pub fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?} ended with {}\n{}", output.status, both(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Standard output and error together.
pub fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Builds a spec into a fresh directory.
pub fn build(spec: &Path) -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    succeed(liege().args(["build", "--unlocked"]).arg(spec).arg("--out").arg(out.path()));
    out
}

/// Builds an example into a fresh directory.
pub fn build_example(name: &str) -> tempfile::TempDir {
    build(&project().join(format!("specs/{name}.toml")))
}

/// The packages of an example, as `plan` and `build` have them.
pub fn packages_of(name: &str) -> Vec<Package> {
    let path = project().join(format!("specs/{name}.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (source, mistakes) = Source::parse(name, &text);
    assert!(mistakes.is_empty());
    let (spec, mistakes) = liege::read::read(&source);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let spec = spec.unwrap();
    let site = Site::new(&spec);
    let templates = Templates::load(None).unwrap();
    let stamp = Stamp::standard(&spec.header.version);
    Item::of(&site).iter().map(|item| item.package(&site, &templates, &stamp).unwrap()).collect()
}

/// The file in `out` that holds a package.
pub fn artefact(out: &Path, package: &Package) -> PathBuf {
    let format = liege::format::of(package).unwrap();
    out.join(&package.family.name).join(format.file_name(&package.name, &package.build()))
}

/// All files below a directory, sorted, relative to it.
pub fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path.strip_prefix(root).unwrap().to_owned()) }
        }
    }
    files.sort();
    files
}

/// Compares with a text kept in the project; `LIEGE_BLESS=1` keeps the present one, to be read in the diff before it is
/// committed.
pub fn expect_text(path: &Path, actual: &str) {
    if std::env::var_os("LIEGE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != actual {
        let changed = expected.lines().zip(actual.lines()).position(|(a, b)| a != b);
        let line = changed.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        panic!(
            "{} differs from line {} on:\n  kept: {}\n  now:  {}\nIf the change is meant: LIEGE_BLESS=1 cargo test, and read the diff.",
            path.display(),
            line + 1,
            expected.lines().nth(line).unwrap_or("(end)"),
            actual.lines().nth(line).unwrap_or("(end)")
        );
    }
}
