//! Ways for whatever the application is reached by.

use toml::Value;

use super::{Carrier, Outcome, Setting, Way};

/// `socket`: the uwsgi protocol, unless `protocol` says another.
pub fn uwsgi(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    let protocol = carrier.value_of("protocol").or(carrier.value_of("socket-protocol")).unwrap_or("uwsgi").to_owned();
    match protocol.as_str() {
        "uwsgi" if is_unix(value) => {
            let reason = "the socket is /run/SITE/APP/uwsgi.sock: tell nginx";
            add(carrier, way, setting, "unix").adapted(reason)
        }
        "uwsgi" if ["", "*", "0.0.0.0", "[::]"].iter().any(|host| value.strip_prefix(host).is_some_and(is_port)) => {
            Outcome::Lost(format!(
                "whoever reaches the uwsgi protocol can run code, so not on every address; write listen = \"uwsgi://127.0.0.1{}\" \
                 or another one, or stay with \"unix\"",
                value.rfind(':').and_then(|colon| value.get(colon..)).unwrap_or_default()
            ))
        }
        "uwsgi" => add(carrier, way, setting, &format!("uwsgi://{value}")),
        "http" if !is_unix(value) => add(carrier, way, setting, &format!("http://{value}")),
        other => Outcome::Lost(format!("{other} is not spoken here: listen is unix, uwsgi://, http:// or https://")),
    }
}

/// `http-socket`, and `http`, which is a router before a socket.
pub fn http(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    if is_unix(value) || value.starts_with('=') {
        return Outcome::Lost(
            "liege speaks HTTP on an address and port alone, such as http://127.0.0.1:8000".to_owned(),
        );
    }
    let added = add(carrier, way, setting, &format!("http://{value}"));
    if way.about.is_empty() { added } else { added.adapted(way.about) }
}

/// `https = ADDRESS,CERTIFICATE,KEY[,CIPHERS[,CLIENT CA]]`.
pub fn https(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    let mut parts = value.split(',');
    let (Some(address), Some(certificate), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Outcome::Lost("https wants ADDRESS,CERTIFICATE,KEY".to_owned());
    };
    let optional = [("ciphers", parts.next()), ("client-ca", parts.next())];
    let mut tls = toml::Table::new();
    tls.insert("certificate".to_owned(), Value::from(certificate));
    tls.insert("key".to_owned(), Value::from(key));
    for (name, value) in optional {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            // A ! before the CA makes a client's certificate optional, which liege does not offer.
            tls.insert(name.to_owned(), Value::from(value));
        }
    }
    match carrier.put(&["tls"], Value::Table(tls), setting) {
        Outcome::Carried => add(carrier, way, setting, &format!("https://{address}")).adapted(way.about),
        lost => lost,
    }
}

/// `protocol`, which `socket` has looked at.
pub fn protocol(carrier: &mut Carrier<'_>, way: &Way, _: &Setting, value: &str) -> Outcome {
    let has_socket = carrier.value_of("socket").or(carrier.value_of("uwsgi-socket")).is_some();
    match value {
        "http" | "uwsgi" if has_socket => Outcome::Adapted(way.about.to_owned()),
        _ => {
            Outcome::Lost("listen names the protocol of each listener: unix, uwsgi://, http:// or https://".to_owned())
        }
    }
}

/// The mode of the UNIX socket, which the web server reaches through its group.
pub fn mode(_: &mut Carrier<'_>, way: &Way, _: &Setting, value: &str) -> Outcome {
    match value.trim_start_matches('0') {
        "660" => Outcome::Adapted(way.about.to_owned()),
        _ => Outcome::Lost("the socket is the application's and the web server's group's alone: 660".to_owned()),
    }
}

pub fn stats(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, value: &str) -> Outcome {
    if is_unix(value) {
        return carrier.put_adapted(&[way.key], Value::from(true), setting, way.about);
    }
    Outcome::Lost("liege offers no statistics on the network; they are on /run/SITE/APP/stats.sock".to_owned())
}

fn add(carrier: &mut Carrier<'_>, way: &Way, setting: &Setting, listener: &str) -> Outcome {
    match carrier.draft.add(&[way.key], Value::from(listener), setting) {
        Ok(()) => Outcome::Carried,
        Err(reason) => Outcome::Lost(reason),
    }
}

/// uWSGI takes what has no port for a UNIX socket.
fn is_unix(value: &str) -> bool {
    value.contains('/') || !value.contains(':')
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}
