//! The reference of options: what the schema says of each, and what a change of it causes, found by trying it.

mod effect;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use crate::schema::schema;
use crate::spec::Mode;
use crate::template::Templates;
use crate::value::KIND;

use crate::effect::Effect;

/// Which tables an option stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The top level.
    Site,
    /// `[app.NAME]`, `[defaults]` and `[app.NAME.on.FAMILY]`.
    Application,
}

/// One option, or one entry of an option that is a table.
pub struct Entry {
    /// Where it stands.
    pub scope: Scope,
    /// Its name; `tls.key` in a table.
    pub name: String,
    /// What it is, in words: `seconds`, `absolute path`.
    pub kind: String,
    /// What it does.
    pub about: String,
    /// What holds without it.
    pub default: String,
    /// A value for it.
    pub example: toml::Value,
    /// The example of the table that it is an entry of.
    table: Option<toml::Table>,
}

/// Every option, in the order of the types, each table's entries behind it.
///
/// # Errors
/// An option without a description or an example: a mistake in [`crate::spec`].
pub fn entries() -> Result<Vec<Entry>> {
    let schema = schema();
    let mut entries = Vec::new();
    for (scope, table) in [(Scope::Site, &schema), (Scope::Application, &schema["definitions"]["options"])] {
        let read_elsewhere = |name: &str| scope == Scope::Site && ["defaults", "app"].contains(&name);
        for (name, option) in properties(table).filter(|(name, _)| !read_elsewhere(name)) {
            let whole = Entry::read(scope, name.clone(), option, table)?;
            let example = whole.example.as_table().cloned();
            entries.push(whole);
            for (below, entry) in properties(option) {
                let entry = Entry::read(scope, format!("{name}.{below}"), entry, option)?;
                entries.push(Entry { table: example.clone(), ..entry });
            }
        }
    }
    Ok(entries)
}

fn properties(table: &Value) -> impl Iterator<Item = (&String, &Value)> {
    table["properties"].as_object().into_iter().flat_map(Map::iter)
}

impl Entry {
    fn read(scope: Scope, name: String, option: &Value, table: &Value) -> Result<Self> {
        let text = option["description"].as_str().with_context(|| format!("{name} has no description"))?;
        let (about, default) = text.split_once(" Default: ").unwrap_or((text, ""));
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_required = table["required"].as_array().is_some_and(|names| names.iter().any(|name| name == last));
        let default = match default.trim_end_matches('.') {
            _ if is_required => "none: it must be there".to_owned(),
            "" => option.get("default").map_or_else(|| Ok("none".to_owned()), in_toml)?,
            told => told.to_owned(),
        };
        let example =
            toml::Value::try_from(&option["examples"][0]).with_context(|| format!("{name} has no example"))?;
        Ok(Self { scope, kind: kind(option), about: about.to_owned(), default, example, name, table: None })
    }

    /// What a changed value causes on a machine, in words.
    ///
    /// # Errors
    /// An example that is no value of the option: a mistake in [`crate::spec`].
    pub fn change(&self, templates: &Templates) -> Result<String> {
        let emperor = effect::of(self, Mode::Emperor, templates)?;
        let service = effect::of(self, Mode::Service, templates)?;
        // Where one mode knows no such option, or is the one that is left, the other says what happens.
        Ok(if emperor == service || emperor.min(service) == Effect::Nothing {
            emperor.max(service).to_string()
        } else {
            format!("{emperor} (emperor), {service} (service)")
        })
    }

    /// The option that it is, or is an entry of.
    fn option(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// The example as the value of the whole option.
    fn value(&self) -> toml::Value {
        match (&self.table, self.name.split_once('.')) {
            (Some(table), Some((_, name))) => {
                let mut table = table.clone();
                table.insert(name.to_owned(), self.example.clone());
                toml::Value::Table(table)
            }
            _ => self.example.clone(),
        }
    }

    /// The value of the whole option before the entry is changed.
    fn former(&self) -> Option<toml::Value> {
        self.table.clone().map(toml::Value::Table)
    }

    /// The example as it stands in a spec.
    #[must_use]
    pub fn example_line(&self) -> String {
        match self.name.split_once('.') {
            Some((table, name)) => format!("{table} = {{ {name} = {} }}", self.example),
            None => format!("{} = {}", self.name, self.example),
        }
    }
}

fn in_toml(value: &Value) -> Result<String> {
    Ok(toml::Value::try_from(value)?.to_string())
}

/// What an option is, in words.
fn kind(option: &Value) -> String {
    if let Some(kind) = option[KIND].as_str() {
        return kind.to_owned();
    }
    let words: Vec<&str> =
        option["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str()).collect();
    match option["type"].as_str() {
        _ if !words.is_empty() => words.join(" or "),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => "list".to_owned(),
        Some("object") => "table".to_owned(),
        other => other.unwrap_or("text").to_owned(),
    }
}
