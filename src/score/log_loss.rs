//! Log loss, as scikit-learn defines it: probabilities are clipped to `[eps, 1 - eps]` with
//! `eps = 2^-52`, the logarithm is natural, and the mean is over points.

use ndarray::ArrayView2;

/// The least probability that counts: what a wrong certainty costs is `-ln` of it, 36.04.
pub const EPSILON: f64 = f64::EPSILON;

/// The mean of `-ln p_i`, `p_i` the responsibility of the component that `component` gives for
/// point i's label; 0 where it gives none or one that the columns do not have.
///
/// `responsibilities` is N x K; 0 for no points.
pub fn log_loss(
    labels: &[usize],
    responsibilities: ArrayView2<'_, f64>,
    component: impl Fn(usize) -> Option<usize>,
) -> f64 {
    let mut total = 0.0;
    add(&mut total, labels, responsibilities, component);
    total / labels.len().max(1) as f64
}

/// Adds the losses of a block of points.
pub(super) fn add(
    total: &mut f64,
    labels: &[usize],
    responsibilities: ArrayView2<'_, f64>,
    component: impl Fn(usize) -> Option<usize>,
) {
    for (i, &label) in labels.iter().enumerate() {
        let p = component(label).and_then(|k| responsibilities.get([i, k])).copied();
        *total += loss(p.unwrap_or(0.0));
    }
}

/// The log loss of labels that are certain: `wrong` of `points` are not the true ones.
pub fn of_certain_labels(wrong: usize, points: usize) -> f64 {
    let right = points - wrong;
    (wrong as f64 * loss(0.0) + right as f64 * loss(1.0)) / points.max(1) as f64
}

fn loss(p: f64) -> f64 {
    -libm::log(p.clamp(EPSILON, 1.0 - EPSILON))
}
