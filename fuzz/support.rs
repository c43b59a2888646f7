//! What targets of repositories share: a key, and settings to read with.

use std::sync::LazyLock;

use liege::repository::Settings;
use liege::sign::{Algorithm, Passphrase, Signer, armored, make};

/// When everything is signed, in seconds since 1970.
pub const NOW: u32 = 1_767_225_600;

/// Signs what is fuzzed, so that a reader goes on behind the signature.
pub static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let key = make("Fuzz <fuzz@example.org>", Algorithm::Ed25519, None, NOW).expect("there is randomness");
    let key = armored(&key).expect("a key can be written");
    Signer::read(key.as_bytes(), NOW, &Passphrase::default()).expect("a new key signs")
});

/// How the repository is read.
pub fn settings() -> Settings {
    Settings { name: None, url: None, suite: "stable".to_owned(), architectures: vec!["amd64".to_owned()] }
}
