//! CAVI against the notebook's own numbers, closed forms, and the ELBO's promise never to fall.
//!
//! `fixtures/cavi_1d.json` is made by `fixtures/make_reference.py` (numpy 2.4.6, scipy 1.17.1,
//! scikit-learn 1.9.1).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{
    assert_close, assert_distributions, assert_relative, fixture, line, numbers, numpy, parse,
};
use elbow::diagnostic::Problems;
use elbow::model::cavi::{Init, Spec, StopOn, VariancePrior};
use elbow::model::{self, Fit, Responsibilities, Stop};
use elbow::random::Random;
use elbow::score::{self, Matching, baseline};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::Value;
use std::f64::consts::PI;

/// The known variance `v` with the prior variance `v0` of the means.
fn known(v: f64, v0: f64) -> VariancePrior {
    VariancePrior::Known { variance: v, prior_variance: v0 }
}

fn spec(components: usize) -> Spec {
    Spec {
        components,
        variance: known(1.0, 1.0),
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: Init::KmeansPlusPlus,
        max_iter: 100,
        tol: 1e-10,
        stop_on: StopOn::Elbo,
        restarts: 1,
    }
}

fn fit(spec: &Spec, x: &[f64], random: &mut dyn Random) -> Fit {
    model::fit(&model::Spec::Cavi(spec.clone()), line(x).view(), random, &model::unwatched).unwrap()
}

/// The data of a case of the reference, with their labels.
fn data(case: &Value) -> (Vec<f64>, Vec<usize>) {
    let mut random = numpy(case["data_seed"].as_u64().unwrap());
    let n = case["samples_per_component"].as_u64().unwrap() as usize;
    let mut x = Vec::new();
    let mut labels = Vec::new();
    for (k, mean) in numbers(&case["means"]).into_iter().enumerate() {
        x.extend((0..n).map(|_| random.normal(mean, 1.0)));
        labels.extend(vec![k; n]);
    }
    (x, labels)
}

fn case_fit(case: &Value, x: &[f64]) -> Fit {
    let spec = Spec {
        variance: known(1.0, case["prior_variance"].as_f64().unwrap()),
        init: Init::Lecture,
        max_iter: case["max_iter"].as_u64().unwrap() as usize,
        stop_on: StopOn::ElboLecture,
        ..spec(case["means"].as_array().unwrap().len())
    };
    fit(&spec, x, &mut *numpy(case["model_seed"].as_u64().unwrap()))
}

/// The reference's tolerance: sums of thousands of terms in another order.
const REFERENCE: f64 = 1e-10;

#[test]
fn every_iteration_of_the_reference() {
    for case in fixture("cavi_1d.json")["cases"].as_array().unwrap() {
        let (x, _) = data(case);
        assert_relative("sum x", &[x.iter().sum()], &numbers(&case["x_sum"]), REFERENCE);
        let fit = case_fit(case, &x);
        let expected = &case["fit"];
        assert_eq!(fit.iterations() as u64, expected["iterations"].as_u64().unwrap());
        assert_eq!(serde_json::to_value(fit.stop).unwrap(), expected["stop"]);
        let json = fit.to_json(line(&x).view(), Responsibilities::Include);
        for key in ["m", "s2", "elbo", "elbo_lecture"] {
            assert_relative(key, &numbers(&json[key]), &numbers(&expected[key]), REFERENCE);
        }
        let phi = common::matrix(&json["responsibilities"]);
        assert_distributions(phi.view());
        let first = numbers(&expected["phi_first_rows"]);
        assert_relative(
            "phi",
            &phi.iter().copied().take(first.len()).collect::<Vec<_>>(),
            &first,
            REFERENCE,
        );
        let sums: Vec<f64> = phi.columns().into_iter().map(|c| c.sum()).collect();
        assert_relative("phi sums", &sums, &numbers(&expected["phi_column_sums"]), REFERENCE);
    }
}

#[test]
fn scores_of_the_reference() {
    for case in fixture("cavi_1d.json")["cases"].as_array().unwrap() {
        let (x, labels) = data(case);
        let points = line(&x);
        let phi = case_fit(case, &x).responsibilities(points.view(), usize::MAX);
        let components = phi.ncols();
        let scores =
            score::score(&labels.clone().into(), components, phi.view(), Matching::Overlap);
        let actual = serde_json::to_value(&scores).unwrap();
        assert_eq!(actual["match"], case["match"]);
        for (key, reference) in [
            ("log_loss", "log_loss_as_fitted"),
            ("log_loss_matched", "log_loss_matched"),
            ("accuracy", "accuracy_as_fitted"),
            ("accuracy_matched", "accuracy_matched"),
            ("adjusted_rand", "adjusted_rand"),
            ("normalized_mutual_information", "normalized_mutual_information"),
        ] {
            assert_relative(key, &numbers(&actual[key]), &numbers(&case[reference]), REFERENCE);
        }
        let order = score::uncertainty_order(phi.view());
        let check = |what: &str, indices: Vec<usize>| {
            for (i, expected) in indices.into_iter().zip(case[what].as_array().unwrap()) {
                assert_eq!(i as u64, expected[0].as_u64().unwrap(), "{what}");
                assert_relative(what, &[x[i]], &numbers(&expected[1]), REFERENCE);
                assert_relative(what, &phi.row(i).to_vec(), &numbers(&expected[2]), REFERENCE);
            }
        };
        check("most_uncertain", order.iter().copied().take(3).collect());
        check("least_uncertain", order.iter().rev().copied().take(3).collect());
    }
}

#[test]
fn permuted_truth_of_the_reference() {
    let options: baseline::Options = parse("scores = ['log_loss', 'accuracy']");
    let spec = options.resolve(&mut Problems::default()).unwrap();
    for case in fixture("cavi_1d.json")["cases"].as_array().unwrap() {
        let (_, labels) = data(case);
        let components = case["means"].as_array().unwrap().len();
        let mut random = numpy(case["baseline_seed"].as_u64().unwrap());
        let rows = baseline::run(&spec, &labels, components, &mut *random);
        for name in ["log_loss", "accuracy"] {
            let actual: Vec<f64> = rows
                .iter()
                .filter(|row| row.score.name() == name)
                .flat_map(|row| [row.fraction, row.mean])
                .collect();
            assert_relative(name, &actual, &numbers(&case["permuted_truth"][name]), REFERENCE);
        }
        assert!(rows.iter().all(|r| r.low == r.mean && r.high == r.mean));
    }
}

/// `ln N(x | 0, v I + v0 1 1^T)`: the log evidence for K = 1.
fn log_evidence(x: &[f64], v: f64, v0: f64) -> f64 {
    let n = x.len() as f64;
    let sum: f64 = x.iter().sum();
    let squares: f64 = x.iter().map(|x| x * x).sum();
    let quadratic = (squares - v0 * sum * sum / (v + n * v0)) / v;
    let log_determinant = (n - 1.0) * v.ln() + (v + n * v0).ln();
    -0.5 * (n * (2.0 * PI).ln() + log_determinant + quadratic)
}

#[test]
fn with_one_component_the_elbo_is_the_log_evidence() {
    let mut random = numpy(1);
    let x: Vec<f64> = (0..50).map(|_| random.normal(3.0, 2.0)).collect();
    for (v, v0) in [(1.0, 1.0), (0.5, 4.0), (4.0, 25.0)] {
        let fit = fit(&Spec { variance: known(v, v0), ..spec(1) }, &x, &mut *random);
        let expected = log_evidence(&x, v, v0);
        // The closed form itself loses a few digits in its quadratic form.
        assert_close("elbo", &[fit.trace["elbo"].at(9).unwrap()], &[expected], 1e-13);
        assert_eq!(fit.stop, Stop::Converged);
    }
}

/// The exact ELBO by its definition, term by term, from an N x K array.
fn elbo(x: &[f64], phi: &Array2<f64>, m: &[f64], s2: &[f64], v: f64, v0: f64) -> f64 {
    let mut sum = -(x.len() as f64) * (m.len() as f64).ln();
    for (m, s2) in m.iter().zip(s2) {
        sum += -0.5 * (2.0 * PI * v0).ln() - (m * m + s2) / (2.0 * v0);
        sum += 0.5 * (2.0 * PI * std::f64::consts::E * s2).ln();
    }
    for ((i, k), &phi) in phi.indexed_iter() {
        let d = x[i] - m[k];
        sum += phi * (-0.5 * (2.0 * PI * v).ln() - (d * d + s2[k]) / (2.0 * v));
        sum -= if phi > 0.0 { phi * phi.ln() } else { 0.0 };
    }
    sum
}

/// A problem as INFERENCE.md section 4 draws it.
fn random_problem(random: &mut dyn Random, components: usize, n: usize, v0: f64) -> Vec<f64> {
    let means: Vec<f64> = (0..components).map(|_| random.normal(0.0, v0.sqrt())).collect();
    random.choice(components, n).into_iter().map(|k| random.normal(means[k], 1.0)).collect()
}

/// The largest fall from one iteration to the next, relative to the value.
fn worst_fall(values: &[f64]) -> f64 {
    values.windows(2).map(|w| (w[0] - w[1]) / (1.0 + w[1].abs())).fold(0.0, f64::max)
}

#[test]
fn the_exact_elbo_never_falls_and_the_lectures_does_in_1000_random_problems() {
    let mut lecture_falls = 0;
    for problem in 0..1000 {
        let mut random = numpy(problem);
        let components = random.integer(2, 8) as usize;
        let n = random.integer(20, 400) as usize;
        let v0 = [1.0, 5.0, 25.0, 100.0][problem as usize % 4];
        let x = random_problem(&mut *random, components, n, v0);
        let low = x.iter().copied().fold(f64::INFINITY, f64::min);
        let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let init = Init::Given {
            means: (0..components).map(|_| random.uniform_between(low, high)).collect(),
            variances: Some((0..components).map(|_| random.uniform() + 0.05).collect()),
        };
        let spec =
            Spec { variance: known(1.0, v0), init, max_iter: 120, tol: 0.0, ..spec(components) };
        let fit = fit(&spec, &x, &mut *random);
        let fall = worst_fall(&fit.trace["elbo"].values);
        assert!(fall <= 1e-12, "problem {problem}: the ELBO falls by {fall:e}");
        lecture_falls += usize::from(worst_fall(&fit.trace["elbo_lecture"].values) > 1e-9);
    }
    // In 112 of the 300 problems of INFERENCE.md, which are drawn the same way.
    assert!((300..450).contains(&lecture_falls), "the lecture's ELBO falls in {lecture_falls}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_elbo_is_its_definition_and_never_falls(
        seed in 0_u64..1 << 32, components in 1_usize..6, n in 6_usize..60,
        v in 0.1_f64..10.0, v0 in 0.1_f64..100.0, shift in -50.0_f64..50.0,
    ) {
        let mut random = numpy(seed);
        let mut x = random_problem(&mut *random, components, n, v0);
        x.iter_mut().for_each(|x| *x += shift);
        let spec = Spec { variance: known(v, v0), max_iter: 30, ..spec(components) };
        let fit = fit(&spec, &x, &mut *random);
        prop_assert!(worst_fall(&fit.trace["elbo"].values) <= 1e-12);
        for at in 0..=fit.iterations() {
            let phi = fit.responsibilities(line(&x).view(), at);
            assert_distributions(phi.view());
            let state = fit.states[at].as_cavi().unwrap();
            let expected = elbo(&x, &phi, &state.m, &state.s2, v, v0);
            // The definition subtracts terms up to a thousand times the result.
            assert_close("elbo", &[fit.trace["elbo"].values[at]], &[expected], 1e-11);
        }
    }
}

#[test]
fn relabelling_the_initial_values_relabels_the_result_and_no_more() {
    let mut random = numpy(5);
    let x = random_problem(&mut *random, 3, 200, 25.0);
    let start = |means: [f64; 3]| Spec {
        variance: known(1.0, 25.0),
        init: Init::Given { means: means.to_vec(), variances: None },
        ..spec(3)
    };
    let one = fit(&start([-1.0, 2.0, 4.0]), &x, &mut *random);
    let other = fit(&start([4.0, -1.0, 2.0]), &x, &mut *random);
    assert_eq!(one.iterations(), other.iterations());
    assert_close("elbo", &one.trace["elbo"].values, &other.trace["elbo"].values, 1e-14);
    let (a, b) = (one.mixture(usize::MAX).means, other.mixture(usize::MAX).means);
    for k in 0..3 {
        assert_close("mean", &[a[[k, 0]]], &[b[[(k + 1) % 3, 0]]], 1e-13);
    }
}

#[test]
fn the_best_restart_is_kept_whatever_the_number_of_threads() {
    let mut random = numpy(8);
    let x = random_problem(&mut *random, 5, 9000, 25.0);
    let spec = Spec {
        restarts: 8,
        variance: known(1.0, 25.0),
        max_iter: 20,
        init: Init::Lecture,
        ..spec(5)
    };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&spec, &x, &mut *numpy(3)))
    };
    let one = with(1);
    assert_eq!(one, with(3));
    let best = one.restart_values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(one.restart_values.len(), 8);
    assert_eq!(one.restart_values[one.restart], best);
    assert_eq!(one.trace["elbo"].at(usize::MAX), Some(best));
}

#[test]
fn the_elbo_of_every_restart_is_kept_from_its_start_to_its_end() {
    let mut random = numpy(8);
    let x = random_problem(&mut *random, 5, 400, 4.0);
    let spec = Spec { restarts: 6, max_iter: 500, tol: 1e-6, ..spec(5) };
    let kept = fit(&spec, &x, &mut *numpy(3));
    assert_eq!(kept.restart_traces[kept.restart], kept.trace["elbo"]);
    // Each is the trace of a fit that starts where this restart did: after the draws of those before.
    let mut stream = numpy(3);
    let mut lengths = std::collections::BTreeSet::new();
    for (restart, trace) in kept.restart_traces.iter().enumerate() {
        let alone = fit(&Spec { restarts: 1, ..spec.clone() }, &x, &mut *stream);
        assert_eq!(*trace, alone.trace["elbo"], "restart {restart}");
        assert_eq!(trace.values.last(), Some(&kept.restart_values[restart]));
        lengths.insert(trace.values.len());
    }
    assert_eq!(kept.restart_traces.len(), 6);
    assert!(lengths.len() > 1, "all restarts took equally long: {lengths:?}");
    let json = kept.to_json(line(&x).view(), Responsibilities::Omit);
    assert_eq!(json["restart_traces"].as_array().unwrap().len(), 6);
    assert_eq!(json["restart_traces"][kept.restart], json["elbo"]);
}

#[test]
fn no_iterations_keep_the_initial_values() {
    let x = [0.0, 1.0, 5.0, 6.0];
    let init = Init::Given { means: vec![1.0, 2.0], variances: Some(vec![0.5, 0.25]) };
    let fit = fit(&Spec { max_iter: 0, init, ..spec(2) }, &x, &mut *numpy(0));
    assert_eq!((fit.iterations(), fit.stop), (0, Stop::IterationLimit));
    let json = fit.to_json(line(&x).view(), Responsibilities::Omit);
    assert_eq!(json["m"], serde_json::json!([[1.0, 2.0]]));
    assert_eq!(json["s2"], serde_json::json!([[0.5, 0.25]]));
    assert_eq!(json["means"], serde_json::json!([[1.0], [2.0]]));
    assert_eq!(json["elbo"].as_array().unwrap().len(), 1);
    assert!(json.get("responsibilities").is_none());
}

#[test]
fn kmeans_plus_plus_starts_where_scikit_learns_does() {
    let extra = fixture("vb_extra.json");
    for case in extra["kmeans_plus_plus"].as_array().unwrap() {
        let x = numbers(&extra["points"]["d1"]);
        let components = case["components"].as_u64().unwrap() as usize;
        let mut random = numpy(case["seed"].as_u64().unwrap());
        let fit = fit(&Spec { max_iter: 0, ..spec(components) }, &x, &mut *random);
        assert_eq!(fit.states[0].as_cavi().unwrap().m, numbers(&case["centres"]));
    }
}

#[test]
fn the_lectures_start_needs_whole_numbers_between_the_points() {
    let spec = model::Spec::Cavi(Spec { init: Init::Lecture, ..spec(2) });
    for (x, expected) in [
        ([5.9, 5.1], "from 5.1 to 5.9 there are no two (iteration 0 of"),
        ([-0.5, 0.7], "from -0.5 to 0.7 there are no two (iteration 0 of"),
        ([3.0, 3.0], "hint: use `init = \"kmeans++\"`, or spread the data out"),
        ([1e100, 0.0], "from 0.0 to 1e100 they are too large to be told apart"),
        ([1e100, 0.0], "hint: use `init = \"kmeans++\"`, or bring the data to a smaller scale"),
    ] {
        let error =
            model::fit(&spec, line(&x).view(), &mut *numpy(0), &model::unwatched).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn numbers_that_overflow_are_an_error() {
    let error = model::fit(
        &model::Spec::Cavi(spec(2)),
        line(&[1e200, -1e200, 0.0]).view(),
        &mut *numpy(0),
        &model::unwatched,
    )
    .unwrap_err();
    assert!(error.contains("not a finite number") && error.contains("hint:"), "{error}");
}

#[test]
fn watching_a_fit_changes_nothing_and_counts_all_iterations() {
    let x: Vec<f64> = (0..60).map(|i| f64::from(i % 3) * 4.0 + f64::from(i) * 0.01).collect();
    // No change is less than -1; a run that ends early counts as all of its restart.
    for tol in [-1.0, 1e-3] {
        let spec = Spec { max_iter: 50, restarts: 3, tol, ..spec(3) };
        let seen = std::sync::Mutex::new(Vec::new());
        let watch = |done: usize, of: usize| seen.lock().unwrap().push((done, of));
        let model = model::Spec::Cavi(spec.clone());
        let watched = model::fit(&model, line(&x).view(), &mut *numpy(1), &watch).unwrap();
        assert_eq!(watched, fit(&spec, &x, &mut *numpy(1)));
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!(seen.last(), Some(&(150, 150)));
        assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0), "{seen:?}");
        assert!(seen.len() >= 3 && (tol > 0.0 || seen.len() >= 21), "{seen:?}");
    }
}
