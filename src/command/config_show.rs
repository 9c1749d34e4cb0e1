//! `elbow config show`: the config as it counts, and where its values come from.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use toml::Value;

use super::load::{Overrides, load};
use super::{Exit, progress};
use crate::config::canonical;
use crate::config::origin::{self, Origin, Shown};

/// Print a config as it counts, with all that is laid over it, and where its values come from.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The config.
    config: PathBuf,
    #[command(flatten)]
    overrides: Overrides,
    /// Print one value a line, defaults too, each with what has set it: `default`, a file and its
    /// line, a profile or `--set`; and with the values that it won over.
    #[arg(long)]
    origin: bool,
    /// How to print; JSON is a list of all values with their origins.
    #[arg(long, value_enum, default_value_t = As::Text)]
    format: As,
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum As {
    /// For people: TOML.
    Text,
    /// For programs.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let layers = arguments.overrides.layers();
    let loaded = match load(std::slice::from_ref(&arguments.config), &layers) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let Some(one) = loaded.first() else { return Exit::Wrong };
    if arguments.format == As::Text && !arguments.origin {
        return progress::print(&one.text);
    }
    let values = match read(&arguments.config) {
        Ok(text) => origin::values(&arguments.config, &text, &layers, &one.plan),
        Err(exit) => return exit,
    };
    progress::print(&match arguments.format {
        As::Text => text(&values),
        As::Json => format!("{:#}\n", Json::Array(values.iter().map(json).collect())),
    })
}

/// The text of a config that was read a moment ago.
fn read(path: &Path) -> Result<String, Exit> {
    std::fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        progress::error(&format!("cannot read `{shown}`: {error}\nhint: try again"));
        Exit::InputOutput
    })
}

/// What is longer than this does not move the origins of other values to the right.
const WIDEST: usize = 64;

/// One value a line, and what has set it as a comment.
fn text(values: &[Shown]) -> String {
    let lines: Vec<(String, &Shown)> = values
        .iter()
        .map(|v| (format!("{} = {}", v.path, canonical::value(&v.value)), v))
        .collect();
    let widths = lines.iter().map(|(line, _)| line.chars().count());
    let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or_default();
    lines
        .iter()
        .map(|(line, shown)| {
            let over: String = shown
                .over
                .iter()
                .map(|(value, by)| format!(", over {} from {}", canonical::value(value), name(by)))
                .collect();
            format!("{line:width$}  # {}{over}\n", name(&shown.origin))
        })
        .collect()
}

/// What has set a value.
fn name(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::Include { file, line } | Origin::File { file, line } => format!("{file}:{line}"),
        Origin::Profile { name, file, line } => format!("profile {name} ({file}:{line})"),
        Origin::Override { option } => option.clone(),
    }
}

/// A value for programs.
fn json(shown: &Shown) -> Json {
    let of = |value: &Value, origin: &Origin| {
        Map::from_iter([("value".to_owned(), plain(value)), ("origin".to_owned(), layer(origin))])
    };
    let mut entry = Map::from_iter([("path".to_owned(), json!(shown.path))]);
    entry.extend(of(&shown.value, &shown.origin));
    if !shown.over.is_empty() {
        let over = shown.over.iter().map(|(value, origin)| Json::Object(of(value, origin)));
        entry.insert("over".to_owned(), over.collect());
    }
    Json::Object(entry)
}

fn layer(origin: &Origin) -> Json {
    match origin {
        Origin::Default => json!({ "layer": "default" }),
        Origin::Include { file, line } => json!({ "layer": "include", "file": file, "line": line }),
        Origin::File { file, line } => json!({ "layer": "file", "file": file, "line": line }),
        Origin::Profile { name, file, line } => {
            json!({ "layer": "profile", "name": name, "file": file, "line": line })
        }
        Origin::Override { option } => json!({ "layer": option.trim_start_matches('-') }),
    }
}

/// A value as JSON; what JSON has no number for is text, as TOML writes it.
fn plain(value: &Value) -> Json {
    match value {
        Value::Float(number) if !number.is_finite() => json!(canonical::value(value)),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        value => serde_json::to_value(value).unwrap_or_default(),
    }
}
