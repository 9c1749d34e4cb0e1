//! Where in the plane the most probable component changes.

use ndarray::Array2;

use crate::figure::axes::{Extent, Range};
use crate::math::boundaries;
use crate::math::density::{self, Density};
use crate::model::Fit;
use crate::score::most_probable;

/// The page may show so many times the larger span of what is drawn: axes of equal scales are as wide
/// as the page.
const BEYOND: f64 = 6.0;

/// The lines between the regions of the components at an iteration.
pub(super) fn boundaries(fit: &Fit, at: usize, extent: Extent) -> Vec<Vec<[f64; 2]>> {
    let reach = BEYOND * extent.x.span().max(extent.y.span()) / 2.0;
    let around = |range: Range| {
        let middle = (range.low + range.high) / 2.0;
        (middle - reach, middle + reach)
    };
    // Its grid is fine where a component is narrow.
    let density = Density::new(&fit.mixture(at));
    let axes = density::axes(&density, &[around(extent.x), around(extent.y)]);
    let labels = |points: &[[f64; 2]]| {
        let rows = Array2::from_shape_fn((points.len(), 2), |(i, j)| points[i][j]);
        let mut labels = Vec::with_capacity(points.len());
        fit.responsibilities_by_block(rows.view(), at, &mut |block| {
            labels.extend(most_probable(block));
        });
        labels
    };
    match axes.as_slice() {
        [x, y] => boundaries::boundaries(x, y, &labels),
        _ => Vec::new(),
    }
}
