//! What the fit makes greatest up to an iteration, small, where the curves leave room.

use super::Picture;
use crate::figure::axes::{Axes, Range};
use crate::figure::style::{self, Theme, size};
use crate::figure::{Fitted, phase};
use crate::model::{Best, Objective};
use crate::render::{Anchor, Canvas, Rect};

/// A trace of it and where in it the figure is.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    objective: Objective,
    /// Iterations and values from the plateau on.
    trace: Vec<(usize, f64)>,
    at: usize,
}

impl Bound {
    /// The trace of a fit; `None` if it has none, or too short a one.
    pub(super) fn new(fitted: &Fitted<'_>, at: usize) -> Option<Self> {
        let (objective, trace) = fitted.fit.objective()?;
        if trace.values.len() < 4 {
            return None;
        }
        let values = trace.values.iter().enumerate().map(|(i, v)| (trace.first + i, *v));
        let rise = match objective.best() {
            Best::Greatest => phase::rise(&trace.values, trace.first),
            Best::Least => None,
        };
        // The first steps are so large that beside them the others would be flat.
        let from = rise.map_or(trace.first + 2, |r| r.plateau.saturating_sub(2));
        // Before them the frame is there without a dot, so that it does not come from nowhere.
        Some(Self { objective, trace: values.filter(|(t, _)| *t >= from).collect(), at })
    }

    /// The trace, the iterations on a log axis: most of them come when all is done.
    fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, rect: Rect) {
        let scale = |t: usize| libm::log(1.0 + t as f64);
        let x = Range::of(self.trace.iter().map(|p| scale(p.0)));
        let y = Range::of(self.trace.iter().map(|p| p.1));
        let (Some(x), Some(y)) = (x, y.filter(|y| y.span() > 0.0)) else { return };
        let axes = Axes { rect, x, y };
        let point = |&(t, v): &(usize, f64)| axes.at((scale(t), v));
        canvas.begin_group(self.objective.key());
        // A ground of its own, so that it is not read on the axes of the histogram.
        let card = Rect { top: rect.top - 18.0, bottom: rect.bottom + 9.0, ..rect.inset(-9.0) };
        canvas.rect(card, Some(&style::fill(theme.grid, 0.55)), None);
        let all: Vec<_> = self.trace.iter().map(point).collect();
        canvas.line(&all, &style::solid(1.2, theme.axis));
        let way: Vec<_> = self.trace.iter().filter(|p| p.0 <= self.at).map(point).collect();
        canvas.line(&way, &style::solid(1.8, theme.muted));
        if let Some(now) = way.last() {
            canvas.circle(*now, 3.6, Some(&style::fill(theme.ink, 1.0)), None);
        }
        let note = style::text(size::NOTE, theme.muted, Anchor::Start);
        canvas.text(
            (rect.left, rect.top - 4.0),
            &format!("{} over log $t$", self.objective.label()),
            &note,
        );
        canvas.end_group();
    }
}

/// The share of the width that must be free.
const FREE: f64 = 0.25;

/// A trace smaller than this, in points, shows nothing.
const LEAST: [f64; 2] = [90.0, 40.0];

impl Picture {
    /// Draws the trace at the right end of the panel, if all curves and bars leave it free.
    pub(super) fn draw_bound(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes) {
        let Some(bound) = &self.bound else { return };
        let curves = self.curves.iter().flat_map(|c| c.points.iter().map(|p| p.0));
        let bars = self.bars.iter().filter_map(super::Bars::range).map(|r| r.high);
        let end = curves.chain(bars).fold(f64::NEG_INFINITY, f64::max);
        if axes.x.high - end < FREE * axes.x.span() {
            return;
        }
        // Its place is that of the series, whatever is free in this figure.
        let width = 0.76 * FREE * axes.rect.width();
        let (top, height) = (axes.rect.top, axes.rect.height());
        let rect = Rect {
            left: axes.rect.right - width - 9.0,
            right: axes.rect.right - 9.0,
            top: top + 0.32 * height,
            bottom: top + 0.76 * height,
        };
        if rect.width() >= LEAST[0] && rect.height() >= LEAST[1] {
            bound.draw(canvas, theme, rect);
        }
    }
}
