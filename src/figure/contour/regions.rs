//! The regions of one component: where its mass lies, and where its density is high.

use serde::Serialize;

use super::Levels;
use crate::figure::Inputs;
use crate::figure::axes::Extent;
use crate::math::gaussian::Gaussian;
use crate::math::{locator, mass_radius};

const OUTER_MASS: f64 = 0.95;
const INNER_MASS: f64 = 0.5;
const VERTICES: usize = 120;

/// Nested outlines of one component, the widest first.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Regions {
    pub(super) mean: [f64; 2],
    /// What bounds each outline: its mass, or its density.
    pub(super) levels: Vec<f64>,
    pub(super) outlines: Vec<Vec<[f64; 2]>>,
}

/// Share of the points of true component `k` within the 95 % region of `q`.
pub(super) fn covered(inputs: &Inputs<'_>, k: usize, q: &Gaussian) -> Option<f64> {
    let labels = inputs.dataset.labels.as_ref()?;
    let radius = mass_radius(OUTER_MASS);
    let (mut inside, mut all) = (0_usize, 0_usize);
    for (row, _) in
        inputs.dataset.points.rows().into_iter().zip(labels.iter()).filter(|(_, l)| *l == k)
    {
        all += 1;
        inside += usize::from(q.squared_mahalanobis(&[row[0], row[1]]) <= radius * radius);
    }
    (all > 0).then(|| inside as f64 / all as f64)
}

/// The outlines of a component. By density they are exact ellipses, too: the density c lies at the
/// Mahalanobis radius sqrt(2 ln(peak / c)).
pub(super) fn regions(gaussian: &Gaussian, levels: Levels, data: Extent) -> Regions {
    let peak = gaussian.density(&gaussian.mean);
    let radii: Vec<(f64, f64)> = match levels {
        Levels::Mass => [OUTER_MASS, INNER_MASS].map(|p| (p, mass_radius(p))).to_vec(),
        Levels::Density => {
            // A normal density has its least value on a rectangle in one of the corners.
            let corners = [data.x.low, data.x.high]
                .map(|x| [data.y.low, data.y.high].map(|y| gaussian.density(&[x, y])));
            let least = corners.iter().flatten().copied().fold(f64::INFINITY, f64::min);
            locator::contour_levels(least, peak)
                .into_iter()
                // matplotlib draws no line at or below the least value of its window.
                .filter(|c| *c > least && *c < peak)
                .map(|c| (c, (2.0 * libm::log(peak / c)).sqrt()))
                .collect()
        }
    };
    let mean = [gaussian.mean[0], gaussian.mean[1]];
    let outlines = radii.iter().map(|(_, r)| gaussian.ellipse(*r, VERTICES)).collect();
    Regions { mean, levels: radii.iter().map(|r| r.0).collect(), outlines }
}
