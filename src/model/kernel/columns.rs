//! Points as the passes read them: where they are, and a chunk at a time by column.

use ndarray::{ArrayView2, CowArray, Ix2};
use std::ops::Range;

use super::{CHUNK, Column, Sum};

/// N x D points, read where they lie: no second copy of them is made.
#[derive(Clone, Debug)]
pub(in crate::model) struct Columns<'a> {
    rows: CowArray<'a, f64, Ix2>,
}

/// A chunk of points by column, what the inner loops want to read: D columns of [`CHUNK`] numbers.
/// Behind the last of fewer rows the last row is repeated, so that the loops have one length.
#[derive(Clone, Debug)]
pub(in crate::model) struct Tile {
    columns: Vec<Column>,
}

impl<'a> Columns<'a> {
    /// N x D points. Only those that do not lie row by row are copied.
    pub(in crate::model) fn new(points: ArrayView2<'a, f64>) -> Self {
        let rows = match points.is_standard_layout() {
            true => CowArray::from(points),
            false => CowArray::from(points.as_standard_layout().into_owned()),
        };
        Self { rows }
    }

    /// N.
    pub(in crate::model) fn points(&self) -> usize {
        self.rows.nrows()
    }

    /// D.
    pub(in crate::model) fn dimensions(&self) -> usize {
        self.rows.ncols()
    }

    /// Coordinate `j` of all points.
    pub(in crate::model) fn column(&self, j: usize) -> impl Iterator<Item = f64> {
        self.rows.column(j).into_iter().copied()
    }

    /// The mean of every coordinate.
    pub(in crate::model) fn means(&self) -> Vec<f64> {
        (0..self.dimensions())
            .map(|j| self.column(j).collect::<Sum>().value() / self.points() as f64)
            .collect()
    }

    /// The given rows, one behind the other.
    #[inline(always)]
    pub(in crate::model) fn rows(&self, rows: &Range<usize>) -> &[f64] {
        let dimensions = self.dimensions();
        // The array is in standard layout by construction, so there is a slice.
        let all = self.rows.as_slice().unwrap_or_default();
        &all[rows.start * dimensions..rows.end * dimensions]
    }

    /// Copies the given rows, at least one and at most [`CHUNK`] of them, into the tile.
    #[inline(always)]
    pub(in crate::model) fn load(&self, rows: &Range<usize>, tile: &mut Tile) {
        let own = self.rows(rows);
        match tile.columns.as_mut_slice() {
            [x] => x[..own.len()].copy_from_slice(own),
            [x, y] => {
                let both = x.iter_mut().zip(y.iter_mut());
                for ((x, y), row) in both.zip(own.as_chunks::<2>().0) {
                    [*x, *y] = *row;
                }
            }
            columns => {
                let dimensions = columns.len();
                for (j, column) in columns.iter_mut().enumerate() {
                    for (own, row) in column.iter_mut().zip(own.chunks_exact(dimensions)) {
                        *own = row[j];
                    }
                }
            }
        }
        if rows.len() < CHUNK {
            for column in &mut tile.columns {
                let last = column[rows.len() - 1];
                column[rows.len()..].fill(last);
            }
        }
    }
}

impl Tile {
    /// Room for points in `dimensions`.
    pub(in crate::model) fn new(dimensions: usize) -> Self {
        Self { columns: vec![Column::of(0.0); dimensions] }
    }

    /// The columns.
    #[inline(always)]
    pub(in crate::model) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Writes another's rows less `centre`.
    #[inline(always)]
    pub(in crate::model) fn set_differences(&mut self, other: &Self, centre: &[f64]) {
        for ((own, x), centre) in self.columns.iter_mut().zip(&other.columns).zip(centre) {
            for (own, x) in own.iter_mut().zip(x.iter()) {
                *own = x - centre;
            }
        }
    }
}
