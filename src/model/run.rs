//! The loop that all iterative models share: restarts, iterations, when to stop, which run to keep.
//!
//! The starts of all restarts are drawn from the one stream first, in order; the runs draw nothing,
//! so they go in parallel and give the same bits whatever the number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Watch;
use super::fit::{Stop, Trace};
use super::objective::{Best, Objective};
use crate::random::Random;

/// The trace of models that bound the evidence.
pub(super) const ELBO: &str = Objective::Elbo.key();

/// What the loop needs of a model that is bound to its data.
pub(super) trait Inference: Sync {
    /// The parameters of one iteration.
    type State: Send + Clone;

    /// The values that every iteration yields; the first is the model's [`Objective`].
    const TRACES: &'static [TraceOf];

    /// Those of [`Inference::TRACES`] that have a meaning with the model's options: the first ones.
    fn traces(&self) -> &'static [TraceOf] {
        Self::TRACES
    }

    /// The first iteration that has a value of this trace, an index into [`Inference::TRACES`].
    fn first(&self, trace: usize) -> usize {
        Self::TRACES[trace].first
    }

    /// Whether the run may stop after this iteration if the change is small enough.
    fn may_stop(&self, _iteration: usize) -> bool {
        true
    }

    /// Draws the initial parameters of one restart, and everything that its stream owes.
    fn start(&self, random: &mut dyn Random) -> Result<Step<Self::State>, Failure>;

    /// Whether a run ends with this iteration; `None` leaves it to the change of [`Rules::stop_on`].
    fn has_converged(&self, _old: &Self::State, _new: &Self::State) -> Option<bool> {
        None
    }

    /// One iteration, from the parameters of the one before.
    fn step(&self, state: &Self::State, now: Now) -> Result<Step<Self::State>, Failure>;
}

/// A trace's name and the first iteration that has a value of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct TraceOf {
    pub(super) name: &'static str,
    pub(super) first: usize,
}

/// Which iteration is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// Counted from 0.
    pub(super) restart: usize,
    /// Counted from 1; 0 is the start.
    pub(super) iteration: usize,
}

/// What an iteration gives.
#[derive(Clone, Debug)]
pub(super) struct Step<S> {
    /// The parameters after it.
    pub(super) state: S,
    /// A value for every trace of [`Inference::traces`].
    pub(super) values: Vec<f64>,
}

/// When to stop and which restart to keep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) max_iter: usize,
    pub(super) restarts: usize,
    /// The trace whose change ends a run, as an index into [`Inference::TRACES`].
    pub(super) stop_on: usize,
    /// How small that change must be.
    pub(super) tolerance: Tolerance,
    /// The trace whose last value ranks the restarts.
    pub(super) rank_by: usize,
}

/// A bound on the absolute change from one iteration to the next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tolerance {
    /// Stop once the change is not more than this.
    AtMost(f64),
    /// Stop once the change is less than this; 0 never stops.
    Below(f64),
}

impl Tolerance {
    fn is_met_by(self, change: f64) -> bool {
        match self {
            Self::AtMost(tolerance) => change.abs() <= tolerance,
            Self::Below(tolerance) => change.abs() < tolerance,
        }
    }
}

/// Why a fit cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What is wrong: lower case, no full stop.
    pub(super) what: String,
    /// What the user can change.
    pub(super) hint: String,
}

impl Failure {
    /// What is wrong before there are restarts.
    pub(super) fn one_line(&self) -> String {
        format!("{}; hint: {}", self.what, self.hint)
    }

    fn text(&self, restart: usize, iteration: usize) -> String {
        format!(
            "{} (iteration {iteration} of restart {restart}, both counted from 0); hint: {}",
            self.what, self.hint
        )
    }
}

/// The run that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept<S> {
    pub(super) states: Vec<S>,
    pub(super) trace: IndexMap<&'static str, Trace>,
    pub(super) stop: Stop,
    /// Which restart it is, counted from 0.
    pub(super) restart: usize,
    /// The last value of its ranking trace, if it has any: the greater, the better.
    pub(super) value: Option<f64>,
    /// The objective of every restart, in their order.
    pub(super) objectives: Vec<Trace>,
    /// How every restart ended, in their order.
    pub(super) ends: Vec<End<S>>,
}

/// How a restart ended, kept or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End<S> {
    /// Why it stopped.
    pub stop: Stop,
    /// How many iterations it made.
    pub iterations: usize,
    /// The parameters of the last of them.
    pub state: S,
}

impl<S> End<S> {
    /// The same end with its parameters as another type.
    pub(super) fn map<T>(self, state: impl FnOnce(S) -> T) -> End<T> {
        End { stop: self.stop, iterations: self.iterations, state: state(self.state) }
    }
}

/// Fits `restarts` times and keeps the best run; the first of equals.
///
/// Where the ranking trace has no value (scikit-learn's bound after `max_iter = 0`) the last
/// run is kept, as scikit-learn does.
///
/// # Errors
///
/// What failed first, in the order of the restarts, with its iteration and restart and a hint.
pub(super) fn run<M: Inference>(
    model: &M,
    rules: Rules,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Kept<M::State>, String> {
    let mut starts = Vec::new();
    for restart in 0..rules.restarts {
        starts.push(model.start(random).and_then(finite::<M>).map_err(|f| f.text(restart, 0))?);
    }
    run_from(model, rules, starts, watch)
}

/// The same from starts that are there: one restart each.
///
/// # Errors
///
/// As [`run`].
pub(super) fn run_from<M: Inference>(
    model: &M,
    rules: Rules,
    starts: Vec<Step<M::State>>,
    watch: Watch<'_>,
) -> Result<Kept<M::State>, String> {
    let all = rules.restarts.saturating_mul(rules.max_iter);
    let done = AtomicUsize::new(0);
    let count = |more: usize| watch(done.fetch_add(more, Ordering::Relaxed) + more, all);
    starts
        .into_par_iter()
        .enumerate()
        .map(|(restart, start)| one_run(model, rules, restart, start, &count))
        .reduce_with(|a, b| match (a, b) {
            (Err(text), _) | (_, Err(text)) => Err(text),
            (Ok(a), Ok(b)) => Ok(better(a, b)),
        })
        .unwrap_or_else(|| Err("a fit needs at least one restart".to_owned()))
}

/// After so many iterations it is told that they are done.
const COUNTED_EVERY: usize = 8;

fn one_run<M: Inference>(
    model: &M,
    rules: Rules,
    restart: usize,
    start: Step<M::State>,
    count: &(dyn Fn(usize) + Sync),
) -> Result<Kept<M::State>, String> {
    let mut trace: IndexMap<_, _> =
        model.traces().iter().enumerate().map(|(i, t)| (t.name, empty(model.first(i)))).collect();
    record(&mut trace, 0, &start.values);
    let mut before = (model.first(rules.stop_on) == 0).then(|| start.values[rules.stop_on]);
    let mut states = vec![start.state];
    let mut stop = Stop::IterationLimit;
    let mut counted = 0;
    for iteration in 1..=rules.max_iter {
        let next = model
            .step(&states[iteration - 1], Now { restart, iteration })
            .and_then(finite::<M>)
            .map_err(|f| f.text(restart, iteration))?;
        record(&mut trace, iteration, &next.values);
        let value = next.values[rules.stop_on];
        let by_change = before.is_some_and(|before| rules.tolerance.is_met_by(value - before));
        let converged = model.has_converged(&states[iteration - 1], &next.state);
        states.push(next.state);
        if converged.unwrap_or(by_change && model.may_stop(iteration)) {
            stop = Stop::Converged;
            break;
        }
        before = Some(value);
        if iteration - counted >= COUNTED_EVERY {
            count(iteration - counted);
            counted = iteration;
        }
    }
    count(rules.max_iter - counted);
    let last = |name| trace.get(name).and_then(|t: &Trace| t.values.last().copied());
    let sign = match objective::<M>().map(Objective::best) {
        Some(Best::Least) => -1.0,
        _ => 1.0,
    };
    let value = last(M::TRACES[rules.rank_by].name).map(|value| sign * value);
    let objectives = trace.values().next().cloned().into_iter().collect();
    let iterations = states.len() - 1;
    let ends = vec![End { stop, iterations, state: states[iterations].clone() }];
    Ok(Kept { states, trace, stop, restart, value, objectives, ends })
}

fn empty(first: usize) -> Trace {
    Trace { first, values: Vec::new() }
}

fn record(trace: &mut IndexMap<&'static str, Trace>, iteration: usize, values: &[f64]) {
    for (trace, value) in trace.values_mut().zip(values) {
        if iteration >= trace.first {
            trace.values.push(*value);
        }
    }
}

/// Of two neighbouring groups of restarts, `a` before `b`, the better run. It is associative, so
/// the way in which rayon groups the restarts does not matter.
fn better<S>(mut a: Kept<S>, mut b: Kept<S>) -> Kept<S> {
    let a_stays = match (a.value, b.value) {
        (Some(a), Some(b)) => a >= b,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let mut objectives = std::mem::take(&mut a.objectives);
    objectives.append(&mut b.objectives);
    let mut ends = std::mem::take(&mut a.ends);
    ends.append(&mut b.ends);
    Kept { objectives, ends, ..if a_stays { a } else { b } }
}

/// What a model makes as large or as small as it can.
fn objective<M: Inference>() -> Option<Objective> {
    Objective::of_key(M::TRACES.first()?.name)
}

fn finite<M: Inference>(step: Step<M::State>) -> Result<Step<M::State>, Failure> {
    if step.values.iter().all(|v| v.is_finite()) {
        return Ok(step);
    }
    let words = objective::<M>().map_or("what is traced", Objective::words);
    Err(Failure {
        what: format!("the {words} is not a finite number"),
        hint: "bring the data and the priors to a scale near 1".to_owned(),
    })
}
