//! What a change of one option causes on a machine: the packages of a small site are made with and without it.
//!
//! Nothing is written down twice that way: what reaches a unit restarts it because the packages' scripts compare units.

use anyhow::{Context as _, Result, bail};

use super::{Entry, Scope};
use crate::effect::{Effect, Surface};
use crate::package::{Item, Stamp};
use crate::plan::describe;
use crate::read;
use crate::site::Site;
use crate::source::Source;
use crate::spec::Mode;
use crate::template::Templates;

/// What an application says besides: some options matter beside others only.
const SURROUNDINGS: [&str; 3] = [
    "log = 'file'",
    "virtualenv = '/opt/app/venv'",
    "listen = 'https://*:8443'\ntls = { certificate = '/etc/app/tls.pem', key = '/etc/app/tls.key' }",
];

/// What a changed value of the option causes.
pub fn of(entry: &Entry, mode: Mode, templates: &Templates) -> Result<Effect> {
    let mut greatest = Effect::Nothing;
    for surroundings in SURROUNDINGS {
        let before = made(&site(entry, mode, surroundings, entry.former())?, templates)?;
        let after = made(&site(entry, mode, surroundings, Some(entry.value()))?, templates)?;
        greatest = greatest.max(compare(&before, &after));
    }
    Ok(greatest)
}

/// A small site with this value of the option.
fn site(entry: &Entry, mode: Mode, surroundings: &str, value: Option<toml::Value>) -> Result<toml::Table> {
    let mode = match mode {
        Mode::Emperor => "emperor",
        Mode::Service => "service",
    };
    let text = format!(
        "site = 'site'\nversion = '1'\nmaintainer = 'Nobody <nobody@example.org>'\nmode = '{mode}'\n\
         [app.app]\nmodule = 'app'\n{surroundings}\n"
    );
    let mut site: toml::Table = text.parse()?;
    let table = match entry.scope {
        Scope::Site => Some(&mut site),
        Scope::Application => site["app"]["app"].as_table_mut(),
    };
    if let (Some(table), Some(value)) = (table, value) {
        table.insert(entry.option().to_owned(), value);
    }
    Ok(site)
}

/// What is compared of the application's package.
struct Made {
    name: String,
    text: String,
    surface: Surface,
}

fn made(site: &toml::Table, templates: &Templates) -> Result<Made> {
    let text = toml::to_string(site)?;
    let (source, _) = Source::parse("the example", &text);
    let (spec, mistakes) = read::read(&source);
    if let Some(mistake) = mistakes.first() {
        bail!("{}", mistake.message);
    }
    let spec = spec.context("the example cannot be read")?;
    let site = Site::new(&spec);
    let target = site.targets.first().context("the example has no application")?;
    let stamp = Stamp::standard(&spec.header.version);
    let package = Item::Application(target).package(&site, templates, &stamp)?;
    let surface = Surface::of(package.files.iter().map(|file| (file.path.as_str(), file.text())));
    Ok(Made { text: describe(&package)?, surface, name: package.name })
}

fn compare(before: &Made, after: &Made) -> Effect {
    if before.name != after.name {
        Effect::Rename
    } else if before.text == after.text {
        Effect::Nothing
    } else {
        before.surface.effect(&after.surface)
    }
}
