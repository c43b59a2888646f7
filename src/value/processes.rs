//! How many worker processes: a number, or so many per core of the target machine.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::{Count, KIND};

/// A number of worker processes.
#[derive(Clone, Copy, Debug)]
pub enum Processes {
    /// This many.
    Fixed(Count),
    /// This many for each core, counted on the target machine.
    PerCore(Count),
}

impl Processes {
    /// The number, when it is known before the target machine is.
    #[must_use]
    pub fn fixed(self) -> Option<u32> {
        match self {
            Self::Fixed(count) => Some(count.get()),
            Self::PerCore(_) => None,
        }
    }

    /// How many there are on a machine with so many cores.
    #[must_use]
    pub fn on(self, cores: u32) -> u32 {
        match self {
            Self::Fixed(count) => count.get(),
            Self::PerCore(count) => count.get() * cores,
        }
    }

    /// The value for the ini. uWSGI puts the number of cores in the place of `%k` and computes `%(… * …)`, which wants
    /// blanks around the sign.
    #[must_use]
    pub fn ini(self) -> String {
        match self {
            Self::Fixed(count) => count.get().to_string(),
            Self::PerCore(count) => format!("%(%k * {})", count.get()),
        }
    }
}

struct NumberOrPerCore;

impl serde::de::Visitor<'_> for NumberOrPerCore {
    type Value = Processes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of processes such as 4, or \"2 per core\"")
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Processes, E> {
        Count::new(number).map(Processes::Fixed).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Processes, E> {
        let number = text.strip_suffix(" per core").and_then(|number| number.parse::<i64>().ok());
        match number {
            Some(number @ 1..=64) => Count::new(number).map(Processes::PerCore).map_err(E::custom),
            _ => Err(E::custom("write a number without quotes such as 4, or \"2 per core\" (1 to 64)")),
        }
    }
}

impl<'de> Deserialize<'de> for Processes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrPerCore)
    }
}

impl JsonSchema for Processes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Processes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = Count::json_schema(generator);
        let per_core = "^([1-9]|[1-5][0-9]|6[0-4]) per core$";
        json_schema!({ "anyOf": [number, { "type": "string", "pattern": per_core }], KIND: "number or text" })
    }
}
