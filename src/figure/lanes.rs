//! One lane a component below a histogram: where its mean is, was and truly is.

use serde::Serialize;

use super::axes::Axes;
use super::slot::Slot;
use super::style::{self, Theme, size};
use super::{Cell, Inputs, View, number};
use crate::math::NORMAL_95;
use crate::render::{Anchor, Canvas, Cap, Rect, Stroke, TextStyle};

/// More lanes than this would leave no height for the histogram.
const MOST_LANES: usize = 8;

/// What a lane shows.
#[derive(Debug, Clone, Serialize)]
pub struct Lane {
    slot: Slot,
    /// The true mean.
    truth: Option<f64>,
    /// The estimate.
    mean: f64,
    /// Ends of the central 95 % of `q(mu_k)`, where the model has such a factor.
    interval: Option<(f64, f64)>,
    /// The estimates of all iterations up to this one.
    trail: Vec<f64>,
}

impl Lane {
    /// All values that the lane shows now: the trail may leave the figure, these may not.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.truth
            .into_iter()
            .chain([self.mean])
            .chain(self.interval.into_iter().flat_map(|(a, b)| [a, b]))
    }

    /// Adds what the lane shows to the rows of the figure's table.
    pub fn rows(&self, rows: &mut Vec<Vec<Cell>>) {
        let name = self.slot.index();
        let mut push = |mark: &str, low: f64, high: f64| {
            rows.push(vec![mark.into(), name.clone().into(), low.into(), high.into(), "".into()]);
        };
        if let Some(truth) = self.truth {
            push("true mean", truth, truth);
        }
        push("mean", self.mean, self.mean);
        if let Some((low, high)) = self.interval {
            push("95 % interval of the mean", low, high);
        }
        for mean in &self.trail {
            push("earlier mean", *mean, *mean);
        }
    }
}

/// The lanes of a one-dimensional fit at an iteration; none without a fit.
pub fn lanes(inputs: &Inputs<'_>, slots: &[Slot], at: usize) -> Vec<Lane> {
    let Some(fitted) = inputs.fitted.as_ref().filter(|_| slots.len() <= MOST_LANES) else {
        return Vec::new();
    };
    let posteriors = fitted.fit.mean_posteriors(at);
    let mixtures: Vec<_> = (0..=at).map(|t| fitted.fit.mixture(t)).collect();
    slots
        .iter()
        .filter_map(|slot| {
            let k = slot.inferred?;
            let truth = slot.truth.zip(inputs.dataset.truth.as_ref()).map(|(j, t)| t.means[[j, 0]]);
            let trail: Vec<f64> = mixtures.iter().map(|m| m.means[[k, 0]]).collect();
            let interval = posteriors
                .as_ref()
                .and_then(|p| p.get(k))
                .map(|p| (p.mean - NORMAL_95 * p.sd, p.mean + NORMAL_95 * p.sd));
            Some(Lane { slot: *slot, truth, mean: *trail.last()?, interval, trail })
        })
        .collect()
}

/// The height that `count` lanes take below the axis of the histogram.
pub fn height(count: usize) -> f64 {
    match count {
        0 => 0.0,
        n => spacing(n) * n as f64 + 9.0,
    }
}

/// Lanes are 0.24 in apart, closer if there are many, but never too close for their text.
fn spacing(count: usize) -> f64 {
    (1.3 / count as f64).clamp(0.2, 0.24) * style::INCH
}

/// Draws the lanes below `axes`, on its horizontal axis.
///
/// Before there is an estimate a lane holds the true mean, and before that nothing.
pub fn draw(canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, lanes: &[Lane]) {
    let (theme, layers) = (view.theme, view.layers);
    let rect = axes.rect;
    for (i, lane) in lanes.iter().enumerate() {
        let y = rect.bottom + 4.0 + spacing(lanes.len()) * (i as f64 + 0.5);
        let color = theme.mark(lane.slot.color);
        canvas.begin_group("lane");
        canvas.line(
            &[(rect.left, y), (rect.right, y)],
            &style::solid(style::width::AXIS, theme.grid),
        );
        let index = lane.slot.index();
        let name = match (layers.estimate, layers.truth) {
            (true, _) if lane.interval.is_some() => format!("$q(\\mu_{{{index}}})$"),
            (true, _) => format!("$m_{{{index}}}$"),
            (false, true) => format!("$\\mu_{{{index}}}$"),
            (false, false) => String::new(),
        };
        let label = style::text(size::TICK, theme.text(lane.slot.color), Anchor::End);
        if view.labels.y {
            canvas.text((rect.left - 5.0, y + 4.3), &name, &label);
        }

        let clip =
            Rect { left: rect.left, right: canvas.page().right, top: y - 9.0, bottom: y + 9.0 };
        canvas.with_clip(clip, |canvas| {
            if let Some(truth) = lane.truth.filter(|_| layers.truth) {
                let x = axes.px(truth);
                canvas.line(&[(x, y - 7.5), (x, y + 7.5)], &style::solid(1.8, color));
            }
            if !layers.estimate {
                return;
            }
            let trail: Vec<(f64, f64)> = lane.trail.iter().map(|m| (axes.px(*m), y)).collect();
            let faint = Stroke { opacity: 0.5, ..style::solid(1.6, color) };
            canvas.line(&trail, &faint);
            for at in &trail {
                canvas.circle(*at, 1.5, Some(&style::fill(color, 0.45)), None);
            }
            if let Some((low, high)) = lane.interval {
                let bar = Stroke { cap: Cap::Round, ..style::solid(4.2, color) };
                canvas.line(&[(axes.px(low), y), (axes.px(high), y)], &bar);
            }
            let rim = style::solid(1.0, theme.background);
            canvas.circle((axes.px(lane.mean), y), 3.6, Some(&style::fill(color, 1.0)), Some(&rim));
        });
        if layers.estimate {
            draw_numbers(canvas, theme, axes, lane, y);
        }
        canvas.end_group();
    }
}

/// The true mean and the estimate, left of the leftmost mark, or right of the rightmost one.
fn draw_numbers(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, lane: &Lane, y: f64) {
    let k = lane.slot.index();
    let digits = axes.x.digits();
    let estimate = format!("$m_{{{k}}} = {}$", number::fixed(lane.mean, digits));
    let text = match lane.truth {
        Some(truth) => format!("$\\mu_{{{k}}} = {}$,  {estimate}", number::short(truth, digits)),
        None => estimate,
    };
    let style = style::text(size::TICK, theme.text(lane.slot.color), Anchor::Start);
    let width = canvas.measure(&text, &style).width;
    let inside = |v: f64| axes.px(v).clamp(axes.rect.left, axes.rect.right);
    let ends = || lane.values().chain(lane.trail.iter().copied()).map(inside);
    let left = ends().fold(f64::INFINITY, f64::min) - 9.0 - width;
    let right = ends().fold(f64::NEG_INFINITY, f64::max) + 9.0;
    let x = if left >= axes.rect.left + 3.0 {
        left
    } else if right + width <= axes.rect.right {
        right
    } else {
        // On the trail, then, in the widest gap between the marks.
        let mut marks: Vec<f64> = lane.values().map(inside).collect();
        marks.extend([axes.rect.left, axes.rect.right]);
        marks.sort_by(f64::total_cmp);
        let widest = marks.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
        widest.map_or(axes.rect.left, |gap| (gap[0] + gap[1] - width) / 2.0)
    };
    // The text may lie on the lane's hairline, so it hides what is behind it.
    canvas.text((x, y + 4.3), &text, &TextStyle { background: Some(theme.background), ..style });
}
