//! Normalised mutual information: what one labelling tells about another, divided by the arithmetic
//! mean of their entropies; 1 for equal partitions, 0 for independent ones.

use super::contingency::Contingency;

/// The score of two labellings of the same points, with scikit-learn's limits: 1 if both have one
/// cluster (or no points), 0 if only one of them has, and terms of less than 2^-52 are 0.
pub fn normalized_mutual_information(labels: &[usize], inferred: &[usize]) -> f64 {
    of(&Contingency::new(labels, inferred))
}

/// The score of a table.
pub(super) fn of(table: &Contingency) -> f64 {
    let clusters = |counts: &[u64]| counts.iter().filter(|&&n| n > 0).count();
    match (clusters(&table.first), clusters(&table.second)) {
        (0 | 1, 0 | 1) => return 1.0,
        (1, _) | (_, 1) => return 0.0,
        _ => {}
    }
    let information = mutual_information(table);
    if information == 0.0 {
        return 0.0;
    }
    information / (0.5 * (entropy(&table.first) + entropy(&table.second)))
}

fn mutual_information(table: &Contingency) -> f64 {
    let points = table.points as f64;
    let log_points = libm::log(points);
    let sum: f64 = table
        .pairs
        .iter()
        .map(|&(a, b, count)| {
            let share = count as f64 / points;
            let expected = libm::log(table.first[a] as f64 * table.second[b] as f64);
            let term = share * (libm::log(count as f64) - log_points)
                + share * (2.0 * log_points - expected);
            if term.abs() < f64::EPSILON { 0.0 } else { term }
        })
        .sum();
    sum.max(0.0)
}

fn entropy(counts: &[u64]) -> f64 {
    let points = counts.iter().sum::<u64>() as f64;
    counts
        .iter()
        .filter(|&&n| n > 0)
        .map(|&n| -(n as f64 / points) * (libm::log(n as f64) - libm::log(points)))
        .sum()
}
