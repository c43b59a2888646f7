//! Whether an .rpm is sound enough to be parsed: the parser believes what a header says of itself, and takes memory for it
//! or looks where it points.

use std::io::Read as _;

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;

/// Bytes of the lead, which comes first and says nothing any more.
const LEAD: usize = 96;
/// Bytes of a header's beginning, and of each entry in its index.
const ENTRY: usize = 16;
/// More than any package of ours holds, in bytes: what is larger is none.
const LARGEST: u64 = 64 << 20;

/// Checks the two headers and the size of the payload.
///
/// # Errors
/// What is no rpm, or holds more than it has bytes for, or more than 64 MB.
pub fn check(artefact: &[u8]) -> Result<()> {
    let rest = artefact.get(LEAD..).context("it is no rpm: it ends in its lead")?;
    let signature = header(rest).context("its signature header is damaged")?;
    let rest = rest.get(signature.next_multiple_of(8)..).context("it ends before its header")?;
    let main = header(rest).context("its header is damaged")?;
    let payload = rest.get(main..).unwrap_or_default();
    // What is not compressed is as large as the file.
    if payload.starts_with(&[0x1f, 0x8b]) {
        let size = std::io::copy(&mut GzDecoder::new(payload).take(LARGEST + 1), &mut std::io::sink());
        if size.context("its payload is damaged")? > LARGEST {
            bail!("it holds more than 64 MB");
        }
    }
    Ok(())
}

/// The size of a header, in which every entry lies.
fn header(bytes: &[u8]) -> Result<usize> {
    let entries = number(bytes, 8)?;
    let data = number(bytes, 12)?;
    let index = entries.checked_add(1).and_then(|entries| entries.checked_mul(ENTRY)).context("too many entries")?;
    let end = index.checked_add(data).filter(|end| *end <= bytes.len()).context("it is larger than the file")?;
    for at in (ENTRY..index).step_by(ENTRY) {
        let (kind, offset, count) = (number(bytes, at + 4)?, number(bytes, at + 8)?, number(bytes, at + 12)?);
        // Null, char, and integers of 1 to 8 bytes; of a text at least its end is there.
        let width = [0, 1, 1, 2, 4, 8].get(kind).copied().unwrap_or(1);
        let fits = count.checked_mul(width).and_then(|size| size.checked_add(offset)).is_some_and(|end| end <= data);
        if !fits {
            bail!("an entry of it lies outside of it");
        }
    }
    Ok(end)
}

/// The number at a place, highest byte first.
fn number(bytes: &[u8], at: usize) -> Result<usize> {
    let number = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).context("it is cut off")?;
    Ok(usize::try_from(u32::from_be_bytes(number))?)
}
