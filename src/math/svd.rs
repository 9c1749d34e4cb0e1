//! The singular value decomposition of small square matrices, with the signs that LAPACK gives.
//!
//! numpy draws from a multivariate normal distribution through this decomposition, so a row of V^T
//! with the other sign would give other data. The signs follow no simple rule; they are those of
//! the steps that LAPACK's `dgesdd` takes for up to 25 rows, so the same steps are taken here:
//! Householder reflections to a bidiagonal matrix (this file), then implicit QR steps that make it
//! diagonal (`bidiagonal`, with the rotations of `rotation`).
//!
//! References: E. Anderson et al., LAPACK Users' Guide (1999); J. Demmel and W. Kahan, Accurate
//! singular values of bidiagonal matrices, SIAM J. Sci. Stat. Comput. 11 (1990).

mod bidiagonal;
mod rotation;

use ndarray::Array2;

use bidiagonal::Bidiagonal;

/// The singular values (descending) and V^T of a square matrix `A = U diag(s) V^T`.
///
/// Signs equal `numpy.linalg.svd`'s for up to 25 rows; larger matrices are decomposed as well, with
/// signs of their own. Values that are not finite give values that are not finite.
pub fn svd(matrix: &Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let n = matrix.nrows().min(matrix.ncols());
    let (diagonal, superdiagonal, reflections) = bidiagonalise(matrix, n);
    let (values, mut rows) = Bidiagonal::new(diagonal, superdiagonal).decompose();
    for reflection in reflections.iter().rev() {
        for row in rows.rows_mut() {
            reflection.apply(row);
        }
    }
    (values, rows)
}

/// The map `x -> x - factor (v . x) v` on the coordinates from `start` on.
struct Reflection {
    start: usize,
    vector: Vec<f64>,
    factor: f64,
}

impl Reflection {
    /// The reflection that maps `x` (from coordinate `start` on) to `(beta, 0, ..., 0)`, and beta,
    /// whose sign is opposite to that of the first entry. The identity if `x` has that form.
    fn onto_first(start: usize, mut x: Vec<f64>) -> (Self, f64) {
        let first = x[0];
        let rest = x[1..].iter().fold(0.0, |sum, v| sum + v * v).sqrt();
        let (beta, factor) = if rest == 0.0 {
            (first, 0.0)
        } else {
            let beta = -libm::hypot(first, rest).copysign(first);
            for v in &mut x[1..] {
                *v /= first - beta;
            }
            (beta, (beta - first) / beta)
        };
        x[0] = 1.0;
        (Self { start, vector: x, factor }, beta)
    }

    fn apply(&self, mut x: ndarray::ArrayViewMut1<f64>) {
        let mut dot = 0.0;
        for (i, v) in self.vector.iter().enumerate() {
            dot += x[self.start + i] * v;
        }
        let scale = self.factor * dot;
        for (i, v) in self.vector.iter().enumerate() {
            x[self.start + i] -= scale * v;
        }
    }
}

/// `A = Q B P^T` with B upper bidiagonal: its diagonal, its superdiagonal and the reflections whose
/// product is P. Column by column from the left and row by row from the right in turn.
fn bidiagonalise(matrix: &Array2<f64>, n: usize) -> (Vec<f64>, Vec<f64>, Vec<Reflection>) {
    let mut a = matrix.clone();
    let mut diagonal = Vec::with_capacity(n);
    let mut superdiagonal = Vec::with_capacity(n);
    let mut reflections = Vec::with_capacity(n);
    for i in 0..n {
        let (left, beta) = Reflection::onto_first(i, (i..n).map(|r| a[[r, i]]).collect());
        diagonal.push(beta);
        for c in i + 1..n {
            left.apply(a.column_mut(c));
        }
        if i + 1 < n {
            let (right, beta) =
                Reflection::onto_first(i + 1, (i + 1..n).map(|c| a[[i, c]]).collect());
            superdiagonal.push(beta);
            for r in i + 1..n {
                right.apply(a.row_mut(r));
            }
            reflections.push(right);
        }
    }
    (diagonal, superdiagonal, reflections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_diagonal_matrix_is_sorted_and_keeps_its_signs() {
        let (values, rows) = svd(&array![[1.0, 0.0], [0.0, 2.0]]);
        assert_eq!(values, [2.0, 1.0]);
        assert_eq!(rows, array![[0.0, 1.0], [1.0, 0.0]]);
        assert_eq!(svd(&array![[3.0]]), (vec![3.0], array![[1.0]]));
        assert_eq!(svd(&Array2::zeros((0, 0))), (vec![], Array2::zeros((0, 0))));
    }

    #[test]
    fn symmetric_matrices_are_put_together_again() {
        let matrix = array![[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]];
        let (values, rows) = svd(&matrix);
        let back = rows.t().dot(&Array2::from_diag(&ndarray::arr1(&values))).dot(&rows);
        assert!((&back - &matrix).iter().all(|d| d.abs() < 1e-14));
    }

    #[test]
    fn numbers_that_are_not_finite_lead_to_no_loop() {
        for bad in [f64::NAN, f64::INFINITY, f64::MAX] {
            svd(&Array2::from_elem((4, 4), bad));
            svd(&array![[1.0, bad], [bad, 2.0]]);
        }
        assert_eq!(svd(&Array2::zeros((3, 3))).0, [0.0; 3]);
    }
}
