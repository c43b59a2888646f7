//! Files of others, read only as far as an honest one reaches.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// The largest spec or file to import, in bytes. The spec of 10,000 applications takes some 3 MB; what is larger is another
/// kind of file, or made to fill the memory.
pub const LARGEST_TEXT: u64 = 10_000_000;

/// The largest lock, in bytes; it has an entry for each package.
pub const LARGEST_LOCK: u64 = 50_000_000;

/// Reads a whole file of at most `largest` bytes. It is not asked for its size: pipes and devices have none.
///
/// # Errors
/// A file that cannot be read, or is larger.
pub fn read(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        let limit = format!("it is larger than {} MB, which is the limit", largest / 1_000_000);
        return Err(Error::new(ErrorKind::FileTooLarge, limit));
    }
    Ok(bytes)
}

/// The same, of a text.
///
/// # Errors
/// As for [`read`], and what is no UTF-8.
pub fn read_text(path: &Path, largest: u64) -> Result<String> {
    String::from_utf8(read(path, largest)?).map_err(|error| Error::new(ErrorKind::InvalidData, error.utf8_error()))
}
