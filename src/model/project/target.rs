//! The mixture that is projected, with the expectations that a step needs.

use ndarray::{Array1, Array2, Axis, aview1};

use crate::math::linalg::{cholesky, inverse_lower};
use crate::math::mixture::Mixture;
use crate::math::quadrature::{Effort, MOST_DIMENSIONS, Moments, Quadrature, Term};
use crate::model::run::Failure;

/// A divergence that may be off by more than this share of it (or of 1 nat, if it is less) is refused.
const MOST_ERROR: f64 = 1e-6;

/// A mixture, prepared for many normal distributions.
#[derive(Debug)]
pub(super) struct Target {
    dimensions: usize,
    components: Vec<Component>,
    quadrature: Quadrature,
}

#[derive(Debug)]
struct Component {
    log_weight: f64,
    mean: Array1<f64>,
    /// The inverse of the factor of its covariance.
    whitening: Array2<f64>,
}

/// What the logarithm of the target's density is like where q is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    /// `E_q[ln q - ln p]`.
    pub(super) divergence: f64,
    /// How far that may be off, estimated.
    pub(super) error: f64,
    /// `E_q[grad ln p]`, D values.
    pub(super) gradient: Vec<f64>,
    /// `-E_q[hess ln p]`, D x D.
    pub(super) curvature: Array2<f64>,
}

impl Target {
    /// `None` if there are more than two dimensions or a covariance is not positive definite.
    pub(super) fn new(mixture: &Mixture) -> Option<Self> {
        let dimensions = mixture.dimensions();
        if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
            return None;
        }
        let mut components = Vec::new();
        let all = mixture.weights.iter().zip(mixture.means.rows()).zip(&mixture.covariances);
        for ((weight, mean), covariance) in all.filter(|((weight, _), _)| **weight > 0.0) {
            components.push(Component {
                log_weight: libm::log(*weight),
                mean: mean.to_owned(),
                whitening: inverse_lower(&cholesky(covariance)?),
            });
        }
        Some(Self { dimensions, components, quadrature: Quadrature::new() })
    }

    /// The expectations under q, where `lower lower^T` is the inverse of its covariance.
    ///
    /// Derivatives are those of the expectation by the parameters of q (the identities of Bonnet and
    /// Price), so that nothing but `ln p` is integrated, which has no peaks.
    pub(super) fn expected(&self, mean: &[f64], lower: &Array2<f64>, effort: Effort) -> Expected {
        let d = self.dimensions;
        // x = mean + L^-T z.
        let moments = self.moments(mean, &inverse_lower(lower).t().to_owned(), effort);
        let first = aview1(moments.first.get(..d).unwrap_or_default());
        let [xx, xy, yy] = moments.second;
        let second = Array2::from_shape_fn((d, d), |(i, j)| match (i, j) {
            (0, 0) => 1.0 - xx,
            (1, 1) => 1.0 - yy,
            _ => -xy,
        });
        let curvature = lower.dot(&second).dot(&lower.t());
        Expected {
            divergence: positive(-moments.mean),
            error: moments.error,
            gradient: lower.dot(&first).to_vec(),
            curvature: (&curvature + &curvature.t()) * 0.5,
        }
    }

    /// The divergence `KL(q||p)` of `q = N(mean, factor factor^T)`, and how far it may be off.
    pub(super) fn divergence(&self, mean: &[f64], factor: &Array2<f64>) -> (f64, f64) {
        let moments = self.moments(mean, factor, Effort::Full);
        (positive(-moments.mean), moments.error)
    }

    /// The moments of `ln p - ln q` in the coordinates in which q is the standard normal distribution.
    fn moments(&self, mean: &[f64], factor: &Array2<f64>, effort: Effort) -> Moments {
        let terms: Vec<Term> = self.components.iter().map(|own| own.term(mean, factor)).collect();
        self.quadrature.moments(&terms, self.dimensions, effort)
    }
}

/// A divergence, which rounding never makes negative, or what is no number.
fn positive(divergence: f64) -> f64 {
    if divergence < 0.0 { 0.0 } else { divergence }
}

/// What is wrong with a divergence that may be so far off; `None` if nothing is.
pub(super) fn inexact(divergence: f64, error: f64) -> Option<Failure> {
    let is_good = error <= MOST_ERROR * divergence.abs().max(1.0);
    (!is_good && divergence.is_finite()).then(|| Failure {
        what: format!(
            "the divergence is {divergence:.6} and may be off by {error:.1e}: the mixture has too \
             many components that are much narrower than q"
        ),
        hint: "take the narrowest components out or make them wider, or start at one of them"
            .to_owned(),
    })
}

impl Component {
    /// `ln p_k - ln q` but for the square, in coordinates `z` with `x = mean + factor z`.
    ///
    /// Only differences of means come in, and only ratios of scales.
    fn term(&self, mean: &[f64], factor: &Array2<f64>) -> Term {
        // The square is |A z - b|^2.
        let a = self.whitening.dot(factor);
        let b = self.whitening.dot(&(&self.mean - &aview1(mean)));
        let pairs = self.whitening.diag().into_iter().zip(factor.diag());
        let ratios: Vec<f64> = pairs.map(|(w, f)| (w * f).abs()).collect();
        let peak = ratios.iter().fold(self.log_weight, |sum, ratio| sum + libm::log(*ratio));
        if a.len_of(Axis(0)) < 2 {
            let scale = a[[0, 0]].abs();
            let centre = [b[0] / a[[0, 0]], 0.0];
            return Term { peak, centre, scales: [scale, 0.0], shear: 0.0 };
        }
        // A = Q R with the diagonal (u, v) of R, of which the product is the determinant.
        let u = libm::hypot(a[[0, 0]], a[[1, 0]]);
        let (cos, sin) = (a[[0, 0]] / u, a[[1, 0]] / u);
        let v = ratios.iter().product::<f64>() / u;
        let shear = (cos * a[[0, 1]] + sin * a[[1, 1]]) / u;
        let sign = if cos * a[[1, 1]] - sin * a[[0, 1]] < 0.0 { -1.0 } else { 1.0 };
        let y = sign * (cos * b[1] - sin * b[0]) / v;
        let x = (cos * b[0] + sin * b[1]) / u - shear * y;
        Term { peak, centre: [x, y], scales: [u, v], shear }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::linalg::inverse;
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
        target().divergence(mean, &cholesky(covariance).unwrap()).0
    }

    #[test]
    fn what_may_be_off_in_its_first_digits_is_refused() {
        assert!(inexact(0.7, 1e-9).is_none() && inexact(1e6, 0.5).is_none());
        for (divergence, error) in [(0.7, 1e-3), (1e6, 2.0), (0.7, f64::NAN)] {
            let failure = inexact(divergence, error).unwrap().one_line();
            assert!(failure.contains("may be off") && failure.contains("hint: "), "{failure}");
        }
    }

    #[test]
    fn gradients_are_the_differences_of_the_divergence() {
        let (mean, covariance) = (vec![0.8, 0.3], array![[1.3, -0.3], [-0.3, 0.9]]);
        let precision = inverse(&covariance).unwrap();
        let expected = target().expected(&mean, &cholesky(&precision).unwrap(), Effort::Full);
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
