//! Lists whose entries are names that the program itself knows.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::diagnostic::Severity;
use crate::family::Family;
use crate::level::allowable;
use crate::rule::RULES;

/// OS families, each once.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Families(pub Vec<&'static Family>);

impl TryFrom<Vec<String>> for Families {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        let mut families: Vec<&'static Family> = Vec::new();
        for name in &names {
            let family = Family::named(name)?;
            if families.iter().any(|known| known.name == family.name) {
                return Err(format!("{name} is listed twice"));
            }
            families.push(family);
        }
        if families.is_empty() {
            Err("name at least one OS family, or leave the key out".to_owned())
        } else {
            Ok(Self(families))
        }
    }
}

impl JsonSchema for Families {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Families".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Family::all().map(|family| family.name.as_str()).collect();
        json_schema!({ "type": "array", "items": { "enum": names }, "uniqueItems": true })
    }
}

/// Rules that the site allows to be broken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Allowed(Vec<&'static str>);

impl TryFrom<Vec<String>> for Allowed {
    type Error = String;

    fn try_from(codes: Vec<String>) -> Result<Self, String> {
        codes.iter().map(|code| allowable(code).map(|rule| rule.code)).collect::<Result<_, _>>().map(Self)
    }
}

impl JsonSchema for Allowed {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Allowed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> =
            RULES.iter().filter(|rule| rule.severity != Severity::Error).map(|rule| rule.code).collect();
        json_schema!({ "type": "array", "items": { "enum": names }, "uniqueItems": true })
    }
}

impl Allowed {
    /// The codes of the rules.
    #[must_use]
    pub fn codes(&self) -> &[&'static str] {
        &self.0
    }
}

/// The example of a list of families; this source names none.
pub fn one_family() -> Vec<&'static str> {
    Family::all().take(1).map(|family| family.name.as_str()).collect()
}
