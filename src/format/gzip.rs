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

/// A compressor, and room for what comes out.
type State = (Compressor, Vec<u8>);

thread_local! {
    /// To make one takes as long as to compress a small package, so each thread keeps its own, by level.
    static STATES: RefCell<BTreeMap<u32, State>> = const { RefCell::new(BTreeMap::new()) };
}

/// The bytes as one gzip stream, the same ones each time.
///
/// # Errors
/// A level that there is not (1–12).
pub fn compress(bytes: &[u8], level: u32) -> Result<Vec<u8>> {
    STATES.with_borrow_mut(|states| {
        let (compressor, room) = match states.entry(level) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert((compressor(level)?, Vec::new())),
        };
        let most = compressor.gzip_compress_bound(bytes.len());
        if room.len() < most {
            room.resize(most, 0);
        }
        let length = compressor.gzip_compress(bytes, room).context("cannot compress")?;
        Ok(room[..length].to_vec())
    })
}

fn compressor(level: u32) -> Result<Compressor> {
    let level = CompressionLvl::new(level.try_into()?).map_err(|error| anyhow!("gzip level {level}: {error:?}"))?;
    Ok(Compressor::new(level))
}
