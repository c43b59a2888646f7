//! The software bill of materials of a built site: CycloneDX 1.6 in JSON (cyclonedx.org/docs/1.6/json).

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use serde::Serialize;

use crate::manifest::Artefact;
use crate::package::{Item, Relation, Stamp};
use crate::site::Site;

/// Names liege itself, as a package of crates.io (github.com/package-url/purl-spec).
pub const LIEGE: &str = concat!("pkg:cargo/liege@", env!("CARGO_PKG_VERSION"));

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a> {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata<'a>,
    components: Vec<Component<'a>>,
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    lifecycles: [Lifecycle; 1],
    tools: Tools<'a>,
    component: Component<'a>,
}

#[derive(Serialize)]
struct Lifecycle {
    phase: &'static str,
}

#[derive(Serialize)]
struct Tools<'a> {
    components: [Component<'a>; 1],
}

#[derive(Default, Serialize)]
struct Component<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<[Hash<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licenses: Option<[License<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
}

#[derive(Serialize)]
struct Hash<'a> {
    alg: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct License<'a> {
    expression: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    depends_on: Vec<Cow<'a, str>>,
}

/// A package that another needs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Need<'a> {
    /// One of the site: the path of its artefact.
    Ours(&'a str),
    /// One of a family's distributions.
    Theirs { family: &'a str, name: String },
}

/// Name of a site's bill in an output directory.
#[must_use]
pub fn file_name(site: &str) -> String {
    format!("{site}.cdx.json")
}

/// The bill of a site's artefacts: each package, and those of the distribution that it needs.
///
/// # Errors
/// None that a site leads to.
pub fn of(site: &Site<'_>, artefacts: &[&Artefact]) -> Result<Vec<u8>> {
    let needs = needs(site, artefacts);
    let theirs: BTreeSet<&Need<'_>> =
        needs.iter().flatten().filter(|need| matches!(need, Need::Theirs { .. })).collect();
    let ours = artefacts.iter().map(|artefact| component(artefact, site.header.license.as_str()));
    let name = site.header.site.as_str();
    let all = artefacts.iter().map(|artefact| Cow::Borrowed(artefact.path.as_str())).collect();
    let of_each = artefacts.iter().zip(&needs).map(|(artefact, needs)| Dependency {
        reference: &artefact.path,
        depends_on: needs.iter().map(Need::reference).collect(),
    });
    let bom = Bom {
        bom_format: "CycloneDX",
        spec_version: "1.6",
        version: 1,
        metadata: metadata(site),
        components: ours.chain(theirs.into_iter().filter_map(Need::component)).collect(),
        dependencies: [Dependency { reference: name, depends_on: all }].into_iter().chain(of_each).collect(),
    };
    let mut text = serde_json::to_vec(&bom)?;
    text.push(b'\n');
    Ok(text)
}

/// What each artefact needs, in their order. One that the spec does not make any longer is taken to need nothing.
fn needs<'a>(site: &Site<'_>, artefacts: &[&'a Artefact]) -> Vec<BTreeSet<Need<'a>>> {
    let stamp = Stamp::standard(&site.header.version);
    let items = Item::of(site);
    let items: HashMap<(&str, String), &Item<'_, '_>> =
        items.iter().map(|item| ((item.family().name.as_str(), item.name(site)), item)).collect();
    let paths: HashMap<(&str, &str), &str> = artefacts
        .iter()
        .map(|artefact| ((artefact.family.as_str(), artefact.package.as_str()), artefact.path.as_str()))
        .collect();
    let of_one = |artefact: &&'a Artefact| {
        let family = artefact.family.as_str();
        let item = items.get(&(family, artefact.package.clone()));
        let relations = item.map(|item| item.requires(site, &stamp)).unwrap_or_default();
        let need = |relation: Relation| match paths.get(&(family, relation.name.as_str())) {
            Some(path) => Need::Ours(path),
            // Of several that will do, the first is the usual one.
            None => Need::Theirs { family, name: relation.name.split(" | ").next().unwrap_or_default().to_owned() },
        };
        relations.into_iter().map(need).collect()
    };
    artefacts.iter().map(of_one).collect()
}

fn component<'a>(artefact: &'a Artefact, license: &'a str) -> Component<'a> {
    let version = format!("{}-{}", artefact.version, artefact.release);
    let architecture = if artefact.format == "deb" { "all" } else { "noarch" };
    let purl = format!(
        "pkg:{}/{}/{}@{}?arch={architecture}",
        artefact.format,
        artefact.site,
        escaped(&artefact.package),
        escaped(&version)
    );
    Component {
        kind: "application",
        reference: Cow::Borrowed(&artefact.path),
        group: Some(&artefact.family),
        name: Cow::Borrowed(&artefact.package),
        version: Some(version),
        hashes: Some([Hash { alg: "SHA-256", content: &artefact.sha256 }]),
        licenses: Some([License { expression: license }]),
        purl: Some(purl),
    }
}

fn metadata<'a>(site: &'a Site<'_>) -> Metadata<'a> {
    let name = site.header.site.as_str();
    let itself = |name: &'a str, version: String| Component {
        kind: "application",
        name: Cow::Borrowed(name),
        version: Some(version),
        ..Component::default()
    };
    let liege = itself(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION").to_owned());
    let liege = Component { reference: Cow::Borrowed(LIEGE), purl: Some(LIEGE.to_owned()), ..liege };
    let component = Component { reference: Cow::Borrowed(name), ..itself(name, site.header.version.to_string()) };
    Metadata { lifecycles: [Lifecycle { phase: "build" }], tools: Tools { components: [liege] }, component }
}

/// The only character of a package's name or version that a package URL would take for another.
fn escaped(text: &str) -> String {
    text.replace('+', "%2B")
}

impl Need<'_> {
    fn reference(&self) -> Cow<'_, str> {
        match self {
            Self::Ours(path) => Cow::Borrowed(path),
            Self::Theirs { family, name } => Cow::Owned(format!("{family}:{name}")),
        }
    }

    fn component(&self) -> Option<Component<'_>> {
        let Self::Theirs { family, name } = self else { return None };
        Some(Component {
            kind: "application",
            reference: self.reference(),
            group: Some(family),
            name: Cow::Borrowed(name),
            ..Component::default()
        })
    }
}
