//! Where an application listens.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::KIND;

/// An address and port of TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The interface's address; unspecified (`0.0.0.0`, `[::]`) means all of them.
    pub host: IpAddr,
    /// The port, never 0.
    pub port: u16,
}

/// One listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// The UNIX socket in the application's runtime directory, speaking the uwsgi protocol.
    Unix,
    /// The uwsgi protocol over TCP.
    Uwsgi(Address),
    /// HTTP served by uWSGI itself.
    Http(Address),
    /// HTTPS served by uWSGI itself.
    Https(Address),
}

/// One listener or several; never none.
#[derive(Clone, Debug)]
pub struct Listeners(Vec<Listen>);

impl Default for Listeners {
    fn default() -> Self {
        Self(vec![Listen::Unix])
    }
}

impl Listeners {
    /// All of them, as written.
    pub fn iter(&self) -> impl Iterator<Item = Listen> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::net::SocketAddr::new(self.host, self.port).fmt(f)
    }
}

impl Address {
    /// Whether a connection to one address would reach a listener on the other.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.port == other.port
            && (self.host == other.host || self.host.is_unspecified() || other.host.is_unspecified())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').ok_or_else(|| format!("{text} has no port: write ADDRESS:PORT"))?;
        let port = port.parse().ok().filter(|port| *port != 0);
        let host = match host {
            "" | "*" => Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            _ => match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
                Some(host) => host.parse().ok().map(IpAddr::V6),
                None => host.parse().ok().map(IpAddr::V4),
            },
        };
        match (host, port) {
            (Some(host), Some(port)) => Ok(Self { host, port }),
            (None, _) => Err(format!(
                "{text} is no address: write 127.0.0.1:8000 or [::1]:8000, with an IP address rather than a name"
            )),
            (_, None) => Err(format!("{text} has no valid port: write one from 1 to 65535")),
        }
    }
}

impl Listen {
    /// The TCP address, if this is not the UNIX socket.
    #[must_use]
    pub fn address(self) -> Option<Address> {
        match self {
            Self::Unix => None,
            Self::Uwsgi(address) | Self::Http(address) | Self::Https(address) => Some(address),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            None if text == "unix" => Ok(Self::Unix),
            Some(("uwsgi", address)) => Address::parse(address).map(Self::Uwsgi),
            Some(("http", address)) => Address::parse(address).map(Self::Http),
            Some(("https", address)) => Address::parse(address).map(Self::Https),
            _ => Err(format!(
                "{text} is no listener: write \"unix\", or uwsgi://, http:// or https:// with ADDRESS:PORT"
            )),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix => f.write_str("unix"),
            Self::Uwsgi(address) => write!(f, "uwsgi://{address}"),
            Self::Http(address) => write!(f, "http://{address}"),
            Self::Https(address) => write!(f, "https://{address}"),
        }
    }
}

struct OneOrMore;

impl<'de> serde::de::Visitor<'de> for OneOrMore {
    type Value = Listeners;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"unix\", \"http://127.0.0.1:8000\" or the like, or a list of these")
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Listeners, E> {
        Err(E::custom(format!(
            "here `listen` is where the application listens; for the length of the queue write backlog = {number}"
        )))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Listeners, E> {
        Listen::parse(text).map(|listen| Listeners(vec![listen])).map_err(E::custom)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Listeners, A::Error> {
        let mut listeners = Vec::new();
        while let Some(text) = items.next_element::<String>()? {
            let listen = Listen::parse(&text).map_err(serde::de::Error::custom)?;
            if listeners.contains(&listen) {
                return Err(serde::de::Error::custom(format!("{listen} is listed twice")));
            }
            listeners.push(listen);
        }
        if listeners.is_empty() {
            return Err(serde::de::Error::custom("an application without a listener cannot be reached: name one"));
        }
        Ok(Listeners(listeners))
    }
}

impl<'de> Deserialize<'de> for Listeners {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

impl JsonSchema for Listeners {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Listeners".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json!({ "type": "string", "pattern": r"^(unix|(uwsgi|https?)://\S*:[0-9]+)$" });
        json_schema!({
            "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "uniqueItems": true }],
            KIND: "text or list",
        })
    }
}
