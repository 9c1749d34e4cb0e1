//! TOML in one fixed layout: a table a node, short tables on a line, keys in alphabetical order.

use toml::{Table, Value};

use super::super::document::NAMED_SECTIONS;

/// A line is no longer than this, where it can be helped.
const WIDTH: usize = 100;

/// What stands before the named sections.
const FIRST: [&str; 2] = ["lecture", "output"];

/// A document: `schema`, other single values, then tables, named ones in their own order.
pub(super) fn print(document: &Table) -> String {
    let mut out = String::new();
    let (tables, mut plain): (Vec<_>, Vec<_>) =
        document.iter().partition(|(_, value)| value.is_table());
    plain.sort_by_key(|(key, _)| (key.as_str() != "schema", key.as_str()));
    for (key, value) in plain {
        line(&mut out, key, value);
    }
    let mut tables: Vec<(&String, &Table)> =
        tables.into_iter().filter_map(|(key, value)| Some((key, value.as_table()?))).collect();
    tables.sort_by_key(|(key, _)| (place(key), key.as_str()));
    for (key, table) in tables {
        match NAMED_SECTIONS.contains(&key.as_str()) {
            true => {
                for (name, node) in table {
                    let path = format!("{}.{}", self::key(key), self::key(name));
                    match node {
                        Value::Table(node) => block(&mut out, &path, node),
                        value => line(&mut out, &path, value),
                    }
                }
            }
            false if table.is_empty() => {}
            false => block(&mut out, &self::key(key), table),
        }
    }
    out
}

/// The place of a table of the document among all.
pub(super) fn place(key: &str) -> usize {
    let mut known = FIRST.into_iter().chain(NAMED_SECTIONS);
    known.position(|k| k == key).unwrap_or(usize::MAX)
}

/// A table under its header; tables in it that are too long for a line follow under their own.
fn block(out: &mut String, path: &str, table: &Table) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&format!("[{path}]\n"));
    let mut entries: Vec<(&String, &Value)> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.as_str());
    let mut long = Vec::new();
    for (key, value) in entries {
        match value {
            Value::Table(table) if entry(key, value).chars().count() > WIDTH => {
                long.push((self::key(key), table));
            }
            _ => line(out, key, value),
        }
    }
    for (key, mut table) in long {
        let mut path = format!("{path}.{key}");
        while let Some((key, Value::Table(inner))) = only(table) {
            path.push_str(&format!(".{}", self::key(key)));
            table = inner;
        }
        block(out, &path, table);
    }
}

/// `key = value` on a line; a list that is too long for that has a line for each item.
fn line(out: &mut String, key: &str, value: &Value) {
    let short = entry(key, value);
    match value {
        Value::Array(items) if short.chars().count() > WIDTH => {
            out.push_str(&format!("{} = [\n", self::key(key)));
            for item in items {
                out.push_str(&format!("  {},\n", inline(item)));
            }
            out.push_str("]\n");
        }
        _ => {
            out.push_str(&short);
            out.push('\n');
        }
    }
}

/// `key = value`; tables of one key are written as `key.inner = value`.
fn entry(key: &str, value: &Value) -> String {
    let (mut path, mut value) = (self::key(key), value);
    while let Some((key, inner)) = value.as_table().and_then(only) {
        path.push_str(&format!(".{}", self::key(key)));
        value = inner;
    }
    format!("{path} = {}", inline(value))
}

fn only(table: &Table) -> Option<(&String, &Value)> {
    table.iter().next().filter(|_| table.len() == 1)
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) if value.is_nan() => "nan".to_owned(),
        // The shortest text that gives the number back, which is TOML.
        Value::Float(value) => format!("{value:?}"),
        Value::Boolean(value) => value.to_string(),
        Value::Datetime(value) => value.to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let mut entries: Vec<(&String, &Value)> = table.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| entry(key, value)).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A key, in quotes if it needs them.
pub(super) fn key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !key.is_empty() && key.chars().all(plain) {
        true => key.to_owned(),
        false => quoted(key),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
seed = 3   # a comment
output = { name = "x_{figure}", dpi = 2e2 }
schema = 1
[figure.b]
plot.elbo = { quantity = "elbo", fit = "f" }
title = 'a "b" \c'
"odd key" = [1, 1e-10, -0.0, inf, true]
[figure.a]
panels.plots = [{ plot.elbo = { fit = "ffffffffffffffffffffffffffffffff" } }, { plot.elbo = { fit = "ffffffffffffffffffffffffffffffff" } }]
[data.l.source.gaussian_mixture]
means = [0, 1]
covariances = [[[0.7, 0.2], [0.2, 0.1]], [[0.5, 0.0], [0.0, 0.1]], [[0.5, 0.0], [0.0, 0.1]], [[0.5, 0.0], [0.0, 0.1]]]
"#;

    const PRINTED: &str = r#"schema = 1
seed = 3

[output]
dpi = 200.0
name = "x_{figure}"

[data.l]

[data.l.source.gaussian_mixture]
covariances = [
  [[0.7, 0.2], [0.2, 0.1]],
  [[0.5, 0.0], [0.0, 0.1]],
  [[0.5, 0.0], [0.0, 0.1]],
  [[0.5, 0.0], [0.0, 0.1]],
]
means = [0, 1]

[figure.b]
"odd key" = [1, 1e-10, -0.0, inf, true]
plot.elbo = { fit = "f", quantity = "elbo" }
title = "a \"b\" \\c"

[figure.a]

[figure.a.panels]
plots = [
  { plot.elbo.fit = "ffffffffffffffffffffffffffffffff" },
  { plot.elbo.fit = "ffffffffffffffffffffffffffffffff" },
]
"#;

    #[test]
    fn the_layout_is_fixed_and_reads_as_what_was_written() {
        let written: Table = WRITTEN.parse().unwrap();
        let printed = print(&written);
        assert_eq!(printed, PRINTED);
        assert_eq!(printed.parse::<Table>().unwrap(), written);
        assert_eq!(print(&printed.parse().unwrap()), printed);
    }
}
