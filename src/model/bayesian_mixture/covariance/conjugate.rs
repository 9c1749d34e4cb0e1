//! The M steps of the conjugate models, as far as they are not those that scikit-learn has too.
//!
//! - `diag`: `lambda_kj ~ Gamma(n0/2, rate P0_j/2)` and `mu_kj | lambda_kj ~ N(m0_j, 1/(b0 lambda_kj))`
//!   for every coordinate (normal-gamma). `nu_k` and `C_kj` are scikit-learn's, so that they are in
//!   `diag.rs`; the E step and the ELBO differ (`Law::Gammas`).
//! - `spherical`: one `lambda_k ~ Gamma(n0/2, rate P0/2)` for the D coordinates of a component. Every
//!   point gives D squares, so `nu_k = n0 + D n_k`.
//! - `tied`: one `Lambda ~ Wishart(P0^-1, n0)` for all components and `mu_k | Lambda ~
//!   N(m0, (b0 Lambda)^-1)`. Every point counts, so `nu = n0 + sum_k n_k`.

use ndarray::Array2;

use super::{Located, Moments, spherical, tied};

/// `nu_k` of `spherical`.
pub(super) fn spherical_degrees_of_freedom(
    prior: f64,
    counts: &[f64],
    dimensions: usize,
) -> Vec<f64> {
    counts.iter().map(|n| prior + dimensions as f64 * n).collect()
}

/// `nu` of `tied`, once a component.
pub(super) fn tied_degrees_of_freedom(prior: f64, counts: &[f64]) -> Vec<f64> {
    vec![prior + counts.iter().sum::<f64>(); counts.len()]
}

/// `nu_k C_k = P0 + n_k sum_j ( S_kj + (b0/b_k) (xb_kj - m0_j)^2 )`.
pub(super) fn spherical(
    prior: f64,
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Vec<f64>, String> {
    let d = located.mean_prior.len() as f64;
    let of = |(k, &n): (usize, &f64)| {
        let squares = n * d * spherical::mean_square(moments, located, k);
        spherical::checked((prior + squares) / located.degrees_of_freedom[k], k)
    };
    located.counts.iter().enumerate().map(of).collect()
}

/// `nu C = P0 + sum_k n_k [ S_k + (b0/b_k) (xb_k - m0) (xb_k - m0)^T ]`. Points without a component
/// are in none of the sums.
pub(super) fn tied(
    prior: &Array2<f64>,
    moments: &Moments,
    located: &Located<'_>,
) -> Result<Array2<f64>, String> {
    let scatter = tied::scatter(moments, located, None);
    tied::checked((prior + &scatter) / tied::degrees(located))
}
