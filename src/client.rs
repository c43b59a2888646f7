//! The file that tells a machine's package manager of a repository.

use anyhow::Result;
use serde::Serialize;

use crate::family::Family;
use crate::repository::File;
use crate::template::{Templates, Values};

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    suite: &'a str,
    url: String,
    key_url: String,
    lines: &'a [String],
}

/// Name of the armoured public key of a repository, below its base.
#[must_use]
pub fn key_name(name: &str) -> String {
    format!("{name}.asc")
}

/// The file for one family's machines. `base` is the URL below which the families' directories lie.
///
/// # Errors
/// A template that cannot be rendered.
pub fn file(family: &Family, name: &str, suite: &str, base: &str, templates: &Templates) -> Result<File> {
    let base = base.trim_end_matches('/');
    let view = View {
        name,
        suite,
        url: format!("{base}/{}", family.name),
        key_url: format!("{base}/{}", key_name(name)),
        lines: &family.repository.lines,
    };
    let text = templates.render(&family.repository.client, &Values::new(&view)?)?;
    let path = format!("{}/{name}.{}", family.name, family.repository.extension);
    Ok(File { path, bytes: text.into_bytes() })
}
