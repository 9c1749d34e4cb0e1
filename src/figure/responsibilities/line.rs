//! Responsibilities over the only coordinate, with the points in their colours below.

use super::{Curves, Form, Picture};
use crate::figure::axes::{self, Axes, Range};
use crate::figure::placer::push_apart;
use crate::figure::style::{self, size, width};
use crate::figure::{Start, View, number};
use crate::render::{Anchor, Canvas, Rect};

/// Room above 1 for the names of the curves.
const ABOVE: f64 = 22.0;
/// Height of the band of points below the curves.
const BAND: f64 = 36.0;
/// Between the band and what is above and below it.
const BAND_GAP: f64 = 5.0;
/// Opacity of stacked areas.
const STACKED: f64 = 0.75;
/// A curve that stays below this has no name: nothing of it is seen.
const LOWEST: f64 = 0.05;
/// Between names.
const GAP: f64 = 0.1 * style::INCH;
/// The fractional part of the golden ratio: its multiples spread points over the band without
/// pattern, and the same points always in the same way.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// A curve on the canvas, and the colour of its component.
type Path = (Option<usize>, Vec<(f64, f64)>);

impl Picture {
    pub(super) fn draw_line(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        curves: &Curves,
        start: Option<&Curves>,
    ) {
        let theme = view.theme;
        let panel = view.panel(canvas.page());
        let rect = Rect { bottom: panel.bottom - BAND, ..panel };
        let x = Range::of(curves.x.iter().copied()).unwrap_or(Range::new(0.0, 1.0));
        let above = rect.height() / (rect.height() - ABOVE).max(ABOVE);
        let axes = Axes { rect, x, y: Range::new(0.0, above) };
        let band = Rect { top: rect.bottom, bottom: rect.bottom + BAND, ..rect };
        if view.layers.estimate {
            // Under areas nothing would be seen of it.
            let top = if self.form == Form::Stacked { band.top } else { axes.py(1.0) };
            for range in &curves.uncertain {
                let (left, right) = (axes.px(range.low), axes.px(range.high));
                let shade = Rect { left, top, right, bottom: band.bottom };
                canvas.rect(shade, Some(&style::fill(theme.grid, 0.7)), None);
            }
        }
        for level in [0.5, 1.0] {
            let y = axes.py(level);
            canvas.line(&[(rect.left, y), (rect.right, y)], &style::solid(width::AXIS, theme.grid));
        }
        if view.layers.start == Start::Shown && self.form == Form::Curves {
            for (slot, path) in self.paths(&axes, start) {
                let dotted = style::dotted(width::START, theme.mark(slot));
                canvas.line(&path, &dotted.opacity(0.8));
            }
        }
        if view.layers.estimate {
            match self.form {
                Form::Stacked => self.draw_areas(canvas, view, &axes, curves),
                Form::Curves | Form::Plane => {
                    for (slot, path) in self.paths(&axes, Some(curves)) {
                        canvas.begin_group("responsibility");
                        canvas.line(&path, &style::solid(width::CURVE, theme.mark(slot)));
                        canvas.end_group();
                    }
                }
            }
            self.draw_names(canvas, view, &axes, curves);
        }
        let height = BAND - 2.0 * BAND_GAP;
        let radius = radius(self.points.len(), band.width() * height);
        self.draw_points(canvas, view, radius, |i| {
            let down = (GOLDEN * (i + 1) as f64).fract();
            (axes.px(self.points[i][0]), band.top + BAND_GAP + down * height)
        });
        let base = style::solid(width::AXIS, theme.axis);
        canvas.line(&[(rect.left, rect.bottom), (rect.right, rect.bottom)], &base);
        let y_ticks = [0.0, 0.5, 1.0].map(|v| (axes.py(v), number::fixed(v, 1)));
        axes::left(canvas, view, rect, &y_ticks, "$p(k \\mid x)$");
        let column = self.columns.first().map(|c| axes::column_label(c)).unwrap_or_default();
        let (x_ticks, column) = axes::x_named(&axes, axes.x_ticks(), &column);
        axes::bottom(canvas, view, Rect { bottom: band.bottom, ..rect }, &x_ticks, &column);
    }

    /// All curves on the canvas.
    fn paths(&self, axes: &Axes, curves: Option<&Curves>) -> Vec<Path> {
        let Some(curves) = curves else { return Vec::new() };
        let path = |phi: &Vec<f64>| axes.path(curves.x.iter().copied().zip(phi.iter().copied()));
        self.slots.iter().zip(&curves.phi).map(|(s, phi)| (s.color, path(phi))).collect()
    }

    /// Areas one upon the other in the order of the means, so that neighbours touch.
    fn draw_areas(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, curves: &Curves) {
        let mut below = vec![0.0; curves.x.len()];
        for &s in &curves.order {
            let above: Vec<f64> = below.iter().zip(&curves.phi[s]).map(|(b, p)| b + p).collect();
            let lower = axes.path(curves.x.iter().copied().zip(below));
            let mut outline = axes.path(curves.x.iter().copied().zip(above.iter().copied()));
            outline.extend(lower.into_iter().rev());
            canvas.begin_group("responsibility");
            style::area(canvas, &outline, &view.theme.area(self.slots[s].color, STACKED));
            canvas.end_group();
            below = above;
        }
    }

    /// Names in a row above the curves, each where its own is highest, pushed apart. The lowest ones
    /// are left out where there is no room for all, and those that are never high.
    fn draw_names(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, curves: &Curves) {
        let style = |s: usize| {
            style::text(size::LABEL, view.theme.text(self.slots[s].color), Anchor::Middle)
        };
        let peak = |s: usize| super::most(&curves.phi[s]);
        let mut order: Vec<usize> = (0..self.slots.len()).filter(|&s| peak(s) >= LOWEST).collect();
        order.sort_by(|&a, &b| peak(b).total_cmp(&peak(a)).then(a.cmp(&b)));
        let width = |s: usize| canvas.measure(&self.slots[s].label(), &style(s)).width;
        let summit = |s: usize| axes.px(summit(&curves.x, &curves.phi[s]));
        let mut named: Vec<usize> = Vec::new();
        let mut row: Vec<f64> = Vec::new();
        for s in order {
            named.push(s);
            let summits: Vec<f64> = named.iter().map(|&s| summit(s)).collect();
            let widths: Vec<f64> = named.iter().map(|&s| width(s)).collect();
            let (left, right) = (axes.rect.left, axes.rect.right);
            match push_apart(&summits, &widths, GAP, left, right) {
                Some(pushed) => row = pushed,
                None => {
                    named.pop();
                }
            }
        }
        for (s, x) in named.into_iter().zip(row) {
            canvas.text((x, axes.py(1.0) - 7.0), &self.slots[s].label(), &style(s));
        }
    }
}

/// The middle of where a curve is nearly at its highest.
fn summit(x: &[f64], phi: &[f64]) -> f64 {
    let peak = super::most(phi);
    let high = || x.iter().zip(phi).filter(|(_, p)| **p >= 0.97 * peak).map(|(x, _)| *x);
    match (high().next(), high().next_back()) {
        (Some(first), Some(last)) => (first + last) / 2.0,
        _ => 0.0,
    }
}

/// The radius of points in the band.
fn radius(points: usize, area: f64) -> f64 {
    (0.36 * (area / points.max(1) as f64).sqrt()).clamp(0.7, 1.9)
}
