//! Points drawn from a Gaussian mixture with stated parameters.
//!
//! # Order of draws
//!
//! With `samples`, component after component: with `sd` all coordinates of all its points, row by
//! row, as `numpy.random.RandomState.normal` draws them; with `covariances` as
//! `multivariate_normal`. With `weights`, first the components of all points as `choice` with `p`
//! draws them, then one point after the other.

use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::parameters::{self, MOST_NUMBERS, Matrix, Point};
use super::{Dataset, Shape};
use crate::diagnostic::Problems;
use crate::math::mixture::Mixture;
use crate::random::Random;
use crate::setting::{OneOrMany, Spanned, at_least, positive};

/// How far the sum of the weights may be from 1.
const WEIGHT_TOLERANCE: f64 = 1e-9;

/// The largest number of dimensions: up to here `covariances` are drawn as numpy draws them.
const MOST_DIMENSIONS: usize = 25;

/// A mixture as written in the config.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The components' means: numbers in one dimension, lists of D numbers in several.
    pub means: Spanned<Vec<Point>>,
    /// The standard deviation of every coordinate, one for all components or one each. Default 1.
    pub sd: Option<Spanned<OneOrMany<f64>>>,
    /// The components' covariances, each as D rows of D numbers. Instead of `sd`.
    pub covariances: Option<Spanned<Vec<Matrix>>>,
    /// How many points to draw from each component: one number for all, or one each.
    pub samples: Option<Spanned<OneOrMany<usize>>>,
    /// The probability of each component, where the components are chosen at random. Instead of
    /// `samples`, together with `total`.
    pub weights: Option<Spanned<Vec<Spanned<f64>>>>,
    /// How many points to draw in all, with `weights`.
    pub total: Option<Spanned<usize>>,
}

/// A mixture to draw from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    /// K lists of D coordinates.
    means: Vec<Vec<f64>>,
    #[serde(flatten)]
    spread: Spread,
    #[serde(flatten)]
    size: Size,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Spread {
    /// One standard deviation a component.
    Sd(Vec<f64>),
    /// One covariance a component, as rows.
    Covariances(Vec<Vec<Vec<f64>>>),
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
        let means = parameters::points(problems, "means", "mean", &self.means);
        // Mistakes in the means do not hide those in what follows.
        let components = self.means.get_ref().len();
        let dimensions = means.as_ref().and_then(|means| means.first()).map(Vec::len);
        if dimensions.is_some_and(|dimensions| dimensions > MOST_DIMENSIONS) {
            problems
                .at(
                    self.means.span(),
                    format!("mixtures have at most {MOST_DIMENSIONS} dimensions"),
                )
                .hint("give the means fewer coordinates");
            return None;
        }
        let spread = self.spread(problems, components, dimensions);
        let size = self.size(problems, components, dimensions.unwrap_or(1));
        Some(Spec { means: means?, spread: spread?, size: size? })
    }

    fn spread(
        &self,
        problems: &mut Problems,
        components: usize,
        dimensions: Option<usize>,
    ) -> Option<Spread> {
        if let (Some(sd), Some(_)) = (&self.sd, &self.covariances) {
            problems
                .at(sd.span(), "both `sd` and `covariances` are given")
                .hint("keep one of the two: `sd` is for components that are round");
        }
        let sd = self.sd.as_ref().map(|sd| deviations(problems, sd, components));
        let covariances =
            self.covariances.as_ref().map(|list| matrices(problems, list, components, dimensions));
        match (sd, covariances) {
            (None, None) => Some(Spread::Sd(vec![1.0; components])),
            (Some(sd), None) => sd.map(Spread::Sd),
            (None, Some(covariances)) => covariances.map(Spread::Covariances),
            (Some(_), Some(_)) => None,
        }
    }

    fn size(&self, problems: &mut Problems, components: usize, dimensions: usize) -> Option<Size> {
        let before = problems.len();
        let size = match (&self.samples, &self.weights, &self.total) {
            (Some(samples), None, None) => each(problems, samples, components),
            (None, Some(weights), Some(total)) => {
                at_least(problems, "`total`", total, 1);
                let weights = probabilities(problems, weights, components);
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

/// One standard deviation for each component.
fn deviations(
    problems: &mut Problems,
    sd: &Spanned<OneOrMany<f64>>,
    components: usize,
) -> Option<Vec<f64>> {
    let before = problems.len();
    match sd.get_ref() {
        OneOrMany::One(value) => {
            let value = Spanned::new(sd.span(), *value);
            parameters::moderate_positive(problems, "`sd`", &value);
        }
        OneOrMany::Many(values) => {
            for (k, value) in values.iter().enumerate() {
                let name = format!("`sd` of component {}", k + 1);
                parameters::moderate_positive(problems, &name, value);
            }
            one_each(problems, "sd", sd.span(), values.len(), components);
        }
    }
    (problems.len() == before).then(|| sd.get_ref().expand(components))
}

/// One covariance for each component, as rows.
fn matrices(
    problems: &mut Problems,
    list: &Spanned<Vec<Matrix>>,
    components: usize,
    dimensions: Option<usize>,
) -> Option<Vec<Vec<Vec<f64>>>> {
    let before = problems.len();
    one_each(problems, "covariances", list.span(), list.get_ref().len(), components);
    let dimensions = dimensions?;
    let mut result = Vec::with_capacity(components);
    for (k, matrix) in list.get_ref().iter().enumerate() {
        let name = format!("covariance {} of {}", k + 1, list.get_ref().len());
        result.extend(parameters::covariance(problems, &name, matrix, dimensions));
    }
    (problems.len() == before).then_some(result)
}

/// One number of samples for each component.
fn each(
    problems: &mut Problems,
    samples: &Spanned<OneOrMany<usize>>,
    components: usize,
) -> Option<Size> {
    let before = problems.len();
    match samples.get_ref() {
        OneOrMany::One(value) => {
            at_least(problems, "`samples`", &Spanned::new(samples.span(), *value), 1);
        }
        OneOrMany::Many(values) => {
            for (k, value) in values.iter().enumerate() {
                at_least(problems, &format!("`samples` of component {}", k + 1), value, 1);
            }
            one_each(problems, "samples", samples.span(), values.len(), components);
        }
    }
    let samples = samples.get_ref().expand(components);
    (problems.len() == before).then_some(Size::Each { samples })
}

/// One positive weight for each component, of sum 1.
fn probabilities(
    problems: &mut Problems,
    list: &Spanned<Vec<Spanned<f64>>>,
    components: usize,
) -> Option<Vec<f64>> {
    let before = problems.len();
    for (k, weight) in list.get_ref().iter().enumerate() {
        positive(problems, &format!("the weight of component {}", k + 1), weight);
    }
    one_each(problems, "weights", list.span(), list.get_ref().len(), components);
    let weights: Vec<f64> = list.get_ref().iter().map(|w| *w.get_ref()).collect();
    let sum: f64 = weights.iter().sum();
    if problems.len() == before && (sum - 1.0).abs() > WEIGHT_TOLERANCE {
        let shares: Vec<String> = weights.iter().map(|w| format!("{:.4}", w / sum)).collect();
        problems
            .at(list.span(), format!("`weights` must sum to 1, but sum to {sum}"))
            .hint(format!("in these proportions they would be about [{}]", shares.join(", ")));
    }
    (problems.len() == before).then_some(weights)
}

/// Records a problem unless a list has one entry for each component.
fn one_each(
    problems: &mut Problems,
    key: &str,
    span: std::ops::Range<usize>,
    count: usize,
    components: usize,
) {
    if count != components {
        let entries = if count == 1 { "entry" } else { "entries" };
        let means = if components == 1 { "mean" } else { "means" };
        problems
            .at(span, format!("`{key}` has {count} {entries}, but there are {components} {means}"))
            .hint("write one for each mean, in the same order");
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
        let dimensions = self.means.first().map_or(0, Vec::len);
        Shape {
            points: self.size.points(),
            dimensions,
            components: Some(self.means.len()),
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
                let mut labels = Vec::with_capacity(points.nrows());
                for (k, &n) in samples.iter().enumerate() {
                    let start = labels.len();
                    labels.resize(start + n, k);
                    let rows = points.slice_axis_mut(Axis(0), Slice::from(start..start + n));
                    self.draw(k, &truth, rows, random);
                }
                labels
            }
            Size::Random { weights, total } => {
                let labels = random.choice_weighted(weights, *total);
                for (i, &k) in labels.iter().enumerate() {
                    let row = points.slice_axis_mut(Axis(0), Slice::from(i..i + 1));
                    self.draw(k, &truth, row, random);
                }
                labels
            }
        };
        let columns = parameters::column_names(truth.dimensions());
        Dataset { points, labels: Some(labels), truth: Some(truth), columns }
    }

    /// Fills rows with points of component `k`.
    fn draw(
        &self,
        k: usize,
        truth: &Mixture,
        mut rows: ArrayViewMut2<f64>,
        random: &mut dyn Random,
    ) {
        let mean = &self.means[k];
        match &self.spread {
            Spread::Sd(sd) => {
                for mut row in rows.rows_mut() {
                    for (x, m) in row.iter_mut().zip(mean) {
                        *x = random.normal(*m, sd[k]);
                    }
                }
            }
            Spread::Covariances(_) => {
                let n = rows.nrows();
                rows.assign(&random.multivariate_normal(mean, &truth.covariances[k], n));
            }
        }
    }

    /// The mixture: its weights are the shares of the samples, or the weights.
    pub fn truth(&self) -> Mixture {
        let means = parameters::array(&self.means);
        let covariances = match &self.spread {
            Spread::Sd(sd) => sd.iter().map(|sd| Array2::eye(means.ncols()) * (sd * sd)).collect(),
            Spread::Covariances(list) => list.iter().map(|c| parameters::array(c)).collect(),
        };
        let weights = match &self.size {
            Size::Each { samples } => {
                let total = self.size.points() as f64;
                samples.iter().map(|&n| n as f64 / total).collect()
            }
            Size::Random { weights, .. } => weights.clone(),
        };
        Mixture { weights, means, covariances }
    }
}
