//! The parts of an .rpm, read back.

use anyhow::{Context as _, Result};
use rpm::{Dependency, FileFlags, Package, PackageMetadata, Scriptlet};

use super::sound;
use crate::unpacked::{PartName, Unpacked};

/// Parses an artefact, which may be anybody's.
///
/// # Errors
/// What is no rpm, or is damaged, or larger than any package of ours.
pub fn parse(artefact: &[u8]) -> Result<Package> {
    sound::check(artefact)?;
    Package::parse(&mut &artefact[..]).context("it is no rpm")
}

/// Reads header and payload.
pub fn unpack(artefact: &[u8]) -> Result<Unpacked> {
    let package = parse(artefact)?;
    let metadata = &package.metadata;
    let mut unpacked = Unpacked::default();
    unpacked.put(PartName::Fields, "", fields(metadata)?);
    for file in package.files().context("its files cannot be read")? {
        let file = file.context("its files cannot be read")?;
        let about = &file.metadata;
        let flags = [(FileFlags::CONFIG, " config"), (FileFlags::GHOST, " ghost"), (FileFlags::DOC, " documentation")];
        let flags: String =
            flags.iter().filter(|(flag, _)| about.flags().contains(*flag)).map(|(_, word)| *word).collect();
        let attributes = format!("{:04o} {}:{}{flags}", about.permissions(), about.user(), about.group());
        let text = about.linkto().filter(|target| !target.is_empty()).map_or_else(
            || String::from_utf8_lossy(file.content().unwrap_or_default()).into_owned(),
            |target| format!("-> {target}\n"),
        );
        unpacked.put(PartName::File(about.path().display().to_string()), attributes, text);
    }
    scripts(metadata, &mut unpacked)?;
    Ok(unpacked)
}

fn scripts(metadata: &PackageMetadata, unpacked: &mut Unpacked) -> Result<()> {
    // A tag that is missing is an error to the crate.
    let scripts: [(&str, Option<Scriptlet>); 4] = [
        ("pre", metadata.get_pre_install_script().ok()),
        ("post", metadata.get_post_install_script().ok()),
        ("preun", metadata.get_pre_uninstall_script().ok()),
        ("postun", metadata.get_post_uninstall_script().ok()),
    ];
    for (name, script) in scripts {
        if let Some(script) = script {
            unpacked.put(PartName::Script(name.to_owned()), "", script.script);
        }
    }
    for trigger in metadata.get_triggers().context("its triggers cannot be read")? {
        let on: Vec<&str> = trigger.conditions.iter().map(|condition| condition.name.as_str()).collect();
        unpacked.put(PartName::Script(format!("triggerin on {}", on.join(", "))), "", trigger.script);
    }
    Ok(())
}

fn fields(metadata: &PackageMetadata) -> Result<String> {
    let name = metadata.get_name()?;
    let mut lines = vec![format!("Name: {name}")];
    let text = |value: Result<&str, rpm::Error>| value.unwrap_or_default().to_owned();
    lines.push(format!("Summary: {}", text(metadata.get_summary())));
    lines.push(format!("License: {}", text(metadata.get_license())));
    lines.push(format!("URL: {}", text(metadata.get_url())));
    lines.push(format!("Packager: {}", text(metadata.get_packager())));
    let relations = [
        ("Requires", metadata.get_requires()?),
        ("Recommends", metadata.get_recommends()?),
        ("Provides", metadata.get_provides()?),
    ];
    for (kind, relations) in relations {
        let told = relations.iter().filter(|relation| !is_own(relation, name));
        lines.extend(told.map(|relation| format!("{kind}: {relation}")));
    }
    lines.push("Description:".to_owned());
    lines.extend(text(metadata.get_description()).lines().map(|line| format!("  {line}")));
    Ok(lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect())
}

/// What rpm's library adds by itself, most of it with the package's own version.
fn is_own(relation: &Dependency, name: &str) -> bool {
    relation.name.starts_with("rpmlib(") || relation.name == name || relation.name == format!("config({name})")
}
