//! Diagonal covariances.

use ndarray::{Array2, ArrayView1};
use std::ops::Range;

use super::{Located, Moments};
use crate::model::kernel::{self, Columns, Sum};
use crate::model::run::Failure;

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
            let variance = squares.value() / (columns.points() - 1) as f64;
            if variance > 0.0 {
                Ok(variance)
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
) -> Result<Array2<f64>, Failure> {
    let mut variances = Array2::zeros(moments.first.raw_dim());
    for ((k, j), variance) in variances.indexed_iter_mut() {
        let n = located.counts[k];
        let (first, second) = (moments.first[[k, j]] / n, moments.second[[k, j]] / n);
        let spread = second - first * first + located.reg_covar;
        let d = located.centroids[[k, j]] - located.mean_prior[j];
        *variance = (prior[j] + n * (spread + located.prior_share[k] * d * d))
            / located.degrees_of_freedom[k];
        // The negated comparison catches NaN too.
        if !(*variance > 0.0 && variance.is_finite()) {
            return Err(Failure {
                what: format!(
                    "the covariance of component {k} is ill-defined: its variance in coordinate {j} is {variance:e}"
                ),
                hint: "use fewer components, increase `reg_covar` or `covariance_prior`, or scale the data".to_owned(),
            });
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
