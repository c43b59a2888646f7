//! The narrow types that every value of a spec is read into.
//!
//! A value that made it into one of these types is safe in each syntax it is later written in: ini, unit, shell,
//! control field, rpm header. Nothing downstream checks or escapes names and paths again.

mod grammar;
mod listen;
mod option;
mod processes;
mod quantity;
mod served;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use grammar::{
    AbsolutePath, AppName, AppNameGrammar, Callable, Ciphers, Entity, EnvironmentName, Homepage, IniText, Line,
    Maintainer, Module, Paragraphs, RelativeOrAbsolute, SiteName, SiteVersion, SpdxExpression, Summary, SummaryGrammar,
    UriPrefix, is_clean_line,
};
pub use listen::{Address, Listen, Listeners};
pub use option::OptionValue;
pub use processes::Processes;
pub use quantity::{BufferSize, Bytes, Count, Megabytes, Quantity, Seconds, Size, Unit};
pub use served::Served;

/// Where a schema says what a value is, in words for the reference of options.
pub const KIND: &str = "x-kind";

/// A rule that a text must fit, and how to say so.
pub trait Grammar {
    /// What it is, in the reference of options.
    const KIND: &'static str = "text";
    /// A regular expression for editors that every text which fits matches. It may match more: `check` decides.
    const PATTERN: Option<&'static str> = None;
    /// The length of the longest text that fits.
    const LONGEST: usize = usize::MAX;

    /// Whether `text` fits; when not, what would be right, as the end of a sentence.
    ///
    /// # Errors
    /// The reason, in words for the author of the spec.
    fn check(text: &str) -> Result<(), String>;
}

/// A text that fits the grammar `G`.
pub struct Checked<G> {
    text: String,
    grammar: PhantomData<fn() -> G>,
}

impl<G: Grammar> Checked<G> {
    /// Takes `text` if it fits.
    ///
    /// # Errors
    /// The grammar's own words for what would be right.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        G::check(&text)?;
        Ok(Self { text, grammar: PhantomData })
    }
}

impl<G> Checked<G> {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<G> Clone for Checked<G> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), grammar: PhantomData }
    }
}

impl<G> PartialEq for Checked<G> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<G> Eq for Checked<G> {}

impl<G> std::hash::Hash for Checked<G> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<G> fmt::Display for Checked<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<G> fmt::Debug for Checked<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<'de, G: Grammar> Deserialize<'de> for Checked<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}

impl<G: Grammar> JsonSchema for Checked<G> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<G>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "string", KIND: G::KIND });
        if let Some(pattern) = G::PATTERN {
            schema.insert("pattern".to_owned(), pattern.into());
        }
        if G::LONGEST < usize::MAX {
            schema.insert("maxLength".to_owned(), G::LONGEST.into());
        }
        schema
    }
}

impl<G> Serialize for Checked<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
