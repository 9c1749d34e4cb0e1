//! Models and their inference: from points to a [`Fit`] with every iteration.
//!
//! One file (or folder) a model; `run` is the loop with restarts that the iterative ones share,
//! `kernel` what their passes over the data share. A model binds its [`Spec`] to the points,
//! implements `run::Inference` and is one variant of the three enums below. Models never draw, and
//! know nothing of labels; the mixture that the points come from is handed only to a projection of it.

pub mod bayesian_mixture;
pub mod cavi;
mod centred;
mod checks;
mod fit;
pub mod given;
mod init;
mod kernel;
pub mod kmeans;
mod kmeans_plus_plus;
mod lloyd;
pub mod mixture_em;
pub mod objective;
mod predict;
mod predictive;
pub mod project;
mod run;
mod summary;

use ndarray::{Array2, ArrayView2};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use fit::{Criteria, Fit, History, Responsibilities, Stop, Trace};
pub use objective::{Best, Objective};
pub use predict::{Predicted, Prediction, Samples};
pub use run::End;
pub use summary::{KEPT_ABOVE, MeanPosterior};

use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::math::mixture::Mixture;
use crate::random::{Generator, Random};

/// A model as written: `model.cavi = {...}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Coordinate ascent for a univariate mixture, as the lecture has it or with more inferred.
    Cavi(cavi::Options),
    /// Variational Bayesian Gaussian mixture: scikit-learn's, or the conjugate one.
    BayesianMixture(bayesian_mixture::Options),
    /// Maximum-likelihood Gaussian mixture by expectation maximisation, as scikit-learn's.
    MixtureEm(mixture_em::Options),
    /// k-means clustering.
    Kmeans(kmeans::Options),
    /// The normal distribution that is closest to the mixture that the data come from.
    Project(project::Options),
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
    /// See [`Model::MixtureEm`].
    MixtureEm(mixture_em::Spec),
    /// See [`Model::Kmeans`].
    Kmeans(kmeans::Spec),
    /// See [`Model::Project`].
    Project(project::Spec),
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
    /// See [`Model::MixtureEm`].
    MixtureEm(mixture_em::State),
    /// See [`Model::Kmeans`].
    Kmeans(kmeans::State),
    /// See [`Model::Project`].
    Project(project::State),
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
            Self::MixtureEm(options) => options.resolve(shape, problems).map(Spec::MixtureEm),
            Self::Kmeans(options) => options.resolve(shape, problems).map(Spec::Kmeans),
            Self::Project(options) => options.resolve(shape, problems).map(Spec::Project),
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
            Self::MixtureEm(_) => "mixture_em",
            Self::Kmeans(_) => "kmeans",
            Self::Project(_) => "project",
            Self::Given(_) => "given",
        }
    }

    /// K.
    pub fn components(&self) -> usize {
        match self {
            Self::Cavi(spec) => spec.components,
            Self::BayesianMixture(spec) => spec.components,
            Self::MixtureEm(spec) => spec.components,
            Self::Kmeans(spec) => spec.components,
            Self::Project(_) => 1,
            Self::Given(spec) => spec.mixture.weights.len(),
        }
    }

    /// Which divergence is made least; `None` of a model that is no projection.
    pub fn divergence(&self) -> Option<project::Divergence> {
        match self {
            Self::Project(spec) => Some(spec.divergence),
            _ => None,
        }
    }

    /// Whether fits say which component a point is of, so that they have scores. A projection is one
    /// distribution for all of the mixture.
    pub fn assigns(&self) -> bool {
        !matches!(self, Self::Project(_))
    }

    /// Whether a fit has scikit-learn's `lower_bound`.
    pub fn has_lower_bound(&self) -> bool {
        match self {
            Self::BayesianMixture(spec) => spec.has_lower_bound(),
            Self::MixtureEm(_) => true,
            Self::Cavi(_) | Self::Kmeans(_) | Self::Project(_) | Self::Given(_) => false,
        }
    }

    /// The most iterations (or half steps, see [`History`]) that a fit takes; `None` where nothing is inferred.
    pub fn max_iter(&self) -> Option<usize> {
        match self {
            Self::Cavi(spec) => Some(spec.max_iter),
            Self::BayesianMixture(spec) => Some(spec.history.steps(spec.max_iter)),
            Self::MixtureEm(spec) => Some(spec.history.steps(spec.max_iter)),
            Self::Kmeans(spec) => Some(spec.history.steps(spec.max_iter)),
            // A closed form is there from the beginning.
            Self::Project(spec) => Some(spec.start.as_ref().map_or(0, |_| spec.max_iter)),
            Self::Given(_) => None,
        }
    }
}

impl State {
    /// The parameters, if they are CAVI's.
    pub fn as_cavi(&self) -> Option<&cavi::State> {
        match self {
            Self::Cavi(state) => Some(state),
            _ => None,
        }
    }

    /// The responsibilities for N x D points with these parameters, N x K; rows sum to 1.
    ///
    /// # Panics
    ///
    /// If the points have another dimension than the parameters.
    pub fn responsibilities(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        match self {
            Self::Cavi(state) => state.responsibilities(points),
            Self::BayesianMixture(state) => state.responsibilities(points),
            Self::MixtureEm(state) => state.mixture().responsibilities(points),
            Self::Kmeans(state) => state.responsibilities(points),
            Self::Project(state) => state.mixture().responsibilities(points),
            Self::Given(mixture) => mixture.responsibilities(points),
        }
    }

    /// The mixture that the parameters amount to when each stands for itself (posterior means of the
    /// weights and means).
    pub fn mixture(&self) -> Mixture {
        match self {
            Self::Cavi(state) => state.mixture(),
            Self::BayesianMixture(state) => state.mixture(),
            Self::MixtureEm(state) => state.mixture(),
            Self::Kmeans(state) => state.mixture(),
            Self::Project(state) => state.mixture(),
            Self::Given(mixture) => mixture.clone(),
        }
    }
}

/// What is told how far a fit is, now and then and from any thread: how many iterations of all
/// restarts are done, and of how many at most. One that converges counts as all of its restart.
pub type Watch<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The [`Watch`] of whoever does not want to know.
pub fn unwatched(_done: usize, _of: usize) {}

/// Fits the model to N x D points of which no more is known. What `watch` does changes nothing.
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
    fit_of(spec, points, None, random, watch)
}

/// [`fit`], where the mixture that the points come from may be known, in the units of the points. Only
/// a projection looks at it.
///
/// # Errors
///
/// As [`fit`], and if a projection is asked for of what is not known.
pub fn fit_of(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    truth: Option<&Mixture>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Fit, String> {
    match spec {
        Spec::Cavi(spec) => {
            cavi::fit(spec, points, random, watch).map(|kept| Fit::from_run(kept, State::Cavi))
        }
        Spec::BayesianMixture(spec) => bayesian_mixture::fit(spec, points, random, watch)
            .map(|kept| Fit::from_run(kept, State::BayesianMixture).with_history(spec.history)),
        Spec::MixtureEm(spec) => mixture_em::fit(spec, points, random, watch),
        Spec::Kmeans(spec) => kmeans::fit(spec, points, random, watch)
            .map(|kept| Fit::from_run(kept, State::Kmeans).with_history(spec.history)),
        Spec::Project(spec) => {
            let truth = truth.ok_or_else(|| {
                "the mixture that the data come from is not known; \
                 hint: project data that are drawn from a mixture"
                    .to_owned()
            })?;
            project::fit(spec, truth, watch)
        }
        Spec::Given(spec) => Ok(Fit::stated(spec.mixture.clone())),
    }
}
