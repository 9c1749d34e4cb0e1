//! What full covariances of many coordinates cost in a pass: the products of all pairs of coordinates.
//!
//! A sum runs over the rows in their order, and registers hold coordinates, so that nothing has to be
//! added up across a register. Coordinates come in eights, the last filled up with zeros; an eight
//! by eight block of products stays in registers while all rows of a chunk go by. How many rows
//! of a block are held at once is a matter of how many registers there are, not of the results.

use ndarray::Array2;

use crate::math::widest::has_registers_of_eight;
use crate::model::kernel::{Assignment, CHUNK};

/// So many coordinates lie together.
const SIDE: usize = 8;

/// Coordinates beside each other, where the widest registers can be filled at one go.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Eight([f64; SIDE]);

const ZEROS: Eight = Eight([0.0; SIDE]);

/// First and second moments of a block, and room for a chunk. All that is D long has `width` eights.
#[derive(Debug)]
pub(super) struct Products {
    width: usize,
    /// K x D.
    centres: Vec<Eight>,
    /// `sum_i r_ik d_ij` of the differences `d` from the centre, K x D.
    first: Vec<Eight>,
    /// `sum_i r_ik d_ij d_il`: the blocks on and below the diagonal row by row, eight rows each; K
    /// times.
    second: Vec<Eight>,
    /// The chunk's points, [`CHUNK`] x D.
    rows: Vec<Eight>,
    /// `d_ij` and `r_ik d_ij` for one component, [`CHUNK`] x D.
    differences: Vec<Eight>,
    weighted: Vec<Eight>,
}

impl Products {
    /// Over no points.
    pub(super) fn new(centres: &Array2<f64>) -> Self {
        let (components, dimensions) = centres.dim();
        let width = dimensions.div_ceil(SIDE);
        let zeros = |count: usize| vec![ZEROS; count];
        let mut padded = zeros(components * width);
        for ((k, j), centre) in centres.indexed_iter() {
            padded[k * width + j / SIDE].0[j % SIDE] = *centre;
        }
        Self {
            width,
            centres: padded,
            first: zeros(components * width),
            second: zeros(components * Self::blocks(width) * SIDE),
            rows: zeros(CHUNK * width),
            differences: zeros(CHUNK * width),
            weighted: zeros(CHUNK * width),
        }
    }

    /// Blocks on and below the diagonal.
    fn blocks(width: usize) -> usize {
        width * (width + 1) / 2
    }

    /// `sum_i r_ik d_ij`.
    pub(super) fn first(&self, k: usize, j: usize) -> f64 {
        self.first[k * self.width + j / SIDE].0[j % SIDE]
    }

    /// `sum_i r_ik d_ij d_il` for `l <= j`.
    pub(super) fn second(&self, k: usize, j: usize, l: usize) -> f64 {
        let block = k * Self::blocks(self.width) + Self::blocks(j / SIDE) + l / SIDE;
        self.second[block * SIDE + j % SIDE].0[l % SIDE]
    }

    /// Adds a chunk's points, which lie row by row.
    #[inline(always)]
    pub(super) fn add_chunk(&mut self, rows: &[f64], dimensions: usize, assignment: &Assignment) {
        self.load(rows, dimensions);
        let wide = has_registers_of_eight();
        for (k, r) in assignment.components().iter().enumerate() {
            self.weigh(k, r);
            match wide {
                true => self.add_products::<SIDE>(k),
                false => self.add_products::<{ SIDE / 2 }>(k),
            }
        }
    }

    /// Copies a chunk's points. Rows behind the last keep what they had: they have no weight.
    #[inline(always)]
    fn load(&mut self, rows: &[f64], dimensions: usize) {
        for (own, row) in self.rows.chunks_exact_mut(self.width).zip(rows.chunks_exact(dimensions))
        {
            let (eights, rest) = row.as_chunks();
            for (own, x) in own.iter_mut().zip(eights) {
                own.0 = *x;
            }
            if let Some(own) = own.get_mut(eights.len()) {
                own.0[..rest.len()].copy_from_slice(rest);
            }
        }
    }

    /// The differences of component `k` and what they count, which is added to the first moments.
    #[inline(always)]
    fn weigh(&mut self, k: usize, r: &[f64; CHUNK]) {
        let width = self.width;
        for block in 0..width {
            let (centre, first) = (self.centres[k * width + block].0, k * width + block);
            let mut sum = self.first[first].0;
            let room = self.differences.chunks_exact_mut(width);
            let room = room.zip(self.weighted.chunks_exact_mut(width));
            for ((x, r), (difference, weighted)) in self.rows.chunks_exact(width).zip(r).zip(room) {
                let x = x[block].0;
                let d: [f64; SIDE] = std::array::from_fn(|l| x[l] - centre[l]);
                let w: [f64; SIDE] = std::array::from_fn(|l| r * d[l]);
                sum = std::array::from_fn(|l| sum[l] + w[l]);
                difference[block].0 = d;
                weighted[block].0 = w;
            }
            self.first[first].0 = sum;
        }
    }

    /// Adds the products of component `k`, so many rows of a block at once.
    #[inline(always)]
    fn add_products<const ROWS: usize>(&mut self, k: usize) {
        let width = self.width;
        let each = Self::blocks(width) * SIDE;
        let own = &mut self.second[k * each..(k + 1) * each];
        let places = (0..width).flat_map(|right| (0..=right).map(move |left| (right, left)));
        for ((right, left), block) in places.zip(own.as_chunks_mut::<SIDE>().0) {
            for (part, own) in block.as_chunks_mut::<ROWS>().0.iter_mut().enumerate() {
                let mut sums = own.map(|own| own.0);
                let differences = self.differences.chunks_exact(width);
                for (d, w) in differences.zip(self.weighted.chunks_exact(width)) {
                    let d = d[left].0;
                    let w = &w[right].0.as_chunks::<ROWS>().0[part];
                    for j in 0..ROWS {
                        for l in 0..SIDE {
                            sums[j][l] = w[j].mul_add(d[l], sums[j][l]);
                        }
                    }
                }
                *own = sums.map(Eight);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::widest::in_all_widths;
    use crate::model::kernel::Columns;

    /// A number that looks like none other.
    fn number(i: usize, j: usize) -> f64 {
        libm::sin((i * 31 + j * 7) as f64) * 3.0
    }

    #[test]
    fn products_are_those_of_all_pairs_in_blocks_of_any_height() {
        for dimensions in [4, 7, 8, 9, 16, 19] {
            let points = Array2::from_shape_fn((CHUNK + 5, dimensions), |(i, j)| number(i, j));
            let centres = Array2::from_shape_fn((2, dimensions), |(k, j)| number(k, j + 100));
            let r = |i: usize, k: usize| 0.5 + 0.5 * number(i, k + 200) / 3.0;
            let columns = Columns::new(points.view());
            let all = in_all_widths(|| {
                let new = || Products::new(&centres);
                let (mut usual, mut others) = (new(), [new(), new(), new()]);
                for rows in [0..CHUNK, CHUNK..CHUNK + 5] {
                    let mut assignment = Assignment::new(2);
                    for (k, own) in assignment.components_mut().iter_mut().enumerate() {
                        for (own, i) in own.iter_mut().zip(rows.clone()) {
                            *own = r(i, k);
                        }
                    }
                    usual.add_chunk(columns.rows(&rows), dimensions, &assignment);
                    others.iter_mut().for_each(|own| own.load(columns.rows(&rows), dimensions));
                    for (k, r) in assignment.components().iter().enumerate() {
                        others.iter_mut().for_each(|own| own.weigh(k, r));
                        let [one, four, eight] = &mut others;
                        one.add_products::<1>(k);
                        four.add_products::<4>(k);
                        eight.add_products::<SIDE>(k);
                    }
                }
                (usual, others)
            });
            for (products, others) in &all {
                for (k, j, l) in (0..2 * dimensions * dimensions)
                    .map(|n| (n % 2, n / 2 % dimensions, n / 2 / dimensions))
                    .filter(|(_, j, l)| l <= j)
                {
                    let found = products.second(k, j, l);
                    for other in others {
                        assert_eq!(found.to_bits(), other.second(k, j, l).to_bits());
                    }
                    assert_eq!(found.to_bits(), all[0].0.second(k, j, l).to_bits());
                    let d = |i: usize, j: usize| points[[i, j]] - centres[[k, j]];
                    let rows = 0..CHUNK + 5;
                    let expected: f64 = rows.clone().map(|i| r(i, k) * d(i, j) * d(i, l)).sum();
                    assert!((found - expected).abs() < 1e-11, "{found} is not {expected}");
                    let expected: f64 = rows.map(|i| r(i, k) * d(i, j)).sum();
                    assert!((products.first(k, j) - expected).abs() < 1e-12);
                }
            }
        }
    }
}
