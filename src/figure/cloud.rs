//! Two-dimensional data as a picture holds them: which points are drawn, and the plane they lie in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::axes::{self, Axes, Extent, Range, nice_step};
use super::style::{self, Theme, size};
use super::{Inputs, View};
use crate::render::{Canvas, Color, Rect, Stroke};

/// Whether both axes have the same scale.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Aspect {
    /// A circle is a circle.
    #[default]
    Equal,
    /// Each axis fills its room.
    Free,
}

/// With more points than this a cloud is a blot, and a file large: as many are drawn at random.
pub(super) const MOST_DRAWN: usize = 5000;

/// The indices of the points that are drawn, ascending.
pub(super) fn drawn(inputs: &mut Inputs<'_>) -> Vec<usize> {
    let n = inputs.dataset.points.nrows();
    if n <= MOST_DRAWN {
        return (0..n).collect();
    }
    let mut chosen = inputs.random.choice_without_replacement(n, MOST_DRAWN);
    chosen.sort_unstable();
    chosen
}

/// The radius of a point, if there are so many: few are drawn so that they are seen from afar.
pub(super) fn radius(points: usize) -> f64 {
    if points < 200 { 2.0 } else { 1.2 }
}

/// The first two coordinates of these points.
pub(super) fn positions(inputs: &Inputs<'_>, indices: &[usize]) -> Vec<[f64; 2]> {
    let points = &inputs.dataset.points;
    indices.iter().map(|&i| [points[[i, 0]], points[[i, 1]]]).collect()
}

/// The ranges of all points, drawn or not.
///
/// # Errors
///
/// If there are none.
pub(super) fn extent(inputs: &Inputs<'_>) -> Result<Extent, String> {
    let range = |axis: usize| {
        Range::of(inputs.dataset.points.column(axis).iter().copied())
            .ok_or_else(|| "the data set has no points".to_owned())
    };
    Ok(Extent { x: range(0)?, y: range(1)? })
}

/// The ranges that hold the data and all vertices with some room around them.
pub(super) fn window(data: Extent, vertices: &[[f64; 2]]) -> Extent {
    let hold = |range: Range, axis: usize| {
        let range = Range::of(vertices.iter().map(|v| v[axis]))
            .map_or(range, |r| r.union(range))
            .padded(0.05);
        range.outward(nice_step(range.span(), 40.0))
    };
    Extent { x: hold(data.x, 0), y: hold(data.y, 1) }
}

/// The left edge of a plane whose numbers are short.
const LEFT: f64 = 0.72 * style::INCH;

/// The axes of a plane that fills the canvas, with room at the left for numbers however long.
pub(super) fn axes(canvas: &Canvas<'_>, view: &View<'_>, extent: Extent, aspect: Aspect) -> Axes {
    let page = canvas.page();
    let from = |left: f64| {
        let rect = Rect {
            left: view.left(left),
            top: 0.1 * style::INCH,
            right: page.right - style::RIGHT,
            bottom: page.bottom - view.bottom(0.6 * style::INCH),
        };
        match aspect {
            Aspect::Equal => Axes::equal_scales(rect, extent),
            Aspect::Free => Axes { rect, x: extent.x, y: extent.y },
        }
    };
    let axes = from(LEFT);
    // The axis' name stands left of its numbers.
    match axes::widest(canvas, &axes::named(axes.y_ticks(), "").0) + NAME {
        wide if wide > LEFT => from(wide),
        _ => axes,
    }
}

/// What the name of a vertical axis takes beside its numbers, with the gaps around it.
const NAME: f64 = 7.0 + 8.0 + size::AXIS + 4.0;

/// Nested outlines, the first in the first stroke, the others in the last.
pub(super) fn draw_nested(
    canvas: &mut Canvas<'_>,
    axes: &Axes,
    outlines: &[Vec<[f64; 2]>],
    strokes: &[Stroke],
) {
    for (i, outline) in outlines.iter().enumerate() {
        let stroke = strokes.get(i).or(strokes.last());
        canvas.polygon(&axes.path(outline.iter().copied()), None, stroke);
    }
}

/// A mean: a plus with a rim, so that it is seen on any mark.
pub(super) fn draw_plus(canvas: &mut Canvas<'_>, theme: &Theme, (x, y): (f64, f64), color: Color) {
    for (width, color) in [(3.8, theme.background), (1.8, color)] {
        for arm in [[(x - 5.0, y), (x + 5.0, y)], [(x, y - 5.0), (x, y + 5.0)]] {
            canvas.line(&arm, &style::solid(width, color));
        }
    }
}
