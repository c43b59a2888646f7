//! The files of control.tar: control, md5sums, conffiles and the maintainer scripts.

use md5::{Digest as _, Md5};

use super::archive::{Member, Stored};
use super::{Deb, Format as _, KINDS};
use crate::format::of_kind;
use crate::package::{Package, Relation, RelationKind, Role};

/// Everything in control.tar, in dpkg-deb's order of importance.
pub fn files(package: &Package, stored: &[Stored<'_>]) -> Vec<Member> {
    let mut files = vec![("control".to_owned(), 0o644, control(package, stored))];
    let conffiles: String =
        package.files.iter().filter(|file| file.role == Role::Config).map(|file| format!("{}\n", file.path)).collect();
    if !conffiles.is_empty() {
        files.push(("conffiles".to_owned(), 0o644, conffiles));
    }
    files.push(("md5sums".to_owned(), 0o644, md5sums(stored)));
    files.extend(package.scripts.iter().map(|script| (script.name.clone(), 0o755, script.text.clone())));
    files
}

/// The control file: deb-control(5). Every value comes from a narrow type, so none can begin a new field.
fn control(package: &Package, stored: &[Stored<'_>]) -> String {
    let mut fields = vec![
        ("Package", package.name.clone()),
        ("Version", format!("{}-{}", package.version, package.release)),
        ("Architecture", Deb.architecture().to_owned()),
        ("Maintainer", package.maintainer.clone()),
        ("Installed-Size", installed_size(stored).to_string()),
    ];
    for kind in KINDS {
        let relations: Vec<String> = of_kind(package, kind).map(relation).collect();
        if !relations.is_empty() {
            fields.push((field_of(kind), relations.join(", ")));
        }
    }
    fields.push(("Section", "web".to_owned()));
    fields.push(("Priority", "optional".to_owned()));
    fields.extend(package.homepage.iter().map(|homepage| ("Homepage", homepage.clone())));
    fields.push(("Description", format!("{}\n{}", package.summary, folded(&package.description))));
    fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// The name of the field that holds relations of a kind.
pub fn field_of(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Requires => "Depends",
        RelationKind::RequiresBefore => "Pre-Depends",
        RelationKind::Recommends => "Recommends",
        RelationKind::Provides => "Provides",
    }
}

/// One relation, as Debian Policy 7.1 writes it.
pub fn relation(relation: &Relation) -> String {
    match &relation.version {
        Some((operator, version)) => format!("{} ({operator} {version})", relation.name),
        None => relation.name.clone(),
    }
}

/// The long description: each line behind a blank, an empty line as ` .` (Debian Policy 5.6.13).
fn folded(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { " .".to_owned() } else { format!(" {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn md5sums(stored: &[Stored<'_>]) -> String {
    let line = |Stored { file, bytes }: &Stored<'_>| {
        let bytes = bytes.as_ref()?;
        // dpkg --verify leaves conffiles to its own list.
        (file.role != Role::Config)
            .then(|| format!("{}  {}\n", hex::encode(Md5::digest(bytes)), file.path.trim_start_matches('/')))
    };
    stored.iter().filter_map(line).collect()
}

/// Kibibytes: each file rounded up, and one for everything else (dpkg-gencontrol(1), Installed-Size).
fn installed_size(stored: &[Stored<'_>]) -> usize {
    stored.iter().map(|stored| stored.bytes.as_ref().map_or(1, |bytes| bytes.len().div_ceil(1024))).sum()
}
