//! Models and their inference: from points to a [`Fit`] with every iteration.
//!
//! One file (or folder) a model; `run` is the loop with restarts that the iterative ones share,
//! `kernel` what their passes over the data share. A model binds its [`Spec`] to the points,
//! implements `run::Inference` and is one variant of the three enums below. Models never draw, and
//! know nothing of labels.

pub mod bayesian_mixture;
pub mod cavi;
mod checks;
mod fit;
pub mod given;
mod kernel;
mod kmeans;
mod kmeans_plus_plus;
mod predict;
mod predictive;
mod run;
mod summary;
mod widest;

use ndarray::ArrayView2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use fit::{Fit, Responsibilities, Stop, Trace};
pub use predict::{Predicted, Prediction, Samples};
pub use summary::MeanPosterior;

use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::math::mixture::Mixture;
use crate::random::{Generator, Random};

/// A model as written: `model.cavi = {...}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Coordinate ascent for a univariate mixture with known component variance.
    Cavi(cavi::Options),
    /// Variational Bayesian Gaussian mixture: scikit-learn's, or the conjugate one.
    BayesianMixture(bayesian_mixture::Options),
    /// A mixture with stated parameters and no inference.
    Given(given::Options),
}

/// A model with all its settings, which fits the data that it was resolved for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spec {
    /// See [`Model::Cavi`].
    Cavi(cavi::Spec),
    /// See [`Model::BayesianMixture`].
    BayesianMixture(bayesian_mixture::Spec),
    /// See [`Model::Given`].
    Given(given::Spec),
}

/// The parameters of one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// See [`Model::Cavi`].
    Cavi(cavi::State),
    /// See [`Model::BayesianMixture`].
    BayesianMixture(bayesian_mixture::State),
    /// See [`Model::Given`].
    Given(Mixture),
}

impl Model {
    /// Checks the options against the data they are for and the generator that draws the starts;
    /// reports every mistake.
    pub fn resolve(
        &self,
        shape: &Shape,
        generator: Generator,
        problems: &mut Problems,
    ) -> Option<Spec> {
        match self {
            Self::Cavi(options) => options.resolve(shape, problems).map(Spec::Cavi),
            Self::BayesianMixture(options) => {
                options.resolve(shape, generator, problems).map(Spec::BayesianMixture)
            }
            Self::Given(options) => options.resolve(shape, problems).map(Spec::Given),
        }
    }
}

impl Spec {
    /// The kind's key in the config.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cavi(_) => "cavi",
            Self::BayesianMixture(_) => "bayesian_mixture",
            Self::Given(_) => "given",
        }
    }

    /// K.
    pub fn components(&self) -> usize {
        match self {
            Self::Cavi(spec) => spec.components,
            Self::BayesianMixture(spec) => spec.components,
            Self::Given(spec) => spec.mixture.weights.len(),
        }
    }

    /// Whether a fit has scikit-learn's `lower_bound`.
    pub fn has_lower_bound(&self) -> bool {
        match self {
            Self::BayesianMixture(spec) => spec.has_lower_bound(),
            Self::Cavi(_) | Self::Given(_) => false,
        }
    }

    /// The most iterations that a fit takes; `None` where nothing is inferred.
    pub fn max_iter(&self) -> Option<usize> {
        match self {
            Self::Cavi(spec) => Some(spec.max_iter),
            Self::BayesianMixture(spec) => Some(spec.max_iter),
            Self::Given(_) => None,
        }
    }
}

impl State {
    /// The parameters, if they are CAVI's.
    pub fn as_cavi(&self) -> Option<&cavi::State> {
        match self {
            Self::Cavi(state) => Some(state),
            Self::BayesianMixture(_) | Self::Given(_) => None,
        }
    }
}

/// What is told how far a fit is, now and then and from any thread: how many iterations of all
/// restarts are done, and of how many at most. One that converges counts as all of its restart.
pub type Watch<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The [`Watch`] of whoever does not want to know.
pub fn unwatched(_done: usize, _of: usize) {}

/// Fits the model to N x D points. What `watch` does changes nothing.
///
/// Draws from `random` only before the first iteration, restart by restart.
///
/// # Errors
///
/// If the inference cannot go on (the initial values cannot be drawn from these data, a covariance
/// is not positive definite, numbers overflow): what, in which iteration and restart, and a hint.
/// Not converging is no error.
pub fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Fit, String> {
    match spec {
        Spec::Cavi(spec) => {
            cavi::fit(spec, points, random, watch).map(|kept| Fit::from_run(kept, State::Cavi))
        }
        Spec::BayesianMixture(spec) => bayesian_mixture::fit(spec, points, random, watch)
            .map(|kept| Fit::from_run(kept, State::BayesianMixture)),
        Spec::Given(spec) => Ok(Fit::stated(spec.mixture.clone())),
    }
}
