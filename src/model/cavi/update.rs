//! CAVI's iteration: one pass over the points gives the new parameters and both ELBOs.

use ndarray::{Array2, ArrayView2};
use std::f64::consts::PI;

use super::init::{self, Initial};
use super::{Spec, State, TRACES};
use crate::model::kernel::{self, Assignment, Columns, LANES, Lanes, LogSums, Sum, Tile};
use crate::model::run::{Failure, Inference, Step, TraceOf};
use crate::random::Random;

/// The model with its data.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    pub(super) spec: &'a Spec,
    pub(super) points: ArrayView2<'a, f64>,
    pub(super) columns: Columns<'a>,
}

/// Sums over points with `phi` the optimum for a state.
#[derive(Debug, Clone)]
struct Sums {
    /// `S0_k = sum_i phi_ik`.
    counts: Vec<f64>,
    /// `S1_k = sum_i phi_ik (x_i - m_k)`.
    first: Vec<f64>,
    /// `sum_i logsumexp_k( -((x_i - m_k)^2 + s2_k) / (2 v) )`.
    log_sums: Sum,
}

impl Sums {
    /// Adds those of a chunk about the means `m`. `lanes` has room for every component.
    #[inline(always)]
    fn add(&mut self, tile: &Tile, assignment: &Assignment, m: &[f64], lanes: &mut [[Lanes; 2]]) {
        let [x] = tile.columns() else { return };
        for ((lanes, phi), m) in lanes.iter_mut().zip(assignment.components()).zip(m) {
            *lanes = kernel::low_moments(phi, x, *m);
        }
        let sums = self.counts.iter_mut().zip(&mut self.first);
        for ((count, first), [own_count, own_first]) in sums.zip(lanes) {
            *count += kernel::total(*own_count);
            *first += kernel::total(*own_first);
        }
    }
}

impl Inference for Bound<'_> {
    type State = State;

    const TRACES: &'static [TraceOf] = TRACES;

    fn start(&self, random: &mut dyn Random) -> Result<Step<State>, Failure> {
        let Initial { state, phi } = init::draw(self.spec, self.points, random)?;
        let fit_term = match phi {
            Some(phi) => self.fit_term(&state, &phi),
            None => self.sums(&state).log_sums.value(),
        };
        Ok(self.traced(state, fit_term))
    }

    fn step(&self, old: &State) -> Result<Step<State>, Failure> {
        let v = self.spec.variance;
        let sums = self.sums(old);
        let mut new = old.clone();
        let mut gain = Sum::default();
        for k in 0..old.m.len() {
            let (count, first) = (sums.counts[k], sums.first[k]);
            new.s2[k] = 1.0 / (1.0 / self.spec.prior_variance + count / v);
            new.m[k] = new.s2[k] * (first + old.m[k] * count) / v;
            let d = new.m[k] - old.m[k];
            gain.add((d * (2.0 * first - d * count) + (old.s2[k] - new.s2[k]) * count) / (2.0 * v));
        }
        gain.merge(sums.log_sums);
        Ok(self.traced(new, gain.value()))
    }
}

impl Bound<'_> {
    fn sums(&self, state: &State) -> Sums {
        let count = state.m.len();
        let none =
            || Sums { counts: vec![0.0; count], first: vec![0.0; count], log_sums: Sum::default() };
        let mut all = none();
        kernel::over_blocks(
            self.columns.points(),
            self.columns.points() * count,
            #[inline(always)]
            |block| {
                let mut sums = none();
                let mut tile = Tile::new(1);
                let mut assignment = Assignment::new(count);
                let mut log_sums = LogSums::new();
                let mut lanes = vec![[[0.0; LANES]; 2]; count];
                for rows in kernel::chunks(block) {
                    self.columns.load(&rows, &mut tile);
                    log_weights(state, &tile, &mut assignment);
                    assignment.normalize(rows.len(), &mut log_sums);
                    sums.add(&tile, &assignment, &state.m, &mut lanes);
                }
                sums.log_sums = log_sums.into_sum();
                sums
            },
            |sums| {
                for k in 0..count {
                    all.counts[k] += sums.counts[k];
                    all.first[k] += sums.first[k];
                }
                all.log_sums.merge(sums.log_sums);
            },
        );
        all
    }

    /// `sum_ik phi_ik [ -((x_i - m_k)^2 + s2_k) / (2 v) - ln phi_ik ]` for any `phi`.
    fn fit_term(&self, state: &State, phi: &Array2<f64>) -> f64 {
        let mut total = Sum::default();
        for ((i, k), &phi) in phi.indexed_iter() {
            if phi > 0.0 {
                let d = self.points[[i, 0]] - state.m[k];
                let log_weight = -(d * d + state.s2[k]) / (2.0 * state.variance);
                total.add(phi * (log_weight - libm::log(phi)));
            }
        }
        total.value()
    }

    /// Both ELBOs, from the terms with `phi` (without their constants).
    fn traced(&self, state: State, fit_term: f64) -> Step<State> {
        let Spec { prior_variance: v0, variance: v, .. } = *self.spec;
        let points = self.columns.points() as f64;
        let mut exact = Sum::default();
        let mut lecture = Sum::default();
        for (m, s2) in state.m.iter().zip(&state.s2) {
            exact.add(0.5 * (libm::log(s2 / v0) - (m * m + s2) / v0 + 1.0));
            lecture.add(libm::log(*s2) - m / v0);
        }
        exact.add(-points * libm::log(state.m.len() as f64));
        exact.add(-0.5 * points * libm::log(2.0 * PI * v));
        exact.add(fit_term);
        lecture.add(fit_term);
        Step { state, values: vec![exact.value(), lecture.value()] }
    }
}

/// `-((x_i - m_k)^2 + s2_k) / (2 v)`: the logarithm of `phi_ik` up to a constant of the row.
#[inline(always)]
pub(super) fn log_weights(state: &State, tile: &Tile, assignment: &mut Assignment) {
    let [x] = tile.columns() else { return };
    let factor = -0.5 / state.variance;
    let components = assignment.components_mut().iter_mut();
    for ((own, m), s2) in components.zip(&state.m).zip(&state.s2) {
        for (z, x) in own.iter_mut().zip(x) {
            *z = ((x - m) * (x - m) + s2) * factor;
        }
    }
}
