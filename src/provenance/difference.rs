//! What differs between what two figures were made from, key by key.

use std::collections::{BTreeMap, BTreeSet};

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
    for (key, before, after) in changes(&before, &after) {
        let before = before.map_or("not set".to_owned(), |value| shorten(value));
        let after = after.map_or("left out".to_owned(), |value| shorten(value));
        lines.push(format!("{key} {before} -> {after}"));
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

/// What is not the same in two maps, in the order of the keys: the value before and the value after.
pub fn changes<'a, V: PartialEq>(
    before: &'a BTreeMap<String, V>,
    after: &'a BTreeMap<String, V>,
) -> Vec<(&'a str, Option<&'a V>, Option<&'a V>)> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let both = keys.into_iter().map(|key| (key.as_str(), before.get(key), after.get(key)));
    both.filter(|(_, before, after)| before != after).collect()
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
