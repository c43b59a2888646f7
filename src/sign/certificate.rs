//! The public half of a key, and what it says of signatures.

use anyhow::{Context as _, Result, bail};
use pgp::armor::{BlockType, write as write_armor};
use pgp::composed::{CleartextSignedMessage, Deserializable as _, DetachedSignature, SignedPublicKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::KeyDetails as _;

/// One public key, or several of which any may sign: two while a repository changes its key.
#[derive(Clone)]
pub struct Certificate(Vec<SignedPublicKey>);

impl From<SignedPublicKey> for Certificate {
    fn from(key: SignedPublicKey) -> Self {
        Self(vec![key])
    }
}

impl Certificate {
    /// Reads public keys, armoured or binary; armoured ones also one after the other, as `cat` makes of two files.
    ///
    /// # Errors
    /// What is no public key, or one whose own signatures do not hold.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut keys: Vec<SignedPublicKey> = Vec::new();
        for block in blocks(bytes) {
            let (read, _) = SignedPublicKey::from_reader_many(block).context("this is no OpenPGP public key")?;
            keys.extend(read.collect::<Result<Vec<_>, _>>().context("this is no OpenPGP public key")?);
        }
        if keys.is_empty() {
            bail!("there is no OpenPGP public key in it");
        }
        for key in &keys {
            key.verify_bindings().context("the public key is damaged: its own signatures do not hold")?;
        }
        Ok(Self(keys))
    }

    /// The public half of a secret key, armoured or binary.
    ///
    /// # Errors
    /// What is no secret key.
    pub fn of_secret(bytes: &[u8]) -> Result<Self> {
        Ok(super::parse(bytes)?.to_public_key().into())
    }

    /// This key and others.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Fingerprint of the first key, upper-case hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.first().map(|key| hex::encode_upper(key.fingerprint().as_bytes())).unwrap_or_default()
    }

    /// Who the first key belongs to.
    #[must_use]
    pub fn user_id(&self) -> String {
        let user = self.0.first().and_then(|key| key.details.users.first());
        user.map(|user| String::from_utf8_lossy(user.id.id()).into_owned()).unwrap_or_default()
    }

    /// When the first key expires, in seconds since 1970; none means never.
    #[must_use]
    pub fn expiry(&self) -> Option<u32> {
        let key = self.0.first()?;
        let signatures =
            key.details.users.iter().flat_map(|user| &user.signatures).chain(&key.details.direct_signatures);
        let newest = signatures.max_by_key(|signature| signature.created().map(|at| at.as_secs()))?;
        let lifetime = newest.key_expiration_time()?.as_secs();
        (lifetime > 0).then(|| key.primary_key.created_at().as_secs().saturating_add(lifetime))
    }

    /// Whether the first primary key may sign data itself.
    pub(super) fn primary_signs(&self) -> bool {
        self.0.first().is_some_and(primary_signs)
    }

    /// The text of a message in the cleartext signature framework, if one of its signatures is ours.
    ///
    /// # Errors
    /// What is no such message, or is signed by nobody of us.
    pub fn open(&self, message: &str) -> Result<String> {
        let (message, _) = CleartextSignedMessage::from_string(message).context("this is no signed message")?;
        let text = message.signed_text();
        let holds = message.signatures().iter().any(|signature| self.made(signature, text.as_bytes()));
        if !holds {
            bail!("it is not signed by the key {}", self.fingerprint());
        }
        Ok(text.replace("\r\n", "\n"))
    }

    /// Checks that one of the armoured signatures is ours and over `data`.
    ///
    /// # Errors
    /// No signature, or none that holds.
    pub fn verify(&self, data: &[u8], armored: &[u8]) -> Result<()> {
        let signatures = armored_signatures(armored)?;
        if !signatures.iter().any(|signature| self.made(signature, data)) {
            bail!("it is not signed by the key {}", self.fingerprint());
        }
        Ok(())
    }

    /// Whether a signature, as a packet's bytes, is ours and over `data`.
    #[must_use]
    pub fn made_packet(&self, packet: &[u8], data: &[u8]) -> bool {
        DetachedSignature::from_bytes(packet).is_ok_and(|detached| self.made(&detached.signature, data))
    }

    fn made(&self, signature: &Signature, data: &[u8]) -> bool {
        let strong = [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512];
        let is_over_data = matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text));
        if !is_over_data || !signature.hash_alg().is_some_and(|hash| strong.contains(&hash)) {
            return false;
        }
        self.0.iter().any(|key| {
            let by_primary = primary_signs(key) && signature.verify(&key.primary_key, data).is_ok();
            by_primary
                || key
                    .public_subkeys
                    .iter()
                    .any(|subkey| may_sign(&subkey.signatures) && signature.verify(&subkey.key, data).is_ok())
        })
    }

    /// The keys, armoured: what apt's `.asc` keyrings and rpm's `gpgkey` hold.
    ///
    /// # Errors
    /// A key that cannot be written.
    pub fn armored(&self) -> Result<Vec<u8>> {
        let mut blocks = Vec::new();
        for key in &self.0 {
            blocks.extend(armor(&vec![key.clone()], BlockType::PublicKey)?);
        }
        Ok(blocks)
    }

    /// The keys as a binary keyring.
    ///
    /// # Errors
    /// A key that cannot be written.
    pub fn binary(&self) -> Result<Vec<u8>> {
        self.0.to_bytes().context("cannot write the public key")
    }
}

/// The armoured keys of a file, each alone; a binary file as it is.
fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let begin = b"-----BEGIN PGP PUBLIC KEY BLOCK-----";
    let mut starts: Vec<usize> =
        bytes.windows(begin.len()).enumerate().filter(|(_, text)| text == begin).map(|(at, _)| at).collect();
    if starts.is_empty() {
        return vec![bytes];
    }
    starts.push(bytes.len());
    starts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn primary_signs(key: &SignedPublicKey) -> bool {
    let mut own = key.details.users.iter().flat_map(|user| &user.signatures).chain(&key.details.direct_signatures);
    own.any(|signature| signature.key_flags().sign())
}

/// Whether the signatures that bind a subkey let it sign: the newest of them counts, and a revocation ends it.
pub(super) fn may_sign(bindings: &[Signature]) -> bool {
    let revoked = bindings.iter().any(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation));
    let newest = bindings.iter().max_by_key(|signature| signature.created().map(|at| at.as_secs()));
    !revoked && newest.is_some_and(|signature| signature.key_flags().sign())
}

/// The signatures of a detached, armoured signature file.
fn armored_signatures(armored: &[u8]) -> Result<Vec<Signature>> {
    let (signatures, _) = DetachedSignature::from_reader_many(armored).context("this is no OpenPGP signature")?;
    let signatures = signatures.map(|read| read.map(|detached| detached.signature));
    signatures.collect::<Result<_, _>>().context("this is no OpenPGP signature")
}

/// A signature as an armoured file.
///
/// # Errors
/// A signature that cannot be written.
pub fn armor_signature(signature: Signature) -> Result<Vec<u8>> {
    armor(&vec![DetachedSignature::new(signature)], BlockType::Signature)
}

fn armor<T: Serialize>(what: &Vec<T>, kind: BlockType) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_armor(what, kind, &mut bytes, None, true).context("cannot write OpenPGP armour")?;
    Ok(bytes)
}
