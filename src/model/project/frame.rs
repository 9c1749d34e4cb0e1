//! Coordinates in which a mixture lies about 0 and has a size of 1, whatever units it is given in.
//!
//! Densities are made of differences of means and of ratios of scales. Far from 0 a mean has fewer
//! digits than its distance from the next one, so they are subtracted first and once.

use ndarray::Array2;

use super::{Start, State};
use crate::math::mixture::Mixture;

/// `x = origin + scale x'`, with a power of two as the scale, so that it takes no digit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    origin: Vec<f64>,
    scale: f64,
}

impl Frame {
    /// About the mixture's mean; `None` if a component is infinitely far from it, or all are points.
    pub(super) fn of(mixture: &Mixture) -> Option<Self> {
        let mut origin = vec![0.0; mixture.dimensions()];
        for (weight, mean) in mixture.weights.iter().zip(mixture.means.rows()) {
            for (sum, mean) in origin.iter_mut().zip(mean) {
                *sum += weight * mean;
            }
        }
        let mut size: f64 = 0.0;
        let all = mixture.weights.iter().zip(mixture.means.rows()).zip(&mixture.covariances);
        for ((_, mean), covariance) in all.filter(|((weight, _), _)| **weight > 0.0) {
            for ((mean, origin), variance) in mean.iter().zip(&origin).zip(covariance.diag()) {
                size = size.max((mean - origin).abs()).max(variance.abs().sqrt());
            }
        }
        let scale = libm::exp2(libm::floor(libm::log2(size)));
        (scale.is_normal() && scale.recip().is_normal()).then_some(Self { origin, scale })
    }

    /// The mixture in these coordinates.
    pub(super) fn enter(&self, mixture: &Mixture) -> Mixture {
        Mixture {
            weights: mixture.weights.clone(),
            means: self.enter_means(&mixture.means),
            covariances: mixture
                .covariances
                .iter()
                .map(|c| self.over(self.over(c.clone())))
                .collect(),
        }
    }

    /// The start in these coordinates.
    pub(super) fn enter_start(&self, start: &Start) -> Start {
        match start {
            Start::Means(means) => Start::Means(self.enter_means(means)),
            Start::All | Start::Component(_) | Start::Moments => start.clone(),
        }
    }

    fn enter_means(&self, means: &Array2<f64>) -> Array2<f64> {
        let mut means = means.clone();
        for mut row in means.rows_mut() {
            for (x, origin) in row.iter_mut().zip(&self.origin) {
                *x = (*x - origin) / self.scale;
            }
        }
        means
    }

    fn over(&self, matrix: Array2<f64>) -> Array2<f64> {
        matrix / self.scale
    }

    /// A normal distribution of these coordinates in those of the mixture.
    pub(super) fn leave(&self, state: State) -> State {
        let shifted = |(x, origin): (&f64, &f64)| origin + self.scale * x;
        State {
            mean: state.mean.iter().zip(&self.origin).map(shifted).collect(),
            covariance: state.covariance * self.scale * self.scale,
            ..state
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::project::{Divergence, Form};
    use ndarray::array;

    #[test]
    fn nothing_is_lost_on_the_way_there_and_back() {
        for (far, size) in [(0.0, 1.0), (1.7e9, 1e-6), (0.0, 3e100), (-5e-200, 1e-150)] {
            let own = array![[size * size]];
            let mixture = Mixture {
                weights: vec![0.5, 0.5],
                means: array![[far], [far + 100.0 * size]],
                covariances: vec![own.clone(), own],
            };
            let frame = Frame::of(&mixture).unwrap();
            let within = frame.enter(&mixture);
            assert!(within.means.iter().all(|m| m.abs() <= 2.0), "{within:?}");
            for k in [0, 1] {
                let state = State {
                    mean: within.means.row(k).to_vec(),
                    covariance: within.covariances[k].clone(),
                    form: Form::Full,
                    divergence: Divergence::Exclusive,
                };
                let back = frame.leave(state);
                assert_eq!(back.covariance, mixture.covariances[k]);
                assert!(
                    (back.mean[0] - mixture.means[[k, 0]]).abs()
                        <= f64::EPSILON * size * 100.0 + f64::EPSILON * back.mean[0].abs()
                );
            }
        }
    }
}
