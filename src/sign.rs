//! The OpenPGP key of a repository, and the things done with it. Signing needs no gpg; what is signed gpg and rpm verify.

mod certificate;
mod make;
mod secret;

use anyhow::{Context as _, Result, anyhow, bail};
use pgp::composed::{CleartextSignedMessage, Deserializable as _, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{PacketTrait as _, Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{KeyDetails, Password, SigningKey, Timestamp};
use zeroize::Zeroizing;

pub use certificate::{Certificate, armor_signature};
pub use make::{Algorithm, make};
pub use secret::{Passphrase, read_key_file, write_key_file};

/// A secret key that is ready to sign.
pub struct Signer {
    key: SignedSecretKey,
    /// Which of its secret subkeys signs; without one, the primary key does.
    subkey: Option<usize>,
    password: Password,
    certificate: Certificate,
}

impl Signer {
    /// Reads a secret key, armoured or binary, and unlocks the part of it that signs: its newest signing subkey, or else
    /// the primary key. `passphrase` is asked only when that part is locked.
    ///
    /// # Errors
    /// What is no secret key, a key that cannot sign or has expired at `now`, a wrong passphrase.
    pub fn read(bytes: &[u8], now: u32, passphrase: &Passphrase) -> Result<Self> {
        let key = parse(bytes)?;
        key.verify_bindings().context("the secret key is damaged: its own signatures do not hold")?;
        let certificate = Certificate::from(key.to_public_key());
        let subkey = newest_signing_subkey(&key);
        if subkey.is_none() && !certificate.primary_signs() {
            bail!("the key {} has no part that may sign", certificate.fingerprint());
        }
        if let Some(expiry) = certificate.expiry().filter(|expiry| *expiry <= now) {
            bail!("the key {} has expired ({})", certificate.fingerprint(), crate::date::rfc2822(expiry.into()));
        }
        let mut signer = Self { key, subkey, password: Password::empty(), certificate };
        if !signer.unlocks()? {
            signer.password = Password::from(passphrase.ask(&signer.certificate.fingerprint())?.as_str());
            if !signer.unlocks()? {
                bail!("the passphrase of the key {} is wrong", signer.certificate.fingerprint());
            }
        }
        Ok(signer)
    }

    /// The public half.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// A signature over `data`, dated `at` (seconds since 1970), or when the key was made if that is later: a signature
    /// older than its key does not hold. The same data and date give the same signature.
    ///
    /// # Errors
    /// A key that cannot sign after all.
    pub fn sign(&self, data: &[u8], at: u32) -> Result<Signature> {
        let config = self.config(SignatureType::Binary, at)?;
        config.sign(&Box::new(self.signing_key()), &self.password, data).context("cannot sign")
    }

    /// The same as packet bytes, as rpm keeps it in a package.
    ///
    /// # Errors
    /// As for [`Signer::sign`].
    pub fn packet(&self, data: &[u8], at: u32) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.sign(data, at)?.to_writer_with_header(&mut bytes).context("cannot write a signature")?;
        Ok(bytes)
    }

    /// `text` in the cleartext signature framework (RFC 9580, 7). No line may end in white space, for verifiers
    /// disagree about it.
    ///
    /// # Errors
    /// As for [`Signer::sign`].
    pub fn clearsign(&self, text: &str, at: u32) -> Result<String> {
        let config = self.config(SignatureType::Text, at)?;
        let message = CleartextSignedMessage::new(text, config, &Box::new(self.signing_key()), &self.password)
            .context("cannot sign")?;
        message.to_armored_string(None.into()).context("cannot write a signature")
    }

    fn config(&self, kind: SignatureType, at: u32) -> Result<SignatureConfig> {
        let key = self.signing_key();
        let at = at.max(key.created_at().as_secs());
        let mut config = SignatureConfig::v4(kind, key.algorithm(), HashAlgorithm::Sha512);
        let subpackets = || {
            Ok::<_, pgp::errors::Error>((
                vec![
                    Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::from_secs(at)))?,
                    Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
                ],
                vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?],
            ))
        };
        (config.hashed_subpackets, config.unhashed_subpackets) = subpackets().context("cannot sign")?;
        Ok(config)
    }

    fn signing_key(&self) -> &dyn SigningKey {
        match self.subkey {
            Some(index) => &self.key.secret_subkeys[index].key,
            None => &self.key.primary_key,
        }
    }

    fn unlocks(&self) -> Result<bool> {
        let probe = self.signing_key().sign(&self.password, HashAlgorithm::Sha512, &[0; 64]);
        match probe {
            Ok(_) => Ok(true),
            Err(_) if self.is_locked() => Ok(false),
            Err(error) => Err(anyhow!(error).context("the key cannot sign")),
        }
    }

    fn is_locked(&self) -> bool {
        let parameters = match self.subkey {
            Some(index) => self.key.secret_subkeys[index].key.secret_params(),
            None => self.key.primary_key.secret_params(),
        };
        parameters.is_encrypted()
    }
}

fn parse(bytes: &[u8]) -> Result<SignedSecretKey> {
    let wrong = "this is no OpenPGP secret key (gpg --armor --export-secret-keys makes one, and so does `liege key`)";
    let (key, _) = SignedSecretKey::from_reader_single(bytes).map_err(|_| anyhow!(wrong))?;
    Ok(key)
}

fn newest_signing_subkey(key: &SignedSecretKey) -> Option<usize> {
    let signs = |index: &usize| certificate::may_sign(&key.secret_subkeys[*index].signatures);
    (0..key.secret_subkeys.len())
        .filter(signs)
        .max_by_key(|index| key.secret_subkeys[*index].key.created_at().as_secs())
}

/// The bytes of the secret key, armoured; they are wiped from memory when dropped.
///
/// # Errors
/// A key that cannot be written.
pub fn armored(key: &SignedSecretKey) -> Result<Zeroizing<String>> {
    key.to_armored_string(None.into()).map(Zeroizing::new).context("cannot write the key")
}
