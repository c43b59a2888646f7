//! Files and scripts that more than one kind of package has.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::view::Document;
use super::{Contents, File, Package, Relation, RelationKind, Role, Script, Stamp};
use crate::family::Family;
use crate::spec::Header;
use crate::template::{Templates, Values};

/// The scripts of a package's life in each format, in their order; a trigger is named with what triggers it.
const SCRIPTS: [&str; 8] = ["preinst", "postinst", "prerm", "postrm", "pre", "post", "preun", "postun"];

/// A plain file of root's, mode 0644.
pub fn plain(path: String, text: String) -> File {
    File {
        path,
        mode: 0o644,
        owner: "root".to_owned(),
        group: "root".to_owned(),
        role: Role::Plain,
        contents: Contents::Text(text),
    }
}

/// A program of root's, mode 0755.
pub fn program(path: String, text: String) -> File {
    File { mode: 0o755, ..plain(path, text) }
}

/// A directory of root's, mode 0755.
pub fn directory(path: String) -> File {
    File { mode: 0o755, contents: Contents::Directory, ..plain(path, String::new()) }
}

/// A link that the package's scripts make.
pub fn ghost_link(path: String, target: String) -> File {
    File { mode: 0o777, contents: Contents::GhostLink(target), ..plain(path, String::new()) }
}

/// The name and origin that all packages of a site share; files, relations and scripts are still to come.
/// `about` says what this very package holds.
pub fn begin(
    header: &Header,
    family: &'static Family,
    name: String,
    summary: String,
    about: &str,
    stamp: &Stamp,
) -> Package {
    let of_site = header.description.iter().map(ToString::to_string);
    let paragraphs: Vec<String> = of_site.chain([about.to_owned()]).map(|text| filled(text.trim())).collect();
    Package {
        change: format!("Version {} of {}.", stamp.release.version, header.site),
        name,
        version: stamp.release.version.to_string(),
        release: stamp.release.number,
        family,
        site: header.site.to_string(),
        application: None,
        manages: None,
        unsafe_directives: Vec::new(),
        summary,
        description: paragraphs.join("\n\n"),
        maintainer: header.maintainer.to_string(),
        homepage: header.homepage.as_ref().map(ToString::to_string),
        license: header.license.to_string(),
        date: i64::from(stamp.date),
        relations: Vec::new(),
        files: Vec::new(),
        scripts: Vec::new(),
    }
}

/// The relation of every other package to the shared one: that build or any later one will do, so that one application can be
/// upgraded or downgraded alone. A first release is any of its version.
pub fn requires_shared(header: &Header, family: &Family, stamp: &Stamp) -> Relation {
    let shared = &stamp.shared;
    let lowest = if shared.number == 1 {
        format!("{}{}", shared.version, family.before_any_release)
    } else {
        shared.to_string()
    };
    Relation { kind: RelationKind::Requires, name: header.site_package(), version: Some((">=", lowest)) }
}

/// Renders the scripts in `folder`; one that comes out blank has nothing to do and is left out.
pub fn scripts(templates: &Templates, values: &Values, family: &Family, folder: &str) -> Result<Vec<Script>> {
    let mut scripts = Vec::new();
    for name in SCRIPTS {
        scripts.extend(script(templates, values, family, folder, name)?);
    }
    Ok(scripts)
}

/// Renders the scripts that run when a package of `triggers` is installed.
pub fn triggers(
    templates: &Templates,
    values: &Values,
    family: &Family,
    folder: &str,
    triggers: &[String],
) -> Result<Vec<Script>> {
    let script = script(templates, values, family, folder, "triggerin")?;
    let on = |script: &Script| triggers.iter().map(|on| Script { on: Some(on.clone()), ..script.clone() }).collect();
    Ok(script.as_ref().map(on).unwrap_or_default())
}

fn script(templates: &Templates, values: &Values, family: &Family, folder: &str, name: &str) -> Result<Option<Script>> {
    let template = format!("{}/{folder}/{name}", family.scripts.folder);
    if !templates.has(&template) {
        return Ok(None);
    }
    let text = templates.render(&template, values)?;
    Ok((!text.trim().is_empty()).then(|| Script { name: name.to_owned(), on: None, text }))
}

/// The documents that a package of the family carries.
pub fn documents(package: &mut Package, templates: &Templates, values: &Values, readme: &str) -> Result<()> {
    let folder = format!("/usr/share/doc/{}", package.name);
    let document = |path: String, text: String| File { role: Role::Documentation, ..plain(path, text) };
    let mut files = vec![document(format!("{folder}/README"), templates.render(readme, values)?), directory(folder)];
    let values = Values::new(&Document::of(package)?)?;
    for (path, template) in &package.family.documents {
        let path = path.replace("PACKAGE", &package.name);
        let text = templates.render(template, &values)?;
        if !text.trim().is_empty() {
            let role = if path.ends_with(".gz") { Role::CompressedDocumentation } else { Role::Documentation };
            files.push(File { role, ..document(path, text) });
        }
    }
    package.files.extend(files);
    Ok(())
}

/// What rpm 4.19 and later make users from before they unpack a package: the lines of its sysusers.d file, each in base64
/// behind a Provides, padded with NUL so that no `=` appears (rpm's `fileattrs/sysusers.attr`).
pub fn provides_of_users(files: &[File]) -> Vec<Relation> {
    let lines = files.iter().filter(|file| file.path.starts_with("/usr/lib/sysusers.d/")).flat_map(File::lines);
    lines.flat_map(provides_of_line).collect()
}

fn provides_of_line(line: &str) -> Vec<Relation> {
    let encoded = |line: &str| {
        let mut bytes = line.as_bytes().to_vec();
        bytes.resize(bytes.len().next_multiple_of(3), 0);
        STANDARD_NO_PAD.encode(bytes)
    };
    let provides = |name: String, version: Option<String>| Relation {
        kind: RelationKind::Provides,
        name,
        version: version.map(|version| ("=", version)),
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    match words.as_slice() {
        ["u", user, ..] => {
            vec![provides(format!("user({user})"), Some(encoded(&line))), provides(format!("group({user})"), None)]
        }
        ["g", group, ..] => vec![provides(format!("group({group})"), Some(encoded(&line)))],
        ["m", user, group] => vec![provides(format!("groupmember({user}/{group})"), Some(encoded(&line)))],
        _ => Vec::new(),
    }
}

/// The text in lines of at most 77 columns, which with a blank in front is what packagers' tools want; empty lines stay.
fn filled(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(String::new());
        for word in paragraph.split_whitespace() {
            let line = lines.last().map_or(0, String::len);
            if line > 0 && line + 1 + word.len() > 77 {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
    }
    lines.join("\n")
}
