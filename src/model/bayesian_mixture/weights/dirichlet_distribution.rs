//! Weights with a Dirichlet prior (Bishop 2006, equations 10.39, 10.57, 10.58 and appendix B).

use crate::math::special::{beta_quantile, digamma, ln_gamma};

/// `alpha_k = a0 + n_k`.
pub(super) fn posterior(concentration: f64, counts: &[f64]) -> Vec<f64> {
    counts.iter().map(|n| concentration + n).collect()
}

/// `alpha_k / sum alpha`.
pub(super) fn means(alpha: &[f64]) -> Vec<f64> {
    let total: f64 = alpha.iter().sum();
    alpha.iter().map(|a| a / total).collect()
}

/// The central 95 % of each weight, whose marginal is Beta(alpha_k, sum alpha - alpha_k). A single
/// weight is 1.
pub(super) fn intervals(alpha: &[f64]) -> Vec<(f64, f64)> {
    let rest = |k: usize| alpha.iter().enumerate().filter(|(l, _)| *l != k).map(|(_, a)| a).sum();
    let interval = |(k, &a): (usize, &f64)| match rest(k) {
        0.0 => (1.0, 1.0),
        b => (beta_quantile(0.025, a, b), beta_quantile(0.975, a, b)),
    };
    alpha.iter().enumerate().map(interval).collect()
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
