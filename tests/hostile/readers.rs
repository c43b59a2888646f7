//! The programs that read what is in a package, each asked once for all cases.

use std::collections::{BTreeMap, BTreeSet};

use liege::package::{Contents, Package};

use crate::{accounts, artefacts, scripts, units, uwsgi};

/// A program, what it reads of a package, and what it finds in many such texts.
pub struct Reader {
    pub name: &'static str,
    pub texts: fn(&Package) -> Vec<String>,
    pub read: fn(&[&str]) -> Vec<Vec<String>>,
}

pub const ALL: [&Reader; 5] =
    [&uwsgi::UWSGI, &units::SYSTEMD, &accounts::ACCOUNTS, &scripts::SHELL, &artefacts::PACKAGERS];

/// What a reader finds in each of many rows of packages. The same text is read once.
pub fn read(reader: &Reader, rows: &[&[Package]]) -> Vec<Vec<String>> {
    let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().flat_map(reader.texts).collect()).collect();
    let distinct: BTreeSet<&str> = texts.iter().flatten().map(String::as_str).collect();
    let distinct: Vec<&str> = distinct.into_iter().collect();
    let facts = (reader.read)(&distinct);
    assert_eq!(facts.len(), distinct.len(), "{} reads every text", reader.name);
    let known: BTreeMap<&str, Vec<String>> = distinct.into_iter().zip(facts).collect();
    texts.iter().map(|row| row.iter().flat_map(|text| known[text.as_str()].clone()).collect()).collect()
}

/// The texts of a package's files at certain paths.
pub fn files(package: &Package, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let wanted = package.files.iter().filter(|file| is_wanted(&file.path));
    wanted
        .filter_map(|file| match &file.contents {
            Contents::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}
