//! Every place of a spec that takes a value, found in the JSON Schema: a new option is tried by itself.

use serde_json::Value;
use toml::Table;

/// Values that look like nothing else in a package. Every field that is no choice of a few words takes one of them.
pub const HARMLESS: [&str; 12] = [
    "marked",
    "/srv/marked/place",
    "marked.module:marked",
    "Marked <marked@marked.example>",
    "https://marked.example/place",
    "98.76.54",
    "LicenseRef-Marked",
    "987M",
    "63 per core",
    "http://127.0.0.98:9876",
    "MARKED",
    "/marked",
];

/// One place for a value.
#[derive(Clone, Debug)]
pub struct Field {
    path: Vec<String>,
    shape: Shape,
}

/// How the value stands there.
#[derive(Clone, Debug)]
enum Shape {
    Text,
    List,
    /// As the name of an entry with this value.
    Name(Value),
}

impl Field {
    /// Every one of them, in both scopes.
    pub fn all() -> Vec<Self> {
        let schema = liege::schema::schema();
        let mut fields = Vec::new();
        below(&schema["properties"], &[], &["defaults", "app"], &mut fields);
        below(&schema["definitions"]["options"]["properties"], &["app", "api"], &[], &mut fields);
        fields
    }

    /// What a message about it has to name.
    pub fn name(&self) -> &str {
        self.path.iter().rev().find(|name| !is_entry(name)).unwrap()
    }

    /// The spec with a value in this place.
    pub fn put(&self, spec: &str, value: &str) -> String {
        let mut spec: Table = toml::from_str(spec).unwrap();
        let (last, tables) = self.path.split_last().unwrap();
        let mut table = &mut spec;
        for name in tables {
            table = table.entry(name.clone()).or_insert(Table::new().into()).as_table_mut().unwrap();
        }
        let text = toml::Value::from(value);
        match &self.shape {
            Shape::Text => table.insert(last.clone(), text),
            Shape::List => table.insert(last.clone(), toml::Value::Array(vec![text])),
            Shape::Name(other) => {
                let entry = Table::from_iter([(value.to_owned(), toml::Value::try_from(other).unwrap())]);
                table.insert(last.clone(), entry.into())
            }
        };
        toml::to_string(&spec).unwrap()
    }
}

/// Names of entries that this file makes up or takes from an example.
fn is_entry(name: &str) -> bool {
    name.starts_with('/') || name.contains(|c: char| c.is_ascii_uppercase()) || name == "enable-threads"
}

fn below(properties: &Value, above: &[&str], besides: &[&str], fields: &mut Vec<Field>) {
    for (name, option) in properties.as_object().unwrap() {
        if besides.contains(&name.as_str()) {
            continue;
        }
        let path = [above, &[name]].concat();
        let own = |path: &[&str], shape| Field { path: path.iter().map(ToString::to_string).collect(), shape };
        let example = &option["examples"][0];
        if option["properties"].is_object() {
            below(&option["properties"], &path, &[], fields);
        } else if let Some((entry, value)) = example.as_object().and_then(|entries| entries.iter().next()) {
            fields.push(own(&[path.as_slice(), &[entry]].concat(), Shape::Text));
            fields.push(own(&[path.as_slice(), &["procname"]].concat(), Shape::Text));
            fields.push(own(&path, Shape::Name(value.clone())));
        } else {
            fields.push(own(&path, Shape::Text));
        }
        if option["type"] == "array" || option["anyOf"][1]["type"] == "array" {
            fields.push(own(&path, Shape::List));
        }
    }
}
