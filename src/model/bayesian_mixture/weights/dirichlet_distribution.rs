//! Weights with a Dirichlet prior (Bishop 2006, equations 10.39, 10.57, 10.58 and appendix B).

use crate::math::special::{digamma, ln_gamma};

/// `alpha_k = a0 + n_k`.
pub(super) fn posterior(concentration: f64, counts: &[f64]) -> Vec<f64> {
    counts.iter().map(|n| concentration + n).collect()
}

/// `alpha_k / sum alpha`.
pub(super) fn means(alpha: &[f64]) -> Vec<f64> {
    let total: f64 = alpha.iter().sum();
    alpha.iter().map(|a| a / total).collect()
}

/// `E ln pi_k = digamma(alpha_k) - digamma(sum alpha)`.
pub(super) fn expected_logs(alpha: &[f64]) -> Vec<f64> {
    let total = digamma(alpha.iter().sum());
    alpha.iter().map(|&a| digamma(a) - total).collect()
}

/// `sum ln Gamma(alpha_k) - ln Gamma(sum alpha)`.
pub(super) fn log_normalizer(alpha: &[f64]) -> f64 {
    alpha.iter().map(|&a| ln_gamma(a)).sum::<f64>() - ln_gamma(alpha.iter().sum())
}
