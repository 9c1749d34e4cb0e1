//! The config as a JSON Schema: which keys there are, what they take, what they mean.
//!
//! What a node takes is derived from what serde reads, in each kind's own file, with its defaults
//! and ranges. Here the nodes are put together, and what is derived is made simple: TOML has no
//! null, names of types say nothing to users, and a table that names a kind has one key of many.

mod simple;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::assert;
use super::raw::{self, SCHEMA};
use super::theme;
use crate::figure::Plot;

/// The sections that are one table, and those whose tables have names of their own, each with what
/// it is.
const SECTIONS: [(&str, Holds, &str); 10] = [
    ("lecture", Holds::Keys, "The lecture that the figures are for."),
    ("output", Holds::Keys, "Where files go, and what all figures have in common."),
    ("theme", Holds::Nodes, "Colours, beside the themes `light`, `dark` and `print`."),
    ("data", Holds::Nodes, "Data sets."),
    ("fit", Holds::Nodes, "Models of data sets."),
    ("sweep", Holds::Nodes, "Fits that differ in one key or two, compared."),
    ("predict", Holds::Nodes, "What fits say of points that they need not be made from."),
    ("baseline", Holds::Nodes, "What scores would be if a part of the labels were random."),
    ("figure", Holds::Nodes, "What is drawn."),
    (
        "assert",
        Holds::Nodes,
        "What must hold of data sets, fits, scores, sweeps, predictions and baselines.",
    ),
];

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Keys.
    Keys,
    /// Tables with names.
    Nodes,
}

/// How a node may be called.
const NAME: &str = "^[A-Za-z0-9_-]{1,100}$";

/// Where definitions stand.
const DEFINITIONS: &str = "#/$defs/";

/// The schema as text.
pub fn text() -> String {
    // Keys of a value are texts, so that it can always be written.
    serde_json::to_string_pretty(&schema()).unwrap_or_default() + "\n"
}

/// The schema: JSON Schema 2020-12.
pub fn schema() -> Value {
    let nodes = nodes();
    let layers = simple::layers(&nodes);
    let mut properties = Map::new();
    properties.insert(
        "schema".to_owned(),
        json!({ "description": "The version of the format.", "const": SCHEMA }),
    );
    properties.insert(
        "include".to_owned(),
        json!({
            "description": "Files whose themes and style of output this config takes over, relative to this one; a later file wins over an earlier one, and this one over all.",
            "type": "array",
            "items": { "type": "string" },
        }),
    );
    let mut seed = json!({
        "description": "Where all streams of random numbers start that have no seed of their own.",
        "type": "integer",
        "minimum": 0,
    });
    let mut layer = Map::from_iter([("seed".to_owned(), seed.clone())]);
    seed["default"] = json!(0);
    properties.insert("seed".to_owned(), seed);
    properties.extend(sections(str::to_owned));
    layer.extend(sections(|name| simple::layer_of(name, &nodes)));
    properties.insert(
        "profile".to_owned(),
        named(
            "Other ways to run the config: what a profile says is laid over the rest when it is asked for by its name.",
            json!({
                "type": "object",
                "properties": layer,
                "additionalProperties": false,
            }),
        ),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "elbow",
        "description": "Lecture figures of variational inference: what to generate, fit, score and draw.",
        "type": "object",
        "properties": properties,
        "required": ["schema"],
        "additionalProperties": false,
        "$defs": nodes.into_iter().chain(layers).collect::<Map<_, _>>(),
    })
}

/// The sections, each with a reference to what `definition` calls its definition.
fn sections(definition: impl Fn(&str) -> String) -> Map<String, Value> {
    let section = |(name, holds, description): (&str, Holds, &str)| {
        let reference = format!("{DEFINITIONS}{}", definition(name));
        let section = match holds {
            Holds::Keys => json!({ "description": description, "$ref": reference }),
            Holds::Nodes => named(description, json!({ "$ref": reference })),
        };
        (name.to_owned(), section)
    };
    SECTIONS.into_iter().map(section).collect()
}

/// A table of tables with names.
fn named(description: &str, node: Value) -> Value {
    json!({
        "description": description,
        "type": "object",
        "propertyNames": { "pattern": NAME },
        "additionalProperties": node,
    })
}

/// What stands in the sections, by their names, and a plot, which stands in two places.
fn nodes() -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let derived = [
        ("lecture", derived::<raw::Lecture>(&mut generator)),
        ("output", derived::<raw::Output>(&mut generator)),
        ("theme", derived::<theme::Options>(&mut generator)),
        ("data", derived::<raw::Data>(&mut generator)),
        ("fit", derived::<raw::Fit>(&mut generator)),
        ("sweep", derived::<raw::Sweep>(&mut generator)),
        ("predict", derived::<raw::Predict>(&mut generator)),
        ("baseline", derived::<raw::Baseline>(&mut generator)),
        ("figure", derived::<raw::Figure>(&mut generator)),
        ("assert", derived::<assert::Options>(&mut generator)),
        ("plot", derived::<Plot>(&mut generator)),
    ];
    let definitions = generator.take_definitions(false);
    let plot = (Plot::schema_name(), format!("{DEFINITIONS}plot"));
    let node = |(name, mut schema): (&str, Schema)| {
        // The section says what its nodes are.
        schema.remove("description");
        simple::simplify(&mut schema, &definitions, &plot);
        (name.to_owned(), schema.to_value())
    };
    let mut nodes: Map<String, Value> = derived.into_iter().map(node).collect();
    // The model of a sweep is that of a fit, but what it lacks stands in `over`.
    let model = nodes.get_mut("sweep").and_then(|sweep| sweep.pointer_mut("/properties/model"));
    if let Some(Value::Object(model)) = model {
        model.retain(|key, _| key == "description");
        let fit = simple::layer_name("fit");
        model.insert("$ref".to_owned(), json!(format!("{DEFINITIONS}{fit}/properties/model")));
    }
    nodes
}

/// The schema of a type itself, not a reference to it.
fn derived<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}
