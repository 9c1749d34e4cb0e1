//! How often each label of one list stands beside each label of another.

/// Counts of two labellings of the same points.
#[derive(Debug, Clone)]
pub(super) struct Contingency {
    /// The pairs of labels that occur, with their counts: (a, b, count) in ascending order.
    pub(super) pairs: Vec<(usize, usize, u64)>,
    /// The counts of the first list's labels.
    pub(super) first: Vec<u64>,
    /// The counts of the second list's labels.
    pub(super) second: Vec<u64>,
    /// N.
    pub(super) points: u64,
}

impl Contingency {
    /// Counts.
    pub(super) fn new(first: &[usize], second: &[usize]) -> Self {
        let mut sorted: Vec<(usize, usize)> =
            first.iter().copied().zip(second.iter().copied()).collect();
        sorted.sort_unstable();
        let pairs = sorted
            .chunk_by(|a, b| a == b)
            .map(|equal| (equal[0].0, equal[0].1, equal.len() as u64))
            .collect();
        Self { pairs, first: counts(first), second: counts(second), points: sorted.len() as u64 }
    }
}

fn counts(labels: &[usize]) -> Vec<u64> {
    let mut counts = vec![0; labels.iter().max().map_or(0, |most| most + 1)];
    for &label in labels {
        counts[label] += 1;
    }
    counts
}
