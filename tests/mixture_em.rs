//! The maximum-likelihood mixture against scikit-learn's numbers, closed forms and invariants.
//!
//! `fixtures/em_gmm.json` is made by `fixtures/make_em.py` (numpy 2.4.6, scipy 1.17.1, scikit-learn
//! 1.9.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{assert_close, assert_distributions, fixture, line, matrix, numbers, numpy};
use elbow::model::bayesian_mixture::{CovarianceType, Covariances, Init};
use elbow::model::mixture_em::Spec;
use elbow::model::{self, Fit, History, Objective, Responsibilities, Stop};
use ndarray::{Array2, ArrayView2, Axis, array};
use proptest::prelude::*;
use serde_json::Value;
use std::f64::consts::PI;

const FORMS: [CovarianceType; 4] =
    [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical];

const DRAWN: [Init; 4] = [Init::Random, Init::Kmeans, Init::KmeansPlusPlus, Init::RandomFromData];

/// The defaults of the config.
fn spec(components: usize) -> Spec {
    Spec {
        components,
        covariance: CovarianceType::Full,
        init: Init::Kmeans,
        weights: None,
        means: None,
        covariances: None,
        reg_covar: 1e-6,
        max_iter: 100,
        tol: 1e-3,
        restarts: 1,
        history: History::Iterations,
    }
}

fn try_fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Result<Fit, String> {
    let spec = model::Spec::MixtureEm(spec.clone());
    model::fit(&spec, points, &mut *numpy(seed), &model::unwatched)
}

fn fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Fit {
    try_fit(spec, points, seed).unwrap()
}

fn clusters(seed: u64, dimensions: usize, rows: usize) -> Array2<f64> {
    let mut random = numpy(seed);
    let centres = Array2::from_shape_simple_fn((3, dimensions), || random.normal(0.0, 4.0));
    let labels = random.choice(3, rows);
    Array2::from_shape_fn((rows, dimensions), |(i, j)| random.normal(centres[[labels[i], j]], 1.0))
}

fn form(word: &Value) -> CovarianceType {
    serde_json::from_value(word.clone()).unwrap()
}

/// The options of a scikit-learn case under our names.
fn translate(case: &Value) -> Spec {
    let (options, given) = (&case["options"], &case["given"]);
    let count = |key: &str, default: usize| options[key].as_u64().map_or(default, |n| n as usize);
    let covariance = form(&options["covariance_type"]);
    let covariances = given.get("covariances").map(|c| match covariance {
        CovarianceType::Full => {
            Covariances::Full(c.as_array().unwrap().iter().map(matrix).collect())
        }
        CovarianceType::Tied => Covariances::Tied(matrix(c)),
        CovarianceType::Diag => Covariances::Diag(matrix(c)),
        CovarianceType::Spherical => Covariances::Spherical(numbers(c)),
    });
    Spec {
        covariance,
        init: match options["init_params"].as_str().unwrap() {
            "kmeans" => Init::Kmeans,
            "k-means++" => Init::KmeansPlusPlus,
            "random" => Init::Random,
            "random_from_data" => Init::RandomFromData,
            other => panic!("{other}"),
        },
        weights: given.get("weights").map(numbers),
        means: given.get("means").map(matrix),
        covariances,
        reg_covar: options["reg_covar"].as_f64().unwrap_or(1e-6),
        max_iter: count("max_iter", 100),
        tol: options["tol"].as_f64().unwrap_or(1e-3),
        restarts: count("n_init", 1),
        ..spec(count("n_components", 1))
    }
}

fn start_is_one_point(case: &Value) -> bool {
    let start = case["options"]["init_params"].as_str().unwrap();
    matches!(start, "k-means++" | "random_from_data")
}

#[test]
fn every_fit_is_scikit_learns() {
    let fixture = fixture("em_gmm.json");
    for (i, case) in fixture["cases"].as_array().unwrap().iter().enumerate() {
        let points = matrix(&fixture["points"][case["data"].as_str().unwrap()]);
        let fit = fit(&translate(case), points.view(), case["seed"].as_u64().unwrap());
        let json = fit.to_json(points.view(), Responsibilities::Include);
        assert_eq!(json["iterations"], case["n_iter"], "case {i}");
        assert_eq!(fit.stop == Stop::Converged, case["converged"].as_bool().unwrap());
        assert_eq!(json["parameters"], case["parameters"]);
        // Sums in another order, and distances not expanded.
        let close = |what: &str, ours: &Value, theirs: &Value| {
            assert_close(&format!("case {i}: {what}"), &numbers(ours), &numbers(theirs), 1e-9);
        };
        for key in ["weights", "means", "covariances"] {
            close(key, &json[key], &case[key]);
        }
        let (ours, theirs) = (numbers(&json["lower_bound"]), numbers(&case["lower_bounds"]));
        // One point has the variance `reg_covar`, 1e-6, and scikit-learn computes it as a difference of
        // squares that is up to 1e-14 off; then sums its reciprocal times squares.
        let first = if start_is_one_point(case) { 1e-6 } else { 1e-9 };
        let head = ours.len().min(1);
        assert_close(&format!("case {i}: first bound"), &ours[..head], &theirs[..head], first);
        assert_close(&format!("case {i}: bounds"), &ours[head..], &theirs[head..], 1e-9);
        let last = json["log_likelihood"].as_array().unwrap().last().unwrap();
        close("log_likelihood", last, &case["log_likelihood"]);
        close("aic", &json["aic"], &case["aic"]);
        close("bic", &json["bic"], &case["bic"]);
        let rows = json["responsibilities"].as_array().unwrap().iter().step_by(10);
        close("responsibilities", &rows.cloned().collect(), &case["responsibilities"]);
    }
}

#[test]
fn a_start_without_an_iteration_is_scikit_learns_but_for_the_sum_of_its_weights() {
    let points = clusters(7, 2, 30);
    for init in [Init::KmeansPlusPlus, Init::RandomFromData] {
        let fit = fit(&Spec { init, max_iter: 0, ..spec(3) }, points.view(), 1);
        assert_close("weights", &fit.mixture(0).weights, &[1.0 / 3.0; 3], 1e-15);
        assert_eq!((fit.stop, fit.iterations()), (Stop::IterationLimit, 0));
        let (objective, trace) = fit.objective().unwrap();
        assert_eq!((objective, trace.values.len()), (Objective::LogLikelihood, 1));
        assert!(fit.trace["lower_bound"].values.is_empty());
    }
}

#[test]
fn one_component_has_the_moments_of_the_data() {
    for d in [1, 3] {
        let points = clusters(d as u64, d, 50);
        let spec = Spec { reg_covar: 0.0, ..spec(1) };
        let fit = fit(&spec, points.view(), 0);
        let mixture = fit.mixture(usize::MAX);
        let mean = points.mean_axis(Axis(0)).unwrap();
        let centred = &points - &mean;
        let expected = centred.t().dot(&centred) / 50.0;
        let list = |m: &Array2<f64>| m.iter().copied().collect::<Vec<_>>();
        assert_close("mean", &list(&mixture.means), &mean.to_vec(), 1e-14);
        assert_close("covariance", &list(&mixture.covariances[0]), &list(&expected), 1e-13);
        if d == 1 {
            // The log-likelihood at the maximum is -N/2 (ln 2 pi s^2 + 1).
            let closed = -25.0 * ((2.0 * PI * expected[[0, 0]]).ln() + 1.0);
            let trace = &fit.trace["log_likelihood"].values;
            assert_close("log-likelihood", &[trace[0], trace[1]], &[closed; 2], 1e-13);
            let criteria = fit.criteria.unwrap();
            assert_eq!(criteria.parameters, 2);
            assert_close("aic", &[criteria.aic], &[4.0 - 2.0 * closed], 1e-13);
            assert_close("bic", &[criteria.bic], &[2.0 * 50_f64.ln() - 2.0 * closed], 1e-13);
        }
    }
}

#[test]
fn the_log_likelihood_is_that_of_each_iterations_mixture() {
    let points = clusters(11, 2, 80);
    for covariance in FORMS {
        // A greater `reg_covar`, so that densities of points far from the first ones are numbers.
        let start = Init::RandomFromData;
        let spec =
            Spec { covariance, init: start, max_iter: 12, tol: 0.0, reg_covar: 0.5, ..spec(3) };
        let fit = fit(&spec, points.view(), 4);
        let of = |t: usize| {
            let mixture = fit.mixture(t);
            points.rows().into_iter().map(|x| mixture.density(&x.to_vec()).ln()).sum::<f64>()
        };
        let expected: Vec<f64> = (0..=12).map(of).collect();
        assert_close("log-likelihood", &fit.trace["log_likelihood"].values, &expected, 1e-12);
        // scikit-learn's is that of the iteration before, a point; its first weights are 1/N.
        let mut before: Vec<f64> = expected[..12].iter().map(|l| l / 80.0).collect();
        before[0] += (3.0_f64 / 80.0).ln();
        assert_close("lower bound", &fit.trace["lower_bound"].values, &before, 1e-12);
        assert_eq!((fit.trace["log_likelihood"].first, fit.trace["lower_bound"].first), (0, 1));
        for t in [0, 5, 12] {
            assert_distributions(fit.responsibilities(points.view(), t).view());
        }
    }
}

/// Few by default; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn the_likelihood_never_falls(
        seed in 0_u64..1 << 32, dimensions in 1_usize..5, components in 1_usize..6,
        rows in 40_usize..150, start in 0_usize..4,
    ) {
        let points = clusters(seed, dimensions, rows);
        for covariance in FORMS {
            let spec = Spec {
                covariance,
                init: DRAWN[start].clone(),
                reg_covar: 0.0,
                tol: 0.0,
                max_iter: 60,
                ..spec(components)
            };
            let fit = match try_fit(&spec, points.view(), seed) {
                Ok(fit) => fit,
                // Nothing keeps a component from shrinking to a point, or starts it with more.
                Err(text) => {
                    prop_assert!(text.contains("ill-defined"), "{text}");
                    continue;
                }
            };
            let trace = &fit.trace["log_likelihood"];
            prop_assert_eq!((trace.first, trace.values.len()), (0, 61));
            for pair in trace.values.windows(2) {
                // The rounding of sums of up to 150 points, and 10 eps in the counts; a component that
                // shrinks to a point multiplies both.
                let fall = (pair[0] - pair[1]) / (1.0 + pair[1].abs());
                prop_assert!(fall <= 1e-9, "{:?}: {:?}", spec, pair);
            }
        }
    }
}

#[test]
fn restarts_keep_the_greatest_likelihood() {
    let points = clusters(21, 2, 120);
    let spec = Spec { init: Init::Random, restarts: 6, ..spec(3) };
    let fit = fit(&spec, points.view(), 5);
    assert_eq!((fit.restart_values.len(), fit.restart_traces.len()), (6, 6));
    assert_eq!(fit.restart_traces[fit.restart], fit.trace["log_likelihood"]);
    let best = fit.restart_values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Runs are ranked by scikit-learn's bound, which is one iteration behind.
    assert!(best - fit.restart_values[fit.restart] < 1e-3 * 120.0);
    let json = fit.to_json(points.view(), Responsibilities::Omit);
    assert_eq!(numbers(&json["restart_log_likelihoods"]), fit.restart_values);
}

#[test]
fn starts_of_ones_own_are_kept() {
    let points = clusters(8, 2, 60);
    let means = array![[0.0, 0.0], [4.0, 4.0]];
    let weights = vec![0.25, 0.75];
    let all = Spec {
        weights: Some(weights.clone()),
        means: Some(means.clone()),
        covariances: Some(Covariances::Full(vec![Array2::eye(2), Array2::eye(2) * 2.0])),
        ..spec(2)
    };
    let one = fit(&all, points.view(), 1);
    assert_eq!(one, fit(&all, points.view(), 2), "nothing is drawn");
    let start = one.mixture(0);
    assert_close("weights", &start.weights, &weights, 1e-15);
    assert_eq!((&start.means, &start.covariances[1]), (&means, &(Array2::eye(2) * 2.0)));
    let some = Spec { weights: None, covariances: None, ..all };
    let start = fit(&some, points.view(), 1).mixture(0);
    assert_eq!(start.means, means);
    assert!((start.weights[0] - 0.25).abs() > 1e-3);
}

#[test]
fn half_steps_have_new_responsibilities_first_and_then_new_parameters() {
    let points = clusters(13, 2, 60);
    let whole = Spec { init: Init::Random, max_iter: 6, tol: 0.0, ..spec(3) };
    let half = Spec { history: History::HalfSteps, ..whole.clone() };
    let (whole, half) = (fit(&whole, points.view(), 2), fit(&half, points.view(), 2));
    assert_eq!((half.iterations(), half.history), (12, History::HalfSteps));
    assert_eq!(half.states[0], whole.states[0]);
    assert_eq!((half.stop, half.criteria), (whole.stop, whole.criteria));
    let x = points.view();
    for t in 1..=6 {
        let (after_e, after_m) = (2 * t - 1, 2 * t);
        assert_eq!(half.states[after_e], whole.states[t - 1]);
        assert_eq!(half.states[after_m], whole.states[t]);
        let r = whole.responsibilities(x, t - 1);
        assert_eq!(half.responsibilities(x, after_e), r);
        assert_eq!(half.responsibilities(x, after_m), r);
        let value = |fit: &Fit, name: &str, at: usize| fit.trace[name].at(at);
        let likelihood = "log_likelihood";
        assert_eq!(value(&half, likelihood, after_e), value(&whole, likelihood, t - 1));
        assert_eq!(value(&half, likelihood, after_m), value(&whole, likelihood, t));
        assert_eq!(value(&half, "lower_bound", after_m), value(&whole, "lower_bound", t));
    }
    assert_eq!(half.trace["lower_bound"].first, 2);
    assert_eq!(half.trace["log_likelihood"].values.len(), 13);
}

#[test]
fn the_number_of_threads_does_not_change_a_fit() {
    let points = clusters(6, 2, 30_000);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = Spec { init: Init::Random, max_iter: 4, restarts: 2, ..spec(3) };
        pool.install(|| fit(&spec, points.view(), 3))
    };
    assert_eq!(with(1), with(3));
}

/// A fit is finite throughout, or says what to change.
fn answers_or_explains(points: &Array2<f64>, components: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for covariance in FORMS {
        for init in DRAWN {
            for reg_covar in [0.0, 1e-6] {
                let spec = Spec { covariance, init: init.clone(), reg_covar, ..spec(components) };
                match try_fit(&spec, points.view(), 1) {
                    Err(text) => texts.push(text),
                    Ok(fit) => {
                        let json = fit.to_json(points.view(), Responsibilities::Include);
                        assert!(!json.to_string().contains("null"), "{json}");
                        assert_distributions(fit.responsibilities(points.view(), 99).view());
                    }
                }
            }
        }
    }
    for text in &texts {
        assert!(text.contains("hint: "), "{text}");
    }
    texts
}

#[test]
fn data_that_are_none_are_explained() {
    let good = clusters(2, 2, 12);
    let constant = Array2::from_shape_fn((12, 2), |(i, j)| if j == 0 { good[[i, 0]] } else { 3.0 });
    let doubled = Array2::from_shape_fn((12, 2), |(i, j)| good[[i % 2, j]]);
    let equal = Array2::from_elem((6, 2), 1.5);
    // With one point a component and nothing else there is no variance but `reg_covar`.
    assert_eq!(answers_or_explains(&good, 1).len(), 6);
    answers_or_explains(&good, 12);
    answers_or_explains(&good, 15);
    let texts = answers_or_explains(&constant, 3);
    assert!(texts.iter().any(|t| t.contains("ill-defined")), "{texts:?}");
    answers_or_explains(&doubled, 5);
    // With `reg_covar` equal points are a mixture; without it they are none, whatever the form and
    // start.
    assert_eq!(answers_or_explains(&equal, 2).len(), 16);
    answers_or_explains(&good.select(Axis(0), &[0]), 1);
    let mut nan = good.clone();
    nan[[3, 1]] = f64::NAN;
    assert_eq!(answers_or_explains(&nan, 3).len(), 32);
    assert_eq!(answers_or_explains(&Array2::zeros((0, 2)), 1).len(), 32);
}

#[test]
fn an_ill_defined_covariance_names_component_iteration_and_what_to_change() {
    let points = array![[1.0, 1e7], [1.0, -1e7], [1.0, 2e7], [1.0, -2e7]];
    for covariance in [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag] {
        let init = Init::Labels(vec![0, 1, 0, 1]);
        let spec = Spec { covariance, reg_covar: 0.0, init, ..spec(2) };
        let text = try_fit(&spec, points.view(), 0).unwrap_err();
        for part in [
            "component 0",
            "ill-defined",
            "(iteration 0 of restart 0, both counted from 0); hint: use fewer components, increase \
             `reg_covar`, or scale the data: the standard deviation of coordinate 0 is 0.0e0, that of \
             coordinate 1 1.6e7",
        ] {
            assert!(text.contains(part), "{part}\nis not in\n{text}");
        }
    }
}

#[test]
fn a_component_that_shrinks_to_a_point_is_found_where_it_does() {
    let points = line(&[0.0, 1.0, 2.0, 3.0, 50.0]);
    let spec = Spec {
        means: Some(array![[1.5], [50.0]]),
        covariance: CovarianceType::Spherical,
        covariances: Some(Covariances::Spherical(vec![1.0, 1.0])),
        weights: Some(vec![0.5, 0.5]),
        reg_covar: 0.0,
        ..spec(2)
    };
    let text = try_fit(&spec, points.view(), 0).unwrap_err();
    assert!(text.contains("component 1") && text.contains("iteration 1 of restart 0"), "{text}");
}
