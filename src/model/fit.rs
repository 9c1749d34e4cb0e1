//! What a fit gives: the parameters of every iteration, the traces, and why it stopped.
//!
//! N x K responsibilities are not kept; they are computed again from an iteration's parameters.

use indexmap::IndexMap;
use ndarray::{Array2, ArrayView2, Axis, CowArray, Ix2};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::objective::Objective;
use super::run::{End, Kept};
use super::{MeanPosterior, State, cavi, kmeans};
use crate::math::mixture::Mixture;
use crate::math::scaling::Scaling;

/// Responsibilities that are asked for by block come in blocks of so many rows.
const ROWS_OF_BLOCK: usize = 1 << 14;

/// A fitted model with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The parameters of every iteration of the kept run; index 0 holds the initial values, so
    /// there is always one.
    pub states: Vec<State>,
    /// What was traced, by name: first the objective, `elbo`, `log_likelihood` or `cost`; then
    /// `elbo_lecture`, `lower_bound` or `cost_before_assignment`. Empty for a model without inference.
    pub trace: IndexMap<String, Trace>,
    /// What its states are taken after.
    pub history: History,
    /// Why the kept run stopped.
    pub stop: Stop,
    /// Which restart was kept, counted from 0.
    pub restart: usize,
    /// The objective at the end of every restart, in their order. Empty for a model without
    /// inference.
    pub restart_values: Vec<f64>,
    /// The objective over the iterations of every restart, in their order; that of the kept one is
    /// [`Fit::objective`]'s. Empty for a model without inference.
    pub restart_traces: Vec<Trace>,
    /// How every restart ended, in their order. Empty for a model without inference.
    pub restart_ends: Vec<End<State>>,
    /// What made of the data the points that were fitted, if that are others. The states are about
    /// those; the methods speak of the data.
    pub scaling: Option<Scaling>,
    /// What a likelihood is worth for its number of parameters; `None` for a model that does not
    /// maximise one.
    pub criteria: Option<Criteria>,
}

/// What a likelihood is worth for its number of parameters: the less, the better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criteria {
    /// How many numbers the fit was free to choose.
    pub parameters: usize,
    /// Akaike's, `2 p - 2 ln L`.
    pub aic: f64,
    /// The Bayesian (Schwarz 1978), `p ln N - 2 ln L`.
    pub bic: f64,
}

/// A value for every iteration from `first` on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The iteration of `values[0]`.
    pub first: usize,
    /// The values.
    pub values: Vec<f64>,
}

impl Trace {
    /// That over half steps: the value of every iteration, and once more after the E step of the next.
    fn twice(&self) -> Self {
        Self { first: 2 * self.first, values: twice(&self.values) }
    }

    /// The value of iteration `at`, if it has one; past the end that of the last iteration.
    pub fn at(&self, at: usize) -> Option<f64> {
        let index = at.checked_sub(self.first)?;
        self.values.get(index).or(self.values.last()).copied()
    }
}

/// What the states of a fit are taken after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// Every iteration.
    #[default]
    Iterations,
    /// Every half of one: state `2 t - 1` after the E step of iteration `t`, which has its new
    /// responsibilities and the parameters of before, and state `2 t` after its M step, which has the
    /// same responsibilities and new parameters.
    HalfSteps,
}

impl History {
    /// That which an option `half_steps` says.
    pub(super) fn of(half_steps: Option<bool>) -> Self {
        match half_steps {
            Some(true) => Self::HalfSteps,
            Some(false) | None => Self::Iterations,
        }
    }

    /// How many states but the first so many iterations have.
    pub(super) fn steps(self, iterations: usize) -> usize {
        match self {
            Self::Iterations => iterations,
            Self::HalfSteps => 2 * iterations,
        }
    }
}

/// Why a fit stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The change from one iteration to the next was within the tolerance.
    Converged,
    /// `max_iter` iterations were made.
    IterationLimit,
    /// The model has stated parameters and no inference.
    NotIterative,
}

/// Whether an export holds the N x K responsibilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Responsibilities {
    /// Leave them out.
    #[default]
    Omit,
    /// Put those of the last iteration in.
    Include,
}

impl Fit {
    /// The number of iterations (or half steps, see [`History`]) made: the index of the last state.
    pub fn iterations(&self) -> usize {
        self.states.len().saturating_sub(1)
    }

    /// What the fit made as large or as small as it could, with its trace; `None` for a model without
    /// inference.
    pub fn objective(&self) -> Option<(Objective, &Trace)> {
        let (name, trace) = self.trace.first()?;
        Some((Objective::of_key(name)?, trace))
    }

    /// K.
    pub fn components(&self) -> usize {
        match &self.states[0] {
            State::Cavi(state) => state.m.len(),
            State::BayesianMixture(state) => state.means.nrows(),
            State::MixtureEm(state) => state.weights.len(),
            State::Kmeans(state) => state.means.nrows(),
            State::Given(mixture) => mixture.weights.len(),
        }
    }

    /// The mixture that the parameters of iteration `at` amount to when each stands for itself
    /// (posterior means of the weights and means). Past the end means the last iteration.
    pub fn mixture(&self, at: usize) -> Mixture {
        let mixture = self.states[at.min(self.iterations())].mixture();
        match &self.scaling {
            None => mixture,
            Some(scaling) => scaling.undo_mixture(&mixture),
        }
    }

    /// The responsibilities of iteration `at` for N x D points, N x K; rows sum to 1. Past the end
    /// means the last iteration.
    ///
    /// - CAVI: the `phi` that iteration `at` computed and made its `m` and `s2` from, so those of
    ///   the parameters of iteration `at - 1`; at 0, those of the initial parameters.
    /// - Bayesian mixture and maximum likelihood: the E step with the parameters of iteration `at`.
    /// - k-means: 1 for the nearest mean of iteration `at`, 0 for the others.
    /// - In half steps: those of the E step that was made last; at 0, of the initial parameters.
    /// - Given mixture: the posterior probabilities of the components.
    ///
    /// # Panics
    ///
    /// If the points have another dimension than those of the fit.
    pub fn responsibilities(&self, points: ArrayView2<'_, f64>, at: usize) -> Array2<f64> {
        let at = at.min(self.iterations());
        let at = match (self.history, &self.states[at]) {
            // After an M step those that it was made from.
            (History::HalfSteps, _) if at.is_multiple_of(2) => at.saturating_sub(1),
            (History::Iterations, State::Cavi(_)) => at.saturating_sub(1),
            _ => at,
        };
        self.states[at].responsibilities(self.fitted(points).view())
    }

    /// N x D points of the data as the states have them.
    pub fn fitted<'a>(&self, points: ArrayView2<'a, f64>) -> CowArray<'a, f64, Ix2> {
        match &self.scaling {
            None => points.into(),
            Some(scaling) => scaling.apply(points).into(),
        }
    }

    /// [`Fit::responsibilities`] block of rows after block of rows, in order, so that never all of them
    /// are there.
    pub fn responsibilities_by_block(
        &self,
        points: ArrayView2<'_, f64>,
        at: usize,
        each: &mut dyn FnMut(ArrayView2<'_, f64>),
    ) {
        for rows in points.axis_chunks_iter(Axis(0), ROWS_OF_BLOCK) {
            each(self.responsibilities(rows, at).view());
        }
    }

    /// The fit as JSON.
    ///
    /// `iterations`, `stop`, `restart`; every trace under its name, beginning with the iteration
    /// that has its first value (0 for `elbo`, `elbo_lecture` and `log_likelihood`, 1 for
    /// `lower_bound`, and for `elbo` where the start leaves points without a component);
    /// `restart_elbos` (or `restart_log_likelihoods`, `restart_costs`), and `restart_traces` with
    /// the same of every restart over the same iterations, `restart_stops` and `restart_iterations`
    /// with how each of them ended; for maximum likelihood `parameters` (how many), `aic` and `bic`;
    /// for CAVI `m` and `s2`, lists over iterations of lists over components (where the variances are
    /// inferred, `s2` are squared scales of Student's t); the final parameters: `weights`, `means`
    /// (K x D), `covariances` (K x D x D; for the Bayesian mixture and maximum likelihood in
    /// scikit-learn's shapes: K x D x D for `full`, D x D for `tied`, K x D for `diag`, K for
    /// `spherical`) and for the Bayesian mixture `weight_concentration` (K, or two lists of K for a
    /// Dirichlet process), `mean_precision` and `degrees_of_freedom` (K, or one number for `tied`),
    /// for CAVI those of them that it infers; and `responsibilities` (N x K) where asked for. Of
    /// a fit of standardized data all of it is in the data's units, every covariance is D x D, and
    /// `scaling` holds `mean` and `sd`; the objective is that of what was fitted.
    pub fn to_json(&self, points: ArrayView2<'_, f64>, with: Responsibilities) -> Value {
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
        put("iterations", json!(self.iterations()));
        put("stop", json!(self.stop));
        put("restart", json!(self.restart));
        for (name, trace) in &self.trace {
            put(name, json!(trace.values));
        }
        if let Some((objective, _)) = self.objective() {
            put(objective.restarts_key(), json!(self.restart_values));
            put("restart_traces", self.restart_traces.iter().map(|t| json!(t.values)).collect());
            put("restart_stops", self.restart_ends.iter().map(|end| json!(end.stop)).collect());
            put(
                "restart_iterations",
                self.restart_ends.iter().map(|end| json!(end.iterations)).collect(),
            );
        }
        if let Some(Criteria { parameters, aic, bic }) = self.criteria {
            put("parameters", json!(parameters));
            put("aic", json!(aic));
            put("bic", json!(bic));
        }
        let last = self.iterations();
        if matches!(self.states[last], State::Cavi(_)) {
            let factors = |of: fn(&MeanPosterior) -> f64| -> Value {
                let all = (0..=last).filter_map(|t| self.mean_posteriors(t));
                all.map(|factors| json!(factors.iter().map(of).collect::<Vec<f64>>())).collect()
            };
            match &self.scaling {
                None => {
                    let cavi = || self.states.iter().filter_map(State::as_cavi);
                    put("m", cavi().map(|s| json!(s.m)).collect());
                    put("s2", cavi().map(|s| json!(s.s2)).collect());
                }
                Some(_) => {
                    put("m", factors(|q| q.mean));
                    put("s2", factors(|q| q.sd * q.sd));
                }
            }
        }
        let mixture = self.mixture(last);
        put("weights", json!(mixture.weights));
        put("means", rows(mixture.means.view()));
        match &self.states[last] {
            State::BayesianMixture(state) => {
                // In the data's units a covariance may have another shape than in its own.
                put(
                    "covariances",
                    match &self.scaling {
                        None => state.covariances.to_json(),
                        Some(_) => mixture.covariances.iter().map(|c| rows(c.view())).collect(),
                    },
                );
                put("weight_concentration", state.weights.concentration_to_json());
                put("mean_precision", json!(state.mean_precision));
                let degrees = &state.degrees_of_freedom;
                put("degrees_of_freedom", state.covariances.degrees_of_freedom_to_json(degrees));
            }
            State::MixtureEm(state) => {
                put("covariances", state.covariances.to_json());
            }
            State::Cavi(_) | State::Kmeans(_) | State::Given(_) => {
                put("covariances", mixture.covariances.iter().map(|c| rows(c.view())).collect());
            }
        }
        if let State::Cavi(state) = &self.states[last] {
            if let Some(weights) = &state.weights {
                put("weight_concentration", weights.concentration_to_json());
            }
            if let cavi::Variance::Unknown { values, degrees_of_freedom } = &state.variance {
                let precision = values.iter().zip(&state.s2).map(|(v, s2)| v / s2);
                put("mean_precision", precision.map(Value::from).collect());
                put("degrees_of_freedom", json!(degrees_of_freedom));
            }
        }
        if let Some(scaling) = &self.scaling {
            put("scaling", json!(scaling));
        }
        if with == Responsibilities::Include {
            put("responsibilities", rows(self.responsibilities(points, last).view()));
        }
        Value::Object(all)
    }

    /// The fit as one of data that were scaled before.
    pub fn scaled(self, scaling: Option<Scaling>) -> Self {
        Self { scaling, ..self }
    }

    /// A fit without inference: one state and nothing traced.
    pub(super) fn stated(mixture: Mixture) -> Self {
        Self {
            states: vec![State::Given(mixture)],
            trace: IndexMap::new(),
            history: History::Iterations,
            stop: Stop::NotIterative,
            restart: 0,
            restart_values: Vec::new(),
            restart_traces: Vec::new(),
            criteria: None,
            restart_ends: Vec::new(),
            scaling: None,
        }
    }

    /// The run that the loop kept.
    pub(super) fn from_run<S>(kept: Kept<S>, state: impl Fn(S) -> State) -> Self {
        Self {
            states: kept.states.into_iter().map(&state).collect(),
            trace: kept.trace.into_iter().map(|(name, trace)| (name.to_owned(), trace)).collect(),
            history: History::Iterations,
            stop: kept.stop,
            restart: kept.restart,
            restart_values: kept
                .objectives
                .iter()
                .filter_map(|t| t.values.last().copied())
                .collect(),
            restart_traces: kept.objectives,
            scaling: None,
            criteria: None,
            restart_ends: kept.ends.into_iter().map(|end| end.map(&state)).collect(),
        }
    }

    /// The same with the states and traces of this history.
    pub(super) fn with_history(self, history: History) -> Self {
        match history {
            History::Iterations => self,
            History::HalfSteps => self.in_half_steps(),
        }
    }

    /// After an E step alone the parameters are those of before, and so are likelihoods; bounds are
    /// not computed anew until the M step. k-means knows its cost after each step.
    fn in_half_steps(self) -> Self {
        let mut trace: IndexMap<String, Trace> =
            self.trace.iter().map(|(name, trace)| (name.clone(), trace.twice())).collect();
        let moved = self.trace.get(kmeans::MOVED);
        if let (Some(moved), Some(cost)) = (moved, trace.get_mut(Objective::Cost.key())) {
            for (i, value) in moved.values.iter().enumerate() {
                if let Some(cost) = cost.values.get_mut(2 * (moved.first + i)) {
                    *cost = *value;
                }
            }
        }
        let mut restart_traces: Vec<Trace> = self.restart_traces.iter().map(Trace::twice).collect();
        if let (Some(own), Some((_, kept))) = (restart_traces.get_mut(self.restart), trace.first())
        {
            own.clone_from(kept);
        }
        Self {
            states: twice(&self.states),
            trace,
            history: History::HalfSteps,
            restart_traces,
            ..self
        }
    }

    /// The same with what its likelihood is worth.
    pub(super) fn with_criteria(self, parameters: usize, points: usize) -> Self {
        let log_likelihood = match self.objective() {
            Some((Objective::LogLikelihood, trace)) => trace.values.last().copied(),
            _ => None,
        };
        let criteria = log_likelihood.map(|l| Criteria {
            parameters,
            aic: 2.0 * parameters as f64 - 2.0 * l,
            bic: parameters as f64 * libm::log(points as f64) - 2.0 * l,
        });
        Self { criteria, ..self }
    }
}

/// Every item twice but the last.
fn twice<T: Clone>(items: &[T]) -> Vec<T> {
    let all = items.iter().flat_map(|item| [item.clone(), item.clone()]);
    all.take((2 * items.len()).saturating_sub(1)).collect()
}

/// A matrix as a list of its rows.
pub(super) fn rows(matrix: ArrayView2<'_, f64>) -> Value {
    matrix.rows().into_iter().map(|row| Value::from(row.to_vec())).collect()
}
