//! Dates in the forms that package tools read.

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use jiff::fmt::strtime;

/// Format of the dates in Release files (Debian wiki, DebianRepository/Format; RFC 5322 in UTC).
const RELEASE: &str = "%a, %d %b %Y %H:%M:%S UTC";

/// A moment, in seconds since 1970, as Release files write it.
#[must_use]
pub fn rfc2822(seconds: i64) -> String {
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime(RELEASE).to_string()
}

/// Reads what [`rfc2822`] writes.
///
/// # Errors
/// Another form.
pub fn parse_rfc2822(text: &str) -> Result<i64> {
    let broken = strtime::parse(RELEASE, text.trim()).map_err(|error| anyhow!(error));
    let date = broken.and_then(|broken| broken.to_datetime().map_err(|error| anyhow!(error)));
    let date = date.with_context(|| format!("'{text}' is no date of the form 'Thu, 01 Jan 2026 00:00:00 UTC'"))?;
    Ok(date.to_zoned(jiff::tz::TimeZone::UTC).context("a date out of range")?.timestamp().as_second())
}

/// Now, in seconds since 1970.
#[must_use]
pub fn now() -> i64 {
    Timestamp::now().as_second()
}
