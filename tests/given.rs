//! The model without inference.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{assert_close, assert_distributions, line, messages, numpy, parse};
use elbow::data::{Shape, Source};
use elbow::diagnostic::Problems;
use elbow::model::{self, Model, Responsibilities, Stop};
use ndarray::array;
use serde_json::json;
use std::path::Path;

fn resolve(text: &str, dimensions: usize) -> Result<model::Spec, String> {
    let model: Model = parse(text);
    let shape =
        Shape { points: 3, dimensions, components: None, truth: false, columns: Vec::new() };
    let mut problems = Problems::default();
    model
        .resolve(&shape, elbow::random::Generator::Chacha, &mut problems)
        .ok_or_else(|| messages(problems))
}

#[test]
fn a_given_mixture_has_one_state_and_bayes_responsibilities() {
    let spec = resolve("given = { means = [-1, 1], weights = [0.25, 0.75], sd = 1 }", 1).unwrap();
    assert_eq!((spec.kind(), spec.components()), ("given", 2));
    let points = line(&[0.0, 0.5, -2.0]);
    let fit = model::fit(&spec, points.view(), &mut *numpy(0), &model::unwatched).unwrap();
    assert_eq!((fit.iterations(), fit.stop, fit.components()), (0, Stop::NotIterative, 2));
    let r = fit.responsibilities(points.view(), 7);
    assert_distributions(r.view());
    for (row, x) in r.rows().into_iter().zip([0.0_f64, 0.5, -2.0]) {
        // The odds of the components are 1 : 3 e^{2x}.
        assert_close("r", &[row[0]], &[1.0 / (1.0 + 3.0 * (2.0 * x).exp())], 1e-15);
    }
    let json = fit.to_json(points.view(), Responsibilities::Omit);
    assert_eq!(
        json,
        json!({
            "iterations": 0, "stop": "not_iterative", "restart": 0, "weights": [0.25, 0.75],
            "means": [[-1.0], [1.0]], "covariances": [[[1.0]], [[1.0]]],
        })
    );
}

#[test]
fn the_data_source_and_the_model_have_the_same_rules() {
    for keys in [
        "means = []",
        "means = [0, [1, 2], nan]",
        "means = [0, 1], sd = [1.0, -1.0, 0.0]",
        "means = [0], sd = 1, covariances = [[[1]]]",
        "means = [[0, 0]], covariances = [[[1, 2], [2, 1]], [[1]]]",
        "means = [0, 1], weights = [0.5, 0.6]",
        "means = [0, 1], weights = [1.0, 0.0, 0.0]",
    ] {
        let model = resolve(&format!("given = {{ {keys} }}"), 1).unwrap_err();
        let size = if keys.contains("weights") { "total = 1" } else { "samples = 1" };
        let source: Source = parse(&format!("gaussian_mixture = {{ {keys}, {size} }}"));
        let mut problems = Problems::default();
        assert!(source.resolve(Path::new(""), &mut problems).is_none());
        assert_eq!(model, messages(problems), "{keys}");
    }
}

#[test]
fn weights_are_equal_by_default_and_covariances_can_be_full() {
    let text = "given = { means = [[0, 0], [1, 2]], covariances = [[[2, 0.5], [0.5, 1]], [[1, 0], [0, 1]]] }";
    let spec = resolve(text, 2).unwrap();
    let fit =
        model::fit(&spec, array![[0.0, 0.0]].view(), &mut *numpy(0), &model::unwatched).unwrap();
    let mixture = fit.mixture(0);
    assert_eq!(mixture.weights, [0.5, 0.5]);
    assert_eq!(mixture.covariances[0], array![[2.0, 0.5], [0.5, 1.0]]);
}
