//! Weights with a Dirichlet process prior, as sticks that are broken off one after the other (Blei
//! and Jordan 2006), cut off at K: `pi_k = v_k prod_(l<k) (1 - v_l)` with `v_k ~ Beta(1, a0)`.
//!
//! As in scikit-learn the last stick is not set to 1, so that a little is left over.

use std::cmp::Ordering;

use crate::math::special::{beta_quantile, digamma, ln_gamma};

/// `g1_k = 1 + n_k` and `g2_k = a0 + sum_(l>k) n_l`.
pub(super) fn posterior(concentration: f64, counts: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let ends = counts.iter().map(|n| 1.0 + n).collect();
    let rests = (1..=counts.len()).map(|next| concentration + counts[next..].iter().sum::<f64>());
    (ends, rests.collect())
}

/// `E v_k prod_(l<k) E (1 - v_l)`, divided by their sum.
pub(super) fn means(ends: &[f64], rests: &[f64]) -> Vec<f64> {
    let mut left = 1.0;
    let sticks = ends.iter().zip(rests);
    let weights: Vec<f64> = sticks
        .map(|(end, rest)| {
            let weight = left * (end / (end + rest));
            left *= rest / (end + rest);
            weight
        })
        .collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

/// The central 95 % of each weight's share in all K, as [`means`] has it: of the beta distribution
/// with that mean and the variance that the share has to first order in the sticks. A single weight
/// is 1.
pub(super) fn intervals(ends: &[f64], rests: &[f64]) -> Vec<(f64, f64)> {
    if ends.len() == 1 {
        return vec![(1.0, 1.0)];
    }
    // What is left over when all sticks are broken off, in units of all that is not.
    let logs = ends.iter().zip(rests).map(|(end, rest)| libm::log1p(end / rest));
    let left = 1.0 / libm::expm1(logs.sum());
    let means = means(ends, rests);
    means
        .iter()
        .enumerate()
        .map(|(k, &mean)| {
            // The variance of the share's logarithm, `ln v_k + sum_(l<k) ln (1 - v_l)` less
            // `ln (1 - prod_l (1 - v_l))`: every stick's variance times the square of the slope.
            let variance = |(j, (end, rest)): (usize, (&f64, &f64))| {
                let odds = end / rest;
                let slopes = match j.cmp(&k) {
                    Ordering::Less => (1.0 + left) * ((1.0 + left) * odds),
                    Ordering::Equal => 1.0 / odds - 2.0 * left + left * (left * odds),
                    Ordering::Greater => left * (left * odds),
                };
                slopes / (end + rest + 1.0)
            };
            let relative_variance: f64 = ends.iter().zip(rests).enumerate().map(variance).sum();
            let size = (1.0 - mean) / (mean * relative_variance) - 1.0;
            let (a, b) = (mean * size, (1.0 - mean) * size);
            if !(a > 0.0 && b > 0.0) {
                // Sticks that are whole or none to the last digit leave nothing to vary.
                return (mean, mean);
            }
            let quantile = |p| beta_quantile(p, a, b);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Seed, stream};

    #[test]
    fn intervals_have_a_limit_as_the_concentration_grows() {
        let of = |c: f64| intervals(&[41.0, 21.0, 11.0, 1.0], &[c + 32.0, c + 11.0, c, c]);
        for concentration in [1e160, 1e250, 1e300] {
            for (found, expected) in of(concentration).iter().zip(of(1e120)) {
                assert!((found.0 - expected.0).abs() < 1e-9 && expected.0 < expected.1);
                assert!((found.1 - expected.1).abs() < 1e-9, "{concentration}: {found:?}");
            }
        }
    }

    #[test]
    fn intervals_of_extreme_concentrations_are_numbers() {
        for concentration in [f64::MIN_POSITIVE, 1e-12, 1e12, 1e300] {
            for counts in [[0.0, 0.0, 0.0], [1e7, 0.0, 3.0], [0.0, 2.0, 1e7]] {
                let (ends, rests) = posterior(concentration, &counts);
                for (low, high) in intervals(&ends, &rests) {
                    let what = format!("{concentration}, {counts:?}: {low} to {high}");
                    assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0, "{what}");
                }
            }
        }
    }

    #[test]
    fn intervals_are_those_of_the_shares_whatever_is_left_over() {
        let mut random = stream(Generator::Chacha, &Seed::Own(1));
        // All but nothing is left over; half of it is; nearly all of it is.
        for (concentration, counts) in [
            (1.0, [300.0, 200.0, 100.0]),
            (600.0, [300.0, 200.0, 100.0]),
            (1e5, [360.0, 270.0, 270.0]),
        ] {
            let (ends, rests) = posterior(concentration, &counts);
            let mut drawn = vec![Vec::new(); counts.len()];
            for _ in 0..20_000 {
                let mut left = 1.0;
                let mut weights = Vec::new();
                for (&end, &rest) in ends.iter().zip(&rests) {
                    let (a, b) = (random.standard_gamma(end), random.standard_gamma(rest));
                    weights.push(left * (a / (a + b)));
                    left *= b / (a + b);
                }
                let total: f64 = weights.iter().sum();
                drawn.iter_mut().zip(weights).for_each(|(all, w)| all.push(w / total));
            }
            for (all, (low, high)) in drawn.iter_mut().zip(intervals(&ends, &rests)) {
                all.sort_by(f64::total_cmp);
                let near = |value: f64, share: f64| {
                    let exact = all[(share * all.len() as f64) as usize];
                    assert!((value - exact).abs() < 0.004, "{concentration}: {value}, not {exact}");
                };
                near(low, 0.025);
                near(high, 0.975);
            }
        }
    }
}
