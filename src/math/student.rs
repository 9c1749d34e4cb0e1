//! Student's t distribution in D dimensions.

use ndarray::Array2;

use super::gaussian::Gaussian;
use super::special::ln_gamma;

/// `t(x | mean, scale, nu)`: a normal variable of covariance `scale`, divided by the root of an
/// independent chi-squared variable over its `nu` degrees of freedom. Its density is
///
/// ```text
/// Gamma((nu + D)/2) / Gamma(nu/2) (nu pi)^(-D/2) |scale|^(-1/2) (1 + q / nu)^(-(nu + D)/2)
/// ```
///
/// with `q = (x - mean)^T scale^-1 (x - mean)` (Bishop 2006, equation B.68).
#[derive(Clone, Debug, PartialEq)]
pub struct Student {
    /// `N(mean, scale)`.
    normal: Gaussian,
    degrees: f64,
    /// The logarithm of the density at the mean.
    log_peak: f64,
}

impl Student {
    /// The distribution with this location (D values), scale (D x D, symmetric and positive
    /// definite) and degrees of freedom (> 0); for others its density is NaN.
    pub fn new(mean: Vec<f64>, scale: Array2<f64>, degrees: f64) -> Self {
        let half = 0.5 * mean.len() as f64;
        let normal = Gaussian::new_or_nan(mean, scale);
        let log_peak = normal.log_density(&normal.mean) + half * libm::log(2.0 / degrees)
            - ln_gamma(0.5 * degrees)
            + ln_gamma(0.5 * degrees + half);
        Self { normal, degrees, log_peak }
    }

    /// The normal distribution of the same location and scale.
    pub fn shape(&self) -> &Gaussian {
        &self.normal
    }

    /// At which Mahalanobis distance the logarithm of the density is `drop` below its peak.
    pub fn radius(&self, drop: f64) -> f64 {
        let d = self.normal.dimensions() as f64;
        (self.degrees * libm::expm1(2.0 * drop / (self.degrees + d))).sqrt()
    }

    /// The Mahalanobis radius of the ellipse that holds the mass `p` (0 <= p < 1) in two dimensions,
    /// where outside of the radius r there is `(1 + r^2 / nu)^(-nu / 2)` of it.
    pub fn mass_radius(&self, p: f64) -> f64 {
        (self.degrees * libm::expm1(-2.0 / self.degrees * libm::log1p(-p))).sqrt()
    }

    /// `(nu + D) / (nu + q)`: how much less than a normal distribution it draws to its location.
    pub(super) fn pull(&self, x: &[f64]) -> f64 {
        let d = self.normal.dimensions() as f64;
        (self.degrees + d) / (self.degrees + self.normal.squared_mahalanobis(x))
    }

    /// Its degrees of freedom.
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The logarithm of the density at `x`.
    pub fn log_density(&self, x: &[f64]) -> f64 {
        let q = self.normal.squared_mahalanobis(x) / self.degrees;
        let exponent = 0.5 * (self.degrees + self.normal.dimensions() as f64);
        self.log_peak - exponent * libm::log1p(q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use std::f64::consts::PI;

    #[test]
    fn one_degree_of_freedom_is_cauchys_distribution() {
        let t = Student::new(vec![1.0], array![[4.0]], 1.0);
        for x in [-300.0, 0.0, 1.0, 2.5] {
            let z = (x - 1.0) / 2.0;
            let expected = -libm::log(2.0 * PI * (1.0 + z * z));
            assert!((t.log_density(&[x]) - expected).abs() < 1e-13);
        }
    }

    #[test]
    fn ellipses_hold_the_mass_that_integrating_the_density_gives() {
        for degrees in [1.0, 2.5, 40.0] {
            let t = Student::new(vec![0.0, 0.0], array![[1.0, 0.0], [0.0, 1.0]], degrees);
            for p in [0.5, 0.95] {
                let (radius, steps) = (t.mass_radius(p), 20_000);
                let width = radius / f64::from(steps);
                // The midpoint rule over rings.
                let mass: f64 = (0..steps)
                    .map(|i| (f64::from(i) + 0.5) * width)
                    .map(|r| 2.0 * PI * r * width * libm::exp(t.log_density(&[r, 0.0])))
                    .sum();
                assert!((mass - p).abs() < 1e-6, "{degrees}, {p}: {mass}");
            }
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_the_normal_distribution() {
        let scale = array![[2.0, 0.3], [0.3, 0.5]];
        let t = Student::new(vec![0.0, 1.0], scale.clone(), 1e9);
        let normal = Gaussian::new_or_nan(vec![0.0, 1.0], scale);
        for x in [[0.0, 1.0], [1.0, -0.5], [-2.0, 2.0]] {
            assert!((t.log_density(&x) - normal.log_density(&x)).abs() < 1e-5);
        }
    }
}
