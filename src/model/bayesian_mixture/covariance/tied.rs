//! One full covariance for all components.

use ndarray::Array2;

use super::{Located, Moments, full, is_positive_definite};

/// `C = [ P0 + n S / K + (b0/K) sum_k (n_k/b_k) (xb_k - m0) (xb_k - m0)^T ] / nu` with
/// `n = sum_k n_k` and `n S = sum_i x_i x_i^T - sum_k n_k xb_k xb_k^T + n reg_covar`, scikit-learn's
/// formula (the conjugate model, in `conjugate.rs`, has no K in it).
///
/// Where the responsibilities of every point sum to 1, the difference of the two sums is
/// `sum_ik r_ik (x_i - xb_k) (x_i - xb_k)^T`, which cancels nothing. Where they do not, as in
/// scikit-learn's starts with one point a component, what the points without a component add to it
/// (`Moments::unassigned`) is counted as it is there: it depends on where 0 is.
pub(super) fn posterior(
    prior: &Array2<f64>,
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Array2<f64>, String> {
    let components = located.counts.len() as f64;
    let scatter = scatter(moments, located, moments.unassigned.as_ref());
    checked((prior + &(scatter / components)) / degrees(located))
}

/// `n S + b0 sum_k (n_k/b_k) (xb_k - m0) (xb_k - m0)^T`; with what points without a component add, if
/// they do.
pub(super) fn scatter(
    moments: &Moments,
    located: &Located<'_>,
    unassigned: Option<&Array2<f64>>,
) -> Array2<f64> {
    let total: f64 = located.counts.iter().sum();
    let d = located.mean_prior.len();
    let mut scatter = Array2::zeros((d, d));
    for (k, &n) in located.counts.iter().enumerate() {
        scatter += &full::within(moments, k, n);
    }
    if let Some(unassigned) = unassigned {
        scatter += unassigned;
    }
    for variance in scatter.diag_mut() {
        *variance += total * located.reg_covar;
    }
    for (k, &n) in located.counts.iter().enumerate() {
        full::add_outer(&mut scatter, n * located.prior_share[k], &located.deviation_from_prior(k));
    }
    scatter
}

/// `nu`, which is the same for all components.
pub(super) fn degrees(located: &Located<'_>) -> f64 {
    located.degrees_of_freedom.first().copied().unwrap_or(f64::NAN)
}

/// The covariance, if it is one.
pub(super) fn checked(matrix: Array2<f64>) -> Result<Array2<f64>, String> {
    if is_positive_definite(&matrix) {
        return Ok(matrix);
    }
    Err(format!(
        "the covariance that all components share (component 0 and the others) is ill-defined: it is \
         not positive definite (its variances are {})",
        full::listed(&matrix)
    ))
}
