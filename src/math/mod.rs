//! Mathematics that knows nothing of data sets, models or pictures.

pub mod boundaries;
pub mod density;
pub(crate) mod elementary;
pub mod gaussian;
pub mod histogram;
pub mod kde;
pub mod level_set;
pub mod linalg;
pub mod locator;
pub mod mixture;
pub mod predictive;
pub mod quadrature;
pub mod scaling;
pub mod special;
pub mod student;
pub mod student_t;
pub mod svd;
pub(crate) mod widest;

/// The quantile 0.975 of the standard normal distribution: mean +- this many standard deviations
/// holds 95 %.
pub const NORMAL_95: f64 = 1.959_963_984_540_054;

/// The Mahalanobis radius of the ellipse that holds the mass `p` (0 <= p < 1) of a normal
/// distribution in two dimensions: the root of the chi-squared quantile with two degrees of
/// freedom, `sqrt(-2 ln(1 - p))`.
pub fn mass_radius(p: f64) -> f64 {
    (-2.0 * libm::log1p(-p)).sqrt()
}

/// `ln(sum_i exp(x_i))` without overflow; minus infinity for no values.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    let sum = values.iter().fold(0.0, |sum, v| sum + libm::exp(v - largest));
    largest + libm::log(sum)
}

/// The quantile `q` (0..=1) of values in ascending order, with linear interpolation between the
/// two nearest as `numpy.percentile` has it; NaN for no values.
pub fn percentile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let fraction = position - below as f64;
    let (a, b) = (sorted[below], sorted[above]);
    // From the nearer end, as numpy: the result is then monotone in q and exact at both ends.
    if fraction >= 0.5 { b - (b - a) * (1.0 - fraction) } else { a + (b - a) * fraction }
}

/// `count` values from `low` to `high`, both included and exact, at equal steps (`numpy.linspace`).
pub fn linspace(low: f64, high: f64, count: usize) -> Vec<f64> {
    let Some(last) = count.checked_sub(1) else {
        return Vec::new();
    };
    if last == 0 {
        return vec![low];
    }
    let step = (high - low) / last as f64;
    (0..count).map(|i| if i == last { high } else { i as f64 * step + low }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_sum_exp_neither_overflows_nor_underflows() {
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
        for shift in [-1e5, 0.0, 1e5] {
            // ln 2 + shift; the sum at 1e5 keeps 11 digits after the point.
            assert!((log_sum_exp(&[shift, shift]) - shift - std::f64::consts::LN_2).abs() < 1e-10);
        }
    }

    #[test]
    fn percentiles_interpolate_linearly() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(percentile(&sorted, 0.0), 1.0);
        assert_eq!(percentile(&sorted, 0.5), 3.0);
        assert_eq!(percentile(&sorted, 0.75), 5.0);
        assert_eq!(percentile(&sorted, 1.0), 8.0);
        assert!(percentile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_ellipse_of_95_percent_has_the_radius_of_the_tables() {
        // chi-squared, two degrees of freedom, 0.95: 5.991464547107979.
        assert!((mass_radius(0.95) - 5.991464547107979_f64.sqrt()).abs() < 1e-15);
    }
}
