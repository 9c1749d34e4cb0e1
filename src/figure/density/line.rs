//! Densities in one dimension as curves.

use serde::Serialize;

use super::{Drawn, Role, Spec};
use crate::figure::Inputs;
use crate::figure::axes::{Extent, Range, nice_step};
use crate::figure::slot::{Naming, Slot, slots};
use crate::math::density::Field;

/// One component of a mixture.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Component {
    pub(super) slot: Slot,
    pub(super) weight: f64,
    pub(super) mean: f64,
    /// Its density times its weight.
    pub(super) points: Vec<(f64, f64)>,
}

/// A mixture and what it is the sum of.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Curves {
    pub(super) role: Role,
    pub(super) sum: Vec<(f64, f64)>,
    pub(super) components: Vec<Component>,
}

/// The numbers of densities in one dimension.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    /// Truth and estimate.
    pub(super) curves: Vec<Curves>,
    /// What the inference starts from, if the estimate is a later iteration.
    #[serde(skip)]
    pub(super) start: Option<Curves>,
    /// All points, if they are shown.
    pub(super) rug: Option<Vec<f64>>,
}

/// Curves end where the density is too small to see, so many standard deviations from the mean.
const REACH: f64 = 3.6;
const CURVE_POINTS: usize = 181;
/// A component of less weight than this does not widen the figure.
const LEAST_WEIGHT: f64 = 0.001;
/// Room above the highest curve, for the components' names.
const HEADROOM: f64 = 1.24;

impl Line {
    pub(super) fn new(
        spec: &Spec,
        inputs: &Inputs<'_>,
        drawn: &[Drawn],
    ) -> Result<(Self, Extent), String> {
        let x = inputs.dataset.points.column(0).to_vec();
        let data = Range::of(x.iter().copied()).ok_or("the data set has no points")?;
        let slots = slots(inputs, Naming::Matched);
        let mut curves: Vec<Curves> = drawn.iter().map(|d| curves_of(d, &slots, data)).collect();
        let extent = extent(&curves, data);
        let start = curves.iter().position(|c| c.role == Role::Start).map(|i| curves.remove(i));
        Ok((Self { curves, start, rug: spec.rug.then_some(x) }, extent))
    }

    /// The components that have a name above the curves, each at its mean and with its weight.
    pub(super) fn named(&self) -> Vec<&Component> {
        let mut named: Vec<&Component> = Vec::new();
        for component in self.curves.iter().flat_map(|c| &c.components) {
            let known = named.iter().any(|other| other.slot == component.slot);
            if !known && component.weight >= LEAST_WEIGHT {
                named.push(component);
            }
        }
        named
    }
}

fn curves_of(drawn: &Drawn, slots: &[Slot], data: Range) -> Curves {
    let index = |slot: &Slot| match drawn.role {
        Role::Truth => slot.truth,
        Role::Start | Role::Estimate => slot.inferred,
    };
    let components: Vec<Component> = slots
        .iter()
        .filter_map(|slot| Some((slot, index(slot)?)))
        .map(|(slot, k)| {
            let component = &drawn.mixture.components[k];
            let shape = component.shape();
            let (mean, sd) = (shape.mean[0], shape.covariance[[0, 0]].sqrt());
            let weight = drawn.mixture.weights[k];
            let points = Range::new(mean - REACH * sd, mean + REACH * sd)
                .grid(CURVE_POINTS)
                .into_iter()
                .map(|x| (x, weight * libm::exp(component.log_density(&[x]))))
                .collect();
            Component { slot: *slot, weight, mean, points }
        })
        .collect();
    // The sum reaches as far as all components that count, and over all data.
    let ends = components.iter().filter(|c| c.weight >= LEAST_WEIGHT);
    let ends = ends.flat_map(|c| c.points.iter().map(|p| p.0));
    let range = Range::of(ends).map_or(data, |r| r.union(data));
    let field = Field::new(&drawn.density, &[(range.low, range.high)]);
    let sum = field.axes()[0].iter().zip(field.values()).map(|(x, ln)| (*x, libm::exp(*ln)));
    Curves { role: drawn.role, sum: sum.collect(), components }
}

fn extent(curves: &[Curves], data: Range) -> Extent {
    let shown = || curves.iter().filter(|c| c.role != Role::Start);
    let ends = shown().flat_map(|c| &c.sum).map(|p| p.0);
    let x = Range::of(ends).map_or(data, |r| r.union(data)).padded(0.0);
    let heights = shown().flat_map(|c| &c.sum).map(|p| p.1).filter(|v| v.is_finite());
    let highest = heights.fold(0.0, f64::max);
    let top = if highest > 0.0 { HEADROOM * highest } else { 1.0 };
    Extent { x: x.outward(nice_step(x.span(), 34.0)), y: Range::new(0.0, top) }
}
