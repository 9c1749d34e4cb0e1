//! The normal distribution in D dimensions.

use ndarray::Array2;
use std::f64::consts::PI;

use super::linalg::{cholesky, inverse_lower, is_symmetric};

/// `N(mean, covariance)`, with what its density needs computed once.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// The mean, D values.
    pub mean: Vec<f64>,
    /// The covariance, D x D.
    pub covariance: Array2<f64>,
    /// `L` with `L L^T = covariance`.
    lower: Array2<f64>,
    /// The inverse of `lower`.
    whitening: Array2<f64>,
    /// The logarithm of the density at the mean.
    log_peak: f64,
}

impl Gaussian {
    /// The distribution; `None` unless the covariance is D x D, symmetric and positive definite.
    pub fn new(mean: Vec<f64>, covariance: Array2<f64>) -> Option<Self> {
        if mean.len() != covariance.nrows() || !is_symmetric(&covariance) {
            return None;
        }
        let lower = cholesky(&covariance)?;
        Some(Self::from_factor(mean, covariance, lower))
    }

    /// As [`Gaussian::new`], but with a density of NaN where that gives `None`.
    ///
    /// For parameters that are valid by contract: a breach then shows as NaN, not as a panic.
    pub(crate) fn new_or_nan(mean: Vec<f64>, covariance: Array2<f64>) -> Self {
        let d = mean.len();
        Self::new(mean.clone(), covariance).unwrap_or_else(|| {
            let nan = Array2::from_elem((d, d), f64::NAN);
            Self::from_factor(mean, nan.clone(), nan)
        })
    }

    fn from_factor(mean: Vec<f64>, covariance: Array2<f64>, lower: Array2<f64>) -> Self {
        let log_root_determinant = lower.diag().iter().fold(0.0, |sum, &l| sum + libm::log(l));
        let log_peak = -0.5 * mean.len() as f64 * libm::log(2.0 * PI) - log_root_determinant;
        let whitening = inverse_lower(&lower);
        Self { mean, covariance, lower, whitening, log_peak }
    }

    /// D.
    pub fn dimensions(&self) -> usize {
        self.mean.len()
    }

    /// `(x - mean)^T covariance^-1 (x - mean)`.
    pub fn squared_mahalanobis(&self, x: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (i, row) in self.whitening.rows().into_iter().enumerate() {
            let mut z = 0.0;
            for j in 0..=i {
                z += row[j] * (x[j] - self.mean[j]);
            }
            sum += z * z;
        }
        sum
    }

    /// The logarithm of the density at `x`.
    pub fn log_density(&self, x: &[f64]) -> f64 {
        self.log_peak - 0.5 * self.squared_mahalanobis(x)
    }

    /// The density at `x`.
    pub fn density(&self, x: &[f64]) -> f64 {
        libm::exp(self.log_density(x))
    }

    /// The contour at the Mahalanobis distance `radius` as a polygon, not closed: the image of a
    /// circle under `mean + L z`. Empty unless D = 2.
    pub fn ellipse(&self, radius: f64, vertices: usize) -> Vec<[f64; 2]> {
        let &[x, y] = self.mean.as_slice() else {
            return Vec::new();
        };
        let l = &self.lower;
        (0..vertices)
            .map(|i| {
                let (sin, cos) = libm::sincos(2.0 * PI * i as f64 / vertices as f64);
                let (u, v) = (radius * cos, radius * sin);
                [x + l[[0, 0]] * u, y + l[[1, 0]] * u + l[[1, 1]] * v]
            })
            .collect()
    }
}

/// The Kullback-Leibler divergence of `q` from `p`, `E_p[ln p - ln q]`, in nats:
/// `(tr(Q^-1 P) + (m_q - m_p)^T Q^-1 (m_q - m_p) - D + ln|Q| - ln|P|) / 2`.
///
/// Both in as many dimensions. Rounding never makes it negative.
pub fn kl_divergence(p: &Gaussian, q: &Gaussian) -> f64 {
    // tr(Q^-1 P) is the squared Frobenius norm of A = L_q^-1 L_p, and ln|P| - ln|Q| is twice the
    // sum of the logarithms of A's diagonal. Summed entry by entry as a^2 - 1 - 2 ln a, equal
    // distributions give 0 without cancellation between large terms.
    let a = q.whitening.dot(&p.lower);
    let mut sum = q.squared_mahalanobis(&p.mean);
    for i in 0..p.dimensions() {
        for j in 0..i {
            sum += a[[i, j]] * a[[i, j]];
        }
        let diagonal = a[[i, i]];
        let excess = diagonal - 1.0;
        // Far below 1 the excess loses the digits that the logarithm needs.
        let log = if diagonal < 0.5 { libm::log(diagonal) } else { libm::log1p(excess) };
        sum += excess * excess + 2.0 * (excess - log);
    }
    if sum < 0.0 { 0.0 } else { 0.5 * sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn lecture() -> Gaussian {
        Gaussian::new(vec![0.0, -0.7], array![[0.7, 0.2], [0.2, 0.1]]).unwrap()
    }

    #[test]
    fn the_density_is_that_of_the_textbook() {
        let g = lecture();
        // Determinant 0.03, so the peak is 1 / (2 pi sqrt(0.03)).
        assert!((g.density(&[0.0, -0.7]) - 1.0 / (2.0 * PI * 0.03_f64.sqrt())).abs() < 1e-15);
        // The inverse is [[0.1, -0.2], [-0.2, 0.7]] / 0.03.
        let distance = (0.1 - 2.0 * 0.2 * 2.0 + 0.7 * 4.0) / 0.03;
        assert!((g.squared_mahalanobis(&[1.0, 1.3]) - distance).abs() < 1e-12 * distance);
    }

    #[test]
    fn every_vertex_of_an_ellipse_is_at_its_radius() {
        let g = lecture();
        let polygon = g.ellipse(2.0, 16);
        assert_eq!(polygon.len(), 16);
        for vertex in polygon {
            assert!((g.squared_mahalanobis(&vertex) - 4.0).abs() < 1e-12);
        }
        assert!(Gaussian::new(vec![0.0], array![[1.0]]).unwrap().ellipse(1.0, 8).is_empty());
    }

    #[test]
    fn the_divergence_in_one_dimension_is_the_closed_form() {
        let p = Gaussian::new(vec![1.0], array![[4.0]]).unwrap();
        let q = Gaussian::new(vec![-1.0], array![[9.0]]).unwrap();
        let closed = libm::log(1.5) + (4.0 + 4.0) / 18.0 - 0.5;
        assert!((kl_divergence(&p, &q) - closed).abs() < 1e-15);
        assert!(kl_divergence(&lecture(), &lecture()) < 1e-30);
    }

    #[test]
    fn parameters_that_break_the_contract_give_nan() {
        assert!(Gaussian::new(vec![0.0], array![[-1.0]]).is_none());
        assert!(Gaussian::new(vec![0.0, 0.0], array![[1.0]]).is_none());
        assert!(Gaussian::new_or_nan(vec![0.0], array![[-1.0]]).density(&[0.0]).is_nan());
    }
}
