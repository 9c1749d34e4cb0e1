//! Numbers of `numbers.json` and of the manifest, leaf by leaf.

use serde_json::Value;

use super::{Result, change, relative};

/// How far two numbers of a quantity may be from each other: relatively, or absolutely.
struct Tolerance {
    /// A part of the path.
    quantity: &'static str,
    relative: f64,
    absolute: f64,
}

/// Tolerances by quantity, the first that is named in the path; whole numbers and words must be the
/// same. What a fit converges to carries the rounding of all its iterations.
const TOLERANCES: [Tolerance; 7] = [
    Tolerance { quantity: "elbo", relative: 1e-9, absolute: 0.0 },
    Tolerance { quantity: "log_likelihood", relative: 1e-9, absolute: 0.0 },
    Tolerance { quantity: "means", relative: 1e-6, absolute: 1e-6 },
    Tolerance { quantity: "covariances", relative: 1e-6, absolute: 1e-9 },
    Tolerance { quantity: "weights", relative: 1e-6, absolute: 1e-9 },
    Tolerance { quantity: "accuracy", relative: 1e-12, absolute: 1e-12 },
    Tolerance { quantity: "", relative: 1e-7, absolute: 1e-9 },
];

/// Compares two JSON files.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let read = |bytes: &[u8], what: &str| {
        serde_json::from_slice::<Value>(bytes).map_err(|e| vec![format!("{what} no JSON: {e}")])
    };
    let expected = read(expected, "what the config gives is")?;
    let actual = read(actual, "the file is")?;
    let mut found = Found { largest: 0.0, differences: Vec::new() };
    found.walk(&mut Vec::new(), &expected, &actual);
    if found.differences.is_empty() { Ok(found.largest) } else { Err(found.differences) }
}

struct Found {
    largest: f64,
    differences: Vec<String>,
}

impl Found {
    fn walk(&mut self, path: &mut Vec<String>, expected: &Value, actual: &Value) {
        let hash = ["sha256".to_owned()];
        match (expected, actual) {
            (Value::Object(one), Value::Object(two)) => {
                for (key, value) in one {
                    path.push(key.clone());
                    match two.get(key) {
                        Some(other) => self.walk(path, value, other),
                        None => self.differences.push(format!("{} is missing", words(path))),
                    }
                    path.pop();
                }
                for key in two.keys().filter(|key| !one.contains_key(*key)) {
                    path.push(key.clone());
                    self.differences.push(format!("{} is not of this config", words(path)));
                    path.pop();
                }
            }
            (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
                for (index, (value, other)) in one.iter().zip(two).enumerate() {
                    path.push((index + 1).to_string());
                    self.walk(path, value, other);
                    path.pop();
                }
            }
            // The files themselves are compared.
            _ if path.first().is_some_and(|key| key == "outputs") && path.ends_with(&hash) => {}
            (Value::Number(one), Value::Number(two)) if one.is_f64() || two.is_f64() => {
                let [one, two] = [one, two].map(|n| n.as_f64().unwrap_or(f64::NAN));
                // A node may have the name of a quantity.
                let names = path.get(2..).unwrap_or_default();
                let allowed = TOLERANCES.iter().find(|t| {
                    t.quantity.is_empty() || names.iter().any(|p| p.contains(t.quantity))
                });
                let close = allowed.is_some_and(|t| {
                    relative(one, two) <= t.relative || (one - two).abs() <= t.absolute
                });
                match close {
                    true => self.largest = self.largest.max(relative(one, two)),
                    false => {
                        self.differences.push(format!("{}: {}", words(path), change(two, one)))
                    }
                }
            }
            (one, two) if one != two => {
                self.differences.push(format!("{}: {} -> {}", words(path), brief(two), brief(one)));
            }
            _ => {}
        }
    }
}

fn brief(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "a table".to_owned(),
        leaf => leaf.to_string(),
    }
}

/// A path in the words of the field: `fit.cavi.means.2.1` is `fit.cavi: posterior mean 2, 1`.
fn words(path: &[String]) -> String {
    let (node, rest) = path.split_at(path.len().min(2));
    // Only what is inferred is a posterior; a mean of the config is one of the truth.
    let of_fit = node.first().is_some_and(|section| section == "fit");
    let node = node.join(".");
    let mut text = String::new();
    for part in rest {
        let part = match part.as_str() {
            "elbo" if of_fit => "ELBO",
            "log_likelihood" if of_fit => "log-likelihood",
            "cost" if of_fit => "cost",
            "aic" if of_fit => "AIC",
            "bic" if of_fit => "BIC",
            "means" if of_fit => "posterior mean",
            "means" => "mean",
            "weights" => "weight",
            "covariances" => "covariance",
            "nmi" => "NMI",
            part => part,
        };
        let number = part.bytes().all(|b| b.is_ascii_digit());
        let after_number = text.ends_with(|c: char| c.is_ascii_digit());
        text += if number && after_number { ", " } else { " " };
        text += &part.replace('_', " ");
    }
    match rest.is_empty() {
        true => node,
        false => format!("{node}:{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn differences(expected: Value, actual: Value) -> Vec<String> {
        let [one, two] = [expected, actual].map(|value| value.to_string());
        compare(one.as_bytes(), two.as_bytes()).err().unwrap_or_default()
    }

    #[test]
    fn a_nudged_mean_is_named_and_rounding_is_not() {
        let fit = |mean: f64| json!({"fit": {"cavi": {"means": [[0.5], [mean]], "iterations": 9}}});
        assert_eq!(
            differences(fit(0.941), fit(0.934)),
            ["fit.cavi: posterior mean 2, 1: 0.934 -> 0.941"]
        );
        let truth = |mean: f64| json!({"plan": {"data": {"means": [mean]}}});
        assert_eq!(differences(truth(1.1), truth(1.0)), ["plan.data: mean 1: 1 -> 1.1"]);
        assert!(differences(fit(0.941), fit(0.941 + 1e-13)).is_empty());
        assert!(!differences(fit(0.941), fit(0.942)).is_empty());
    }

    #[test]
    fn whole_numbers_words_and_shapes_must_be_the_same() {
        let one = json!({"fit": {"cavi": {"iterations": 96, "stop": "converged", "m": [1, 2]}}});
        let two = json!({"fit": {"cavi": {"iterations": 97, "m": [1], "x": 0.5}}});
        assert_eq!(
            differences(one, two),
            [
                "fit.cavi: iterations: 97 -> 96",
                "fit.cavi: stop is missing",
                "fit.cavi: m: a list of 1 -> a list of 2",
                "fit.cavi: x is not of this config"
            ]
        );
    }
}
