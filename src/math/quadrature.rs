//! Expectations under normal distributions in one or two dimensions, without chance.
//!
//! The trapezoidal rule on a grid of equal steps: for what is analytic in a strip about the real axis
//! its error falls as `exp(-2 pi a / h)`, with `a` half the width of the strip and `h` the step. The
//! logarithm of a mixture's density is, and for a smooth integrand that beats Gauss-Hermite nodes,
//! which lie too far apart where the integrand bends.
//!
//! Reference: L. N. Trefethen and J. A. C. Weideman, The exponentially convergent trapezoidal rule,
//! SIAM Rev. 56 (2014), 385-458.

use super::density::Density;
use super::gaussian::Gaussian;
use super::mixture::Mixture;
use ndarray::Array2;

/// Beyond so many standard deviations lies less than 1e-14 of the mass.
const REACH: f64 = 8.0;

/// Steps a standard deviation, in one dimension and in two.
const STEPS: [usize; 2] = [64, 12];

/// Nodes of the standard normal distribution and their weights, which sum to 1.
#[derive(Clone, Debug)]
pub struct Nodes {
    dimensions: usize,
    /// The coordinates, node after node.
    coordinates: Vec<f64>,
    weights: Vec<f64>,
}

impl Nodes {
    /// The most dimensions that there are nodes for.
    pub const MOST_DIMENSIONS: usize = STEPS.len();

    /// Those in so many dimensions; `None` unless it is one or two.
    pub fn new(dimensions: usize) -> Option<Self> {
        let steps = *STEPS.get(dimensions.checked_sub(1)?)?;
        let ends = (REACH * steps as f64) as i32;
        let line: Vec<f64> = (-ends..=ends).map(|i| f64::from(i) / steps as f64).collect();
        let square = |z: &[f64]| z.iter().map(|z| z * z).sum::<f64>();
        let coordinates: Vec<f64> = match dimensions {
            1 => line,
            _ => {
                let all = line.iter().flat_map(|y| line.iter().map(move |x| [*x, *y]));
                all.filter(|z| square(z) <= REACH * REACH).flatten().collect()
            }
        };
        let densities = coordinates.chunks_exact(dimensions).map(|z| libm::exp(-0.5 * square(z)));
        let mut weights: Vec<f64> = densities.collect();
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        Some(Self { dimensions, coordinates, weights })
    }

    /// Every node (D coordinates) with its weight.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.coordinates.chunks_exact(self.dimensions).zip(self.weights.iter().copied())
    }

    /// The expectation of `of` under `N(mean, factor factor^T)`.
    pub fn expectation(
        &self,
        mean: &[f64],
        factor: &Array2<f64>,
        mut of: impl FnMut(&[f64]) -> f64,
    ) -> f64 {
        let mut x = mean.to_vec();
        self.iter().fold(0.0, |sum, (z, weight)| {
            for ((x, mean), row) in x.iter_mut().zip(mean).zip(factor.rows()) {
                *x = row.iter().zip(z).fold(*mean, |sum, (l, z)| sum + l * z);
            }
            sum + weight * of(&x)
        })
    }
}

/// The Kullback-Leibler divergence of a normal distribution `q` from a mixture `p`,
/// `E_p[ln p - ln q]`, in nats: component of `p` by component. `None` in more than two dimensions,
/// or if a covariance is not positive definite.
pub fn divergence_from_mixture(p: &Mixture, q: &Gaussian) -> Option<f64> {
    let nodes = Nodes::new(p.dimensions())?;
    let density = Density::new(p);
    let mut sum = 0.0;
    for (k, weight) in p.weights.iter().enumerate() {
        let component = p.component(k);
        let factor = super::linalg::cholesky(&component.covariance)?;
        let difference = |x: &[f64]| density.ln(x) - q.log_density(x);
        sum += weight * nodes.expectation(&component.mean, &factor, difference);
    }
    // Rounding never makes it negative.
    Some(sum.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::kl_divergence;
    use ndarray::array;

    #[test]
    fn moments_of_the_nodes_are_those_of_the_normal_distribution() {
        for dimensions in [1, 2] {
            let nodes = Nodes::new(dimensions).unwrap();
            let mean =
                |of: &dyn Fn(&[f64]) -> f64| nodes.iter().map(|(z, w)| w * of(z)).sum::<f64>();
            for (power, expected) in [(0.0, 1.0), (1.0, 0.0), (2.0, 1.0), (4.0, 3.0), (6.0, 15.0)] {
                let moment = mean(&|z| libm::pow(z[0], power));
                // Beyond the nodes is what 8^6 exp(-8^2 / 2) counts for.
                assert!((moment - expected).abs() < 1e-8, "{dimensions} {power}: {moment}");
            }
            // A tilt: E exp(z) = exp(1/2).
            assert!((mean(&|z| libm::exp(z[0])) - libm::exp(0.5)).abs() < 1e-11);
        }
        assert!(Nodes::new(0).is_none() && Nodes::new(3).is_none());
    }

    #[test]
    fn the_divergence_from_one_normal_distribution_is_the_closed_form() {
        let covariance = array![[2.0, 0.9], [0.9, 0.6]];
        let p = Mixture {
            weights: vec![1.0],
            means: array![[1.0, -2.0]],
            covariances: vec![covariance.clone()],
        };
        let q = Gaussian::new(vec![0.0, -1.0], array![[1.0, -0.2], [-0.2, 3.0]]).unwrap();
        let closed = kl_divergence(&p.component(0), &q);
        assert!((divergence_from_mixture(&p, &q).unwrap() - closed).abs() < 1e-10 * closed);
    }
}
