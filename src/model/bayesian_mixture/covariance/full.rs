//! Full covariances, each component its own; and what `tied` shares with them.

use ndarray::{Array2, ArrayView1};

use super::{CovarianceType, Located, Moments, diag, is_positive_definite, sums};
use crate::math::linalg;
use crate::model::kernel::Columns;

/// The covariance of the points, with N - 1.
pub(super) fn prior_from_data(columns: &Columns<'_>) -> Result<Array2<f64>, String> {
    // For what is wrong with a coordinate of its own.
    diag::prior_from_data(columns)?;
    let moments = sums::of_all(CovarianceType::Full, columns);
    let points = columns.points() as f64;
    let covariance = within(&moments, 0, points) / (points - 1.0);
    if is_positive_definite(&covariance) {
        return Ok(covariance);
    }
    Err("the covariance of all points is not positive definite (some coordinates determine another, \
         or there are too few different points), so it cannot be the prior of the covariances; \
         hint: give `covariance_prior`, leave out a coordinate, or use `covariance = \"diag\"`"
        .to_owned())
}

/// `C_k = [ P0 + n_k S_k + (n_k b0/b_k) (xb_k - m0) (xb_k - m0)^T ] / nu_k`
/// with `n_k S_k = sum_i r_ik (x_i - xb_k) (x_i - xb_k)^T + n_k reg_covar` from moments about the
/// centre.
pub(super) fn posterior(
    prior: &Array2<f64>,
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Vec<Array2<f64>>, String> {
    let of = |k: usize| {
        let n = located.counts[k];
        let mut matrix = prior + &within(moments, k, n);
        for variance in matrix.diag_mut() {
            *variance += n * located.reg_covar;
        }
        add_outer(&mut matrix, n * located.prior_share[k], &located.deviation_from_prior(k));
        matrix /= located.degrees_of_freedom[k];
        if is_positive_definite(&matrix) {
            return Ok(matrix);
        }
        Err(format!(
            "the covariance of component {k} is ill-defined: it is not positive definite (its \
             variances are {})",
            listed(&matrix)
        ))
    };
    (0..located.counts.len()).map(of).collect()
}

/// `sum_i r_ik (x_i - xb_k) (x_i - xb_k)^T` from moments about the centre.
pub(super) fn within(moments: &Moments, k: usize, n: f64) -> Array2<f64> {
    let first = moments.first.row(k);
    let d = first.len();
    let mut matrix = Array2::zeros((d, d));
    let mut second = moments.second.row(k).into_iter();
    for j in 0..d {
        for (l, second) in (0..=j).zip(second.by_ref()) {
            let value = second - first[j] * first[l] / n;
            matrix[[j, l]] = value;
            matrix[[l, j]] = value;
        }
    }
    matrix
}

/// Adds `factor * v v^T`.
pub(super) fn add_outer(matrix: &mut Array2<f64>, factor: f64, v: &[f64]) {
    for ((j, l), entry) in matrix.indexed_iter_mut() {
        *entry += factor * v[j] * v[l];
    }
}

/// The diagonal, to be read.
pub(super) fn listed(matrix: &Array2<f64>) -> String {
    matrix.diag().iter().map(|v| format!("{v:.3e}")).collect::<Vec<_>>().join(", ")
}

/// `ln |C|`; NaN if `C` is not positive definite.
pub(super) fn log_determinant(matrix: &Array2<f64>) -> f64 {
    linalg::cholesky(matrix)
        .map_or(f64::NAN, |lower| 2.0 * lower.diag().iter().map(|&v| libm::log(v)).sum::<f64>())
}

/// `L^-1` with `C = L L^T`; NaN if `C` is not positive definite.
pub(super) fn inverse_factor(matrix: &Array2<f64>) -> Array2<f64> {
    linalg::cholesky(matrix).map_or_else(
        || Array2::from_elem(matrix.raw_dim(), f64::NAN),
        |lower| linalg::inverse_lower(&lower),
    )
}

/// `1/2 tr(C^-1 S2)`.
pub(super) fn half_distances(factor: &Array2<f64>, second: ArrayView1<'_, f64>) -> f64 {
    let precision = factor.t().dot(factor);
    let mut sum = 0.0;
    let mut second = second.into_iter();
    for j in 0..precision.nrows() {
        for (l, second) in (0..=j).zip(second.by_ref()) {
            sum += if l == j { 0.5 } else { 1.0 } * precision[[j, l]] * second;
        }
    }
    sum
}
