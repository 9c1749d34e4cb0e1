//! k-means against scikit-learn's numbers, and what always holds of it.
//!
//! `fixtures/kmeans.json` is made by `fixtures/make_kmeans.py` (numpy 2.4.6, scipy 1.17.1, scikit-learn
//! 1.9.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;
mod program;

use common::{assert_close, assert_distributions, fixture, line, matrix, numbers, numpy};
use elbow::model::kmeans::{Init, Spec};
use elbow::model::{self, Fit, History, Objective, Responsibilities, Stop};
use ndarray::{Array2, ArrayView2, Axis, array};
use program::{check, elbow, files, folder, stdout};
use proptest::prelude::*;
use serde_json::Value;

/// The defaults of the config.
fn spec(components: usize) -> Spec {
    Spec {
        components,
        init: Init::KmeansPlusPlus,
        max_iter: 300,
        tol: 0.0,
        restarts: 1,
        history: History::Iterations,
    }
}

fn try_fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Result<Fit, String> {
    let spec = model::Spec::Kmeans(spec.clone());
    model::fit(&spec, points, &mut *numpy(seed), &model::unwatched)
}

fn fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Fit {
    try_fit(spec, points, seed).unwrap()
}

/// The sum of squares of the distances to the nearest mean.
fn cost(points: &Array2<f64>, means: &Array2<f64>) -> f64 {
    let nearest = |x: ndarray::ArrayView1<'_, f64>| {
        let distances = means.rows().into_iter().map(|m| (&x - &m).mapv(|d| d * d).sum());
        distances.fold(f64::INFINITY, f64::min)
    };
    points.rows().into_iter().map(nearest).sum()
}

#[test]
fn every_clustering_is_scikit_learns() {
    let fixture = fixture("kmeans.json");
    for (i, case) in fixture["cases"].as_array().unwrap().iter().enumerate() {
        let points = matrix(&fixture["points"][case["data"].as_str().unwrap()]);
        let options = &case["options"];
        let count = |key: &str, default: u64| options[key].as_u64().unwrap_or(default) as usize;
        let spec = Spec {
            init: match &case["means"] {
                Value::Null => Init::KmeansPlusPlus,
                means => Init::Means(matrix(means)),
            },
            max_iter: count("max_iter", 300),
            tol: options["tol"].as_f64().unwrap(),
            restarts: count("n_init", 1),
            ..spec(count("n_clusters", 1))
        };
        let fit = fit(&spec, points.view(), case["seed"].as_u64().unwrap());
        let json = fit.to_json(points.view(), Responsibilities::Include);
        assert_eq!(json["iterations"], case["n_iter"], "case {i}");
        let of = |value: &Value| numbers(value);
        assert_close("means", &of(&json["means"]), &of(&case["centres"]), 1e-12);
        assert_close("cost", &[*of(&json["cost"]).last().unwrap()], &of(&case["cost"]), 1e-12);
        let labels: Vec<usize> = matrix(&json["responsibilities"])
            .rows()
            .into_iter()
            .map(|row| row.iter().position(|r| *r == 1.0).unwrap())
            .collect();
        let theirs: Vec<usize> = numbers(&case["labels"]).iter().map(|k| *k as usize).collect();
        assert_eq!(labels, theirs, "case {i}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn the_cost_never_rises_and_is_that_of_the_means(
        seed in 0_u64..1 << 32, dimensions in 1_usize..4, components in 1_usize..8,
        rows in 8_usize..80, at_random: bool, doubled: bool,
    ) {
        let mut random = numpy(seed);
        let mut points = Array2::from_shape_simple_fn((rows, dimensions), || random.normal(3.0, 2.0));
        if doubled {
            // Fewer different points than there may be clusters.
            points = Array2::from_shape_fn((rows, dimensions), |(i, j)| points[[i % 3, j]]);
        }
        let init = if at_random { Init::Random } else { Init::KmeansPlusPlus };
        let fit = fit(&Spec { init, ..spec(components) }, points.view(), seed);
        let (objective, trace) = fit.objective().unwrap();
        prop_assert_eq!((objective, trace.first), (Objective::Cost, 0));
        prop_assert_eq!(fit.stop, Stop::Converged);
        for pair in trace.values.windows(2) {
            prop_assert!(pair[1] <= pair[0] + 1e-12 * (1.0 + pair[0]), "{:?}", trace.values);
        }
        let between = &fit.trace["cost_before_assignment"];
        for (moved, pair) in between.values.iter().zip(trace.values.windows(2)) {
            // An empty cluster takes a point, which may cost a cluster that is told nothing of it.
            let slack = 1e-12 * (1.0 + pair[0]) + if doubled { f64::INFINITY } else { 0.0 };
            prop_assert!(*moved <= pair[0] + slack && pair[1] <= *moved + slack);
        }
        for (t, value) in trace.values.iter().enumerate() {
            let expected = cost(&points, &fit.mixture(t).means);
            prop_assert!((value - expected).abs() <= 1e-10 * (1.0 + expected), "{} {}", value, expected);
        }
        let r = fit.responsibilities(points.view(), usize::MAX);
        assert_distributions(r.view());
        prop_assert!(r.iter().all(|r| *r == 0.0 || *r == 1.0));
    }
}

#[test]
fn both_halves_of_every_iteration_have_their_cost() {
    let points = line(&[0.0, 1.0, 2.0, 8.0, 9.0, 13.0]);
    let init = Init::Means(array![[0.0], [1.0]]);
    let fit = fit(&Spec { init, history: History::HalfSteps, ..spec(2) }, points.view(), 0);
    let cost = |at: usize| {
        let (r, means) = (fit.responsibilities(points.view(), at), fit.mixture(at).means);
        let each = r.indexed_iter().map(|((i, k), r)| {
            let d = points[[i, 0]] - means[[k, 0]];
            r * d * d
        });
        each.sum::<f64>()
    };
    let expected: Vec<f64> = (0..=fit.iterations()).map(cost).collect();
    let (_, trace) = fit.objective().unwrap();
    assert_close("cost", &trace.values, &expected, 1e-13);
    assert_eq!(expected[..2], [258.0, 258.0]);
    // The points 1 to 13 are in the second cluster: their mean is 6.6.
    assert_close("means", &[fit.mixture(2).means[[1, 0]]], &[6.6], 1e-14);
    assert!(expected[2] < expected[1] && expected[3] < expected[2]);
    assert_eq!(fit.restart_traces[0], *trace);
}

#[test]
fn the_restart_of_least_cost_is_kept() {
    let mut random = numpy(1);
    let points = Array2::from_shape_simple_fn((60, 2), || random.normal(0.0, 1.0));
    let spec = Spec { init: Init::Random, restarts: 8, ..spec(5) };
    let fit = fit(&spec, points.view(), 3);
    let least = fit.restart_values.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(fit.restart_values[fit.restart], least);
    assert!(fit.restart_values.iter().any(|cost| *cost > least + 1e-3));
}

#[test]
fn data_that_are_none_are_explained_and_few_points_are_clusters() {
    let few = line(&[1.0, 2.0, 4.0]);
    let each = fit(&spec(3), few.view(), 0);
    assert_eq!(each.objective().unwrap().1.values.last(), Some(&0.0));
    assert!(each.mixture(9).covariances.iter().all(|c| c[[0, 0]] > 0.0));
    let one = fit(&spec(1), few.select(Axis(0), &[1]).view(), 0);
    assert_eq!(one.mixture(9).means, array![[2.0]]);
    let nan = line(&[1.0, f64::NAN]);
    assert!(try_fit(&spec(1), nan.view(), 0).unwrap_err().contains("hint: "));
    let none = Array2::zeros((0, 1));
    assert!(try_fit(&spec(1), none.view(), 0).unwrap_err().contains("hint: "));
    let means = Init::Means(array![[0.0, 1.0]]);
    assert!(try_fit(&Spec { init: means, ..spec(1) }, few.view(), 0).is_err());
}

const CONFIG: &str = r#"
schema = 1

[data.plane]
seed = 3
source.gaussian_mixture = { means = [[0.0, 0.0], [5.0, 1.0], [-2.0, 4.0]], samples = 30 }
[data.line]
source.gaussian_mixture = { means = [0.0, 6.0], samples = 40 }

[output]
formats = ["svg"]

[fit.km]
data = "plane"
model.kmeans = { components = 3, init.means = [[0.0, 3.0], [0.0, 3.5], [1.0, 3.0]] }
[fit.line]
data = "line"
model.kmeans = { components = 2, init = "random", restarts = 3 }

[figure.scatter]
plot.scatter = { data = "plane", fit = "km" }
[fit.half]
data = "plane"
model.kmeans = { components = 3, init.means = [[0.0, 3.0], [0.0, 3.5], [1.0, 3.0]], half_steps = true }
[fit.half_em]
data = "plane"
model.mixture_em = { components = 2, half_steps = true, max_iter = 5 }
[fit.half_vb]
data = "plane"
model.bayesian_mixture = { components = 2, half_steps = true, max_iter = 5 }
[figure.after_e]
plot.scatter = { data = "plane", fit = "half", at = 1 }
[figure.after_m]
plot.scatter = { data = "plane", fit = "half", at = 2 }
[figure.half_cost]
plot.elbo = { fit = "half" }
[figure.half_em]
plot.scatter = { data = "plane", fit = "half_em", at = 9 }
[figure.half_vb]
plot.scatter = { data = "plane", fit = "half_vb", at = 10 }
[figure.scatter_1]
plot.scatter = { data = "plane", fit = "km", at = 1 }
[figure.contour]
plot.contour = { fit = "km" }
[figure.ellipses]
plot.ellipses = { fit = "km" }
[figure.weights]
plot.weights = { fit = "km" }
[figure.responsibilities]
plot.responsibilities = { fit = "km" }
[figure.cost]
plot.elbo = { fit = "km" }
[figure.cost_all]
plot.elbo = { fit = "km", range = "all", mark = [1, 2] }
[figure.trace]
plot.trace = { fit = "km" }
[figure.restarts]
plot.trace = { fit = "line", restarts = true }
[figure.gap]
plot.trace = { fit = "km", scale = "gap" }
[figure.means]
plot.trace = { fit = "line", quantity = "means" }
[figure.histogram]
title = "cost {cost:.1f}"
plot.histogram = { data = "line", fit = "line" }
[figure.bars]
plot.posterior_bars = { fit = "line", points = "most_uncertain", count = 3 }
[figure.table]
plot.table = { fits = ["km"], scores = ["accuracy", "cost"] }

[assert.falls]
that = "fit.km.cost is decreasing"
[assert.least]
that = "fit.line.restart_costs[0] >= fit.line.cost[-1]"
"#;

#[test]
fn clusters_can_be_drawn_quoted_and_claimed_of() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    for name in ["cost", "cost_all", "trace", "restarts", "histogram"] {
        let alt = text(&format!("figures/extras/a/alt/{name}.txt"));
        assert!(!alt.contains("ELBO") && !alt.contains("nat"), "{name}: {alt}");
        assert!(alt.to_lowercase().contains("cost"), "{name}: {alt}");
    }
    for (name, expected) in [
        ("after_e", "fit after E step 1:"),
        ("after_m", "fit after M step 1:"),
        ("scatter_1", "fit at t = 1:"),
    ] {
        let alt = text(&format!("figures/extras/a/alt/{name}.txt"));
        assert!(alt.contains(expected), "{name}: {alt}");
    }
    let svg = files.iter().find(|(name, _)| name.ends_with("after_e.svg")).unwrap().1;
    let svg = String::from_utf8_lossy(svg);
    assert!(svg.contains("After E step 1: three components"), "{svg}");
    let numbers: Value = serde_json::from_str(&text("figures/extras/a/numbers.json")).unwrap();
    assert!(numbers["fit"]["km"]["cost"].is_number(), "{numbers}");
    let json = stdout(&elbow(&folder, &["export", "a.toml", "fit.km"]));
    let fit: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(fit["covariances"].as_array().map(Vec::len), Some(3));
}
