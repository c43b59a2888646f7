//! A package as text, for people: the same value that `build` packs.

use std::fmt::Write as _;

use anyhow::Result;

use crate::format;
use crate::package::{Contents, File, Package, Role};

/// Writes out everything in the package.
///
/// # Errors
/// A family of unknown format.
pub fn describe(package: &Package) -> Result<String> {
    let format = format::of(package)?;
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("==== {} {}", package.family.name, format.file_name(&package.name, &package.build())));
    line(&format!("Name: {}", package.name));
    line(&format!("Version: {}-{}", package.version, package.release));
    line(&format!("Architecture: {}", format.architecture()));
    line(&format!("Maintainer: {}", package.maintainer));
    line(&format!("License: {}", package.license));
    if let Some(homepage) = &package.homepage {
        line(&format!("Homepage: {homepage}"));
    }
    line(&format!("Summary: {}", package.summary));
    package.description.lines().for_each(|paragraph| line(format!("  {paragraph}").trim_end()));
    if let Some(managed) = &package.manages {
        line(&format!("Manages: {managed}"));
    }
    package.unsafe_directives.iter().for_each(|directive| line(&format!("UNSAFE: {directive}")));
    line(&format!("Changelog: {}", package.change));
    package.relations.iter().for_each(|relation| line(&format.relation(relation)));
    for file in &package.files {
        text.push_str(&describe_file(file));
    }
    for script in &package.scripts {
        let on = script.on.iter().map(|on| format!(" on {on}")).collect::<String>();
        writeln!(text, "\n---- script {}{on}", script.name)?;
        indent(&mut text, &script.text);
    }
    text.push('\n');
    Ok(text)
}

fn describe_file(file: &File) -> String {
    let kind = match &file.contents {
        Contents::Text(_) => "file",
        Contents::Directory => "directory",
        Contents::GhostLink(_) => "ghost link",
    };
    let role = match file.role {
        Role::Plain => "",
        Role::Config => " config",
        Role::Documentation => " documentation",
        Role::CompressedDocumentation => " documentation, compressed",
    };
    let mut text = format!("\n---- {kind} {} {:04o} {}:{}{role}\n", file.path, file.mode, file.owner, file.group);
    match &file.contents {
        Contents::Text(contents) => indent(&mut text, contents),
        Contents::GhostLink(target) => indent(&mut text, &format!("-> {target}")),
        Contents::Directory => {}
    }
    text
}

/// Adds each line behind two blanks, so that no content can look like a heading of the plan.
fn indent(text: &mut String, lines: &str) {
    text.reserve(lines.len() + lines.len() / 8);
    for line in lines.lines() {
        if !line.is_empty() {
            text.push_str("  ");
            text.push_str(line);
        }
        text.push('\n');
    }
}
