//! What a fit gives: the parameters of every iteration, the traces, and why it stopped.
//!
//! N x K responsibilities are not kept; they are computed again from an iteration's parameters.

use indexmap::IndexMap;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::run::Kept;
use super::{MeanPosterior, State};
use crate::math::mixture::Mixture;
use crate::math::scaling::Scaling;

/// A fitted model with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The parameters of every iteration of the kept run; index 0 holds the initial values, so
    /// there is always one.
    pub states: Vec<State>,
    /// What was traced, by name: `elbo`, and `elbo_lecture` or `lower_bound`. Empty for a model
    /// without inference.
    pub trace: IndexMap<String, Trace>,
    /// Why the kept run stopped.
    pub stop: Stop,
    /// Which restart was kept, counted from 0.
    pub restart: usize,
    /// The exact ELBO at the end of every restart, in their order. Empty for a model without
    /// inference.
    pub restart_elbos: Vec<f64>,
    /// The exact ELBO over the iterations of every restart, in their order; that of the kept one is
    /// `trace["elbo"]`. Empty for a model without inference.
    pub restart_traces: Vec<Trace>,
    /// What made of the data the points that were fitted, if that are others. The states are about
    /// those; the methods speak of the data.
    pub scaling: Option<Scaling>,
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
    /// The value of iteration `at`, if it has one; past the end that of the last iteration.
    pub fn at(&self, at: usize) -> Option<f64> {
        let index = at.checked_sub(self.first)?;
        self.values.get(index).or(self.values.last()).copied()
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
    /// The number of iterations made: the index of the last state.
    pub fn iterations(&self) -> usize {
        self.states.len().saturating_sub(1)
    }

    /// K.
    pub fn components(&self) -> usize {
        match &self.states[0] {
            State::Cavi(state) => state.m.len(),
            State::BayesianMixture(state) => state.means.nrows(),
            State::Given(mixture) => mixture.weights.len(),
        }
    }

    /// The mixture that the parameters of iteration `at` amount to when each stands for itself
    /// (posterior means of the weights and means). Past the end means the last iteration.
    pub fn mixture(&self, at: usize) -> Mixture {
        let mixture = match &self.states[at.min(self.iterations())] {
            State::Cavi(state) => state.mixture(),
            State::BayesianMixture(state) => state.mixture(),
            State::Given(mixture) => mixture.clone(),
        };
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
    /// - Bayesian mixture: the E step with the parameters of iteration `at`.
    /// - Given mixture: the posterior probabilities of the components.
    ///
    /// # Panics
    ///
    /// If the points have another dimension than those of the fit.
    pub fn responsibilities(&self, points: ArrayView2<'_, f64>, at: usize) -> Array2<f64> {
        let at = at.min(self.iterations());
        let at = match self.states[at] {
            State::Cavi(_) => at.saturating_sub(1),
            State::BayesianMixture(_) | State::Given(_) => at,
        };
        let scaled = self.scaling.as_ref().map(|scaling| scaling.apply(points));
        let points = scaled.as_ref().map_or(points, |scaled| scaled.view());
        match &self.states[at] {
            State::Cavi(state) => state.responsibilities(points),
            State::BayesianMixture(state) => state.responsibilities(points),
            State::Given(mixture) => mixture.responsibilities(points),
        }
    }

    /// The fit as JSON.
    ///
    /// `iterations`, `stop`, `restart`; every trace under its name, beginning with the iteration
    /// that has its first value (0 for `elbo` and `elbo_lecture`, 1 for `lower_bound`, and for `elbo`
    /// where the start leaves points without a component); `restart_elbos`, and `restart_traces`
    /// with the ELBO of every restart over the same iterations; for CAVI `m` and `s2`, lists over
    /// iterations of lists over components; the final parameters: `weights`, `means` (K x D),
    /// `covariances` (K x D x D; for the Bayesian mixture in scikit-learn's shapes: K x D x D for
    /// `full`, D x D for `tied`, K x D for `diag`, K for `spherical`) and for the Bayesian mixture
    /// `weight_concentration` (K, or two lists of K for a Dirichlet process), `mean_precision` and
    /// `degrees_of_freedom` (K, or one number for `tied`); and `responsibilities` (N x K) where asked
    /// for. Of a fit of standardized data all of it is in the data's units, every covariance is
    /// D x D, and `scaling` holds `mean` and `sd`; the ELBO is that of what was fitted.
    pub fn to_json(&self, points: ArrayView2<'_, f64>, with: Responsibilities) -> Value {
        let mut all = Map::new();
        let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
        put("iterations", json!(self.iterations()));
        put("stop", json!(self.stop));
        put("restart", json!(self.restart));
        for (name, trace) in &self.trace {
            put(name, json!(trace.values));
        }
        if !self.restart_elbos.is_empty() {
            put("restart_elbos", json!(self.restart_elbos));
            put("restart_traces", self.restart_traces.iter().map(|t| json!(t.values)).collect());
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
            State::Cavi(_) | State::Given(_) => {
                put("covariances", mixture.covariances.iter().map(|c| rows(c.view())).collect());
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
            stop: Stop::NotIterative,
            restart: 0,
            restart_elbos: Vec::new(),
            restart_traces: Vec::new(),
            scaling: None,
        }
    }

    /// The run that the loop kept.
    pub(super) fn from_run<S>(kept: Kept<S>, state: fn(S) -> State) -> Self {
        Self {
            states: kept.states.into_iter().map(state).collect(),
            trace: kept.trace.into_iter().map(|(name, trace)| (name.to_owned(), trace)).collect(),
            stop: kept.stop,
            restart: kept.restart,
            restart_elbos: kept.elbos.iter().filter_map(|t| t.values.last().copied()).collect(),
            restart_traces: kept.elbos,
            scaling: None,
        }
    }
}

/// A matrix as a list of its rows.
pub(super) fn rows(matrix: ArrayView2<'_, f64>) -> Value {
    matrix.rows().into_iter().map(|row| Value::from(row.to_vec())).collect()
}
