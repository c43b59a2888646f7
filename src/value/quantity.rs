//! Whole numbers with a unit and bounds, and sizes of files.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::KIND;

/// What a number counts and how large it may be.
pub trait Unit {
    /// ` of ` and the unit in words, plural; nothing for mere numbers.
    const NAME: &'static str;
    /// The smallest number that makes sense.
    const SMALLEST: u32;
    /// The largest number uWSGI takes.
    const LARGEST: u32;
}

/// A whole number of the unit `U`.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Quantity<U> {
    number: u32,
    #[serde(skip)]
    unit: PhantomData<fn() -> U>,
}

/// Seconds.
pub type Seconds = Quantity<SecondsUnit>;
/// Megabytes of 1,048,576 bytes, as uWSGI counts them.
pub type Megabytes = Quantity<MegabytesUnit>;
/// Bytes.
pub type Bytes = Quantity<BytesUnit>;
/// Bytes of a request's headers: uWSGI keeps the number in 16 bits (`buffer-size` in core/uwsgi.c).
pub type BufferSize = Quantity<BufferSizeUnit>;
/// How many of something.
pub type Count = Quantity<CountUnit>;

/// See [`Seconds`].
pub enum SecondsUnit {}
/// See [`Megabytes`].
pub enum MegabytesUnit {}
/// See [`Bytes`].
pub enum BytesUnit {}
/// See [`BufferSize`].
pub enum BufferSizeUnit {}
/// See [`Count`].
pub enum CountUnit {}

impl Unit for SecondsUnit {
    const NAME: &'static str = " of seconds";
    const SMALLEST: u32 = 1;
    const LARGEST: u32 = 604_800;
}

impl Unit for MegabytesUnit {
    const NAME: &'static str = " of megabytes";
    const SMALLEST: u32 = 1;
    const LARGEST: u32 = 1_048_576;
}

impl Unit for BytesUnit {
    const NAME: &'static str = " of bytes";
    const SMALLEST: u32 = 1;
    const LARGEST: u32 = 1 << 30;
}

impl Unit for BufferSizeUnit {
    const NAME: &'static str = " of bytes";
    const SMALLEST: u32 = 1_024;
    const LARGEST: u32 = 65_535;
}

impl Unit for CountUnit {
    const NAME: &'static str = "";
    const SMALLEST: u32 = 1;
    const LARGEST: u32 = 65_535;
}

impl<U> Quantity<U> {
    /// The number alone.
    #[must_use]
    pub fn get(self) -> u32 {
        self.number
    }
}

impl<U: Unit> Quantity<U> {
    /// Takes a number within the unit's bounds.
    ///
    /// # Errors
    /// The bounds, in words.
    pub fn new(number: i64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(number) if (U::SMALLEST..=U::LARGEST).contains(&number) => Ok(Self { number, unit: PhantomData }),
            _ => Err(format!(
                "{number} is out of bounds: write a whole number{} from {} to {}",
                U::NAME,
                U::SMALLEST,
                U::LARGEST
            )),
        }
    }
}

impl<U> Clone for Quantity<U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U> Copy for Quantity<U> {}

impl<U> fmt::Debug for Quantity<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)
    }
}

impl<U: Unit> JsonSchema for Quantity<U> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<U>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let kind = U::NAME.strip_prefix(" of ").unwrap_or("number");
        json_schema!({ "type": "integer", "minimum": U::SMALLEST, "maximum": U::LARGEST, KIND: kind })
    }
}

struct WholeNumber<U>(PhantomData<U>);

impl<U: Unit> serde::de::Visitor<'_> for WholeNumber<U> {
    type Value = Quantity<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number{} without quotes", U::NAME)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Quantity::new(number).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<'de, U: Unit> Deserialize<'de> for Quantity<U> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeNumber(PhantomData))
    }
}

/// A file's size as logrotate(8) writes it: a number with `k`, `M` or `G`.
pub type Size = super::Checked<SizeGrammar>;

/// See [`Size`].
pub enum SizeGrammar {}

impl Size {
    /// In megabytes, rounded down.
    #[must_use]
    pub fn megabytes(&self) -> u64 {
        let text = self.as_str();
        let number = text.trim_end_matches(['k', 'M', 'G']).parse().unwrap_or(0);
        match text.chars().last() {
            Some('G') => number * 1024,
            Some('M') => number,
            Some('k') => number / 1024,
            _ => number / (1 << 20),
        }
    }
}

impl super::Grammar for SizeGrammar {
    const KIND: &'static str = "size";
    const PATTERN: Option<&'static str> = Some("^[0-9]+[kMG]?$");

    fn check(text: &str) -> Result<(), String> {
        let digits = text.strip_suffix(['k', 'M', 'G']).unwrap_or(text);
        match digits.parse::<u32>() {
            Ok(number) if number > 0 && digits.chars().all(|c| c.is_ascii_digit()) => Ok(()),
            _ => Err("a size is a number with k, M or G, such as 100M".to_owned()),
        }
    }
}
