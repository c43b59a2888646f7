//! The value of a free uWSGI option in `[app.NAME.uwsgi]`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::{KIND, Line};

/// What a uWSGI option is set to: one or more lines of the ini.
#[derive(Clone, Debug)]
pub enum OptionValue {
    /// `true` sets a flag; `false` leaves it out.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(Line),
    /// The option repeated, once for each text.
    List(Vec<Line>),
}

impl OptionValue {
    /// The values of the lines to write, one a line; none for a flag that is off.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Flag(true) => vec!["true".to_owned()],
            Self::Flag(false) => Vec::new(),
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text.to_string()],
            Self::List(texts) => texts.iter().map(ToString::to_string).collect(),
        }
    }
}

struct AnyValue;

impl<'de> serde::de::Visitor<'de> for AnyValue {
    type Value = OptionValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, a whole number, a text, or a list of texts")
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<OptionValue, E> {
        Ok(OptionValue::Flag(flag))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<OptionValue, E> {
        Ok(OptionValue::Number(number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OptionValue, E> {
        Line::new(text).map(OptionValue::Text).map_err(E::custom)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<OptionValue, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element()? {
            texts.push(text);
        }
        Ok(OptionValue::List(texts))
    }
}

impl<'de> Deserialize<'de> for OptionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

impl JsonSchema for OptionValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OptionValue".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let texts = <Vec<Line>>::json_schema(generator);
        json_schema!({ "anyOf": [{ "type": ["boolean", "integer", "string"] }, texts], KIND: "any" })
    }
}
