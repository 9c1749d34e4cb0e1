//! Derived schemas made simple, and what of them a layer needs.

use std::borrow::Cow;

use schemars::Schema;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Map, Value, json};

use super::DEFINITIONS;

type Object = Map<String, Value>;

/// What of an object comes first, so that it can be read.
const FIRST: [&str; 6] = ["description", "type", "const", "enum", "default", "$ref"];

/// Puts definitions in the places of references to them, all but the one that is `kept`: its name,
/// and where it is found. Takes out what is true of Rust only.
pub(super) fn simplify(
    schema: &mut Schema,
    definitions: &Object,
    kept: &(Cow<'static, str>, String),
) {
    let mut transform = RecursiveTransform(|schema: &mut Schema| {
        let Some(object) = schema.as_object_mut() else { return };
        resolve(object, definitions, kept);
        without_null(object);
        // What was an alternative to null may be a reference.
        resolve(object, definitions, kept);
        one_kind(object);
        plain(object);
    });
    transform.transform(schema);
}

/// Puts a definition in the place of a reference to it.
fn resolve(object: &mut Object, definitions: &Object, kept: &(Cow<'static, str>, String)) {
    let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return };
    let name = reference.strip_prefix(DEFINITIONS).unwrap_or(reference);
    if name == kept.0 {
        object.insert("$ref".to_owned(), json!(kept.1));
    } else if let Some(Value::Object(definition)) = definitions.get(name) {
        object.remove("$ref");
        below(object, definition.clone());
    }
}

/// Adds what another object says; what there is already wins.
fn below(object: &mut Object, other: Object) {
    for (key, value) in other {
        object.entry(key).or_insert(value);
    }
}

/// TOML has no null: a key that may be left out is just not required.
fn without_null(object: &mut Object) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(schemas)) = object.get_mut(key) else { continue };
        schemas.retain(|schema| *schema != json!({ "type": "null" }));
        if let [Value::Object(only)] = schemas.as_mut_slice() {
            let only = std::mem::take(only);
            object.remove(key);
            below(object, only);
        }
    }
}

/// A table that names a kind: one object that has one of several keys, not several objects that
/// have one key each.
fn one_kind(object: &mut Object) {
    let Some(Value::Array(schemas)) = object.get("oneOf") else { return };
    let kinds: Option<Vec<(String, Value)>> = schemas.iter().map(kind).collect();
    let Some(kinds) = kinds else { return };
    object.remove("oneOf");
    let rules = json!({
        "type": "object",
        "properties": kinds.into_iter().collect::<Object>(),
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    if let Value::Object(rules) = rules {
        below(object, rules);
    }
}

/// The key of an object that needs one and has no other, and what it holds.
fn kind(schema: &Value) -> Option<(String, Value)> {
    let properties = schema.get("properties")?.as_object()?;
    let (name, value) = properties.iter().next()?;
    let needed = schema.get("required") == Some(&json!([name])) && properties.len() == 1;
    let mut value = value.clone();
    if let (Value::Object(value), Some(description)) = (&mut value, schema.get("description")) {
        value.insert("description".to_owned(), description.clone());
    }
    needed.then(|| (name.clone(), value))
}

/// Descriptions without line breaks, numbers without the width that they have in Rust, and what
/// matters first.
fn plain(object: &mut Object) {
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    object.remove("format");
    let mut sorted = Object::new();
    for key in FIRST {
        sorted.extend(object.remove(key).map(|value| (key.to_owned(), value)));
    }
    below(&mut sorted, std::mem::take(object));
    *object = sorted;
}

/// Those of the nodes of which a layer may hold a part, with nothing that is required and no
/// defaults: what a layer leaves out stands in what it is laid over.
pub(super) fn layers(nodes: &Object) -> Object {
    let layers = nodes.iter().filter_map(|(name, node)| {
        let layer = layer(node, nodes)?;
        (layer != *node).then(|| (layer_name(name), layer))
    });
    layers.collect()
}

/// The name of the definition that holds in a layer for a node called `name`.
pub(super) fn layer_of(name: &str, nodes: &Object) -> String {
    match nodes.get(name).is_some_and(|node| layer(node, nodes).as_ref() != Some(node)) {
        true => layer_name(name),
        false => name.to_owned(),
    }
}

/// The name of the definition of a part of a node.
pub(super) fn layer_name(name: &str) -> String {
    format!("{name}_in_profile")
}

fn layer(node: &Value, nodes: &Object) -> Option<Value> {
    let mut schema = Schema::try_from(node.clone()).ok()?;
    let mut transform = RecursiveTransform(|schema: &mut Schema| {
        let Some(object) = schema.as_object_mut() else { return };
        object.remove("required");
        object.remove("default");
        for key in ["anyOf", "oneOf"] {
            let only_requires = |schema: &Value| {
                schema.as_object().is_some_and(|s| s.keys().all(|key| key == "required"))
            };
            let alternatives = object.get(key).and_then(Value::as_array);
            if alternatives.is_some_and(|schemas| schemas.iter().all(only_requires)) {
                object.remove(key);
            }
        }
        let name = object.get("$ref").and_then(Value::as_str);
        if let Some(name) = name.and_then(|name| name.strip_prefix(DEFINITIONS)) {
            let layer = layer_of(name, nodes);
            object.insert("$ref".to_owned(), json!(format!("{DEFINITIONS}{layer}")));
        }
    });
    transform.transform(&mut schema);
    Some(schema.to_value())
}
