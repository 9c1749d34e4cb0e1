//! Covariances that are multiples of the identity.

use std::ops::Range;

use super::{Located, Moments, is_positive};
use crate::model::kernel::{self, Columns, Sum};

/// `sum_i r_i sum_j d_ij^2`.
pub(super) fn add_second(r: &[f64], differences: &[Vec<f64>], second: &mut [f64]) {
    if let Some(second) = second.first_mut() {
        for differences in differences {
            *second += kernel::weighted_squares(r, differences);
        }
    }
}

/// The mean of the variances of the columns, with N - 1.
pub(super) fn prior_from_data(columns: &Columns) -> Result<f64, String> {
    let mut squares = Sum::default();
    for (j, mean) in columns.means().into_iter().enumerate() {
        squares.merge(columns.column(j).iter().map(|x| (x - mean) * (x - mean)).collect());
    }
    let numbers = columns.points().saturating_sub(1) * columns.dimensions();
    let variance = squares.value() / numbers as f64;
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

/// Subtracts `1/2 || x_i - m ||^2 / C` from every `z_i`.
pub(super) fn subtract_half_distances(
    variance: f64,
    mean: &[f64],
    columns: &Columns,
    rows: &Range<usize>,
    z: &mut [f64],
) {
    let factor = 0.5 / variance;
    for (j, mean) in mean.iter().enumerate() {
        for (z, x) in z.iter_mut().zip(columns.rows(j, rows)) {
            *z -= (x - mean) * (x - mean) * factor;
        }
    }
}
