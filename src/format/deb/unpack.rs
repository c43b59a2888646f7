//! The parts of a .deb, read back.

use std::io::Read;

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;

use crate::unpacked::{PartName, Unpacked};

/// More than any package of ours holds, in bytes: what is larger is none.
const LARGEST: u64 = 64 << 20;
/// What is said of it.
const TOO_LARGE: &str = "it holds more than 64 MB";

/// Fields that change with every release by themselves.
const OF_THE_RELEASE: [&str; 2] = ["Version:", "Installed-Size:"];

/// Reads the members of the ar archive (deb(5)).
pub fn unpack(artefact: &[u8]) -> Result<Unpacked> {
    let mut unpacked = Unpacked::default();
    let mut archive = ar::Archive::new(artefact);
    let mut conffiles = String::new();
    while let Some(member) = archive.next_entry() {
        let member = member.context("it is no ar archive")?;
        match member.header().identifier() {
            b"control.tar.gz" => conffiles = control(member, &mut unpacked)?,
            b"data.tar.gz" => data(member, &conffiles, &mut unpacked)?,
            _ => {}
        }
    }
    Ok(unpacked)
}

fn opened(member: impl Read) -> tar::Archive<impl Read> {
    tar::Archive::new(GzDecoder::new(member).take(LARGEST))
}

/// Takes the fields and scripts, and returns the list of conffiles.
fn control(member: impl Read, unpacked: &mut Unpacked) -> Result<String> {
    let mut conffiles = String::new();
    let mut left = LARGEST;
    for file in opened(member).entries().context("its control.tar cannot be read")? {
        let mut file = file.context("its control.tar cannot be read")?;
        let name = file.path()?.display().to_string();
        let text = read(&mut file, &mut left)?;
        match name.trim_start_matches("./") {
            "" | "md5sums" => {}
            "conffiles" => conffiles = text,
            "control" => unpacked.put(PartName::Fields, "", without(&text, &OF_THE_RELEASE)),
            script => unpacked.put(PartName::Script(script.to_owned()), "", text),
        }
    }
    Ok(conffiles)
}

fn data(member: impl Read, conffiles: &str, unpacked: &mut Unpacked) -> Result<()> {
    let mut left = LARGEST;
    for file in opened(member).entries().context("its data.tar cannot be read")? {
        let mut file = file.context("its data.tar cannot be read")?;
        let path = file.path()?.display().to_string().trim_start_matches('.').to_owned();
        let header = file.header();
        let kind = if header.entry_type().is_dir() { " directory" } else { "" };
        let config = if conffiles.lines().any(|line| line == path) { " config" } else { "" };
        let owner = |name: Result<Option<&str>, _>| name.ok().flatten().unwrap_or_default().to_owned();
        let (user, group) = (owner(header.username()), owner(header.groupname()));
        let attributes = format!("{:04o} {user}:{group}{kind}{config}", header.mode()? & 0o7777);
        let text = read(&mut file, &mut left)?;
        unpacked.put(PartName::File(path), attributes, text);
    }
    Ok(())
}

/// What is in a file, as text; decompressed when it is documentation that is stored compressed. A small archive may hold many
/// files that become large: together they may have as many bytes as are `left`.
fn read(file: &mut tar::Entry<'_, impl Read>, left: &mut u64) -> Result<String> {
    let is_compressed = file.path().is_ok_and(|path| path.extension().is_some_and(|end| end == "gz"));
    let mut bytes = Vec::new();
    match is_compressed {
        true => GzDecoder::new(file).take(*left + 1).read_to_end(&mut bytes),
        false => file.take(*left + 1).read_to_end(&mut bytes),
    }
    .context("it is cut off")?;
    *left = left.checked_sub(bytes.len() as u64).context(TOO_LARGE)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn without(text: &str, fields: &[&str]) -> String {
    let lines = text.lines().filter(|line| !fields.iter().any(|field| line.starts_with(field)));
    lines.flat_map(|line| [line, "\n"]).collect()
}
