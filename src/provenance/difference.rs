//! What differs between what two figures were made from, key by key.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Provenance;
use crate::diagnostic::shorten;

/// What has changed from `old` to `new`, a line for each key, file and version: `data.line.seed 3
/// -> 4`. Empty if nothing has.
pub fn lines(old: &Provenance, new: &Provenance) -> Vec<String> {
    let mut lines = Vec::new();
    if old.elbow != new.elbow {
        lines.push(format!("elbow {} -> {}", shorten(&old.elbow), new.elbow));
    }
    let [before, after] = [&old.config, &new.config].map(|config| keys(config));
    let all: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in all {
        match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) if before != after => {
                lines.push(format!("{key} {} -> {}", shorten(before), shorten(after)));
            }
            (Some(before), None) => lines.push(format!("{key} {} -> left out", shorten(before))),
            (None, Some(after)) => lines.push(format!("{key} not set -> {}", shorten(after))),
            _ => {}
        }
    }
    for input in &new.inputs {
        let before = old.inputs.iter().find(|before| before.name == input.name);
        if before.is_some_and(|before| before.sha256 != input.sha256) {
            lines.push(format!("the content of `{}`", input.name));
        }
    }
    // Whatever it is, it must not be taken for the same.
    if lines.is_empty() && old != new {
        lines.push("how the config is written down".to_owned());
    }
    lines
}

/// All keys that hold no table, by their path.
fn keys(config: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let table: Table = config.parse().unwrap_or_default();
    collect("", &table, &mut keys);
    keys
}

fn collect(path: &str, table: &Table, keys: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Table(inner) if !inner.is_empty() => collect(&path, inner, keys),
            value => {
                keys.insert(path, value.to_string());
            }
        }
    }
}
