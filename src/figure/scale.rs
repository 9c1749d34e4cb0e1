//! Axes that are linear or logarithmic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::axes::{Range, Tick, labelled};
use super::number;
use crate::math::locator;

/// How an axis maps values to places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Equal differences are equally long.
    #[default]
    Linear,
    /// Equal ratios are equally long; places are powers of ten.
    Log,
}

impl Scale {
    /// Where a value stands on the axis; not finite if it has no place on it.
    pub fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => libm::log10(value),
        }
    }

    /// Ticks at places of the axis within a range of places, at most `most` or so.
    pub fn ticks(self, range: Range, most: usize) -> Vec<Tick> {
        match self {
            Self::Linear => labelled(locator::ticks(range.low, range.high, most)),
            Self::Log => log_ticks(range, most),
        }
    }
}

/// Ticks at decades; in less than two of them at 1, 2 and 5 times a power of ten, and in a short
/// range at round numbers.
fn log_ticks(range: Range, most: usize) -> Vec<Tick> {
    let slack = 1e-9 * range.span().abs().max(1e-9);
    let inside = |place: &f64| range.low - slack <= *place && *place <= range.high + slack;
    let powers: Vec<f64> = decades(range, most).collect();
    let is_short = range.span() > 0.0 && range.span() < 2.0;
    if powers.len() >= 3 || !is_short {
        return powers.into_iter().map(|p| (p, format!("$10^{{{p}}}$"))).collect();
    }
    let value = |place: f64| libm::pow(10.0, place);
    let first = range.low.floor();
    let round: Vec<f64> = (0..3)
        .flat_map(|decade| {
            [1.0, 2.0, 5.0].map(|step| libm::log10(step) + first + f64::from(decade))
        })
        .filter(inside)
        .collect();
    let values: Vec<f64> = match round.len() {
        0..=2 => locator::ticks(value(range.low), value(range.high), most.clamp(2, 5)),
        _ => round.into_iter().map(value).collect(),
    };
    let digits = values.iter().map(|v| number::decimals(*v)).max().unwrap_or(0);
    let far = values.iter().any(|v| *v >= 1e7 || *v < 1e-5);
    let label = |v: f64| match far {
        false => number::short(v, digits),
        true => {
            let power = (libm::log10(v) + 1e-9).floor();
            format!("{}$\\cdot 10^{{{power}}}$", number::short(v / value(power), 2))
        }
    };
    values.into_iter().filter(|v| *v > 0.0).map(|v| (libm::log10(v), label(v))).collect()
}

/// The powers of ten in a range of places: every one, or every second, third, ... so that not more
/// than `most` of them are named.
fn decades(range: Range, most: usize) -> impl Iterator<Item = f64> {
    let slack = 1e-9 * range.span().abs();
    let (low, high) = ((range.low - slack).ceil(), (range.high + slack).floor());
    let step = ((high - low) / most.max(2) as f64).ceil().max(1.0);
    let first = (low / step).ceil() * step;
    let count = ((high - first) / step).floor().clamp(-1.0, 1e3) as i64;
    // Adding 0 makes a zero of one that is negative.
    (0..=count).map(move |i| first + i as f64 * step + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        let range = Range::new(libm::log10(low), libm::log10(high));
        Scale::Log.ticks(range, most).into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn decades_are_named_as_powers_of_ten() {
        assert_eq!(
            labels(1e-3, 20.0, 6),
            ["$10^{-3}$", "$10^{-2}$", "$10^{-1}$", "$10^{0}$", "$10^{1}$"]
        );
        assert_eq!(
            labels(1e-9, 1.0, 5),
            ["$10^{-8}$", "$10^{-6}$", "$10^{-4}$", "$10^{-2}$", "$10^{0}$"]
        );
    }

    #[test]
    fn short_ranges_have_round_numbers() {
        assert_eq!(labels(1.0, 12.0, 6), ["1", "2", "5", "10"]);
        assert_eq!(labels(0.09, 0.6, 6), ["0.1", "0.2", "0.5"]);
        assert_eq!(labels(2.1, 2.9, 4), ["2.2", "2.4", "2.6", "2.8"]);
        assert_eq!(
            labels(9e7, 6e8, 4),
            ["1$\\cdot 10^{8}$", "2$\\cdot 10^{8}$", "5$\\cdot 10^{8}$"]
        );
    }

    #[test]
    fn ticks_stand_where_their_values_do_and_no_range_is_too_strange() {
        for (place, label) in Scale::Log.ticks(Range::new(0.0, 1.1), 6) {
            let value: f64 = label.parse().unwrap();
            assert!((Scale::Log.place(value) - place).abs() < 1e-12, "{label}");
        }
        for (low, high) in [(0.0, 0.0), (-400.0, 400.0), (f64::NAN, 1.0), (0.3, 0.3 + 1e-15)] {
            assert!(Scale::Log.ticks(Range::new(low, high), 5).len() < 12, "{low} to {high}");
        }
    }
}
