//! Accuracy where several components may stand for one true one.
//!
//! A fit with more components than there are true ones splits some of them. One-to-one accuracy then
//! counts one of two twins as wrong, whichever rounding made the smaller. So the responsibilities of
//! all components that belong to one true component are summed before the most probable one is taken.

use ndarray::{Array2, ArrayView2};

use super::accuracy::accuracy;
use super::matching::Overlap;
use super::most_probable;

/// The accuracy of N x K responsibilities against N true labels, components grouped by truth.
///
/// Component k belongs to the true component j with the largest overlap, the mean over all points of
/// `1[label = j] r_k`; the first of equals. A true component may have none.
pub fn grouped_accuracy(
    labels: &[usize],
    true_components: usize,
    responsibilities: ArrayView2<'_, f64>,
) -> f64 {
    let rows = labels.iter().map(|label| label + 1).fold(true_components, usize::max);
    let mut overlap = Overlap::new(labels.len(), rows);
    overlap.add(labels, responsibilities);
    let overlap = overlap.mean();
    // The most probable row of each column.
    let owners = most_probable(overlap.t());
    let mut grouped = Array2::<f64>::zeros((responsibilities.nrows(), overlap.nrows()));
    for (k, owner) in owners.iter().enumerate() {
        let mut group = grouped.column_mut(*owner);
        group += &responsibilities.column(k);
    }
    accuracy(labels, &most_probable(grouped.view()), Some)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn twins_are_right_together() {
        let labels = [0, 0, 1, 1];
        // Two twins of component 0, neither of which is the most probable alone.
        let r = array![[0.3, 0.3, 0.4], [0.35, 0.25, 0.4], [0.05, 0.05, 0.9], [0.0, 0.1, 0.9]];
        assert_eq!(grouped_accuracy(&labels, 2, r.view()), 1.0);
        assert_eq!(accuracy(&labels, &most_probable(r.view()), |j| [Some(0), Some(2)][j]), 0.5);
    }

    #[test]
    fn fewer_components_than_true_ones_leave_some_without_any() {
        let r = array![[1.0], [1.0], [1.0], [1.0]];
        assert_eq!(grouped_accuracy(&[0, 1, 1, 2], 3, r.view()), 0.5);
    }
}
