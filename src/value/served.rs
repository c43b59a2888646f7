//! What a mount point serves.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use super::{KIND, Module, RelativeOrAbsolute};

/// What a mount point serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Served {
    /// A module, with its callable.
    Module(Module),
    /// A `.py` or `.wsgi` file.
    File(RelativeOrAbsolute),
}

impl TryFrom<String> for Served {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_file = text.contains('/') || [".py", ".wsgi"].iter().any(|ending| text.ends_with(ending));
        if is_file {
            return RelativeOrAbsolute::new(text).map(Self::File);
        }
        Module::new(text)
            .map(Self::Module)
            .map_err(|_| "a mount serves a module such as shop.wsgi:application, or a .py or .wsgi file".to_owned())
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(module) => module.fmt(f),
            Self::File(file) => file.fmt(f),
        }
    }
}

impl Serialize for Served {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Served {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Served".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", KIND: "module or file" })
    }
}
