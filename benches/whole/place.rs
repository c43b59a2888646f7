//! Where a bench works: a directory that goes with it, and fresh ones below it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use super::measure::prepare;
use super::support;

/// A directory for all that a bench needs and makes.
pub struct Place(TempDir);

impl Place {
    /// Makes one below the build directory, on the same file system as a build.
    pub fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?))
    }

    /// A path in it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    /// A directory that is new and empty. Nothing is removed before the end: a file system is slow where it just was.
    pub fn fresh(&self, name: &str) -> Result<PathBuf> {
        Ok(tempfile::Builder::new().prefix(name).tempdir_in(self.0.path())?.keep())
    }

    /// A spec in a file.
    pub fn spec(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path(format!("{name}.toml"));
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// A spec of so many applications.
    pub fn site(&self, applications: usize) -> Result<PathBuf> {
        self.spec(&applications.to_string(), &support::spec(applications))
    }

    /// liege, with nothing of this machine's settings.
    pub fn liege(&self, command: &str) -> Command {
        let mut liege = Command::new(env!("CARGO_BIN_EXE_liege"));
        liege.args(["--quiet", command]).env_clear().env("HOME", self.0.path());
        liege
    }

    /// `liege build` of a spec.
    pub fn build(&self, spec: &Path, out: &Path) -> Command {
        let mut build = self.liege("build");
        build.arg(spec).arg("--out").arg(out);
        build
    }

    /// `liege publish`, to a key that is made on the way.
    pub fn publish(&self, out: &Path, to: &Path) -> Result<Command> {
        let key = self.path("key");
        if !key.exists() {
            prepare(self.liege("key").args(["--no-passphrase", "--user-id", "Bench <ops@bench.example>"]).arg(&key))?;
        }
        let mut publish = self.liege("publish");
        publish.arg(out).arg("--to").arg(to).arg("--key").arg(key).args(["--url", "https://packages.bench.example"]);
        Ok(publish)
    }
}
