//! What fits say of points that they were not made from: against scikit-learn's numbers, closed forms,
//! integrals and draws.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::evidence::{Prior, log_marginal};
use common::{assert_close, assert_distributions, line, numpy};
use elbow::math::mixture::Mixture;
use elbow::math::scaling::Scaling;
use elbow::model::bayesian_mixture::{CovarianceType, Family, Init, Spec, WeightPrior};
use elbow::model::{self, Fit, cavi, given, mixture_em};
use ndarray::{Array2, ArrayView2, Axis, array, concatenate};
use std::f64::consts::PI;

const FORMS: [CovarianceType; 4] =
    [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical];

const LAST: usize = usize::MAX;

fn fit(spec: model::Spec, points: ArrayView2<'_, f64>) -> Fit {
    model::fit(&spec, points, &mut *numpy(4), &model::unwatched).unwrap()
}

fn clusters(seed: u64, dimensions: usize, rows: usize) -> Array2<f64> {
    let mut random = numpy(seed);
    let centres = Array2::from_shape_simple_fn((3, dimensions), || random.normal(0.0, 4.0));
    let labels = random.choice(3, rows);
    Array2::from_shape_fn((rows, dimensions), |(i, j)| random.normal(centres[[labels[i], j]], 1.0))
}

fn cavi_spec() -> model::Spec {
    model::Spec::Cavi(cavi::Spec {
        components: 3,
        variance: cavi::VariancePrior::Known { variance: 0.7, prior_variance: 5.0 },
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: cavi::Init::KmeansPlusPlus,
        max_iter: 30,
        tol: 1e-10,
        stop_on: cavi::StopOn::Elbo,
        restarts: 1,
    })
}

/// CAVI with inferred variances and weights.
fn inferred_spec() -> model::Spec {
    let model::Spec::Cavi(spec) = cavi_spec() else { unreachable!() };
    model::Spec::Cavi(cavi::Spec {
        variance: cavi::VariancePrior::Unknown {
            mean_precision: 0.3,
            degrees_of_freedom: 2.0,
            variance: 0.7,
        },
        weight_concentration_prior: Some(0.8),
        ..spec
    })
}

fn given_spec() -> model::Spec {
    model::Spec::Given(given::Spec {
        mixture: Mixture {
            weights: vec![0.2, 0.8],
            means: array![[-1.0], [2.0]],
            covariances: vec![array![[0.5]], array![[2.0]]],
        },
    })
}

/// Every model with every form, fitted to the same few points in one dimension.
fn all_in_one_dimension() -> Vec<(String, Fit)> {
    let points = clusters(3, 1, 14);
    let mut all = vec![
        ("cavi".to_owned(), fit(cavi_spec(), points.view())),
        ("cavi, all inferred".to_owned(), fit(inferred_spec(), points.view())),
        ("given".to_owned(), fit(given_spec(), points.view())),
    ];
    for family in [Family::ScikitLearn, Family::Conjugate] {
        for covariance in FORMS {
            for weight_prior in [WeightPrior::DirichletDistribution, WeightPrior::DirichletProcess]
            {
                let spec = Spec { family, covariance, weight_prior, ..common::spec(3, 1) };
                let name = format!("{family:?} {covariance:?} {weight_prior:?}");
                all.push((name, fit(model::Spec::BayesianMixture(spec), points.view())));
            }
        }
    }
    all
}

/// The integral of a density over the line up to `end`, with `x = 3 tan(angle)`, in which tails like
/// a power of `x` are smooth.
fn integral(density: impl Fn(f64) -> f64, end: f64) -> f64 {
    let steps = 6_000;
    let (from, to) = (-0.5 * PI, (end / 3.0).atan());
    let width = (to - from) / f64::from(steps);
    let at = |i: i32| {
        let angle = from + (f64::from(i) + 0.5) * width;
        density(3.0 * angle.tan()) * 3.0 * width / (angle.cos() * angle.cos())
    };
    (0..steps).map(at).sum()
}

#[test]
fn predictive_densities_integrate_to_1_and_score_samples_do_not() {
    for (name, fit) in all_in_one_dimension() {
        let predictive = fit.predictive(LAST);
        let total = integral(|x| predictive.log_density(&[x]).exp(), f64::INFINITY);
        // The rule's error in the tails.
        assert!((total - 1.0).abs() < 1e-6, "{name}: {total}");
        let scored = integral(
            |x| fit.predict(array![[x]].view(), LAST).score_samples[0].exp(),
            f64::INFINITY,
        );
        if name == "given" {
            assert!((scored - 1.0).abs() < 1e-9, "{scored}");
        } else {
            assert!(scored < 0.99, "{name}: {scored}");
        }
    }
}

/// With one component there is nothing that `q` leaves out: the predictive density is the evidence with
/// the new point over that without it.
#[test]
fn with_one_component_the_predictive_density_is_the_ratio_of_evidences() {
    for form in FORMS {
        for d in [1, 2, 4] {
            let points = clusters(d as u64, d, 12);
            let prior = Prior::new(d, 0.3, d as f64 + 0.5, form);
            let fit = fit(model::Spec::BayesianMixture(prior.in_spec(form, 1)), points.view());
            let before = log_marginal(std::slice::from_ref(&points), form, &prior);
            let new = clusters(77, d, 9) * 1.5;
            let expected: Vec<f64> = new
                .rows()
                .into_iter()
                .map(|x| {
                    let more =
                        concatenate(Axis(0), &[points.view(), x.insert_axis(Axis(0))]).unwrap();
                    log_marginal(&[more], form, &prior) - before
                })
                .collect();
            let prediction = fit.predict(new.view(), LAST);
            let what = format!("{form:?} in {d}");
            // Differences of log evidences lose two digits.
            assert_close(&what, &prediction.log_density_predictive, &expected, 1e-11);
            assert!(prediction.labels.iter().all(|k| *k == 0));
        }
    }
}

#[test]
fn cavi_predicts_its_components_over_what_is_not_known_of_their_means() {
    let fit = fit(cavi_spec(), clusters(3, 1, 14).view());
    let state = fit.states.last().unwrap().as_cavi().unwrap();
    let normal = |x: f64, mean: f64, variance: f64| {
        (-0.5 * (x - mean) * (x - mean) / variance).exp() / (2.0 * PI * variance).sqrt()
    };
    for x in [-7.0, -1.0, 0.3, 4.0] {
        let expected: f64 = (0..3)
            .map(|k| {
                let of = |mu: f64| normal(x, mu, 0.7) * normal(mu, state.m[k], state.s2[k]);
                integral(of, f64::INFINITY) / 3.0
            })
            .sum();
        let found = fit.predict(array![[x]].view(), LAST).log_density_predictive[0];
        assert_close("log density", &[found], &[expected.ln()], 1e-9);
    }
}

/// `E_q` of a logarithm is below the logarithm of `E_q` (Jensen), so the score is below the predictive
/// density, by little where there are many points.
#[test]
fn scores_are_below_the_predictive_density_and_all_agree_for_many_points() {
    for (few, most) in [(12, 10.0), (30_000, 2e-2)] {
        let points = clusters(9, 2, few);
        for family in [Family::ScikitLearn, Family::Conjugate] {
            for covariance in FORMS {
                let spec = Spec { family, covariance, max_iter: 40, ..common::spec(3, 2) };
                let fit = fit(model::Spec::BayesianMixture(spec), points.view());
                let of = fit.predict(points.slice(ndarray::s![..12, ..]), LAST);
                assert_distributions(of.responsibilities.view());
                for i in 0..12 {
                    let (score, predicted) = (of.score_samples[i], of.log_density_predictive[i]);
                    assert!(score < predicted + 1e-12, "{family:?} {covariance:?}");
                    assert!(predicted - score < most, "{score} {predicted}");
                    assert!((predicted - of.log_density[i]).abs() < most);
                    let row = of.responsibilities.row(i);
                    assert!(row.iter().all(|r| *r <= row[of.labels[i]]));
                }
            }
        }
    }
}

/// Kolmogorov and Smirnov's distance of draws from the distribution function that the density
/// integrates to. Of draws from it, one of 10,000 is further than 2.2 over the root of their number.
#[test]
fn draws_have_the_density_that_they_are_drawn_from() {
    let count = 2_000;
    for (name, fit) in all_in_one_dimension() {
        let predictive = fit.predictive(LAST);
        let mixture = fit.mixture(LAST);
        let (ours, labels) = predictive.sample(count, &mut *numpy(11));
        let (plain, _) = fit.sample(LAST, count, &mut *numpy(12));
        assert_eq!((ours.dim(), plain.dim(), labels.len()), ((count, 1), (count, 1), count));
        assert!(labels.is_sorted());
        let predicted = |x: f64| predictive.log_density(&[x]).exp();
        let plugged = |x: f64| mixture.density(&[x]);
        for (points, density) in
            [(ours, &predicted as &dyn Fn(f64) -> f64), (plain, &plugged as &dyn Fn(f64) -> f64)]
        {
            let mut sorted: Vec<f64> = points.iter().copied().collect();
            sorted.sort_by(f64::total_cmp);
            // Every second hundredth draw is enough to see a distance of that size.
            for i in (0..count).step_by(200) {
                let expected = integral(density, sorted[i]);
                let distance = (expected - (i as f64 + 0.5) / count as f64).abs();
                assert!(distance < 2.2 / (count as f64).sqrt(), "{name} at {i}: {distance}");
            }
        }
    }
}

/// Rows, labels and what is not drawn: components one after the other, moments of the whole.
#[test]
fn draws_in_several_dimensions_have_the_moments_of_the_mixture() {
    let points = clusters(5, 2, 200);
    for covariance in FORMS {
        let spec = Spec { covariance, family: Family::Conjugate, ..common::spec(3, 2) };
        let fit = fit(model::Spec::BayesianMixture(spec), points.view());
        let count = 20_000;
        let mixture = fit.mixture(LAST);
        let mean = ndarray::arr1(&mixture.weights).dot(&mixture.means);
        for (rows, labels) in [
            fit.sample(LAST, count, &mut *numpy(1)),
            fit.predictive(LAST).sample(count, &mut *numpy(1)),
        ] {
            let found = rows.mean_axis(Axis(0)).unwrap();
            let spread = rows.std_axis(Axis(0), 0.0);
            for j in 0..2 {
                let error = (found[j] - mean[j]).abs();
                assert!(error < 4.0 * spread[j] / (count as f64).sqrt(), "{covariance:?}: {error}");
            }
            for (k, weight) in mixture.weights.iter().enumerate() {
                let share = labels.iter().filter(|l| **l == k).count() as f64 / count as f64;
                assert!((share - weight).abs() < 4.0 * 0.5 / (count as f64).sqrt());
            }
        }
    }
    let few = fit(cavi_spec(), line(&[0.0, 1.0, 5.0, 6.0]).view());
    assert_eq!(few.sample(0, 0, &mut *numpy(1)).0.nrows(), 0);
}

/// That a fit of standardized points says the same of them as the unit of the data has it: the same
/// labels and probabilities, and densities over the product of the standard deviations.
fn assert_told_in_the_unit_of_the_data(name: &str, spec: model::Spec, points: &Array2<f64>) {
    let scaling = Scaling::of(points.view()).unwrap();
    let seen = scaling.apply(points.view());
    let jacobian = scaling.sd.iter().map(|sd| sd.ln()).sum::<f64>();
    assert!(jacobian.abs() > 0.1, "{name}: {jacobian}");
    let plain = fit(spec, seen.view());
    let expected = plain.predict(seen.view(), LAST);
    let found = plain.scaled(Some(scaling)).predict(points.view(), LAST);
    assert_eq!(found.labels, expected.labels, "{name}");
    assert_eq!(found.responsibilities, expected.responsibilities, "{name}");
    for (found, expected) in [
        (found.score_samples, expected.score_samples),
        (found.log_density, expected.log_density),
        (found.log_density_predictive, expected.log_density_predictive),
    ] {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - (expected - jacobian)).abs() < 1e-9, "{name}: {found}");
        }
    }
}

#[test]
fn standardized_points_are_predicted_in_the_unit_of_the_data() {
    let points = clusters(5, 2, 60) * &array![1.0, 100.0] + 7.0;
    for covariance in FORMS {
        for family in [Family::ScikitLearn, Family::Conjugate] {
            let spec = Spec { family, covariance, ..common::spec(3, 2) };
            let name = format!("{family:?} {covariance:?}");
            assert_told_in_the_unit_of_the_data(&name, model::Spec::BayesianMixture(spec), &points);
        }
        let spec = mixture_em::Spec {
            components: 3,
            covariance,
            init: Init::Kmeans,
            weights: None,
            means: None,
            covariances: None,
            reg_covar: 1e-6,
            max_iter: 20,
            tol: 1e-6,
            restarts: 1,
            history: model::History::Iterations,
        };
        let name = format!("maximum likelihood {covariance:?}");
        assert_told_in_the_unit_of_the_data(&name, model::Spec::MixtureEm(spec), &points);
    }
    let line = clusters(5, 1, 60) * 100.0 + 7.0;
    assert_told_in_the_unit_of_the_data("cavi", cavi_spec(), &line);
    assert_told_in_the_unit_of_the_data("cavi, all inferred", inferred_spec(), &line);
}
