//! The evidence of single components in closed form, for every conjugate law of their precisions.

#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

use elbow::model::bayesian_mixture::{CovarianceType, Family, Spec};
use ndarray::{Array2, Axis};
use std::f64::consts::PI;

/// The prior of means and precisions: `m0`, `b0`, `n0`, and `P0` as a matrix.
pub(crate) struct Prior {
    mean: Vec<f64>,
    mean_precision: f64,
    degrees: f64,
    scale: Array2<f64>,
}

impl Prior {
    pub(crate) fn new(
        dimensions: usize,
        mean_precision: f64,
        degrees: f64,
        form: CovarianceType,
    ) -> Self {
        let entry = |(i, j): (usize, usize)| match form {
            CovarianceType::Full | CovarianceType::Tied if i != j => 0.3,
            _ if i != j => 0.0,
            CovarianceType::Spherical => 1.7,
            _ => 2.0 + 0.5 * i as f64,
        };
        Self {
            mean: (0..dimensions).map(|j| j as f64 - 0.5).collect(),
            mean_precision,
            degrees,
            scale: Array2::from_shape_fn((dimensions, dimensions), entry),
        }
    }

    /// The spec that has it.
    pub(crate) fn in_spec(&self, covariance: CovarianceType, components: usize) -> Spec {
        let numbers = match covariance {
            CovarianceType::Full | CovarianceType::Tied => self.scale.iter().copied().collect(),
            CovarianceType::Diag => self.scale.diag().to_vec(),
            CovarianceType::Spherical => vec![self.scale[[0, 0]]],
        };
        Spec {
            covariance,
            mean_prior: Some(self.mean.clone()),
            mean_precision_prior: self.mean_precision,
            degrees_of_freedom_prior: self.degrees,
            covariance_prior: Some(numbers),
            ..spec(components, self.mean.len())
        }
    }
}

/// The determinant, by expansion along the first row.
pub(crate) fn determinant(matrix: &Array2<f64>) -> f64 {
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

/// A conjugate mixture that takes its 20 iterations.
pub(crate) fn spec(components: usize, dimensions: usize) -> Spec {
    Spec {
        family: Family::Conjugate,
        reg_covar: 0.0,
        tol: 0.0,
        max_iter: 20,
        ..super::spec(components, dimensions)
    }
}

/// `sum (x - mean)(x - mean)^T + b0 n/(b0 + n) (mean - m0)(mean - m0)^T` of some points.
fn spread(x: &Array2<f64>, prior: &Prior) -> Array2<f64> {
    let (n, b0) = (x.nrows() as f64, prior.mean_precision);
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centred = x - &mean;
    let from_prior = (&mean - &ndarray::arr1(&prior.mean)).insert_axis(Axis(1));
    centred.t().dot(&centred) + from_prior.dot(&from_prior.t()) * (b0 * n / (b0 + n))
}

/// The log density of the components' points, each a group, once means and precisions are integrated
/// out: products of Student densities, written with the normalisers of gamma and Wishart
/// distributions (Murphy 2007, equations 95 and 266).
pub(crate) fn log_marginal(groups: &[Array2<f64>], form: CovarianceType, prior: &Prior) -> f64 {
    let d = prior.mean.len();
    let n0 = prior.degrees;
    let lgamma_ratio = |from: f64, to: f64| libm::lgamma(0.5 * to) - libm::lgamma(0.5 * from);
    let wishart = |more: f64, posterior: &Array2<f64>| {
        let gammas: f64 = (0..d).map(|j| lgamma_ratio(n0 - j as f64, n0 + more - j as f64)).sum();
        gammas + 0.5 * n0 * determinant(&prior.scale).ln()
            - 0.5 * (n0 + more) * determinant(posterior).ln()
    };
    let gamma = |more: f64, p0: f64, p: f64| {
        lgamma_ratio(n0, n0 + more) + 0.5 * n0 * p0.ln() - 0.5 * (n0 + more) * p.ln()
    };
    let spreads: Vec<Array2<f64>> = groups.iter().map(|x| spread(x, prior)).collect();
    let all: f64 = groups.iter().map(|x| x.nrows() as f64).sum();
    let precisions: f64 = match form {
        CovarianceType::Tied => {
            let posterior = spreads.iter().fold(prior.scale.clone(), |sum, s| sum + s);
            wishart(all, &posterior)
        }
        form => groups
            .iter()
            .zip(&spreads)
            .map(|(x, s)| {
                let n = x.nrows() as f64;
                let p0 = |j: usize| prior.scale[[j, j]];
                match form {
                    CovarianceType::Diag => {
                        (0..d).map(|j| gamma(n, p0(j), p0(j) + s[[j, j]])).sum()
                    }
                    CovarianceType::Spherical => gamma(n * d as f64, p0(0), p0(0) + s.diag().sum()),
                    _ => wishart(n, &(&prior.scale + s)),
                }
            })
            .sum(),
    };
    let b0 = prior.mean_precision;
    let means: f64 = groups.iter().map(|x| (b0 / (b0 + x.nrows() as f64)).ln()).sum();
    precisions + 0.5 * d as f64 * means - 0.5 * all * d as f64 * PI.ln()
}
