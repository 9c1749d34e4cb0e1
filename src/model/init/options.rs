//! `init` as written, and its checks.

use ndarray::Array2;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Init;
use crate::data::{Shape, parameters};
use crate::diagnostic::{Problems, counted};
use crate::setting::{OneOrMany, not_negative};

/// How far the responsibilities of a point may be from a sum of 1; they are then divided by it.
const SUM_TOLERANCE: f64 = 1e-6;

/// A list with a place for each of its items.
type List<T> = Spanned<Vec<Spanned<T>>>;

/// `init` as written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub enum InitOptions {
    /// Responsibilities at random.
    #[default]
    #[serde(rename = "random")]
    Random,
    /// The clusters of k-means.
    #[serde(rename = "kmeans")]
    Kmeans,
    /// One point a component, far from each other.
    #[serde(rename = "k-means++")]
    KmeansPlusPlus,
    /// One point a component, at random.
    #[serde(rename = "random_from_data")]
    RandomFromData,
    /// At responsibilities of one's own.
    #[serde(rename = "responsibilities")]
    Responsibilities(
        /// For every point a list with one number a component, >= 0 and of sum 1.
        #[schemars(with = "Vec<Vec<f64>>")]
        List<Vec<Spanned<f64>>>,
    ),
    /// At means of one's own.
    #[serde(rename = "means")]
    Means(
        /// One a component: every point begins at the nearest.
        #[schemars(with = "Vec<OneOrMany<f64>>")]
        List<OneOrMany<f64>>,
    ),
    /// At labels of one's own.
    #[serde(rename = "labels")]
    Labels(
        /// The component of every point, counted from 0.
        #[schemars(with = "Vec<usize>")]
        List<usize>,
    ),
}

impl InitOptions {
    /// Checks what is given for data of this shape; reports every mistake.
    pub(in crate::model) fn resolve(
        &self,
        shape: &Shape,
        components: usize,
        problems: &mut Problems,
    ) -> Option<Init> {
        match self {
            Self::Random => Some(Init::Random),
            Self::Kmeans => Some(Init::Kmeans),
            Self::KmeansPlusPlus => Some(Init::KmeansPlusPlus),
            Self::RandomFromData => Some(Init::RandomFromData),
            Self::Responsibilities(list) => {
                responsibilities(list, shape.points, components, problems)
                    .map(Init::Responsibilities)
            }
            Self::Means(list) => {
                let name = ("`init`", "the means of `init`");
                means(name, list, shape.dimensions, components, problems).map(Init::Means)
            }
            Self::Labels(list) => {
                labels(list, shape.points, components, problems).map(Init::Labels)
            }
        }
    }
}

fn responsibilities(
    list: &List<Vec<Spanned<f64>>>,
    points: usize,
    components: usize,
    problems: &mut Problems,
) -> Option<Array2<f64>> {
    let before = problems.len();
    one_a_point(problems, "responsibilities", "row", list, points);
    for (i, row) in list.get_ref().iter().enumerate() {
        let numbers = row.get_ref();
        let all_before = problems.len();
        for number in numbers {
            not_negative(problems, &format!("a responsibility in row {}", i + 1), number);
        }
        let sum: f64 = numbers.iter().map(|r| *r.get_ref()).sum();
        if numbers.len() != components {
            problems
                .at(
                    row.span(),
                    format!(
                        "row {} of the responsibilities has {}, but `components` is {components}",
                        i + 1,
                        counted(numbers.len(), "number")
                    ),
                )
                .hint(format!("write {}, one a component", counted(components, "number")));
        } else if problems.len() == all_before && (sum - 1.0).abs() > SUM_TOLERANCE {
            problems
                .at(
                    row.span(),
                    format!(
                        "row {} of the responsibilities must sum to 1, but sums to {sum}",
                        i + 1
                    ),
                )
                .hint("write how probable each component is for the point");
        }
    }
    let number = |i: usize, k: usize| *list.get_ref()[i].get_ref()[k].get_ref();
    (problems.len() == before).then(|| {
        let mut all = Array2::from_shape_fn((points, components), |(i, k)| number(i, k));
        for mut row in all.rows_mut() {
            row /= row.sum();
        }
        all
    })
}

/// Means of one's own, one a component; `key` and `words` name them.
pub(in crate::model) fn means(
    (key, words): (&str, &str),
    list: &List<OneOrMany<f64>>,
    dimensions: usize,
    components: usize,
    problems: &mut Problems,
) -> Option<Array2<f64>> {
    let before = problems.len();
    let rows = parameters::points(problems, "means", "mean", list)?;
    if rows.len() != components {
        problems
            .at(
                list.span(),
                format!(
                    "{key} has {}, but `components` is {components}",
                    counted(rows.len(), "mean")
                ),
            )
            .hint(format!("write {}, one a component", counted(components, "mean")));
    }
    if rows.iter().any(|row| row.len() != dimensions) {
        let own = rows.first().map_or(0, Vec::len);
        problems
            .at(
                list.span(),
                format!("{words} have dimension {own}, but the data have dimension {dimensions}"),
            )
            .hint(format!("write every mean with {}", counted(dimensions, "number")));
    }
    (problems.len() == before).then(|| parameters::array(&rows))
}

fn labels(
    list: &List<usize>,
    points: usize,
    components: usize,
    problems: &mut Problems,
) -> Option<Vec<usize>> {
    let before = problems.len();
    one_a_point(problems, "labels", "label", list, points);
    for label in list.get_ref() {
        if *label.get_ref() >= components {
            problems
                .at_value(
                    label.span(),
                    format!(
                        "a label is {}, but `components` is {components}, counted from 0",
                        label.get_ref()
                    ),
                )
                .hint(format!("write a whole number from 0 to {}", components.saturating_sub(1)));
        }
    }
    let labels = list.get_ref().iter().map(|label| *label.get_ref());
    (problems.len() == before).then(|| labels.collect())
}

/// Records a problem unless a list has an entry for each point.
fn one_a_point<T>(
    problems: &mut Problems,
    key: &str,
    what: &str,
    list: &Spanned<Vec<T>>,
    points: usize,
) {
    let count = list.get_ref().len();
    if count != points {
        problems
            .at(
                list.span(),
                format!(
                    "`{key}` has {}, but the data have {}",
                    counted(count, what),
                    counted(points, "point")
                ),
            )
            .hint(format!("write one {what} for each point, in their order"));
    }
}
