//! Diagonal covariances.

use ndarray::{Array2, ArrayView1};
use std::ops::Range;

use super::{Located, Moments, is_positive};
use crate::model::kernel::{self, Columns, Sum};

/// `sum_i r_i d_ij^2` for every coordinate `j`.
pub(super) fn add_second(r: &[f64], differences: &[Vec<f64>], second: &mut [f64]) {
    for (second, differences) in second.iter_mut().zip(differences) {
        *second += kernel::weighted_squares(r, differences);
    }
}

/// The variances of the columns, with N - 1.
pub(super) fn prior_from_data(columns: &Columns) -> Result<Vec<f64>, String> {
    columns
        .means()
        .into_iter()
        .enumerate()
        .map(|(j, mean)| {
            let squares: Sum = columns.column(j).iter().map(|x| (x - mean) * (x - mean)).collect();
            let variance = squares.value() / columns.points().saturating_sub(1) as f64;
            if is_positive(variance) {
                Ok(variance)
            } else if !variance.is_finite() {
                Err(format!(
                    "coordinate {j} (counted from 0) has no variance that is a number; \
                     hint: give at least 2 points, and numbers near 1"
                ))
            } else {
                Err(format!(
                    "coordinate {j} (counted from 0) is the same for all points, so its variance \
                     cannot be the prior of the covariances; hint: give `covariance_prior`"
                ))
            }
        })
        .collect()
}

/// `C_kj = [ P0_j + n_k ( S_kj + (b0/b_k) (xb_kj - m0_j)^2 ) ] / nu_k`
/// with `S_kj = sum_i r_ik (x_ij - xb_kj)^2 / n_k + reg_covar` from moments about the centre.
pub(super) fn posterior(
    prior: &[f64],
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Array2<f64>, String> {
    let mut variances = Array2::zeros(moments.first.raw_dim());
    for ((k, j), variance) in variances.indexed_iter_mut() {
        let n = located.counts[k];
        let (first, second) = (moments.first[[k, j]] / n, moments.second[[k, j]] / n);
        let spread = second - first * first + located.reg_covar;
        let d = located.centroids[[k, j]] - located.mean_prior[j];
        *variance = (prior[j] + n * (spread + located.prior_share[k] * d * d))
            / located.degrees_of_freedom[k];
        if !is_positive(*variance) {
            return Err(format!(
                "the covariance of component {k} is ill-defined: its variance in coordinate {j} \
                 (counted from 0) is {variance:e}"
            ));
        }
    }
    Ok(variances)
}

/// `sum_j ln C_kj`.
pub(super) fn log_determinants(variances: &Array2<f64>) -> Vec<f64> {
    variances.rows().into_iter().map(|row| row.iter().map(|&v| libm::log(v)).sum()).collect()
}

/// Subtracts `1/2 sum_j (x_ij - m_j)^2 / C_j` from every `z_i`.
pub(super) fn subtract_half_distances(
    variances: ArrayView1<'_, f64>,
    mean: &[f64],
    columns: &Columns,
    rows: &Range<usize>,
    z: &mut [f64],
) {
    for (j, (variance, mean)) in variances.iter().zip(mean).enumerate() {
        let factor = 0.5 / variance;
        for (z, x) in z.iter_mut().zip(columns.rows(j, rows)) {
            *z -= (x - mean) * (x - mean) * factor;
        }
    }
}
