//! What the E steps share: points by column, fixed blocks of rows, and the soft assignment.
//!
//! A pass over the data goes through blocks of [`BLOCK`] rows, in parallel where there are many,
//! and adds the blocks' sums in their order: the same bits whatever the number of threads. Within
//! a block it goes through chunks of [`CHUNK`] rows, component by component, so that the inner
//! loops run over contiguous numbers and all have one length. No N x K array is kept. What is summed
//! is the models' affair.

mod column;
mod columns;
mod sums;

use ndarray::Array2;
use rayon::prelude::*;
use std::ops::Range;

pub(super) use column::Column;
pub(super) use columns::{Columns, Tile};
pub(super) use sums::{
    LANES, Lanes, LogSums, Sum, add_count, add_low_moments, add_moments, groups, total,
};

use crate::math::elementary::exp_of_negative;
use crate::math::widest::widest;

/// Rows of a block: the unit of parallel work.
pub(super) const BLOCK: usize = 4096;

/// Rows of a chunk: a few columns of it fit into the first-level cache.
pub(super) const CHUNK: usize = 64;

/// From so many numbers on (rows times components), starting threads costs less than it saves.
const PARALLEL_FROM: usize = 200_000;

/// So many rows share a logarithm.
const GROUP: usize = 8;

/// Runs `sum` over every block of these rows and `add`s the results in the order of the blocks. The
/// first row is the first of a block.
///
/// `work` is the number of numbers that the pass computes; it decides about threads, not bits.
/// `sum` should be `#[inline(always)]`, see [`widest`].
pub(super) fn over_blocks<T: Send>(
    rows: Range<usize>,
    work: usize,
    sum: impl Fn(Range<usize>) -> T + Sync,
    mut add: impl FnMut(T),
) {
    let blocks = rows.len().div_ceil(BLOCK);
    let start = |b: usize| rows.start + b * BLOCK;
    let range = |b: usize| start(b)..start(b + 1).min(rows.end);
    let sum = |block| {
        widest(
            #[inline(always)]
            || sum(block),
        )
    };
    if work < PARALLEL_FROM || blocks < 2 {
        (0..blocks).for_each(|b| add(sum(range(b))));
    } else {
        let sums: Vec<T> = (0..blocks).into_par_iter().map(|b| sum(range(b))).collect();
        sums.into_iter().for_each(add);
    }
}

/// The chunks of a block.
#[inline(always)]
pub(super) fn chunks(block: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = block.end;
    block.step_by(CHUNK).map(move |start| start..(start + CHUNK).min(end))
}

/// A chunk's K rows of [`CHUNK`] numbers: log weights, then responsibilities. A chunk of fewer rows
/// has the responsibilities 0 behind its last.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    values: Vec<Column>,
}

impl Assignment {
    /// Room for `components`.
    pub(super) fn new(components: usize) -> Self {
        Self { values: vec![Column::of(0.0); components] }
    }

    /// The numbers of every component.
    #[inline(always)]
    pub(super) fn components(&self) -> &[Column] {
        &self.values
    }

    /// The numbers of every component, to write.
    #[inline(always)]
    pub(super) fn components_mut(&mut self) -> &mut [Column] {
        &mut self.values
    }

    /// Turns log weights `z` into responsibilities `exp(z_k - logsumexp z)` and adds every row's
    /// `logsumexp z` to `total`. Of the log weights those behind the first `rows` may be anything.
    ///
    /// A row without any finite log weight makes `total` something that is not finite.
    #[inline(always)]
    pub(super) fn normalize(&mut self, rows: usize, total: &mut LogSums) {
        let (pairs, last) = self.values.as_chunks_mut::<2>();
        let mut most = Column::of(f64::NEG_INFINITY);
        for [one, other] in pairs.iter() {
            for ((most, &a), &b) in most.iter_mut().zip(one.iter()).zip(other.iter()) {
                *most = larger(b, larger(a, *most));
            }
        }
        for row in last.iter() {
            for (most, &z) in most.iter_mut().zip(row.iter()) {
                *most = larger(z, *most);
            }
        }
        // Two components at a time: the processor has more to do at once.
        let mut sums = Column::of(0.0);
        for [one, other] in pairs {
            let both = one.iter_mut().zip(other.iter_mut());
            for (((a, b), sum), most) in both.zip(sums.iter_mut()).zip(most.iter()) {
                (*a, *b) = (exp_of_negative(*a - most), exp_of_negative(*b - most));
                *sum = *sum + *a + *b;
            }
        }
        for row in last {
            for ((z, sum), most) in row.iter_mut().zip(sums.iter_mut()).zip(most.iter()) {
                *z = exp_of_negative(*z - most);
                *sum += *z;
            }
        }
        if rows < CHUNK {
            // A row that is none adds nothing.
            most[rows..].fill(0.0);
            sums[rows..].fill(1.0);
        }
        let (largest, products) = groups_of_rows(&most, &sums);
        let groups = rows.div_ceil(GROUP);
        total.extend(&largest[..groups], &products[..groups]);
        for sum in sums.iter_mut() {
            *sum = 1.0 / *sum;
        }
        for row in &mut self.values {
            for (z, factor) in row.iter_mut().zip(sums.iter()) {
                *z *= factor;
            }
            if rows < CHUNK {
                row[rows..].fill(0.0);
            }
        }
    }
}

/// The larger of two, the second if one is NaN.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// `sum most_i` and `prod sums_i` over every [`GROUP`] of rows.
///
/// A logarithm costs more than a product. The sums are between 1 and K, so eight of them neither
/// overflow nor lose more than the eight roundings of as many logarithms.
#[inline(always)]
fn groups_of_rows(
    most: &[f64; CHUNK],
    sums: &[f64; CHUNK],
) -> ([f64; CHUNK / GROUP], [f64; CHUNK / GROUP]) {
    let mut largest = [0.0; CHUNK / GROUP];
    let mut products = [1.0; CHUNK / GROUP];
    let groups = most.as_chunks::<GROUP>().0.iter().zip(sums.as_chunks::<GROUP>().0);
    for ((largest, product), (most, sums)) in largest.iter_mut().zip(&mut products).zip(groups) {
        for (most, sum) in most.iter().zip(sums) {
            *largest += most;
            *product *= sum;
        }
    }
    (largest, products)
}

/// The N x K log weights themselves, where `log_weights(tile, assignment)` fills in a chunk's.
/// `log_weights` should be `#[inline(always)]`, see [`widest`].
pub(super) fn log_weights(
    columns: &Columns<'_>,
    components: usize,
    mut log_weights: impl FnMut(&Tile, &mut Assignment),
) -> Array2<f64> {
    filled(
        columns,
        components,
        #[inline(always)]
        |_, tile, assignment| log_weights(tile, assignment),
    )
}

/// The N x K responsibilities, where `log_weights(tile, assignment)` fills in a chunk's log weights.
///
/// A point so far away that all log weights are minus infinity tells nothing: its row is equal.
/// `log_weights` should be `#[inline(always)]`, see [`widest`].
pub(super) fn responsibilities(
    columns: &Columns<'_>,
    components: usize,
    mut log_weights: impl FnMut(&Tile, &mut Assignment),
) -> Array2<f64> {
    let mut log_sums = LogSums::new();
    let mut all = filled(
        columns,
        components,
        #[inline(always)]
        |rows, tile, assignment| {
            log_weights(tile, assignment);
            assignment.normalize(rows, &mut log_sums);
        },
    );
    all.mapv_inplace(|r| if r.is_finite() { r } else { 1.0 / components as f64 });
    all
}

/// N x K numbers, where `fill(rows, tile, assignment)` fills in those of a chunk of so many rows.
fn filled(
    columns: &Columns<'_>,
    components: usize,
    mut fill: impl FnMut(usize, &Tile, &mut Assignment),
) -> Array2<f64> {
    let mut all = Array2::zeros((columns.points(), components));
    let mut assignment = Assignment::new(components);
    let mut tile = Tile::new(columns.dimensions());
    widest(
        #[inline(always)]
        || {
            for rows in chunks(0..columns.points()) {
                columns.load(&rows, &mut tile);
                fill(rows.len(), &tile, &mut assignment);
                for (k, own) in assignment.components().iter().enumerate() {
                    for (i, &z) in rows.clone().zip(own.iter()) {
                        all[[i, k]] = z;
                    }
                }
            }
        },
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_normalised() {
        let mut assignment = Assignment::new(3);
        for (k, own) in assignment.components_mut().iter_mut().enumerate() {
            for (i, z) in own.iter_mut().enumerate() {
                *z = -((k * 37 + i * 11) as f64);
            }
        }
        let mut total = LogSums::new();
        assignment.normalize(11, &mut total);
        let mut expected = 0.0;
        for i in 0..11 {
            let sum: f64 = assignment.components().iter().map(|own| own[i]).sum();
            assert!((sum - 1.0).abs() < 4.0 * f64::EPSILON);
            expected += crate::math::log_sum_exp(&[0, 1, 2].map(|k| -((k * 37 + i * 11) as f64)));
        }
        assert!((total.into_sum().value() - expected).abs() < 1e-12);
        assert!(assignment.components().iter().all(|own| own[11..].iter().all(|&r| r == 0.0)));
    }

    #[test]
    fn all_registers_give_the_same_bits() {
        let points =
            Array2::from_shape_fn((CHUNK, 2), |(i, j)| libm::sin((i * 7 + j * 3) as f64) * 30.0);
        let columns = Columns::new(points.view());
        let all = crate::math::widest::in_all_widths(
            #[inline(always)]
            || {
                let (mut tile, mut assignment) = (Tile::new(2), Assignment::new(5));
                let mut log_sums = LogSums::new();
                columns.load(&(0..CHUNK), &mut tile);
                let [x, y] = tile.columns() else { return Vec::new() };
                for (k, own) in assignment.components_mut().iter_mut().enumerate() {
                    for ((z, x), y) in own.iter_mut().zip(x.iter()).zip(y.iter()) {
                        *z = -0.3 * (x - k as f64) * (x - k as f64) - 0.1 * y;
                    }
                }
                assignment.normalize(CHUNK, &mut log_sums);
                let mut bits = vec![log_sums.into_sum().value().to_bits()];
                for r in assignment.components() {
                    bits.extend(r.iter().map(|r| r.to_bits()));
                    let mut lanes = [[0.0; LANES]; 5];
                    let [count, one, other, first, second] = &mut lanes;
                    add_count(r, count);
                    add_low_moments(r, y, 0.7, [one, other]);
                    add_moments(r, x, 0.3, [first, second]);
                    bits.extend(lanes.map(|lanes| total(lanes).to_bits()));
                }
                bits
            },
        );
        assert!(all.iter().all(|bits| *bits == all[0] && bits.len() > CHUNK));
    }

    #[test]
    fn blocks_are_added_in_order_whatever_the_threads() {
        let blocks = |work| {
            let mut starts = Vec::new();
            over_blocks(0..3 * BLOCK + 5, work, |rows| rows, |rows| starts.push(rows));
            starts
        };
        assert_eq!(blocks(0), blocks(usize::MAX));
        assert_eq!(blocks(0).last(), Some(&(3 * BLOCK..3 * BLOCK + 5)));
    }
}
