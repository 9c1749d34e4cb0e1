//! One iteration of either model, block by block in wide registers, against the sums as the formulas
//! have them, point by point; and the same bits for any number of threads.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "what is compared with must be independent")]

mod common;

use common::{assert_close, numpy, spec};
use elbow::math::linalg::{cholesky, inverse_lower};
use elbow::math::special::digamma;
use elbow::model::bayesian_mixture::{self, CovarianceType, Init, Weights};
use elbow::model::{self, Fit, State, cavi};
use ndarray::{Array2, Axis, ShapeBuilder};
use proptest::prelude::*;
use std::f64::consts::{LN_2, PI};

const FORMS: [CovarianceType; 4] =
    [CovarianceType::Full, CovarianceType::Tied, CovarianceType::Diag, CovarianceType::Spherical];

/// Rounding of sums of some thousand terms.
const TOLERANCE: f64 = 1e-11;

/// Points about a few centres.
fn clusters(seed: u64, rows: usize, dimensions: usize) -> Array2<f64> {
    let mut random = numpy(seed);
    let centres = Array2::from_shape_simple_fn((3, dimensions), || random.normal(0.0, 3.0));
    Array2::from_shape_fn((rows, dimensions), |(i, j)| random.normal(centres[[i % 3, j]], 1.0))
}

/// `exp(z_k - logsumexp z)` and `logsumexp z`.
fn softmax(z: &[f64]) -> (Vec<f64>, f64) {
    let most = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = z.iter().map(|z| (z - most).exp()).sum();
    (z.iter().map(|z| (z - most).exp() / sum).collect(), most + sum.ln())
}

fn mixture_spec(form: CovarianceType, components: usize, points: &Array2<f64>) -> model::Spec {
    let (n, dimensions) = points.dim();
    let labels = (0..n).map(|i| i * components / n).collect();
    model::Spec::BayesianMixture(bayesian_mixture::Spec {
        covariance: form,
        init: Init::Labels(labels),
        max_iter: 1,
        tol: 0.0,
        mean_prior: Some(vec![0.25; dimensions]),
        covariance_prior: Some(match form {
            CovarianceType::Full | CovarianceType::Tied => {
                Array2::<f64>::eye(dimensions).into_iter().collect()
            }
            CovarianceType::Diag => vec![1.0; dimensions],
            CovarianceType::Spherical => vec![1.0],
        }),
        ..spec(components, dimensions)
    })
}

fn cavi_spec(components: usize) -> model::Spec {
    model::Spec::Cavi(cavi::Spec {
        components,
        variance: cavi::VariancePrior::Known { prior_variance: 9.0, variance: 1.3 },
        weight_concentration_prior: None,
        annealing: None,
        svi: None,
        init: cavi::Init::Given {
            means: (0..components).map(|k| k as f64 - 0.6).collect(),
            variances: None,
        },
        max_iter: 1,
        tol: 0.0,
        stop_on: cavi::StopOn::Elbo,
        restarts: 1,
    })
}

fn fit(spec: &model::Spec, points: &Array2<f64>) -> Fit {
    model::fit(spec, points.view(), &mut *numpy(1), &model::unwatched).unwrap()
}

/// The responsibilities that the parameters give, N x K, from the definition.
fn responsibilities(state: &bayesian_mixture::State, points: &Array2<f64>) -> Array2<f64> {
    let (components, dimensions) = state.means.dim();
    let d = dimensions as f64;
    let Weights::DirichletDistribution(alpha) = &state.weights else { unreachable!() };
    let factors: Vec<Array2<f64>> = state
        .covariances
        .matrices(state.means.dim())
        .iter()
        .map(|c| inverse_lower(&cholesky(c).unwrap()))
        .collect();
    let mut all = Array2::zeros((points.nrows(), components));
    for (point, mut row) in points.rows().into_iter().zip(all.rows_mut()) {
        let z: Vec<f64> = (0..components)
            .map(|k| {
                let nu = state.degrees_of_freedom[k];
                let digammas: f64 = (0..dimensions).map(|j| digamma(0.5 * (nu - j as f64))).sum();
                let whitened = factors[k].dot(&(&point - &state.means.row(k)));
                digamma(alpha[k]) - digamma(alpha.iter().sum())
                    + factors[k].diag().iter().map(|f| f.ln()).sum::<f64>()
                    - 0.5 * d * (2.0 * PI * nu).ln()
                    + 0.5 * (d * LN_2 + digammas - d / state.mean_precision[k])
                    - 0.5 * whitened.dot(&whitened)
            })
            .collect();
        row.assign(&ndarray::Array1::from(softmax(&z).0));
    }
    all
}

/// The means and the covariances after responsibilities `r`.
fn maximized(
    spec: &bayesian_mixture::Spec,
    points: &Array2<f64>,
    r: &Array2<f64>,
) -> (Array2<f64>, Vec<Array2<f64>>) {
    let (components, dimensions) = (r.ncols(), points.ncols());
    let prior = spec.mean_prior.clone().unwrap();
    let (b0, n0) = (spec.mean_precision_prior, spec.degrees_of_freedom_prior);
    let counts: Vec<f64> = r.sum_axis(Axis(0)).iter().map(|n| n + 10.0 * f64::EPSILON).collect();
    let mut means = Array2::zeros((components, dimensions));
    let mut scatters = Vec::new();
    for (k, &n) in counts.iter().enumerate() {
        let centroid = points.t().dot(&r.column(k)) / n;
        let mut scatter = Array2::<f64>::eye(dimensions) * (n * spec.reg_covar);
        for (point, r) in points.rows().into_iter().zip(r.column(k)) {
            let d = &point - &centroid;
            scatter += &Array2::from_shape_fn((dimensions, dimensions), |(j, l)| r * d[j] * d[l]);
        }
        let shift: Vec<f64> = centroid.iter().zip(&prior).map(|(x, m)| x - m).collect();
        let share = n * b0 / (b0 + n);
        scatter +=
            &Array2::from_shape_fn((dimensions, dimensions), |(j, l)| share * shift[j] * shift[l]);
        for j in 0..dimensions {
            means[[k, j]] = (b0 * prior[j] + n * centroid[j]) / (b0 + n);
        }
        scatters.push(scatter);
    }
    let identity = Array2::<f64>::eye(dimensions);
    let mean_count = counts.iter().sum::<f64>() / components as f64;
    let none = Array2::<f64>::zeros((dimensions, dimensions));
    let pooled = scatters.iter().fold(none, |sum, s| sum + s) / components as f64;
    let covariance = |(scatter, n): (&Array2<f64>, &f64)| match spec.covariance {
        CovarianceType::Full => (&identity + scatter) / (n0 + n),
        CovarianceType::Tied => (&identity + &pooled) / (n0 + mean_count),
        CovarianceType::Diag => Array2::from_diag(&((scatter.diag().to_owned() + 1.0) / (n0 + n))),
        CovarianceType::Spherical => {
            &identity * ((1.0 + scatter.diag().sum() / dimensions as f64) / (n0 + n))
        }
    };
    let covariances = scatters.iter().zip(&counts).map(covariance).collect();
    (means, covariances)
}

fn flat(matrix: &Array2<f64>) -> Vec<f64> {
    matrix.iter().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn an_iteration_of_the_mixture_is_what_the_formulas_say(
        seed in 0_u64..1000,
        rows in 12_usize..300,
        dimensions in 1_usize..11,
        components in 1_usize..6,
        form in 0_usize..4,
    ) {
        let points = clusters(seed, rows, dimensions);
        let spec = mixture_spec(FORMS[form], components, &points);
        let fit = fit(&spec, &points);
        let model::Spec::BayesianMixture(spec) = &spec else { unreachable!() };
        let [State::BayesianMixture(before), State::BayesianMixture(after)] = &fit.states[..] else {
            unreachable!()
        };
        let r = responsibilities(before, &points);
        assert_close("r", &flat(&fit.responsibilities(points.view(), 0)), &flat(&r), TOLERANCE);
        let (means, covariances) = maximized(spec, &points, &r);
        assert_close("means", &flat(&after.means), &flat(&means), TOLERANCE);
        let own = after.covariances.matrices(means.dim());
        for (own, expected) in own.iter().zip(&covariances) {
            assert_close("covariances", &flat(own), &flat(expected), TOLERANCE);
        }
    }

    #[test]
    fn an_iteration_of_cavi_is_what_the_formulas_say(
        seed in 0_u64..1000,
        rows in 8_usize..5000,
        components in 1_usize..8,
    ) {
        let points = clusters(seed, rows, 1);
        let fit = fit(&cavi_spec(components), &points);
        let [State::Cavi(before), State::Cavi(after)] = &fit.states[..] else { unreachable!() };
        let (v0, v) = (9.0, 1.3);
        let (mut counts, mut firsts) = (vec![0.0; components], vec![0.0; components]);
        let mut log_sums = 0.0;
        for x in &points {
            let weight = |k: usize| -((x - before.m[k]).powi(2) + before.s2[k]) / (2.0 * v);
            let (phi, log_sum) = softmax(&(0..components).map(weight).collect::<Vec<_>>());
            log_sums += log_sum;
            for k in 0..components {
                counts[k] += phi[k];
                firsts[k] += phi[k] * x;
            }
        }
        let s2: Vec<f64> = counts.iter().map(|n| 1.0 / (1.0 / v0 + n / v)).collect();
        let m: Vec<f64> = s2.iter().zip(&firsts).map(|(s2, first)| s2 * first / v).collect();
        assert_close("s2", &after.s2, &s2, TOLERANCE);
        assert_close("m", &after.m, &m, TOLERANCE);
        // The ELBO of the state before, whose optimal `phi` these are.
        let n = rows as f64;
        let constant = -n * (components as f64).ln() - 0.5 * n * (2.0 * PI * v).ln();
        let prior: f64 = (0..components)
            .map(|k| 0.5 * ((before.s2[k] / v0).ln() - (before.m[k].powi(2) + before.s2[k]) / v0 + 1.0))
            .sum();
        let elbo = fit.trace["elbo"].values[0];
        assert_close("elbo", &[elbo], &[prior + constant + log_sums], TOLERANCE);
    }
}

#[test]
fn one_two_and_eight_threads_give_the_same_bits() {
    let with = |threads: usize, spec: &model::Spec, points: &Array2<f64>| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(spec, points))
    };
    let line = clusters(1, 70_001, 1);
    let space = clusters(2, 20_011, 5);
    let cases = FORMS.map(|form| (mixture_spec(form, 3, &space), &space));
    for (spec, points) in cases.into_iter().chain([(cavi_spec(4), &line)]) {
        let one = with(1, &spec, points);
        assert_eq!(one, with(2, &spec, points));
        assert_eq!(one, with(8, &spec, points));
    }
}

#[test]
fn points_that_lie_column_by_column_give_the_same_bits() {
    let points = clusters(3, 500, 3);
    let mut other = Array2::zeros((500, 3).f());
    other.assign(&points);
    for form in FORMS {
        let spec = mixture_spec(form, 3, &points);
        assert_eq!(fit(&spec, &points), fit(&spec, &other));
    }
}

#[test]
fn random_responsibilities_are_those_of_all_points_though_never_all_are_there() {
    // More points than are drawn at once, and not a whole number of blocks.
    let (n, components) = (70_001, 3);
    let points = clusters(5, n, 2);
    let mut random = numpy(1);
    let mut drawn = Array2::from_shape_simple_fn((n, components), || random.uniform());
    for mut row in drawn.rows_mut() {
        let total = row.sum();
        row.mapv_inplace(|r| r / total);
    }
    let started = |init: Init| {
        let model::Spec::BayesianMixture(own) =
            mixture_spec(CovarianceType::Full, components, &points)
        else {
            unreachable!()
        };
        let own = bayesian_mixture::Spec { init, max_iter: 0, ..own };
        fit(&model::Spec::BayesianMixture(own), &points)
    };
    let (own, given) = (started(Init::Random), started(Init::Responsibilities(drawn)));
    let numbers = |fit: &Fit| {
        let bound = fit.objective().unwrap().1.values.clone();
        [fit.mixture(0).means.into_iter().collect(), bound].concat()
    };
    assert_close("means, elbo", &numbers(&own), &numbers(&given), TOLERANCE);
}
