//! The logarithms of `phi` up to a constant of each point, as they follow from a state.

use ndarray::{Array2, ArrayView2};

use super::State;
use super::update::Sums;
use crate::model::kernel::{Assignment, Sum, Tile};

/// `ln phi_ik + const = -((x_i - m_k)^2 + s2_k) / (2 v_k) + o_k`, times the inverse temperature.
///
/// `o_k` holds `E ln pi_k` of inferred weights and `E ln tau_k / 2` of inferred variances.
#[derive(Debug)]
pub(super) struct LogWeights<'a> {
    state: &'a State,
    /// `-1 / (2 v_k)`, times the inverse temperature.
    factors: Vec<f64>,
    /// `o_k`, times the inverse temperature; `None` where all are 0.
    offsets: Option<Vec<f64>>,
}

impl<'a> LogWeights<'a> {
    /// Those of the E step from a state.
    pub(super) fn new(state: &'a State) -> Self {
        let beta = state.inverse_temperature;
        let factors = (0..state.m.len()).map(|k| -0.5 / state.variance.of(k) * beta).collect();
        let offsets = offsets(state).map(|all| all.into_iter().map(|o| o * beta).collect());
        Self { state, factors, offsets }
    }

    /// Fills in those of a chunk.
    #[inline(always)]
    pub(super) fn fill(&self, tile: &Tile, assignment: &mut Assignment) {
        let [x] = tile.columns() else { return };
        let normals = self.state.m.iter().zip(&self.state.s2).zip(&self.factors);
        let components = assignment.components_mut().iter_mut().zip(normals);
        for (k, (row, ((m, s2), factor))) in components.enumerate() {
            match &self.offsets {
                None => {
                    for (z, x) in row.iter_mut().zip(x.iter()) {
                        let d = x - m;
                        *z = d.mul_add(d, *s2) * factor;
                    }
                }
                Some(offsets) => {
                    let offset = offsets[k];
                    for (z, x) in row.iter_mut().zip(x.iter()) {
                        let d = x - m;
                        *z = d.mul_add(d, *s2).mul_add(*factor, offset);
                    }
                }
            }
        }
    }
}

/// `o_k`, K of them; `None` where all are 0.
pub(super) fn offsets(state: &State) -> Option<Vec<f64>> {
    let weights = state.weights.as_ref().map(|weights| weights.expected_logs());
    let precisions = state.variance.expected_logs();
    match (weights, precisions) {
        (None, None) => None,
        (Some(weights), None) => Some(weights),
        (None, Some(precisions)) => Some(precisions.into_iter().map(|log| 0.5 * log).collect()),
        (Some(weights), Some(precisions)) => {
            Some(weights.into_iter().zip(precisions).map(|(w, log)| w + 0.5 * log).collect())
        }
    }
}

/// `sum_ik phi_ik [ -((x_i - m_k)^2 + s2_k) / (2 v_k) + o_k ]` from the sums with a state's `phi`.
pub(super) fn expected(state: &State, sums: &Sums) -> f64 {
    let offsets = offsets(state);
    let mut total = Sum::default();
    for (k, (s2, count)) in state.s2.iter().zip(&sums.counts).enumerate() {
        total.add(-(sums.second[k] + count * s2) / (2.0 * state.variance.of(k)));
        total.add(count * offsets.as_ref().map_or(0.0, |all| all[k]));
    }
    total.value()
}

/// `sum_ik phi_ik [ -((x_i - m_k)^2 + s2_k) / (2 v_k) + o_k - ln phi_ik ]` for any `phi`.
pub(super) fn fit_term(state: &State, points: ArrayView2<'_, f64>, phi: &Array2<f64>) -> f64 {
    let offsets = offsets(state);
    let mut total = Sum::default();
    for ((i, k), &phi) in phi.indexed_iter() {
        if phi > 0.0 {
            let d = points[[i, 0]] - state.m[k];
            let log_weight = -(d * d + state.s2[k]) / (2.0 * state.variance.of(k));
            let offset = offsets.as_ref().map_or(0.0, |all| all[k]);
            total.add(phi * (log_weight + offset - libm::log(phi)));
        }
    }
    total.value()
}
