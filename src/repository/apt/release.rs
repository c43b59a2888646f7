//! `Release`: what a suite has, and the digests of its indices.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};

use super::{ARCHITECTURE, COMPONENT, canonical_of};
use crate::date::{parse_rfc2822, rfc2822};
use crate::repository::{File, Listed, Root, Seal, Settings, sha256};

/// The text of `Release`. No line ends in white space.
pub fn text(seal: &Seal<'_>, indices: &[File]) -> Result<String> {
    let settings = seal.settings;
    let name = seal.origin.context("a repository without a name")?;
    let architectures = [&[ARCHITECTURE.to_owned()], settings.architectures.as_slice()].concat().join(" ");
    let mut text = format!(
        "Origin: {0}\nLabel: {0}\nSuite: {1}\nCodename: {1}\nDate: {2}\n",
        name,
        settings.suite,
        rfc2822(seal.date)
    );
    if let Some(until) = seal.valid_until {
        writeln!(text, "Valid-Until: {}", rfc2822(until))?;
    }
    write!(text, "Acquire-By-Hash: yes\nArchitectures: {architectures}\nComponents: {COMPONENT}\n")?;
    write!(text, "Description: uWSGI applications of {name}\nSHA256:\n")?;
    let prefix = format!("dists/{}/", settings.suite);
    for file in indices {
        let path = canonical_of(file).context("an index at a strange path")?;
        let path = path.strip_prefix(&prefix).context("an index of another suite")?;
        writeln!(text, " {} {} {path}", sha256(&file.bytes), file.bytes.len())?;
    }
    Ok(text)
}

/// Reads the text of `Release`.
pub fn parse(text: &str, settings: &Settings) -> Result<Root> {
    let field = |name: &str| {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.clone().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let suite = field("Suite").unwrap_or_default();
    if suite != settings.suite {
        bail!("it is of the suite '{suite}', not '{}'", settings.suite);
    }
    let date = parse_rfc2822(field("Date").context("it has no Date")?)?;
    let valid_until = field("Valid-Until").map(parse_rfc2822).transpose()?;
    let mut lines = text.lines().skip_while(|line| *line != "SHA256:").skip(1);
    let mut files = Vec::new();
    for line in lines.by_ref().take_while(|line| line.starts_with(' ')) {
        files.push(listed(line, settings)?);
    }
    Ok(Root { place: String::new(), url: None, origin: field("Origin").map(str::to_owned), date, valid_until, files })
}

fn listed(line: &str, settings: &Settings) -> Result<Listed> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [digest, size, path] = fields[..] else { bail!("'{line}' is no line of digest, size and path") };
    if path.split('/').any(|part| part == ".." || part.is_empty()) {
        bail!("'{path}' leads out of the repository");
    }
    let path = format!("dists/{}/{path}", settings.suite);
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    Ok(Listed {
        lasting_path: format!("{directory}/by-hash/SHA256/{digest}"),
        size: size.parse().with_context(|| format!("'{size}' is no size"))?,
        sha256: digest.to_owned(),
        path,
    })
}
