//! The Bayesian mixture against scikit-learn's numbers, closed forms and invariants.
//!
//! `fixtures/vb_gmm.json` is made by `fixtures/make_reference.py`, `fixtures/vb_extra.json` by
//! `fixtures/make_vb_extra.py`, `fixtures/vb_kinds.json` by `fixtures/make_vb_kinds.py` (numpy 2.4.6,
//! scipy 1.17.1, scikit-learn 1.9.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{assert_close, assert_distributions, fixture, line, matrix, numbers, numpy, spec};
use elbow::model::bayesian_mixture::{CovarianceType, Init, Spec, WeightPrior};
use elbow::model::{self, Fit, Responsibilities, Stop};
use elbow::random::Random;
use ndarray::{Array2, ArrayView2, Axis, array, concatenate};
use serde_json::Value;
use std::f64::consts::PI;

fn fit(spec: &Spec, points: ArrayView2<'_, f64>, random: &mut dyn Random) -> Fit {
    model::fit(&model::Spec::BayesianMixture(spec.clone()), points, random, &model::unwatched)
        .unwrap()
}

/// scikit-learn's defaults.
fn theirs(components: usize, dimensions: usize) -> Spec {
    Spec {
        covariance: CovarianceType::Full,
        weight_prior: WeightPrior::DirichletProcess,
        init: Init::Kmeans,
        ..spec(components, dimensions)
    }
}

/// The options of a scikit-learn case under our names; those left out as in `default`.
fn translate(options: &Value, dimensions: usize, default: fn(usize, usize) -> Spec) -> Spec {
    let number =
        |key: &str, default: f64| options.get(key).map_or(default, |v| v.as_f64().unwrap());
    let count = |key: &str, default: u64| {
        options.get(key).map_or(default, |v| v.as_u64().unwrap()) as usize
    };
    let components = count("n_components", 1);
    let default = default(components, dimensions);
    let word = |key: &str| options.get(key).map(|v| v.as_str().unwrap());
    Spec {
        covariance: match word("covariance_type") {
            None => default.covariance,
            Some("full") => CovarianceType::Full,
            Some("tied") => CovarianceType::Tied,
            Some("diag") => CovarianceType::Diag,
            Some("spherical") => CovarianceType::Spherical,
            Some(other) => panic!("{other}"),
        },
        weight_prior: match word("weight_concentration_prior_type") {
            None => default.weight_prior,
            Some("dirichlet_distribution") => WeightPrior::DirichletDistribution,
            Some("dirichlet_process") => WeightPrior::DirichletProcess,
            Some(other) => panic!("{other}"),
        },
        init: match word("init_params") {
            None => default.init.clone(),
            Some("random") => Init::Random,
            Some("kmeans") => Init::Kmeans,
            Some("k-means++") => Init::KmeansPlusPlus,
            Some("random_from_data") => Init::RandomFromData,
            Some(other) => panic!("{other}"),
        },
        weight_concentration_prior: number(
            "weight_concentration_prior",
            default.weight_concentration_prior,
        ),
        mean_precision_prior: number("mean_precision_prior", 1.0),
        mean_prior: options.get("mean_prior").map(numbers),
        degrees_of_freedom_prior: number("degrees_of_freedom_prior", dimensions as f64),
        covariance_prior: options.get("covariance_prior").map(numbers),
        reg_covar: number("reg_covar", 1e-6),
        max_iter: count("max_iter", 100),
        tol: number("tol", 1e-3),
        restarts: count("n_init", 1),
        ..default
    }
}

/// Compares a fit with scikit-learn's; sums in another order, and distances not expanded.
#[track_caller]
fn assert_equals_scikit_learn(
    fit: &Fit,
    points: ArrayView2<'_, f64>,
    case: &Value,
    tolerance: f64,
) -> Value {
    let json = fit.to_json(points, Responsibilities::Include);
    assert_eq!(json["iterations"], case["n_iter"]);
    assert_eq!(fit.stop == Stop::Converged, case["converged"].as_bool().unwrap());
    let mut keys = vec![
        ("weights", "weights"),
        ("means", "means"),
        ("covariances", "covariances"),
        ("weight_concentration", "weight_concentration"),
        ("mean_precision", "mean_precision"),
        ("degrees_of_freedom", "degrees_of_freedom"),
    ];
    keys.push(("lower_bound", "lower_bounds"));
    for (ours, theirs) in keys {
        assert_close(ours, &numbers(&json[ours]), &numbers(&case[theirs]), tolerance);
    }
    json
}

/// The lecture's 2-D data: three components of 500 points each.
fn lecture_points() -> Array2<f64> {
    let mut random = numpy(10);
    let components = [
        ([0.0, -0.7], array![[0.7, 0.2], [0.2, 0.1]]),
        ([0.0, 0.0], array![[0.5, 0.0], [0.0, 0.1]]),
        ([0.0, 0.7], array![[0.5, 0.0], [0.0, 0.1]]),
    ];
    let parts =
        components.map(|(mean, covariance)| random.multivariate_normal(&mean, &covariance, 500));
    concatenate(Axis(0), &[parts[0].view(), parts[1].view(), parts[2].view()]).unwrap()
}

/// Four components in three dimensions, 120 points each.
fn blobs() -> Array2<f64> {
    let mut random = numpy(7);
    let means = [[0.0, 0.0, 0.0], [4.0, 0.0, 1.0], [0.0, 5.0, -2.0], [-4.0, -4.0, 3.0]];
    let covariance = array![[1.0, 0.3, 0.0], [0.3, 0.8, -0.2], [0.0, -0.2, 0.6]];
    let mut all = Array2::zeros((0, 3));
    for (k, mean) in means.iter().enumerate() {
        let covariance = &covariance * (1.0 + 0.3 * k as f64);
        let part = random.multivariate_normal(mean, &covariance, 120);
        all.append(Axis(0), part.view()).unwrap();
    }
    all
}

#[test]
fn every_form_prior_and_start_is_equal_to_scikit_learns() {
    let stored = fixture("vb_gmm.json");
    let cases = stored["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let points = match case["data"].as_str().unwrap() {
            "lecture_2d" => lecture_points(),
            _ => blobs(),
        };
        let options = &case["options"];
        let seed = options["random_state"].as_u64().unwrap();
        let spec = translate(options, points.ncols(), theirs);
        let fit = fit(&spec, points.view(), &mut *numpy(seed));
        let json = assert_equals_scikit_learn(&fit, points.view(), case, 1e-9);
        let r = matrix(&json["responsibilities"]);
        let first = numbers(&case["predict_proba_first_rows"]);
        assert_close("r", &r.iter().copied().take(first.len()).collect::<Vec<_>>(), &first, 1e-9);
        let mut histogram = vec![0.0; spec.components];
        for k in elbow::score::most_probable(r.view()) {
            histogram[k] += 1.0;
        }
        assert_eq!(histogram, numbers(&case["labels_histogram"]));
        let predicted = fit.predict(points.view(), usize::MAX);
        assert_eq!(predicted.labels, elbow::score::most_probable(r.view()));
        assert_eq!(predicted.responsibilities, r);
        let score = predicted.score_samples.iter().sum::<f64>() / points.nrows() as f64;
        assert_close("score", &[score], &numbers(&case["score"]), 1e-10);
    }
}

#[test]
fn the_lectures_appendix_takes_169_iterations() {
    let case = &fixture("vb_gmm.json")["cases"][0];
    let points = lecture_points();
    let fit = fit(&translate(&case["options"], 2, theirs), points.view(), &mut *numpy(10));
    assert_eq!(fit.iterations(), 169);
}

#[test]
fn other_priors_dimensions_and_restarts_are_equal_to_scikit_learns() {
    assert_equal_to_all_of("vb_extra.json", 12, spec);
}

#[test]
fn every_form_with_every_start_and_other_priors_is_equal_to_scikit_learns() {
    assert_equal_to_all_of("vb_kinds.json", 40, theirs);
}

/// Compares with every case of a fixture, whose options left out are those of `default`.
#[track_caller]
fn assert_equal_to_all_of(file: &str, count: usize, default: fn(usize, usize) -> Spec) {
    let extra = fixture(file);
    let cases = extra["cases"].as_array().unwrap();
    assert_eq!(cases.len(), count);
    for case in cases {
        let data = case["data"].as_str().unwrap();
        let points = matrix(&extra["points"][data]);
        let mut random = numpy(case["seed"].as_u64().unwrap());
        let fit =
            fit(&translate(&case["options"], points.ncols(), default), points.view(), &mut *random);
        let tolerance = 1e-9;
        let json = assert_equals_scikit_learn(&fit, points.view(), case, tolerance);
        let r = matrix(&json["responsibilities"]);
        assert_distributions(r.view());
        let rows: Vec<f64> = r.rows().into_iter().step_by(10).flatten().copied().collect();
        assert_close("r", &rows, &numbers(&case["responsibilities"]), tolerance);
        assert_close(
            "r at 0",
            &fit.responsibilities(points.view(), 99_999).row(0).to_vec(),
            &r.row(0).to_vec(),
            0.0,
        );
    }
}

/// The log evidence of points in one dimension under a normal-gamma (one-dimensional
/// normal-Wishart) prior with `m0`, `b0`, `n0` degrees of freedom and inverse scale `p0`.
fn log_evidence(x: &[f64], m0: f64, b0: f64, n0: f64, p0: f64) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let squares: f64 = x.iter().map(|x| (x - mean) * (x - mean)).sum();
    let p = p0 + squares + b0 * n / (b0 + n) * (mean - m0) * (mean - m0);
    libm::lgamma(0.5 * (n0 + n)) - libm::lgamma(0.5 * n0) + 0.5 * n0 * p0.ln()
        - 0.5 * (n0 + n) * p.ln()
        + 0.5 * (b0 / (b0 + n)).ln()
        - 0.5 * n * PI.ln()
}

#[test]
fn with_one_component_in_one_dimension_the_elbo_is_the_log_evidence() {
    let mut random = numpy(2);
    let x: Vec<f64> = (0..60).map(|_| random.normal(-3.0, 1.7)).collect();
    for (m0, b0, n0, p0) in [(0.0, 1.0, 1.0, 1.0), (-3.0, 0.2, 4.5, 9.0), (20.0, 5.0, 0.5, 0.01)] {
        let spec = Spec {
            mean_prior: Some(vec![m0]),
            mean_precision_prior: b0,
            degrees_of_freedom_prior: n0,
            covariance_prior: Some(vec![p0]),
            reg_covar: 0.0,
            ..spec(1, 1)
        };
        let fit = fit(&spec, line(&x).view(), &mut *random);
        let expected = log_evidence(&x, m0, b0, n0, p0);
        // 10 eps in the counts, and the log gammas' own digits.
        assert_close("elbo", &[fit.trace["elbo"].at(0).unwrap()], &[expected], 1e-12);
        assert_close("elbo", &[fit.trace["elbo"].at(9).unwrap()], &[expected], 1e-12);
    }
}

fn clusters(seed: u64, dimensions: usize, rows: usize) -> Array2<f64> {
    let mut random = numpy(seed);
    let centres = Array2::from_shape_simple_fn((3, dimensions), || random.normal(0.0, 4.0));
    let labels = random.choice(3, rows);
    Array2::from_shape_fn((rows, dimensions), |(i, j)| random.normal(centres[[labels[i], j]], 1.0))
}

#[test]
fn the_elbo_never_falls() {
    for seed in 0..40 {
        let dimensions = 1 + seed as usize % 4;
        let points = clusters(seed, dimensions, 150);
        let spec = Spec { reg_covar: 0.0, tol: 0.0, max_iter: 150, ..spec(6, dimensions) };
        let fit = fit(&spec, points.view(), &mut *numpy(seed));
        let values = &fit.trace["elbo"].values;
        assert_eq!(values.len(), 151);
        for pair in values.windows(2) {
            // 10 eps in the counts and the rounding of sums of 150 points.
            assert!(pair[1] - pair[0] >= -1e-12 * (1.0 + pair[1].abs()), "seed {seed}: {pair:?}");
        }
    }
}

#[test]
fn shifting_the_data_and_the_priors_shifts_the_means_alone() {
    let points = clusters(3, 2, 120);
    let moved = &points + &array![[1000.0, -500.0]];
    let given = Spec { mean_prior: Some(vec![0.5, -0.5]), ..spec(3, 2) };
    let given_moved = Spec { mean_prior: Some(vec![1000.5, -500.5]), ..spec(3, 2) };
    for (a, b) in [(&spec(3, 2), &spec(3, 2)), (&given, &given_moved)] {
        let one = fit(a, points.view(), &mut *numpy(1));
        let other = fit(b, moved.view(), &mut *numpy(1));
        assert_eq!(one.iterations(), other.iterations());
        // The data themselves lose three digits when they are moved.
        assert_close("elbo", &one.trace["elbo"].values, &other.trace["elbo"].values, 1e-11);
        let (one, other) = (one.mixture(usize::MAX), other.mixture(usize::MAX));
        let back = other.means - array![[1000.0, -500.0]];
        assert_close(
            "means",
            &one.means.into_raw_vec_and_offset().0,
            &back.into_raw_vec_and_offset().0,
            1e-10,
        );
        assert_close("weights", &one.weights, &other.weights, 1e-9);
    }
}

#[test]
fn every_iteration_can_be_asked_for() {
    let points = clusters(4, 2, 90);
    let fit = fit(&spec(3, 2), points.view(), &mut *numpy(1));
    assert_eq!(fit.states.len(), fit.iterations() + 1);
    assert_eq!(fit.trace["elbo"].first, 0);
    assert_eq!(fit.trace["lower_bound"].first, 1);
    assert_eq!(fit.trace["elbo"].values.len(), fit.trace["lower_bound"].values.len() + 1);
    for at in [0, 1, fit.iterations(), usize::MAX] {
        assert_distributions(fit.responsibilities(points.view(), at).view());
        assert_close("weights", &[fit.mixture(at).weights.iter().sum()], &[1.0], 1e-14);
    }
    assert_eq!(fit.mixture(usize::MAX), fit.mixture(fit.iterations()));
}

#[test]
fn the_same_bits_whatever_the_number_of_threads() {
    let points = clusters(6, 2, 30_000);
    let spec = Spec { restarts: 3, max_iter: 4, ..spec(4, 2) };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&spec, points.view(), &mut *numpy(3)))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn an_ill_defined_covariance_says_where_and_what_to_change() {
    let points = array![[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]];
    let error = |spec: Spec| {
        let spec = model::Spec::BayesianMixture(spec);
        model::fit(&spec, points.view(), &mut *numpy(0), &model::unwatched).unwrap_err()
    };
    let constant = error(spec(2, 2));
    assert!(
        constant.contains("coordinate 0") && constant.contains("hint: give `covariance_prior`")
    );
    // Equal points leave no variance but the prior's, and this one underflows.
    let equal = array![[1.0], [1.0], [1.0]];
    let spec = Spec { covariance_prior: Some(vec![5e-324]), reg_covar: 0.0, ..spec(1, 1) };
    let text = model::fit(
        &model::Spec::BayesianMixture(spec),
        equal.view(),
        &mut *numpy(0),
        &model::unwatched,
    )
    .unwrap_err();
    for part in ["component 0", "iteration 0 of restart 0", "`reg_covar`"] {
        assert!(text.contains(part), "{text}");
    }
}
