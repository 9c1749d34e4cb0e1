//! What holds for every form of the covariances, prior of the weights and start of a Bayesian
//! mixture: closed forms, invariances, and data that are none.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

use common::{assert_close, assert_distributions, numpy};
use elbow::model::bayesian_mixture::{CovarianceType, Init, Spec, WeightPrior};
use elbow::model::{self, Fit, Responsibilities};
use elbow::random::{Generator, Random, Seed, stream};
use ndarray::{Array2, ArrayView2, Axis, array};
use proptest::prelude::*;
use std::f64::consts::PI;

const FORMS: [CovarianceType; 4] =
    [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical];

const WEIGHTS: [WeightPrior; 2] =
    [WeightPrior::DirichletDistribution, WeightPrior::DirichletProcess];

const DRAWN: [Init; 4] = [Init::Random, Init::Kmeans, Init::KmeansPlusPlus, Init::RandomFromData];

fn spec(components: usize, dimensions: usize) -> Spec {
    Spec { covariance: CovarianceType::Full, ..common::spec(components, dimensions) }
}

fn try_fit(spec: &Spec, points: ArrayView2<'_, f64>, seed: u64) -> Result<Fit, String> {
    let spec = model::Spec::BayesianMixture(spec.clone());
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

/// The determinant, by the rule of Leibniz' expansion along the first row.
fn determinant(matrix: &Array2<f64>) -> f64 {
    if matrix.nrows() == 1 {
        return matrix[[0, 0]];
    }
    let minor = |j: usize| {
        let n = matrix.nrows() - 1;
        Array2::from_shape_fn((n, n), |(r, c)| matrix[[r + 1, c + usize::from(c >= j)]])
    };
    let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
    (0..matrix.ncols()).map(|j| sign(j) * matrix[[0, j]] * determinant(&minor(j))).sum()
}

/// The log evidence of N x D points under a normal-inverse-Wishart prior (Murphy 2007, equation
/// 266): mean `m0` worth `b0` points, `n0` degrees of freedom, scale `p0`.
fn log_evidence(x: &Array2<f64>, m0: &[f64], b0: f64, n0: f64, p0: &Array2<f64>) -> f64 {
    let (n, d) = (x.nrows() as f64, x.ncols());
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centred = x - &mean;
    let from_prior = (&mean - &ndarray::arr1(m0)).insert_axis(Axis(1));
    let p = p0 + &centred.t().dot(&centred) + from_prior.dot(&from_prior.t()) * (b0 * n / (b0 + n));
    let gammas: f64 = (0..d)
        .map(|j| libm::lgamma(0.5 * (n0 + n - j as f64)) - libm::lgamma(0.5 * (n0 - j as f64)))
        .sum();
    gammas - 0.5 * n * d as f64 * PI.ln() + 0.5 * n0 * determinant(p0).ln()
        - 0.5 * (n0 + n) * determinant(&p).ln()
        + 0.5 * d as f64 * (b0 / (b0 + n)).ln()
}

#[test]
fn with_one_full_component_the_elbo_is_the_log_evidence() {
    for (d, b0, more) in [(1, 1.0, 0.0), (2, 0.3, 0.5), (4, 2.5, 3.0), (4, 0.01, 0.0)] {
        let points = clusters(d as u64, d, 60);
        let n0 = d as f64 + more;
        let m0: Vec<f64> = (0..d).map(|j| j as f64 - 0.5).collect();
        let p0 = Array2::from_shape_fn((d, d), |(i, j)| if i == j { 2.0 } else { 0.3 });
        let expected = log_evidence(&points, &m0, b0, n0, &p0);
        for weight_prior in WEIGHTS {
            let spec = Spec {
                weight_prior,
                mean_prior: Some(m0.clone()),
                mean_precision_prior: b0,
                degrees_of_freedom_prior: n0,
                covariance_prior: Some(p0.iter().copied().collect()),
                reg_covar: 0.0,
                ..spec(1, d)
            };
            // What is left over by the one stick of a process is not shared out in its bound.
            let a0 = spec.weight_concentration_prior;
            let n = points.nrows() as f64;
            let expected = match weight_prior {
                WeightPrior::DirichletDistribution => expected,
                WeightPrior::DirichletProcess => {
                    let beta = |a, b| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
                    expected + beta(1.0 + n, a0) - beta(1.0, a0)
                }
            };
            let fit = fit(&spec, points.view(), 1);
            // 10 eps in the counts, and the log gammas' own digits.
            assert_close("elbo", &[fit.trace["elbo"].at(0).unwrap()], &[expected], 1e-12);
            assert_close("elbo", &[fit.trace["elbo"].at(9).unwrap()], &[expected], 1e-12);
        }
    }
}

/// Few by default; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn the_elbo_never_falls(
        seed in 0_u64..1 << 32, dimensions in 1_usize..5, components in 1_usize..7,
        rows in 20_usize..150, start in 0_usize..4,
        (concentration, precision, more) in (1e-3..10.0, 1e-2..10.0, 0.0..5.0),
        regularised: bool,
    ) {
        let points = clusters(seed, dimensions, rows);
        for covariance in FORMS {
            for weight_prior in WEIGHTS {
                let spec = Spec {
                    covariance,
                    weight_prior,
                    weight_concentration_prior: concentration,
                    mean_precision_prior: precision,
                    degrees_of_freedom_prior: dimensions as f64 + more,
                    init: DRAWN[start].clone(),
                    reg_covar: if regularised { 1e-6 } else { 0.0 },
                    tol: 0.0,
                    max_iter: 60,
                    ..spec(components, dimensions)
                };
                let fit = fit(&spec, points.view(), seed);
                let trace = &fit.trace["elbo"];
                let first = usize::from(matches!(spec.init, Init::KmeansPlusPlus | Init::RandomFromData));
                prop_assert_eq!((trace.first, trace.values.len()), (first, 61 - first));
                for pair in trace.values.windows(2) {
                    // The rounding of sums of up to 150 points, `reg_covar` and 10 eps in the counts.
                    let fall = (pair[0] - pair[1]) / (1.0 + pair[1].abs());
                    prop_assert!(fall <= 1e-10, "{:?}: {:?}", spec, pair);
                }
            }
        }
    }
}

#[test]
fn turning_the_data_turns_the_components() {
    let points = clusters(5, 3, 150);
    let (sin, cos) = (0.6, 0.8);
    let turn = array![[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]];
    let turned = points.dot(&turn.t());
    for covariance in [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Spherical] {
        for (weight_prior, init) in WEIGHTS.into_iter().zip([Init::Random, Init::Kmeans]) {
            let spec = Spec { covariance, weight_prior, init, ..spec(4, 3) };
            let (one, other) = (fit(&spec, points.view(), 2), fit(&spec, turned.view(), 2));
            assert_eq!(one.iterations(), other.iterations());
            assert_close("elbo", &one.trace["elbo"].values, &other.trace["elbo"].values, 1e-11);
            let (one, other) = (one.mixture(usize::MAX), other.mixture(usize::MAX));
            assert_close("weights", &one.weights, &other.weights, 1e-9);
            let expected = one.means.dot(&turn.t());
            let list = |m: &Array2<f64>| m.iter().copied().collect::<Vec<_>>();
            assert_close("means", &list(&other.means), &list(&expected), 1e-9);
            for (a, b) in one.covariances.iter().zip(&other.covariances) {
                let expected = turn.dot(a).dot(&turn.t());
                assert_close("covariances", &list(b), &list(&expected), 1e-9);
            }
        }
    }
}

#[test]
fn moving_the_data_and_the_start_moves_the_means_alone() {
    let points = clusters(3, 2, 120);
    let by = array![[512.0, -256.0]];
    let moved = &points + &by;
    let means = array![[0.0, 0.0], [3.0, 3.0], [-3.0, 2.0]];
    let labels = Init::Labels((0..120).map(|i| i % 3).collect());
    let starts = [
        (Init::Random, Init::Random),
        (Init::Kmeans, Init::Kmeans),
        (Init::Means(means.clone()), Init::Means(&means + &by)),
        (labels.clone(), labels),
    ];
    for covariance in FORMS {
        for (here, there) in &starts {
            let start = |init: &Init| Spec { covariance, init: init.clone(), ..spec(3, 2) };
            let one = fit(&start(here), points.view(), 4);
            let other = fit(&start(there), moved.view(), 4);
            assert_eq!(one.iterations(), other.iterations(), "{covariance:?} {here:?}");
            // The data themselves lose three digits when they are moved.
            assert_close("elbo", &one.trace["elbo"].values, &other.trace["elbo"].values, 1e-10);
            let back = other.mixture(usize::MAX).means - &by;
            let list = |m: Array2<f64>| m.into_raw_vec_and_offset().0;
            assert_close("means", &list(back), &list(one.mixture(usize::MAX).means), 1e-9);
        }
    }
}

#[test]
fn given_starts_that_say_the_same_are_the_same() {
    let points = clusters(8, 2, 90);
    let means = array![[0.0, 0.0], [4.0, 4.0], [-4.0, 1.0]];
    let labels: Vec<usize> = points
        .rows()
        .into_iter()
        .map(|x| {
            let distance = |k: usize| (&x - &means.row(k)).mapv(|d| d * d).sum();
            (0..3).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap()
        })
        .collect();
    let r = Array2::from_shape_fn((90, 3), |(i, k)| if labels[i] == k { 1.0 } else { 0.0 });
    for covariance in FORMS {
        let start = |init| fit(&Spec { covariance, init, ..spec(3, 2) }, points.view(), 0);
        let one = start(Init::Means(means.clone()));
        assert_eq!(one, start(Init::Labels(labels.clone())));
        assert_eq!(one, start(Init::Responsibilities(r.clone())));
        // Other names for the components change the names alone.
        let renamed = start(Init::Labels(labels.iter().map(|k| (k + 1) % 3).collect()));
        assert_close("elbo", &one.trace["elbo"].values, &renamed.trace["elbo"].values, 1e-12);
        let (one, renamed) = (one.mixture(usize::MAX), renamed.mixture(usize::MAX));
        for k in 0..3 {
            let other = (k + 1) % 3;
            assert_close("weight", &[one.weights[k]], &[renamed.weights[other]], 1e-12);
            let row = |m: &Array2<f64>, k: usize| m.row(k).to_vec();
            assert_close("mean", &row(&one.means, k), &row(&renamed.means, other), 1e-11);
        }
    }
}

#[test]
fn chacha_draws_the_same_starts_otherwise() {
    let points = clusters(9, 2, 60);
    for init in DRAWN {
        let spec = model::Spec::BayesianMixture(Spec { init, ..spec(3, 2) });
        let with = |random: &mut dyn Random| {
            model::fit(&spec, points.view(), random, &model::unwatched).unwrap()
        };
        let chacha = || stream(Generator::Chacha, &Seed::Own(3));
        assert_eq!(with(&mut *chacha()), with(&mut *chacha()));
        assert_ne!(with(&mut *chacha()).states[0], with(&mut *numpy(3)).states[0]);
    }
}

/// A fit is finite throughout, or says what to change.
fn answers_or_explains(points: &Array2<f64>, components: usize) -> Vec<String> {
    let d = points.ncols();
    let mut texts = Vec::new();
    for covariance in FORMS {
        for weight_prior in WEIGHTS {
            for init in DRAWN {
                for reg_covar in [0.0, 1e-6] {
                    let spec = Spec {
                        covariance,
                        weight_prior,
                        init: init.clone(),
                        reg_covar,
                        ..spec(components, d)
                    };
                    match try_fit(&spec, points.view(), 1) {
                        Err(text) => texts.push(text),
                        Ok(fit) => {
                            let json = fit.to_json(points.view(), Responsibilities::Include);
                            assert!(!json.to_string().contains("null"), "{json}");
                            assert_distributions(
                                fit.responsibilities(points.view(), usize::MAX).view(),
                            );
                            for (low, high) in fit.weight_intervals(usize::MAX).unwrap() {
                                assert!(0.0 <= low && low <= high && high <= 1.0);
                            }
                        }
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
    let line = Array2::from_shape_fn((12, 2), |(i, j)| (i * (1 + j)) as f64);
    let equal = Array2::from_elem((6, 2), 1.5);
    assert_eq!(answers_or_explains(&good, 12), [""; 0], "as many components as points");
    assert_eq!(answers_or_explains(&good, 1), [""; 0]);
    answers_or_explains(&good, 15);
    let texts = answers_or_explains(&constant, 3);
    assert!(texts.iter().any(|t| t.contains("coordinate 1 (counted from 0) is the same")));
    answers_or_explains(&doubled, 5);
    let texts = answers_or_explains(&line, 3);
    assert!(texts.iter().any(|t| t.contains("is not positive definite")), "{texts:?}");
    assert_eq!(answers_or_explains(&equal, 2).len(), 64);
    assert_eq!(answers_or_explains(&good.select(Axis(0), &[0]), 1).len(), 64);
    let mut nan = good.clone();
    nan[[3, 1]] = f64::NAN;
    assert_eq!(answers_or_explains(&nan, 3).len(), 64);
}

#[test]
fn an_ill_defined_covariance_names_component_iteration_and_scales() {
    let points = array![[1.0, 1e7], [1.0, -1e7], [1.0, 2e7], [1.0, -2e7]];
    for covariance in [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag] {
        let prior = match covariance {
            CovarianceType::Diag => vec![5e-324, 1.0],
            _ => vec![5e-324, 0.0, 0.0, 1.0],
        };
        let init = Init::Labels(vec![0, 1, 0, 1]);
        let spec =
            Spec { covariance, covariance_prior: Some(prior), reg_covar: 0.0, init, ..spec(2, 2) };
        let text = try_fit(&spec, points.view(), 0).unwrap_err();
        for part in [
            "component 0",
            "ill-defined",
            "(iteration 0 of restart 0, both counted from 0); hint: use fewer components, increase \
             `reg_covar` or `covariance_prior`, or scale the data: the standard deviation of \
             coordinate 0 is 0.0e0, that of coordinate 1 1.6e7",
        ] {
            assert!(text.contains(part), "{part}\nis not in\n{text}");
        }
    }
}

#[test]
fn sticks_share_out_what_they_have() {
    let points = clusters(4, 2, 200);
    let spec = Spec { weight_prior: WeightPrior::DirichletProcess, ..spec(6, 2) };
    let fit = fit(&spec, points.view(), 1);
    let weights = fit.mixture(usize::MAX).weights;
    assert_close("weights", &[weights.iter().sum()], &[1.0], 1e-14);
    for (weight, (low, high)) in weights.iter().zip(fit.weight_intervals(usize::MAX).unwrap()) {
        assert!(low <= *weight && *weight <= high, "{low} {weight} {high}");
    }
    assert_eq!(fit.weight_words(), "Dirichlet process prior");
}
