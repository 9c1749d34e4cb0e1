//! What figures and reports say of a fit: the posterior of its means, and its numbers in short.

use serde_json::{Map, Value, json};

use super::{Fit, Spec, State, cavi};

/// The normal factor q(mu_k) of a component's mean in one dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanPosterior {
    /// Its mean, in the data's unit.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

impl Spec {
    /// How the inference starts, in words; empty for a model without inference.
    pub fn start_words(&self) -> &'static str {
        match self {
            Self::Cavi(cavi::Spec { init: cavi::Init::Given { .. }, .. }) => "given start",
            Self::Cavi(_) => "random start",
            Self::BayesianMixture(spec) => spec.init.words(),
            Self::Given(_) => "",
        }
    }
}

impl Fit {
    /// The factors q(mu_k) at iteration `at`, one a component; `None` for a model without such
    /// normal factors. Past the end means the last iteration.
    pub fn mean_posteriors(&self, at: usize) -> Option<Vec<MeanPosterior>> {
        let state = self.states[at.min(self.iterations())].as_cavi()?;
        let factors = state.m.iter().zip(&state.s2);
        let own = factors.map(|(&mean, s2)| MeanPosterior { mean, sd: s2.sqrt() });
        Some(match &self.scaling {
            None => own.collect(),
            Some(scaling) => own
                .map(|q| MeanPosterior { mean: scaling.undo(0, q.mean), sd: scaling.sd[0] * q.sd })
                .collect(),
        })
    }

    /// The ends of the central 95 % of each weight's posterior at iteration `at`, one a component;
    /// `None` for a model that does not infer weights. Past the end means the last iteration.
    pub fn weight_intervals(&self, at: usize) -> Option<Vec<(f64, f64)>> {
        match &self.states[at.min(self.iterations())] {
            State::BayesianMixture(state) => Some(state.weights.intervals()),
            State::Cavi(_) | State::Given(_) => None,
        }
    }

    /// What the model assumes of the weights, in words.
    pub fn weight_words(&self) -> &'static str {
        match &self.states[0] {
            State::BayesianMixture(state) => state.weights.words(),
            State::Cavi(_) => "fixed equal weights",
            State::Given(_) => "given weights",
        }
    }

    /// What the model assumes of covariances, in words; empty where there is nothing to say.
    pub fn covariance_words(&self) -> &'static str {
        match &self.states[0] {
            State::BayesianMixture(state) => state.covariances.words(),
            State::Cavi(_) | State::Given(_) => "",
        }
    }

    /// The numbers that a slide may quote: how it ended, and the final mixture.
    ///
    /// With `matching` (the inferred component of each true one) the components are in the order of
    /// the truth, `null` where none was matched; else in their own.
    pub fn summary(&self, matching: Option<&[Option<usize>]>) -> Value {
        let own: Vec<Option<usize>> = (0..self.components()).map(Some).collect();
        let order = matching.unwrap_or(&own);
        let each = |value: &dyn Fn(usize) -> Value| -> Value {
            order.iter().map(|k| k.map_or(Value::Null, value)).collect()
        };
        let mixture = self.mixture(self.iterations());
        let mut summary = Map::new();
        let mut put = |name: &str, value: Value| summary.insert(name.to_owned(), value);
        put("iterations", json!(self.iterations()));
        put("stop", json!(self.stop));
        put("restart", json!(self.restart));
        for (name, trace) in &self.trace {
            put(name, json!(trace.values.last()));
        }
        put("weights", each(&|k| json!(mixture.weights[k])));
        put("means", each(&|k| json!(mixture.means.row(k).to_vec())));
        if let Some(posteriors) = self.mean_posteriors(self.iterations()) {
            put("posterior_sd", each(&|k| json!(posteriors[k].sd)));
        }
        Value::Object(summary)
    }
}
