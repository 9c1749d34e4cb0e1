//! Weights with a Dirichlet process prior, as sticks that are broken off one after the other (Blei
//! and Jordan 2006), cut off at K: `pi_k = v_k prod_(l<k) (1 - v_l)` with `v_k ~ Beta(1, a0)`.
//!
//! As in scikit-learn the last stick is not set to 1, so that a little is left over.

use crate::math::special::{beta_quantile, digamma, ln_gamma};

/// `g1_k = 1 + n_k` and `g2_k = a0 + sum_(l>k) n_l`.
pub(super) fn posterior(concentration: f64, counts: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let ends = counts.iter().map(|n| 1.0 + n).collect();
    let rests = (1..=counts.len()).map(|next| concentration + counts[next..].iter().sum::<f64>());
    (ends, rests.collect())
}

/// `E v_k prod_(l<k) E (1 - v_l)`, divided by their sum.
pub(super) fn means(ends: &[f64], rests: &[f64]) -> Vec<f64> {
    let weights = products(ends, rests);
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

/// `E pi_k` before what is left over is shared out.
fn products(ends: &[f64], rests: &[f64]) -> Vec<f64> {
    let mut left = 1.0;
    let sticks = ends.iter().zip(rests);
    sticks
        .map(|(end, rest)| {
            let weight = left * (end / (end + rest));
            left *= rest / (end + rest);
            weight
        })
        .collect()
}

/// The central 95 % of the beta distribution with the mean and the variance of each weight; that of
/// the first weight is exact. A single weight is 1.
pub(super) fn intervals(ends: &[f64], rests: &[f64]) -> Vec<(f64, f64)> {
    if ends.len() == 1 {
        return vec![(1.0, 1.0)];
    }
    // ln( E v^2 / (E v)^2 ) of a beta variable; those of independent factors add up.
    let excess = |a: f64, b: f64| libm::log1p(b / (a * (a + b + 1.0)));
    let mut before = 0.0;
    let sticks = ends.iter().zip(rests).zip(products(ends, rests));
    sticks
        .map(|((&end, &rest), mean)| {
            let relative_variance = libm::expm1(before + excess(end, rest));
            before += excess(rest, end);
            let size = (1.0 - mean) / (mean * relative_variance) - 1.0;
            let quantile = |p| beta_quantile(p, mean * size, (1.0 - mean) * size);
            (quantile(0.025), quantile(0.975))
        })
        .collect()
}

/// `E ln pi_k = E ln v_k + sum_(l<k) E ln (1 - v_l)`.
pub(super) fn expected_logs(ends: &[f64], rests: &[f64]) -> Vec<f64> {
    let mut left = 0.0;
    let sticks = ends.iter().zip(rests);
    sticks
        .map(|(&end, &rest)| {
            let total = digamma(end + rest);
            let log = digamma(end) - total + left;
            left += digamma(rest) - total;
            log
        })
        .collect()
}

/// `sum ln B(g1_k, g2_k)`.
pub(super) fn log_normalizer(ends: &[f64], rests: &[f64]) -> f64 {
    let sticks = ends.iter().zip(rests);
    sticks.map(|(&end, &rest)| ln_gamma(end) + ln_gamma(rest) - ln_gamma(end + rest)).sum()
}
