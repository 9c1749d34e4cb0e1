//! CAVI's options as written, and their checks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Init, Spec};
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
    /// The variance of the prior of the means, > 0; default 1.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub prior_variance: Option<Spanned<f64>>,
    /// The variance of every component, > 0; default 1.
    #[schemars(with = "Option<Positive>", extend("default" = 1.0))]
    pub variance: Option<Spanned<f64>>,
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
    /// Which ELBO `tol` is for: `"elbo"` (the default) or `"elbo_lecture"`.
    #[serde(default)]
    pub stop_on: StopOn,
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
        if let Some(value) = &self.prior_variance {
            positive(problems, "`prior_variance`", value);
        }
        if let Some(value) = &self.variance {
            positive(problems, "`variance`", value);
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
        let or = |value: &Option<Spanned<f64>>, default| {
            value.as_ref().map_or(default, |v| *v.get_ref())
        };
        (problems.len() == before).then(|| Spec {
            components,
            prior_variance: or(&self.prior_variance, 1.0),
            variance: or(&self.variance, 1.0),
            init,
            max_iter: self.max_iter.as_ref().map_or(100, |v| *v.get_ref()),
            tol: or(&self.tol, 1e-10),
            stop_on: self.stop_on,
            restarts: self.restarts.as_ref().map_or(1, |v| *v.get_ref()),
        })
    }
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
