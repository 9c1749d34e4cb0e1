//! The numbers of a config's file, each at its place in the text, and texts with other numbers.
//!
//! A number is changed where it stands and nothing else is, so comments, layout and the way in which
//! all other values are written stay as they are.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::Layers;
use crate::diagnostic::shorten;

/// A number that a file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Number {
    /// Its key: `data.line.source.gaussian_mixture.means[1]`; items of lists count from zero.
    pub path: String,
    /// How it is written.
    pub text: String,
    /// Whether it is a whole number.
    pub whole: bool,
    /// Where it stands, in bytes.
    #[serde(skip)]
    pub span: Range<usize>,
}

/// The numbers of a config's text, in the order of the file. What a profile says is one of them only
/// if the profile was chosen, and what an override says otherwise is none. A text that is not TOML
/// has none.
pub fn numbers(text: &str, layers: &Layers) -> Vec<Number> {
    let mut numbers = Vec::new();
    let Ok(document) = DeTable::parse(text) else { return numbers };
    for (key, value) in document.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            // The version of the format is no quantity, and no figure shows what is asserted.
            ("schema" | "assert", _) => {}
            ("profile", DeValue::Table(all)) => {
                for (name, profile) in all {
                    if layers.profiles.iter().any(|chosen| *chosen == name.get_ref().as_ref()) {
                        let path = format!("profile.{}", name.get_ref());
                        walk(path, profile.get_ref(), profile.span(), text, &mut numbers);
                    }
                }
            }
            (name, inner) => walk(name.to_owned(), inner, value.span(), text, &mut numbers),
        }
    }
    let hidden: Vec<String> =
        layers.overrides.iter().filter_map(|over| Some(key(&over.text)?.join("."))).collect();
    let is_in = |path: &str, key: &String| {
        path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    numbers.retain(|number| !hidden.iter().any(|key| is_in(&number.path, key)));
    numbers.sort_by_key(|number| number.span.start);
    numbers
}

fn walk(
    path: String,
    value: &DeValue<'_>,
    span: Range<usize>,
    text: &str,
    numbers: &mut Vec<Number>,
) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table {
                let path = format!("{path}.{}", key.get_ref());
                walk(path, value.get_ref(), value.span(), text, numbers);
            }
        }
        DeValue::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                walk(format!("{path}[{i}]"), item.get_ref(), item.span(), text, numbers);
            }
        }
        DeValue::Integer(_) | DeValue::Float(_) => {
            let written = text.get(span.clone()).unwrap_or_default().to_owned();
            let whole = matches!(value, DeValue::Integer(_));
            let finite = written.replace('_', "").parse::<f64>().map_or(whole, f64::is_finite);
            if finite {
                numbers.push(Number { path, text: written, whole, span });
            }
        }
        _ => {}
    }
}

/// The names in the key of a line of TOML, `data.line.seed=3`; `None` if it is none.
pub(super) fn key(line: &str) -> Option<Vec<String>> {
    let parsed = DeTable::parse(line).ok()?;
    let (mut names, mut table) = (Vec::new(), parsed.get_ref());
    loop {
        let (name, value) = table.iter().next().filter(|_| table.len() == 1)?;
        names.push(name.get_ref().to_string());
        match value.get_ref() {
            // A table in braces is a value; one that comes from dots is a part of the key.
            DeValue::Table(inner) if !line.get(value.span())?.starts_with('{') => table = inner,
            _ => return Some(names),
        }
    }
}

/// The text with other numbers in place of those with these indices.
///
/// # Errors
///
/// All values that are no numbers, and indices of which there is no number.
pub fn replaced(
    text: &str,
    numbers: &[Number],
    values: &BTreeMap<usize, String>,
) -> Result<String, Vec<String>> {
    let mut changed = text.to_owned();
    let mut wrong = Vec::new();
    // From the end, so that what comes before keeps its place.
    for (index, value) in values.iter().rev() {
        match numbers.get(*index) {
            None => wrong.push("there is no such number in the config".to_owned()),
            Some(number) if !is_number(value) => {
                wrong.push(format!("`{}`: `{}` is no number", number.path, shorten(value)));
            }
            Some(number) => changed.replace_range(number.span.clone(), value),
        }
    }
    wrong.reverse();
    if wrong.is_empty() { Ok(changed) } else { Err(wrong) }
}

fn is_number(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    let line = format!("v={text}");
    let value = line.parse::<toml::Table>().ok().and_then(|table| table.get("v").cloned());
    let number = match value {
        Some(toml::Value::Integer(_)) => true,
        Some(toml::Value::Float(value)) => value.is_finite(),
        _ => false,
    };
    number && text.chars().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "schema = 1 # one\nseed = 0x1F\n[data.a] # two\nsource = { means = [0.0, -1e3], n = [1_0], s = \"3\" }\nx = inf\n[profile.p]\nseed = 5\n";

    #[test]
    fn numbers_are_found_with_their_keys_and_places() {
        let found = numbers(TEXT, &Layers::default());
        let paths: Vec<(&str, &str)> =
            found.iter().map(|n| (n.path.as_str(), n.text.as_str())).collect();
        assert_eq!(
            paths,
            [
                ("seed", "0x1F"),
                ("data.a.source.means[0]", "0.0"),
                ("data.a.source.means[1]", "-1e3"),
                ("data.a.source.n[0]", "1_0"),
            ]
        );
        assert!(found.iter().all(|n| TEXT[n.span.clone()] == n.text));
        let chosen = numbers(TEXT, &Layers { profiles: vec!["p".to_owned()], ..Layers::default() });
        assert_eq!(chosen.last().unwrap().path, "profile.p.seed");
        let over = Layers::of_sets(&["data . a.source.means=[3]".to_owned(), "x".to_owned()]);
        let left: Vec<String> = numbers(TEXT, &over).into_iter().map(|n| n.path).collect();
        assert_eq!(left, ["seed", "data.a.source.n[0]"]);
    }

    #[test]
    fn only_the_numbers_change() {
        let found = numbers(TEXT, &Layers::default());
        let values = BTreeMap::from([(0, "7".to_owned()), (2, "-2.5".to_owned())]);
        let changed = replaced(TEXT, &found, &values).unwrap();
        assert_eq!(changed, TEXT.replace("0x1F", "7").replace("-1e3", "-2.5"));
        for wrong in ["", "x", "1\nseed = 2", "1 # a", "nan", "\"1\"", "1,2"] {
            let values = BTreeMap::from([(0, wrong.to_owned())]);
            assert!(replaced(TEXT, &found, &values).is_err(), "{wrong:?}");
        }
        assert!(replaced(TEXT, &found, &BTreeMap::from([(9, "1".to_owned())])).is_err());
        assert_eq!(numbers("a = 1\nb = [2, = 3", &Layers::default()), []);
    }
}
