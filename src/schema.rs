//! The JSON Schema of a spec, for editors and other tools: made from the types of [`crate::spec`] and their comments.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::family::Family;
use crate::spec::{App, Header};
use crate::value::{AppNameGrammar, Grammar};

/// The schema of a whole spec.
#[must_use]
pub fn schema() -> Value {
    // Draft 7 is what TOML's language servers read.
    let mut settings = SchemaSettings::draft07().for_deserialize();
    // Beside a $ref, draft 7 reads nothing: neither the description nor the example of an option.
    settings.inline_subschemas = true;
    let mut generator = settings.into_generator();
    let mut root = table_of::<Header>(&mut generator);
    root["required"].as_array_mut().into_iter().for_each(|required| required.push("app".into()));
    let mut options = table_of::<App>(&mut generator);
    // What a table lacks may come from the one that it inherits from.
    for table in options["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        table.as_object_mut().map(|table| table.remove("required"));
    }
    let mut application = options.clone();
    let families: Map<String, Value> = Family::all()
        .map(|family| (family.name.clone(), json!({ "$ref": "#/definitions/options", "description": family.title })))
        .collect();
    application["description"] = "An application: what is set here counts before [defaults].".into();
    application["properties"]["on"] = json!({
        "description": "What differs on one family of systems.",
        "type": "object",
        "properties": families,
        "additionalProperties": false,
    });
    root["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    root["title"] = "A site of liege".into();
    root["properties"]["defaults"] = json!({ "$ref": "#/definitions/options", "description": "Options of every application that does not say otherwise." });
    root["properties"]["app"] = json!({
        "description": "The applications, by name.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "pattern": AppNameGrammar::PATTERN, "maxLength": AppNameGrammar::LONGEST },
        "additionalProperties": { "$ref": "#/definitions/application" },
    });
    root["definitions"] = json!({ "options": options, "application": application });
    root
}

fn table_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = T::json_schema(generator);
    RecursiveTransform(tidy).transform(&mut schema);
    schema.to_value()
}

/// Takes out what Rust's types say and TOML does not: a null, which stands for a key that is left out.
fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("writeOnly");
    let says_nothing =
        |value: &Value| value.is_null() || value.as_object().is_some_and(Map::is_empty) || *value == json!([]);
    if object.get("default").is_some_and(says_nothing) {
        object.remove("default");
    }
    if let Some(types) = object.get_mut("type")
        && let Some([kind, Value::String(null)]) = types.as_array().map(Vec::as_slice)
        && null == "null"
    {
        *types = kind.clone();
    }
    if let Some([Value::Object(kind), null]) = object.get("anyOf").and_then(Value::as_array).map(Vec::as_slice)
        && null["type"] == "null"
    {
        let kind = kind.clone();
        object.remove("anyOf");
        for (key, value) in kind {
            object.entry(key).or_insert(value);
        }
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}
