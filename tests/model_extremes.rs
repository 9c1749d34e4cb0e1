//! Models on numbers that no lecture has: an answer or an error with a hint, never a panic.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod common;

use common::{assert_distributions, numpy};
use elbow::model::bayesian_mixture::{self, CovarianceType, Family, Init, WeightPrior};
use elbow::model::cavi::{self, StopOn};
use elbow::model::{self, Responsibilities};
use elbow::score::{self, Matching};
use ndarray::Array2;
use proptest::prelude::*;

fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => -10.0..10.0,
        1 => Just(0.0),
        1 => prop::sample::select(vec![1e150, -1e150, 1e-300, 1e16, -1e9, 3.0]),
    ]
}

fn scale() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => 0.01..10.0,
        1 => prop::sample::select(vec![1e150, 1e-150, 5e-324, f64::MAX, 1e-16]),
    ]
}

/// Whatever comes out can be scored and exported, or says what to change.
fn check(spec: &model::Spec, points: &Array2<f64>, seed: u64) {
    match model::fit(spec, points.view(), &mut *numpy(seed), &model::unwatched) {
        Ok(fit) => {
            for at in [0, usize::MAX] {
                let r = fit.responsibilities(points.view(), at);
                assert_distributions(r.view());
                let labels: Vec<usize> = (0..points.nrows()).map(|i| i % 2).collect();
                let scores = score::score(&labels.into(), 2, r.view(), Matching::Optimal);
                assert!(scores.log_loss.is_finite() && scores.adjusted_rand.is_finite());
            }
            let json = fit.to_json(points.view(), Responsibilities::Include);
            for value in json["elbo"].as_array().unwrap() {
                assert!(value.is_f64());
            }
        }
        Err(text) => assert!(text.contains("; hint: "), "{text}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn cavi_answers_or_explains(
        x in prop::collection::vec(coordinate(), 5..30), components in 1_usize..5,
        prior_variance in scale(), variance in scale(), lecture: bool, seed in 0_u64..1 << 32,
    ) {
        let spec = model::Spec::Cavi(cavi::Spec {
            components,
            variance: cavi::VariancePrior::Known { variance, prior_variance },
            weight_concentration_prior: None,
            annealing: None,
            svi: None,
            init: if lecture { cavi::Init::Lecture } else { cavi::Init::KmeansPlusPlus },
            max_iter: 10,
            tol: 1e-10,
            stop_on: StopOn::Elbo,
            restarts: 2,
        });
        check(&spec, &common::line(&x), seed);
    }

    #[test]
    fn the_bayesian_mixture_answers_or_explains(
        x in prop::collection::vec(coordinate(), 10..40), components in 1_usize..5,
        (concentration, precision, degrees, reg_covar) in (scale(), scale(), scale(), scale()),
        prior in prop::option::of(scale()), seed in 0_u64..1 << 32,
        covariance in prop::sample::select(vec![
            CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag,
            CovarianceType::Spherical,
        ]),
        weight_prior in prop::sample::select(vec![
            WeightPrior::DirichletDistribution, WeightPrior::DirichletProcess,
        ]),
        family in prop::sample::select(vec![Family::ScikitLearn, Family::Conjugate]),
        start in 0_usize..6,
    ) {
        let points = Array2::from_shape_vec((x.len() / 2, 2), x[..x.len() / 2 * 2].to_vec()).unwrap();
        let init = match start {
            0 => Init::Random,
            1 => Init::Kmeans,
            2 => Init::KmeansPlusPlus,
            3 => Init::RandomFromData,
            4 => Init::Means(Array2::from_shape_fn((components, 2), |(k, j)| (3 * k + j) as f64)),
            _ => Init::Labels((0..points.nrows()).map(|i| i % components).collect()),
        };
        let spec = model::Spec::BayesianMixture(bayesian_mixture::Spec {
            components,
            covariance,
            family,
            weight_prior,
            weight_concentration_prior: concentration,
            mean_precision_prior: precision,
            mean_prior: None,
            degrees_of_freedom_prior: 1.0 + degrees,
            covariance_prior: prior.map(|p| match covariance {
                CovarianceType::Full | CovarianceType::Tied => vec![p, 0.0, 0.0, p],
                CovarianceType::Diag => vec![p, p],
                CovarianceType::Spherical => vec![p],
            }),
            init,
            reg_covar,
            max_iter: 10,
            tol: 1e-3,
            restarts: 2,
            history: model::History::Iterations,
        });
        check(&spec, &points, seed);
    }
}
