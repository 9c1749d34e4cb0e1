//! One lane a component below a histogram: where its mean is, was and truly is.

use std::collections::BTreeSet;

use serde::Serialize;

use super::axes::{Axes, Range};
use super::slot::Slot;
use super::style::{self, Theme, size, width};
use super::{Cell, Inputs, View, number};
use crate::render::{Anchor, Canvas, Rect, Stroke, TextStyle};

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
    /// Iterations up to this one and their estimates; see [`thinned`].
    trail: Vec<(usize, f64)>,
    /// What the lane shows in all iterations of the fit, so that its numbers need not move from one
    /// to the next.
    #[serde(skip)]
    whole: Whole,
}

/// The ranges of what a lane shows over all iterations.
#[derive(Debug, Clone, Copy)]
struct Whole {
    means: Range,
    marks: Range,
}

impl Lane {
    /// All values that the lane shows now: the trail may leave the figure, these may not.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.truth
            .into_iter()
            .chain([self.mean])
            .chain(self.interval.into_iter().flat_map(|(a, b)| [a, b]))
    }

    /// The estimate under the index of its component.
    pub fn named_mean(&self) -> (String, serde_json::Value) {
        (self.slot.index(), self.mean.into())
    }

    /// Adds what the lane shows to the rows of the figure's table; the iteration comes last.
    pub fn rows(&self, rows: &mut Vec<Vec<Cell>>) {
        let name = self.slot.index();
        let mut push = |mark: &str, low: f64, high: f64, iteration: Cell| {
            let (name, none) = (name.clone().into(), "".into());
            rows.push(vec![mark.into(), name, low.into(), high.into(), none, iteration]);
        };
        if let Some(truth) = self.truth {
            push("true mean", truth, truth, "".into());
        }
        push("mean", self.mean, self.mean, "".into());
        if let Some((low, high)) = self.interval {
            push("95 % interval of the mean", low, high, "".into());
        }
        for (iteration, mean) in &self.trail {
            push("earlier mean", *mean, *mean, (*iteration).into());
        }
    }
}

/// The lanes of a one-dimensional fit at an iteration; none without a fit.
pub fn lanes(inputs: &Inputs<'_>, slots: &[Slot], at: usize) -> Vec<Lane> {
    let Some(fitted) = inputs.fitted.as_ref().filter(|_| slots.len() <= MOST_LANES) else {
        return Vec::new();
    };
    let fit = fitted.fit;
    let means: Vec<Vec<f64>> =
        (0..=fit.iterations()).map(|t| fit.mixture(t).means.column(0).to_vec()).collect();
    let intervals: Vec<Option<Vec<(f64, f64)>>> = (0..=fit.iterations())
        .map(|t| {
            let posteriors = fit.mean_posteriors(t)?;
            Some(posteriors.iter().map(|p| (p.mean - p.half_95, p.mean + p.half_95)).collect())
        })
        .collect();
    let lane = |slot: &Slot| {
        let k = slot.inferred?;
        let truth = slot.truth.zip(inputs.dataset.truth.as_ref()).map(|(j, t)| t.means[[j, 0]]);
        let interval = |t: usize| intervals.get(t)?.as_ref()?.get(k).copied();
        let all = means.iter().map(|m| m[k]);
        let ends = (0..means.len()).filter_map(interval).flat_map(|(low, high)| [low, high]);
        let now = means.get(at)?[k];
        let whole = Whole {
            means: Range::of(all.clone()).unwrap_or(Range::new(now, now)),
            marks: Range::of(all.clone().chain(ends).chain(truth)).unwrap_or(Range::new(now, now)),
        };
        let trail = thinned(all.take(at + 1).enumerate().collect());
        Some(Lane { slot: *slot, truth, mean: now, interval: interval(at), trail, whole })
    };
    slots.iter().filter_map(lane).collect()
}

/// Trails up to this long are kept as they are.
const LONG: usize = 500;

/// What of a long trail can be told apart: the first and the last estimate, and of the others those
/// that are a thousandth of its length or more from the one kept before.
fn thinned(trail: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    if trail.len() <= LONG {
        return trail;
    }
    let least = Range::of(trail.iter().map(|t| t.1)).map_or(0.0, Range::span) / 1000.0;
    let last = trail.len() - 1;
    let mut kept: Vec<(usize, f64)> = Vec::new();
    for (i, step) in trail.into_iter().enumerate() {
        if i == last || kept.last().is_none_or(|before| (step.1 - before.1).abs() > least) {
            kept.push(step);
        }
    }
    kept
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
    let height = |i: usize| rect.bottom + 4.0 + spacing(lanes.len()) * (i as f64 + 0.5);
    if !lanes.is_empty() {
        canvas.begin_group("lane-lines");
        let hair = style::solid(width::AXIS, theme.grid);
        for y in (0..lanes.len()).map(height) {
            canvas.line(&[(rect.left, y), (rect.right, y)], &hair);
        }
        canvas.end_group();
    }
    for (i, lane) in lanes.iter().enumerate() {
        let y = height(i);
        canvas.begin_group("lane");
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
                let color = theme.mark(lane.slot.color);
                canvas.line(&[(x, y - 7.5), (x, y + 7.5)], &style::solid(1.6, color));
            }
            if layers.estimate {
                draw_trail(canvas, theme, axes, lane, y);
                draw_estimate(canvas, theme, axes, lane, y);
            }
        });
        if layers.estimate {
            draw_numbers(canvas, theme, axes, lane, y);
        }
        canvas.end_group();
    }
}

/// Dots of a trail are not drawn closer than this to each other, in points.
const DOTS: f64 = 0.5;

/// The way that the mean came: a line, a dot for each iteration that can be seen, and an open ring
/// where it began.
fn draw_trail(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, lane: &Lane, y: f64) {
    let color = theme.mark(lane.slot.color);
    let Some(all) = Range::of(lane.trail.iter().map(|t| t.1)).filter(|r| r.span() > 0.0) else {
        return;
    };
    let ends = [all.low.max(axes.x.low), all.high.min(axes.x.high)];
    if ends[0] < ends[1] {
        let faint = Stroke { opacity: 0.5, ..style::solid(1.6, color) };
        canvas.line(&ends.map(|v| (axes.px(v), y)), &faint);
    }
    let shown = lane.trail.iter().filter(|(_, mean)| axes.x.contains(*mean));
    let mut taken = BTreeSet::new();
    for x in shown.map(|(_, mean)| axes.px(*mean)) {
        if taken.insert((x / DOTS).floor() as i64) {
            canvas.circle((x, y), 1.5, Some(&style::fill(color, 0.45)), None);
        }
    }
    let start = lane.trail.first().filter(|(_, mean)| axes.x.contains(*mean));
    if let Some((_, mean)) = start {
        let (fill, rim) = (style::fill(theme.background, 1.0), style::solid(1.0, color));
        canvas.circle((axes.px(*mean), y), 2.2, Some(&fill), Some(&rim));
    }
}

/// An interval of less than this many points to either side is drawn thin with its ends marked,
/// because the dot would hide it.
const THIN: f64 = 6.0;

/// Half the height and the width of the marks at the ends of a thin interval.
const END: (f64, f64) = (4.5, 1.1);

/// The interval, exactly as long as it is, and the mean as a dot.
fn draw_estimate(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, lane: &Lane, y: f64) {
    let color = theme.mark(lane.slot.color);
    let (at, fill) = ((axes.px(lane.mean), y), style::fill(color, 1.0));
    let Some((low, high)) = lane.interval else {
        let rim = style::solid(1.0, theme.background);
        return canvas.circle(at, 3.6, Some(&fill), Some(&rim));
    };
    let (low, high) = (axes.px(low), axes.px(high));
    if (high - low) / 2.0 >= THIN {
        canvas.line(&[(low, y), (high, y)], &style::solid(4.2, color));
        let rim = style::solid(1.0, theme.background);
        return canvas.circle(at, 3.6, Some(&fill), Some(&rim));
    }
    canvas.circle(at, 2.2, Some(&fill), None);
    canvas.line(&[(low, y), (high, y)], &style::solid(1.6, color));
    // The marks lie within, so that nothing is drawn outside of the interval.
    let (half, width) = END;
    let width = width.min(high - low);
    for x in [low + width / 2.0, high - width / 2.0] {
        canvas.line(&[(x, y - half), (x, y + half)], &style::solid(width.max(0.4), color));
    }
}

/// The true mean and the estimate, left of the leftmost mark, or right of the rightmost one: of
/// those of all iterations if there is room, so that the words stay where they are.
fn draw_numbers(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, lane: &Lane, y: f64) {
    let k = lane.slot.index();
    let digits = axes.x.digits();
    let words = |mean: f64| {
        let estimate = format!("$m_{{{k}}} = {}$", number::fixed(mean, digits));
        match lane.truth {
            Some(truth) => {
                format!("$\\mu_{{{k}}} = {}$,  {estimate}", number::short(truth, digits))
            }
            None => estimate,
        }
    };
    let style = style::text(size::TICK, theme.text(lane.slot.color), Anchor::Start);
    let width = |mean: f64| canvas.measure(&words(mean), &style).width;
    let Whole { means, marks } = lane.whole;
    let widest = [means.low, means.high, lane.mean].map(width).into_iter().fold(0.0, f64::max);
    let now = Range::of(lane.values().chain(lane.trail.iter().map(|t| t.1)));
    let beside = |marks: Range, width: f64| {
        let inside = |v: f64| axes.px(v).clamp(axes.rect.left, axes.rect.right);
        let (left, right) = (inside(marks.low) - 9.0 - width, inside(marks.high) + 9.0);
        match left >= axes.rect.left + 3.0 {
            true => Some(left),
            false => Some(right).filter(|right| right + width <= axes.rect.right),
        }
    };
    let own = width(lane.mean);
    let place =
        beside(marks, widest).or_else(|| beside(now?, own)).or_else(|| in_a_gap(axes, lane, own));
    if let Some(x) = place {
        // The text may lie on the lane's hairline, so it hides what is behind it.
        let style = TextStyle { background: Some(theme.background), ..style };
        canvas.text((x, y + 4.3), &words(lane.mean), &style);
    }
}

/// A place on the trail for words of this width, in the widest gap between the other marks.
fn in_a_gap(axes: &Axes, lane: &Lane, width: f64) -> Option<f64> {
    let inside = |v: f64| axes.px(v).clamp(axes.rect.left, axes.rect.right);
    let mut marks: Vec<f64> = lane.values().map(inside).collect();
    marks.extend(lane.trail.first().map(|t| inside(t.1)));
    marks.extend([axes.rect.left, axes.rect.right]);
    marks.sort_by(f64::total_cmp);
    let gaps = marks.windows(2).map(|w| (w[1] - w[0], (w[0] + w[1]) / 2.0));
    let (room, middle) = gaps.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (room >= width + 18.0).then_some(middle - width / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_trail_keeps_its_ends_and_what_can_be_told_apart() {
        let trail: Vec<(usize, f64)> =
            (0..20_000).map(|t| (t, 7.0 * libm::exp(-(t as f64) / 900.0))).collect();
        let kept = thinned(trail.clone());
        assert!(kept.len() <= 1002, "{}", kept.len());
        assert_eq!((kept.first(), kept.last()), (trail.first(), trail.last()));
        let least = 7.0 / 1000.0;
        for (t, mean) in &trail {
            let before = kept.iter().rev().find(|(kept, _)| kept <= t).unwrap();
            assert!((mean - before.1).abs() <= least, "iteration {t}");
        }
        let short = trail[..LONG].to_vec();
        assert_eq!(thinned(short.clone()), short);
    }
}
