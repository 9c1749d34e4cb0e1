//! Points about a centre, without a second copy of them.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// N x D points less a centre, which is taken away whenever a point is read.
#[derive(Debug)]
pub(super) struct Centred<'a> {
    points: ArrayView2<'a, f64>,
    centre: Array1<f64>,
}

impl<'a> Centred<'a> {
    /// The points about this centre, D numbers.
    pub(super) fn about(centre: Array1<f64>, points: ArrayView2<'a, f64>) -> Self {
        Self { points, centre }
    }

    /// The points as they are.
    pub(super) fn as_they_are(points: ArrayView2<'a, f64>) -> Self {
        Self { centre: Array1::zeros(points.ncols()), points }
    }

    /// The centre, D numbers.
    pub(super) fn centre(&self) -> &Array1<f64> {
        &self.centre
    }

    /// N.
    pub(super) fn count(&self) -> usize {
        self.points.nrows()
    }

    /// Point `i`.
    pub(super) fn point(&self, i: usize) -> Array1<f64> {
        &self.points.row(i) - &self.centre
    }

    /// These points, one a row.
    pub(super) fn select(&self, rows: &[usize]) -> Array2<f64> {
        self.points.select(ndarray::Axis(0), rows) - &self.centre
    }

    /// Gives every point in its order.
    pub(super) fn each(&self, mut give: impl FnMut(usize, ArrayView1<'_, f64>)) {
        let mut point = self.centre.clone();
        for (i, row) in self.points.rows().into_iter().enumerate() {
            for ((own, x), c) in point.iter_mut().zip(row).zip(&self.centre) {
                *own = x - c;
            }
            give(i, point.view());
        }
    }
}
