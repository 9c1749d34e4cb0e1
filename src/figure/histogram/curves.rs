//! Curves: densities scaled to counts, so that they lie on their bars.

use serde::Serialize;

use crate::figure::axes::Range;
use crate::figure::slot::Slot;
use crate::math::kde;
use crate::math::predictive::Component;

/// What is drawn for a component besides its bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// The density that the points were drawn from.
    Truth,
    /// The kernel density estimate of the points.
    Kde,
    /// The inferred density.
    Estimate,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Curve {
    /// The component; `None` if it is of all points.
    pub(super) slot: Option<Slot>,
    pub(super) role: Role,
    /// The mean of the density.
    pub(super) mean: f64,
    pub(super) points: Vec<(f64, f64)>,
}

/// Curves end where the density is too small to see: truth at 3.6 standard deviations, estimates
/// at 3.2, or as many scales where they are no normal distributions.
const TRUTH_REACH: f64 = 3.6;
const ESTIMATE_REACH: f64 = 3.2;
const CURVE_POINTS: usize = 181;

impl Curve {
    /// A component's density times `scale`.
    pub(super) fn density(component: &Component, slot: Slot, role: Role, scale: f64) -> Self {
        let shape = component.shape();
        let (mean, sd) = (shape.mean[0], shape.covariance[[0, 0]].sqrt());
        let reach = if role == Role::Estimate { ESTIMATE_REACH } else { TRUTH_REACH };
        let points = Range::new(mean - reach * sd, mean + reach * sd)
            .grid(CURVE_POINTS)
            .into_iter()
            .map(|x| (x, scale * libm::exp(component.log_density(&[x]))))
            .collect();
        Self { slot: Some(slot), role, mean, points }
    }

    /// The kernel density estimate of values times `scale`, from the smallest to the largest;
    /// `None` if they have none.
    pub(super) fn kde(values: &[f64], slot: Option<Slot>, role: Role, scale: f64) -> Option<Self> {
        let estimate = kde::Kde::new(values)?;
        let range = Range::of(values.iter().copied())?;
        let points: Vec<(f64, f64)> = estimate
            .curve(range.low, range.high, 200)
            .into_iter()
            .map(|[x, density]| (x, scale * density))
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Self { slot, role, mean, points })
    }

    /// The height of the curve.
    pub(super) fn peak(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(0.0, f64::max)
    }
}
