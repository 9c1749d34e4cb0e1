//! Dense linear algebra of small matrices: at most some tens of rows.

use ndarray::{Array2, ArrayBase, Data, DataOwned, Ix2};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How far two mirrored entries of a symmetric matrix may differ, relative to the larger one:
/// numbers that were written with ten digits still count as equal.
const SYMMETRY_TOLERANCE: f64 = 1e-9;

/// Whether the matrix is square and equals its transpose but for rounding.
pub fn is_symmetric(matrix: &Array2<f64>) -> bool {
    matrix.is_square()
        && matrix.indexed_iter().all(|((i, j), &a)| {
            let b = matrix[[j, i]];
            (a - b).abs() <= SYMMETRY_TOLERANCE * a.abs().max(b.abs())
        })
}

/// The lower triangular `L` with `L L^T = matrix`; `None` if the matrix is not square or not
/// positive definite. Reads the lower triangle only.
pub fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    if !matrix.is_square() {
        return None;
    }
    let n = matrix.nrows();
    let mut lower = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..=i {
            let known = (0..j).fold(0.0, |sum, k| sum + lower[[i, k]] * lower[[j, k]]);
            let rest = matrix[[i, j]] - known;
            if i == j {
                // Also false for NaN.
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                lower[[i, i]] = rest.sqrt();
            } else {
                lower[[i, j]] = rest / lower[[j, j]];
            }
        }
    }
    Some(lower)
}

/// The inverse, again lower triangular, of a lower triangular matrix without zeros on its diagonal.
pub fn inverse_lower(lower: &Array2<f64>) -> Array2<f64> {
    let n = lower.nrows();
    let mut inverse = Array2::<f64>::zeros((n, n));
    for j in 0..n {
        inverse[[j, j]] = 1.0 / lower[[j, j]];
        for i in j + 1..n {
            let sum = (j..i).fold(0.0, |sum, k| sum + lower[[i, k]] * inverse[[k, j]]);
            inverse[[i, j]] = -sum / lower[[i, i]];
        }
    }
    inverse
}

/// The inverse of a symmetric matrix; `None` unless it is positive definite.
pub fn inverse(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let whitening = inverse_lower(&cholesky(matrix)?);
    Some(whitening.t().dot(&whitening))
}

/// Serialises a matrix as a list of rows, for `#[serde(serialize_with)]`.
pub fn serialize_rows<S: Serializer, T: Data<Elem = f64>>(
    matrix: &ArrayBase<T, Ix2>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.rows().into_iter().map(|row| row.to_vec()))
}

/// Serialises matrices as lists of rows, for `#[serde(serialize_with)]`.
pub fn serialize_matrices<S: Serializer>(
    matrices: &[Array2<f64>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Rows<'a>(#[serde(serialize_with = "serialize_rows")] &'a Array2<f64>);

    serializer.collect_seq(matrices.iter().map(Rows))
}

/// Reads a matrix from a list of rows, for `#[serde(deserialize_with)]`.
///
/// # Errors
///
/// If the rows have not all the same length.
pub fn deserialize_rows<'de, D: Deserializer<'de>, T: DataOwned<Elem = f64>>(
    reader: D,
) -> Result<ArrayBase<T, Ix2>, D::Error> {
    let rows = Vec::<Vec<f64>>::deserialize(reader)?;
    let shape = (rows.len(), rows.first().map_or(0, Vec::len));
    ArrayBase::from_shape_vec(shape, rows.concat()).map_err(D::Error::custom)
}

/// Reads matrices from lists of rows, for `#[serde(deserialize_with)]`.
///
/// # Errors
///
/// If the rows of one have not all the same length.
pub fn deserialize_matrices<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Vec<Array2<f64>>, D::Error> {
    #[derive(Deserialize)]
    struct Rows(#[serde(deserialize_with = "deserialize_rows")] Array2<f64>);

    Ok(Vec::<Rows>::deserialize(reader)?.into_iter().map(|rows| rows.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_factor_and_its_inverse_of_a_known_matrix() {
        let matrix = array![[4.0, 2.0], [2.0, 5.0]];
        let lower = cholesky(&matrix).unwrap();
        assert_eq!(lower, array![[2.0, 0.0], [1.0, 2.0]]);
        assert_eq!(inverse_lower(&lower), array![[0.5, 0.0], [-0.25, 0.5]]);
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        assert!(cholesky(&array![[1.0, 2.0], [2.0, 1.0]]).is_none());
        assert!(cholesky(&array![[1.0, 1.0], [1.0, 1.0]]).is_none());
        assert!(cholesky(&array![[f64::NAN]]).is_none());
        assert!(cholesky(&array![[f64::INFINITY]]).is_none());
        assert!(cholesky(&array![[1.0, 2.0]]).is_none());
    }

    #[test]
    fn symmetry_allows_for_rounding_only() {
        assert!(is_symmetric(&array![[1.0, 0.3], [0.1 + 0.2, 1.0]]));
        assert!(!is_symmetric(&array![[1.0, 0.3], [0.31, 1.0]]));
        assert!(!is_symmetric(&array![[1.0, 0.3]]));
    }
}
