//! Inferred weights and variances.

use elbow::model::bayesian_mixture::{self, CovarianceType, WeightPrior};
use elbow::model::cavi::{Init, Spec, VariancePrior};
use elbow::model::{self, Responsibilities, Stop};
use proptest::prelude::*;

use super::common::{assert_close, assert_distributions, line, numbers, numpy};
use super::{a_prior, fit, literal, points, spec, worst_fall};

/// Known or unknown variances, equal or inferred weights.
const FORMS: [(bool, bool); 4] = [(true, false), (false, false), (true, true), (false, true)];

#[test]
fn the_elbo_never_falls_in_1000_random_problems_of_each_form() {
    for (is_known, has_weights) in FORMS {
        for problem in 0..1000 {
            let mut random = numpy(problem);
            let components = random.integer(2, 6) as usize;
            let n = random.integer(8, 120) as usize;
            let x = points(&mut *random, components, n);
            let variance = a_prior(is_known, &mut *random);
            let concentration = 0.01 * 1000_f64.powf(random.uniform());
            let init = Init::Given {
                means: (0..components).map(|_| random.normal(0.0, 5.0)).collect(),
                variances: Some((0..components).map(|_| random.uniform() + 0.05).collect()),
            };
            let spec = Spec {
                variance,
                weight_concentration_prior: has_weights.then_some(concentration),
                init,
                max_iter: 60,
                tol: 0.0,
                ..spec(components)
            };
            let fall = worst_fall(&fit(&spec, &x, &mut *random).trace["elbo"].values);
            // Sums of a hundred logarithms of gamma functions, with digammas of 1e-14.
            assert!(fall <= 1e-12, "{spec:?} of problem {problem}: the ELBO falls by {fall:e}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn the_elbo_is_its_definition(
        seed in 0_u64..1 << 32, components in 1_usize..5, n in 6_usize..60, form in 0_usize..4,
        concentration in 0.01_f64..10.0, start in 0_usize..2,
    ) {
        let mut random = numpy(seed);
        let x = points(&mut *random, components, n);
        let (is_known, has_weights) = FORMS[form];
        let spec = Spec {
            variance: a_prior(is_known, &mut *random),
            weight_concentration_prior: has_weights.then_some(concentration),
            max_iter: 20,
            init: match start {
                0 => Init::KmeansPlusPlus,
                _ => Init::Given { means: (0..components).map(|k| k as f64).collect(), variances: None },
            },
            ..spec(components)
        };
        let fit = fit(&spec, &x, &mut *random);
        prop_assert_eq!(fit.trace.contains_key("elbo_lecture"), form == 0);
        for at in 0..=fit.iterations() {
            let phi = fit.responsibilities(line(&x).view(), at);
            assert_distributions(phi.view());
            let expected = literal::elbo(&spec, &x, &phi, fit.states[at].as_cavi().unwrap());
            // The definition subtracts terms up to a thousand times the result.
            assert_close("elbo", &[fit.trace["elbo"].values[at]], &[expected], 1e-11);
        }
        let mixture = fit.mixture(fit.iterations());
        prop_assert!((mixture.weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn the_evidence_of_three_points_is_never_below_the_elbo(
        seed in 0_u64..1 << 32, form in 0_usize..4, concentration in 0.05_f64..5.0,
    ) {
        let mut random = numpy(seed);
        let x = points(&mut *random, 2, 3);
        let (is_known, has_weights) = FORMS[form];
        let spec = Spec {
            variance: a_prior(is_known, &mut *random),
            weight_concentration_prior: has_weights.then_some(concentration),
            ..spec(2)
        };
        let fit = fit(&spec, &x, &mut *random);
        let evidence = literal::log_evidence_of_all(&spec, &x);
        for elbo in &fit.trace["elbo"].values {
            prop_assert!(*elbo <= evidence + 1e-10, "{elbo} {evidence} {spec:?}");
        }
    }
}

#[test]
fn with_one_component_the_elbo_is_the_log_evidence() {
    let mut random = numpy(1);
    for concentration in [None, Some(0.3)] {
        for problem in 0..50 {
            let n = [1, 2, 50, 400][problem % 4];
            let x: Vec<f64> = (0..n).map(|_| random.normal(3.0, 2.0)).collect();
            let spec = Spec {
                variance: a_prior(problem % 5 == 0, &mut *random),
                weight_concentration_prior: concentration,
                ..spec(1)
            };
            let fit = fit(&spec, &x, &mut *random);
            let expected = literal::log_evidence(spec.variance, &x);
            assert_close("elbo", &[fit.trace["elbo"].at(9).unwrap()], &[expected], 1e-10);
            assert_eq!(fit.stop, Stop::Converged);
        }
    }
}

/// A prior of unknown variances with this scale.
fn unknown(variance: f64) -> VariancePrior {
    VariancePrior::Unknown { mean_precision: 0.5, degrees_of_freedom: 2.0, variance }
}

#[test]
fn both_inferred_is_the_bayesian_mixture_in_one_dimension() {
    let x = points(&mut *numpy(4), 3, 300);
    let spec = Spec {
        variance: unknown(0.7),
        weight_concentration_prior: Some(0.8),
        max_iter: 2000,
        ..spec(3)
    };
    let one = fit(&spec, &x, &mut *numpy(0));
    let labels: Vec<usize> = one
        .responsibilities(line(&x).view(), usize::MAX)
        .rows()
        .into_iter()
        .map(|row| (0..3).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap())
        .collect();
    let other = bayesian_mixture::Spec {
        family: bayesian_mixture::Family::ScikitLearn,
        components: 3,
        covariance: CovarianceType::Full,
        weight_prior: WeightPrior::DirichletDistribution,
        weight_concentration_prior: 0.8,
        mean_precision_prior: 0.5,
        mean_prior: Some(vec![0.0]),
        degrees_of_freedom_prior: 2.0,
        covariance_prior: Some(vec![2.0 * 0.7]),
        init: bayesian_mixture::Init::Labels(labels),
        reg_covar: 0.0,
        max_iter: 2000,
        tol: 1e-11,
        restarts: 1,
        history: model::History::Iterations,
    };
    let other = model::fit(
        &model::Spec::BayesianMixture(other),
        line(&x).view(),
        &mut *numpy(0),
        &model::unwatched,
    )
    .unwrap();
    assert_eq!((one.stop, other.stop), (Stop::Converged, Stop::Converged));
    let json = |fit: &model::Fit| fit.to_json(line(&x).view(), Responsibilities::Include);
    let (a, b) = (json(&one), json(&other));
    for key in [
        "weights",
        "means",
        "covariances",
        "weight_concentration",
        "mean_precision",
        "degrees_of_freedom",
        "responsibilities",
    ] {
        // Both stop a little before the optimum.
        assert_close(key, &numbers(&a[key]), &numbers(&b[key]), 1e-4);
    }
    let last = |fit: &model::Fit| fit.trace["elbo"].at(usize::MAX).unwrap();
    assert_close("elbo", &[last(&one)], &[last(&other)], 1e-9);
}

#[test]
fn a_change_of_unit_changes_the_elbo_by_its_jacobian_alone() {
    let x = points(&mut *numpy(9), 3, 200);
    for factor in [-1.0, 1e-4, 1e3] {
        let of = |factor: f64| {
            let x: Vec<f64> = x.iter().map(|x| x * factor).collect();
            let init = Init::Given {
                means: [-4.0, 0.0, 4.0].map(|m| m * factor).to_vec(),
                variances: None,
            };
            let variance = unknown(factor * factor);
            let spec = Spec { variance, weight_concentration_prior: Some(2.0), init, ..spec(3) };
            fit(&Spec { max_iter: 40, tol: -1.0, ..spec }, &x, &mut *numpy(0))
        };
        let (one, other) = (of(1.0), of(factor));
        let change = 200.0 * f64::abs(factor).ln();
        let moved: Vec<f64> = other.trace["elbo"].values.iter().map(|e| e + change).collect();
        assert_close("elbo", &one.trace["elbo"].values, &moved, 1e-10);
        let (one, other) = (one.mixture(40), other.mixture(40));
        assert_close("weights", &one.weights, &other.weights, 1e-9);
        let means: Vec<f64> = one.means.iter().map(|m| m * factor).collect();
        for (a, b) in means.iter().zip(&other.means) {
            assert!((a - b).abs() <= 1e-9 * factor.abs(), "{a} {b}");
        }
    }
}

#[test]
fn relabelling_the_initial_values_relabels_the_result_and_no_more() {
    let x = points(&mut *numpy(5), 3, 200);
    let start = |means: [f64; 3]| Spec {
        variance: unknown(1.0),
        weight_concentration_prior: Some(0.5),
        init: Init::Given { means: means.to_vec(), variances: None },
        ..spec(3)
    };
    let one = fit(&start([-1.0, 2.0, 4.0]), &x, &mut *numpy(0));
    let other = fit(&start([4.0, -1.0, 2.0]), &x, &mut *numpy(0));
    let shared = one.iterations().min(other.iterations());
    let until = |fit: &model::Fit| fit.trace["elbo"].values[..=shared].to_vec();
    assert_close("elbo", &until(&one), &until(&other), 1e-12);
    let (a, b) = (one.mixture(shared), other.mixture(shared));
    for k in 0..3 {
        let l = (k + 1) % 3;
        let all = |m: &elbow::math::mixture::Mixture, k: usize| {
            [m.weights[k], m.means[[k, 0]], m.covariances[k][[0, 0]]]
        };
        assert_close("component", &all(&a, k), &all(&b, l), 1e-9);
    }
}

#[test]
fn unequal_weights_and_variances_are_found() {
    let mut random = numpy(2);
    let mut x: Vec<f64> = (0..1500).map(|_| random.normal(-3.0, 0.5)).collect();
    x.extend((0..500).map(|_| random.normal(3.0, 2.0)));
    let spec = Spec { variance: unknown(1.0), weight_concentration_prior: Some(1.0), ..spec(2) };
    let mixture = fit(&spec, &x, &mut *random).mixture(usize::MAX);
    let left = usize::from(mixture.means[[0, 0]] > mixture.means[[1, 0]]);
    assert!((mixture.weights[left] - 0.75).abs() < 0.02, "{mixture:?}");
    assert!((mixture.covariances[left][[0, 0]] - 0.25).abs() < 0.03, "{mixture:?}");
    assert!((mixture.covariances[1 - left][[0, 0]] - 4.0).abs() < 0.5, "{mixture:?}");
    // A component without points keeps its prior.
    let spec = Spec {
        init: Init::Given { means: vec![-3.0, 3.0, 1e6], variances: None },
        components: 3,
        ..spec
    };
    let fit = fit(&spec, &x, &mut *random);
    let json = fit.to_json(line(&x).view(), Responsibilities::Omit);
    let posteriors = fit.mean_posteriors(usize::MAX).unwrap();
    assert!(numbers(&json["degrees_of_freedom"]).iter().all(|nu| *nu >= 2.0));
    assert!(posteriors.iter().all(|p| p.sd.is_finite() && p.half_95 > 1.95 * p.sd / 2.0));
}
