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
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let good = (0.0..=1.0).contains(&p) && [a, b].iter().all(|v| *v > 0.0 && v.is_finite());
    if !good {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    if a.min(b) >= NEARLY_NORMAL {
        return nearly_normal_beta_quantile(p, a, b);
    }
    let ln_beta = ln_beta(a, b);
    first_between(0.0, 1.0, |x| match x <= 0.5 {
        true => inc_beta(x, a, b, ln_beta) >= p,
        false => 1.0 - inc_beta(1.0 - x, b, a, ln_beta) >= p,
    })
}

/// The value below which a standard normal variable lies with probability `p`, 0 < p < 1.
fn normal_quantile(p: f64) -> f64 {
    let tail = p.min(1.0 - p);
    let least = |z: f64| 0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2) <= tail;
    first_between(0.0, 40.0, least).copysign(p - 0.5)
}

/// The least number between two that are not negative for which something is true that is true of all
/// larger ones.
///
/// Bisection. It halves the numbers as they are stored, whose order is that of the values, so that
/// 1e-30 has as many digits as 0.3 and 62 steps do.
fn first_between(below: f64, above: f64, is_true: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut above) = (below.to_bits(), above.to_bits());
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        match is_true(f64::from_bits(middle)) {
            true => above = middle,
            false => below = middle,
        }
    }
    f64::from_bits(above)
}

/// Where both parameters are at least this, the expansion about the normal distribution is right to ten
/// digits and more.
const NEARLY_NORMAL: f64 = 1e5;

/// The quantile from mean, standard deviation, skewness and excess (Cornish and Fisher 1938; Abramowitz
/// and Stegun 1964, 26.2.49). What it leaves out is about `min(a, b)^(-3/2)` standard deviations at the
/// ends of an interval of 95 %, more farther out.
fn nearly_normal_beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let z = normal_quantile(p);
    // Nothing is added or multiplied that could be too large.
    let (mean, rest, r) = (1.0 / (1.0 + b / a), 1.0 / (1.0 + a / b), 1.0 / (a + b));
    let sd = mean * (rest / (a * (1.0 + r))).sqrt();
    let skewness = 2.0 * (rest - mean) / (a * rest).sqrt() * (1.0 + r).sqrt() / (1.0 + 2.0 * r);
    let asymmetry = (mean - rest) * (mean - rest) / (a * rest);
    let excess = 6.0 * (asymmetry * (1.0 + r) / (1.0 + 2.0 * r) - r) / (1.0 + 3.0 * r);
    let w = z + skewness * (z * z - 1.0) / 6.0 + excess * (z * z - 3.0) * z / 24.0
        - skewness * skewness * (2.0 * z * z - 5.0) * z / 36.0;
    mean + sd * w
}

/// `ln B(a, b)`, of which the smaller parameter decides how many digits are lost.
fn ln_beta(a: f64, b: f64) -> f64 {
    /// From here on `stirling` has all digits.
    const LARGE: f64 = 20.0;
    /// `ln Gamma(x)` less `(x - 1/2) ln x - x + ln(2 pi) / 2` (Abramowitz and Stegun 1964, 6.1.41).
    fn stirling(x: f64) -> f64 {
        let square = 1.0 / (x * x);
        let series = 1.0 / 12.0
            - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square * (1.0 / 1_680.0)));
        series / x
    }
    let (a, b) = (a.min(b), a.max(b));
    if b < LARGE {
        return ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    }
    // ln Gamma(b) - ln Gamma(a + b): both are huge and nearly the same.
    let difference =
        a - a * libm::log(b) - (a + b - 0.5) * libm::log1p(a / b) + stirling(b) - stirling(a + b);
    ln_gamma(a) + difference
}

/// The regularised incomplete beta function for 0 < x <= 1/2.
///
/// The crate's takes about 34 / x terms above the mean. For small x the series
/// `x^a (1 - x)^b / (a B(a, b)) sum_n (a + b)_n / (a + 1)_n x^n` takes about (a + b) x (Digital
/// Library of Mathematical Functions, 8.17.8 with 15.8.1); all its terms are positive.
fn inc_beta(x: f64, a: f64, b: f64, ln_beta: f64) -> f64 {
    let ln_first = a * libm::log(x) + b * libm::log1p(-x) - libm::log(a) - ln_beta;
    // So far out that the first term is next to nothing, there is nothing beyond.
    if ln_first < -700.0 {
        return if x > a / (a + b) { 1.0 } else { 0.0 };
    }
    if x * x * (a + b) >= 34.0 {
        return x.inc_beta(a, b, ln_beta);
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
        // On both sides of the parameters from which on the expansion is taken.
        assert_quantiles(
            99999.0,
            300000.0,
            [0.2486574177933695, 0.24999770832414478, 0.2513412001030651],
        );
        assert_quantiles(
            100000.0,
            300000.0,
            [0.2486592911088105, 0.24999958333299893, 0.2513430767733202],
        );
        assert_quantiles(
            99999.0,
            4000000000.0,
            [2.4844419761370416e-05, 2.499904170108979e-05, 2.5154303835491018e-05],
        );
        assert_quantiles(
            12.5,
            3000000000.0,
            [2.186619997574622e-09, 4.056097766980563e-09, 6.774411484115252e-09],
        );
    }

    #[test]
    fn quantiles_of_enormous_parameters_are_those_of_the_limits() {
        // Of a normal variable, where nothing but mean and standard deviation is left.
        for (a, b) in [(1e13, 5e13), (1e100, 5e100), (1e300, 1e300), (f64::MAX, f64::MAX)] {
            let mean = 1.0 / (1.0 + b / a);
            let sd = mean * ((1.0 - mean) / a).sqrt();
            for (p, z) in
                [(0.025, -crate::math::NORMAL_95), (0.5, 0.0), (0.975, crate::math::NORMAL_95)]
            {
                let found = beta_quantile(p, a, b);
                let error = (found - mean - z * sd).abs();
                assert!(
                    error <= 1e-6 * sd + 4.0 * f64::EPSILON,
                    "Beta({a}, {b}) at {p}: {found:?}"
                );
            }
        }
        // Of a gamma variable over b, whatever b is.
        for a in [0.3, 10.5, 9e4, 2e5] {
            for p in [0.025, 0.5, 0.975] {
                let scaled = |b: f64| b * beta_quantile(p, a, b);
                let (some, more) = (scaled(1e14), scaled(1e200));
                assert!((some / more - 1.0).abs() < 1e-8, "Beta({a}, b) at {p}: {some:?} {more:?}");
                // 1 - x is Beta(b, a): how near it is to 1.
                assert!(1.0 - beta_quantile(p, 1e14, a) <= 2.0 * a / 1e14 + 2e-9 / a);
            }
        }
    }

    #[test]
    fn logarithms_of_beta_functions_are_the_closed_forms() {
        for b in [0.5, 7.0, 25.0, 1e6, 1e12] {
            // 1 / b and 1 / (b (b + 1)).
            for (a, expected) in [(1.0, -libm::log(b)), (2.0, -libm::log(b) - libm::log(b + 1.0))] {
                let found = ln_beta(a, b);
                assert!(
                    (found - expected).abs() < 4e-15 * (1.0 + expected.abs()),
                    "{a} {b} {found}"
                );
                assert_eq!(found, ln_beta(b, a));
            }
        }
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
