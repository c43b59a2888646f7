//! The indices as a row of `<package>` elements, each kept as it is.

use anyhow::{Context as _, Result, bail};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rayon::prelude::*;

use super::UP;
use crate::repository::Entry;

const END: &str = "</package>\n";

/// How the place of a package begins.
const LOCATION: &str = "<location href=\"";

/// An index: the elements of all entries in its outer element. `way` leads to the packages from where the index lies.
pub fn join(element: &str, entries: &[Entry], index: usize, way: &str) -> String {
    let name = element.split(' ').next().unwrap_or(element);
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element} packages=\"{}\">\n", entries.len());
    for fragment in entries.iter().filter_map(|entry| entry.texts.get(index)) {
        match fragment.split_once(LOCATION) {
            Some((before, after)) => text.extend([before, LOCATION, way, after]),
            None => text.push_str(fragment),
        }
    }
    text.push_str(&format!("</{name}>\n"));
    text
}

/// Reads the three indices of a repository.
pub fn entries(texts: [&str; 3]) -> Result<Vec<Entry>> {
    let [primary, filelists, other] = texts.map(split);
    if primary.len() != filelists.len() || primary.len() != other.len() {
        bail!("primary, filelists and other hold different numbers of packages");
    }
    primary
        .into_par_iter()
        .zip(filelists)
        .zip(other)
        .map(|((primary, files), other)| entry([primary, files, other]))
        .collect()
}

/// The `<package>` elements of an index. Their texts hold no `<`, for it is written `&lt;` there.
fn split(text: &str) -> Vec<&str> {
    let mut rest = text.find("<package ").map_or("", |begin| &text[begin..]);
    let mut elements = Vec::new();
    while let Some(end) = rest.find(END) {
        let (element, after) = rest.split_at(end + END.len());
        elements.push(element);
        rest = after;
    }
    elements
}

fn entry(texts: [&str; 3]) -> Result<Entry> {
    let mut reader = Reader::from_str(texts[0]);
    let mut entry = Entry {
        name: String::new(),
        version: String::new(),
        path: String::new(),
        size: 0,
        sha256: String::new(),
        texts: Vec::new(),
    };
    let mut inside = String::new();
    loop {
        match reader.read_event().context("primary is not well-formed")? {
            Event::Start(start) => inside = start.name().as_ref().to_owned(),
            Event::End(_) => inside.clear(),
            Event::Text(value) if inside == "name" => entry.name = value.into_inner().into_owned(),
            Event::Text(value) if inside == "checksum" => entry.sha256 = value.into_inner().into_owned(),
            Event::Empty(tag) => match tag.name().as_ref() {
                "version" => entry.version = format!("{}-{}", attribute(&tag, "ver")?, attribute(&tag, "rel")?),
                "size" => entry.size = attribute(&tag, "package")?.parse().context("a size that is no number")?,
                "location" => entry.path = attribute(&tag, "href")?,
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    // A state's own index leads up first; entries are told from the repository's directory.
    let own = texts[0].replacen(&format!("{LOCATION}{UP}"), LOCATION, 1);
    entry.path = entry.path.strip_prefix(UP).unwrap_or(&entry.path).to_owned();
    if entry.name.is_empty() || entry.path.split('/').any(|part| part == ".." || part.is_empty()) {
        bail!("primary holds a package without a name or with a path that leads out of the repository");
    }
    let mark = format!("pkgid=\"{}\"", entry.sha256);
    if !texts[1].contains(&mark) || !texts[2].contains(&mark) {
        bail!("primary, filelists and other do not hold the packages in the same order ({})", entry.name);
    }
    entry.texts = vec![own, texts[1].to_owned(), texts[2].to_owned()];
    Ok(entry)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<String> {
    let attribute = tag.try_get_attribute(name).context("primary is not well-formed")?;
    let value = attribute.with_context(|| format!("primary: an element without {name}"))?.value;
    quick_xml::escape::unescape(&value).map(std::borrow::Cow::into_owned).context("primary: an unknown entity")
}
