//! A new key.

use anyhow::{Context as _, Result, anyhow};
use clap::ValueEnum;
use pgp::composed::{EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedSecretKey, SubkeyParamsBuilder};
use pgp::types::Timestamp;

/// What a new key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// Small and fast; for every apt, and for rpm from 4.15 on.
    Ed25519,
    /// For older rpm too, and some hundred times slower to sign with.
    Rsa4096,
}

/// Makes a key for `user_id`: a primary key that certifies and a subkey that signs, so that the primary can be kept
/// elsewhere. `passphrase` locks both.
///
/// # Errors
/// No randomness.
pub fn make(user_id: &str, algorithm: Algorithm, passphrase: Option<&str>, at: u32) -> Result<SignedSecretKey> {
    let kind = match algorithm {
        Algorithm::Ed25519 => KeyType::Ed25519Legacy,
        Algorithm::Rsa4096 => KeyType::Rsa(4096),
    };
    let at = Timestamp::from_secs(at);
    let passphrase = passphrase.map(str::to_owned);
    let mut subkey = SubkeyParamsBuilder::default();
    subkey
        .key_type(kind.clone())
        .can_sign(true)
        .can_encrypt(EncryptionCaps::None)
        .created_at(at)
        .passphrase(passphrase.clone());
    let mut primary = SecretKeyParamsBuilder::default();
    primary
        .key_type(kind)
        .can_certify(true)
        .can_sign(false)
        .can_encrypt(EncryptionCaps::None)
        .created_at(at)
        .primary_user_id(user_id.to_owned())
        .passphrase(passphrase)
        .subkey(subkey.build().map_err(|error| anyhow!("{error}"))?);
    let parameters = primary.build().map_err(|error| anyhow!("{error}"))?;
    parameters.generate(rand::thread_rng()).context("cannot make a key")
}
