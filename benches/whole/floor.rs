//! The least that must be done: each package's files in a tar, compressed at liege's level, digested and written. The texts
//! are in memory already, and there is no metadata.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, anyhow};
use libdeflater::{CompressionLvl, Compressor};
use liege::package::{Contents, Package};
use md5::{Digest as _, Md5};
use rayon::prelude::*;
use sha2::Sha256;

/// liege's own level.
const LEVEL: i32 = 6;

/// Does it for all packages, and prints how many seconds it took.
pub fn run(packages: &[Package], directory: &Path) -> Result<()> {
    let begun = Instant::now();
    packages.par_iter().try_for_each(|package| write(package, directory))?;
    rustix::fs::syncfs(std::fs::File::open(directory)?)?;
    println!("{}", begun.elapsed().as_secs_f64());
    Ok(())
}

fn write(package: &Package, directory: &Path) -> Result<()> {
    let files = package.files.iter().filter_map(|file| match &file.contents {
        Contents::Text(text) => Some((file.path.trim_start_matches('/'), text.as_bytes())),
        _ => None,
    });
    let scripts = package.scripts.iter().map(|script| (script.name.as_str(), script.text.as_bytes()));
    let mut bytes = tar(files)?;
    // An rpm has its scripts in a header that is not compressed.
    match package.family.format.as_str() {
        "deb" => bytes.extend(tar(scripts)?),
        _ => bytes.extend(scripts.flat_map(|(_, text)| text)),
    }
    std::hint::black_box(Sha256::digest(&bytes));
    Ok(std::fs::write(directory.join(&package.name), bytes)?)
}

fn tar<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        std::hint::black_box(Md5::digest(bytes));
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, path, bytes)?;
    }
    let archive = archive.into_inner()?;
    let level = CompressionLvl::new(LEVEL).map_err(|error| anyhow!("{error:?}"))?;
    let mut compressor = Compressor::new(level);
    let mut stream = vec![0; compressor.gzip_compress_bound(archive.len())];
    let length = compressor.gzip_compress(&archive, &mut stream)?;
    stream.truncate(length);
    Ok(stream)
}
