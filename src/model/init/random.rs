//! Random responsibilities, some rows at a time.

use ndarray::Array2;

use crate::random::Random;

/// The responsibilities of so many points, a row each: uniform numbers in the order of the rows,
/// every row divided by its sum.
pub(in crate::model) fn responsibilities(
    points: usize,
    components: usize,
    random: &mut dyn Random,
) -> Array2<f64> {
    let mut all = Array2::from_shape_simple_fn((points, components), || random.uniform());
    for mut row in all.rows_mut() {
        let total = row.sum();
        if total > 0.0 {
            row /= total;
        } else {
            row.fill(1.0 / components as f64);
        }
    }
    all
}
