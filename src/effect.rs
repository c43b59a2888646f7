//! What happens to an application when the package with a change is installed.

use std::fmt;

use serde::Serialize;

use crate::package::FIRST_SOCKET;

/// What happens; the greatest is the most that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
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

/// What of an application's files decides how much happens: what its scripts compare, and where the web server finds it.
#[derive(Debug, PartialEq, Eq)]
pub struct Surface {
    /// Protocols, and where they are spoken.
    addresses: Vec<String>,
    /// The socket units.
    sockets: String,
    /// What uWSGI takes up when it starts alone: its unit, and whom it runs as.
    beginning: String,
}

impl Surface {
    /// That of these files: path and text of each.
    pub fn of<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Self {
        let files: Vec<(&str, &str)> = files.collect();
        let lines = |end: &'static str| {
            files.iter().filter(move |(path, _)| path.ends_with(end)).flat_map(|(_, text)| text.lines())
        };
        let account = |line: &&str| line.starts_with("uid = ") || line.starts_with("gid = ");
        let together = |lines: Vec<&str>| lines.join("\n");
        let streams: Vec<&str> = lines(".socket").filter_map(|line| line.strip_prefix("ListenStream=")).collect();
        Self {
            addresses: lines(".ini").filter_map(|line| address(line, &streams)).collect(),
            sockets: together(lines(".socket").collect()),
            beginning: together(lines(".service").chain(lines(".ini").filter(account)).collect()),
        }
    }

    /// What the change from `self` to `new` causes, when anything changes at all.
    #[must_use]
    pub fn effect(&self, new: &Self) -> Effect {
        if self.addresses != new.addresses {
            Effect::Move
        } else if self.sockets != new.sockets {
            Effect::Sockets
        } else if self.beginning != new.beginning {
            Effect::Restart
        } else {
            Effect::Reload
        }
    }
}

/// Protocol and address of a listener's line in an ini: its own, or the one that systemd passes as `fd://3` and on. What
/// follows a comma is about TLS.
fn address(line: &str, streams: &[&str]) -> Option<String> {
    let (option, value) = line.split_once(" = ")?;
    if !["socket", "http-socket", "https-socket"].contains(&option) {
        return None;
    }
    let bound = value.split(',').next().unwrap_or(value);
    let passed = bound.strip_prefix("fd://").and_then(|number| number.parse::<usize>().ok());
    let stream = passed.and_then(|number| streams.get(number.checked_sub(FIRST_SOCKET)?)).copied().unwrap_or(bound);
    Some(format!("{option} {stream}"))
}
