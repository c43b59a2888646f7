//! dpkg and rpm read the fields of artefacts.

use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;

use liege::format;
use liege::package::{Contents, Package};

use crate::readers::Reader;
use crate::support::{succeed, tool};

pub const PACKAGERS: Reader = Reader { name: "dpkg or rpm", texts, read };

/// Parts the packages in rpm's answer.
const END: &str = "====";

/// What rpm tells of each.
const QUERY: &str = "Name: %{NAME}\\nVersion: %{VERSION}\\nRelease: %{RELEASE}\\nSummary: %{SUMMARY}\\nDescription: %{DESCRIPTION}\\n\
    Packager: %{PACKAGER}\\nURL: %{URL}\\nLicense: %{LICENSE}\\n[Requires: %{REQUIRENAME} %{REQUIREVERSION}\\n]\
    [Provides: %{PROVIDENAME}\\n][%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILEFLAGS:fflags}\\n]====\\n";

/// Artefacts by what they were made of: many cases differ only in the contents of files, which others read.
static BUILT: Mutex<Option<HashMap<String, String>>> = Mutex::new(None);

/// The artefact in hexadecimal, behind its format. The rpms of two families have the same fields.
fn texts(package: &Package) -> Vec<String> {
    if package.family.name == "suse" {
        return Vec::new();
    }
    let mut package = package.clone();
    for file in &mut package.files {
        if let Contents::Text(text) = &mut file.contents {
            text.clear();
        }
    }
    package.scripts.clear();
    let mut built = BUILT.lock().unwrap();
    let artefact = built.get_or_insert_default().entry(format!("{package:?}")).or_insert_with(|| {
        let format = format::of(&package).unwrap();
        let mut bytes = Vec::new();
        format.build(&package, &mut bytes).unwrap();
        format!("{} {}", format.name(), hex::encode(bytes))
    });
    vec![artefact.clone()]
}

fn read(texts: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let mut rpm = tool("rpm");
    rpm.args(["--query", "--package", "--nosignature", "--queryformat", QUERY]);
    let mut facts = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let (format, hex) = text.split_once(' ').unwrap();
        let path = folder.path().join(format!("{number}.{format}"));
        fs::write(&path, hex::decode(hex).unwrap()).unwrap();
        facts.push(Vec::new());
        if format == "rpm" {
            rpm.arg(path);
        } else {
            facts[number].extend(fields(&succeed(tool("dpkg-deb").arg("--field").arg(&path))));
            facts[number].extend(succeed(tool("dpkg-deb").arg("--contents").arg(&path)).lines().map(str::to_owned));
        }
    }
    let rpms = texts.iter().enumerate().filter(|(_, text)| text.starts_with("rpm ")).map(|(number, _)| number);
    let answer = succeed(&mut rpm);
    for (number, answer) in rpms.zip(answer.split(&format!("{END}\n"))) {
        facts[number] = fields(answer);
    }
    facts
}

/// Lines that begin with a field's name or a path begin a fact; others belong to the one before.
fn fields(answer: &str) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    for line in answer.lines() {
        let name = line.split(':').next().unwrap_or_default();
        let begins = line.starts_with('/') || FIELDS.contains(&name);
        match facts.last_mut().filter(|_| !begins) {
            Some(fact) => *fact += &format!(" {line}"),
            None => facts.push(line.to_owned()),
        }
    }
    facts
}

/// The fields that a package has. One that a value smuggled in would be none of them, and stay in the fact before it.
const FIELDS: [&str; 24] = [
    "Package",
    "Version",
    "Architecture",
    "Maintainer",
    "Installed-Size",
    "Pre-Depends",
    "Depends",
    "Recommends",
    "Provides",
    "Section",
    "Priority",
    "Homepage",
    "Description",
    "Name",
    "Release",
    "Summary",
    "Packager",
    "URL",
    "License",
    "Requires",
    "Essential",
    "Conflicts",
    "Replaces",
    "Breaks",
];
