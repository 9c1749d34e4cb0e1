//! Every number that a slide may quote: as JSON in full, as TeX and Typst definitions rounded.

use std::collections::BTreeSet;

use serde_json::Value;

/// One number or word with its path, such as `fit.cavi.iterations`.
struct Entry {
    path: Vec<String>,
    value: Value,
}

/// `\newcommand`s, one a number: `fit.cavi.elbo` is `\FitCaviElbo`, `fit.cavi.means[0]` is
/// `\FitCaviMeansOne`.
pub fn tex(numbers: &Value) -> String {
    let mut lines = vec![
        "% Made by elbow; do not edit. Each number has the name of its path in numbers.json."
            .to_owned(),
    ];
    let mut taken = BTreeSet::new();
    for entry in flatten(numbers) {
        let name: String = entry.path.iter().map(|part| macro_part(part)).collect();
        let name = distinct(name, "x", &mut taken);
        if let Some(value) = rounded(&entry.value) {
            let plain = entry.value.is_string() || !value.contains(['-', 'e']);
            let text = match plain {
                true => value,
                false => format!("\\ensuremath{{{}}}", exponent(&value, "\\cdot 10^{", "}")),
            };
            lines.push(format!("\\newcommand{{\\{name}}}{{{text}}}"));
        }
    }
    lines.join("\n") + "\n"
}

/// `#let`s, one a number: `fit.cavi.elbo` is `fit-cavi-elbo`.
pub fn typst(numbers: &Value) -> String {
    let mut lines = vec![
        "// Made by elbow; do not edit. Each number has the name of its path in numbers.json."
            .to_owned(),
    ];
    let mut taken = BTreeSet::new();
    for entry in flatten(numbers) {
        let name = distinct(entry.path.join("-").replace('_', "-"), "-x", &mut taken);
        if let Some(value) = rounded(&entry.value) {
            let text = match entry.value {
                Value::String(_) => format!("\"{value}\""),
                _ => value,
            };
            lines.push(format!("#let {name} = {text}"));
        }
    }
    lines.join("\n") + "\n"
}

/// `name`, with `mark` at its end as often as it takes to be unlike all before it: `fit.a_2` and
/// `fit.a2` are one name in TeX, which refuses to define it twice.
fn distinct(mut name: String, mark: &str, taken: &mut BTreeSet<String>) -> String {
    while !taken.insert(name.clone()) {
        name.push_str(mark);
    }
    name
}

fn exponent(value: &str, before: &str, after: &str) -> String {
    match value.split_once('e') {
        Some((mantissa, power)) => format!("{mantissa} {before}{power}{after}"),
        None => value.to_owned(),
    }
}

fn flatten(numbers: &Value) -> Vec<Entry> {
    fn walk(value: &Value, path: &mut Vec<String>, entries: &mut Vec<Entry>) {
        let mut deeper = |key: String, value: &Value| {
            path.push(key);
            walk(value, path, entries);
            path.pop();
        };
        match value {
            Value::Object(map) => map.iter().for_each(|(key, v)| deeper(key.clone(), v)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, v)| deeper((i + 1).to_string(), v))
            }
            leaf => entries.push(Entry { path: path.clone(), value: leaf.clone() }),
        }
    }
    let mut entries = Vec::new();
    walk(numbers, &mut Vec::new(), &mut entries);
    entries
}

/// A leaf as it may be quoted: whole numbers as they are, others to three decimals, words without
/// anything that TeX would read as a command.
fn rounded(value: &Value) -> Option<String> {
    match value {
        Value::Number(n) if n.is_f64() => {
            let value = n.as_f64()?;
            Some(match value.abs() {
                0.0 => "0".to_owned(),
                v if !(1e-3..1e9).contains(&v) => format!("{value:.3e}"),
                _ => format!("{value:.3}"),
            })
        }
        Value::Number(n) => Some(n.to_string()),
        Value::String(word) if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            Some(word.replace('_', " "))
        }
        _ => None,
    }
}

/// A part of a path as a part of a TeX macro's name, which has letters only: `log_loss` is
/// `LogLoss`, `2` is `Two`.
pub fn macro_part(part: &str) -> String {
    const DIGITS: [&str; 10] =
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let mut name = String::new();
    let mut start = true;
    for c in part.chars() {
        match c {
            '0'..='9' => {
                name.push_str(DIGITS[c as usize - '0' as usize]);
                start = true;
            }
            c if c.is_ascii_alphabetic() => {
                name.push(if start { c.to_ascii_uppercase() } else { c });
                start = false;
            }
            _ => start = true,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_become_definitions_with_names_of_letters() {
        let numbers = json!({"fit": {"cavi_2": {"elbo": -6243.0123, "iterations": 96, "means": [0.5, 2e-7], "stop": "iteration_limit", "end": "converged"}}});
        let text = tex(&numbers);
        assert!(text.contains("\\newcommand{\\FitCaviTwoElbo}{\\ensuremath{-6243.012}}"), "{text}");
        assert!(text.contains("\\newcommand{\\FitCaviTwoIterations}{96}"), "{text}");
        assert!(
            text.contains("\\newcommand{\\FitCaviTwoMeansTwo}{\\ensuremath{2.000 \\cdot 10^{-7}}}"),
            "{text}"
        );
        assert!(text.contains("{iteration limit}"), "{text}");
        assert!(text.contains("{converged}"), "{text}");
        let text = typst(&numbers);
        assert!(text.contains("#let fit-cavi-2-elbo = -6243.012"), "{text}");
        assert!(text.contains("#let fit-cavi-2-stop = \"iteration limit\""), "{text}");
    }
}
