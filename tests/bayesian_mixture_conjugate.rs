//! The conjugate Bayesian mixtures against closed forms and their invariances, beside scikit-learn's
//! family where that has them too.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::evidence::{Prior, determinant, log_marginal, spec};
use common::{assert_close, assert_distributions, assert_relative, numpy};
use elbow::model::bayesian_mixture::{CovarianceType, Family, Init, Spec, WeightPrior};
use elbow::model::{self, Fit};
use ndarray::{Array2, ArrayView2, Axis, array};

const FORMS: [CovarianceType; 4] =
    [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical];

const FAMILIES: [Family; 2] = [Family::ScikitLearn, Family::Conjugate];

const WEIGHTS: [WeightPrior; 2] =
    [WeightPrior::DirichletDistribution, WeightPrior::DirichletProcess];

const DRAWN: [Init; 4] = [Init::Random, Init::Kmeans, Init::KmeansPlusPlus, Init::RandomFromData];

fn fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Fit {
    let spec = model::Spec::BayesianMixture(spec.clone());
    model::fit(&spec, points, &mut *numpy(seed), &model::unwatched).unwrap()
}

fn clusters(seed: u64, dimensions: usize, rows: usize) -> Array2<f64> {
    let mut random = numpy(seed);
    let centres = Array2::from_shape_simple_fn((3, dimensions), || random.normal(0.0, 4.0));
    let labels = random.choice(3, rows);
    Array2::from_shape_fn((rows, dimensions), |(i, j)| random.normal(centres[[labels[i], j]], 1.0))
}

/// The log probability of labels with these counts, once the weights are integrated out. What is left
/// over by the last stick of a process is not shared out in its bound.
fn log_labels(counts: &[f64], prior: WeightPrior, a0: f64) -> f64 {
    let (k, n) = (counts.len() as f64, counts.iter().sum::<f64>());
    let beta = |a, b| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    match prior {
        WeightPrior::DirichletDistribution => {
            let each: f64 = counts.iter().map(|c| libm::lgamma(a0 + c) - libm::lgamma(a0)).sum();
            libm::lgamma(k * a0) - libm::lgamma(k * a0 + n) + each
        }
        WeightPrior::DirichletProcess => (0..counts.len())
            .map(|l| {
                beta(1.0 + counts[l], a0 + counts[l + 1..].iter().sum::<f64>()) - beta(1.0, a0)
            })
            .sum(),
    }
}

#[test]
fn with_one_component_the_elbo_is_the_log_evidence() {
    for form in FORMS {
        for (d, b0, more) in [(1, 1.0, 0.0), (2, 0.3, 0.5), (4, 2.5, 3.0), (3, 0.01, 0.0)] {
            let points = clusters(d as u64, d, 60);
            let prior = Prior::new(d, b0, d as f64 + more, form);
            for weight_prior in WEIGHTS {
                let spec = Spec { weight_prior, ..prior.in_spec(form, 1) };
                let expected = log_marginal(std::slice::from_ref(&points), form, &prior)
                    + log_labels(&[60.0], weight_prior, spec.weight_concentration_prior);
                let fit = fit(&spec, points.view(), 1);
                // 10 eps in the counts, and the log gammas' own digits.
                for at in [0, 9] {
                    let elbo = fit.trace["elbo"].at(at).unwrap();
                    assert_relative(&format!("{form:?} {d}"), &[elbo], &[expected], 1e-12);
                }
            }
        }
    }
}

/// Where every point belongs to one component, nothing is lost by the factors of `q`: the bound is the
/// probability of points and labels.
#[test]
fn with_given_labels_the_elbo_is_the_log_probability_of_points_and_labels() {
    let d = 3;
    let points = clusters(3, d, 70);
    let labels: Vec<usize> = (0..70).map(|i| [0, 1, 2, 2, 1, 1, 2][i % 7]).collect();
    let groups: Vec<Array2<f64>> = (0..3)
        .map(|k| {
            let own: Vec<usize> = (0..70).filter(|i| labels[*i] == k).collect();
            points.select(Axis(0), &own)
        })
        .collect();
    let counts: Vec<f64> = groups.iter().map(|x| x.nrows() as f64).collect();
    assert!(counts.iter().all(|c| *c > 2.0), "{counts:?}");
    for form in FORMS {
        let prior = Prior::new(d, 0.4, d as f64 + 0.25, form);
        for weight_prior in WEIGHTS {
            let init = Init::Labels(labels.clone());
            let spec = Spec { weight_prior, init, ..prior.in_spec(form, 3) };
            let expected = log_marginal(&groups, form, &prior)
                + log_labels(&counts, weight_prior, spec.weight_concentration_prior);
            let elbo = fit(&spec, points.view(), 1).trace["elbo"].at(0).unwrap();
            assert_relative(&format!("{form:?}"), &[elbo], &[expected], 1e-12);
        }
    }
}

#[test]
fn in_one_dimension_forms_with_a_precision_each_are_one_model() {
    let points = clusters(12, 1, 80);
    let of = |covariance| fit(&Spec { covariance, ..spec(3, 1) }, points.view(), 2);
    let full = of(CovarianceType::Full);
    for covariance in [CovarianceType::Diag, CovarianceType::Spherical] {
        let other = of(covariance);
        assert_close("elbo", &other.trace["elbo"].values, &full.trace["elbo"].values, 1e-12);
        let (r, expected) = (
            other.responsibilities(points.view(), usize::MAX),
            full.responsibilities(points.view(), usize::MAX),
        );
        assert_distributions(r.view());
        assert_close("r", &list(&r), &list(&expected), 1e-10);
    }
}

#[test]
fn the_elbo_never_falls_in_1000_problems_of_each_family_and_prior_of_weights() {
    for family in FAMILIES {
        for weight_prior in WEIGHTS {
            for seed in 0..1000_usize {
                let (dimensions, components) = (1 + seed % 3, 1 + seed % 5);
                let points = clusters(seed as u64, dimensions, 8 + seed % 23);
                let spec = Spec {
                    family,
                    weight_prior,
                    covariance: FORMS[seed / 3 % 4],
                    init: DRAWN[seed / 12 % 4].clone(),
                    weight_concentration_prior: [0.01, 0.3, 4.0][seed / 5 % 3],
                    mean_precision_prior: [0.05, 1.0, 3.0][seed / 7 % 3],
                    degrees_of_freedom_prior: dimensions as f64 + [0.0, 2.5][seed % 2],
                    reg_covar: [0.0, 1e-6][seed / 2 % 2],
                    max_iter: 12,
                    ..spec(components, dimensions)
                };
                let trace = &fit(&spec, points.view(), seed as u64).trace["elbo"];
                assert_eq!(trace.first + trace.values.len(), 13);
                for pair in trace.values.windows(2) {
                    // The rounding of sums, `reg_covar` and 10 eps in the counts.
                    let fall = (pair[0] - pair[1]) / (1.0 + pair[1].abs());
                    assert!(fall <= 1e-10, "{seed} {spec:?}: {pair:?}");
                }
            }
        }
    }
}

fn list(m: &Array2<f64>) -> Vec<f64> {
    m.iter().copied().collect()
}

/// Fits points, and the same points after `x -> by x + shift`, of which every form that `forms` names
/// knows: components go the same way, responsibilities stay, and the ELBO loses `N ln |by|`.
#[track_caller]
fn assert_follows(forms: &[CovarianceType], by: &Array2<f64>, shift: &[f64], starts: &[Init]) {
    let (n, d) = (90, by.nrows());
    let points = clusters(5, d, n);
    let shift = ndarray::arr1(shift);
    let moved = points.dot(&by.t()) + &shift;
    let lost = n as f64 * determinant(by).abs().ln();
    for family in FAMILIES {
        for &covariance in forms {
            for (init, weight_prior) in starts.iter().zip(WEIGHTS.into_iter().cycle()) {
                // Here scikit-learn's formula depends on where 0 is.
                let single = matches!(init, Init::KmeansPlusPlus | Init::RandomFromData);
                if single && family == Family::ScikitLearn && covariance == CovarianceType::Tied {
                    continue;
                }
                let init = init.clone();
                let what = format!("{family:?} {covariance:?} {init:?}");
                let spec = Spec { family, covariance, weight_prior, init, ..spec(4, d) };
                let (one, other) = (fit(&spec, points.view(), 2), fit(&spec, moved.view(), 2));
                let expected: Vec<f64> =
                    one.trace["elbo"].values.iter().map(|value| value - lost).collect();
                // The data themselves lose digits when they are moved.
                assert_close(&what, &other.trace["elbo"].values, &expected, 1e-10);
                let (r, same) = (
                    one.responsibilities(points.view(), usize::MAX),
                    other.responsibilities(moved.view(), usize::MAX),
                );
                assert_close(&what, &list(&same), &list(&r), 1e-8);
                let (one, other) = (one.mixture(usize::MAX), other.mixture(usize::MAX));
                assert_close(&what, &other.weights, &one.weights, 1e-9);
                let means = one.means.dot(&by.t()) + &shift;
                assert_close(&what, &list(&other.means), &list(&means), 1e-8);
                for (a, b) in one.covariances.iter().zip(&other.covariances) {
                    let expected = by.dot(a).dot(&by.t());
                    assert_close(&what, &list(b), &list(&expected), 1e-8);
                }
            }
        }
    }
}

#[test]
fn moving_the_data_moves_the_means_alone() {
    assert_follows(&FORMS, &Array2::eye(2), &[512.0, -256.0], &DRAWN);
}

#[test]
fn other_units_are_other_units_and_nothing_else() {
    let starts = [Init::Random, Init::Labels((0..90).map(|i| i % 4).collect())];
    assert_follows(&FORMS, &(Array2::eye(3) * 1000.0), &[0.0; 3], &DRAWN);
    let each = array![[100.0, 0.0], [0.0, 0.02]];
    let forms = [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag];
    assert_follows(&forms, &each, &[0.0; 2], &starts);
    let skewed = array![[2.0, 0.7], [-0.4, 1.5]];
    assert_follows(&forms[..2], &skewed, &[1.0, 2.0], &starts);
}

#[test]
fn turning_the_data_turns_the_components() {
    let turn = array![[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
    let forms = [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Spherical];
    assert_follows(&forms, &turn, &[0.0; 3], &DRAWN);
    // Other names for coordinates are a turn that `diag` knows too.
    let names = array![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]];
    assert_follows(&FORMS, &names, &[0.0; 3], &DRAWN);
}

#[test]
fn other_names_for_components_change_the_names_alone() {
    let points = clusters(8, 2, 90);
    let labels: Vec<usize> = (0..90).map(|i| [0, 1, 2, 1, 0][i % 5]).collect();
    let renamed: Vec<usize> = labels.iter().map(|k| (k + 1) % 3).collect();
    for family in FAMILIES {
        for covariance in FORMS {
            let with = |labels: &[usize]| {
                let init = Init::Labels(labels.to_vec());
                fit(&Spec { family, covariance, init, ..spec(3, 2) }, points.view(), 0)
            };
            let (one, other) = (with(&labels), with(&renamed));
            assert_close("elbo", &other.trace["elbo"].values, &one.trace["elbo"].values, 1e-12);
            let (one, other) = (one.mixture(usize::MAX), other.mixture(usize::MAX));
            for k in 0..3 {
                let there = (k + 1) % 3;
                assert_close("weight", &[other.weights[there]], &[one.weights[k]], 1e-10);
                let row = |m: &Array2<f64>, k: usize| m.row(k).to_vec();
                assert_close("mean", &row(&other.means, there), &row(&one.means, k), 1e-10);
            }
        }
    }
}

#[test]
fn full_is_the_same_in_both_families_and_others_have_the_elbo_alone() {
    let points = clusters(2, 2, 60);
    let of = |family, covariance| fit(&Spec { family, covariance, ..spec(3, 2) }, points.view(), 4);
    let [theirs, ours] = FAMILIES.map(|family| of(family, CovarianceType::Full));
    assert_eq!(theirs.trace, ours.trace);
    assert_eq!(theirs.mixture(usize::MAX), ours.mixture(usize::MAX));
    for covariance in [CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical] {
        let [theirs, ours] = FAMILIES.map(|family| of(family, covariance));
        let names = |fit: &Fit| fit.trace.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&theirs), ["elbo", "lower_bound"]);
        assert_eq!(names(&ours), ["elbo"]);
        assert_ne!(theirs.trace["elbo"], ours.trace["elbo"]);
    }
}

/// More restarts: the best ELBO is kept, and a small change of it ends a run.
#[test]
fn the_elbo_stops_a_run_and_ranks_restarts() {
    let points = clusters(7, 2, 60);
    let spec = Spec { restarts: 6, tol: 1e-3, max_iter: 500, ..spec(5, 2) };
    let fit = fit(&spec, points.view(), 4);
    let best = fit.restart_values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(fit.trace["elbo"].values.last(), Some(&best));
    assert_eq!(fit.restart_values[fit.restart], best);
    let values = &fit.trace["elbo"].values;
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (last, before) = steps.split_last().unwrap();
    assert!(*last < 1e-3 && before.iter().all(|step| *step >= 1e-3), "{steps:?}");
}
