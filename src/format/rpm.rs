//! The .rpm, version 4, by the rpm crate.

mod payload;
mod sound;
mod unpack;

use std::io::Write;

use anyhow::{Context as _, Result};
use rpm::{
    BuildConfig, CompressionWithLevel, Dependency, FileMode, FileOptions, FileVerifyFlags, PackageBuilder, Scriptlet,
    Timestamp,
};

use super::Format;
use crate::package::{Contents, File, Package, Relation, RelationKind, Role};
use crate::unpacked::Unpacked;

pub use unpack::parse;

/// The rpm package format.
pub struct Rpm;

/// Where the package says it was built: nowhere in particular, so that it is the same everywhere.
const BUILD_HOST: &str = "localhost";

impl Format for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn revision(&self) -> u32 {
        2
    }

    fn architecture(&self) -> &'static str {
        "noarch"
    }

    fn file_name(&self, name: &str, build: &str) -> String {
        format!("{name}-{build}.{}.rpm", self.architecture())
    }

    fn relation(&self, relation: &Relation) -> String {
        let field = match relation.kind {
            RelationKind::Requires => "Requires",
            RelationKind::RequiresBefore => "Requires(pre)",
            RelationKind::Recommends => "Recommends",
            RelationKind::Provides => "Provides",
        };
        let version = relation.version.iter().map(|(operator, version)| format!(" {operator} {version}"));
        format!("{field}: {}{}", relation.name, version.collect::<String>())
    }

    fn build(&self, package: &Package, writer: &mut dyn Write) -> Result<()> {
        let date = u32::try_from(package.date).context("rpm keeps dates from 1970 to 2106")?;
        let mut builder = PackageBuilder::new(
            &package.name,
            &package.version,
            &package.license,
            self.architecture(),
            &package.summary,
        );
        builder
            .using_config(
                BuildConfig::v4().compression(CompressionWithLevel::None).source_date(date).reserved_space(None),
            )
            .release(package.release.to_string())
            .description(&package.description)
            .vendor(vendor(package))
            .packager(&package.maintainer)
            .group("System Environment/Daemons")
            .build_host(BUILD_HOST)
            .add_changelog_entry(
                format!("{} - {}-{}", package.maintainer, package.version, package.release),
                format!("- {}", package.change),
                date,
            );
        if let Some(homepage) = &package.homepage {
            builder.url(homepage);
        }
        for file in &package.files {
            add_file(&mut builder, package, file)
                .with_context(|| format!("cannot put {} into {}", file.path, package.name))?;
        }
        add_relations(&mut builder, package);
        add_scripts(&mut builder, package);
        let built = builder.build().with_context(|| format!("cannot make {}", package.name))?;
        let built = payload::compress(built).with_context(|| format!("cannot compress {}", package.name))?;
        built.write(&mut Plain(writer)).with_context(|| format!("cannot write {}", package.name))
    }

    fn unpack(&self, artefact: &[u8]) -> Result<Unpacked> {
        unpack::unpack(artefact)
    }
}

/// The crate writes to a sized writer.
struct Plain<'w>(&'w mut dyn Write);

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Who the package is from: the maintainer's name without the address.
fn vendor(package: &Package) -> &str {
    package.maintainer.split(" <").next().unwrap_or(&package.maintainer)
}

fn add_file(builder: &mut PackageBuilder, package: &Package, file: &File) -> Result<(), rpm::Error> {
    let permissions = u16::try_from(file.mode).unwrap_or(0o644);
    let path = &file.path;
    let date = Timestamp(u32::try_from(package.date_of(file)).unwrap_or_default());
    let owned = |options: rpm::FileOptionsBuilder| options.user(&file.owner).group(&file.group).modified_at(date);
    match &file.contents {
        Contents::Text(text) => {
            let options = owned(FileOptions::new(path)).permissions(permissions);
            let options = match file.role {
                Role::Plain => options,
                // The scripts touch a vassal's settings, for that is how an emperor is told to load them.
                Role::Config => options.config().noreplace().verify(FileVerifyFlags::all() - FileVerifyFlags::MTIME),
                Role::Documentation | Role::CompressedDocumentation => options.doc(),
            };
            builder.with_file_contents(text.as_bytes(), options)?;
        }
        Contents::Directory => {
            builder.with_dir_entry(owned(FileOptions::dir(path)).permissions(permissions))?;
        }
        Contents::GhostLink(target) => {
            let link = FileOptions::ghost(path).mode(FileMode::symbolic_link(permissions)).symlink(target);
            builder.with_ghost(owned(link))?;
        }
    }
    Ok(())
}

fn add_relations(builder: &mut PackageBuilder, package: &Package) {
    for relation in &package.relations {
        let name = relation.name.as_str();
        match relation.kind {
            RelationKind::Requires => builder.requires(dependency(relation)),
            RelationKind::RequiresBefore => builder.requires(Dependency::script_pre(name)),
            RelationKind::Recommends => builder.recommends(dependency(relation)),
            // The crate reads these from the package's sysusers.d file by itself; a test holds its reading against ours.
            RelationKind::Provides if is_of_users(name) => builder,
            RelationKind::Provides => builder.provides(dependency(relation)),
        };
    }
}

fn is_of_users(name: &str) -> bool {
    ["user(", "group(", "groupmember("].iter().any(|kind| name.starts_with(kind))
}

fn dependency(relation: &Relation) -> Dependency {
    match &relation.version {
        Some((">=", version)) => Dependency::greater_eq(&relation.name, version),
        Some((_, version)) => Dependency::eq(&relation.name, version),
        None => Dependency::any(&relation.name),
    }
}

fn add_scripts(builder: &mut PackageBuilder, package: &Package) {
    for script in &package.scripts {
        let text = Scriptlet::new(&script.text);
        match (script.name.as_str(), &script.on) {
            ("pre", _) => builder.pre_install_script(text),
            ("post", _) => builder.post_install_script(text),
            ("preun", _) => builder.pre_uninstall_script(text),
            ("postun", _) => builder.post_uninstall_script(text),
            ("triggerin", Some(on)) => builder.trigger_in(on, None, text),
            (name, _) => unreachable!("{name} is no scriptlet that the templates make"),
        };
    }
}
