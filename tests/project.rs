//! Projections of mixtures on one normal distribution: closed forms, an independent computation, and
//! what always holds of them.
//!
//! `fixtures/project.json` is made by `fixtures/make_project.py` (numpy 2.4.6, scipy 1.17.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;
mod program;

use common::{assert_close, fixture, matrix, numbers, numpy};
use elbow::math::mixture::Mixture;
use elbow::model::project::{Divergence, Form, Spec, Start};
use elbow::model::{self, Fit, Objective, Stop};
use ndarray::{Array2, arr2, array};
use program::{check, elbow, files, folder, stdout};
use proptest::prelude::*;
use serde_json::Value;

/// The defaults of the config, but steps go on until there is nothing below.
fn spec(divergence: Divergence, covariance: Form, start: Option<Start>) -> Spec {
    Spec { divergence, covariance, start, max_iter: 2000, tol: 0.0 }
}

fn try_fit(spec: &Spec, target: Option<&Mixture>) -> Result<Fit, String> {
    let spec = model::Spec::Project(spec.clone());
    let points = array![[0.0]];
    model::fit_of(&spec, points.view(), target, &mut *numpy(0), &model::unwatched)
}

fn fit(spec: &Spec, target: &Mixture) -> Fit {
    try_fit(spec, Some(target)).unwrap()
}

/// The mean, the covariance and the divergence at the end.
fn end(fit: &Fit) -> (Vec<f64>, Array2<f64>, f64) {
    let q = fit.mixture(usize::MAX);
    let (objective, trace) = fit.objective().unwrap();
    assert_eq!(objective, Objective::Divergence);
    (q.means.row(0).to_vec(), q.covariances[0].clone(), *trace.values.last().unwrap())
}

/// One component with covariance `C`, whose precision is known by hand.
fn single() -> (Mixture, Array2<f64>) {
    let covariance = array![[2.0, 1.2], [1.2, 1.0]];
    // The determinant is 0.56.
    let precision = array![[1.0, -1.2], [-1.2, 2.0]] / 0.56;
    let mixture =
        Mixture { weights: vec![1.0], means: array![[0.5, -1.0]], covariances: vec![covariance] };
    (mixture, precision)
}

fn pair(apart: f64) -> Mixture {
    Mixture {
        weights: vec![0.5, 0.5],
        means: arr2(&[[-apart, 0.0], [apart, 0.0]]),
        covariances: vec![array![[0.5, 0.2], [0.2, 1.0]], array![[0.5, -0.2], [-0.2, 1.0]]],
    }
}

#[test]
fn of_one_component_both_directions_are_the_closed_forms() {
    let (p, precision) = single();
    let own = &p.covariances[0];
    let diag = |a: f64, b: f64| array![[a, 0.0], [0.0, b]];
    let (variational, moments) = (Divergence::Exclusive, Divergence::Inclusive);
    let mean = 2.0 / (precision[[0, 0]] + precision[[1, 1]]);
    for (divergence, form, expected) in [
        (variational, Form::Full, own.clone()),
        (moments, Form::Full, own.clone()),
        // Bishop (2006), equations 10.12 to 10.15.
        (variational, Form::Diag, diag(1.0 / precision[[0, 0]], 1.0 / precision[[1, 1]])),
        (moments, Form::Diag, diag(2.0, 1.0)),
        (variational, Form::Spherical, diag(mean, mean)),
        (moments, Form::Spherical, diag(1.5, 1.5)),
    ] {
        let found = fit(&spec(divergence, form, None), &p);
        let (mean, covariance, value) = end(&found);
        assert_close("mean", &mean, &[0.5, -1.0], 1e-15);
        assert!((&covariance - &expected).iter().all(|d| d.abs() < 1e-14), "{covariance}");
        assert_eq!((found.stop, found.iterations()), (Stop::Converged, 0));
        // The gap in logarithms of determinants: the traces and the means agree in every case.
        let determinant = |c: &Array2<f64>| c[[0, 0]] * c[[1, 1]] - c[[0, 1]] * c[[1, 0]];
        let ratio = determinant(own) / determinant(&expected);
        let expected = match divergence {
            Divergence::Exclusive => 0.5 * libm::log(ratio),
            Divergence::Inclusive => -0.5 * libm::log(ratio),
        };
        assert_close("divergence", &[value], &[expected], 1e-13);
    }
}

#[test]
fn steps_find_what_the_closed_form_says() {
    let (p, _) = single();
    for form in [Form::Full, Form::Diag, Form::Spherical] {
        let start = Some(Start::Means(array![[3.0, 2.0]]));
        let stepped = fit(&spec(Divergence::Exclusive, form, start), &p);
        let (mean, covariance, value) = end(&stepped);
        let closed = end(&fit(&spec(Divergence::Exclusive, form, None), &p));
        // The divergence is flat at its least: half of its digits are those of the mean.
        assert_close("mean", &mean, &closed.0, 1e-6);
        assert!((&covariance - &closed.1).iter().all(|d| d.abs() < 1e-6), "{form:?}: {covariance}");
        assert_close("divergence", &[value], &[closed.2], 1e-12);
        if form == Form::Full {
            // From the covariance of p, one step is the solution.
            assert_close("mean", stepped.mixture(1).means.as_slice().unwrap(), &[0.5, -1.0], 1e-12);
        }
    }
}

#[test]
fn every_projection_is_that_of_an_independent_program() {
    let fixture = fixture("project.json");
    let mut found = 0;
    for case in fixture["cases"].as_array().unwrap() {
        let mixture = &fixture["mixtures"][case["mixture"].as_str().unwrap()];
        let target = Mixture {
            weights: numbers(&mixture["weights"]),
            means: matrix(&mixture["means"]),
            covariances: mixture["covariances"].as_array().unwrap().iter().map(matrix).collect(),
        };
        let form = match case["covariance"].as_str().unwrap() {
            "full" => Form::Full,
            "diag" => Form::Diag,
            _ => Form::Spherical,
        };
        let (divergence, start) = match case["component"].as_u64() {
            Some(k) => (Divergence::Exclusive, Some(Start::Component(k as usize))),
            None => (Divergence::Inclusive, None),
        };
        let (mean, covariance, value) = end(&fit(&spec(divergence, form, start), &target));
        // Gradients by differences and other nodes: about half the digits of the divergence.
        assert_close(&format!("mean {case}"), &mean, &numbers(&case["mean"]), 2e-6);
        let own: Vec<f64> = covariance.iter().copied().collect();
        assert_close(&format!("covariance {case}"), &own, &numbers(&case["matrix"]), 2e-6);
        assert_close(&format!("value {case}"), &[value], &numbers(&case["value"]), 1e-8);
        found += 1;
    }
    assert_eq!(found, 25);
}

#[test]
fn far_from_each_other_every_component_is_an_optimum_and_misses_the_other() {
    let target = pair(4.0);
    for k in [0, 1] {
        let start = Some(Start::Component(k));
        let found = fit(&spec(Divergence::Exclusive, Form::Full, start), &target);
        let (mean, covariance, value) = end(&found);
        assert_close("mean", &mean, &target.means.row(k).to_vec(), 1e-3);
        let own: Vec<f64> = target.covariances[k].iter().copied().collect();
        let covariance: Vec<f64> = covariance.iter().copied().collect();
        assert_close("covariance", &covariance, &own, 1e-3);
        // KL(q||p) = ln 2 where the other component has nothing.
        assert_close("divergence", &[value], &[std::f64::consts::LN_2], 1e-3);
    }
    let (mean, covariance, _) = end(&fit(&spec(Divergence::Inclusive, Form::Full, None), &target));
    assert_close("mean", &mean, &[0.0, 0.0], 1e-12);
    let own: Vec<f64> = covariance.iter().copied().collect();
    assert_close("moments", &own, &[16.5, 0.0, 0.0, 1.0], 1e-12);
}

#[test]
fn all_starts_are_restarts_and_the_least_is_kept() {
    let mut target = pair(3.0);
    target.weights = vec![0.3, 0.7];
    let found = fit(&spec(Divergence::Exclusive, Form::Full, Some(Start::All)), &target);
    assert_eq!(found.restart_values.len(), 3);
    let least = found.restart_values.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(found.restart_values[found.restart], least);
    // The component of more weight misses less: ln(1 / 0.7).
    assert_close("least", &[least], &[-libm::log(0.7)], 1e-2);
    assert_close("other", &[found.restart_values[0]], &[-libm::log(0.3)], 1e-2);
    for trace in &found.restart_traces {
        assert!(trace.values.windows(2).all(|pair| pair[1] <= pair[0]), "{:?}", trace.values);
    }
    let none =
        Spec { max_iter: 0, ..spec(Divergence::Exclusive, Form::Full, Some(Start::Moments)) };
    let none = fit(&none, &target);
    assert_eq!((none.iterations(), none.stop), (0, Stop::IterationLimit));
    assert_close("start", &[none.mixture(0).means[[0, 0]]], &[1.2], 1e-12);
}

/// A mixture of two components in the plane, not too narrow.
fn mixtures() -> impl Strategy<Value = Mixture> {
    let numbers = prop::collection::vec(-2.0..2.0_f64, 8);
    (0.2..0.8_f64, numbers, prop::collection::vec(0.5..1.5_f64, 4)).prop_map(|(weight, n, sd)| {
        let covariance = |i: usize| {
            let lower = array![[sd[2 * i], 0.0], [0.25 * n[4 + i], sd[2 * i + 1]]];
            lower.dot(&lower.t())
        };
        Mixture {
            weights: vec![weight, 1.0 - weight],
            means: arr2(&[[n[0], n[1]], [n[2], n[3]]]),
            covariances: vec![covariance(0), covariance(1)],
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn neither_divergence_is_negative_and_steps_never_make_it_greater(
        target in mixtures(), form in prop::sample::select(vec![Form::Full, Form::Diag, Form::Spherical]),
    ) {
        let found = fit(&spec(Divergence::Exclusive, form, Some(Start::All)), &target);
        for trace in &found.restart_traces {
            prop_assert!(trace.values.windows(2).all(|pair| pair[1] <= pair[0]), "{:?}", trace.values);
        }
        let (_, _, least) = end(&found);
        prop_assert!(least >= 0.0);
        let (_, _, moments) = end(&fit(&spec(Divergence::Inclusive, form, None), &target));
        prop_assert!(moments >= 0.0);
    }

    #[test]
    fn a_projection_turns_and_moves_with_its_mixture(target in mixtures(), angle in 0.0..6.0_f64) {
        let (sin, cos) = libm::sincos(angle);
        let turn = array![[cos, -sin], [sin, cos]];
        let by = array![3.0, -1.0];
        let turned = Mixture {
            weights: target.weights.clone(),
            means: target.means.dot(&turn.t()) + &by,
            covariances: target
                .covariances
                .iter()
                .map(|c| {
                    let c = turn.dot(c).dot(&turn.t());
                    (&c + &c.t()) * 0.5
                })
                .collect(),
        };
        for (divergence, start) in
            [(Divergence::Inclusive, None), (Divergence::Exclusive, Some(Start::Component(0)))]
        {
            // The steps are the same but for the nodes, which do not turn; ten of them have no time
            // to drift apart.
            let spec = Spec { max_iter: 10, ..spec(divergence, Form::Full, start) };
            let (mean, covariance, value) = end(&fit(&spec, &target));
            let (mean_turned, covariance_turned, value_turned) = end(&fit(&spec, &turned));
            let expected = turn.dot(&ndarray::arr1(&mean)) + &by;
            assert_close("mean", &mean_turned, &expected.to_vec(), 1e-5);
            let expected = turn.dot(&covariance).dot(&turn.t());
            prop_assert!((&covariance_turned - &expected).iter().all(|d| d.abs() < 1e-5));
            prop_assert!((value - value_turned).abs() < 1e-7);
        }
    }
}

#[test]
fn what_cannot_be_projected_is_explained() {
    let exclusive = spec(Divergence::Exclusive, Form::Full, Some(Start::All));
    assert!(try_fit(&exclusive, None).unwrap_err().contains("hint: "));
    let solid = |k: usize| Mixture {
        weights: vec![1.0 / k as f64; k],
        means: Array2::from_shape_fn((k, 3), |(i, j)| (i * j) as f64),
        covariances: vec![Array2::eye(3); k],
    };
    assert!(try_fit(&exclusive, Some(&solid(2))).unwrap_err().contains("hint: "));
    let inclusive = spec(Divergence::Inclusive, Form::Diag, None);
    assert!(try_fit(&inclusive, Some(&solid(2))).unwrap_err().contains("hint: "));
    // One component has a closed form in any dimension.
    let closed = spec(Divergence::Exclusive, Form::Diag, None);
    assert_close("divergence", &[end(&fit(&closed, &solid(1))).2], &[0.0], 1e-15);
    let mut flat = pair(1.0);
    flat.covariances[1] = array![[1.0, 1.0], [1.0, 1.0]];
    assert!(try_fit(&exclusive, Some(&flat)).is_err());
}

const CONFIG: &str = r#"
schema = 1

[output]
formats = ["svg"]

[data.plane]
source.gaussian_mixture = { means = [[-2.0, -1.0], [2.0, 1.0]], samples = 30 }
[data.line]
source.gaussian_mixture = { means = [-2.0, 3.0], samples = [20, 40] }
[data.scaled]
standardize = true
source.gaussian_mixture = { means = [-20.0, 30.0], sd = 10.0, samples = [20, 40] }

[fit.qp]
data = "plane"
model.project = { divergence = "KL(q||p)", start.means = [[-1.0, 2.0], [2.0, -1.0]] }
[fit.pq]
data = "plane"
model.project = { divergence = "KL(p||q)", covariance = "diag" }
[fit.line]
data = "line"
model.project = { divergence = "KL(q||p)", start.component = 1 }
[fit.scaled]
data = "scaled"
model.project = { divergence = "KL(p||q)" }
[sweep.form]
data = "plane"
over = { covariance = ["full", "diag", "spherical"] }
model.project = { divergence = "KL(q||p)", start = "moments" }
[predict.points]
fit = "pq"

[figure.plane]
plot.density = { data = "plane", fit = "qp", points = false }
[figure.points]
plot.density = { data = "plane", fit = "qp", at = 2 }
[figure.alone]
plot.density = { fit = "pq" }
[figure.curves]
title = "{divergence:.3f} nats"
plot.density = { data = "line", fit = "line" }
[figure.steps]
plot.density = { data = "line", fit = "line" }
steps = ["data", "truth", "init", "final"]
[figure.histogram]
plot.histogram = { data = "line", fit = "line" }
[figure.scatter]
plot.scatter = { data = "plane", fit = "qp" }
[figure.ellipses]
plot.ellipses = { fit = "qp" }
[figure.over]
plot.density = { data = "plane", fit = "qp" }
panels = { over = "iterations", values = [0, 1, 2, 5], columns = 2 }
[figure.divergence]
plot.elbo = { fit = "qp" }
[figure.at_once]
plot.elbo = { fit = "pq" }
[figure.trace]
plot.trace = { fit = "qp", restarts = true }
[figure.gap]
plot.trace = { fit = "qp", scale = "gap" }
[figure.means]
plot.trace = { fit = "line", quantity = "means" }
[figure.table]
plot.table = { fits = ["qp", "pq"], scores = ["divergence", "iterations"] }
[figure.sweep]
plot.sweep = { sweep = "form", metrics = ["divergence"] }

[assert.falls]
that = "fit.qp.divergence is decreasing"
[assert.least]
that = "fit.qp.restart_divergences[0] >= last(fit.qp.divergence) - 1e-9"
[assert.variances]
that = "abs(fit.pq.covariances[0][0][0] - 5.0) < 1e-12"
[assert.original_units]
that = "abs(fit.scaled.means[0][0] - 13.333333333) < 1e-6"
[assert.best]
that = "sweep.form.best.divergence <= sweep.form.members[1].divergence"
"#;

#[test]
fn projections_can_be_drawn_quoted_and_claimed_of() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
    let files = files(folder.path());
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    for name in ["divergence", "at_once", "trace", "gap", "table"] {
        let alt = text(&format!("figures/extras/a/alt/{name}.txt"));
        assert!(
            !alt.contains("ELBO") && alt.to_lowercase().contains("divergence"),
            "{name}: {alt}"
        );
    }
    for (name, part) in [
        ("plane", "the normal density q of the least KL(q\u{2225}p)"),
        ("alone", "Normal density q of the least KL(p\u{2225}q)"),
        ("curves", "p has two modes from two components"),
    ] {
        let alt = text(&format!("figures/extras/a/alt/{name}.txt"));
        assert!(alt.contains(part), "{name}: {alt}");
    }
    let numbers: Value = serde_json::from_str(&text("figures/extras/a/numbers.json")).unwrap();
    let (fit, figure) = (&numbers["fit"]["qp"], &numbers["figure"]["plane"]);
    assert_eq!(fit["divergence"], figure["divergence"], "{figure}");
    assert_eq!(figure["divergence_is"], "KL(q||p)");
    assert_eq!(fit["weights"], serde_json::json!([1.0]));
    assert!(numbers["score"]["qp"].is_null(), "a projection assigns no points: {numbers}");
    let export = |node: &str| -> Value {
        serde_json::from_str(&stdout(&elbow(&folder, &["export", "a.toml", node]))).unwrap()
    };
    let fit = export("fit.qp");
    assert_eq!(fit["restart_divergences"].as_array().map(Vec::len), Some(2));
    assert_eq!(fit["covariances"].as_array().map(Vec::len), Some(1));
    let report = text("figures/extras/a/report.html");
    assert!(report.contains("<th>divergence (nats)</th>"));
    // Points are rows of tables only where they are drawn.
    let table = |name: &str| text(&format!("figures/extras/a/data/{name}.csv"));
    assert!(!table("plane").contains("point,") && table("points").contains("point,"));
}
