//! Which of a data set's points are taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;

use super::Dataset;
use super::labels::Labels;
use crate::diagnostic::{Problems, counted};
use crate::random::Random;
use crate::setting::{Spanned, at_least};

/// Some of the points: one table whose key says which.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Options {
    /// So many points from the first one on.
    First(#[schemars(with = "NonZeroUsize")] Spanned<usize>),
    /// Every so manieth point, the first one among them.
    Every(#[schemars(with = "NonZeroUsize")] Spanned<usize>),
    /// So many points, chosen at random from the data set's stream; they keep their order.
    Random(#[schemars(with = "NonZeroUsize")] Spanned<usize>),
    /// The points from one row up to another, which is left out; rows count from 0.
    Rows(#[schemars(with = "[usize; 2]")] Spanned<Vec<Spanned<usize>>>),
}

/// Some of the points, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spec {
    /// See [`Options::First`].
    First(usize),
    /// See [`Options::Every`].
    Every(usize),
    /// See [`Options::Random`].
    Random(usize),
    /// See [`Options::Rows`].
    Rows(usize, usize),
}

impl Options {
    /// Checks it for a data set of so many `points`; all mistakes go to `problems`.
    pub fn resolve(&self, points: usize, problems: &mut Problems) -> Option<Spec> {
        let (key, number) = match self {
            Self::First(number) => ("first", number),
            Self::Every(number) => ("every", number),
            Self::Random(number) => ("random", number),
            Self::Rows(rows) => return self::rows(rows, points, problems),
        };
        let good = at_least(problems, &format!("`{key}`"), number, 1);
        let n = *number.get_ref();
        if good && n > points {
            let all = counted(points, "point");
            problems
                .at(number.span(), format!("`{key}` is {n}, but the data set has {all}"))
                .hint("write a smaller number, or leave `subset` out to take all");
            return None;
        }
        good.then_some(match self {
            Self::First(_) => Spec::First(n),
            Self::Every(_) => Spec::Every(n),
            Self::Random(_) | Self::Rows(_) => Spec::Random(n),
        })
    }
}

fn rows(
    written: &Spanned<Vec<Spanned<usize>>>,
    points: usize,
    problems: &mut Problems,
) -> Option<Spec> {
    let [from, to] = written.get_ref().as_slice() else {
        let count = counted(written.get_ref().len(), "number");
        problems
            .at_value(written.span(), format!("`rows` must be two numbers, but is {count}"))
            .hint("the first 100 rows are `rows = [0, 100]`");
        return None;
    };
    let (first, end) = (*from.get_ref(), *to.get_ref());
    if first >= end {
        problems
            .at_value(written.span(), format!("there is no row from {first} up to {end}"))
            .hint("the second number is the row after the last, and rows count from 0");
        return None;
    }
    if end > points {
        let all = counted(points, "point");
        problems
            .at(to.span(), format!("`rows` go up to {end}, but the data set has {all}"))
            .hint(format!("the last row is {}: write at most {points}", points - 1));
        return None;
    }
    Some(Spec::Rows(first, end))
}

impl Spec {
    /// Leaves only these points in the data set. Where no mixture is known, components that have
    /// none of them are none, and the others are numbered anew.
    pub(super) fn apply(&self, data: &mut Dataset, random: &mut dyn Random) {
        let n = data.points.nrows();
        let rows: Vec<usize> = match *self {
            Self::First(count) => (0..count.min(n)).collect(),
            Self::Every(step) => (0..n).step_by(step.max(1)).collect(),
            Self::Random(count) => {
                let mut rows = random.choice_without_replacement(n, count);
                rows.sort_unstable();
                rows
            }
            Self::Rows(from, to) => (from..to.min(n)).collect(),
        };
        data.points = data.points.select(ndarray::Axis(0), &rows).into_shared();
        if let Some(labels) = &mut data.labels {
            let rows = rows.iter().filter_map(|&row| labels.get(row));
            let kept = Labels::below(labels.components(), rows);
            *labels = if data.truth.is_none() { kept.numbered() } else { kept };
        }
    }
}
