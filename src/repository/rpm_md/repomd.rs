//! `repomd.xml`: the indices with their digests, and the revision.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::INDICES;
use crate::repository::{File, Listed, Root, gzip, sha256};

/// An index, and what its text was before it was compressed.
pub struct Index {
    /// The index as it is written.
    pub file: File,
    open_size: usize,
    open_sha256: String,
}

impl Index {
    /// The index of that name with this text.
    pub fn of(name: &str, text: &[u8]) -> Result<Self> {
        let (bytes, open_sha256) = rayon::join(|| gzip(text), || sha256(text));
        let bytes = bytes?;
        let path = format!("repodata/{}-{name}.xml.gz", sha256(&bytes));
        Ok(Self { file: File { path, bytes }, open_size: text.len(), open_sha256 })
    }
}

/// The text of `repomd.xml`; the revision is the date.
pub fn text(indices: &[Index], date: i64) -> Result<String> {
    let mut text = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        "\n",
        r#"<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">"#,
        "\n"
    ));
    writeln!(text, "  <revision>{}</revision>", date)?;
    for ((name, _), Index { file, open_size, open_sha256 }) in INDICES.iter().zip(indices) {
        writeln!(text, r#"  <data type="{name}">"#)?;
        writeln!(text, r#"    <checksum type="sha256">{}</checksum>"#, sha256(&file.bytes))?;
        writeln!(text, r#"    <open-checksum type="sha256">{open_sha256}</open-checksum>"#)?;
        writeln!(text, r#"    <location href="{}"/>"#, file.path)?;
        writeln!(text, "    <timestamp>{}</timestamp>", date)?;
        writeln!(text, "    <size>{}</size>", file.bytes.len())?;
        writeln!(text, "    <open-size>{open_size}</open-size>")?;
        writeln!(text, "  </data>")?;
    }
    text.push_str("</repomd>\n");
    Ok(text)
}

/// Reads the `repomd.xml` of a directory.
pub fn parse(text: &str, place: &str, url: Option<String>) -> Result<Root> {
    let mut reader = Reader::from_str(text);
    let mut root = Root { place: place.to_owned(), url, origin: None, date: 0, valid_until: None, files: Vec::new() };
    let mut inside = String::new();
    loop {
        match reader.read_event().context("it is not well-formed")? {
            Event::Start(start) => {
                inside = start.name().as_ref().to_owned();
                if inside == "data" {
                    let empty = String::new();
                    root.files.push(Listed {
                        path: empty.clone(),
                        lasting_path: empty.clone(),
                        size: 0,
                        sha256: empty,
                    });
                }
            }
            Event::Empty(tag) if tag.name().as_ref() == "location" => {
                let href = tag.try_get_attribute("href").context("a location")?.context("a location without href")?;
                let path = href.value.into_owned();
                if path.split('/').any(|part| part == ".." || part.is_empty()) {
                    bail!("'{path}' leads out of the repository");
                }
                let file = root.files.last_mut().context("a location outside of data")?;
                file.path = if place.is_empty() { path } else { format!("{place}/{path}") };
                file.lasting_path.clone_from(&file.path);
            }
            Event::Text(value) => {
                let value = value.into_inner().into_owned();
                match (inside.as_str(), root.files.last_mut()) {
                    ("revision", None) => root.date = value.parse().context("its revision is no number")?,
                    ("checksum", Some(file)) => file.sha256 = value,
                    ("size", Some(file)) => file.size = value.parse().context("a size that is no number")?,
                    _ => {}
                }
            }
            Event::End(_) => inside.clear(),
            Event::Eof => return Ok(root),
            _ => {}
        }
    }
}
