//! Kernel density estimation in one dimension.

use std::f64::consts::PI;

use super::linspace;

/// A Gaussian kernel density estimate with Scott's bandwidth, as `scipy.stats.gaussian_kde`:
/// `p(x) = 1/(n h) sum_i phi((x - x_i)/h)` with `h = s n^(-1/5)`, where s is the sample standard
/// deviation (n - 1).
///
/// Reference: D. W. Scott, Multivariate Density Estimation (1992).
#[derive(Clone, Debug, PartialEq)]
pub struct Kde {
    values: Vec<f64>,
    bandwidth: f64,
}

impl Kde {
    /// The estimate from these values; `None` if there are fewer than two, if they are all equal or
    /// if their variance is no finite number.
    pub fn new(values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        if values.len() < 2 {
            return None;
        }
        let mean = values.iter().fold(0.0, |sum, x| sum + x) / n;
        let squares = values.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        let bandwidth = (squares / (n - 1.0)).sqrt() * libm::pow(n, -0.2);
        (bandwidth > 0.0 && bandwidth.is_finite())
            .then(|| Self { values: values.to_vec(), bandwidth })
    }

    /// The standard deviation of the kernel, in the unit of the values.
    pub fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// The density at `x`; it integrates to 1.
    pub fn density(&self, x: f64) -> f64 {
        let sum = self.values.iter().fold(0.0, |sum, v| {
            let z = (x - v) / self.bandwidth;
            sum + libm::exp(-0.5 * z * z)
        });
        sum / (self.values.len() as f64 * self.bandwidth * (2.0 * PI).sqrt())
    }

    /// The density at `points` equal steps from `low` to `high`, as pairs (x, density).
    ///
    /// The curve of `seaborn.histplot` runs over 200 points from the smallest to the largest value,
    /// its height multiplied by the number of values and the width of a bin.
    pub fn curve(&self, low: f64, high: f64, points: usize) -> Vec<[f64; 2]> {
        linspace(low, high, points).into_iter().map(|x| [x, self.density(x)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_integrates_to_one() {
        let kde = Kde::new(&[0.0, 1.0, 1.5, 4.0]).unwrap();
        let step = 0.01;
        let sum: f64 = (-2000..2400).map(|i| kde.density(f64::from(i) * step) * step).sum();
        // A Riemann sum of a smooth function that vanishes at both ends converges exponentially.
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn too_little_variation_has_no_density() {
        assert!(Kde::new(&[]).is_none());
        assert!(Kde::new(&[1.0]).is_none());
        assert!(Kde::new(&[1.0, 1.0]).is_none());
        assert!(Kde::new(&[-1e308, 1e308]).is_none());
        assert!(Kde::new(&[0.0, f64::NAN]).is_none());
    }
}
