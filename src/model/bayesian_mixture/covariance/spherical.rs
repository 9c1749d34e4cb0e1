//! Covariances that are multiples of the identity.

use super::{CovarianceType, Located, Moments, is_positive, sums};
use crate::model::kernel::Columns;

/// The mean of the variances of the columns, with N - 1.
pub(super) fn prior_from_data(columns: &Columns<'_>) -> Result<f64, String> {
    let moments = sums::of_all(CovarianceType::Spherical, columns);
    let points = columns.points() as f64;
    let shift: f64 = moments.first.iter().map(|first| first * first / points).sum();
    let numbers = (points - 1.0) * columns.dimensions() as f64;
    let variance = (moments.second[[0, 0]] - shift) / numbers;
    if is_positive(variance) {
        return Ok(variance);
    }
    Err("all points are the same, so their variance 0 cannot be the prior of the covariances; \
         hint: give `covariance_prior`"
        .to_owned())
}

/// `C_k = [ P0 + n_k ( S_k + (b0/b_k) mean_j (xb_kj - m0_j)^2 ) ] / nu_k`.
///
/// scikit-learn's formula; that of the conjugate model is in `conjugate.rs`.
pub(super) fn posterior(
    prior: f64,
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Vec<f64>, String> {
    let of = |(k, &n): (usize, &f64)| {
        let squares = n * mean_square(moments, located, k);
        checked((prior + squares) / located.degrees_of_freedom[k], k)
    };
    located.counts.iter().enumerate().map(of).collect()
}

/// `S_k + (b0/b_k) mean_j (xb_kj - m0_j)^2` with
/// `S_k = mean_j sum_i r_ik (x_ij - xb_kj)^2 / n_k + reg_covar` from moments about the centre.
pub(super) fn mean_square(moments: &Moments, located: &Located<'_>, k: usize) -> f64 {
    let (n, d) = (located.counts[k], located.mean_prior.len() as f64);
    let shift: f64 = moments.first.row(k).iter().map(|s| (s / n) * (s / n)).sum();
    let spread = (moments.second[[k, 0]] / n - shift) / d + located.reg_covar;
    let from_prior = located.deviation_from_prior(k).iter().map(|d| d * d).sum::<f64>() / d;
    spread + located.prior_share[k] * from_prior
}

/// The variance of component `k`, if it is one.
pub(super) fn checked(variance: f64, k: usize) -> Result<f64, String> {
    if is_positive(variance) {
        return Ok(variance);
    }
    Err(format!("the covariance of component {k} is ill-defined: its variance is {variance:e}"))
}

/// `1 / (2 C_k)` for every one of D coordinates, row by row, as `diag` has it.
pub(super) fn factors(variances: &[f64], dimensions: usize) -> Vec<f64> {
    variances.iter().flat_map(|variance| std::iter::repeat_n(0.5 / variance, dimensions)).collect()
}
