//! A mixture with stated parameters and no inference: a density to draw, and responsibilities to
//! score.
//!
//! # Model
//!
//! `p(x) = sum_k w_k N(x | m_k, C_k)` in D dimensions, as [`Mixture`]. The fit has one state, no
//! iterations and no traces; its responsibilities are the posterior probabilities
//! `w_k N(x | m_k, C_k) / p(x)` (Bishop 2006, equation 9.13).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::data::Shape;
use crate::data::components::{self, Written};
use crate::diagnostic::{Problems, counted};
use crate::math::mixture::Mixture;
use crate::setting::{OneOrMany, Positive};

/// A matrix as a list of rows.
type Matrix = Spanned<Vec<Spanned<Vec<Spanned<f64>>>>>;

/// `model.given` as written: the keys of the data source `gaussian_mixture`, with the same rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The components' means: numbers in one dimension, lists of D numbers in several.
    #[schemars(with = "Vec<OneOrMany<f64>>", length(min = 1))]
    pub means: Spanned<Vec<Spanned<OneOrMany<f64>>>>,
    /// The standard deviation of every coordinate, one for all components or one each; default 1.
    #[schemars(with = "Option<OneOrMany<Positive>>", extend("default" = 1.0))]
    pub sd: Option<Spanned<OneOrMany<f64>>>,
    /// The components' covariances, each as D rows of D numbers. Instead of `sd`.
    #[schemars(with = "Option<Vec<Vec<Vec<f64>>>>")]
    pub covariances: Option<Spanned<Vec<Matrix>>>,
    /// The weights, > 0 and of sum 1; default: equal.
    #[schemars(with = "Option<Vec<Positive>>", length(min = 1))]
    pub weights: Option<Spanned<Vec<Spanned<f64>>>>,
}

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// The mixture.
    pub mixture: Mixture,
}

impl Options {
    /// Checks the options for data of this shape; reports every mistake.
    pub fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Option<Spec> {
        let written = Written {
            means: &self.means,
            sd: self.sd.as_ref(),
            covariances: self.covariances.as_ref(),
            factors: None,
        };
        let components = written.resolve(problems);
        let count = written.count();
        let weights = match &self.weights {
            Some(weights) => components::weights(problems, weights, count),
            None => Some(vec![1.0 / count as f64; count]),
        };
        let mixture = components?.mixture(weights?);
        if mixture.dimensions() != shape.dimensions {
            problems
                .at(
                    self.means.span(),
                    format!(
                        "the means have dimension {}, but the data have dimension {}",
                        mixture.dimensions(),
                        shape.dimensions
                    ),
                )
                .hint(format!("write every mean with {}", counted(shape.dimensions, "number")));
            return None;
        }
        Some(Spec { mixture })
    }
}
