//! The options of a projection as written, and their checks.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Divergence, Form, Spec, Start};
use crate::data::Shape;
use crate::diagnostic::{Problems, counted};
use crate::math::quadrature::MOST_DIMENSIONS;
use crate::model::{checks, init};
use crate::setting::{OneOrMany, not_negative};

/// `model.project` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Which divergence is made least, p the mixture that the data come from and q the normal
    /// distribution: `"KL(q||p)"`, as variational inference has it, or `"KL(p||q)"`, whose solution has
    /// the moments of p.
    #[schemars(with = "Divergence")]
    pub divergence: Spanned<Divergence>,
    /// The form of q's covariance: `"full"` (the default), `"diag"`, so that q factorises, or
    /// `"spherical"`.
    #[serde(default)]
    pub covariance: Form,
    /// Where the iterations for `"KL(q||p)"` start, each start a restart: `"all"` (the default: at every
    /// component and at the moments of p, or of more than 8 those that rough steps lead to different
    /// places, the 8 of the least divergences at most), `"moments"`, `{ component = 0 }` or
    /// `{ means = [...] }`. With one component there is a closed form, and iterations only from a
    /// `start` that is written.
    #[schemars(with = "Option<StartOptions>", extend("default" = "all"))]
    pub start: Option<Spanned<StartOptions>>,
    /// The most iterations; 0 keeps the starts; default 1000.
    #[schemars(
        with = "Option<usize>",
        range(max = checks::MOST_ITERATIONS),
        extend("default" = 1000)
    )]
    pub max_iter: Option<Spanned<usize>>,
    /// Stop once the divergence falls by not more than this in an iteration, in nats; >= 0, default
    /// 1e-12.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1e-12))]
    pub tol: Option<Spanned<f64>>,
}

/// `start` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub enum StartOptions {
    /// At every component in turn, and at the moments; of more than 8 the most promising.
    #[serde(rename = "all")]
    All,
    /// At the mean and the covariance of the mixture.
    #[serde(rename = "moments")]
    Moments,
    /// At one of the components.
    #[serde(rename = "component")]
    Component(
        /// Which one, counted from 0.
        #[schemars(with = "usize")]
        Spanned<usize>,
    ),
    /// At means of one's own, with the mean covariance of the components.
    #[serde(rename = "means")]
    Means(
        /// One a restart.
        #[schemars(with = "Vec<OneOrMany<f64>>", length(min = 1))]
        Spanned<Vec<Spanned<OneOrMany<f64>>>>,
    ),
}

impl Options {
    /// Checks the options for data of this shape; reports every mistake.
    pub fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        checks::max_iter(problems, self.max_iter.as_ref());
        if let Some(tol) = &self.tol {
            not_negative(problems, "`tol`", tol);
        }
        let components = self.components(shape, problems);
        let start = self
            .start
            .as_ref()
            .map(|start| start.get_ref().resolve(shape.dimensions, components, problems));
        let divergence = *self.divergence.get_ref();
        let closed = match divergence {
            Divergence::Inclusive => true,
            Divergence::Exclusive => components == Some(1) && self.start.is_none(),
        };
        if closed {
            self.check_idle(problems);
        }
        if shape.dimensions > MOST_DIMENSIONS
            && let Some(k) = components.filter(|k| *k > 1 || !closed)
        {
            let what = match k {
                1 => "a projection with a `start`".to_owned(),
                _ => format!("the projection of {}", counted(k, "component")),
            };
            problems
                .at(
                    self.divergence.span(),
                    format!(
                        "{what} is computed in one or two dimensions, but the data have {}",
                        counted(shape.dimensions, "dimension")
                    ),
                )
                .hint(
                    "give the mixture fewer dimensions, or one component, whose projection has a \
                     closed form",
                );
        }
        (problems.len() == before).then(|| Spec {
            divergence,
            covariance: self.covariance,
            start: (!closed).then(|| start.flatten().unwrap_or(Start::All)),
            max_iter: self.max_iter.as_ref().map_or(1000, |v| *v.get_ref()),
            tol: self.tol.as_ref().map_or(1e-12, |v| *v.get_ref()),
        })
    }

    /// K of the mixture that is projected.
    fn components(&self, shape: &Shape, problems: &mut Problems) -> Option<usize> {
        let components = shape.components.filter(|_| shape.truth);
        if components.is_none() {
            problems
                .at(
                    self.divergence.span(),
                    "`model.project` is of the mixture that the data come from, which is not known \
                     of these",
                )
                .hint("name data of the source `gaussian_mixture`");
        }
        components
    }

    /// Reports what is written about iterations that are not made.
    fn check_idle(&self, problems: &mut Problems) {
        let why = match self.divergence.get_ref() {
            Divergence::Inclusive => "KL(p||q) has a closed form",
            Divergence::Exclusive => "the mixture has one component, so there is a closed form",
        };
        let spans = [
            ("start", self.start.as_ref().map(Spanned::span)),
            ("max_iter", self.max_iter.as_ref().map(Spanned::span)),
            ("tol", self.tol.as_ref().map(Spanned::span)),
        ];
        for (key, span) in spans {
            let Some(span) = span else { continue };
            problems
                .at(span, format!("nothing is left for `{key}`: {why}"))
                .hint(format!("leave `{key}` out"));
        }
    }
}

impl StartOptions {
    /// Checks the start for a mixture of so many components; reports every mistake.
    fn resolve(
        &self,
        dimensions: usize,
        components: Option<usize>,
        problems: &mut Problems,
    ) -> Option<Start> {
        match self {
            Self::All => Some(Start::All),
            Self::Moments => Some(Start::Moments),
            Self::Component(k) => {
                let index = *k.get_ref();
                if let Some(count) = components.filter(|count| index >= *count) {
                    problems
                        .at(k.span(), format!("there is no component {index}: there are {count}"))
                        .hint(format!(
                            "components are counted from 0 to {}",
                            count.saturating_sub(1)
                        ));
                    return None;
                }
                Some(Start::Component(index))
            }
            Self::Means(list) => {
                let name = ("`start`", "the means of `start`");
                let count = list.get_ref().len();
                init::means(name, list, dimensions, count, problems).map(Start::Means)
            }
        }
    }
}
