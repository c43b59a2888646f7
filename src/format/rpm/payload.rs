//! The payload's compression. The crate's own begins a new block after each file and takes twice as long, so the crate is
//! asked to leave the archive as it is, and what the header says of it is replaced.

use anyhow::{Context as _, Result};
use rpm::{Header, HeaderEntry, IndexData, IndexTag, Package, RpmFormat, SignatureHeaderBuilder};
use sha2::{Digest as _, Sha256};

use crate::format::gzip;

/// The package with its payload compressed, and header and digests that say so.
///
/// # Errors
/// A header that the crate cannot read back.
pub fn compress(mut package: Package) -> Result<Package> {
    let payload = gzip::compress(&package.payload, gzip::LEVEL)?;
    let replaced = [
        (IndexTag::RPMTAG_PAYLOADCOMPRESSOR, IndexData::StringTag("gzip".to_owned())),
        (IndexTag::RPMTAG_PAYLOADFLAGS, IndexData::StringTag(gzip::LEVEL.to_string())),
        (IndexTag::RPMTAG_PAYLOADSHA256, IndexData::StringArray(vec![hex::encode(Sha256::digest(&payload))])),
    ];
    let replaced = replaced.map(|(tag, data)| HeaderEntry::new(tag as u32, data));
    // The region's own entry is made anew.
    let is_kept =
        |tag: u32| tag != IndexTag::RPMTAG_HEADERIMMUTABLE as u32 && replaced.iter().all(|entry| entry.tag != tag);
    let entries = package.metadata.header.get_all_entries().context("cannot read the header")?;
    let kept = entries.into_iter().filter(|(tag, _)| is_kept(*tag)).map(|(tag, data)| HeaderEntry::new(tag, data));
    let entries: Vec<HeaderEntry> = kept.chain(replaced.iter().cloned()).collect();
    package.metadata.header = Header::from_entries(entries, IndexTag::RPMTAG_HEADERIMMUTABLE);
    let header = package.metadata.header_bytes()?;
    package.metadata.signature = SignatureHeaderBuilder::new()
        .format(RpmFormat::V4)
        .reserved_space(None)
        .set_content_length((header.len() + payload.len()) as u64)
        .calculate_digests(&header)
        .build()?;
    package.payload = payload;
    Ok(package)
}
