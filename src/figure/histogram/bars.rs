//! Bars: values counted in bins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::figure::axes::{Axes, Range, nice_step};
use crate::figure::slot::Slot;
use crate::math::histogram;

/// How bars are cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bins {
    /// One grid for all components, its edges at multiples of a round width.
    #[default]
    Grid,
    /// numpy's `auto` for each component by itself, as seaborn does.
    Auto,
}

/// Bars over `edges`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Bars {
    pub(super) slot: Option<Slot>,
    pub(super) edges: Vec<f64>,
    pub(super) counts: Vec<u64>,
    /// Whether these are draws from the fit and not data.
    pub(super) sampled: bool,
}

impl Bars {
    /// The bars that `bins` makes of values.
    pub(super) fn cut(
        values: &[f64],
        slot: Option<Slot>,
        bins: Bins,
        grid: &Grid,
        sampled: bool,
    ) -> Self {
        let edges = match bins {
            Bins::Auto if !values.is_empty() => histogram::auto_edges(values),
            Bins::Auto | Bins::Grid => grid.edges(values),
        };
        let counts = histogram::counts(values, &edges);
        Self { slot, edges, counts, sampled }
    }

    /// The width of a bin; all have the same.
    pub(super) fn width(&self) -> f64 {
        self.edges[1] - self.edges[0]
    }

    /// The highest bar's count.
    pub(super) fn tallest(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    /// The first and the last bin with a value; `None` if all are empty.
    fn filled(&self) -> Option<(usize, usize)> {
        let filled = |count: &u64| *count > 0;
        self.counts.iter().position(filled).zip(self.counts.iter().rposition(filled))
    }

    /// From the left edge of the first bar to the right edge of the last.
    pub(super) fn range(&self) -> Option<Range> {
        let (first, last) = self.filled()?;
        Some(Range::new(self.edges[first], self.edges[last + 1]))
    }

    /// The outline of the bars on the canvas, from the base line up, along and down.
    pub(super) fn outline(&self, axes: &Axes) -> Vec<(f64, f64)> {
        let Some((first, last)) = self.filled() else { return Vec::new() };
        let mut path = vec![(axes.px(self.edges[first]), axes.rect.bottom)];
        for i in first..=last {
            let y = axes.py(self.counts[i] as f64);
            path.push((axes.px(self.edges[i]), y));
            path.push((axes.px(self.edges[i + 1]), y));
        }
        path.push((axes.px(self.edges[last + 1]), axes.rect.bottom));
        path
    }
}

/// About as many bins as a data set is cut into by the common grid.
const GRID_BINS: f64 = 48.0;

/// A common grid: edges at the multiples `first`, `first + 1`, ..., `last` of a round step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) step: f64,
    first: f64,
    last: f64,
}

impl Grid {
    /// The grid whose bins hold all of `range`.
    pub(super) fn over(range: Range) -> Self {
        // A range of few digits has no room for a grid: it counts as a single value.
        let largest = range.low.abs().max(range.high.abs());
        let range = match range.span() > 1e-12 * largest {
            true => range,
            false => Range::new(range.low, range.low).padded(0.5).union(range),
        };
        let step = nice_step(range.span().max(f64::MIN_POSITIVE), GRID_BINS);
        let grid = Self { step, first: 0.0, last: 0.0 };
        Self { first: grid.bin(range.low), last: grid.bin(range.high) + 1.0, ..grid }
    }

    /// The edge at a multiple of the step: divided where the step is a fraction of one, so that it
    /// is the number that its decimals say.
    fn edge(&self, multiple: f64) -> f64 {
        let parts = (1.0 / self.step).round();
        if self.step < 1.0 && parts < 1e15 { multiple / parts } else { multiple * self.step }
    }

    /// The bin that holds `value`, its left edge included.
    fn bin(&self, value: f64) -> f64 {
        let near = (value / self.step).floor();
        match value {
            v if v < self.edge(near) => near - 1.0,
            v if v >= self.edge(near + 1.0) => near + 1.0,
            _ => near,
        }
    }

    /// The edges, continued to hold `values` that lie outside.
    fn edges(&self, values: &[f64]) -> Vec<f64> {
        let range = Range::of(values.iter().copied());
        let first = range.map_or(self.first, |r| self.first.min(self.bin(r.low)));
        let last = range.map_or(self.last, |r| self.last.max(self.bin(r.high) + 1.0));
        let bins = (last - first).clamp(1.0, 20_000.0) as usize;
        (0..=bins).map(|i| self.edge(first + i as f64)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_is_in_the_bin_that_begins_there() {
        for step in [0.025, 0.1, 0.2, 0.25, 0.5, 1.0, 2.5, 20.0] {
            let grid = Grid { step, first: 0.0, last: 1.0 };
            for multiple in -60..60 {
                let multiple = f64::from(multiple);
                assert_eq!(grid.bin(grid.edge(multiple)), multiple, "{multiple} x {step}");
            }
        }
        let whole: Vec<f64> = (-3..=6).map(f64::from).collect();
        let edges = Grid::over(Range::new(-3.0, 6.0)).edges(&whole);
        assert!(whole.iter().all(|x| edges.contains(x)), "{edges:?}");
    }

    #[test]
    fn values_that_differ_in_their_last_bits_still_have_a_bin() {
        for pair in [[1.0, 1.0 + f64::EPSILON], [1e8, 1e8 + 1e-7], [1e15, 1e15 + 0.25]] {
            let edges = Grid::over(Range::new(pair[0], pair[1])).edges(&pair);
            assert!(edges.len() >= 2 && edges.windows(2).all(|w| w[0] < w[1]), "{edges:?}");
        }
    }
}
