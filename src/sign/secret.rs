//! Where a secret key and its passphrase come from: a file, the environment, a terminal; never an argument.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

use crate::output::write_new;

/// The environment variable that may hold an armoured secret key.
pub const KEY_VARIABLE: &str = "LIEGE_KEY";
/// The environment variable that may hold the key's passphrase.
pub const PASSPHRASE_VARIABLE: &str = "LIEGE_PASSPHRASE";

/// Where to ask for the passphrase.
#[derive(Clone, Debug, Default)]
pub struct Passphrase {
    /// A file whose first line it is.
    pub file: Option<PathBuf>,
}

impl Passphrase {
    /// The passphrase of the key with this fingerprint: from the file, or else the environment, or else the terminal.
    ///
    /// # Errors
    /// A file that cannot be read or that others may read, or nowhere to ask.
    pub fn ask(&self, fingerprint: &str) -> Result<Zeroizing<String>> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        if !std::io::stdin().is_terminal() {
            bail!(
                "the key {fingerprint} is locked: name its passphrase by --passphrase-file or in {PASSPHRASE_VARIABLE}"
            );
        }
        let prompt = format!("Passphrase of the key {fingerprint}: ");
        rpassword::prompt_password(prompt).map(Zeroizing::new).context("cannot ask for the passphrase")
    }

    /// The passphrase if a file or the environment has it.
    ///
    /// # Errors
    /// A file that cannot be read or that others may read.
    pub fn given(&self) -> Result<Option<Zeroizing<String>>> {
        if let Some(path) = &self.file {
            let bytes = read_private(path)?;
            let text = std::str::from_utf8(&bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
            return Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())));
        }
        Ok(std::env::var(PASSPHRASE_VARIABLE).ok().map(Zeroizing::new))
    }
}

/// The bytes of the secret key: of the file, or else of the environment variable `LIEGE_KEY`.
///
/// # Errors
/// Neither is there, or a file that cannot be read or that others may read.
pub fn read_key_file(path: Option<&Path>) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(path) = path {
        return read_private(path);
    }
    match std::env::var(KEY_VARIABLE) {
        Ok(text) => Ok(Zeroizing::new(text.into_bytes())),
        Err(_) => bail!("no key to sign with: name one by --key FILE or in {KEY_VARIABLE}; `liege key FILE` makes one"),
    }
}

/// Writes a secret key to a file that did not exist, readable by its owner alone.
///
/// # Errors
/// A file that exists or cannot be written.
pub fn write_key_file(path: &Path, text: &str) -> Result<()> {
    write_new(path, text, 0o600)
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(failed)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes).with_context(failed)?;
    if bytes.starts_with(b"-----BEGIN PGP PUBLIC KEY") {
        bail!("{} is a public key: name the secret one, which `liege key` wrote beside it", path.display());
    }
    let mode = file.metadata().with_context(failed)?.mode();
    if mode & 0o077 != 0 {
        bail!("{0} is a secret that others may read (mode {1:04o}): chmod 600 {0}", path.display(), mode & 0o7777);
    }
    Ok(bytes)
}
