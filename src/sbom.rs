//! The software bill of materials of a built site: CycloneDX 1.6 in JSON (cyclonedx.org/docs/1.6/json).

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use serde::{Serialize, Serializer};

use crate::family::Family;
use crate::manifest::Artefact;
use crate::package::{Item, Relation, Stamp};
use crate::site::Site;

/// Names liege itself, as a package of crates.io (github.com/package-url/purl-spec).
pub const LIEGE: &str = concat!("pkg:cargo/liege@", env!("CARGO_PKG_VERSION"));

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a, C, D> {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata<'a>,
    components: C,
    dependencies: D,
}

/// Writes what an iterator gives without holding all of it: sites are large.
struct Sequence<I>(Cell<Option<I>>);

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

/// Name of a site's bill in an output directory.
#[must_use]
pub fn file_name(site: &str) -> String {
    format!("{site}.cdx.json")
}

/// Writes the bill of a site's artefacts: each package, and those of the distribution that it needs.
///
/// # Errors
/// What the writer says.
pub fn write(site: &Site<'_>, artefacts: &[&Artefact], to: impl Write) -> serde_json::Result<()> {
    let name = site.header.site.as_str();
    let needs = Needs::of(site, artefacts);
    let theirs: BTreeSet<(&str, String)> = artefacts
        .iter()
        .flat_map(|artefact| needs.of_one(artefact).map(|need| (artefact.family.as_str(), need)))
        .filter(|(family, need)| !needs.ours.contains_key(&(*family, need.as_str())))
        .collect();
    let license = site.header.license.as_str();
    let ours = artefacts.iter().map(|artefact| component(artefact, license));
    let all = artefacts.iter().map(|artefact| Cow::Borrowed(artefact.path.as_str())).collect();
    let of_each = artefacts.iter().map(|artefact| Dependency {
        reference: &artefact.path,
        depends_on: needs.of_one(artefact).map(|need| needs.reference(&artefact.family, &need)).collect(),
    });
    let bom = Bom {
        bom_format: "CycloneDX",
        spec_version: "1.6",
        version: 1,
        metadata: metadata(site),
        components: Sequence::new(ours.chain(theirs.iter().map(|(family, need)| other(family, need)))),
        dependencies: Sequence::new([Dependency { reference: name, depends_on: all }].into_iter().chain(of_each)),
    };
    serde_json::to_writer(to, &bom)
}

/// What packages require of each other and of their distribution.
struct Needs<'n, 'a> {
    site: &'n Site<'a>,
    stamp: Stamp,
    /// By family and package.
    items: HashMap<(&'static str, String), Item<'n, 'a>>,
    /// The paths of artefacts, by family and package.
    ours: HashMap<(&'n str, &'n str), &'n str>,
}

impl<'n, 'a> Needs<'n, 'a> {
    fn of(site: &'n Site<'a>, artefacts: &[&'n Artefact]) -> Self {
        let items = Item::of(site).into_iter().map(|item| ((item.family().name.as_str(), item.name(site)), item));
        let path =
            |artefact: &&'n Artefact| ((artefact.family.as_str(), artefact.package.as_str()), artefact.path.as_str());
        Self {
            site,
            stamp: Stamp::standard(&site.header.version),
            items: items.collect(),
            ours: artefacts.iter().map(path).collect(),
        }
    }

    /// The names of packages that one needs. One that the spec does not make any longer is taken to need nothing.
    fn of_one(&self, artefact: &Artefact) -> impl Iterator<Item = String> {
        let item = Family::named(&artefact.family)
            .ok()
            .and_then(|family| self.items.get(&(family.name.as_str(), artefact.package.clone())));
        let relations = item.map(|item| item.requires(self.site, &self.stamp)).unwrap_or_default();
        // Of several that will do, the first is the usual one.
        let first = |relation: Relation| relation.name.split(" | ").next().map(str::to_owned);
        relations.into_iter().filter_map(first).collect::<BTreeSet<_>>().into_iter()
    }

    fn reference(&self, family: &str, need: &str) -> Cow<'n, str> {
        let ours = self.ours.get(&(family, need));
        ours.map_or_else(|| Cow::Owned(reference(family, need)), |path| Cow::Borrowed(*path))
    }
}

/// What a package of the distribution is called in a bill.
fn reference(family: &str, need: &str) -> String {
    format!("{family}:{need}")
}

fn other<'a>(family: &'a str, need: &'a str) -> Component<'a> {
    Component {
        kind: "application",
        reference: Cow::Owned(reference(family, need)),
        group: Some(family),
        name: Cow::Borrowed(need),
        ..Component::default()
    }
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
    let component = Component { reference: Cow::Borrowed(name), version: None, ..itself(name, String::new()) };
    Metadata { lifecycles: [Lifecycle { phase: "build" }], tools: Tools { components: [liege] }, component }
}

/// The only character of a package's name or version that a package URL would take for another.
fn escaped(text: &str) -> String {
    text.replace('+', "%2B")
}

impl<I> Sequence<I> {
    fn new(items: I) -> Self {
        Self(Cell::new(Some(items)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Sequence<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}
