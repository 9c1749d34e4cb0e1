//! Diagonal covariances.

use ndarray::Array2;

use super::{CovarianceType, Located, Moments, is_positive, sums};
use crate::model::kernel::{CHUNK, Columns, Tile};

/// The variances of the columns, with N - 1.
pub(super) fn prior_from_data(columns: &Columns<'_>) -> Result<Vec<f64>, String> {
    let moments = sums::of_all(CovarianceType::Diag, columns);
    let points = columns.points() as f64;
    (0..columns.dimensions())
        .map(|j| {
            let (first, second) = (moments.first[[0, j]], moments.second[[0, j]]);
            let variance = (second - first * first / points) / (points - 1.0);
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

/// `1 / (2 C_kj)`, row by row: what squared differences are multiplied with.
pub(super) fn factors(variances: &Array2<f64>) -> Vec<f64> {
    variances.iter().map(|variance| 0.5 / variance).collect()
}

/// Subtracts `sum_j f_j (x_ij - m_j)^2` from every `z_i`.
#[inline(always)]
pub(super) fn subtract_squares(factors: &[f64], mean: &[f64], tile: &Tile, z: &mut [f64; CHUNK]) {
    let mut columns = tile.columns();
    let (mut factors, mut mean) = (factors, mean);
    // Two coordinates at a time: `z` is read and written half as often.
    while let ([x, y, others @ ..], [f, g, factors_of_others @ ..], [m, n, means_of_others @ ..]) =
        (columns, factors, mean)
    {
        for ((z, x), y) in z.iter_mut().zip(x.iter()).zip(y.iter()) {
            let (d, e) = (x - m, y - n);
            *z = (e * e).mul_add(-g, (d * d).mul_add(-f, *z));
        }
        (columns, factors, mean) = (others, factors_of_others, means_of_others);
    }
    if let ([x], [f], [m]) = (columns, factors, mean) {
        for (z, x) in z.iter_mut().zip(x.iter()) {
            let d = x - m;
            *z = (d * d).mul_add(-f, *z);
        }
    }
}
