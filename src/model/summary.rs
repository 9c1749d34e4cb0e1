//! What figures and reports say of a fit: the posterior of its means, and its numbers in short.

use serde_json::{Map, Value, json};

use super::bayesian_mixture::{CovarianceType, Weights};
use super::{Criteria, Fit, Spec, State, cavi};
use crate::math::{NORMAL_95, student_t};
use crate::random::Random;

/// The factor q(mu_k) of a component's mean in one dimension: normal, or Student's t where the
/// variances are inferred too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanPosterior {
    /// Its mean, in the data's unit.
    pub mean: f64,
    /// Its standard deviation. Where it has none (t with no more than 2 degrees of freedom), that of
    /// the normal distribution with the same central 95 %.
    pub sd: f64,
    /// Half the length of its central 95 %.
    pub half_95: f64,
    /// The scale and the degrees of freedom of Student's t.
    student: Option<(f64, f64)>,
}

impl MeanPosterior {
    /// `N(mean, sd^2)`.
    pub fn normal(mean: f64, sd: f64) -> Self {
        Self { mean, sd, half_95: NORMAL_95 * sd, student: None }
    }

    /// Student's t about `mean`, with `nu` degrees of freedom.
    pub fn student(mean: f64, scale: f64, nu: f64) -> Self {
        let half_95 = scale * student_t::quantile_975(nu);
        let sd = if nu > 2.0 { scale * (nu / (nu - 2.0)).sqrt() } else { half_95 / NORMAL_95 };
        Self { mean, sd, half_95, student: Some((scale, nu)) }
    }

    /// Its density at `x`.
    pub fn density(&self, x: f64) -> f64 {
        match self.student {
            None => {
                let z = (x - self.mean) / self.sd;
                let peak = 1.0 / (self.sd * (2.0 * std::f64::consts::PI).sqrt());
                peak * libm::exp(-0.5 * z * z)
            }
            Some((scale, nu)) => student_t::density((x - self.mean) / scale, nu) / scale,
        }
    }

    /// Draws a mean.
    pub fn draw(&self, random: &mut dyn Random) -> f64 {
        match self.student {
            None => random.normal(self.mean, self.sd),
            Some((scale, nu)) => {
                let normal = random.standard_normal();
                let precision = random.standard_gamma(0.5 * nu) / (0.5 * nu);
                self.mean + scale * normal / precision.sqrt()
            }
        }
    }
}

/// A component with a larger weight than this is one that the fit makes use of: one with a point of
/// a hundred is no longer a guess of where it could be.
pub const KEPT_ABOVE: f64 = 0.01;

impl Spec {
    /// The numbers that say how good a fit is, by which fits of the same data can be ranked.
    pub fn criteria(&self) -> &'static [&'static str] {
        match self {
            Self::Cavi(_) => &["elbo"],
            Self::BayesianMixture(spec) if spec.has_lower_bound() => &["elbo", "lower_bound"],
            Self::BayesianMixture(_) => &["elbo"],
            Self::MixtureEm(_) => &["log_likelihood", "aic", "bic"],
            Self::Kmeans(_) => &["cost"],
            Self::Given(_) => &[],
        }
    }

    /// What keeps the variances of components from 0: the form of the covariances that are
    /// estimated, and what is added to every variance. `None` for a model that estimates none.
    pub fn variance_floor(&self) -> Option<(CovarianceType, f64)> {
        match self {
            Self::BayesianMixture(spec) => Some((spec.covariance, spec.reg_covar)),
            Self::MixtureEm(spec) => Some((spec.covariance, spec.reg_covar)),
            Self::Cavi(_) | Self::Kmeans(_) | Self::Given(_) => None,
        }
    }

    /// How the inference starts, in words; empty for a model without inference.
    pub fn start_words(&self) -> &'static str {
        match self {
            Self::Cavi(cavi::Spec { init: cavi::Init::Given { .. }, .. }) => "given start",
            Self::Cavi(_) => "random start",
            Self::BayesianMixture(spec) => spec.init.words(),
            Self::MixtureEm(spec) => spec.start_words(),
            Self::Kmeans(spec) => spec.init.words(),
            Self::Given(_) => "",
        }
    }
}

impl Fit {
    /// The value at the end by which fits are ranked: one of [`Spec::criteria`] by its name.
    pub fn criterion(&self, name: &str) -> Option<f64> {
        match (name, self.criteria) {
            ("aic", Some(criteria)) => Some(criteria.aic),
            ("bic", Some(criteria)) => Some(criteria.bic),
            _ => self.trace.get(name)?.values.last().copied(),
        }
    }

    /// The factors q(mu_k) at iteration `at`, one a component; `None` for a model without such
    /// factors. Past the end means the last iteration.
    pub fn mean_posteriors(&self, at: usize) -> Option<Vec<MeanPosterior>> {
        let state = self.states[at.min(self.iterations())].as_cavi()?;
        let factors = state.m.iter().zip(&state.s2).enumerate();
        let one = |(k, (&mean, s2)): (usize, (&f64, &f64))| {
            let (mean, scale) = match &self.scaling {
                None => (mean, s2.sqrt()),
                Some(scaling) => (scaling.undo(0, mean), scaling.sd[0] * s2.sqrt()),
            };
            match &state.variance {
                cavi::Variance::Known(_) => MeanPosterior::normal(mean, scale),
                cavi::Variance::Unknown { degrees_of_freedom, .. } => {
                    MeanPosterior::student(mean, scale, degrees_of_freedom[k])
                }
            }
        };
        Some(factors.map(one).collect())
    }

    /// The ends of the central 95 % of each weight's posterior at iteration `at`, one a component;
    /// `None` for a model that does not infer weights. Past the end means the last iteration.
    pub fn weight_intervals(&self, at: usize) -> Option<Vec<(f64, f64)>> {
        match &self.states[at.min(self.iterations())] {
            State::BayesianMixture(state) => Some(state.weights.intervals()),
            State::Cavi(state) => state.weights.as_ref().map(Weights::intervals),
            _ => None,
        }
    }

    /// What the model assumes of the weights, in words.
    pub fn weight_words(&self) -> &'static str {
        match &self.states[0] {
            State::BayesianMixture(state) => state.weights.words(),
            State::MixtureEm(_) => "maximum likelihood",
            State::Kmeans(_) => "shares of the points",
            State::Cavi(state) => {
                state.weights.as_ref().map_or("fixed equal weights", Weights::words)
            }
            State::Given(_) => "given weights",
        }
    }

    /// What the model assumes of covariances, in words; empty where there is nothing to say.
    pub fn covariance_words(&self) -> &'static str {
        match &self.states[0] {
            State::BayesianMixture(state) => state.covariances.words(),
            State::MixtureEm(state) => state.covariances.words(),
            State::Kmeans(_) => "clusters",
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
        if let Some(Criteria { parameters, aic, bic }) = self.criteria {
            put("parameters", json!(parameters));
            put("aic", json!(aic));
            put("bic", json!(bic));
        }
        put("weights", each(&|k| json!(mixture.weights[k])));
        put("means", each(&|k| json!(mixture.means.row(k).to_vec())));
        if let Some(posteriors) = self.mean_posteriors(self.iterations()) {
            put("posterior_sd", each(&|k| json!(posteriors[k].sd)));
        }
        Value::Object(summary)
    }
}
