//! How often each label of one list stands beside each label of another.

use std::collections::BTreeMap;

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
        let mut counts = Counts::default();
        for (&a, &b) in first.iter().zip(second) {
            counts.add(a, b);
        }
        counts.contingency()
    }
}

/// Counts of pairs while they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pairs: BTreeMap<(usize, usize), u64>,
}

impl Counts {
    /// One more.
    pub(super) fn add(&mut self, a: usize, b: usize) {
        *self.pairs.entry((a, b)).or_default() += 1;
    }

    /// The pairs that occur, with their counts, in ascending order.
    pub(super) fn pairs(&self) -> Vec<(usize, usize, u64)> {
        self.pairs.iter().map(|(&(a, b), &count)| (a, b, count)).collect()
    }

    /// All of them.
    pub(super) fn contingency(&self) -> Contingency {
        let pairs = self.pairs();
        let total = |of: fn(&(usize, usize, u64)) -> usize| {
            let mut counts = vec![0; pairs.iter().map(of).max().map_or(0, |most| most + 1)];
            for pair in &pairs {
                counts[of(pair)] += pair.2;
            }
            counts
        };
        Contingency {
            first: total(|pair| pair.0),
            second: total(|pair| pair.1),
            points: pairs.iter().map(|pair| pair.2).sum(),
            pairs,
        }
    }
}
