//! What a change of one option causes on a machine: the packages of a small site are made with and without it.
//!
//! Nothing is written down twice that way: what reaches a unit restarts it because the packages' scripts compare units.

use std::fmt;

use anyhow::{Context as _, Result, bail};

use super::{Entry, Scope};
use crate::package::{File, Item, Package, Stamp};
use crate::plan::describe;
use crate::read;
use crate::site::Site;
use crate::source::Source;
use crate::spec::Mode;
use crate::template::Templates;

/// What happens to an application when a package with the change is installed; the greatest is the most that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The packages are the same.
    Nothing,
    /// The workers are replaced one after the other, after the new release was tried.
    Reload,
    /// uWSGI starts anew; connections wait meanwhile where systemd holds the sockets.
    Restart,
    /// The sockets are closed and opened anew as well.
    Sockets,
    /// The sockets are elsewhere: the web server's settings must follow.
    Move,
    /// The packages are called otherwise: the former ones stay until they are removed.
    Rename,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing",
            Self::Reload => "reload",
            Self::Restart => "restart",
            Self::Sockets => "restart with its sockets",
            Self::Move => "restart with its sockets, and the web server must follow",
            Self::Rename => "other packages; the former ones are to be removed",
        })
    }
}

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
    addresses: String,
    /// The socket units.
    sockets: String,
    /// What uWSGI takes up when it starts alone: its unit, and whom it runs as.
    beginning: String,
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
    let unit = |end: &str| lines(&package, |file| file.path.ends_with(end), |_| true);
    let account = |line: &str| line.starts_with("uid = ") || line.starts_with("gid = ");
    Ok(Made {
        text: describe(&package)?,
        addresses: format!("{:?}", target.app.listen),
        sockets: unit(".socket"),
        beginning: unit(".service") + &lines(&package, |file| file.path.ends_with(".ini"), account),
        name: package.name,
    })
}

fn lines(package: &Package, is_in: impl Fn(&File) -> bool, is_meant: impl Fn(&str) -> bool) -> String {
    let lines = package.files.iter().filter(|file| is_in(file)).flat_map(File::lines);
    lines.filter(|line| is_meant(line)).flat_map(|line| [line, "\n"]).collect()
}

fn compare(before: &Made, after: &Made) -> Effect {
    if before.name != after.name {
        Effect::Rename
    } else if before.addresses != after.addresses {
        Effect::Move
    } else if before.sockets != after.sockets {
        Effect::Sockets
    } else if before.beginning != after.beginning {
        Effect::Restart
    } else if before.text != after.text {
        Effect::Reload
    } else {
        Effect::Nothing
    }
}
