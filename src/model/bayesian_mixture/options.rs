//! The Bayesian mixture's options as written, and their checks.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::covariance::Law;
use super::covariance::written::{self, Written, WrittenSchema};
use super::{CovarianceType, Family, InitOptions, Spec, WeightPrior};
use crate::data::Shape;
use crate::diagnostic::{Problems, counted};
use crate::model::{History, checks};
use crate::random::Generator;
use crate::setting::{OneOrMany, Positive, finite, not_negative, positive};

/// `model.bayesian_mixture` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// K: how many components; at least 1, at most the number of points.
    #[schemars(with = "usize", range(min = 1, max = checks::MOST_COMPONENTS))]
    pub components: Spanned<usize>,
    /// The form of the covariances: `"full"`, `"tied"`, `"diag"` (the default) or `"spherical"`.
    #[serde(default)]
    pub covariance: CovarianceType,
    /// Which model `diag`, `spherical` and `tied` are: `"conjugate"`, what their names say (every
    /// precision has a gamma prior, or all share one Wishart prior), or `"scikit-learn"`, its formulas
    /// number for number. Default: `"scikit-learn"` where the fit has `generator = "numpy"`, else
    /// `"conjugate"`. `full` is the same in both.
    pub family: Option<Family>,
    /// The prior of the weights: `"dirichlet_distribution"` (the default) or `"dirichlet_process"`.
    #[serde(default)]
    pub weight_prior: WeightPrior,
    /// The concentration of every weight before any data, > 0; default 1/K.
    #[schemars(with = "Option<Positive>")]
    pub weight_concentration_prior: Option<Spanned<f64>>,
    /// How many points the prior of the means is worth, > 0; default 1.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub mean_precision_prior: Option<Spanned<f64>>,
    /// Where the means are expected: one number a coordinate, or one for all; default: the means of
    /// the data.
    #[schemars(with = "Option<OneOrMany<f64>>")]
    pub mean_prior: Option<Spanned<OneOrMany<f64>>>,
    /// The degrees of freedom of the Wishart prior, > D - 1, or of the gamma prior of the conjugate
    /// `diag` and `spherical`, > 0; default D.
    #[schemars(with = "Option<Positive>")]
    pub degrees_of_freedom_prior: Option<Spanned<f64>>,
    /// The inverse scale matrix of that prior. With `full` and `tied`: D rows of D numbers,
    /// symmetric and positive definite. With `diag`: its diagonal, one number > 0 a coordinate, or
    /// one for all. With `spherical`: one number > 0. Default: the covariance of the data, its
    /// diagonal, or the mean of that.
    #[schemars(with = "Option<WrittenSchema>")]
    pub covariance_prior: Option<Written>,
    /// Where to start: `"random"` (the default; uniform responsibilities), `"kmeans"`,
    /// `"k-means++"`, `"random_from_data"`, or `{ responsibilities = [[...], ...] }`,
    /// `{ means = [...] }` or `{ labels = [...] }`.
    #[schemars(extend("default" = "random"))]
    pub init: Option<InitOptions>,
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
    /// Stop once the lower bound (with `family = "conjugate"` the ELBO) changes by less than this from one iteration to the next
    /// (absolutely, in nats); >= 0, default 1e-3. 0 never stops.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1e-3))]
    pub tol: Option<Spanned<f64>>,
    /// How often to start anew; the run with the best bound is kept; default 1.
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
    /// Checks the options for data of this shape and for the generator that draws the start; reports
    /// every mistake.
    pub fn resolve(
        &self,
        shape: &Shape,
        generator: Generator,
        problems: &mut Problems,
    ) -> Option<Spec> {
        let before = problems.len();
        checks::components(problems, &self.components, shape);
        checks::two_points(problems, "bayesian_mixture", &self.components, shape);
        for (what, value) in [
            ("`weight_concentration_prior`", &self.weight_concentration_prior),
            ("`mean_precision_prior`", &self.mean_precision_prior),
        ] {
            if let Some(value) = value {
                positive(problems, what, value);
            }
        }
        for (what, value) in [("`reg_covar`", &self.reg_covar), ("`tol`", &self.tol)] {
            if let Some(value) = value {
                not_negative(problems, what, value);
            }
        }
        let family = match self.covariance {
            CovarianceType::Full => Family::ScikitLearn,
            _ => self.family.unwrap_or(Family::of(generator)),
        };
        self.check_degrees_of_freedom(family.law(self.covariance), shape, problems);
        checks::max_iter(problems, self.max_iter.as_ref());
        checks::restarts(problems, self.restarts.as_ref());
        let mean_prior = self.mean_prior.as_ref().and_then(|value| {
            checks::coordinates(problems, "`mean_prior`", value, shape.dimensions, finite)
        });
        let covariance_prior = self
            .covariance_prior
            .as_ref()
            .and_then(|value| written::resolve(self.covariance, value, shape.dimensions, problems));
        let or = |value: &Option<Spanned<f64>>, default| {
            value.as_ref().map_or(default, |v| *v.get_ref())
        };
        let components = *self.components.get_ref();
        let init = self.init.clone().unwrap_or_default().resolve(shape, components, problems);
        let init = init.unwrap_or_default();
        (problems.len() == before).then(|| Spec {
            components,
            covariance: self.covariance,
            family,
            weight_prior: self.weight_prior,
            weight_concentration_prior: or(
                &self.weight_concentration_prior,
                1.0 / components as f64,
            ),
            mean_precision_prior: or(&self.mean_precision_prior, 1.0),
            mean_prior,
            degrees_of_freedom_prior: or(&self.degrees_of_freedom_prior, shape.dimensions as f64),
            covariance_prior,
            init,
            reg_covar: or(&self.reg_covar, 1e-6),
            max_iter: self.max_iter.as_ref().map_or(100, |v| *v.get_ref()),
            tol: or(&self.tol, 1e-3),
            restarts: self.restarts.as_ref().map_or(1, |v| *v.get_ref()),
            history: History::of(self.half_steps),
        })
    }

    /// The Wishart distribution exists for more than D - 1 degrees of freedom, the gamma distribution
    /// for more than 0.
    fn check_degrees_of_freedom(&self, law: Law, shape: &Shape, problems: &mut Problems) {
        let Some(value) = &self.degrees_of_freedom_prior else {
            return;
        };
        let least = law.degrees_of_freedom_above(shape.dimensions);
        if finite(problems, "`degrees_of_freedom_prior`", value) && *value.get_ref() <= least as f64
        {
            let of = match law {
                Law::Wishart | Law::SharedWishart => {
                    format!(" for data in {}", counted(shape.dimensions, "dimension"))
                }
                Law::Gammas | Law::SharedGamma => String::new(),
            };
            problems
                .at(
                    value.span(),
                    format!(
                        "`degrees_of_freedom_prior` must be greater than {least}{of}, but is {}",
                        value.get_ref()
                    ),
                )
                .hint(format!("write a number greater than {least}, such as {}", shape.dimensions));
        }
    }
}
