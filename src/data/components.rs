//! The components of a mixture as users write them: means, with `sd` or `covariances`, and weights.
//!
//! The data source `gaussian_mixture` draws from such a mixture and the model `given` is one; both
//! have these keys, with the rules that are here.

use ndarray::Array2;
use serde::Serialize;
use std::ops::Range;

use super::parameters::{self, Matrix, Point};
use crate::diagnostic::{Problems, counted};
use crate::math::linalg;
use crate::math::mixture::Mixture;
use crate::setting::{OneOrMany, Spanned, at_least, positive};

/// How far the sum of the weights may be from 1.
const WEIGHT_TOLERANCE: f64 = 1e-9;

/// The largest number of dimensions: up to here `covariances` are drawn as numpy draws them.
pub(super) const MOST_DIMENSIONS: usize = 25;

/// The keys of a table that say what the components are.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The components' means: numbers in one dimension, lists of D numbers in several.
    pub means: &'a Spanned<Vec<Point>>,
    /// The standard deviation of every coordinate, one for all components or one each. Default 1.
    pub sd: Option<&'a Spanned<OneOrMany<f64>>>,
    /// The components' covariances, each as D rows of D numbers. Instead of `sd`.
    pub covariances: Option<&'a Spanned<Vec<Matrix>>>,
    /// Matrices that make the components of standard normals, each as D rows of D numbers. Instead
    /// of both.
    pub factors: Option<&'a Spanned<Vec<Matrix>>>,
}

/// The components, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Components {
    /// K lists of D coordinates.
    pub(super) means: Vec<Vec<f64>>,
    #[serde(flatten)]
    pub(super) spread: Spread,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Spread {
    /// One standard deviation a component.
    Sd(Vec<f64>),
    /// One covariance a component, as rows.
    Covariances(Vec<Vec<Vec<f64>>>),
    /// One matrix a component, as rows, that standard normals are multiplied by.
    Factors(Vec<Vec<Vec<f64>>>),
}

impl Written<'_> {
    /// K, right or wrong.
    pub fn count(&self) -> usize {
        self.means.get_ref().len()
    }

    /// Checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Components> {
        let means = parameters::points(problems, "means", "mean", self.means);
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
        // Mistakes in the means do not hide those in what follows.
        let spread = self.spread(problems, dimensions);
        Some(Components { means: means?, spread: spread? })
    }

    fn spread(&self, problems: &mut Problems, dimensions: Option<usize>) -> Option<Spread> {
        let components = self.count();
        if let (Some(sd), Some(_)) = (self.sd, self.covariances) {
            problems
                .at(sd.span(), "both `sd` and `covariances` are given")
                .hint("keep one of the two: `sd` is for components that are round");
        }
        if let Some(factors) = self.factors {
            let other = self.sd.map(|_| "sd").or(self.covariances.map(|_| "covariances"));
            if let Some(other) = other {
                problems
                    .at(factors.span(), format!("both `{other}` and `factors` are given"))
                    .hint("keep one of the two: a covariance is a factor times its transpose");
            }
            let factors = self::factors(problems, factors, components, dimensions);
            return factors.filter(|_| other.is_none()).map(Spread::Factors);
        }
        let sd = self.sd.map(|sd| deviations(problems, sd, (components, "mean")));
        let covariances =
            self.covariances.map(|list| matrices(problems, list, components, dimensions));
        match (sd, covariances) {
            (None, None) => Some(Spread::Sd(vec![1.0; components])),
            (Some(sd), None) => sd.map(Spread::Sd),
            (None, Some(covariances)) => covariances.map(Spread::Covariances),
            (Some(_), Some(_)) => None,
        }
    }
}

impl Components {
    /// K.
    pub fn count(&self) -> usize {
        self.means.len()
    }

    /// D.
    pub fn dimensions(&self) -> usize {
        self.means.first().map_or(0, Vec::len)
    }

    /// The mixture of these components.
    pub fn mixture(&self, weights: Vec<f64>) -> Mixture {
        let means = parameters::array(&self.means);
        let covariances = match &self.spread {
            Spread::Sd(sd) => sd.iter().map(|sd| Array2::eye(means.ncols()) * (sd * sd)).collect(),
            Spread::Covariances(list) => list.iter().map(|c| parameters::array(c)).collect(),
            Spread::Factors(list) => list.iter().map(|factor| product(factor)).collect(),
        };
        Mixture { weights, means, covariances }
    }
}

/// One standard deviation for each component; what there is one of for each is named.
pub(super) fn deviations(
    problems: &mut Problems,
    sd: &Spanned<OneOrMany<f64>>,
    components: (usize, &str),
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
    (problems.len() == before).then(|| sd.get_ref().expand(components.0))
}

/// One number of samples for each component; what there is one of for each is named.
pub(super) fn samples(
    problems: &mut Problems,
    samples: &Spanned<OneOrMany<usize>>,
    components: (usize, &str),
) -> Option<Vec<usize>> {
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
    (problems.len() == before).then(|| samples.get_ref().expand(components.0))
}

/// One covariance for each component, as rows.
fn matrices(
    problems: &mut Problems,
    list: &Spanned<Vec<Matrix>>,
    components: usize,
    dimensions: Option<usize>,
) -> Option<Vec<Vec<Vec<f64>>>> {
    let before = problems.len();
    one_each(problems, "covariances", list.span(), list.get_ref().len(), (components, "mean"));
    let dimensions = dimensions?;
    let mut result = Vec::with_capacity(components);
    for (k, matrix) in list.get_ref().iter().enumerate() {
        let name = format!("covariance {} of {}", k + 1, list.get_ref().len());
        result.extend(parameters::covariance(problems, &name, matrix, ("means", dimensions)));
    }
    (problems.len() == before).then_some(result)
}

/// One factor for each component, as rows.
fn factors(
    problems: &mut Problems,
    list: &Spanned<Vec<Matrix>>,
    components: usize,
    dimensions: Option<usize>,
) -> Option<Vec<Vec<Vec<f64>>>> {
    let before = problems.len();
    let count = list.get_ref().len();
    one_each(problems, "factors", list.span(), count, (components, "mean"));
    let dimensions = dimensions?;
    for (k, matrix) in list.get_ref().iter().enumerate() {
        let name = format!("factor {} of {count}", k + 1);
        let others = ("means", dimensions);
        let Some(rows) = parameters::square(problems, &name, matrix, others) else { continue };
        if linalg::cholesky(&product(&rows)).is_none() {
            problems
                .at(matrix.span(), format!("{name} is singular: its points would lie on a plane"))
                .hint("make its rows independent of each other, such as [[1.0, 0.0], [0.5, 1.0]]");
        }
    }
    let rows = |matrix: &Matrix| parameters::rows(matrix);
    (problems.len() == before).then(|| list.get_ref().iter().map(rows).collect())
}

/// A matrix times its transpose.
fn product(factor: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_fn((factor.len(), factor.len()), |(i, j)| {
        factor[i].iter().zip(&factor[j]).fold(0.0, |sum, (a, b)| sum + a * b)
    })
}

/// One positive weight for each component, of sum 1.
pub fn weights(
    problems: &mut Problems,
    list: &Spanned<Vec<Spanned<f64>>>,
    components: usize,
) -> Option<Vec<f64>> {
    let before = problems.len();
    for (k, weight) in list.get_ref().iter().enumerate() {
        positive(problems, &format!("the weight of component {}", k + 1), weight);
    }
    one_each(problems, "weights", list.span(), list.get_ref().len(), (components, "mean"));
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

/// Records a problem unless a list has one entry for each component, of which there are as many as of
/// what is named.
pub(super) fn one_each(
    problems: &mut Problems,
    key: &str,
    span: Range<usize>,
    count: usize,
    (components, thing): (usize, &str),
) {
    if count != components {
        let entries = if count == 1 { "entry" } else { "entries" };
        let verb = if components == 1 { "is" } else { "are" };
        let things = counted(components, thing);
        problems
            .at(span, format!("`{key}` has {count} {entries}, but there {verb} {things}"))
            .hint(format!("write one for each {thing}, in the same order"));
    }
}
