//! The ranges of values that axes show.

use serde::Serialize;

use crate::figure::number;

/// An interval of values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
}

impl Range {
    /// From `low` to `high`.
    pub fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// The smallest range that holds all `values` that are finite; `None` if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        values.into_iter().filter(|v| v.is_finite()).fold(None, |range: Option<Self>, v| {
            Some(range.map_or(Self::new(v, v), |r| Self::new(r.low.min(v), r.high.max(v))))
        })
    }

    /// The smallest range that holds both.
    pub fn union(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// `high - low`.
    pub fn span(self) -> f64 {
        self.high - self.low
    }

    /// Rounded outward to multiples of `step`.
    pub fn outward(self, step: f64) -> Self {
        Self::new((self.low / step).floor() * step, (self.high / step).ceil() * step)
    }

    /// Wider by `share` of its span on either side; a single value gets a span of its own.
    pub fn padded(self, share: f64) -> Self {
        let pad =
            if self.span() > 0.0 { share * self.span() } else { self.low.abs().max(1.0) * 0.5 };
        Self::new(self.low - pad, self.high + pad)
    }

    /// The decimals that tell a hundredth of the span.
    pub fn digits(self) -> usize {
        number::digits_in(self.low, self.high, self.span() / 100.0)
    }

    /// `count` values, evenly spaced, both ends included.
    pub fn grid(self, count: usize) -> Vec<f64> {
        let steps = count.saturating_sub(1).max(1) as f64;
        (0..count).map(|i| self.low + self.span() * i as f64 / steps).collect()
    }

    /// Whether `value` lies within.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A step of 1, 2 or 5 times a power of ten, about `span / parts`.
pub fn nice_step(span: f64, parts: f64) -> f64 {
    let raw = if span > 0.0 && span.is_finite() { span / parts } else { 1.0 };
    let power = libm::pow(10.0, libm::log10(raw).floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let nearest = steps.into_iter().min_by(|a, b| {
        libm::log(a * power / raw).abs().total_cmp(&libm::log(b * power / raw).abs())
    });
    nearest.unwrap_or(1.0) * power
}

/// The ranges of a figure's axes, which figures of one group share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extent {
    /// Range of the horizontal axis.
    pub x: Range,
    /// Range of the vertical axis.
    pub y: Range,
}

impl Extent {
    /// Room for points in the plane: a little more than they take, rounded outward; `None` if there
    /// are none.
    pub fn around(points: impl Iterator<Item = [f64; 2]> + Clone) -> Option<Self> {
        let hold = |axis: usize| {
            let range = Range::of(points.clone().map(|p| p[axis]))?.padded(0.05);
            Some(range.outward(nice_step(range.span(), 40.0)))
        };
        Some(Self { x: hold(0)?, y: hold(1)? })
    }

    /// The smallest extent that holds both.
    pub fn union(self, other: Self) -> Self {
        Self { x: self.x.union(other.x), y: self.y.union(other.y) }
    }
}
