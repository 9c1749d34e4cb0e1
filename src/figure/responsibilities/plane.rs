//! Points in the plane with the ellipses of the components.

use super::{Ellipses, Picture, key};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::placer::Placer;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Start, View};
use crate::render::{Anchor, Canvas, Rect, Stroke};

/// Width of an ellipse at 2 standard deviations.
pub(super) const OUTER: f64 = 1.8;
/// Width of an ellipse at 1 standard deviation.
const INNER: f64 = 2.4;
/// Width of a line between regions.
const BOUNDARY: f64 = 1.4;
/// Around a line, in the colour of the background.
const RIM: f64 = 2.0;
/// Where points are dense, an ellipse is as wide as this and lets them through.
const FAINT: f64 = 1.3;
const FAINT_OPACITY: f64 = 0.9;
/// Points are dense where they cover so much of the plane.
const DENSE: f64 = 0.22;
/// Side of the squares in which points are counted.
const CELL: f64 = 8.0;
/// The key stands beside the points on pages at least this wide.
const WITH_KEY: f64 = 6.4 * style::INCH;
/// The room that it takes.
const KEY: f64 = 2.9 * style::INCH;
/// The panel beside it is at least this wide.
const LEAST: f64 = 4.2 * style::INCH;

impl Picture {
    pub(super) fn draw_plane(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        extent: Extent,
        components: &[Ellipses],
        starts: &[Ellipses],
        boundaries: &[Vec<[f64; 2]>],
    ) {
        let (theme, page) = (view.theme, canvas.page());
        let with_key = self.slots.len() > 1 && page.width() >= WITH_KEY;
        let panel = view.panel(page);
        let rect = if with_key { Rect { right: page.right - KEY, ..panel } } else { panel };
        // With equal scales the panel can be wider than its data; the key has more use for the room.
        let needed = extent.x.span() / extent.y.span() * rect.height();
        let right = (rect.left + needed.max(LEAST)).min(rect.right);
        let rect = if with_key { Rect { right, ..rect } } else { rect };
        let axes = Axes::equal_scales(rect, extent);
        let radius = radius(self.points.len(), rect);
        let position = |i: usize| axes.at((self.points[i][0], self.points[i][1]));
        let crowd = Crowd::new(rect, radius, (0..self.points.len()).map(position));
        let mut placer = Placer::new(rect);
        for i in 0..self.points.len() {
            placer.dot(position(i), radius, 1.0);
        }
        canvas.with_clip(axes::clip(rect), |canvas| {
            self.draw_points(canvas, view, radius, position);
            if view.layers.start == Start::Shown {
                for start in starts {
                    let dotted = style::dotted(width::START, theme.text(start.slot.color));
                    for outline in &start.outlines {
                        let path = axes.path(outline.iter().copied());
                        canvas.polygon(&path, None, Some(&dotted.opacity(0.8)));
                    }
                }
            }
            if view.layers.estimate && !boundaries.is_empty() {
                // They end where the panel does, not where another mark would be cut off.
                canvas.with_clip(rect, |canvas| {
                    canvas.begin_group("boundaries");
                    for line in boundaries {
                        let path = axes.path(line.iter().copied());
                        canvas.line(&path, &style::solid(BOUNDARY + RIM, theme.background));
                        canvas.line(&path, &boundary(theme));
                        placer.line(&path);
                    }
                    canvas.end_group();
                });
            }
            for ellipses in components.iter().filter(|_| view.layers.estimate) {
                canvas.begin_group("ellipses");
                for (outline, width) in ellipses.outlines.iter().zip([OUTER, INNER]) {
                    let path = axes.path(outline.iter().copied());
                    let stroke = style::solid(width, theme.text(ellipses.slot.color));
                    draw_ellipse(canvas, theme, &crowd, &path, &stroke);
                    placer.line(&path);
                }
                canvas.end_group();
            }
        });
        let name =
            |i: usize| self.columns.get(i).map(|c| axes::column_label(c)).unwrap_or_default();
        axes::both(canvas, view, &axes, &name(0), &name(1));
        if !view.layers.estimate {
            return;
        }
        for ellipses in components {
            let style = style::text(size::LABEL, theme.text(ellipses.slot.color), Anchor::Start);
            let text = ellipses.slot.label();
            let measured = canvas.measure(&text, &style);
            let size = (measured.width + 8.0, measured.ascent + measured.descent + 4.0);
            let Some(outer) = ellipses.outlines.first() else { continue };
            let outer = axes.path(outer.iter().copied());
            let middle = axes.at(ellipses.mean);
            if let Some(place) = placer.beside(&outer, middle, size.0, size.1) {
                let at = (place.left + 4.0, place.bottom - 2.0 - measured.descent);
                canvas.text(at, &text, &style);
            }
        }
        if with_key {
            let beside = Rect {
                left: rect.right + 12.0,
                top: 0.0,
                right: page.right - style::RIGHT,
                bottom: page.bottom - 6.0,
            };
            key::draw(canvas, view, beside, self);
        }
    }
}

/// A line between the regions of components, which belongs to none of them.
pub(super) fn boundary(theme: &Theme) -> Stroke {
    style::dashed(BOUNDARY, theme.ink)
}

/// The radius of points: large, but smaller where there are so many that they would fill the panel.
fn radius(points: usize, panel: Rect) -> f64 {
    let area = panel.width() * panel.height() / points.max(1) as f64;
    (0.24 * area.sqrt()).clamp(0.8, 1.9)
}

/// Which share of the plane points cover, square by square.
struct Crowd {
    panel: Rect,
    columns: usize,
    rows: usize,
    covered: Vec<f64>,
}

impl Crowd {
    fn new(panel: Rect, radius: f64, points: impl Iterator<Item = (f64, f64)>) -> Self {
        let count = |length: f64| (length / CELL).ceil().clamp(1.0, 1024.0) as usize;
        let (columns, rows) = (count(panel.width()), count(panel.height()));
        let mut crowd = Self { panel, columns, rows, covered: vec![0.0; columns * rows] };
        let own = std::f64::consts::PI * radius * radius / (CELL * CELL);
        for point in points {
            if let Some((column, row)) = crowd.square(point) {
                crowd.covered[row * columns + column] += own;
            }
        }
        crowd
    }

    fn square(&self, (x, y): (f64, f64)) -> Option<(usize, usize)> {
        let (column, row) = ((x - self.panel.left) / CELL, (y - self.panel.top) / CELL);
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then_some((column as usize, row as usize))
    }

    /// The mean of the squares around a position.
    fn at(&self, position: (f64, f64)) -> f64 {
        let Some((column, row)) = self.square(position) else { return 0.0 };
        let columns = column.saturating_sub(1)..(column + 2).min(self.columns);
        let rows = row.saturating_sub(1)..(row + 2).min(self.rows);
        let count = (columns.len() * rows.len()) as f64;
        let sum: f64 = rows
            .flat_map(|r| columns.clone().map(move |c| (r, c)))
            .map(|(r, c)| self.covered[r * self.columns + c])
            .sum();
        sum / count
    }
}

/// An ellipse with a rim, solid, as there is no truth that it could be taken for. Where points are
/// dense it is faint and without a rim, so that it does not hide them.
fn draw_ellipse(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    crowd: &Crowd,
    path: &[(f64, f64)],
    stroke: &Stroke,
) {
    let n = path.len();
    if n == 0 {
        return;
    }
    // Smoothed along the ellipse, so that it does not change with every gap between points.
    let reach = 4;
    let dense: Vec<bool> = (0..n)
        .map(|i| {
            let near = (0..=2 * reach).map(|j| crowd.at(path[(i + n + j - reach) % n]));
            near.sum::<f64>() / (2 * reach + 1) as f64 > DENSE
        })
        .collect();
    let faint = Stroke { width: FAINT, opacity: FAINT_OPACITY, ..*stroke };
    let rim = style::solid(stroke.width + RIM, theme.background);
    let Some(change) = (0..n).find(|&i| dense[i] != dense[(i + n - 1) % n]) else {
        if dense[0] {
            canvas.polygon(path, None, Some(&faint));
        } else {
            canvas.polygon(path, None, Some(&rim));
            canvas.polygon(path, None, Some(stroke));
        }
        return;
    };
    let mut from = 0;
    while from < n {
        let is_dense = dense[(change + from) % n];
        let length = (from..n).take_while(|j| dense[(change + j) % n] == is_dense).count();
        let piece: Vec<(f64, f64)> =
            (from..=from + length).map(|j| path[(change + j) % n]).collect();
        if is_dense {
            canvas.line(&piece, &faint);
        } else {
            canvas.line(&piece, &rim);
            canvas.line(&piece, stroke);
        }
        from += length;
    }
}
