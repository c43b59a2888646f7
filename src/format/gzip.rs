//! gzip without name or time, by libdeflate.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use anyhow::{Context as _, Result, anyhow};
use libdeflater::{CompressionLvl, Compressor};

/// How hard packages are compressed. Level 9 takes up to three times as long and saves nothing of packages this small.
pub const LEVEL: u32 = 6;

/// What `gzip -9` is called here.
pub const HIGHEST: u32 = 9;

thread_local! {
    /// To make one takes as long as to compress a small package, so each thread keeps its own, by level.
    static COMPRESSORS: RefCell<BTreeMap<u32, Compressor>> = const { RefCell::new(BTreeMap::new()) };
}

/// The bytes as one gzip stream, the same ones each time.
///
/// # Errors
/// A level that there is not (1–12).
pub fn compress(bytes: &[u8], level: u32) -> Result<Vec<u8>> {
    COMPRESSORS.with_borrow_mut(|compressors| {
        let compressor = match compressors.entry(level) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(compressor(level)?),
        };
        let mut stream = vec![0; compressor.gzip_compress_bound(bytes.len())];
        let length = compressor.gzip_compress(bytes, &mut stream).context("cannot compress")?;
        stream.truncate(length);
        Ok(stream)
    })
}

fn compressor(level: u32) -> Result<Compressor> {
    let level = CompressionLvl::new(level.try_into()?).map_err(|error| anyhow!("gzip level {level}: {error:?}"))?;
    Ok(Compressor::new(level))
}
