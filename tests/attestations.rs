//! What lies beside the manifest, and whether packages are what their spec makes.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use liege::manifest::Manifest;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use support::{EXAMPLES, both, liege, project, python, succeed, tool};
use tempfile::TempDir;

/// A directory with an example and what was built of it.
struct Place {
    folder: TempDir,
    name: &'static str,
}

impl Place {
    fn new(name: &'static str, arguments: &[&str]) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), name };
        fs::copy(project().join(format!("specs/{name}.toml")), place.path(&place.spec())).unwrap();
        succeed(place.build(arguments));
        place
    }

    fn spec(&self) -> String {
        format!("{}.toml", self.name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn liege(&self) -> Command {
        let mut command = liege();
        command.current_dir(self.folder.path()).env("XDG_STATE_HOME", self.path("state"));
        command
    }

    fn build(&self, arguments: &[&str]) -> &mut Command {
        Box::leak(Box::new(self.liege())).args(["build", &self.spec()]).args(arguments)
    }

    fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(&self.spec())).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(self.path(&self.spec()), text.replacen(from, to, 1)).unwrap();
    }

    fn manifest(&self) -> Manifest {
        serde_json::from_slice(&fs::read(self.path("out/manifest.json")).unwrap()).unwrap()
    }

    /// The path of a document of the site.
    fn document(&self, ending: &str) -> PathBuf {
        self.path(&format!("out/{}.{ending}", self.manifest().artefacts[0].site))
    }

    fn bill(&self) -> Value {
        serde_json::from_slice(&fs::read(self.document("cdx.json")).unwrap()).unwrap()
    }

    fn statements(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.document("intoto.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The exit status of `verify --rebuild`, and what it says.
    fn rebuild(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let spec = self.spec();
        let output = self.liege().arg("verify").args(["--rebuild", &spec]).args(arguments).output().unwrap();
        (output.status.code(), both(&output))
    }
}

/// The texts of a field in each of a list.
fn each<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|entry| entry[field].as_str().unwrap()).collect()
}

fn digest(path: &std::path::Path) -> String {
    hex::encode(Sha256::digest(fs::read(path).unwrap()))
}

#[test]
fn cyclonedx_accepts_every_bill() {
    for name in EXAMPLES {
        let place = Place::new(name, &[]);
        let judge = "import sys; from cyclonedx.validation.json import JsonStrictValidator; \
            from cyclonedx.schema import SchemaVersion; \
            found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()); sys.exit(str(found) if found else 0)";
        succeed(python().args(["-c", judge]).arg(place.document("cdx.json")));
    }
}

#[test]
fn a_bill_names_every_package_and_what_each_needs() {
    let place = Place::new("gnuhealth", &[]);
    let (bill, manifest) = (place.bill(), place.manifest());
    let references: BTreeSet<&str> = each(&bill["components"], "bom-ref").into_iter().collect();
    assert_eq!(references.len(), bill["components"].as_array().unwrap().len(), "no two are called alike");
    for dependency in bill["dependencies"].as_array().unwrap() {
        for need in dependency["dependsOn"].as_array().unwrap() {
            assert!(references.contains(need.as_str().unwrap()), "{need} is no component");
        }
    }
    for artefact in &manifest.artefacts {
        let components = bill["components"].as_array().unwrap();
        let component = components.iter().find(|one| one["bom-ref"] == artefact.path.as_str()).unwrap();
        assert_eq!(component["hashes"][0]["content"], artefact.sha256.as_str());
        let dependencies = bill["dependencies"].as_array().unwrap();
        let needs = &dependencies.iter().find(|one| one["ref"] == artefact.path.as_str()).unwrap()["dependsOn"];
        let needs: BTreeSet<String> = needs
            .as_array()
            .unwrap()
            .iter()
            .map(|need| need.as_str().unwrap())
            .map(|need| match manifest.artefacts.iter().find(|other| other.path == need) {
                Some(other) => other.package.clone(),
                None => need.strip_prefix(&format!("{}:", artefact.family)).unwrap().to_owned(),
            })
            .collect();
        assert_eq!(needs, required(&place.path("out").join(&artefact.path)), "{}", artefact.path);
    }
}

/// The names that a package manager reads in a package's requirements; of several that will do, the first.
fn required(package: &std::path::Path) -> BTreeSet<String> {
    let said = match package.extension().unwrap().to_str().unwrap() {
        "deb" => succeed(tool("dpkg-deb").arg("--field").arg(package).args(["Depends", "Pre-Depends"]))
            .replace("Pre-Depends:", "")
            .replace("Depends:", "")
            .replace(", ", "\n"),
        _ => succeed(tool("rpm").args(["--query", "--requires", "--package"]).arg(package)),
    };
    let names = said.lines().filter_map(|line| line.split_whitespace().next());
    // What rpm needs to read the package, and users and shells, are no packages.
    names.filter(|name| !name.contains(['(', '/'])).map(str::to_owned).collect()
}

#[test]
fn a_statement_has_the_digests_of_what_went_in_and_what_came_out() {
    let place = Place::new("shop", &["--family", "debian"]);
    let statements = place.statements();
    assert_eq!(statements.len(), 1);
    let statement = &statements[0];
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let manifest = place.manifest();
    assert_eq!(statement["subject"].as_array().unwrap().len(), manifest.artefacts.len());
    for subject in statement["subject"].as_array().unwrap() {
        let path = place.path("out").join(subject["name"].as_str().unwrap());
        assert_eq!(subject["digest"]["sha256"], digest(&path));
    }
    let definition = &statement["predicate"]["buildDefinition"];
    let inputs: BTreeMap<&str, &str> = definition["resolvedDependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| (input["name"].as_str().unwrap(), input["digest"]["sha256"].as_str().unwrap()))
        .collect();
    assert_eq!(inputs["spec"], digest(&place.path("shop.toml")));
    assert_eq!(inputs["lock"], digest(&place.path("liege.lock")));
    assert_eq!(inputs["templates"].len(), 64);
    assert_eq!(definition["externalParameters"]["families"][0], "debian");
    assert_eq!(
        statement["predicate"]["runDetails"]["builder"]["id"],
        concat!("pkg:cargo/liege@", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn each_artefact_is_in_the_statement_of_the_build_that_made_it() {
    let place = Place::new("shop", &[]);
    let all = place.manifest().artefacts.len();
    place.edit("processes = 4", "processes = 5");
    succeed(place.build(&["--app", "webapp"]));
    let subjects: Vec<usize> =
        place.statements().iter().map(|statement| statement["subject"].as_array().unwrap().len()).collect();
    assert_eq!(subjects, [all - 3, 3]);
    let before = fs::read(place.path("out/shop.intoto.jsonl")).unwrap();
    succeed(place.build(&["--app", "webapp"]));
    assert_eq!(fs::read(place.path("out/shop.intoto.jsonl")).unwrap(), before, "the same again says the same");
    succeed(place.build(&[]));
    assert_eq!(place.statements().len(), 1);
}

#[test]
fn what_was_built_is_the_same_when_built_again() {
    for arguments in
        [&[][..], &["--unlocked"], &["--release", "3"], &["--unlocked", "--release", "2"], &["--shard", "1/2"]]
    {
        let place = Place::new("gnuhealth", arguments);
        let (status, said) = place.rebuild(&["out"]);
        assert_eq!(status, Some(0), "{arguments:?}: {said}");
        assert!(
            said.contains(&format!(
                "{} packages of hospital, the same when built again",
                place.manifest().artefacts.len()
            )),
            "{said}"
        );
        assert!(!said.contains("note"), "{said}");
    }
    let place = Place { folder: tempfile::tempdir().unwrap(), name: "shop" };
    fs::copy(project().join("specs/shop.toml"), place.path("shop.toml")).unwrap();
    succeed(place.build(&["--unlocked"]).env("SOURCE_DATE_EPOCH", "1700000000"));
    assert_eq!(place.rebuild(&["out"]).0, Some(0), "its date is on record");
}

#[test]
fn what_differs_when_built_again_is_told() {
    let place = Place::new("shop", &[]);
    let finds = |what: &[&str]| {
        let (status, said) = place.rebuild(&["out"]);
        assert_eq!(status, Some(2), "{said}");
        for what in what {
            assert!(said.contains(what), "{what}: {said}");
        }
    };
    place.edit("processes = 4", "processes = 5");
    finds(&[
        "shop-webapp 1.4.0-1 (suse): spec and lock make 1.4.0-2 of it",
        "note: the spec changed since",
        "out: 3 findings",
    ]);
    place.edit("processes = 5", "processes = 4");
    assert_eq!(place.rebuild(&["out"]).0, Some(0));

    let deb = place.path("out/debian/shop-webapp_1.4.0-1_all.deb");
    let bytes = fs::read(&deb).unwrap();
    fs::write(&deb, [&bytes[..], b"\n"].concat()).unwrap();
    finds(&["shop-webapp_1.4.0-1_all.deb is not the package that was written there", "1 finding"]);
    // Somebody changes a package, and everything that tells of it.
    let changed = digest(&deb);
    for document in ["manifest.json", "shop.intoto.jsonl"] {
        let path = place.path(&format!("out/{document}"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(&hex::encode(Sha256::digest(&bytes)), &changed)).unwrap();
    }
    finds(&["shop-webapp 1.4.0-1 (debian): built again, it is not the same"]);
    fs::remove_file(&deb).unwrap();
    finds(&["cannot read out/debian/shop-webapp_1.4.0-1_all.deb"]);
    fs::write(&deb, bytes).unwrap();

    fs::remove_file(place.path("out/shop.intoto.jsonl")).unwrap();
    fs::write(place.path("liege.lock"), "").unwrap();
    assert_eq!(place.rebuild(&["nowhere"]).0, Some(2));
}

#[test]
fn published_packages_are_the_same_when_built_again() {
    let place = Place::new("shop", &[]);
    let key = ["key", "key", "--no-passphrase", "--user-id", "Shop <ops@shop.example>", "--public", "key.pub"];
    succeed(place.liege().args(key));
    succeed(place.liege().args(["publish", "out", "--to", "packages", "--key", "key"]));
    let (status, said) = place.rebuild(&["packages", "--key", "key.pub"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("packages: 10 packages of shop, the same when built again"), "{said}");
    let (status, said) = place.rebuild(&["packages"]);
    assert!(status == Some(2) && said.contains("name their public key by --key"), "{said}");

    place.edit("processes = 4", "processes = 5");
    let (status, said) = place.rebuild(&["packages", "--key", "key.pub"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("shop-webapp 1.4.0-1 (redhat): spec and lock make 1.4.0-2 of it"), "{said}");
}
