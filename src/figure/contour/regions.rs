//! The regions of one component: where its mass lies, and where its density is high.

use serde::Serialize;

use super::Levels;
use crate::figure::Inputs;
use crate::figure::axes::Extent;
use crate::math::density::{Density, Field};
use crate::math::gaussian::Gaussian;
use crate::math::level_set::level_set;
use crate::math::predictive::{Component, Predictive};
use crate::math::{locator, mass_radius};

const OUTER_MASS: f64 = 0.95;
const INNER_MASS: f64 = 0.5;
const MASSES: [f64; 2] = [OUTER_MASS, INNER_MASS];
const VERTICES: usize = 120;

/// Nested outlines of one component, the widest first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Regions {
    pub(super) mean: [f64; 2],
    /// What bounds each outline: its mass, or its density.
    pub(super) levels: Vec<f64>,
    pub(super) outlines: Vec<Vec<[f64; 2]>>,
}

/// Share of the points of true component `k` within the 95 % region of `q`, the widest of `regions`.
pub(super) fn covered(
    inputs: &Inputs<'_>,
    k: usize,
    q: &Component,
    regions: &Regions,
) -> Option<f64> {
    let labels = inputs.dataset.labels.as_ref()?;
    let radius = mass_radius(OUTER_MASS);
    // The boundary is where the density is the same.
    let edge = q.log_density(regions.outlines.first()?.first()?);
    let holds = |x: &[f64]| match q {
        Component::Normal(q) => q.squared_mahalanobis(x) <= radius * radius,
        Component::Student(_) | Component::Independent { .. } => q.log_density(x) >= edge,
    };
    let (mut inside, mut all) = (0_usize, 0_usize);
    for (row, _) in
        inputs.dataset.points.rows().into_iter().zip(labels.iter()).filter(|(_, l)| *l == k)
    {
        all += 1;
        inside += usize::from(holds(&[row[0], row[1]]));
    }
    (all > 0).then(|| inside as f64 / all as f64)
}

/// The outlines of a component. Those of normal and Student distributions are exact ellipses, by
/// density, too: the density c lies where the logarithm is `ln(peak / c)` below its peak, of a normal
/// distribution at the Mahalanobis radius sqrt(2 ln(peak / c)).
pub(super) fn regions(component: &Component, levels: Levels, data: Extent) -> Regions {
    let by_density = || picked(component, data);
    let (levels, outlines) = match (component, levels) {
        (Component::Normal(g), Levels::Mass) => {
            ellipses(g, MASSES.iter().map(|p| (*p, mass_radius(*p))))
        }
        (Component::Normal(g), Levels::Density) => {
            let peak = g.density(&g.mean);
            ellipses(g, by_density().into_iter().map(|c| (c, (2.0 * libm::log(peak / c)).sqrt())))
        }
        (Component::Student(t), Levels::Mass) => {
            ellipses(t.shape(), MASSES.iter().map(|p| (*p, t.mass_radius(*p))))
        }
        (Component::Student(t), Levels::Density) => {
            let peak = t.log_density(&t.shape().mean);
            let radius = |c: f64| (c, t.radius(peak - libm::log(c)));
            ellipses(t.shape(), by_density().into_iter().map(radius))
        }
        (Component::Independent { .. }, Levels::Mass) => outlines(component, |field| {
            MASSES.into_iter().zip(field.mass_levels(&MASSES)).collect()
        }),
        (Component::Independent { .. }, Levels::Density) => {
            outlines(component, |_| by_density().into_iter().map(|c| (c, libm::log(c))).collect())
        }
    };
    let mean = &component.shape().mean;
    Regions { mean: [mean[0], mean[1]], levels, outlines }
}

/// What bounds each outline, and the outlines.
type Outlines = (Vec<f64>, Vec<Vec<[f64; 2]>>);

/// Those at these Mahalanobis radii.
fn ellipses(shape: &Gaussian, levels: impl Iterator<Item = (f64, f64)>) -> Outlines {
    levels.map(|(level, radius)| (level, shape.ellipse(radius, VERTICES))).unzip()
}

/// The density levels that matplotlib picks over the data.
fn picked(component: &Component, data: Extent) -> Vec<f64> {
    let density = |x: &[f64]| libm::exp(component.log_density(x));
    let peak = density(&component.shape().mean);
    // All these densities have their least value on a rectangle in one of the corners.
    let corners =
        [data.x.low, data.x.high].map(|x| [data.y.low, data.y.high].map(|y| density(&[x, y])));
    let least = corners.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let levels = locator::contour_levels(least, peak).into_iter();
    // matplotlib draws no line at or below the least value of its window.
    levels.filter(|c| *c > least && *c < peak).collect()
}

/// Nothing that counts of a component lies where the logarithm of its density is so far below its
/// peak.
const DROP: f64 = 12.0;

/// Those on which the logarithms of the density are what `levels` pairs with each level: of a
/// density with one peak there is one line each.
fn outlines(component: &Component, levels: impl Fn(&Field<'_>) -> Vec<(f64, f64)>) -> Outlines {
    let one = Predictive { weights: vec![1.0], components: vec![component.clone()] };
    let density = Density::of(&one);
    let peak = component.log_density(&component.shape().mean);
    let Some(bounds) = density.reach(peak - DROP) else { return Outlines::default() };
    let wide = levels(&Field::new(&density, &bounds));
    let line = |(level, ln): (f64, f64)| {
        let bounds = density.reach(ln)?;
        let ring = level_set(&Field::new(&density, &bounds), ln).into_iter().next()?;
        Some((level, ring))
    };
    wide.into_iter().filter_map(line).unzip()
}
