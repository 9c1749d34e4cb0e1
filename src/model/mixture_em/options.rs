//! The options of a maximum-likelihood mixture as written, and their checks.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Spec;
use super::start::{self, Written, WrittenSchema};
use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::model::bayesian_mixture::{CovarianceType, Init, InitOptions};
use crate::model::{History, checks, init};
use crate::setting::{OneOrMany, Positive, not_negative};

/// `model.mixture_em` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// K: how many components; at least 1, at most the number of points.
    #[schemars(with = "usize", range(min = 1, max = checks::MOST_COMPONENTS))]
    pub components: Spanned<usize>,
    /// The form of the covariances: `"full"` (the default), `"tied"`, `"diag"` or `"spherical"`.
    #[schemars(with = "Option<CovarianceType>", extend("default" = "full"))]
    pub covariance: Option<CovarianceType>,
    /// Where to start: `"kmeans"` (the default), `"k-means++"`, `"random"` (uniform
    /// responsibilities), `"random_from_data"`, or `{ responsibilities = [[...], ...] }`,
    /// `{ means = [...] }` or `{ labels = [...] }`. The first parameters are computed from it.
    #[schemars(with = "Option<InitOptions>", extend("default" = "kmeans"))]
    pub init: Option<Spanned<InitOptions>>,
    /// The weights at the start, > 0 and of sum 1, one a component; default: from `init`.
    #[schemars(with = "Option<Vec<Positive>>", length(min = 1))]
    pub weights: Option<Spanned<Vec<Spanned<f64>>>>,
    /// The means at the start, one a component; default: from `init`.
    #[schemars(with = "Option<Vec<OneOrMany<f64>>>", length(min = 1))]
    pub means: Option<Spanned<Vec<Spanned<OneOrMany<f64>>>>>,
    /// The covariances at the start. With `full`: D rows of D numbers a component. With `tied`: D
    /// rows of D numbers. With `diag`: D numbers > 0 a component. With `spherical`: one number > 0 a
    /// component. Default: from `init`.
    #[schemars(with = "Option<WrittenSchema>")]
    pub covariances: Option<Written>,
    /// Added to the variances of every component, >= 0; default 1e-6.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1e-6))]
    pub reg_covar: Option<Spanned<f64>>,
    /// The most iterations; 0 keeps the initial values; default 100.
    #[schemars(
        with = "Option<usize>",
        range(max = checks::MOST_ITERATIONS),
        extend("default" = 100)
    )]
    pub max_iter: Option<Spanned<usize>>,
    /// Stop once the mean log-likelihood of the points changes by less than this from one iteration
    /// to the next (absolutely, in nats); >= 0, default 1e-3. 0 never stops.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1e-3))]
    pub tol: Option<Spanned<f64>>,
    /// How often to start anew; the run with the greatest likelihood is kept; default 1.
    #[schemars(
        with = "Option<usize>",
        range(min = 1, max = checks::MOST_RESTARTS),
        extend("default" = 1)
    )]
    pub restarts: Option<Spanned<usize>>,
    /// Whether `at` and all that is over iterations counts half steps: `2 t - 1` is after the E step of
    /// iteration t, `2 t` after its M step; default false.
    #[schemars(extend("default" = false))]
    pub half_steps: Option<bool>,
}

impl Options {
    /// Checks the options for data of this shape; reports every mistake.
    pub fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        checks::components(problems, &self.components, shape);
        checks::two_points(problems, "mixture_em", &self.components, shape);
        for (what, value) in [("`reg_covar`", &self.reg_covar), ("`tol`", &self.tol)] {
            if let Some(value) = value {
                not_negative(problems, what, value);
            }
        }
        checks::max_iter(problems, self.max_iter.as_ref());
        checks::restarts(problems, self.restarts.as_ref());
        let components = *self.components.get_ref();
        let covariance = self.covariance.unwrap_or(CovarianceType::Full);
        let init = match &self.init {
            Some(init) => init.get_ref().resolve(shape, components, problems),
            None => Some(Init::Kmeans),
        };
        let weights = self.weights.as_ref().map(|list| start::weights(list, components, problems));
        let means = self.means.as_ref().map(|list| {
            init::means(("`means`", "the means"), list, shape.dimensions, components, problems)
        });
        let covariances = self.covariances.as_ref().map(|list| {
            start::covariances(covariance, list, (components, shape.dimensions), problems)
        });
        let spec = Spec {
            components,
            covariance,
            init: init.unwrap_or_default(),
            weights: weights.flatten(),
            means: means.flatten(),
            covariances: covariances.flatten(),
            reg_covar: self.reg_covar.as_ref().map_or(1e-6, |v| *v.get_ref()),
            max_iter: self.max_iter.as_ref().map_or(100, |v| *v.get_ref()),
            tol: self.tol.as_ref().map_or(1e-3, |v| *v.get_ref()),
            restarts: self.restarts.as_ref().map_or(1, |v| *v.get_ref()),
            history: History::of(self.half_steps),
        };
        if let Some(init) = self.init.as_ref().filter(|_| spec.is_given()) {
            problems
                .at(init.span(), "nothing is left for `init`: all parameters are given")
                .hint("leave `init` out, or one of `weights`, `means` and `covariances`");
        }
        (problems.len() == before).then_some(spec)
    }
}
