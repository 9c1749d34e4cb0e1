//! Data in bins: values that each stand for several equal points.

use ndarray::{Array2, Axis};
use std::ops::Range;

use super::labels::Labels;
use super::parameters::MOST_NUMBERS;
use crate::diagnostic::Problems;

/// The points and their labels, each as often as its count says; `None` where that is too much or
/// nothing at all.
pub(super) fn repeated(
    problems: &mut Problems,
    span: Range<usize>,
    (points, labels): (&Array2<f64>, Option<&Labels>),
    counts: &[usize],
) -> Option<(Array2<f64>, Option<Labels>)> {
    let total = counts.iter().fold(0, |sum: usize, count| sum.saturating_add(*count));
    if total == 0 {
        problems
            .at(span, "all counts are 0, but a data set needs at least one point")
            .hint("write how many points each value stands for");
        return None;
    }
    if total.saturating_mul(points.ncols()) > MOST_NUMBERS {
        problems
            .at(
                span,
                format!(
                    "the counts sum to {total}, which makes a data set of more than {MOST_NUMBERS} numbers"
                ),
            )
            .hint("divide all counts by the same number");
        return None;
    }
    let repeat = |(i, count): (usize, &usize)| std::iter::repeat_n(i, *count);
    let rows: Vec<usize> = counts.iter().enumerate().flat_map(repeat).collect();
    let repeated = |labels: &Labels| {
        let rows = rows.iter().filter_map(|&row| labels.get(row));
        Labels::below(labels.components(), rows).numbered()
    };
    let labels = labels.map(repeated);
    Some((points.select(Axis(0), &rows), labels))
}
