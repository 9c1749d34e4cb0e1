//! CAVI's options as written, and their checks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::annealing::AnnealingOptions;
use super::svi::SviOptions;
use super::written::WrittenVariance;
use super::{Init, Spec, VariancePrior};
use crate::data::Shape;
use crate::diagnostic::{Problems, counted};
use crate::model::checks;
use crate::setting::{Positive, finite, not_negative, positive};

/// `model.cavi` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// K: how many components; at least 1, at most the number of points.
    #[schemars(with = "usize", range(min = 1, max = checks::MOST_COMPONENTS))]
    pub components: Spanned<usize>,
    /// The variance of the prior of the means, > 0; default 1. With `variance = "unknown"` the means
    /// have `mean_precision_prior` instead.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub prior_variance: Option<Spanned<f64>>,
    /// The variance of every component, > 0 (default 1), or `"unknown"`: each is inferred, with the
    /// mean, under a normal-gamma prior.
    #[schemars(with = "Option<WrittenVariance>", extend("default" = 1.0))]
    pub variance: Option<Spanned<WrittenVariance>>,
    /// With `variance = "unknown"`: how many points at 0 the prior of the means is worth, > 0;
    /// default 1. Given a component's variance, that of its mean is this times smaller.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub mean_precision_prior: Option<Spanned<f64>>,
    /// With `variance = "unknown"`: how many points the prior of the variances is worth, > 0;
    /// default 1. Half of it is the shape of the gamma prior of the precisions.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub degrees_of_freedom_prior: Option<Spanned<f64>>,
    /// With `variance = "unknown"`: the variance of the points that the prior of the variances is
    /// worth, > 0; default 1. The reciprocal of it is the prior mean of the precisions.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub variance_prior: Option<Spanned<f64>>,
    /// The concentration of every weight in a Dirichlet prior, > 0: the weights are inferred.
    /// Without it all weights are 1/K.
    #[schemars(with = "Option<Positive>")]
    pub weight_concentration_prior: Option<Spanned<f64>>,
    /// Deterministic annealing: `{ start = 0.1, iterations = 20 }`. Without it every E step is at the
    /// temperature 1.
    pub annealing: Option<AnnealingOptions>,
    /// Stochastic variational inference: `{ batch_size = 100, delay = 1.0, forgetting_rate = 0.7 }`. An
    /// iteration is then a step, and the ELBO is still that of all points.
    pub svi: Option<SviOptions>,
    /// Where to start: `"kmeans++"` (the default), `"lecture"` or
    /// `{ given = { means = [...], variances = [...] } }`.
    #[schemars(extend("default" = "kmeans++"))]
    pub init: Option<InitOptions>,
    /// The most iterations; 0 keeps the initial values; default 100.
    #[schemars(
        with = "Option<usize>",
        range(max = checks::MOST_ITERATIONS),
        extend("default" = 100)
    )]
    pub max_iter: Option<Spanned<usize>>,
    /// Stop once the ELBO changes by no more than this from one iteration to the next (absolutely,
    /// in nats); >= 0, default 1e-10.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1e-10))]
    pub tol: Option<Spanned<f64>>,
    /// Which ELBO `tol` is for: `"elbo"` (the default) or `"elbo_lecture"`, which there is for a
    /// known variance and equal weights.
    #[schemars(with = "Option<StopOn>", extend("default" = "elbo"))]
    pub stop_on: Option<Spanned<StopOn>>,
    /// How often to start anew; the run with the best exact ELBO is kept; default 1.
    #[schemars(
        with = "Option<usize>",
        range(min = 1, max = checks::MOST_RESTARTS),
        extend("default" = 1)
    )]
    pub restarts: Option<Spanned<usize>>,
}

/// `init` as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub enum InitOptions {
    /// As the lecture's notebook starts.
    #[serde(rename = "lecture")]
    Lecture,
    /// At points far from each other, as k-means++ chooses them.
    #[default]
    #[serde(rename = "kmeans++")]
    KmeansPlusPlus,
    /// At means of one's own.
    #[serde(rename = "given")]
    Given(GivenInit),
}

/// The factors `q(mu_k)` that the iterations start from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenInit {
    /// The initial means, one a component.
    #[schemars(with = "Vec<f64>")]
    pub means: Spanned<Vec<Spanned<f64>>>,
    /// The initial variances of `q(mu_k)`, one a component, > 0; default: those that every
    /// component would have with N/K points.
    #[schemars(with = "Option<Vec<Positive>>")]
    pub variances: Option<Spanned<Vec<Spanned<f64>>>>,
}

/// Which ELBO a run stops on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopOn {
    /// The exact one.
    #[default]
    Elbo,
    /// The notebook's.
    ElboLecture,
}

impl Options {
    /// Checks the options for data of this shape; reports every mistake.
    pub fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        if shape.dimensions != 1 {
            problems
                .at(
                    self.components.span(),
                    format!(
                        "`model.cavi` is for data in 1 dimension, but these have {}",
                        shape.dimensions
                    ),
                )
                .hint("use `model.bayesian_mixture`, or data in 1 dimension");
        }
        checks::components(problems, &self.components, shape);
        let variance = self.variance(problems);
        if let Some(value) = &self.weight_concentration_prior {
            positive(problems, "`weight_concentration_prior`", value);
        }
        checks::max_iter(problems, self.max_iter.as_ref());
        if let Some(value) = &self.tol {
            not_negative(problems, "`tol`", value);
        }
        checks::restarts(problems, self.restarts.as_ref());
        let components = *self.components.get_ref();
        let init = match self.init.as_ref().unwrap_or(&InitOptions::default()) {
            InitOptions::Lecture => Init::Lecture,
            InitOptions::KmeansPlusPlus => Init::KmeansPlusPlus,
            InitOptions::Given(given) => Init::Given {
                means: values(problems, "`means`", &given.means, components, finite),
                variances: given
                    .variances
                    .as_ref()
                    .map(|v| values(problems, "`variances`", v, components, positive)),
            },
        };
        let spec = Spec {
            components,
            variance,
            weight_concentration_prior: self
                .weight_concentration_prior
                .as_ref()
                .map(|v| *v.get_ref()),
            annealing: self
                .annealing
                .as_ref()
                .map(|a| a.resolve(or(&self.max_iter, 100), problems)),
            svi: self.svi.as_ref().map(|svi| svi.resolve(shape, problems)),
            init,
            max_iter: or(&self.max_iter, 100),
            tol: or(&self.tol, 1e-10),
            stop_on: or(&self.stop_on, StopOn::Elbo),
            restarts: or(&self.restarts, 1),
        };
        self.check_stop_on(&spec, problems);
        (problems.len() == before).then_some(spec)
    }

    /// What is assumed of the means and variances; keys of the other assumption are mistakes.
    fn variance(&self, problems: &mut Problems) -> VariancePrior {
        let of_unknown = [
            ("`mean_precision_prior`", &self.mean_precision_prior),
            ("`degrees_of_freedom_prior`", &self.degrees_of_freedom_prior),
            ("`variance_prior`", &self.variance_prior),
        ];
        let keys = [("`prior_variance`", &self.prior_variance)].into_iter().chain(of_unknown);
        for (what, value) in keys {
            if let Some(value) = value {
                positive(problems, what, value);
            }
        }
        let written = self.variance.as_ref().map(|v| (v.span(), *v.get_ref()));
        if let Some((_, WrittenVariance::Unknown)) = written {
            if let Some(value) = &self.prior_variance {
                problems
                    .at(
                        value.span(),
                        "`prior_variance` is for known variances, but `variance` is \"unknown\"",
                    )
                    .hint(
                        "write `mean_precision_prior`: given a component's variance, that of its \
                         mean is so many times smaller",
                    );
            }
            return VariancePrior::Unknown {
                mean_precision: or(&self.mean_precision_prior, 1.0),
                degrees_of_freedom: or(&self.degrees_of_freedom_prior, 1.0),
                variance: or(&self.variance_prior, 1.0),
            };
        }
        let mut known = 1.0;
        if let Some((span, WrittenVariance::Known(value))) = written {
            positive(problems, "`variance`", &Spanned::new(span, value));
            known = value;
        }
        for (what, value) in of_unknown {
            if let Some(value) = value {
                problems
                    .at(
                        value.span(),
                        format!("{what} is for unknown variances, but `variance` is {known}"),
                    )
                    .hint(
                        "write `variance = \"unknown\"` to infer the variances, or leave this out",
                    );
            }
        }
        VariancePrior::Known { variance: known, prior_variance: or(&self.prior_variance, 1.0) }
    }

    /// The notebook's ELBO has no terms for what it does not infer.
    fn check_stop_on(&self, spec: &Spec, problems: &mut Problems) {
        if let (Some(written), Some(inferred)) = (&self.stop_on, spec.inferred())
            && *written.get_ref() == StopOn::ElboLecture
        {
            problems
                .at_value(
                    written.span(),
                    format!(
                        "there is no `elbo_lecture` where {inferred} are inferred: the notebook's \
                         formula is for known variances and equal weights"
                    ),
                )
                .hint("write `stop_on = \"elbo\"`");
        }
    }
}

/// The value, or what it is if it is not written.
fn or<T: Copy>(value: &Option<Spanned<T>>, default: T) -> T {
    value.as_ref().map_or(default, |v| *v.get_ref())
}

/// The numbers of a list with one a component, after checking each and how many there are.
fn values(
    problems: &mut Problems,
    what: &str,
    list: &Spanned<Vec<Spanned<f64>>>,
    components: usize,
    good: fn(&mut Problems, &str, &Spanned<f64>) -> bool,
) -> Vec<f64> {
    let numbers = list.get_ref();
    if numbers.len() != components {
        problems
            .at(
                list.span(),
                format!(
                    "{what} has {}, but `components` is {components}",
                    counted(numbers.len(), "value")
                ),
            )
            .hint(format!("write {}, one a component", counted(components, "number")));
    }
    for number in numbers {
        good(problems, what, number);
    }
    numbers.iter().map(|n| *n.get_ref()).collect()
}
