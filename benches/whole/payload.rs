//! The packages of a site as other tools want them: a tree of files for each, scripts, and a recipe in each tool's own words.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use liege::format;
use liege::package::{Contents, File, Package, Role};

/// Writes, for each package, `NAME/tree`, `NAME/scripts`, `NAME/Cargo.toml` and `NAME/nfpm.yaml`; for all of them `all.spec`.
pub fn write(packages: &[Package], directory: &Path) -> Result<()> {
    let mut spec = String::from(SPEC);
    for package in packages {
        let own = directory.join(&package.name);
        for file in &package.files {
            write_file(file, &own.join("tree"))?;
        }
        fs::create_dir_all(own.join("scripts"))?;
        for script in &package.scripts {
            fs::write(own.join("scripts").join(&script.name), &script.text)?;
        }
        fs::create_dir_all(own.join("src"))?;
        fs::write(own.join("src/main.rs"), "fn main() {}\n")?;
        fs::write(own.join("Cargo.toml"), cargo(package)?)?;
        fs::write(own.join("nfpm.yaml"), nfpm(package)?)?;
        subpackage(&mut spec, package)?;
    }
    write!(spec, "%install\ncp -a {0}/*/tree/. %{{buildroot}}\n", directory.display())?;
    fs::write(directory.join("all.spec"), spec)?;
    Ok(())
}

/// What stands above all subpackages. Compression is liege's own, and nothing is searched for or stripped.
const SPEC: &str = "Name: all\nVersion: 1.0.0\nRelease: 1\nSummary: All\nLicense: MIT\nBuildArch: noarch\nAutoReqProv: no\n\
    %global _binary_payload w6.gzdio\n%global __os_install_post %{nil}\n%description\nAll.\n";

fn write_file(file: &File, tree: &Path) -> Result<()> {
    let path = tree.join(file.path.trim_start_matches('/'));
    fs::create_dir_all(path.parent().context("a file without a directory")?)?;
    match &file.contents {
        Contents::Text(text) => fs::write(&path, text)?,
        Contents::Directory => fs::create_dir_all(&path)?,
        Contents::GhostLink(_) => return Ok(()),
    }
    let mode = if matches!(file.contents, Contents::Directory) { 0o755 } else { file.mode };
    Ok(fs::set_permissions(&path, fs::Permissions::from_mode(mode))?)
}

fn plain(package: &Package) -> impl Iterator<Item = &File> {
    package.files.iter().filter(|file| matches!(file.contents, Contents::Text(_)))
}

/// For cargo-deb and cargo-generate-rpm.
fn cargo(package: &Package) -> Result<String> {
    let mut text = format!(
        "[package]\nname = '{0}'\nversion = '1.0.0'\nedition = '2024'\nlicense = 'MIT'\ndescription = '{0}'\n\
         [package.metadata.deb]\nmaintainer = 'A <a@example.org>'\ndepends = ''\nmaintainer-scripts = 'scripts'\nassets = [\n",
        package.name
    );
    for file in plain(package) {
        writeln!(text, "['tree{0}', '{1}', '{2:o}'],", file.path, file.path.trim_start_matches('/'), file.mode)?;
    }
    text.push_str("]\n[package.metadata.generate-rpm]\nassets = [\n");
    for file in plain(package) {
        writeln!(text, "{{ source = 'tree{0}', dest = '{0}', mode = '{1:o}' }},", file.path, file.mode)?;
    }
    text.push_str("]\n");
    for script in &package.scripts {
        let key = match script.name.as_str() {
            "pre" => "pre_install_script",
            "post" => "post_install_script",
            "preun" => "pre_uninstall_script",
            "postun" => "post_uninstall_script",
            _ => continue,
        };
        writeln!(text, "{key} = 'scripts/{}'", script.name)?;
    }
    Ok(text)
}

fn nfpm(package: &Package) -> Result<String> {
    let mut text = format!(
        "name: {}\nversion: 1.0.0\nrelease: 1\narch: all\nmaintainer: A <a@example.org>\ndescription: {}\ncontents:\n",
        package.name, package.summary
    );
    for file in plain(package) {
        let kind = if file.role == Role::Config { "\n  type: config|noreplace" } else { "" };
        writeln!(text, "- src: tree{0}\n  dst: {0}{kind}\n  file_info: {{ mode: 0{1:o} }}", file.path, file.mode)?;
    }
    text.push_str("scripts:\n");
    for script in &package.scripts {
        let key = match script.name.as_str() {
            "preinst" | "pre" => "preinstall",
            "postinst" | "post" => "postinstall",
            "prerm" | "preun" => "preremove",
            "postrm" | "postun" => "postremove",
            _ => continue,
        };
        writeln!(text, "  {key}: scripts/{}", script.name)?;
    }
    text.push_str("deb: { compression: gzip }\nrpm: { compression: gzip }\n");
    Ok(text)
}

fn subpackage(spec: &mut String, package: &Package) -> Result<()> {
    let name = &package.name;
    writeln!(spec, "%package -n {name}\nSummary: {}", package.summary)?;
    let format = format::of(package)?;
    for relation in package.relations.iter().filter(|relation| !relation.name.contains("user(")) {
        writeln!(spec, "{}", format.relation(relation))?;
    }
    writeln!(spec, "%description -n {name}\n{}", package.description)?;
    for script in package.scripts.iter().filter(|script| script.on.is_none()) {
        writeln!(spec, "%{} -n {name}\n{}", script.name, script.text.replace('%', "%%"))?;
    }
    writeln!(spec, "%files -n {name}")?;
    for file in package.files.iter().filter(|file| !matches!(file.contents, Contents::GhostLink(_))) {
        let kind = match (&file.contents, file.role) {
            (Contents::Directory, _) => "%dir ",
            (_, Role::Config) => "%config(noreplace) ",
            (_, Role::Documentation) => "%doc ",
            _ => "",
        };
        writeln!(spec, "%attr({:o},root,root) {kind}{}", file.mode, file.path)?;
    }
    Ok(())
}
