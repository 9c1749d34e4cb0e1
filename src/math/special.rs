//! Special functions.

use special::{Beta, Gamma};

/// The logarithmic derivative of the gamma function.
pub fn digamma(x: f64) -> f64 {
    x.digamma()
}

/// The logarithm of the gamma function, for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The value below which a Beta(a, b) variable lies with probability `p`; NaN unless 0 <= p <= 1 and
/// both parameters are positive.
///
/// Bisection of the distribution function. It halves the numbers between the ends as they are
/// stored, whose order is that of the values, so that a quantile of 1e-30 has as many digits as one
/// of 0.3 and 62 steps do.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let good = (0.0..=1.0).contains(&p) && [a, b].iter().all(|v| *v > 0.0 && v.is_finite());
    if !good {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let (mut below, mut above) = (0.0_f64.to_bits(), 1.0_f64.to_bits());
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        let x = f64::from_bits(middle);
        let mass = match x <= 0.5 {
            true => inc_beta(x, a, b, ln_beta),
            false => 1.0 - inc_beta(1.0 - x, b, a, ln_beta),
        };
        match mass < p {
            true => below = middle,
            false => above = middle,
        }
    }
    f64::from_bits(above)
}

/// The regularised incomplete beta function for 0 < x <= 1/2.
///
/// The crate's takes about 34 / x terms above the mean. For small x the series
/// `x^a (1 - x)^b / (a B(a, b)) sum_n (a + b)_n / (a + 1)_n x^n` takes about (a + b) x (Digital
/// Library of Mathematical Functions, 8.17.8 with 15.8.1); all its terms are positive.
fn inc_beta(x: f64, a: f64, b: f64, ln_beta: f64) -> f64 {
    if x * x * (a + b) >= 34.0 {
        return x.inc_beta(a, b, ln_beta);
    }
    let ln_first = a * libm::log(x) + b * libm::log1p(-x) - libm::log(a) - ln_beta;
    // So far out that the first term is no number, there is nothing beyond.
    if ln_first < -700.0 {
        return if x * (a + b) > a { 1.0 } else { 0.0 };
    }
    let mut term = libm::exp(ln_first);
    let mut sum = term;
    let mut n = 0.0;
    while term > 1e-17 * sum {
        term *= x * (a + b + n) / (a + 1.0 + n);
        sum += term;
        n += 1.0;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The logarithm of a gamma function of 1e6 is 1e7, so that `ln_beta` is known to a few times 1e-9
    /// and the logarithm of a quantile to ten times that in the tails.
    #[track_caller]
    fn assert_quantiles(a: f64, b: f64, expected: [f64; 3]) {
        for (p, expected) in [0.025, 0.5, 0.975].into_iter().zip(expected) {
            let found = beta_quantile(p, a, b);
            let error = (found - expected).abs() / expected;
            assert!(error < 1e-8, "Beta({a}, {b}) at {p}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn quantiles_of_the_beta_distribution_are_those_of_scipy() {
        // scipy 1.17.1: scipy.stats.beta.ppf([0.025, 0.5, 0.975], a, b).
        assert_quantiles(
            542.3,
            957.7,
            [0.33740678579259104, 0.36147177699462574, 0.3860096198120494],
        );
        assert_quantiles(2.0, 2.0, [0.09429932405024609, 0.5, 0.9057006759497539]);
        assert_quantiles(
            0.125,
            1500.0,
            [6.29525880134547e-17, 1.6150563196078936e-06, 0.0007562887873786133],
        );
        assert_quantiles(
            0.01,
            1500.0,
            [2.3492325347647282e-164, 2.9780060327701354e-34, 3.143518468983487e-05],
        );
        assert_quantiles(
            10.5,
            1000000.0,
            [5.141411252428933e-06, 1.016851378148841e-05, 1.7739196349734588e-05],
        );
        assert_quantiles(30.0, 0.2, [0.9502354219687817, 0.9992993882498181, 0.9999999997847213]);
        assert_quantiles(
            1000000.0,
            2000000.0,
            [0.3328000040759549, 0.3333332962962917, 0.3338668730691445],
        );
    }

    #[test]
    fn quantiles_of_the_beta_distribution_are_the_closed_forms() {
        for p in [1e-6, 0.025, 0.3, 0.975] {
            let near = |found: f64, expected: f64| {
                assert!((found - expected).abs() <= 1e-12 * expected, "{found:?} {expected:?}");
            };
            near(beta_quantile(p, 1.0, 1.0), p);
            near(beta_quantile(p, 7.0, 1.0), libm::pow(p, 1.0 / 7.0));
            near(beta_quantile(p, 1.0, 4.0), -libm::expm1(libm::log1p(-p) / 4.0));
            let sin = libm::sin(std::f64::consts::FRAC_PI_2 * p);
            near(beta_quantile(p, 0.5, 0.5), sin * sin);
        }
        // 1 - x is Beta(b, a).
        for (a, b) in [(3.0, 0.01), (10.5, 1e6), (2.5, 7.0)] {
            for p in [0.025, 0.5, 0.975] {
                let (x, y) = (beta_quantile(p, a, b), beta_quantile(1.0 - p, b, a));
                assert!((x - (1.0 - y)).abs() < 1e-11, "Beta({a}, {b}) at {p}: {x:?}, {y:?}");
            }
        }
        assert_eq!([0.0, 1.0].map(|p| beta_quantile(p, 2.0, 3.0)), [0.0, 1.0]);
        for (p, a, b) in [(-0.1, 1.0, 1.0), (0.5, 0.0, 1.0), (0.5, 1.0, f64::INFINITY)] {
            assert!(beta_quantile(p, a, b).is_nan());
        }
    }
}
