//! Points drawn from a Gaussian mixture with stated parameters.
//!
//! # Order of draws
//!
//! With `samples`, component after component: with `sd` all coordinates of all its points, row by
//! row, as `numpy.random.RandomState.normal` draws them; with `covariances` as
//! `multivariate_normal`; with `factors` all standard normals of a point before the next point's, as
//! `standard_normal` with a size. With `weights`, first the components of all points as `choice` with `p`
//! draws them, then one point after the other.

use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;

use super::components::{self, Components, Spread, Written};
use super::labels::Labels;
use super::parameters::{self, MOST_NUMBERS, Matrix, Point};
use super::{Dataset, Shape};
use crate::diagnostic::Problems;
use crate::math::mixture::Mixture;
use crate::random::{Random, cumulative};
use crate::setting::{OneOrMany, Positive, Spanned, at_least};

/// A mixture as written in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["samples"]}, {"required": ["weights", "total"]}]))]
pub struct Options {
    /// The components' means: numbers in one dimension, lists of D numbers in several.
    #[schemars(with = "Vec<OneOrMany<f64>>", length(min = 1))]
    pub means: Spanned<Vec<Point>>,
    /// The standard deviation of every coordinate, one for all components or one each. Default 1.
    #[schemars(with = "Option<OneOrMany<Positive>>", extend("default" = 1.0))]
    pub sd: Option<Spanned<OneOrMany<f64>>>,
    /// The components' covariances, each as D rows of D numbers. Instead of `sd`.
    #[schemars(with = "Option<Vec<Vec<Vec<f64>>>>")]
    pub covariances: Option<Spanned<Vec<Matrix>>>,
    /// Matrices A that make each component's points mean + A z of standard normals z, each as D rows
    /// of D numbers; the covariance is then A times its transpose. Instead of `sd` and `covariances`.
    #[schemars(with = "Option<Vec<Vec<Vec<f64>>>>")]
    pub factors: Option<Spanned<Vec<Matrix>>>,
    /// How many points to draw from each component: one number for all, or one each.
    #[schemars(with = "Option<OneOrMany<NonZeroUsize>>")]
    pub samples: Option<Spanned<OneOrMany<usize>>>,
    /// The probability of each component, where the components are chosen at random. Instead of
    /// `samples`, together with `total`.
    #[schemars(with = "Option<Vec<Positive>>", length(min = 1))]
    pub weights: Option<Spanned<Vec<Spanned<f64>>>>,
    /// How many points to draw in all, with `weights`.
    #[schemars(with = "Option<usize>", range(min = 1))]
    pub total: Option<Spanned<usize>>,
}

/// A mixture to draw from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    #[serde(flatten)]
    components: Components,
    #[serde(flatten)]
    size: Size,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Size {
    /// So many points of each component.
    Each { samples: Vec<usize> },
    /// So many points in all, of components chosen at random.
    Random { weights: Vec<f64>, total: usize },
}

impl Options {
    /// Checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Spec> {
        let written = Written {
            means: &self.means,
            sd: self.sd.as_ref(),
            covariances: self.covariances.as_ref(),
            factors: self.factors.as_ref(),
        };
        let components = written.resolve(problems);
        let dimensions = components.as_ref().map_or(1, Components::dimensions);
        // Mistakes in the components do not hide those in what follows.
        let size = self.size(problems, written.count(), dimensions);
        Some(Spec { components: components?, size: size? })
    }

    fn size(&self, problems: &mut Problems, components: usize, dimensions: usize) -> Option<Size> {
        let before = problems.len();
        let size = match (&self.samples, &self.weights, &self.total) {
            (Some(samples), None, None) => {
                let samples = components::samples(problems, samples, (components, "mean"));
                samples.map(|samples| Size::Each { samples })
            }
            (None, Some(weights), Some(total)) => {
                at_least(problems, "`total`", total, 1);
                let weights = components::weights(problems, weights, components);
                weights.map(|weights| Size::Random { weights, total: *total.get_ref() })
            }
            (None, None, None) => {
                problems.at(self.means.span(), "`samples` is missing").hint(
                    "say how many points each component has: `samples = 100`, or `weights` with \
                     `total` for components chosen at random",
                );
                None
            }
            (Some(samples), ..) => {
                problems
                    .at(samples.span(), "`samples` is given together with `weights` or `total`")
                    .hint("keep `samples`, or `weights` with `total`");
                None
            }
            (None, Some(weights), None) => {
                problems
                    .at(weights.span(), "`weights` is given without `total`")
                    .hint("say how many points to draw in all: `total = 300`");
                None
            }
            (None, None, Some(total)) => {
                problems
                    .at(total.span(), "`total` is given without `weights`")
                    .hint("add one weight for each component, or write `samples` instead");
                None
            }
        };
        let size = size.filter(|_| problems.len() == before)?;
        if size.points().saturating_mul(dimensions) > MOST_NUMBERS {
            let span = self.samples.as_ref().map(Spanned::span);
            let span = span.or_else(|| self.total.as_ref().map(Spanned::span));
            problems
                .at(
                    span.unwrap_or_else(|| self.means.span()),
                    format!("the data set would have more than {MOST_NUMBERS} numbers"),
                )
                .hint("draw fewer points");
            return None;
        }
        Some(size)
    }
}

impl Size {
    fn points(&self) -> usize {
        match self {
            Self::Each { samples } => samples.iter().fold(0, |sum, n| sum.saturating_add(*n)),
            Self::Random { total, .. } => *total,
        }
    }
}

impl Spec {
    /// What the data set will be.
    pub fn shape(&self) -> Shape {
        let dimensions = self.components.dimensions();
        Shape {
            points: self.size.points(),
            dimensions,
            components: Some(self.components.count()),
            truth: true,
            columns: parameters::column_names(dimensions),
        }
    }

    /// Draws the points, in the order that the module's documentation states.
    pub fn make(&self, random: &mut dyn Random) -> Dataset {
        let truth = self.truth();
        let mut points = Array2::zeros((self.size.points(), truth.dimensions()));
        let labels = match &self.size {
            Size::Each { samples } => {
                let mut start = 0;
                for (k, &n) in samples.iter().enumerate() {
                    let rows = points.slice_axis_mut(Axis(0), Slice::from(start..start + n));
                    self.draw(k, &truth, rows, random);
                    start += n;
                }
                let each = samples.iter().enumerate();
                let numbers = each.flat_map(|(k, &n)| std::iter::repeat_n(k, n));
                Labels::below(samples.len(), numbers)
            }
            Size::Random { weights, total } => {
                let distribution = cumulative(weights);
                let drawn = (0..*total).map(|_| random.choice_of(&distribution));
                let labels = Labels::below(weights.len(), drawn);
                for (i, k) in labels.iter().enumerate() {
                    let row = points.slice_axis_mut(Axis(0), Slice::from(i..i + 1));
                    self.draw(k, &truth, row, random);
                }
                labels
            }
        };
        let columns = parameters::column_names(truth.dimensions());
        Dataset {
            points: points.into_shared(),
            labels: Some(labels),
            truth: Some(truth),
            columns,
            units: None,
            scaling: None,
        }
    }

    /// Fills rows with points of component `k`.
    fn draw(
        &self,
        k: usize,
        truth: &Mixture,
        mut rows: ArrayViewMut2<f64>,
        random: &mut dyn Random,
    ) {
        let mean = &self.components.means[k];
        match &self.components.spread {
            Spread::Sd(sd) => {
                for mut row in rows.rows_mut() {
                    for (x, m) in row.iter_mut().zip(mean) {
                        *x = random.normal(*m, sd[k]);
                    }
                }
            }
            Spread::Factors(list) => {
                let mut z = vec![0.0; mean.len()];
                for mut row in rows.rows_mut() {
                    z.iter_mut().for_each(|z| *z = random.standard_normal());
                    for ((x, m), factor) in row.iter_mut().zip(mean).zip(&list[k]) {
                        *x = m + factor.iter().zip(&z).fold(0.0, |sum, (a, z)| sum + a * z);
                    }
                }
            }
            Spread::Covariances(_) => {
                random.fill_multivariate_normal(mean, &truth.covariances[k], rows);
            }
        }
    }

    /// The mixture: its weights are the shares of the samples, or the weights.
    fn truth(&self) -> Mixture {
        let weights = match &self.size {
            Size::Each { samples } => {
                let total = self.size.points() as f64;
                samples.iter().map(|&n| n as f64 / total).collect()
            }
            Size::Random { weights, .. } => weights.clone(),
        };
        self.components.mixture(weights)
    }
}
