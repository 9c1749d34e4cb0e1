//! What the components of a mixture can be at most, so that those that are far away need not be
//! computed.

use super::Component;

/// What the logarithm of each weighted component can be at most at a point, which costs next to
/// nothing to find.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// Those of their peaks.
    peaks: Vec<f64>,
    /// For each dimension their means, and half their precisions in it alone: 0 where tails are not
    /// those of a normal distribution.
    dimensions: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Bounds {
    pub(super) fn of(log_weights: &[f64], components: &[Component]) -> Self {
        let peak = |(log_weight, component): (&f64, &Component)| {
            log_weight + component.log_density(&component.shape().mean)
        };
        let half_precision = |component: &Component, axis: usize| match component {
            Component::Normal(g) => 0.5 / g.covariance[[axis, axis]],
            Component::Student(_) | Component::Independent { .. } => 0.0,
        };
        let dimension = |axis: usize| {
            components.iter().map(|c| (c.shape().mean[axis], half_precision(c, axis))).unzip()
        };
        let count = components.first().map_or(0, |c| c.shape().mean.len());
        Self {
            peaks: log_weights.iter().zip(components).map(peak).collect(),
            dimensions: (0..count).map(dimension).collect(),
        }
    }

    /// The bounds in the box about two points: in no coordinate is a point farther from a mean than
    /// in all of them together.
    pub(super) fn between(&self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut farthest = vec![0.0; self.peaks.len()];
        for ((means, half_precisions), (a, b)) in self.dimensions.iter().zip(a.iter().zip(b)) {
            let (low, high) = if a < b { (*a, *b) } else { (*b, *a) };
            for ((far, mean), half) in farthest.iter_mut().zip(means).zip(half_precisions) {
                let beyond = if *mean < low { low - mean } else { mean - high };
                let distance = if beyond > 0.0 { beyond * beyond * half } else { 0.0 };
                *far = if distance > *far { distance } else { *far };
            }
        }
        for (far, peak) in farthest.iter_mut().zip(&self.peaks) {
            *far = peak - *far;
        }
        farthest
    }
}
