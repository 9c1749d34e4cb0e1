//! The adjusted Rand index (Hubert and Arabie 1985): agreement on which pairs of points belong
//! together, 0 in the mean for random labels, 1 for equal partitions.

use super::contingency::Contingency;

/// The index of two labellings of the same points; 1 where no pair is in dispute (no points, one
/// point, equal partitions), as scikit-learn has it.
pub fn adjusted_rand(labels: &[usize], inferred: &[usize]) -> f64 {
    of(&Contingency::new(labels, inferred))
}

/// The index of a table.
pub(super) fn of(table: &Contingency) -> f64 {
    let squares = |counts: &[u64]| counts.iter().map(|&n| square(n)).sum::<i128>();
    let both: i128 = table.pairs.iter().map(|&(.., n)| square(n)).sum();
    let points = i128::from(table.points);
    // Ordered pairs of points: together in both, in the first only, in the second only, in neither.
    let together = both - points;
    let first_only = squares(&table.first) - both;
    let second_only = squares(&table.second) - both;
    let apart = points * points - first_only - second_only - both;
    if first_only == 0 && second_only == 0 {
        return 1.0;
    }
    let agreement = product(together, apart) - product(second_only, first_only);
    let scale = product(together + first_only, first_only + apart)
        + product(together + second_only, second_only + apart);
    2.0 * agreement / scale
}

fn square(n: u64) -> i128 {
    i128::from(n) * i128::from(n)
}

fn product(a: i128, b: i128) -> f64 {
    a as f64 * b as f64
}
