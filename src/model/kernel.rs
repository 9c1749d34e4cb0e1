//! What the E steps share: points by column, fixed blocks of rows, and the soft assignment.
//!
//! A pass over the data goes through blocks of [`BLOCK`] rows, in parallel where there are many,
//! and adds the blocks' sums in their order: the same bits whatever the number of threads. Within
//! a block it goes through chunks of [`CHUNK`] rows, component by component, so that the inner
//! loops run over contiguous numbers. No N x K array is kept. What is summed is the models' affair.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use std::ops::Range;

use super::widest::widest;

/// Rows of a block: the unit of parallel work.
const BLOCK: usize = 4096;

/// Rows of a chunk: a few columns of it fit into the first-level cache.
pub(super) const CHUNK: usize = 64;

/// From so many numbers on (rows times components), starting threads costs less than it saves.
const PARALLEL_FROM: usize = 200_000;

/// Points by column: what the inner loops want to read.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    columns: Array2<f64>,
}

impl Columns {
    /// Copies N x D points.
    pub(super) fn new(points: ArrayView2<'_, f64>) -> Self {
        Self { columns: points.t().as_standard_layout().into_owned() }
    }

    /// N.
    pub(super) fn points(&self) -> usize {
        self.columns.ncols()
    }

    /// D.
    pub(super) fn dimensions(&self) -> usize {
        self.columns.nrows()
    }

    /// Coordinate `j` of the given rows.
    pub(super) fn rows(&self, j: usize, rows: &Range<usize>) -> &[f64] {
        let start = j * self.points();
        // The array is in standard layout by construction, so the slice is never empty by mistake.
        self.columns.as_slice().map_or(&[], |all| &all[start + rows.start..start + rows.end])
    }

    /// Coordinate `j` of all points.
    pub(super) fn column(&self, j: usize) -> &[f64] {
        self.rows(j, &(0..self.points()))
    }

    /// The mean of every coordinate.
    pub(super) fn means(&self) -> Vec<f64> {
        (0..self.dimensions())
            .map(|j| self.column(j).iter().copied().collect::<Sum>().value() / self.points() as f64)
            .collect()
    }
}

/// Runs `sum` over every block of rows and `add`s the results in the order of the blocks.
///
/// `work` is the number of numbers that the pass computes; it decides about threads, not bits.
pub(super) fn over_blocks<T: Send>(
    points: usize,
    work: usize,
    sum: impl Fn(Range<usize>) -> T + Sync,
    mut add: impl FnMut(T),
) {
    let blocks = points.div_ceil(BLOCK);
    let range = |b: usize| b * BLOCK..((b + 1) * BLOCK).min(points);
    let sum = |block| widest(|| sum(block));
    if work < PARALLEL_FROM || blocks < 2 {
        (0..blocks).for_each(|b| add(sum(range(b))));
    } else {
        let sums: Vec<T> = (0..blocks).into_par_iter().map(|b| sum(range(b))).collect();
        sums.into_iter().for_each(add);
    }
}

/// The chunks of a block.
pub(super) fn chunks(block: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = block.end;
    block.step_by(CHUNK).map(move |start| start..(start + CHUNK).min(end))
}

/// A chunk's K rows of [`CHUNK`] numbers: log weights, then responsibilities.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    values: Vec<f64>,
}

impl Assignment {
    /// Room for `components`.
    pub(super) fn new(components: usize) -> Self {
        Self { values: vec![0.0; components * CHUNK] }
    }

    /// The numbers of component `k`, as many as the chunk has rows.
    pub(super) fn component(&self, k: usize, rows: usize) -> &[f64] {
        &self.values[k * CHUNK..k * CHUNK + rows]
    }

    /// The numbers of component `k`, to write.
    pub(super) fn component_mut(&mut self, k: usize, rows: usize) -> &mut [f64] {
        &mut self.values[k * CHUNK..k * CHUNK + rows]
    }

    /// Turns log weights `z` into responsibilities `exp(z_k - logsumexp z)` and adds every row's
    /// `logsumexp z` to `total`.
    ///
    /// A row without any finite log weight makes `total` something that is not finite.
    #[inline(always)]
    pub(super) fn normalize(&mut self, rows: usize, total: &mut Sum) {
        let mut most = [f64::NEG_INFINITY; CHUNK];
        let most = &mut most[..rows];
        let mut sums = [0.0; CHUNK];
        let sums = &mut sums[..rows];
        for row in self.values.chunks_exact(CHUNK) {
            for (most, &z) in most.iter_mut().zip(row) {
                *most = if z > *most { z } else { *most };
            }
        }
        for row in self.values.chunks_exact_mut(CHUNK) {
            for ((z, sum), most) in row.iter_mut().zip(sums.iter_mut()).zip(most.iter()) {
                *z = exp_of_negative(*z - most);
                *sum += *z;
            }
        }
        // A logarithm costs more than a product. The sums are between 1 and K, so eight of them
        // neither overflow nor lose more than the eight roundings of as many logarithms.
        for (most, sums) in most.chunks(8).zip(sums.chunks_mut(8)) {
            let largest: f64 = most.iter().sum();
            let product: f64 = sums.iter().product();
            total.add(largest + libm::log(product));
        }
        for sum in sums.iter_mut() {
            *sum = 1.0 / *sum;
        }
        for row in self.values.chunks_exact_mut(CHUNK) {
            for (z, factor) in row.iter_mut().zip(sums.iter()) {
                *z *= factor;
            }
        }
    }
}

/// The N x K log weights themselves, where `log_weights(rows, assignment)` fills in a chunk's.
pub(super) fn log_weights(
    points: usize,
    components: usize,
    log_weights: impl Fn(&Range<usize>, &mut Assignment),
) -> Array2<f64> {
    let mut all = Array2::zeros((points, components));
    let mut assignment = Assignment::new(components);
    for rows in chunks(0..points) {
        log_weights(&rows, &mut assignment);
        for k in 0..components {
            for (i, &z) in rows.clone().zip(assignment.component(k, rows.len())) {
                all[[i, k]] = z;
            }
        }
    }
    all
}

/// The N x K responsibilities, where `log_weights(rows, assignment)` fills in a chunk's log weights.
///
/// A point so far away that all log weights are minus infinity tells nothing: its row is equal.
pub(super) fn responsibilities(
    points: usize,
    components: usize,
    log_weights: impl Fn(&Range<usize>, &mut Assignment),
) -> Array2<f64> {
    let mut all = Array2::zeros((points, components));
    let mut assignment = Assignment::new(components);
    for rows in chunks(0..points) {
        log_weights(&rows, &mut assignment);
        assignment.normalize(rows.len(), &mut Sum::default());
        for k in 0..components {
            for (i, &r) in rows.clone().zip(assignment.component(k, rows.len())) {
                all[[i, k]] = if r.is_finite() { r } else { 1.0 / components as f64 };
            }
        }
    }
    all
}

/// A sum that carries what its additions round away (Neumaier 1974).
///
/// A fit stops on differences of 1e-10 between sums of several thousand terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a term.
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() {
            (self.sum - sum) + term
        } else {
            (term - sum) + self.sum
        };
        self.sum = sum;
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    /// The sum.
    pub(super) fn value(self) -> f64 {
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

/// `sum a_i` in four running sums, which the processor can add at the same time.
#[inline(always)]
pub(super) fn sum(a: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (whole, rest) = a.as_chunks::<4>();
    for four in whole {
        for (lane, x) in lanes.iter_mut().zip(four) {
            *lane += x;
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += x;
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// `sum a_i b_i`, as [`sum`].
#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (whole_a, rest_a) = a.as_chunks::<4>();
    let (whole_b, rest_b) = b.as_chunks::<4>();
    for (four_a, four_b) in whole_a.iter().zip(whole_b) {
        for ((lane, x), y) in lanes.iter_mut().zip(four_a).zip(four_b) {
            *lane += x * y;
        }
    }
    for ((lane, x), y) in lanes.iter_mut().zip(rest_a).zip(rest_b) {
        *lane += x * y;
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// `sum w_i a_i^2`, as [`sum`].
#[inline(always)]
pub(super) fn weighted_squares(w: &[f64], a: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (whole_w, rest_w) = w.as_chunks::<4>();
    let (whole_a, rest_a) = a.as_chunks::<4>();
    for (four_w, four_a) in whole_w.iter().zip(whole_a) {
        for ((lane, w), x) in lanes.iter_mut().zip(four_w).zip(four_a) {
            *lane += w * x * x;
        }
    }
    for ((lane, w), x) in lanes.iter_mut().zip(rest_w).zip(rest_a) {
        *lane += w * x * x;
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// `exp(x)` for `x <= 0`, within two units in the last place; 0 below -708.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`, and the Taylor polynomial of degree 13, whose remainder
/// is below 5e-18 there. Without a branch or a table, so the compiler can run it on several numbers
/// at a time; `libm::exp` it cannot.
#[inline(always)]
fn exp_of_negative(x: f64) -> f64 {
    /// 1.5 * 2^52: adding it rounds to a whole number, which the low bits then hold.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// ln 2 with its last 32 bits zero, so that `n * HIGH` is exact, and what is missing of it
    /// (fdlibm, e_exp.c).
    const HIGH: f64 = 6.931_471_803_691_238e-1;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    let inside = if x > -708.0 { x } else { -708.0 };
    let shifted = inside * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (inside - n * HIGH) - n * LOW;
    // Four terms at a time (Estrin): fewer of the multiplications wait for each other.
    let r2 = r * r;
    let r4 = r2 * r2;
    let a = (1.0 + r) + (0.5 + r * (1.0 / 6.0)) * r2;
    let b = (1.0 / 24.0 + r * (1.0 / 120.0)) + (1.0 / 720.0 + r * (1.0 / 5_040.0)) * r2;
    let c = (1.0 / 40_320.0 + r * (1.0 / 362_880.0))
        + (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0)) * r2;
    let d = 1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0);
    let p = a + b * r4 + (c + d * r4) * (r4 * r4);
    let scaled = f64::from_bits(p.to_bits().wrapping_add(shifted.to_bits() << 52));
    if x > -708.0 { scaled } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_agrees_with_libm() {
        for i in 0..200_000 {
            let x = -f64::from(i) * 0.003_541;
            let (own, other) = (exp_of_negative(x), libm::exp(x));
            if x > -708.0 {
                assert!(
                    (own - other).abs() <= 2.0 * f64::EPSILON * other,
                    "exp({x}) = {own}, not {other}"
                );
            } else {
                assert_eq!(own, 0.0);
            }
        }
        assert_eq!(exp_of_negative(0.0), 1.0);
        assert_eq!(exp_of_negative(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn rows_are_normalised() {
        let mut assignment = Assignment::new(3);
        for k in 0..3 {
            for (i, z) in assignment.component_mut(k, 11).iter_mut().enumerate() {
                *z = -((k * 37 + i * 11) as f64);
            }
        }
        let mut total = Sum::default();
        assignment.normalize(11, &mut total);
        let mut expected = 0.0;
        for i in 0..11 {
            let sum: f64 = (0..3).map(|k| assignment.component(k, 11)[i]).sum();
            assert!((sum - 1.0).abs() < 4.0 * f64::EPSILON);
            expected += crate::math::log_sum_exp(&[0, 1, 2].map(|k| -((k * 37 + i * 11) as f64)));
        }
        assert!((total.value() - expected).abs() < 1e-12);
    }

    #[test]
    fn blocks_are_added_in_order_whatever_the_threads() {
        let blocks = |work| {
            let mut starts = Vec::new();
            over_blocks(3 * BLOCK + 5, work, |rows| rows, |rows| starts.push(rows));
            starts
        };
        assert_eq!(blocks(0), blocks(usize::MAX));
        assert_eq!(blocks(0).last(), Some(&(3 * BLOCK..3 * BLOCK + 5)));
    }
}
