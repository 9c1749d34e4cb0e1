//! The iteration: the M step from the moments of the E step before, then the next E step.
//!
//! The E step comes last so that the log-likelihood of every iteration's own parameters is known; its
//! moments wait for the next M step.

use ndarray::ArrayView2;
use std::f64::consts::PI;

use super::{Spec, State};
use crate::model::bayesian_mixture::covariance::Moments;
use crate::model::bayesian_mixture::update::{Bound, LogWeights};
use crate::model::bayesian_mixture::{self, Family, WeightPrior, Weights};
use crate::model::objective::Objective;
use crate::model::run::{Failure, Inference, Now, Step, TraceOf};
use crate::random::Random;

/// The model with its data.
#[derive(Debug)]
pub(super) struct Likelihood<'a> {
    spec: &'a Spec,
    passes: Bound<'a>,
    points: usize,
}

/// An iteration's parameters, and what its E step found.
#[derive(Debug, Clone)]
pub(super) struct Inner {
    /// The weights are `n_k` in it.
    parameters: bayesian_mixture::State,
    /// About the means.
    moments: Moments,
    log_likelihood: f64,
    /// The logarithm of the sum of scikit-learn's weights: not 0 only at a start with one point a
    /// component.
    log_total: f64,
}

impl Inner {
    /// The parameters alone.
    pub(super) fn outer(self) -> State {
        let bayesian_mixture::State { weights, means, covariances, .. } = self.parameters;
        State { weights: weights.means(), means, covariances }
    }
}

/// The Bayesian mixture whose M step is that of this model: its prior is worth no point.
pub(super) fn without_prior(spec: &Spec, dimensions: usize) -> bayesian_mixture::Spec {
    bayesian_mixture::Spec {
        components: spec.components,
        covariance: spec.covariance,
        // Its M step is maximum likelihood where the prior is worth no point.
        family: Family::ScikitLearn,
        weight_prior: WeightPrior::DirichletDistribution,
        weight_concentration_prior: 0.0,
        mean_precision_prior: 0.0,
        mean_prior: Some(vec![0.0; dimensions]),
        degrees_of_freedom_prior: 0.0,
        covariance_prior: Some(vec![0.0; spec.covariance.prior_numbers(dimensions)]),
        init: spec.init.clone(),
        reg_covar: spec.reg_covar,
        max_iter: spec.max_iter,
        tol: spec.tol,
        restarts: spec.restarts,
        history: spec.history,
    }
}

impl<'a> Likelihood<'a> {
    /// Binds the model to N x D points; `flat` is it [`without_prior`].
    ///
    /// # Errors
    ///
    /// If what is given is not of the size of the data.
    pub(super) fn new(
        spec: &'a Spec,
        flat: &'a bayesian_mixture::Spec,
        points: ArrayView2<'a, f64>,
    ) -> Result<Self, String> {
        let (n, d) = points.dim();
        if n == 0 || points.iter().any(|x| !x.is_finite()) {
            return Err("the data have a point that is no number, or no point; \
                        hint: leave out what is not finite"
                .to_owned());
        }
        let shape = (spec.components, d);
        let fits = spec.weights.as_ref().is_none_or(|w| w.len() == spec.components)
            && spec.means.as_ref().is_none_or(|m| m.dim() == shape)
            && spec.covariances.as_ref().is_none_or(|c| c.fits(spec.covariance, shape));
        if !fits {
            return Err("the parameters at the start are not of the size of the data; \
                        hint: give them for each component and coordinate"
                .to_owned());
        }
        Ok(Self { spec, passes: Bound::new(flat, points)?, points: n })
    }

    /// The parameters at the start, and the logarithm of the sum of scikit-learn's weights.
    fn initial(&self, random: &mut dyn Random) -> Result<(bayesian_mixture::State, f64), Failure> {
        let given = |weights: &[f64]| {
            let counts = weights.iter().map(|w| w * self.points as f64).collect();
            Weights::DirichletDistribution(counts)
        };
        if let Spec { weights: Some(w), means: Some(m), covariances: Some(c), .. } = self.spec {
            let components = self.spec.components;
            let state = bayesian_mixture::State {
                family: Family::ScikitLearn,
                weights: given(w),
                mean_precision: vec![0.0; components],
                means: m.clone(),
                degrees_of_freedom: vec![0.0; components],
                covariances: c.clone(),
            };
            return Ok((state, 0.0));
        }
        let (moments, _) = self.passes.drawn(random);
        let mut state = self.passes.maximize(&moments)?;
        let counts: f64 = state.mean_precision.iter().sum();
        let mut log_total = libm::log(counts / self.points as f64);
        if let Some(weights) = &self.spec.weights {
            state.weights = given(weights);
            log_total = 0.0;
        }
        if let Some(means) = &self.spec.means {
            state.means.clone_from(means);
        }
        if let Some(covariances) = &self.spec.covariances {
            state.covariances.clone_from(covariances);
        }
        Ok((state, log_total))
    }

    /// The E step.
    fn expect(&self, parameters: bayesian_mixture::State, log_total: f64) -> Inner {
        let log_weights =
            LogWeights::new(offsets(&parameters), &parameters.means, &parameters.covariances);
        let (moments, log_sums) = self.passes.assigned(&parameters.means, &log_weights);
        Inner { parameters, moments, log_likelihood: log_sums.value(), log_total }
    }
}

/// What `ln r_ik` has apart from the distance and the constant of the row.
fn offsets(state: &bayesian_mixture::State) -> Vec<f64> {
    let shape = state.means.dim();
    let constant = -0.5 * shape.1 as f64 * libm::log(2.0 * PI);
    let log_determinants = state.covariances.log_determinants(shape);
    let weights = state.weights.means().into_iter().zip(log_determinants);
    weights.map(|(w, determinant)| libm::log(w) + constant - 0.5 * determinant).collect()
}

impl Inference for Likelihood<'_> {
    type State = Inner;

    const TRACES: &'static [TraceOf] = &[
        TraceOf { name: Objective::LogLikelihood.key(), first: 0 },
        TraceOf { name: "lower_bound", first: 1 },
    ];

    fn start(&self, random: &mut dyn Random) -> Result<Step<Inner>, Failure> {
        let (parameters, log_total) = self.initial(random)?;
        let state = self.expect(parameters, log_total);
        // The second trace begins later.
        let values = vec![state.log_likelihood, 0.0];
        Ok(Step { state, values })
    }

    fn step(&self, old: &Inner, _: Now) -> Result<Step<Inner>, Failure> {
        let seen = old.log_likelihood / self.points as f64 + old.log_total;
        let state = self.expect(self.passes.maximize(&old.moments)?, 0.0);
        let values = vec![state.log_likelihood, seen];
        Ok(Step { state, values })
    }
}
