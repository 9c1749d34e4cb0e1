//! What the tests of models and scores share.

#![allow(dead_code, reason = "every test file uses its own part of it")]

pub(crate) mod evidence;

use elbow::model::History;
use elbow::model::bayesian_mixture::{CovarianceType, Family, Init, Spec, WeightPrior};
use elbow::random::{Generator, Random, Seed, stream};
use ndarray::{Array2, ArrayView2};
use serde_json::Value;

/// A stream of `numpy.random.RandomState(seed)`.
pub(crate) fn numpy(seed: u64) -> Box<dyn Random> {
    stream(Generator::Numpy, &Seed::Own(seed))
}

/// A Bayesian mixture with the defaults of the config for numpy's generator.
pub(crate) fn spec(components: usize, dimensions: usize) -> Spec {
    Spec {
        components,
        covariance: CovarianceType::Diag,
        family: Family::ScikitLearn,
        weight_prior: WeightPrior::DirichletDistribution,
        weight_concentration_prior: 1.0 / components as f64,
        mean_precision_prior: 1.0,
        mean_prior: None,
        degrees_of_freedom_prior: dimensions as f64,
        covariance_prior: None,
        init: Init::Random,
        reg_covar: 1e-6,
        max_iter: 100,
        tol: 1e-3,
        restarts: 1,
        history: History::Iterations,
    }
}

/// A committed fixture.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap()
}

/// A JSON list of numbers, or a number for a list of one.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or_else(|| panic!("not a number: {other}"))],
    }
}

/// A JSON list of lists of numbers.
pub(crate) fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    Array2::from_shape_vec((rows.len(), columns), numbers(value)).unwrap()
}

/// Whether `actual` is `expected` to the tolerance, relative to `1 + |expected|`.
#[track_caller]
pub(crate) fn assert_close(what: &str, actual: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths");
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        let error = (a - e).abs() / (1.0 + e.abs());
        assert!(error <= tolerance, "{what}[{i}] is {a:?}, not {e:?}: off by {error:e}");
    }
}

/// Whether `actual` is `expected` to the tolerance, relative to `|expected|` alone.
#[track_caller]
pub(crate) fn assert_relative(what: &str, actual: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths");
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        let error = (a - e).abs();
        assert!(error <= tolerance * e.abs(), "{what}[{i}] is {a:?}, not {e:?}");
    }
}

/// N x 1 points.
pub(crate) fn line(x: &[f64]) -> Array2<f64> {
    Array2::from_shape_vec((x.len(), 1), x.to_vec()).unwrap()
}

/// Whether every row sums to 1 and nothing is negative.
#[track_caller]
pub(crate) fn assert_distributions(responsibilities: ArrayView2<'_, f64>) {
    for row in responsibilities.rows() {
        // A row of K numbers rounds K times.
        assert!((row.sum() - 1.0).abs() < 1e-14, "a row sums to {}", row.sum());
        assert!(row.iter().all(|&r| r >= 0.0));
    }
}

/// Resolves options written in TOML.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|e| panic!("{e}"))
}

/// The messages and hints of all mistakes, one a line.
pub(crate) fn messages(problems: elbow::diagnostic::Problems) -> String {
    problems
        .sorted()
        .into_iter()
        .map(|d| format!("{}; hint: {}\n", d.message, d.hint.unwrap_or_default()))
        .collect()
}
