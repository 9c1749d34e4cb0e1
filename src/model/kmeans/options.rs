//! The options of k-means as written, and their checks.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Init, Spec};
use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::model::{History, checks, init};
use crate::setting::{OneOrMany, not_negative};

/// `model.kmeans` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// K: how many clusters; at least 1, at most the number of points.
    #[schemars(with = "usize", range(min = 1, max = checks::MOST_COMPONENTS))]
    pub components: Spanned<usize>,
    /// Where the means start: `"k-means++"` (the default; points far from each other), `"random"`
    /// (any points) or `{ means = [...] }`.
    #[schemars(extend("default" = "k-means++"))]
    pub init: Option<InitOptions>,
    /// The most iterations; 0 keeps the initial means; default 300.
    #[schemars(
        with = "Option<usize>",
        range(max = checks::MOST_ITERATIONS),
        extend("default" = 300)
    )]
    pub max_iter: Option<Spanned<usize>>,
    /// Stop once the means move by not more than this, squared and relative to the mean variance of
    /// the coordinates; >= 0, default 0: once no point changes its cluster.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 0.0))]
    pub tol: Option<Spanned<f64>>,
    /// How often to start anew; the least cost is kept; default 1.
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

/// `init` as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub enum InitOptions {
    /// At points far from each other.
    #[default]
    #[serde(rename = "k-means++")]
    KmeansPlusPlus,
    /// At any points.
    #[serde(rename = "random")]
    Random,
    /// At means of one's own.
    #[serde(rename = "means")]
    Means(
        /// One a cluster.
        #[schemars(with = "Vec<OneOrMany<f64>>")]
        Spanned<Vec<Spanned<OneOrMany<f64>>>>,
    ),
}

impl Options {
    /// Checks the options for data of this shape; reports every mistake.
    pub fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        checks::components(problems, &self.components, shape);
        checks::max_iter(problems, self.max_iter.as_ref());
        checks::restarts(problems, self.restarts.as_ref());
        if let Some(tol) = &self.tol {
            not_negative(problems, "`tol`", tol);
        }
        let components = *self.components.get_ref();
        let init = match &self.init {
            None | Some(InitOptions::KmeansPlusPlus) => Some(Init::KmeansPlusPlus),
            Some(InitOptions::Random) => Some(Init::Random),
            Some(InitOptions::Means(list)) => {
                let name = ("`init`", "the means of `init`");
                init::means(name, list, shape.dimensions, components, problems).map(Init::Means)
            }
        };
        (problems.len() == before).then(|| Spec {
            components,
            init: init.unwrap_or_default(),
            max_iter: self.max_iter.as_ref().map_or(300, |v| *v.get_ref()),
            tol: self.tol.as_ref().map_or(0.0, |v| *v.get_ref()),
            restarts: self.restarts.as_ref().map_or(1, |v| *v.get_ref()),
            history: History::of(self.half_steps),
        })
    }
}
