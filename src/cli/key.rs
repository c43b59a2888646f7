use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use std::io::IsTerminal as _;
use zeroize::Zeroizing;

use super::console::Verbosity;
use super::{Failure, print};
use crate::date::now;
use crate::sign::{self, Algorithm, Certificate, Passphrase, Signer, read_key_file, write_key_file};

#[derive(Args)]
pub struct NewKeyArguments {
    /// The file of the secret key: made when it is not there; of one that is there the public half is shown.
    file: PathBuf,
    /// Whose key it is: `NAME <ADDRESS>`.
    #[arg(long, value_name = "USER-ID")]
    user_id: Option<String>,
    /// What it is made of.
    #[arg(long, value_enum, default_value_t = Algorithm::Ed25519)]
    algorithm: Algorithm,
    /// A file whose first line locks the key. [default: LIEGE_PASSPHRASE, or else asked for]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Leave the key unlocked: whoever reads the file can sign.
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
    /// Where to write the public half. [default: to standard output]
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
}

/// The key to sign with.
#[derive(Args)]
pub struct KeyArguments {
    /// The file of the OpenPGP secret key. [default: the variable LIEGE_KEY holds it, armoured]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A file whose first line is the key's passphrase. [default: LIEGE_PASSPHRASE, or else asked for]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl KeyArguments {
    /// Reads and unlocks the key.
    pub fn signer(&self) -> Result<Signer> {
        keep_secrets()?;
        let bytes = read_key_file(self.key.as_deref())?;
        let passphrase = Passphrase { file: self.passphrase_file.clone() };
        let signer = Signer::read(&bytes, seconds(), &passphrase);
        signer.with_context(|| self.key.as_ref().map_or("LIEGE_KEY".to_owned(), |path| path.display().to_string()))
    }
}

/// `liege key`: makes a key, and shows its public half.
pub fn run(arguments: &NewKeyArguments, verbosity: Verbosity) -> Result<(), Failure> {
    keep_secrets()?;
    if !arguments.file.exists() {
        make(arguments, verbosity)?;
    }
    let bytes = read_key_file(Some(&arguments.file))?;
    let certificate = Certificate::of_secret(&bytes).with_context(|| arguments.file.display().to_string())?;
    if let Some(other) = arguments.user_id.as_ref().filter(|user_id| **user_id != certificate.user_id()) {
        let path = arguments.file.display();
        return Err(anyhow!(
            "{path} is the key of {} already; name another file for one of {other}",
            certificate.user_id()
        )
        .into());
    }
    let public = certificate.armored()?;
    let name = format!("{}, {}", certificate.fingerprint(), certificate.user_id());
    match &arguments.public {
        Some(path) => {
            std::fs::write(path, public).with_context(|| format!("cannot write {}", path.display()))?;
            verbosity.summary(&format!("{}: public key {name}", path.display()))
        }
        None => {
            if verbosity == Verbosity::Verbose {
                eprintln!("{}: public key {name}", arguments.file.display());
            }
            print(&String::from_utf8_lossy(&public))
        }
    }
}

fn make(arguments: &NewKeyArguments, verbosity: Verbosity) -> Result<()> {
    let Some(user_id) = &arguments.user_id else {
        bail!("whose key is {} to be? Name it: --user-id 'Shop packages <ops@shop.example>'", arguments.file.display());
    };
    if user_id.chars().any(char::is_control) || user_id.trim().is_empty() {
        bail!("--user-id: a name and an address in one line, such as 'Shop packages <ops@shop.example>'");
    }
    let passphrase = new_passphrase(arguments)?;
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    let key = sign::make(user_id, arguments.algorithm, passphrase, seconds())?;
    write_key_file(&arguments.file, &sign::armored(&key)?)?;
    verbosity.note(&format!("{}: secret key; keep a copy where no build can read it", arguments.file.display()));
    Ok(())
}

fn new_passphrase(arguments: &NewKeyArguments) -> Result<Option<Zeroizing<String>>> {
    if arguments.no_passphrase {
        return Ok(None);
    }
    if let Some(given) = (Passphrase { file: arguments.passphrase_file.clone() }).given()? {
        return Ok(Some(given));
    }
    if !std::io::stdin().is_terminal() {
        bail!("a passphrase for the new key: --passphrase-file, LIEGE_PASSPHRASE, or --no-passphrase to go without");
    }
    let ask =
        |prompt: &str| rpassword::prompt_password(prompt).map(Zeroizing::new).context("cannot ask for the passphrase");
    let first = ask("Passphrase for the new key: ")?;
    if *first != *ask("Again: ")? {
        bail!("the two passphrases differ");
    }
    Ok(Some(first))
}

/// From now on no core dump holds this process's memory, and no other process of the user reads it.
fn keep_secrets() -> Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("cannot keep secrets out of core dumps")?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).context("cannot forbid core dumps")
}

fn seconds() -> u32 {
    u32::try_from(now()).unwrap_or(u32::MAX)
}
