//! Every number that a slide may quote: as JSON in full, as TeX and Typst definitions rounded.
//!
//! A definition has the name of its number's path in `numbers.json`, where lists count from one, with
//! three exceptions. The means of one-dimensional data are numbers and not lists of one. `match`
//! says which component stands for a true one, and counts them from one as the names do. The rows of
//! a baseline have no place in a list but a score and a percentage of redrawn labels.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

const TEX_HEADER: [&str; 6] = [
    "% Made by elbow; do not edit. Each number has the name of its path in numbers.json, with",
    "% digits spelled out: \\FitCaviMeansOne is the first of fit.cavi.means. Lists and components",
    "% count from one, those of numbers.json from zero. Where a mean has several coordinates, the",
    "% second of the first component is \\FitVbMeansOneTwo. A baseline's numbers are named by score",
    "% and percentage of redrawn labels: \\BaselinePermutedLogLossAtFiveMean is at 5 %,",
    "% \\BaselinePermutedLogLossAtTwoPointFiveMean at 2.5 %.",
];

const TYPST_HEADER: [&str; 6] = [
    "// Made by elbow; do not edit. Each number has the name of its path in numbers.json, with",
    "// hyphens: fit-cavi-means-1 is the first of fit.cavi.means. Lists and components count from",
    "// one, those of numbers.json from zero. Where a mean has several coordinates, the second of",
    "// the first component is fit-vb-means-1-2. A baseline's numbers are named by score and",
    "// percentage of redrawn labels: baseline-permuted-log-loss-at-5-mean is at 5 %,",
    "// baseline-permuted-log-loss-at-2-point-5-mean at 2.5 %.",
];

/// One number or word with its path, such as `fit.cavi.iterations`.
struct Entry {
    path: Vec<String>,
    value: Value,
}

/// `\newcommand`s, one a number: `fit.cavi.elbo` is `\FitCaviElbo`, `fit.cavi.means[0]` is
/// `\FitCaviMeansOne`, and of `baseline.permuted` the mean log loss with 5 % of the labels redrawn is
/// `\BaselinePermutedLogLossAtFiveMean`.
pub fn tex(numbers: &Value) -> String {
    let mut lines: Vec<String> = TEX_HEADER.map(str::to_owned).into();
    let mut taken = BTreeSet::new();
    for entry in flatten(&quotable(numbers)) {
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

/// `#let`s, one a number: `fit.cavi.elbo` is `fit-cavi-elbo`, `fit.cavi.means[0]` is
/// `fit-cavi-means-1`, and of `baseline.permuted` the mean log loss with 5 % of the labels redrawn is
/// `baseline-permuted-log-loss-at-5-mean`.
pub fn typst(numbers: &Value) -> String {
    let mut lines: Vec<String> = TYPST_HEADER.map(str::to_owned).into();
    let mut taken = BTreeSet::new();
    for entry in flatten(&quotable(numbers)) {
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

/// Every number and word by its name: its path with dots, where lists count from one.
pub fn by_name(numbers: &Value) -> IndexMap<String, Value> {
    let entries = flatten(&quotable(numbers)).into_iter();
    entries.map(|entry| (entry.path.join("."), entry.value)).collect()
}

/// The numbers as they are named: see the top of this file.
fn quotable(numbers: &Value) -> Value {
    let mut all = numbers.clone();
    for mean in nodes(&mut all, "fit").filter_map(|fit| fit.get_mut("means")).flat_map(items) {
        if let Some([number]) = mean.as_array().map(Vec::as_slice) {
            *mean = number.clone();
        }
    }
    for k in nodes(&mut all, "score").filter_map(|score| score.get_mut("match")).flat_map(items) {
        if let Some(index) = k.as_u64() {
            *k = Value::from(index + 1);
        }
    }
    all
}

/// The nodes of a section.
fn nodes<'a>(all: &'a mut Value, section: &str) -> impl Iterator<Item = &'a mut Value> {
    let section = all.get_mut(section).and_then(Value::as_object_mut);
    section.into_iter().flat_map(|nodes| nodes.values_mut())
}

/// The items of a list.
fn items(list: &mut Value) -> impl Iterator<Item = &mut Value> {
    list.as_array_mut().into_iter().flatten()
}

/// `name`, with `mark` at its end as often as it takes to be unlike all before it: `fit.a_2` and
/// `fit.a2` are one name in TeX, which refuses to define it twice.
pub fn distinct(mut name: String, mark: &str, taken: &mut BTreeSet<String>) -> String {
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
            Value::Array(list) => list.iter().enumerate().for_each(|(i, item)| match row(item) {
                Some((name, row)) => deeper(name, &row),
                None => deeper((i + 1).to_string(), item),
            }),
            leaf => entries.push(Entry { path: path.clone(), value: leaf.clone() }),
        }
    }
    let mut entries = Vec::new();
    walk(numbers, &mut Vec::new(), &mut entries);
    entries
}

/// The name of a baseline's row, such as `log_loss_at_5`, `log_loss_at_2_point_5` or, in its finer
/// beginning, `log_loss_beginning_at_1`, and the rest of the row.
fn row(value: &Value) -> Option<(String, Value)> {
    let mut rest = value.as_object()?.clone();
    let (score, fraction) = (rest.shift_remove("score")?, rest.shift_remove("fraction")?);
    let part = match rest.shift_remove("part") {
        Some(Value::String(part)) if part != "all" => format!("_{part}"),
        _ => String::new(),
    };
    let percent = format!("{:.2}", 100.0 * fraction.as_f64()?);
    let percent = percent.trim_end_matches('0').trim_end_matches('.').replace('.', "_point_");
    Some((format!("{}{part}_at_{percent}", score.as_str()?), Value::Object(rest)))
}

/// A leaf as it may be quoted: whole numbers as they are, others to three decimals and at least four
/// significant digits, words without anything that TeX would read as a command.
fn rounded(value: &Value) -> Option<String> {
    match value {
        Value::Number(n) if n.is_f64() => n.as_f64().map(significant),
        Value::Number(n) => Some(n.to_string()),
        Value::String(word) if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            Some(word.replace('_', " "))
        }
        _ => None,
    }
}

fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.3e}");
    let exponent = scientific.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok());
    match exponent.unwrap_or_default() {
        small @ -3..0 => format!("{value:.*}", 3 + small.unsigned_abs() as usize),
        0..9 => format!("{value:.3}"),
        _ => scientific,
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

    #[track_caller]
    fn check(numbers: &Value, expected_tex: &[&str], expected_typst: &[&str]) {
        let lines = |text: String| -> Vec<String> {
            text.lines().filter(|l| !l.starts_with(['%', '/'])).map(str::to_owned).collect()
        };
        assert_eq!(lines(tex(numbers)), expected_tex);
        assert_eq!(lines(typst(numbers)), expected_typst);
    }

    #[test]
    fn means_in_one_dimension_are_named_as_documented() {
        check(
            &json!({"fit": {"cavi": {"means": [[0.5], null, [2.5]]}}}),
            &[
                "\\newcommand{\\FitCaviMeansOne}{0.5000}",
                "\\newcommand{\\FitCaviMeansThree}{2.500}",
            ],
            &["#let fit-cavi-means-1 = 0.5000", "#let fit-cavi-means-3 = 2.500"],
        );
        check(
            &json!({"fit": {"vb": {"means": [[1.5, 2.5]]}}}),
            &["\\newcommand{\\FitVbMeansOneOne}{1.500}", "\\newcommand{\\FitVbMeansOneTwo}{2.500}"],
            &["#let fit-vb-means-1-1 = 1.500", "#let fit-vb-means-1-2 = 2.500"],
        );
    }

    #[test]
    fn components_count_from_one_in_values_as_in_names() {
        check(
            &json!({"score": {"cavi": {"match": [0, 2, null]}}}),
            &["\\newcommand{\\ScoreCaviMatchOne}{1}", "\\newcommand{\\ScoreCaviMatchTwo}{3}"],
            &["#let score-cavi-match-1 = 1", "#let score-cavi-match-2 = 3"],
        );
    }

    #[test]
    fn rows_of_a_baseline_are_named_by_what_they_are() {
        for (score, fraction, tex, typst) in [
            ("log_loss", 0.0, "LogLossAtZero", "log-loss-at-0"),
            ("log_loss", 3.0 * 0.05, "LogLossAtOneFive", "log-loss-at-15"),
            ("accuracy", 0.025, "AccuracyAtTwoPointFive", "accuracy-at-2-point-5"),
            ("accuracy", 1.0, "AccuracyAtOneZeroZero", "accuracy-at-100"),
        ] {
            let row = json!({"score": score, "fraction": fraction, "mean": 1.5});
            check(
                &json!({"baseline": {"b": [row]}}),
                &[&format!("\\newcommand{{\\BaselineB{tex}Mean}}{{1.500}}")],
                &[&format!("#let baseline-b-{typst}-mean = 1.500")],
            );
        }
    }

    #[test]
    fn rows_too_near_to_each_other_have_different_names_all_the_same() {
        let rows = [0.5, 0.500_001].map(|f| json!({"score": "accuracy", "fraction": f, "low": 0}));
        check(
            &json!({"baseline": {"b": rows}}),
            &[
                "\\newcommand{\\BaselineBAccuracyAtFiveZeroLow}{0}",
                "\\newcommand{\\BaselineBAccuracyAtFiveZeroLowx}{0}",
            ],
            &["#let baseline-b-accuracy-at-50-low = 0", "#let baseline-b-accuracy-at-50-low-x = 0"],
        );
    }

    #[test]
    fn small_numbers_keep_four_digits() {
        for (value, expected) in [
            (0.0012, "0.001200"),
            (-0.05, "-0.05000"),
            (0.784_333, "0.7843"),
            (0.099_999_9, "0.1000"),
            (0.999_999, "1.000"),
            (1.0, "1.000"),
            (6243.0123, "6243.012"),
            (0.000_999_99, "0.001000"),
            (0.000_123_456, "1.235e-4"),
            (1e9, "1.000e9"),
            (5e-324, "4.941e-324"),
            (0.0, "0"),
        ] {
            assert_eq!(rounded(&json!(value)).unwrap(), expected, "{value}");
        }
    }
}
