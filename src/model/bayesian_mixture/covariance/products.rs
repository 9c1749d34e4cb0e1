//! What full covariances cost in a pass: the products of all pairs of coordinates, a chunk at a time.
//!
//! Few coordinates are held in registers. Of many a block is: every number that is read then takes
//! part in several products. Sums run in the order of the coordinates and of the lanes
//! ([`kernel::LANES`]) either way.

use super::scratch::{COLUMNS, ROWS, Scratch};
use crate::model::kernel::{self, CHUNK, LANES, Lanes, Tile};

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
        1 => add_few::<1>(r, tile, centre, first, second, scratch),
        2 => add_few::<2>(r, tile, centre, first, second, scratch),
        3 => add_few::<3>(r, tile, centre, first, second, scratch),
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
    scratch: &mut Scratch,
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
    let few = &mut scratch.few;
    few.clear();
    few.extend_from_slice(&sums);
    for (j, row) in products.iter().enumerate() {
        few.extend_from_slice(&row[..=j]);
    }
    for (sum, lanes) in first.iter_mut().chain(second).zip(few) {
        *sum += kernel::total(*lanes);
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
    let Scratch { differences, weighted, sums, products, .. } = scratch;
    differences.set_differences(tile, centre);
    let differences = differences.columns();
    let dimensions = differences.len();
    for start in (0..dimensions).step_by(ROWS) {
        let own = &differences[start..(start + ROWS).min(dimensions)];
        for ((weighted, d), sum) in weighted.iter_mut().zip(own).zip(sums.iter_mut()) {
            for ((weighted, r), d) in weighted.iter_mut().zip(r).zip(d) {
                *weighted = r * d;
            }
            *sum = kernel::sum(weighted);
        }
        // Pairs above the diagonal, and those of coordinates that there are not, are thrown away.
        let end = start + own.len();
        for left in (0..end).step_by(COLUMNS) {
            let right = (left + 1).min(dimensions - 1);
            let own = block(weighted, [&differences[left], &differences[right]]);
            for (row, own) in products.iter_mut().zip(&own) {
                row[left..left + COLUMNS].copy_from_slice(own);
            }
        }
        for (first, sum) in first[start..end].iter_mut().zip(sums.iter()) {
            *first += kernel::total(*sum);
        }
        for (j, products) in (start..end).zip(products.iter()) {
            let row = &mut second[j * (j + 1) / 2..][..=j];
            for (second, product) in row.iter_mut().zip(products) {
                *second += kernel::total(*product);
            }
        }
    }
}

/// The sums over rows of the products of every one of `a` with every one of `b`.
#[inline(always)]
fn block(a: &[[f64; CHUNK]; ROWS], b: [&[f64; CHUNK]; COLUMNS]) -> [[Lanes; COLUMNS]; ROWS] {
    let mut sums = [[[0.0; LANES]; COLUMNS]; ROWS];
    for group in 0..CHUNK / LANES {
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sums, b) in sums.iter_mut().zip(b) {
                *sums = add_product(*sums, &kernel::groups(a)[group], &kernel::groups(b)[group]);
            }
        }
    }
    sums
}

#[inline(always)]
fn add_product(sum: Lanes, a: &Lanes, b: &Lanes) -> Lanes {
    [sum[0] + a[0] * b[0], sum[1] + a[1] * b[1], sum[2] + a[2] * b[2], sum[3] + a[3] * b[3]]
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
        for (j, row) in factor.iter().enumerate() {
            let mut whitened = 0.0;
            for l in 0..=j {
                whitened += row[l] * (tile[l][i] - mean[l]);
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
