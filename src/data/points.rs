//! Points written in the config.

use ndarray::ArcArray2;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

use super::labels::Labels;
use super::parameters::{self, Point};
use super::{Dataset, Shape, counts};
use crate::diagnostic::Problems;
use crate::setting::{OneOrMany, Spanned};

/// Points as written in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The points: numbers in one dimension, lists of D numbers in several.
    #[schemars(with = "Vec<OneOrMany<f64>>", length(min = 1))]
    pub values: Spanned<Vec<Point>>,
    /// The true component of each point, as whole numbers from 0 or as names. The distinct ones in
    /// ascending order are the components. Default: not known.
    #[schemars(with = "Option<Vec<Label>>")]
    pub labels: Option<Spanned<Vec<Spanned<Label>>>>,
    /// How many equal points each value stands for: for data in bins. Default: one each.
    #[schemars(with = "Option<Vec<usize>>")]
    pub counts: Option<Spanned<Vec<Spanned<usize>>>>,
}

/// What a component is called; numbers come before names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(untagged)]
pub enum Label {
    /// A whole number from 0.
    Number(#[schemars(range(min = 0))] i64),
    /// A name.
    Name(String),
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LabelVisitor;

        impl Visitor<'_> for LabelVisitor {
            type Value = Label;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0 or a string")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Label, E> {
                Ok(Label::Number(value))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Label, E> {
                Ok(Label::Name(value.to_owned()))
            }
        }

        deserializer.deserialize_any(LabelVisitor)
    }
}

/// Points, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    /// As written.
    values: Vec<Vec<f64>>,
    /// As components, one a value.
    labels: Option<Labels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<usize>>,
    /// The points and their labels, with every value as often as it counts.
    #[serde(skip)]
    all: (ArcArray2<f64>, Option<Labels>),
}

impl Options {
    /// Checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let values = parameters::points(problems, "values", "value", &self.values);
        let count = self.values.get_ref().len();
        let labels = self.labels.as_ref().and_then(|labels| components(problems, labels, count));
        let counts = self.counts.as_ref().and_then(|counts| check_counts(problems, counts, count));
        let values = values.filter(|_| problems.len() == before)?;
        let array = parameters::array(&values);
        let names = parameters::column_names(array.ncols());
        parameters::check_spread(problems, &self.values.span(), &array, &names);
        let (points, repeated) = match (&counts, &self.counts) {
            (Some(counts), Some(written)) => {
                let one_each = (&array, labels.as_ref());
                counts::repeated(problems, written.span(), one_each, counts)?
            }
            _ => (array, labels.clone()),
        };
        let all = (points.into_shared(), repeated);
        (problems.len() == before).then_some(Spec { values, labels, counts, all })
    }
}

/// One count for each value.
fn check_counts(
    problems: &mut Problems,
    counts: &Spanned<Vec<Spanned<usize>>>,
    values: usize,
) -> Option<Vec<usize>> {
    let count = counts.get_ref().len();
    if count != values {
        problems
            .at(counts.span(), format!("`counts` has length {count}, but `values` has {values}"))
            .hint("write for each value how many points it stands for, or leave `counts` out");
        return None;
    }
    Some(counts.get_ref().iter().map(|count| *count.get_ref()).collect())
}

/// The labels as components 0..K in the order of the sorted names.
fn components(
    problems: &mut Problems,
    labels: &Spanned<Vec<Spanned<Label>>>,
    points: usize,
) -> Option<Labels> {
    let before = problems.len();
    for label in labels.get_ref() {
        if let Label::Number(number @ ..0) = label.get_ref() {
            problems
                .at(label.span(), format!("a label must not be negative, but is {number}"))
                .hint("number the components from 0, or name them");
        }
    }
    let count = labels.get_ref().len();
    if count != points {
        problems
            .at(labels.span(), format!("`labels` has length {count}, but `values` has {points}"))
            .hint("write one label for each value, or none at all");
    }
    let list: Vec<&Label> = labels.get_ref().iter().map(Spanned::get_ref).collect();
    let mut distinct = list.clone();
    distinct.sort();
    distinct.dedup();
    let index = |label: &&Label| distinct.partition_point(|other| other < label);
    (problems.len() == before).then(|| Labels::below(distinct.len(), list.iter().map(index)))
}

impl Spec {
    /// What the data set is.
    pub fn shape(&self) -> Shape {
        let (points, labels) = &self.all;
        Shape {
            points: points.nrows(),
            dimensions: points.ncols(),
            components: labels.as_ref().map(Labels::components),
            truth: false,
            columns: parameters::column_names(points.ncols()),
        }
    }

    /// The data set.
    pub fn make(&self) -> Dataset {
        let (points, labels) = self.all.clone();
        let columns = parameters::column_names(points.ncols());
        Dataset { points, labels, truth: None, columns, units: None, scaling: None }
    }
}
