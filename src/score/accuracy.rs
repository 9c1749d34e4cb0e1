//! Accuracy: the fraction of points that are where they belong.

/// The fraction of points whose inferred component is the one that `component` gives for their
/// label; 0 for no points.
pub fn accuracy(
    labels: &[usize],
    inferred: &[usize],
    component: impl Fn(usize) -> Option<usize>,
) -> f64 {
    let right =
        labels.iter().zip(inferred).filter(|&(&label, &k)| component(label) == Some(k)).count();
    right as f64 / labels.len().max(1) as f64
}
