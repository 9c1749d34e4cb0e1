//! Mahalanobis distances of a chunk's points, for the E step.

use ndarray::Array2;

use super::{Covariances, Moments, diag, full, spherical};
use crate::model::kernel::{CHUNK, Column, Tile};

/// The covariances as the E step needs them, prepared once a pass.
#[derive(Debug, Clone)]
pub(in crate::model) struct Distances<'a> {
    covariances: &'a Covariances,
    /// `L_k^-1` with `C_k = L_k L_k^T` for `full`, one for `tied`, none for the others.
    factors: Vec<Array2<f64>>,
    /// `1 / (2 C_kj)`, K x D, for `diag` and `spherical`; none for the others.
    halves: Vec<f64>,
}

impl<'a> Distances<'a> {
    /// Prepares the covariances of points in `dimensions`. What is not positive definite gives
    /// distances that are NaN.
    pub(in crate::model) fn new(covariances: &'a Covariances, dimensions: usize) -> Self {
        let (factors, halves) = match covariances {
            Covariances::Full(all) => (all.iter().map(full::inverse_factor).collect(), Vec::new()),
            Covariances::Tied(matrix) => (vec![full::inverse_factor(matrix)], Vec::new()),
            Covariances::Diag(variances) => (Vec::new(), diag::factors(variances)),
            Covariances::Spherical(variances) => {
                (Vec::new(), spherical::factors(variances, dimensions))
            }
        };
        Self { covariances, factors, halves }
    }

    /// Subtracts `1/2 (x_i - m_k)^T C_k^-1 (x_i - m_k)` from every `z_i` of a chunk. `room`
    /// is as large as the tile.
    #[inline(always)]
    pub(in crate::model::bayesian_mixture) fn subtract_half(
        &self,
        k: usize,
        mean: &[f64],
        tile: &Tile,
        z: &mut [f64; CHUNK],
        room: &mut Tile,
    ) {
        let index = match self.covariances {
            Covariances::Full(_) => k,
            Covariances::Tied(_) => 0,
            Covariances::Diag(_) | Covariances::Spherical(_) => {
                let d = mean.len();
                return diag::subtract_squares(&self.halves[k * d..(k + 1) * d], mean, tile, z);
            }
        };
        // In standard layout by construction.
        let factor = self.factors[index].as_slice().unwrap_or_default();
        match mean.len() {
            1 => subtract_few::<1>(factor, mean, tile, z),
            2 => subtract_few::<2>(factor, mean, tile, z),
            _ => subtract_many(factor, mean, tile, z, room),
        }
    }

    /// `1/2 sum_i r_ik (x_i - m_k)^T C_k^-1 (x_i - m_k)`, summed over components, from moments about
    /// `m_k`.
    pub(in crate::model::bayesian_mixture) fn half_sum(&self, moments: &Moments) -> f64 {
        let second = &moments.second;
        match self.covariances {
            Covariances::Full(_) => {
                let each = self.factors.iter().zip(second.rows());
                each.map(|(factor, second)| full::half_distances(factor, second)).sum()
            }
            Covariances::Tied(_) => {
                second.rows().into_iter().map(|s| full::half_distances(&self.factors[0], s)).sum()
            }
            Covariances::Diag(variances) => 0.5 * (second / variances).sum(),
            Covariances::Spherical(variances) => {
                0.5 * second.iter().zip(variances).map(|(s, v)| s / v).sum::<f64>()
            }
        }
    }
}

/// Subtracts `1/2 || F (x_i - m) ||^2` from every `z_i`, `F` lower triangular, D x D row by row.
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
                whitened = row[l].mul_add(tile[l][i] - mean[l], whitened);
            }
            *z = (-0.5 * whitened).mul_add(whitened, *z);
        }
    }
}

/// The same of any number of coordinates.
#[inline(always)]
fn subtract_many(factor: &[f64], mean: &[f64], tile: &Tile, z: &mut [f64; CHUNK], room: &mut Tile) {
    room.set_differences(tile, mean);
    let differences = room.columns();
    for (j, row) in factor.chunks_exact(differences.len()).enumerate() {
        let mut whitened = Column::of(0.0);
        for (d, f) in differences[..=j].iter().zip(row) {
            for (w, d) in whitened.iter_mut().zip(d.iter()) {
                *w = f.mul_add(*d, *w);
            }
        }
        for (z, w) in z.iter_mut().zip(whitened.iter()) {
            *z = (-0.5 * w).mul_add(*w, *z);
        }
    }
}
