//! gzip for index files: on all cores, and the same bytes on any number of them.

use std::io::Read as _;

use anyhow::{Result, anyhow};
use flate2::{Compress, Compression, Crc, FlushCompress};
use rayon::prelude::*;

/// So many bytes are compressed at once. What is smaller is one block, and larger ones lose little: deflate looks back 32 kB.
const BLOCK: usize = 1 << 20;

/// How hard index files are compressed.
const LEVEL: u32 = 6;

/// The largest index that is read; no honest one is so large.
const LARGEST: u64 = 4 << 30;

/// RFC 1952: deflate, no name, no date, no system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// RFC 1951: the last block of a stream, with nothing in it.
const END: [u8; 2] = [3, 0];

/// One gzip stream without name or date, so that the same text gives the same bytes.
///
/// # Errors
/// What the compressor does not take; nothing is known of that kind.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let blocks: Vec<(Vec<u8>, Crc)> = bytes.par_chunks(BLOCK).map(deflate).collect::<Result<_>>()?;
    let mut stream = HEADER.to_vec();
    let mut sum = Crc::new();
    for (block, of_block) in &blocks {
        stream.extend_from_slice(block);
        sum.combine(of_block);
    }
    stream.extend_from_slice(&END);
    stream.extend_from_slice(&sum.sum().to_le_bytes());
    stream.extend_from_slice(&sum.amount().to_le_bytes());
    Ok(stream)
}

/// A block that others may follow, and its checksum.
fn deflate(bytes: &[u8]) -> Result<(Vec<u8>, Crc)> {
    let mut sum = Crc::new();
    sum.update(bytes);
    let mut block = Vec::with_capacity(bytes.len() / 4 + 64);
    let mut encoder = Compress::new(Compression::new(LEVEL), false);
    let mut rest = bytes;
    loop {
        let before = encoder.total_in();
        encoder.compress_vec(rest, &mut block, FlushCompress::Sync)?;
        rest = &rest[usize::try_from(encoder.total_in() - before)?..];
        // Room that is left says that the block is complete (zlib.h, deflate).
        if block.len() < block.capacity() {
            return Ok((block, sum));
        }
        block.reserve(bytes.len());
    }
}

/// Undoes [`gzip`], up to a size that no honest index has.
pub fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes).take(LARGEST);
    decoder.read_to_end(&mut text).map_err(|error| anyhow!("it cannot be unpacked: {error}"))?;
    if text.len() as u64 == LARGEST {
        return Err(anyhow!("it is larger than {LARGEST} bytes when unpacked"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_make_one_stream_that_any_reader_takes() {
        let mut state: u64 = 1;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        };
        for size in [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 17] {
            // Noise cannot be compressed, half of it can be by half, and the rest nearly vanishes.
            for mask in [0xff, 0x0f, 0x00] {
                let text: Vec<u8> = (0..size).map(|_| noise() & mask).collect();
                let stream = gzip(&text).unwrap();
                assert_eq!(gunzip(&stream).unwrap(), text);
                let mut single = Vec::new();
                flate2::read::GzDecoder::new(&stream[..]).read_to_end(&mut single).unwrap();
                assert_eq!(single, text, "{size} {mask}");
            }
        }
    }
}
