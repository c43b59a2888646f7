//! `Packages`: a paragraph for each package, made from its own control file.

use std::io::Read as _;

use anyhow::{Context as _, Result, anyhow, bail};
use rayon::prelude::*;

use super::COMPONENT;
use crate::repository::{Entry, sha256};

/// The largest control file, in bytes: what is larger would fill every client's memory.
const LARGEST_CONTROL: u64 = 1 << 20;

/// The entry of a .deb: its control file, where it lies, its size and digest.
pub fn entry(file_name: &str, package: &[u8]) -> Result<Entry> {
    let control = control(package)?;
    let field = |name: &str| field(&control, name).with_context(|| format!("its control file has no {name}"));
    let name = field("Package")?.to_owned();
    let version = field("Version")?.to_owned();
    let initial = if name.starts_with("lib") { name.get(..4) } else { name.get(..1) }.unwrap_or("_");
    let path = format!("pool/{COMPONENT}/{initial}/{name}/{file_name}");
    let (size, digest) = (package.len() as u64, sha256(package));
    let text = format!("{}\nFilename: {path}\nSize: {size}\nSHA256: {digest}\n", control.trim_end());
    Ok(Entry { name, version, path, size, sha256: digest, texts: vec![text] })
}

/// The index of these entries.
pub fn index(entries: &[Entry]) -> String {
    entries.iter().flat_map(|entry| entry.texts.first()).flat_map(|text| [text.as_str(), "\n"]).collect()
}

/// Reads an index.
pub fn parse(text: &str) -> Result<Vec<Entry>> {
    let paragraphs: Vec<&str> =
        text.split("\n\n").map(str::trim_end).filter(|paragraph| !paragraph.is_empty()).collect();
    paragraphs.into_par_iter().map(paragraph).collect()
}

fn paragraph(text: &str) -> Result<Entry> {
    let field = |name: &str| {
        field(text, name).with_context(|| format!("Packages: a paragraph without {name}:\n{text}")).map(str::to_owned)
    };
    let path = field("Filename")?;
    if path.split('/').any(|part| part == ".." || part.is_empty()) {
        bail!("Packages: '{path}' leads out of the repository");
    }
    Ok(Entry {
        name: field("Package")?,
        version: field("Version")?,
        size: field("Size")?.parse().context("Packages: a Size that is no number")?,
        sha256: field("SHA256")?,
        path,
        texts: vec![format!("{text}\n")],
    })
}

/// The value of a field that stands on one line.
fn field<'t>(paragraph: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = paragraph.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The control file in a .deb (deb(5)).
fn control(package: &[u8]) -> Result<String> {
    let mut archive = ar::Archive::new(package);
    while let Some(member) = archive.next_entry() {
        let mut member = member.context("it is no ar archive")?;
        if member.header().identifier() != b"control.tar.gz" {
            continue;
        }
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).context("it is cut off")?;
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        for file in tar.entries().context("its control.tar cannot be read")? {
            let mut file = file.context("its control.tar cannot be read")?;
            if file.path().is_ok_and(|path| path.ends_with("control")) {
                let mut text = String::new();
                file.by_ref()
                    .take(LARGEST_CONTROL)
                    .read_to_string(&mut text)
                    .context("its control file is not UTF-8")?;
                return Ok(text);
            }
        }
    }
    Err(anyhow!("it has no control.tar.gz with a control file"))
}
