//! CAVI's iteration: one pass over the points gives the new parameters and both ELBOs.

use std::f64::consts::PI;

use ndarray::{Array2, ArrayView2};

use super::init::{self, Initial};
use super::log_weights::{self, LogWeights};
use super::svi::{self, Svi};
use super::variance::{Normals, VariancePrior};
use super::{Spec, State, TRACES, weights};
use crate::model::kernel::{self, Assignment, Columns, LANES, Lanes, LogSums, Sum, Tile};
use crate::model::run::{Failure, Inference, Now, Step, TraceOf};
use crate::random::Random;

/// The model with its data.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    pub(super) spec: &'a Spec,
    pub(super) points: ArrayView2<'a, f64>,
    pub(super) columns: Columns<'a>,
    /// Where the orders of the points come from that stochastic steps take.
    pub(super) batches: u64,
}

/// Sums over points with the `phi` of a state.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    /// `S0_k = sum_i phi_ik`.
    pub(super) counts: Vec<f64>,
    /// `S1_k = sum_i phi_ik (x_i - m_k)`.
    pub(super) first: Vec<f64>,
    /// `S2_k = sum_i phi_ik (x_i - m_k)^2`; 0 where nothing needs it.
    pub(super) second: Vec<f64>,
    /// `sum_i logsumexp_k` of the log weights.
    log_sums: Sum,
}

impl Sums {
    /// Over no points.
    fn none(components: usize) -> Self {
        let none = || vec![0.0; components];
        Self { counts: none(), first: none(), second: none(), log_sums: Sum::default() }
    }

    /// Adds those of other points about the same means.
    fn merge(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.counts, &other.counts),
            (&mut self.first, &other.first),
            (&mut self.second, &other.second),
        ] {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
        self.log_sums.merge(other.log_sums);
    }

    /// The moments as if there were so many times as many points.
    fn scale(&mut self, factor: f64) {
        for moments in [&mut self.counts, &mut self.first, &mut self.second] {
            moments.iter_mut().for_each(|value| *value *= factor);
        }
    }
}

impl Inference for Bound<'_> {
    type State = State;

    const TRACES: &'static [TraceOf] = TRACES;

    fn traces(&self) -> &'static [TraceOf] {
        match self.spec.lectures_prior_variance() {
            Some(_) => TRACES,
            None => &TRACES[..1],
        }
    }

    fn start(&self, random: &mut dyn Random) -> Result<Step<State>, Failure> {
        let Initial { state, phi } = init::draw(self.spec, self.points, random)?;
        let fit_term = match phi {
            Some(phi) => log_weights::fit_term(&state, self.points, &phi),
            None => self.moved_fit_term(&state, &state, &self.sums(&self.columns, &state)),
        };
        Ok(self.traced(state, fit_term))
    }

    fn may_stop(&self, iteration: usize) -> bool {
        self.spec.annealing.is_none_or(|annealing| annealing.is_over(iteration))
    }

    fn step(&self, old: &State, now: Now) -> Result<Step<State>, Failure> {
        let sums = self.sums(&self.columns, old);
        let mut new = match &self.spec.svi {
            None => self.maximized(old, &sums),
            Some(svi) => self.stochastic(svi, old, &sums, now),
        };
        new.inverse_temperature = self.spec.inverse_temperature(now.iteration + 1);
        let fit_term = self.moved_fit_term(old, &new, &sums);
        Ok(self.traced(new, fit_term))
    }
}

impl Bound<'_> {
    /// The optimal factors of weights, means and variances for the sums about an old state.
    fn maximized(&self, old: &State, sums: &Sums) -> State {
        let Normals { m, s2, variance } = self.spec.variance.posterior(old, sums);
        let weights = weights::posterior(self.spec.weight_concentration_prior, &sums.counts);
        State { m, s2, variance, weights, inverse_temperature: 1.0 }
    }

    /// The state after a step towards the optimal factors for a batch.
    fn stochastic(&self, svi: &Svi, old: &State, all: &Sums, now: Now) -> State {
        let points = self.columns.points();
        let target = if svi.batch_size == points {
            self.maximized(old, all)
        } else {
            let batch = svi.batch(points, self.batches, now);
            let batch =
                Array2::from_shape_fn((batch.len(), 1), |(i, _)| self.points[[batch[i], 0]]);
            let mut sums = self.sums(&Columns::new(batch.view()), old);
            sums.scale(points as f64 / svi.batch_size as f64);
            self.maximized(old, &sums)
        };
        svi::between(old, target, svi.step_size(now.iteration))
    }

    /// The terms with `phi`, where `phi` is of the old state and everything else of the new one.
    ///
    /// What has changed is added to the terms of the old state, so that small changes of the ELBO
    /// keep their digits.
    fn moved_fit_term(&self, old: &State, new: &State, sums: &Sums) -> f64 {
        let mut gain = Sum::default();
        for k in 0..old.m.len() {
            let (count, first) = (sums.counts[k], sums.first[k]);
            let d = new.m[k] - old.m[k];
            let v = new.variance.of(k);
            gain.add((d * (2.0 * first - d * count) + (old.s2[k] - new.s2[k]) * count) / (2.0 * v));
        }
        if let VariancePrior::Unknown { .. } = self.spec.variance {
            for k in 0..old.m.len() {
                let (before, after) = (old.variance.of(k), new.variance.of(k));
                let squares = sums.second[k] + sums.counts[k] * old.s2[k];
                gain.add(squares * ((after - before) / (2.0 * before * after)));
            }
        }
        if let Some((old, new)) = log_weights::offsets(old).zip(log_weights::offsets(new)) {
            for ((count, old), new) in sums.counts.iter().zip(old).zip(new) {
                gain.add(count * (new - old));
            }
        }
        if old.inverse_temperature < 1.0 {
            gain.add((1.0 - old.inverse_temperature) * log_weights::expected(old, sums));
        }
        gain.merge(sums.log_sums);
        gain.value()
    }

    fn sums(&self, columns: &Columns<'_>, state: &State) -> Sums {
        let count = state.m.len();
        let with_second = matches!(self.spec.variance, VariancePrior::Unknown { .. })
            || state.inverse_temperature < 1.0;
        let log_weights = LogWeights::new(state);
        let mut all = Sums::none(count);
        kernel::over_blocks(
            0..columns.points(),
            columns.points() * count,
            #[inline(always)]
            |block| {
                let mut tile = Tile::new(1);
                let mut assignment = Assignment::new(count);
                let mut log_sums = LogSums::new();
                let mut lanes = vec![[[0.0; LANES]; 3]; count];
                for rows in kernel::chunks(block) {
                    columns.load(&rows, &mut tile);
                    log_weights.fill(&tile, &mut assignment);
                    assignment.normalize(rows.len(), &mut log_sums);
                    add_chunk(&tile, &assignment, &state.m, with_second, &mut lanes);
                }
                let of = |moment: usize| lanes.iter().map(|k| kernel::total(k[moment])).collect();
                let (counts, first, second) = (of(0), of(1), of(2));
                Sums { counts, first, second, log_sums: log_sums.into_sum() }
            },
            |sums| all.merge(&sums),
        );
        all
    }

    /// The ELBOs, from the terms with `phi` (without their constants).
    fn traced(&self, state: State, fit_term: f64) -> Step<State> {
        let points = self.columns.points() as f64;
        let concentration = self.spec.weight_concentration_prior;
        let mut exact = self.spec.variance.log_ratio(&state);
        exact.add(weights::log_ratio(concentration, state.weights.as_ref(), state.m.len(), points));
        exact.add(-0.5 * points * libm::log(2.0 * PI * state.variance.constant()));
        exact.add(fit_term);
        let values = [exact.value()].into_iter().chain(self.lectures(&state, fit_term)).collect();
        Step { state, values }
    }

    /// The notebook's ELBO, where it has a meaning.
    fn lectures(&self, state: &State, fit_term: f64) -> Option<f64> {
        let v0 = self.spec.lectures_prior_variance()?;
        let terms = state.m.iter().zip(&state.s2).map(|(m, s2)| libm::log(*s2) - m / v0);
        Some(terms.chain([fit_term]).collect::<Sum>().value())
    }
}

/// Adds the count and the moments of a chunk about the means `m` to the `lanes` of every component,
/// the second moments if they are needed.
#[inline(always)]
fn add_chunk(
    tile: &Tile,
    assignment: &Assignment,
    m: &[f64],
    with_second: bool,
    lanes: &mut [[Lanes; 3]],
) {
    let [x] = tile.columns() else { return };
    for (([count, first, second], phi), m) in lanes.iter_mut().zip(assignment.components()).zip(m) {
        if with_second {
            kernel::add_count(phi, count);
            kernel::add_moments(phi, x, *m, [first, second]);
        } else {
            kernel::add_low_moments(phi, x, *m, [count, first]);
        }
    }
}
