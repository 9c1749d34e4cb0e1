//! Sums: one that loses nothing, and those of a block, in lanes.
//!
//! The sums of a block run in [`LANES`] lanes from its first chunk to its last, lane `i mod 4` for row
//! `i`, whatever registers the processor has: this order is part of the results.

use super::CHUNK;
use crate::math::elementary::ln_of_at_least_one;

/// Running sums that the processor can add at the same time.
pub(in crate::model) const LANES: usize = 4;

/// A number in every lane.
pub(in crate::model) type Lanes = [f64; LANES];

/// The sum over the lanes.
#[inline(always)]
pub(in crate::model) fn total(lanes: Lanes) -> f64 {
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// The rows of a chunk in groups of [`LANES`].
#[inline(always)]
pub(in crate::model) fn groups(a: &[f64; CHUNK]) -> &[Lanes] {
    a.as_chunks().0
}

/// Adds `sum_i w_i` to `count`.
#[inline(always)]
pub(in crate::model) fn add_count(w: &[f64; CHUNK], count: &mut Lanes) {
    let mut sum = *count;
    for w in groups(w) {
        for lane in 0..LANES {
            sum[lane] += w[lane];
        }
    }
    *count = sum;
}

/// Adds `sum_i w_i` and `sum_i w_i (x_i - c)` to `sums`.
#[inline(always)]
pub(in crate::model) fn add_low_moments(
    w: &[f64; CHUNK],
    x: &[f64; CHUNK],
    c: f64,
    sums: [&mut Lanes; 2],
) {
    let (mut count, mut first) = (*sums[0], *sums[1]);
    for (w, x) in groups(w).iter().zip(groups(x)) {
        for lane in 0..LANES {
            count[lane] += w[lane];
            first[lane] = w[lane].mul_add(x[lane] - c, first[lane]);
        }
    }
    (*sums[0], *sums[1]) = (count, first);
}

/// Adds `sum_i w_i (x_i - c)` and `sum_i w_i (x_i - c)^2` to `sums`.
#[inline(always)]
pub(in crate::model) fn add_moments(
    w: &[f64; CHUNK],
    x: &[f64; CHUNK],
    c: f64,
    sums: [&mut Lanes; 2],
) {
    let (mut first, mut second) = (*sums[0], *sums[1]);
    for (w, x) in groups(w).iter().zip(groups(x)) {
        for lane in 0..LANES {
            let d = x[lane] - c;
            let weighted = w[lane] * d;
            first[lane] += weighted;
            second[lane] = weighted.mul_add(d, second[lane]);
        }
    }
    (*sums[0], *sums[1]) = (first, second);
}

/// The sum of the logarithms of numbers, and of other terms, in their order.
///
/// Logarithms are long chains of operations, so they wait until there are many, which the processor
/// then computes beside each other.
#[derive(Clone, Debug)]
pub(in crate::model) struct LogSums {
    /// Terms that are not yet in the sum: the first, and the logarithm of the second.
    terms: Vec<f64>,
    factors: Vec<f64>,
    sum: Sum,
}

impl LogSums {
    /// Nothing. What is added in between fits into the second-level cache.
    pub(in crate::model) fn new() -> Self {
        let room = || Vec::with_capacity(Self::WAITING);
        Self { terms: room(), factors: room(), sum: Sum::default() }
    }

    /// So many terms wait.
    const WAITING: usize = 512;

    /// Adds `terms_i + ln factors_i`, all factors at least 1.
    #[inline(always)]
    pub(in crate::model) fn extend(&mut self, terms: &[f64], factors: &[f64]) {
        if self.terms.len() + terms.len() > Self::WAITING {
            self.settle();
        }
        self.terms.extend_from_slice(terms);
        self.factors.extend_from_slice(factors);
    }

    /// Adds a term.
    pub(in crate::model) fn add(&mut self, term: f64) {
        self.settle();
        self.sum.add(term);
    }

    /// The sum.
    #[inline(always)]
    pub(in crate::model) fn into_sum(mut self) -> Sum {
        self.settle();
        self.sum
    }

    #[inline(always)]
    fn settle(&mut self) {
        for (term, factor) in self.terms.iter_mut().zip(&self.factors) {
            *term += ln_of_at_least_one(*factor);
        }
        self.terms.drain(..).for_each(|term| self.sum.add(term));
        self.factors.clear();
    }
}

/// A sum that carries what its additions round away (Neumaier 1974).
///
/// A fit stops on differences of 1e-10 between sums of several thousand terms.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::model) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a term.
    #[inline(always)]
    pub(in crate::model) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() {
            (self.sum - sum) + term
        } else {
            (term - sum) + self.sum
        };
        self.sum = sum;
    }

    /// Adds another sum.
    pub(in crate::model) fn merge(&mut self, other: Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    /// The sum.
    pub(in crate::model) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}
