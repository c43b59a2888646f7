//! Where a site's artefacts come from: in-toto statements (in-toto.io/Statement/v1) with the predicate of SLSA
//! (slsa.dev/provenance/v1), a line each. They bear no date: the same build says the same.

use std::collections::HashSet;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::manifest::Artefact;
use crate::sbom::LIEGE;
use crate::shard::Shard;

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";
/// What the parameters of a build mean.
const BUILD: &str = "pkg:cargo/liege#build";

/// What the files of a build's input are called in a statement.
pub const SPEC: &str = "spec";
/// See [`SPEC`].
pub const TEMPLATES: &str = "templates";
/// See [`SPEC`].
pub const LOCK: &str = "lock";

/// That some artefacts are what a build made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// The artefacts, by their paths.
    pub subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

/// Something by its name and SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Resource {
    /// Its name, or where it lies.
    pub name: String,
    digest: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Digest {
    sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: Definition,
    run_details: Details,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    build_type: String,
    external_parameters: Parameters,
    internal_parameters: Internals,
    resolved_dependencies: Vec<Resource>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Internals {
    /// Of everything that the program was built from.
    sources: String,
}

/// What was asked of a build beside its spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Parameters {
    /// The families; empty for all of the spec.
    pub families: Vec<String>,
    /// The applications; empty for all, and what they share.
    pub apps: Vec<String>,
    /// The release that everything was given; none for that of the lock.
    pub release: Option<u32>,
    /// The part of the site.
    pub shard: Option<Shard>,
    /// The date of what was new, in seconds since 1970.
    pub date: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Details {
    builder: Builder,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Builder {
    id: String,
}

impl Resource {
    /// Names something.
    #[must_use]
    pub fn new(name: &str, sha256: &str) -> Self {
        Self { name: name.to_owned(), digest: Digest { sha256: sha256.to_owned() } }
    }

    /// Its SHA-256, lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.digest.sha256
    }
}

impl Statement {
    /// States that `artefacts` were made of `inputs`.
    #[must_use]
    pub fn new(artefacts: &[Artefact], parameters: Parameters, inputs: Vec<Resource>) -> Self {
        let definition = Definition {
            build_type: BUILD.to_owned(),
            external_parameters: parameters,
            internal_parameters: Internals { sources: env!("LIEGE_SOURCES").to_owned() },
            resolved_dependencies: inputs,
        };
        Self {
            kind: STATEMENT.to_owned(),
            subject: artefacts.iter().map(|artefact| Resource::new(&artefact.path, &artefact.sha256)).collect(),
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                build_definition: definition,
                run_details: Details { builder: Builder { id: LIEGE.to_owned() } },
            },
        }
    }

    /// What was asked for.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.predicate.build_definition.external_parameters
    }

    /// The SHA-256 of an input of that name; none when there was no such input.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&str> {
        let inputs = &self.predicate.build_definition.resolved_dependencies;
        inputs.iter().find(|input| input.name == name).map(Resource::sha256)
    }

    /// Whether this very program made it.
    #[must_use]
    pub fn is_of_this_program(&self) -> bool {
        self.predicate.build_definition.internal_parameters.sources == env!("LIEGE_SOURCES")
    }
}

/// Name of a site's file in an output directory.
#[must_use]
pub fn file_name(site: &str) -> String {
    format!("{site}.intoto.jsonl")
}

/// The statements of a file; what is none of ours is left out.
#[must_use]
pub fn parse(text: &str) -> Vec<Statement> {
    let statements = text.lines().filter_map(|line| serde_json::from_str::<Statement>(line).ok());
    statements.filter(|statement| statement.predicate.build_definition.build_type == BUILD).collect()
}

/// The file after a build: its statement behind the former ones, as far as what they were made of is still there as `is_kept` has it.
///
/// # Errors
/// None that a build leads to.
pub fn append(former: &str, statement: Statement, is_kept: impl Fn(&str) -> bool) -> Result<String> {
    let mut statements = parse(former);
    let new: HashSet<&str> = statement.subject.iter().map(|subject| subject.name.as_str()).collect();
    for former in &mut statements {
        former.subject.retain(|subject| is_kept(&subject.name) && !new.contains(subject.name.as_str()));
    }
    statements.retain(|former| !former.subject.is_empty());
    let mut text = String::new();
    for statement in statements.iter().chain([&statement]).filter(|statement| !statement.subject.is_empty()) {
        text.push_str(&serde_json::to_string(statement)?);
        text.push('\n');
    }
    Ok(text)
}
