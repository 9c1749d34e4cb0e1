//! The lines of a trace, and the frame that holds them.

use serde::Serialize;

use super::{Measure, OneFit, Quantity, Runs, Spec};
use crate::data::Dataset;
use crate::figure::axes::Range;
use crate::figure::elbo::{self, Shown};
use crate::figure::slot::{Naming, Slot, slots_of};
use crate::figure::{At, Fitted, phase};
use crate::model::{Fit, Stop};

/// More strips than this are too low to read.
const MOST_STRIPS: usize = 3;

/// A fall that the values cannot resolve is none.
const RESOLUTION: f64 = 1e-12;

/// A line has settled when it is this share of its way from its end, and stays there.
const SETTLED: f64 = 0.01;

/// Distances below this share of the value are rounding.
const ROUNDING: f64 = 1e-13;

/// How a fit ended.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ended {
    pub(super) label: String,
    pub(super) data: String,
    pub(super) last: usize,
    pub(super) stop: Stop,
}

impl Ended {
    pub(super) fn new(label: String, data: String, fit: &Fit) -> Self {
        Self { label, data, last: fit.iterations(), stop: fit.stop }
    }
}

/// A number over the iterations.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    /// Of which fit.
    pub(super) fit: usize,
    pub(super) quantity: Quantity,
    /// Of which component.
    pub(super) slot: Option<Slot>,
    /// What it is called beside the others; empty if it is the only one.
    pub(super) label: String,
    /// Iteration and value.
    pub(super) values: Vec<(usize, f64)>,
    /// What distances are measured to.
    pub(super) end: f64,
    /// Up to which iteration it is drawn.
    pub(super) until: usize,
    /// Where it falls, if it should not.
    pub(super) falls: Vec<Fall>,
}

/// A run of iterations in each of which a value falls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Fall {
    /// The first iteration whose value is less than the one before.
    pub(super) first: usize,
    /// The last one.
    pub(super) last: usize,
    /// By how much it falls in all.
    pub(super) by: f64,
}

/// The true value of a component's number.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Truth {
    pub(super) slot: Slot,
    pub(super) value: f64,
}

/// A part of the frame with a vertical axis of its own.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Strip {
    /// Its range: values, or powers of ten of distances.
    pub(super) y: Range,
    /// Its lines.
    pub(super) lines: Vec<usize>,
}

impl Line {
    fn new(fit: usize, quantity: Quantity, values: Vec<(usize, f64)>, at: At) -> Self {
        let (last, end) = values.last().copied().unwrap_or((0, 0.0));
        let falls = if quantity == Quantity::ElboLecture { falls(&values) } else { Vec::new() };
        let until = at.of(last);
        Self { fit, quantity, slot: None, label: String::new(), values, end, until, falls }
    }

    /// Where a value is drawn; not finite if it has no place.
    pub(super) fn place(&self, scale: Measure, value: f64) -> f64 {
        let distance = (value - self.end).abs();
        match scale {
            Measure::Value => value,
            Measure::Gap if distance <= ROUNDING * self.end.abs().max(1.0) => f64::NAN,
            Measure::Gap => libm::log10(distance),
        }
    }

    /// Iterations and places.
    pub(super) fn places(&self, scale: Measure) -> impl Iterator<Item = (f64, f64)> {
        self.values.iter().map(move |(t, v)| (*t as f64, self.place(scale, *v)))
    }

    /// The value of an iteration.
    pub(super) fn value(&self, iteration: usize) -> Option<f64> {
        let first = self.values.first()?.0;
        self.values.get(iteration.checked_sub(first)?).map(|v| v.1)
    }

    /// The iteration from which on it stays near its end; `None` if it never moves.
    pub(super) fn settles(&self) -> Option<usize> {
        let way = self.values.iter().map(|v| (v.1 - self.end).abs()).fold(0.0, f64::max);
        self.settles_within(SETTLED * way, self.end)
    }

    /// The iteration from which on it stays within `distance` of `end`.
    fn settles_within(&self, distance: f64, end: f64) -> Option<usize> {
        let moving = self.values.iter().rposition(|v| (v.1 - end).abs() > distance)?;
        Some(self.values[moving].0 + 1)
    }

    fn last(&self) -> usize {
        self.values.last().map_or(0, |v| v.0)
    }
}

/// The runs in which values fall.
fn falls(values: &[(usize, f64)]) -> Vec<Fall> {
    let mut runs: Vec<Fall> = Vec::new();
    for pair in values.windows(2) {
        let ((_, before), (t, value)) = (pair[0], pair[1]);
        let by = before - value;
        if by <= RESOLUTION * value.abs().max(1.0) {
            continue;
        }
        match runs.last_mut().filter(|run| run.last + 1 == t) {
            Some(run) => (run.last, run.by) = (t, run.by + by),
            None => runs.push(Fall { first: t, last: t, by }),
        }
    }
    runs
}

/// The lines of one fit.
pub(super) fn of_fit(
    spec: &Spec,
    index: usize,
    fitted: &Fitted<'_>,
    dataset: &Dataset,
) -> Result<Vec<Line>, String> {
    let fit = fitted.fit;
    let mut lines = Vec::new();
    for &quantity in &spec.quantities {
        let Some(bound) = quantity.bound() else {
            let slots = slots_of(dataset.components(), Some(fitted), Naming::Matched);
            lines.extend(components(spec, index, quantity, fit, &slots));
            continue;
        };
        let trace = fit.trace.get(bound.key());
        let trace = trace.ok_or_else(|| format!("the fit has no `{}`", bound.key()))?;
        let values: Vec<_> =
            trace.values.iter().enumerate().map(|(i, v)| (trace.first + i, *v)).collect();
        if values.is_empty() {
            let name = fitted.name;
            return Err(format!("`fit.{name}` has no iterations to draw\nhint: raise `max_iter`"));
        }
        let label = label(spec, &spec.fits[index], quantity);
        lines.push(Line { label, ..Line::new(index, quantity, values, spec.at) });
    }
    Ok(lines)
}

/// What the line of a bound is called beside the others.
fn label(spec: &Spec, fit: &OneFit, quantity: Quantity) -> String {
    let words = match quantity {
        Quantity::ElboLecture => "lecture's formula",
        Quantity::LowerBound => "less constants",
        Quantity::LogLikelihood => "log-likelihood",
        Quantity::Cost => "cost",
        _ => "exact ELBO",
    };
    match (spec.fits.len(), spec.quantities.len()) {
        // Among the distances of many restarts the key says which is the kept one.
        _ if spec.runs == Runs::All && spec.scale == Measure::Gap => String::new(),
        _ if spec.runs == Runs::All => "kept".to_owned(),
        (1, 1) => String::new(),
        (1, _) => words.to_owned(),
        (_, 1) => fit.label.clone(),
        _ => format!("{}, {words}", fit.label),
    }
}

/// A line for each component that was inferred.
fn components(
    spec: &Spec,
    index: usize,
    quantity: Quantity,
    fit: &Fit,
    slots: &[Slot],
) -> Vec<Line> {
    let last = fit.iterations();
    let mixtures: Vec<_> = (0..=last).map(|t| fit.mixture(t)).collect();
    slots
        .iter()
        .filter_map(|slot| slot.inferred.map(|k| (*slot, k)))
        .map(|(slot, k)| {
            let values = mixtures.iter().enumerate().map(|(t, mixture)| {
                let value = match quantity {
                    Quantity::Means => mixture.means[[k, 0]],
                    Quantity::Variances => mixture.covariances[k][[0, 0]],
                    _ => mixture.weights[k],
                };
                (t, value)
            });
            let label = match spec.fits.len() {
                1 => slot.label(),
                _ => format!("{}, {}", spec.fits[index].label, slot.label()),
            };
            let line = Line::new(index, quantity, values.collect(), spec.at);
            Line { slot: Some(slot), label, ..line }
        })
        .collect()
}

/// The restarts that were not kept. Their distances are those to the end of the kept one.
pub(super) fn restarts(spec: &Spec, fit: &Fit) -> Vec<(usize, Line)> {
    let best = fit.restart_values.get(fit.restart).copied();
    let others = fit.restart_traces.iter().enumerate().filter(|(i, _)| *i != fit.restart);
    others
        .map(|(i, trace)| {
            let values = trace.values.iter().enumerate().map(|(t, v)| (trace.first + t, *v));
            let quantity = spec.quantities.first().copied().unwrap_or(Quantity::Elbo);
            let line = Line::new(0, quantity, values.collect(), spec.at);
            (i, Line { end: best.unwrap_or(line.end), ..line })
        })
        .collect()
}

/// The true values, where they are known.
pub(super) fn truths(spec: &Spec, fitted: &Fitted<'_>, dataset: &Dataset) -> Vec<Truth> {
    let (Some(truth), [quantity], Measure::Value) =
        (&dataset.truth, &spec.quantities[..], spec.scale)
    else {
        return Vec::new();
    };
    let value = |j: usize| match quantity {
        Quantity::Means => Some(truth.means[[j, 0]]),
        Quantity::Weights => Some(truth.weights[j]),
        Quantity::Variances => Some(truth.covariances[j][[0, 0]]),
        _ => None,
    };
    let slots = slots_of(dataset.components(), Some(fitted), Naming::Matched).into_iter();
    slots.filter_map(|slot| Some(Truth { slot, value: value(slot.truth?)? })).collect()
}

/// The iterations that are shown, and the strips.
pub(super) fn frame(
    spec: &Spec,
    fits: &[Ended],
    lines: &[Line],
    restarts: &[(usize, Line)],
    truths: &[Truth],
) -> (Range, Vec<Strip>) {
    let all: Vec<usize> = (0..lines.len()).collect();
    let drawn = || lines.iter().chain(restarts.iter().map(|r| &r.1));
    if spec.scale == Measure::Gap {
        let places = drawn().flat_map(|line| line.places(Measure::Gap));
        let places: Vec<(f64, f64)> = places.filter(|p| p.1.is_finite()).collect();
        let x = Range::of(places.iter().map(|p| p.0)).unwrap_or(Range::new(0.0, 1.0));
        let y = Range::of(places.iter().map(|p| p.1)).unwrap_or(Range::new(-1.0, 0.0));
        let y = if y.span() > 0.0 { y.padded(0.04) } else { Range::new(y.low - 1.0, y.high + 1.0) };
        return (Range::new(x.low, x.high.max(x.low + 1.0)), vec![Strip { y, lines: all }]);
    }
    let first = drawn().filter_map(|line| line.values.first()).map(|v| v.0).min().unwrap_or(0);
    if spec.quantities.iter().any(|q| q.bound().is_none()) {
        let longest = lines.iter().map(Line::last).max().unwrap_or(0).max(first + 1);
        // Until twice the iteration at which the last has settled: then there is nothing to see.
        let settled = lines.iter().filter_map(Line::settles).max();
        let until = settled.map_or(longest, |t| (2 * t).clamp(first + 1, longest));
        let values = lines.iter().flat_map(|line| &line.values).map(|v| v.1);
        let mut y = Range::of(values.chain(truths.iter().map(|truth| truth.value)))
            .unwrap_or(Range::new(0.0, 1.0));
        if spec.quantities == [Quantity::Weights] {
            y = Range::new(0.0, y.high);
        }
        let padded = y.padded(0.06);
        let y = if y.low == 0.0 { Range::new(0.0, padded.high) } else { padded };
        return (Range::new(first as f64, until as f64), vec![Strip { y, lines: all }]);
    }
    let frames: Vec<Frame> = lines.iter().map(|line| Frame::of(spec.range, line)).collect();
    let others: Vec<Frame> = restarts.iter().map(|(_, line)| Frame::of(spec.range, line)).collect();
    let until = frames.iter().chain(&others).map(|f| f.until).fold(1.0, f64::max);
    let mut strips = strips(fits, lines, &frames);
    // There is one strip if there are restarts.
    for strip in strips.iter_mut().filter(|_| !others.is_empty()) {
        strip.y = together(frames.iter().chain(&others));
    }
    // Restarts are shown until each has come to its own end.
    let height = strips.first().map_or(0.0, |strip| strip.y.span());
    let settled = restarts.iter().filter_map(|(_, line)| {
        let end = line.values.last()?.1;
        line.settles_within(SETTLED * height, end)
    });
    let until = settled.map(|t| t as f64 + 2.0).fold(until, f64::max);
    let longest = drawn().map(Line::last).max().unwrap_or(0) as f64;
    (Range::new(first as f64, until.min(longest).max(first as f64 + 1.0)), strips)
}

/// The frame of a bound by itself.
#[derive(Clone, Copy)]
struct Frame {
    y: Range,
    /// Whether it holds a plateau and a rise, which others' frames should hold too.
    has_rise: bool,
    /// The final value.
    end: f64,
    /// The last iteration that is shown.
    until: f64,
}

impl Frame {
    /// That of an ELBO figure, and as far as the first fall.
    fn of(shown: Shown, line: &Line) -> Self {
        let sign = line.quantity.bound().map_or(1.0, elbo::Quantity::sign);
        let upward: Vec<(usize, f64)> = line.values.iter().map(|(t, v)| (*t, sign * v)).collect();
        let values: Vec<f64> = upward.iter().map(|v| v.1).collect();
        let rise = phase::rise(&values, line.values.first().map_or(0, |v| v.0));
        let frame = elbo::turned(elbo::frame_of(shown, &upward, rise, &[]), sign);
        let fall = line.falls.first().map_or(0, |fall| (fall.first + 4).min(line.last()));
        Self {
            y: frame.y,
            has_rise: rise.is_some() || shown == Shown::All,
            end: sign * values.last().copied().unwrap_or(0.0),
            until: frame.x.high.max(fall as f64),
        }
    }
}

/// The range in which several bounds can be compared: all ends, and the rises. Of bounds that only
/// come in from far below the one that comes from least far says where the frame begins.
fn together<'a>(frames: impl Iterator<Item = &'a Frame> + Clone) -> Range {
    let rises = frames.clone().filter(|f| f.has_rise).map(|f| f.y).reduce(Range::union);
    let ends = Range::of(frames.clone().map(|f| f.end)).unwrap_or(Range::new(0.0, 1.0));
    let nearest = frames.map(|f| f.y).reduce(|a, b| if b.low > a.low { b } else { a });
    let y = rises.or(nearest).unwrap_or(ends);
    let room = 0.06 * (y.high.max(ends.high) - y.low.min(ends.low));
    Range::new(y.low.min(ends.low - room), y.high.max(ends.high + room))
}

/// Bounds that differ in kind or in their data are apart, if their ranges are; those of the same
/// data have the same scale.
fn strips(fits: &[Ended], lines: &[Line], frames: &[Frame]) -> Vec<Strip> {
    let data = |i: usize| &fits[lines[i].fit].data;
    let mut strips: Vec<Strip> = Vec::new();
    for (i, frame) in frames.iter().enumerate() {
        let alike = |strip: &&mut Strip| {
            let j = strip.lines[0];
            let same = lines[j].quantity == lines[i].quantity && data(j) == data(i);
            same || (strip.y.low <= frame.y.high && frame.y.low <= strip.y.high)
        };
        match strips.iter_mut().find(alike) {
            Some(strip) => {
                strip.lines.push(i);
                strip.y = together(strip.lines.iter().map(|&i| &frames[i]));
            }
            None => strips.push(Strip { y: frame.y, lines: vec![i] }),
        }
    }
    if strips.len() > MOST_STRIPS {
        return vec![Strip { y: together(frames.iter()), lines: (0..lines.len()).collect() }];
    }
    let spans: Vec<f64> = strips
        .iter()
        .map(|strip| {
            let same = strips.iter().filter(|other| data(other.lines[0]) == data(strip.lines[0]));
            same.map(|other| other.y.span()).fold(0.0, f64::max)
        })
        .collect();
    for (strip, span) in strips.iter_mut().zip(spans) {
        // What is more is below, where lines come from.
        strip.y.low = strip.y.high - span;
    }
    strips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_are_found_as_runs() {
        let values = [1.0, 2.0, 1.5, 1.0, 3.0, 3.0, 2.75, 2.75 - 1e-12];
        let values: Vec<(usize, f64)> = values.into_iter().enumerate().collect();
        let expected = [Fall { first: 2, last: 3, by: 1.0 }, Fall { first: 6, last: 6, by: 0.25 }];
        assert_eq!(falls(&values), expected);
        assert_eq!(falls(&values[..2]), []);
    }
}
