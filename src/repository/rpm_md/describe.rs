//! What primary, filelists and other say of a package: what createrepo_c says of it, in the same words.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use quick_xml::escape::partial_escape;

use rpm::{Dependency, DependencyFlags, FileEntry, FileFlags, PackageMetadata};

use crate::repository::{Entry, sha256};

/// How many changelog entries `other` tells, as createrepo_c does by default.
const CHANGES: usize = 10;

/// The entry of a package of these bytes.
pub fn entry(metadata: &PackageMetadata, path: &str, bytes: &[u8]) -> Result<Entry> {
    let files = metadata.get_file_entries()?;
    let header = Header { metadata, files, path, size: bytes.len(), sha256: sha256(bytes) };
    let texts = vec![header.primary()?, header.filelists()?, header.other()?];
    Ok(Entry {
        name: metadata.get_name()?.to_owned(),
        version: format!("{}-{}", metadata.get_version()?, metadata.get_release()?),
        path: path.to_owned(),
        size: bytes.len() as u64,
        sha256: header.sha256,
        texts,
    })
}

struct Header<'m> {
    metadata: &'m PackageMetadata,
    files: Vec<FileEntry<'m>>,
    path: &'m str,
    size: usize,
    sha256: String,
}

impl Header<'_> {
    fn primary(&self) -> Result<String> {
        let of = self.metadata;
        let mut text = format!(
            "<package type=\"rpm\">\n  <name>{}</name>\n  <arch>{}</arch>\n{}",
            escape(of.get_name()?),
            escape(of.get_arch()?),
            self.version()?
        );
        writeln!(text, r#"  <checksum type="sha256" pkgid="YES">{}</checksum>"#, self.sha256)?;
        for (element, value) in [
            ("summary", of.get_summary()),
            ("description", of.get_description()),
            ("packager", of.get_packager()),
            ("url", of.get_url()),
        ] {
            text.push_str(&line("  ", element, value.unwrap_or_default()));
        }
        let built = of.get_build_time()?;
        writeln!(text, r#"  <time file="{built}" build="{built}"/>"#)?;
        writeln!(text, r#"  <size package="{}" installed="{}" archive="0"/>"#, self.size, of.get_installed_size()?)?;
        writeln!(text, r#"  <location href="{}"/>"#, escape(self.path))?;
        text.push_str("  <format>\n");
        for (element, value) in [
            ("rpm:license", of.get_license()),
            ("rpm:vendor", of.get_vendor()),
            ("rpm:group", of.get_group()),
            ("rpm:buildhost", of.get_build_host()),
            ("rpm:sourcerpm", of.get_source_rpm()),
        ] {
            text.push_str(&line("    ", element, value.unwrap_or_default()));
        }
        let offsets = of.get_package_segment_offsets();
        writeln!(text, r#"    <rpm:header-range start="{}" end="{}"/>"#, offsets.header, offsets.payload)?;
        text.push_str(&self.relations()?);
        for file in self.files.iter().filter(|file| is_primary(&path_of(file))) {
            writeln!(text, "    {}", element_of(file))?;
        }
        text.push_str("  </format>\n</package>\n");
        Ok(text)
    }

    fn filelists(&self) -> Result<String> {
        let mut text = self.begin()?;
        for file in &self.files {
            writeln!(text, "  {}", element_of(file))?;
        }
        text.push_str("</package>\n");
        Ok(text)
    }

    fn other(&self) -> Result<String> {
        let mut text = self.begin()?;
        for change in self.metadata.get_changelog_entries().unwrap_or_default().iter().take(CHANGES).rev() {
            let (author, what) = (escape(&change.name), partial_escape(&change.description));
            writeln!(text, r#"  <changelog author="{author}" date="{}">{what}</changelog>"#, change.timestamp)?;
        }
        text.push_str("</package>\n");
        Ok(text)
    }

    fn begin(&self) -> Result<String> {
        let (name, arch) = (escape(self.metadata.get_name()?), escape(self.metadata.get_arch()?));
        Ok(format!("<package pkgid=\"{}\" name=\"{name}\" arch=\"{arch}\">\n{}", self.sha256, self.version()?))
    }

    fn version(&self) -> Result<String> {
        let of = self.metadata;
        let epoch = of.get_epoch().unwrap_or_default();
        let (version, release) = (escape(of.get_version()?), escape(of.get_release()?));
        Ok(format!("  <version epoch=\"{epoch}\" ver=\"{version}\" rel=\"{release}\"/>\n"))
    }

    fn relations(&self) -> Result<String> {
        let of = self.metadata;
        let provides = of.get_provides().context("its relations cannot be read")?;
        let requires = of.get_requires().context("its relations cannot be read")?;
        // What rpm itself can do, and what the package brings itself, tells a solver nothing.
        let wanted = |relation: &Dependency| !relation.name.starts_with("rpmlib(") && !provides.contains(relation);
        let same = |a: &Dependency, b: &Dependency| {
            a.name == b.name && a.version == b.version && a.flags.comparator_str() == b.flags.comparator_str()
        };
        let requires: Vec<Dependency> = requires
            .into_iter()
            .filter(|relation| wanted(relation) && !provides.iter().any(|provided| same(provided, relation)))
            .collect();
        let kinds = [
            ("provides", provides.clone()),
            ("requires", requires),
            ("conflicts", of.get_conflicts()?),
            ("obsoletes", of.get_obsoletes()?),
            ("suggests", of.get_suggests()?),
            ("enhances", of.get_enhances()?),
            ("recommends", of.get_recommends()?),
            ("supplements", of.get_supplements()?),
        ];
        let filled = kinds.iter().filter(|(_, relations)| !relations.is_empty());
        Ok(filled.map(|(kind, relations)| group(kind, relations)).collect())
    }
}

fn group(kind: &str, relations: &[Dependency]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for relation in relations {
        let line = relation_element(relation, kind);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    format!("    <rpm:{kind}>\n{}    </rpm:{kind}>\n", lines.concat())
}

fn relation_element(relation: &Dependency, kind: &str) -> String {
    let flags = match relation.flags.comparator_str() {
        "=" => "EQ",
        "<" => "LT",
        "<=" => "LE",
        ">" => "GT",
        ">=" => "GE",
        _ => "",
    };
    let mut text = format!("      <rpm:entry name=\"{}\"", escape(&relation.name));
    if !flags.is_empty() {
        let (epoch, rest) = relation.version.split_once(':').unwrap_or(("0", &relation.version));
        let (version, release) =
            rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
        text.push_str(&format!(" flags=\"{flags}\" epoch=\"{}\" ver=\"{}\"", escape(epoch), escape(version)));
        text.extend(release.map(|release| format!(" rel=\"{}\"", escape(release))));
    }
    let before = DependencyFlags::PREREQ | DependencyFlags::SCRIPT_PRE | DependencyFlags::SCRIPT_POST;
    if kind == "requires" && relation.flags.intersects(before) {
        text.push_str(" pre=\"1\"");
    }
    text.push_str("/>\n");
    text
}

/// Files that a package may be asked for by path without reading filelists.
fn is_primary(path: &str) -> bool {
    path.starts_with("/etc/") || path.contains("bin/") || path == "/usr/lib/sendmail"
}

fn path_of(file: &FileEntry<'_>) -> String {
    format!("{}{}", file.dirname(), file.basename())
}

fn element_of(file: &FileEntry<'_>) -> String {
    let kind = if file.mode().file_type() == rpm::FileType::Dir {
        " type=\"dir\""
    } else if file.flags().contains(FileFlags::GHOST) {
        " type=\"ghost\""
    } else {
        ""
    };
    format!("<file{kind}>{}</file>", partial_escape(path_of(file)))
}

fn line(indent: &str, element: &str, value: &str) -> String {
    if value.is_empty() {
        return format!("{indent}<{element}/>\n");
    }
    format!("{indent}<{element}>{}</{element}>\n", partial_escape(value))
}

/// A text as it stands in an attribute, and in an element too.
fn escape(text: &str) -> String {
    partial_escape(text).replace('"', "&quot;")
}
