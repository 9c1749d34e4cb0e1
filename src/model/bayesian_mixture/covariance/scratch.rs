//! Room for the numbers of a chunk between two loops of a pass.
//!
//! Sums wait in their lanes until all of a kind are there: added up on the spot, they would keep the
//! compiler from running the lanes in one register.

use crate::model::kernel::{self, Assignment, CHUNK, LANES, Lanes, Tile};

/// Rows and columns of a block of pairs of coordinates.
pub(super) const ROWS: usize = 4;
pub(super) const COLUMNS: usize = 2;

/// Room for a chunk's numbers.
#[derive(Clone, Debug)]
pub(in crate::model::bayesian_mixture) struct Scratch {
    /// `sum_i r_ik`, one a component.
    counts: Vec<Lanes>,
    /// First and second moments, one a coordinate.
    moments: Vec<[Lanes; 2]>,
    /// `x_ij - c_j`.
    pub(super) differences: Tile,
    /// `r_i (x_ij - c_j)` for [`ROWS`] coordinates, and their sums.
    pub(super) weighted: [[f64; CHUNK]; ROWS],
    pub(super) sums: [Lanes; ROWS],
    /// Those of few coordinates.
    pub(super) few: Vec<Lanes>,
    /// The sums of their products with every coordinate, as many as fill the last block.
    pub(super) products: [Vec<Lanes>; ROWS],
}

impl Scratch {
    /// For so many components in `dimensions`.
    pub(in crate::model::bayesian_mixture) fn new(components: usize, dimensions: usize) -> Self {
        Self {
            counts: vec![[0.0; LANES]; components],
            moments: vec![[[0.0; LANES]; 2]; dimensions],
            differences: Tile::new(dimensions),
            weighted: [[0.0; CHUNK]; ROWS],
            sums: [[0.0; LANES]; ROWS],
            few: Vec::new(),
            products: std::array::from_fn(|_| {
                vec![[0.0; LANES]; dimensions.next_multiple_of(COLUMNS)]
            }),
        }
    }

    /// Adds `sum_i r_ik` to every count.
    #[inline(always)]
    pub(super) fn add_counts(&mut self, assignment: &Assignment, counts: &mut [f64]) {
        for (lanes, r) in self.counts.iter_mut().zip(assignment.components()) {
            *lanes = kernel::sum(r);
        }
        for (count, lanes) in counts.iter_mut().zip(&self.counts) {
            *count += kernel::total(*lanes);
        }
    }

    /// `sum_i r_i d_ij` and `sum_i r_i d_ij^2` for every coordinate `j` of the differences `d` from
    /// the centre.
    #[inline(always)]
    pub(super) fn moments(
        &mut self,
        r: &[f64; CHUNK],
        tile: &Tile,
        centre: &[f64],
    ) -> &[[Lanes; 2]] {
        for ((lanes, x), c) in self.moments.iter_mut().zip(tile.columns()).zip(centre) {
            *lanes = kernel::moments(r, x, *c);
        }
        &self.moments
    }
}
