//! Points drawn from round Gaussians whose means are drawn too.
//!
//! Means that are stated belong into [`gaussian_mixture`](super::gaussian_mixture). The mixture that
//! the points are drawn from is known as well, but only once its means are drawn.
//!
//! # Order of draws
//!
//! First the means, one after the other, each coordinate uniform; then component after component all
//! coordinates of all its points, row by row; at last the points are put into a random order. With
//! `generator = "numpy"` these are the points of scikit-learn's `make_blobs` (version 1.9, defaults)
//! with `random_state` as the seed: `components` are its `centers`, `dimensions` its `n_features`,
//! `total` its `n_samples`, `sd` its `cluster_std` and `range` its `center_box`.

use ndarray::Array2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;

use super::components::{self, MOST_DIMENSIONS};
use super::labels::Labels;
use super::parameters::{self, MOST_COMPONENTS, MOST_NUMBERS};
use super::{Dataset, Shape};
use crate::diagnostic::Problems;
use crate::math::mixture::Mixture;
use crate::random::Random;
use crate::setting::{OneOrMany, Positive, Spanned, at_least};

/// Blobs as written in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["samples"]}, {"required": ["total"]}]))]
pub struct Options {
    /// How many components there are; their means are drawn.
    #[schemars(with = "usize", range(min = 1, max = MOST_COMPONENTS))]
    pub components: Spanned<usize>,
    /// How many coordinates a point has. Default 2.
    #[schemars(
        with = "Option<usize>",
        range(min = 1, max = MOST_DIMENSIONS),
        extend("default" = 2)
    )]
    pub dimensions: Option<Spanned<usize>>,
    /// Between which two numbers every coordinate of the means is drawn. Default from -10 to 10.
    #[schemars(with = "Option<[f64; 2]>", extend("default" = [-10.0, 10.0]))]
    pub range: Option<Spanned<Vec<Spanned<f64>>>>,
    /// The standard deviation of every coordinate, one for all components or one each. Default 1.
    #[schemars(with = "Option<OneOrMany<Positive>>", extend("default" = 1.0))]
    pub sd: Option<Spanned<OneOrMany<f64>>>,
    /// How many points to draw from each component: one number for all, or one each.
    #[schemars(with = "Option<OneOrMany<NonZeroUsize>>")]
    pub samples: Option<Spanned<OneOrMany<usize>>>,
    /// How many points to draw in all, as many of each component; what is left over goes to the
    /// first ones. Instead of `samples`.
    #[schemars(with = "Option<usize>", range(min = 1))]
    pub total: Option<Spanned<usize>>,
}

/// Blobs to draw.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    dimensions: usize,
    range: [f64; 2],
    /// One for each component.
    sd: Vec<f64>,
    /// One for each component.
    samples: Vec<usize>,
}

impl Options {
    /// Checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        at_least(problems, "`components`", &self.components, 1);
        let count = *self.components.get_ref();
        if count > MOST_COMPONENTS {
            problems
                .at_value(
                    self.components.span(),
                    format!("`components` must be at most {MOST_COMPONENTS}, but is {count}"),
                )
                .hint("draw fewer components");
        }
        let dimensions = self.dimensions.as_ref().map_or(2, |d| *d.get_ref());
        if let Some(written) = &self.dimensions {
            at_least(problems, "`dimensions`", written, 1);
            if dimensions > MOST_DIMENSIONS {
                problems
                    .at_value(
                        written.span(),
                        format!("mixtures have at most {MOST_DIMENSIONS} dimensions"),
                    )
                    .hint(format!("write a number from 1 to {MOST_DIMENSIONS}"));
            }
        }
        let range = self.range.as_ref();
        let range = range.map_or(Some([-10.0, 10.0]), |range| parameters::range(problems, range));
        if !(1..=MOST_COMPONENTS).contains(&count) {
            // A list has no length that is right.
            return None;
        }
        let of = (count, "component");
        let sd = match &self.sd {
            Some(sd) => components::deviations(problems, sd, of),
            None => Some(vec![1.0; count]),
        };
        let samples = self.samples(problems, count);
        let samples = samples.filter(|_| problems.len() == before)?;
        let points = samples.iter().fold(0, |sum: usize, n| sum.saturating_add(*n));
        if points.saturating_mul(dimensions) > MOST_NUMBERS {
            let span = self.samples.as_ref().map(Spanned::span);
            let span = span.or_else(|| self.total.as_ref().map(Spanned::span));
            problems
                .at(
                    span.unwrap_or_else(|| self.components.span()),
                    format!("the data set would have more than {MOST_NUMBERS} numbers"),
                )
                .hint("draw fewer points");
            return None;
        }
        Some(Spec { dimensions, range: range?, sd: sd?, samples })
    }

    /// How many points each of `count` components has.
    fn samples(&self, problems: &mut Problems, count: usize) -> Option<Vec<usize>> {
        match (&self.samples, &self.total) {
            (Some(samples), None) => components::samples(problems, samples, (count, "component")),
            (None, Some(total)) => {
                let points = *total.get_ref();
                if at_least(problems, "`total`", total, 1) && points < count {
                    let message = format!("`total` is {points}, but there are {count} components");
                    problems.at_value(total.span(), message).hint("draw a point of each at least");
                    return None;
                }
                let (each, left) = (points / count, points % count);
                Some((0..count).map(|k| each + usize::from(k < left)).collect())
            }
            (Some(_), Some(total)) => {
                problems
                    .at(total.span(), "both `samples` and `total` are given")
                    .hint("keep one of the two: `samples` are those of each component");
                None
            }
            (None, None) => {
                problems.at(self.components.span(), "`total` is missing").hint(
                    "say how many points to draw in all: `total = 300`, or of each component: \
                     `samples = 100`",
                );
                None
            }
        }
    }
}

impl Spec {
    fn points(&self) -> usize {
        self.samples.iter().sum()
    }

    /// What the data set will be.
    pub fn shape(&self) -> Shape {
        Shape {
            points: self.points(),
            dimensions: self.dimensions,
            components: Some(self.samples.len()),
            truth: true,
            columns: parameters::column_names(self.dimensions),
        }
    }

    /// Draws the points, in the order that the module's documentation states.
    pub fn make(&self, random: &mut dyn Random) -> Dataset {
        let (n, d) = (self.points(), self.dimensions);
        let count = self.samples.len();
        let [low, high] = self.range;
        let means = Array2::from_shape_simple_fn((count, d), || random.uniform_between(low, high));
        let each = self.samples.iter().enumerate();
        // Two bytes a point: there are no more components.
        let mut labels: Vec<u16> =
            each.flat_map(|(k, &n)| std::iter::repeat_n(k as u16, n)).collect();
        let mut points = Array2::zeros((n, d));
        for (mut point, &k) in points.rows_mut().into_iter().zip(&labels) {
            let (mean, sd) = (means.row(usize::from(k)), self.sd[usize::from(k)]);
            for (x, mean) in point.iter_mut().zip(mean) {
                *x = random.normal(*mean, sd);
            }
        }
        random.shuffle_by(n, &mut |i, j| {
            labels.swap(i, j);
            for c in 0..d {
                points.swap([i, c], [j, c]);
            }
        });
        let weights = self.samples.iter().map(|&of| of as f64 / n as f64).collect();
        let covariances = self.sd.iter().map(|sd| Array2::eye(d) * (sd * sd)).collect();
        Dataset {
            points: points.into_shared(),
            labels: Some(Labels::below(count, labels.into_iter().map(usize::from))),
            truth: Some(Mixture { weights, means, covariances }),
            columns: parameters::column_names(d),
            units: None,
            scaling: None,
        }
    }
}
