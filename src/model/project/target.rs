//! The mixture that is projected, with the expectations that a step needs.

use ndarray::Array2;

use super::closed::inverse;
use crate::math::mixture::Mixture;
use crate::math::quadrature::Nodes;

/// A component that explains less of a point than `exp(-40)` of the most likely one takes no part.
const FAINT: f64 = 40.0;

/// A mixture, prepared for many points.
#[derive(Debug)]
pub(super) struct Target {
    dimensions: usize,
    components: Vec<Component>,
    nodes: Nodes,
}

#[derive(Debug)]
struct Component {
    mean: Vec<f64>,
    /// The precision matrix, row after row.
    precision: Vec<f64>,
    /// The logarithm of its weighted density at its mean.
    log_peak: f64,
}

/// What the logarithm of the target's density is like where q is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    /// `E_q[ln q - ln p]`.
    pub(super) divergence: f64,
    /// `E_q[grad ln p]`, D values.
    pub(super) gradient: Vec<f64>,
    /// `-E_q[hess ln p]`, D x D.
    pub(super) curvature: Array2<f64>,
}

/// `ln p` at a point with its derivatives, and room for what they are made of.
struct Local {
    logs: Vec<f64>,
    pull: Vec<f64>,
    gradient: Vec<f64>,
    curvature: Vec<f64>,
}

impl Target {
    /// `None` if there are more than two dimensions or a covariance is not positive definite.
    pub(super) fn new(mixture: &Mixture) -> Option<Self> {
        let nodes = Nodes::new(mixture.dimensions())?;
        let mut components = Vec::new();
        for (k, weight) in mixture.weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
            let own = mixture.component(k);
            let precision = inverse(&own.covariance)?;
            components.push(Component {
                log_peak: libm::log(*weight) + own.log_density(&own.mean),
                precision: precision.iter().copied().collect(),
                mean: own.mean,
            });
        }
        Some(Self { dimensions: mixture.dimensions(), components, nodes })
    }

    /// The expectations under `q = N(mean, factor factor^T)`.
    pub(super) fn expected(&self, mean: &[f64], factor: &Array2<f64>) -> Expected {
        let d = self.dimensions;
        let mut local = Local {
            logs: vec![0.0; self.components.len()],
            pull: vec![0.0; d],
            gradient: vec![0.0; d],
            curvature: vec![0.0; d * d],
        };
        let (mut ln_p, mut square) = (0.0, 0.0);
        let (mut gradient, mut curvature) = (vec![0.0; d], vec![0.0; d * d]);
        let factor_rows: Vec<f64> = factor.iter().copied().collect();
        let mut x = vec![0.0; d];
        for (z, weight) in self.nodes.iter() {
            for ((x, mean), row) in x.iter_mut().zip(mean).zip(factor_rows.chunks_exact(d)) {
                *x = row.iter().zip(z).fold(*mean, |sum, (l, z)| sum + l * z);
            }
            ln_p += weight * self.local(&x, &mut local);
            square += weight * z.iter().map(|z| z * z).sum::<f64>();
            for (sum, own) in gradient.iter_mut().zip(&local.gradient) {
                *sum += weight * own;
            }
            for (sum, own) in curvature.iter_mut().zip(&local.curvature) {
                *sum += weight * own;
            }
        }
        let log_volume: f64 = log_determinant(factor);
        let ln_q = -0.5 * (d as f64 * libm::log(2.0 * std::f64::consts::PI) + square) - log_volume;
        let curvature = Array2::from_shape_fn((d, d), |(i, j)| {
            0.5 * (curvature[i * d + j] + curvature[j * d + i])
        });
        Expected { divergence: ln_q - ln_p, gradient, curvature }
    }

    /// `ln p` at `x`; its gradient and minus its second derivatives are left in `local`.
    fn local(&self, x: &[f64], local: &mut Local) -> f64 {
        let d = self.dimensions;
        let Local { logs, pull, gradient, curvature } = local;
        let mut most = f64::NEG_INFINITY;
        for (log, component) in logs.iter_mut().zip(&self.components) {
            *log = component.log_density(x, pull);
            most = most.max(*log);
        }
        gradient.fill(0.0);
        curvature.fill(0.0);
        let mut total = 0.0;
        for (log, component) in logs.iter().zip(&self.components) {
            if *log < most - FAINT {
                continue;
            }
            let share = libm::exp(log - most);
            total += share;
            component.log_density(x, pull);
            for i in 0..d {
                gradient[i] += share * pull[i];
                for j in 0..d {
                    curvature[i * d + j] +=
                        share * (component.precision[i * d + j] - pull[i] * pull[j]);
                }
            }
        }
        gradient.iter_mut().for_each(|g| *g /= total);
        for i in 0..d {
            for j in 0..d {
                curvature[i * d + j] = curvature[i * d + j] / total + gradient[i] * gradient[j];
            }
        }
        most + libm::log(total)
    }
}

impl Component {
    /// The logarithm of the weighted density at `x`; its gradient is left in `pull`.
    fn log_density(&self, x: &[f64], pull: &mut [f64]) -> f64 {
        let mut square = 0.0;
        for (i, row) in self.precision.chunks_exact(x.len()).enumerate() {
            let across = row.iter().zip(&self.mean).zip(x);
            pull[i] = across.fold(0.0, |sum, ((p, m), x)| sum + p * (m - x));
            square -= pull[i] * (x[i] - self.mean[i]);
        }
        self.log_peak - 0.5 * square
    }
}

/// The logarithm of the determinant of a triangular matrix with a positive diagonal.
fn log_determinant(factor: &Array2<f64>) -> f64 {
    factor.diag().iter().map(|l| libm::log(*l)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::linalg::cholesky;
    use ndarray::array;

    fn target() -> Target {
        Target::new(&Mixture {
            weights: vec![0.3, 0.7],
            means: array![[0.0, 1.0], [2.0, -0.5]],
            covariances: vec![array![[1.0, 0.4], [0.4, 0.5]], array![[0.6, -0.2], [-0.2, 1.5]]],
        })
        .unwrap()
    }

    /// The divergence of `N(mean, covariance)`.
    fn divergence(mean: &[f64], covariance: &Array2<f64>) -> f64 {
        target().expected(mean, &cholesky(covariance).unwrap()).divergence
    }

    #[test]
    fn gradients_are_the_differences_of_the_divergence() {
        let (mean, covariance) = (vec![0.8, 0.3], array![[1.3, -0.3], [-0.3, 0.9]]);
        let expected = target().expected(&mean, &cholesky(&covariance).unwrap());
        let step = 1e-4;
        for i in 0..2 {
            let moved = |by: f64| {
                let mut mean = mean.clone();
                mean[i] += by;
                divergence(&mean, &covariance)
            };
            // dKL / dm = -E[grad ln p].
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            assert!((slope + expected.gradient[i]).abs() < 1e-7, "{i}: {slope}");
        }
        let precision = inverse(&covariance).unwrap();
        for (i, j) in [(0, 0), (0, 1), (1, 1)] {
            let moved = |by: f64| {
                let mut covariance = covariance.clone();
                covariance[[i, j]] += by;
                covariance[[j, i]] = covariance[[i, j]];
                divergence(&mean, &covariance)
            };
            // dKL / dC = (H - C^-1) / 2; off the diagonal two entries move.
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            let own = expected.curvature[[i, j]] - precision[[i, j]];
            let own = if i == j { 0.5 * own } else { own };
            assert!((slope - own).abs() < 1e-7, "{i} {j}: {slope} {own}");
        }
    }
}
