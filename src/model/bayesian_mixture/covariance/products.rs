//! What full covariances cost in a pass: the products of all pairs of coordinates, a chunk at a time.
//!
//! Few coordinates are held in registers. Of many a block is: every number that is read then takes
//! part in several products. Sums run in the order of the coordinates and of the lanes
//! ([`kernel::LANES`]) either way.

use crate::model::kernel::{self, CHUNK, LANES, Lanes, Tile};

/// Rows and columns of a block of pairs.
const ROWS: usize = 4;
const COLUMNS: usize = 2;

/// Room for a chunk's numbers in between.
#[derive(Clone, Debug)]
pub(in crate::model::bayesian_mixture) struct Scratch {
    /// `x_ij - c_j`.
    differences: Tile,
    /// `r_i (x_ij - c_j)` for [`ROWS`] coordinates.
    weighted: [[f64; CHUNK]; ROWS],
}

impl Scratch {
    /// For points in `dimensions`.
    pub(in crate::model::bayesian_mixture) fn new(dimensions: usize) -> Self {
        Self { differences: Tile::new(dimensions), weighted: [[0.0; CHUNK]; ROWS] }
    }
}

/// Adds `sum_i r_i d_ij` to `first` and `sum_i r_i d_ij d_il` to `second` for every coordinate `j` of
/// the differences `d` from the centre and every `l <= j`, row by row.
#[inline(always)]
pub(super) fn add_moments(
    r: &[f64; CHUNK],
    tile: &Tile,
    centre: &[f64],
    first: &mut [f64],
    second: &mut [f64],
    scratch: &mut Scratch,
) {
    match centre.len() {
        1 => add_few::<1>(r, tile, centre, first, second),
        2 => add_few::<2>(r, tile, centre, first, second),
        3 => add_few::<3>(r, tile, centre, first, second),
        _ => add_many(r, tile, centre, first, second, scratch),
    }
}

#[inline(always)]
fn add_few<const D: usize>(
    r: &[f64; CHUNK],
    tile: &Tile,
    centre: &[f64],
    first: &mut [f64],
    second: &mut [f64],
) {
    let (Ok(tile), Ok(centre)) = (<&[_; D]>::try_from(tile.columns()), <&[_; D]>::try_from(centre))
    else {
        return;
    };
    let mut sums = [[0.0; LANES]; D];
    let mut products = [[[0.0; LANES]; D]; D];
    for (group, r) in kernel::groups(r).iter().enumerate() {
        let mut d = [[0.0; LANES]; D];
        for j in 0..D {
            let x: &Lanes = &kernel::groups(&tile[j])[group];
            for lane in 0..LANES {
                d[j][lane] = x[lane] - centre[j];
            }
        }
        for j in 0..D {
            for lane in 0..LANES {
                let weighted = r[lane] * d[j][lane];
                sums[j][lane] += weighted;
                for l in 0..=j {
                    products[j][l][lane] += weighted * d[l][lane];
                }
            }
        }
    }
    let mut second = second.iter_mut();
    for ((j, first), sum) in first.iter_mut().enumerate().zip(sums) {
        *first += kernel::total(sum);
        for (product, second) in products[j][..=j].iter().zip(second.by_ref()) {
            *second += kernel::total(*product);
        }
    }
}

#[inline(always)]
fn add_many(
    r: &[f64; CHUNK],
    tile: &Tile,
    centre: &[f64],
    first: &mut [f64],
    second: &mut [f64],
    scratch: &mut Scratch,
) {
    let Scratch { differences, weighted } = scratch;
    differences.set_differences(tile, centre);
    let differences = differences.columns();
    let dimensions = differences.len();
    for start in (0..dimensions).step_by(ROWS) {
        let own = &differences[start..(start + ROWS).min(dimensions)];
        for ((weighted, d), first) in weighted.iter_mut().zip(own).zip(&mut first[start..]) {
            let mut sum = [0.0; LANES];
            let groups = kernel::groups(d).iter().zip(kernel::groups(r));
            for ((d, r), weighted) in groups.zip(weighted.as_chunks_mut::<LANES>().0) {
                for lane in 0..LANES {
                    weighted[lane] = r[lane] * d[lane];
                    sum[lane] += weighted[lane];
                }
            }
            *first += kernel::total(sum);
        }
        // Pairs above the diagonal, and those of coordinates that there are not, are thrown away.
        for left in (0..start + own.len()).step_by(COLUMNS) {
            let right = (left + 1).min(dimensions - 1);
            let sums = block(weighted, [&differences[left], &differences[right]]);
            for (j, sums) in (start..dimensions).zip(sums) {
                for (l, sum) in (left..=j).zip(sums) {
                    second[j * (j + 1) / 2 + l] += sum;
                }
            }
        }
    }
}

/// The sums over rows of the products of every one of `a` with every one of `b`.
#[inline(always)]
fn block(a: &[[f64; CHUNK]; ROWS], b: [&[f64; CHUNK]; COLUMNS]) -> [[f64; COLUMNS]; ROWS] {
    let mut sums = [[[0.0; LANES]; COLUMNS]; ROWS];
    for group in 0..CHUNK / LANES {
        let a: [Lanes; ROWS] = std::array::from_fn(|j| kernel::groups(&a[j])[group]);
        let b: [Lanes; COLUMNS] = std::array::from_fn(|l| kernel::groups(b[l])[group]);
        for j in 0..ROWS {
            for l in 0..COLUMNS {
                for lane in 0..LANES {
                    sums[j][l][lane] += a[j][lane] * b[l][lane];
                }
            }
        }
    }
    sums.map(|row| row.map(kernel::total))
}

/// Subtracts `1/2 || F (x_i - m) ||^2` from every `z_i`, `F` lower triangular, D x D row by row.
#[inline(always)]
pub(super) fn subtract_half_squares(
    factor: &[f64],
    mean: &[f64],
    tile: &Tile,
    z: &mut [f64; CHUNK],
    scratch: &mut Scratch,
) {
    match mean.len() {
        1 => subtract_few::<1>(factor, mean, tile, z),
        2 => subtract_few::<2>(factor, mean, tile, z),
        3 => subtract_few::<3>(factor, mean, tile, z),
        _ => subtract_many(factor, mean, tile, z, scratch),
    }
}

#[inline(always)]
fn subtract_few<const D: usize>(factor: &[f64], mean: &[f64], tile: &Tile, z: &mut [f64; CHUNK]) {
    let (rows, _) = factor.as_chunks::<D>();
    let (Ok(factor), Ok(mean), Ok(tile)) =
        (<&[_; D]>::try_from(rows), <&[_; D]>::try_from(mean), <&[_; D]>::try_from(tile.columns()))
    else {
        return;
    };
    for (i, z) in z.iter_mut().enumerate() {
        for j in 0..D {
            let mut whitened = 0.0;
            for l in 0..=j {
                whitened += factor[j][l] * (tile[l][i] - mean[l]);
            }
            *z -= 0.5 * whitened * whitened;
        }
    }
}

#[inline(always)]
fn subtract_many(
    factor: &[f64],
    mean: &[f64],
    tile: &Tile,
    z: &mut [f64; CHUNK],
    scratch: &mut Scratch,
) {
    let Scratch { differences, .. } = scratch;
    differences.set_differences(tile, mean);
    let differences = differences.columns();
    for (j, row) in factor.chunks_exact(differences.len()).enumerate() {
        let mut whitened = [0.0; CHUNK];
        let (fours, rest) = differences[..=j].as_chunks::<4>();
        let (own_fours, own_rest) = row[..=j].as_chunks::<4>();
        for (d, f) in fours.iter().zip(own_fours) {
            for (i, w) in whitened.iter_mut().enumerate() {
                *w = *w + f[0] * d[0][i] + f[1] * d[1][i] + f[2] * d[2][i] + f[3] * d[3][i];
            }
        }
        for (d, f) in rest.iter().zip(own_rest) {
            for (w, d) in whitened.iter_mut().zip(d) {
                *w += f * d;
            }
        }
        for (z, w) in z.iter_mut().zip(whitened) {
            *z -= 0.5 * w * w;
        }
    }
}
