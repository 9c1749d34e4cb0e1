//! A Gaussian mixture with stated parameters: what "truth" is, and what a fit amounts to.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::gaussian::Gaussian;
use super::linalg::{deserialize_matrices, deserialize_rows, serialize_matrices, serialize_rows};
use super::log_sum_exp;

/// `p(x) = sum_k weights[k] N(x | means[k], covariances[k])` in D dimensions.
///
/// `weights` has K entries that sum to 1, `means` is K x D, `covariances` are K matrices D x D,
/// symmetric and positive definite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// Mixing proportions, one a component.
    pub weights: Vec<f64>,
    /// Means, K x D; serialised as a list of rows.
    #[serde(serialize_with = "serialize_rows", deserialize_with = "deserialize_rows")]
    pub means: Array2<f64>,
    /// Covariances, K matrices D x D; serialised as lists of rows.
    #[serde(serialize_with = "serialize_matrices", deserialize_with = "deserialize_matrices")]
    pub covariances: Vec<Array2<f64>>,
}

impl Mixture {
    /// K.
    pub fn components(&self) -> usize {
        self.weights.len()
    }

    /// D.
    pub fn dimensions(&self) -> usize {
        self.means.ncols()
    }

    /// Component `k` < K. If its covariance is not what [`Mixture`] asks for, its density is NaN.
    pub fn component(&self, k: usize) -> Gaussian {
        Gaussian::new_or_nan(self.means.row(k).to_vec(), self.covariances[k].clone())
    }

    /// All components in order, for whoever evaluates many points.
    pub fn gaussians(&self) -> Vec<Gaussian> {
        (0..self.components()).map(|k| self.component(k)).collect()
    }

    /// The density at one point.
    pub fn density(&self, x: &[f64]) -> f64 {
        self.weights
            .iter()
            .zip(self.gaussians())
            .fold(0.0, |sum, (weight, gaussian)| sum + weight * gaussian.density(x))
    }

    /// For each of N points (N x D) the probability of each component: N x K, rows sum to 1.
    ///
    /// A point so far away that all densities vanish even as logarithms tells nothing: its row is
    /// the weights.
    pub fn responsibilities(&self, points: ArrayView2<f64>) -> Array2<f64> {
        let gaussians = self.gaussians();
        let log_weights: Vec<f64> = self.weights.iter().map(|&w| libm::log(w)).collect();
        let mut result = Array2::zeros((points.nrows(), self.components()));
        let mut logs = vec![0.0; self.components()];
        for (point, mut row) in points.rows().into_iter().zip(result.rows_mut()) {
            let point = point.to_vec();
            for ((log, gaussian), log_weight) in logs.iter_mut().zip(&gaussians).zip(&log_weights) {
                *log = log_weight + gaussian.log_density(&point);
            }
            let total = log_sum_exp(&logs);
            for ((r, log), weight) in row.iter_mut().zip(&logs).zip(&self.weights) {
                *r = if total == f64::NEG_INFINITY { *weight } else { libm::exp(log - total) };
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn pair() -> Mixture {
        Mixture {
            weights: vec![0.25, 0.75],
            means: array![[-1.0], [1.0]],
            covariances: vec![array![[1.0]], array![[1.0]]],
        }
    }

    #[test]
    fn responsibilities_follow_bayes() {
        let r = pair().responsibilities(array![[0.0], [0.5], [1e200]].view());
        assert!((r[[0, 0]] - 0.25).abs() < 1e-15);
        // Odds 1 : 3 e^{2x} at x = 0.5.
        assert!((r[[1, 0]] - 1.0 / (1.0 + 3.0 * libm::exp(1.0))).abs() < 1e-15);
        assert_eq!(r.row(2).to_vec(), vec![0.25, 0.75]);
    }

    #[test]
    fn the_density_is_the_weighted_sum() {
        let at_zero = 0.398_942_280_401_432_7 * libm::exp(-0.5);
        assert!((pair().density(&[0.0]) - at_zero).abs() < 1e-15);
    }
}
