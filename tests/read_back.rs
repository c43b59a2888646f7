//! dpkg-deb and rpm read from the artefacts exactly the files, relations and scripts that the packages of `plan` hold.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use liege::format;
use liege::package::{Contents, Package, RelationKind, Role};
use support::{EXAMPLES, artefact, build_example, packages_of, succeed, tool};

/// What rpm's library adds to the relations of every package by itself.
const ADDED_BY_RPM: [&str; 3] = ["rpmlib(", "config(", "/bin/sh"];

fn each_package(format: &str, check: impl Fn(&Package, &Path)) {
    for name in EXAMPLES {
        let out = build_example(name);
        let packages = packages_of(name);
        let mut seen = 0;
        for package in packages.iter().filter(|package| package.family.format == format) {
            check(package, &artefact(out.path(), package));
            seen += 1;
        }
        assert!(seen > 0, "{name} has no {format}");
    }
}

fn installed(package: &Package) -> BTreeMap<String, (String, String, String)> {
    let files = package.files.iter().filter(|file| !matches!(file.contents, Contents::GhostLink(_)));
    let kind = |contents: &Contents| if *contents == Contents::Directory { 'd' } else { '-' };
    files
        .map(|file| {
            let mode = format!("{}{:04o}", kind(&file.contents), file.mode);
            (file.path.clone(), (mode, file.owner.clone(), file.group.clone()))
        })
        .collect()
}

#[test]
fn dpkg_reads_the_files_that_were_planned() {
    each_package("deb", |package, path| {
        let unpacked = tempfile::tempdir().unwrap();
        succeed(tool("dpkg-deb").arg("--extract").arg(path).arg(unpacked.path()));
        for file in &package.files {
            let Contents::Text(text) = &file.contents else { continue };
            let stored = unpacked.path().join(file.path.trim_start_matches('/'));
            let found = match file.role {
                Role::CompressedDocumentation => succeed(tool("gzip").args(["--decompress", "--stdout"]).arg(&stored)),
                _ => std::fs::read_to_string(&stored).unwrap(),
            };
            assert_eq!(&found, text, "{} of {}", file.path, package.name);
        }
        let listing = succeed(
            tool("sh")
                .arg("-c")
                .arg(
                    "dpkg-deb --fsys-tarfile \"$1\" | tar --list --verbose --numeric-owner; dpkg-deb --contents \"$1\"",
                )
                .arg("-")
                .arg(path),
        );
        let mut found = BTreeMap::new();
        for line in listing.lines().rev().take(listing.lines().count() / 2) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (owner, group) = words[1].split_once('/').unwrap();
            let name = words[5].trim_start_matches('.').trim_end_matches('/');
            found.insert(name.to_owned(), (octal(words[0]), owner.to_owned(), group.to_owned()));
        }
        let planned = installed(package);
        found.retain(|name, entry| {
            // The directories above a file are in the archive as dpkg-deb has them: root's, 0755.
            let is_above = !planned.contains_key(name);
            if is_above {
                assert_eq!(*entry, ("d0755".to_owned(), "root".to_owned(), "root".to_owned()), "{name}");
            }
            !is_above
        });
        assert_eq!(found, planned);
    });
}

/// `-rw-r-----` as `-0640`, `drwxr-s---` as `d2750`.
fn octal(letters: &str) -> String {
    let bits = letters[1..].chars().fold(0, |bits, letter| bits * 2 + u32::from(!"-ST".contains(letter)));
    let special = [(3, 0o4000), (6, 0o2000), (9, 0o1000)];
    let special = special.iter().filter(|(place, _)| "sStT".contains(&letters[*place..=*place]));
    format!("{}{:04o}", &letters[..1], bits + special.map(|(_, bit)| bit).sum::<u32>())
}

#[test]
fn dpkg_reads_the_control_files_that_were_planned() {
    each_package("deb", |package, path| {
        let control = tempfile::tempdir().unwrap();
        succeed(tool("dpkg-deb").arg("--control").arg(path).arg(control.path()));
        let field = |name: &str| succeed(tool("dpkg-deb").arg("--field").arg(path).arg(name)).trim_end().to_owned();
        assert_eq!(field("Package"), package.name);
        assert_eq!(field("Version"), format!("{}-{}", package.version, package.release));
        assert_eq!(field("Architecture"), "all");
        assert_eq!(field("Maintainer"), package.maintainer);
        assert_eq!(field("Description").lines().next(), Some(package.summary.as_str()));
        let deb = format::of(package).unwrap();
        for name in ["Depends", "Pre-Depends", "Recommends", "Provides"] {
            let found: Vec<String> =
                field(name).split(", ").filter(|text| !text.is_empty()).map(|text| format!("{name}: {text}")).collect();
            let planned: Vec<String> = package
                .relations
                .iter()
                .map(|relation| deb.relation(relation))
                .filter(|line| line.starts_with(&format!("{name}: ")))
                .collect();
            assert_eq!(found, planned, "{}", package.name);
        }
        let read = |name: &str| std::fs::read_to_string(control.path().join(name)).unwrap_or_default();
        let config: Vec<&str> =
            package.files.iter().filter(|file| file.role == Role::Config).map(|file| file.path.as_str()).collect();
        assert_eq!(read("conffiles").lines().collect::<Vec<_>>(), config);
        for script in &package.scripts {
            assert_eq!(read(&script.name), script.text, "{} of {}", script.name, package.name);
        }
        let scripts = ["preinst", "postinst", "prerm", "postrm", "config"];
        let found = scripts.iter().filter(|name| control.path().join(name).exists()).count();
        assert_eq!(found, package.scripts.len());
    });
}

#[test]
fn dpkg_finds_the_digests_right() {
    each_package("deb", |_, path| {
        let unpacked = tempfile::tempdir().unwrap();
        succeed(tool("dpkg-deb").arg("--raw-extract").arg(path).arg(unpacked.path()));
        succeed(tool("md5sum").arg("--check").arg("DEBIAN/md5sums").current_dir(unpacked.path()));
    });
}

fn query(path: &Path, format: &str) -> String {
    succeed(tool("rpm").args(["--query", "--package", "--nosignature", "--queryformat", format]).arg(path))
}

#[test]
fn rpm_reads_the_files_that_were_planned() {
    each_package("rpm", |package, path| {
        let listing = query(
            path,
            "[%{FILENAMES}\\t%{FILEMODES:perms}\\t%{FILEUSERNAME}\\t%{FILEGROUPNAME}\\t%{FILEFLAGS:fflags}\\n]",
        );
        let mut found = BTreeMap::new();
        let mut roles = BTreeMap::new();
        for line in listing.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if !fields[4].contains('g') {
                found.insert(fields[0].to_owned(), (octal(fields[1]), fields[2].to_owned(), fields[3].to_owned()));
            }
            roles.insert(fields[0].to_owned(), fields[4].to_owned());
        }
        assert_eq!(found, installed(package));
        for file in &package.files {
            let flags = match (&file.contents, file.role) {
                (Contents::GhostLink(_), _) => "g",
                (_, Role::Config) => "cn",
                (_, Role::Documentation | Role::CompressedDocumentation) => "d",
                (_, Role::Plain) => "",
            };
            assert_eq!(roles[&file.path], flags, "{}", file.path);
        }
        let unpacked = tempfile::tempdir().unwrap();
        let script = "rpm2cpio \"$1\" | cpio --extract --make-directories --quiet --no-absolute-filenames";
        succeed(tool("sh").args(["-c", script, "-"]).arg(path).current_dir(unpacked.path()));
        for file in &package.files {
            let Contents::Text(text) = &file.contents else { continue };
            let stored = unpacked.path().join(file.path.trim_start_matches('/'));
            assert_eq!(&std::fs::read_to_string(&stored).unwrap(), text, "{} of {}", file.path, package.name);
        }
    });
}

#[test]
fn rpm_reads_the_relations_that_were_planned() {
    each_package("rpm", |package, path| {
        let rpm = format::of(package).unwrap();
        let own = format!("{} = {}-{}", package.name, package.version, package.release);
        // rpm itself recommends the users and groups that own files; each such package provides them.
        for (tag, kinds) in [
            ("REQUIRE", [RelationKind::Requires, RelationKind::RequiresBefore]),
            ("RECOMMEND", [RelationKind::Recommends; 2]),
            ("PROVIDE", [RelationKind::Provides; 2]),
        ] {
            let format = format!("[%{{{tag}NAME}} %{{{tag}FLAGS:depflags}} %{{{tag}VERSION}}\\n]");
            let mut found: Vec<String> = query(path, &format)
                .lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
                .filter(|line| line != &own && !ADDED_BY_RPM.iter().any(|added| line.starts_with(added)))
                .filter(|line| tag != "RECOMMEND" || !(line.starts_with("group(") || line.starts_with("user(")))
                .collect();
            let mut planned: Vec<String> = package
                .relations
                .iter()
                .filter(|relation| kinds.contains(&relation.kind))
                .map(|relation| rpm.relation(relation).split_once(": ").unwrap().1.to_owned())
                .collect();
            // What a group of the application needs, rpm reads from the same line as what it provides.
            found.retain(|line| tag != "REQUIRE" || !(line.starts_with("user(") || line.starts_with("group(")));
            found.sort();
            planned.sort();
            assert_eq!(found, planned, "{tag} of {}", package.name);
        }
    });
}

#[test]
fn rpm_reads_the_scripts_that_were_planned() {
    each_package("rpm", |package, path| {
        for (name, tag) in [("pre", "PREIN"), ("post", "POSTIN"), ("preun", "PREUN"), ("postun", "POSTUN")] {
            let found = query(path, &format!("%{{{tag}}}"));
            let planned =
                package.scripts.iter().find(|script| script.name == name).map_or("(none)", |script| &script.text);
            assert_eq!(found, planned, "{name} of {}", package.name);
        }
        let triggers = query(path, "[%{TRIGGERSCRIPTS}]");
        let planned: String =
            package.scripts.iter().filter(|script| script.on.is_some()).map(|script| script.text.as_str()).collect();
        assert_eq!(triggers, planned, "triggers of {}", package.name);
    });
}

#[test]
fn rpm_finds_the_digests_right() {
    each_package("rpm", |_, path| {
        let answer = succeed(tool("rpm").args(["--checksig", "--nosignature"]).arg(path));
        assert!(answer.contains("digests OK"), "{answer}");
    });
}
