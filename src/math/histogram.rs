//! Histograms as numpy makes them, with the bins that `seaborn.histplot` picks.

use super::{linspace, percentile};

/// Bin edges by numpy's rule `bins="auto"` (numpy 2, as `seaborn.histplot` uses it), in ascending
/// order; from the smallest to the largest value, both exact.
///
/// The bin width is the smaller of Sturges' `range / (log2 n + 1)` and Freedman and Diaconis'
/// `2 IQR n^(-1/3)`, the latter no less than half of `range / sqrt(n)`. Equal values get one bin of
/// width 1 around them; no values, the bin [0, 1]. All values must be finite.
///
/// References: H. Sturges, The choice of a class interval, JASA 21 (1926); D. Freedman and
/// P. Diaconis, On the histogram as a density estimator, Z. Wahrscheinlichkeitstheorie 57 (1981).
pub fn auto_edges(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return vec![0.0, 1.0];
    };
    if low == high {
        return spread(low, 0.5);
    }
    let n = sorted.len() as f64;
    let range = high - low;
    let iqr = percentile(&sorted, 0.75) - percentile(&sorted, 0.25);
    let freedman_diaconis = 2.0 * iqr * libm::pow(n, -1.0 / 3.0);
    let square_root = range / n.sqrt();
    let sturges = range / (libm::log2(n) + 1.0);
    let width = freedman_diaconis.max(square_root / 2.0).min(sturges);
    // At most 2 sqrt(n), as the width is at least half of range / sqrt(n), unless the width has no
    // digits left; a range that overflows gives NaN, and one bin.
    let most = (2.0 * n.sqrt()).ceil() as usize;
    let bins = ((range / width).ceil() as usize).clamp(1, most);
    let edges = linspace(low, high, bins + 1);
    if edges.windows(2).all(|pair| pair[0] < pair[1]) { edges } else { vec![low, high] }
}

/// One bin that reaches `half` to both sides of `value`, or as far as it must to have a width.
fn spread(value: f64, half: f64) -> Vec<f64> {
    let half = half.max(value.abs() * 2.0 * f64::EPSILON);
    vec![value - half, value + half]
}

/// How many values fall into each bin between `edges` (ascending): as many counts as bins.
///
/// Bins hold their left edge and not their right one, but the last holds both (`numpy.histogram`).
/// Values outside are not counted.
pub fn counts(values: &[f64], edges: &[f64]) -> Vec<u64> {
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    let (Some(&low), Some(&high)) = (edges.first(), edges.last()) else {
        return counts;
    };
    let Some(last) = counts.len().checked_sub(1) else {
        return counts;
    };
    for &value in values {
        if value >= low && value <= high {
            let bin = edges.partition_point(|&edge| edge <= value) - 1;
            counts[bin.min(last)] += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bin_is_closed_and_the_others_are_half_open() {
        assert_eq!(counts(&[0.0, 1.0, 2.0, 3.0, 3.5, -0.1, f64::NAN], &[0.0, 1.0, 3.0]), [1, 3]);
        assert!(counts(&[1.0], &[]).is_empty());
        assert!(counts(&[1.0], &[1.0]).is_empty());
    }

    #[test]
    fn degenerate_values_get_one_bin() {
        assert_eq!(auto_edges(&[]), [0.0, 1.0]);
        assert_eq!(auto_edges(&[2.0, 2.0]), [1.5, 2.5]);
        let huge = auto_edges(&[1e300]);
        assert!(huge[0] < 1e300 && 1e300 < huge[1]);
        // Two neighbouring numbers leave no room for an edge between them.
        assert_eq!(auto_edges(&[1.0, 1.0 + f64::EPSILON]).len(), 2);
        assert_eq!(auto_edges(&[-1.7e308, 1.7e308]).len(), 2);
        // The width of a bin rounds to nothing.
        assert_eq!(auto_edges(&[0.0, 0.0, 0.0, 5e-324]), [0.0, 5e-324]);
    }
}
