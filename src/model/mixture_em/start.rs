//! Parameters to start at, as written, and their checks.

use ndarray::Array2;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

use crate::data::components;
use crate::data::parameters::{self, Matrix};
use crate::diagnostic::{Problems, counted};
use crate::model::bayesian_mixture::{CovarianceType, Covariances};
use crate::model::checks;
use crate::setting::{OneOrMany, Positive, Spanned, positive};

/// A number, a list of numbers or a list of rows, for every component or row.
pub(super) type Written = Spanned<Vec<Spanned<OneOrMany<OneOrMany<f64>>>>>;

/// Stands for [`Written`] in the schema.
pub(super) struct WrittenSchema;

impl JsonSchema for WrittenSchema {
    fn schema_name() -> Cow<'static, str> {
        "StartingCovariances".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Positive>();
        let rows = generator.subschema_for::<Vec<Vec<f64>>>();
        let matrices = generator.subschema_for::<Vec<Vec<Vec<f64>>>>();
        json_schema!({
            "anyOf": [{ "type": "array", "items": number, "minItems": 1 }, rows, matrices]
        })
    }
}

/// The weights at the start, one a component.
pub(super) fn weights(
    list: &Spanned<Vec<Spanned<f64>>>,
    count: usize,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    let own = list.get_ref().len();
    if own == count {
        return components::weights(problems, list, count);
    }
    wrong_count(list.span(), "weights", &counted(own, "number"), count, problems);
    None
}

fn wrong_count(
    span: std::ops::Range<usize>,
    key: &str,
    own: &str,
    count: usize,
    problems: &mut Problems,
) {
    problems
        .at(span, format!("`{key}` has {own}, but `components` is {count}"))
        .hint("write one for each component");
}

/// The covariances at the start, of this form.
pub(super) fn covariances(
    form: CovarianceType,
    list: &Written,
    (count, dimensions): (usize, usize),
    problems: &mut Problems,
) -> Option<Covariances> {
    if form != CovarianceType::Tied && list.get_ref().len() != count {
        let what = counted(list.get_ref().len(), "entry").replace("entrys", "entries");
        wrong_count(list.span(), "covariances", &what, count, problems);
        return None;
    }
    let before = problems.len();
    let each = list.get_ref().iter().enumerate();
    let found = match form {
        CovarianceType::Full => {
            let matrices = each.map(|(k, entry)| {
                let rows =
                    rows_of(entry).or_else(|| mistaken(form, entry, dimensions, problems))?;
                matrix(&format!("covariance {} of {count}", k + 1), rows, dimensions, problems)
            });
            // All of them are looked at, right or wrong.
            let matrices: Vec<Option<_>> = matrices.collect();
            Covariances::Full(matrices.into_iter().collect::<Option<_>>()?)
        }
        CovarianceType::Tied => {
            let rows = list.get_ref().iter().map(row_of).collect::<Option<Vec<_>>>();
            let Some(rows) = rows else {
                let first = list.get_ref().first()?;
                return mistaken(form, first, dimensions, problems);
            };
            let rows = Spanned::new(list.span(), rows);
            Covariances::Tied(matrix("`covariances`", rows, dimensions, problems)?)
        }
        CovarianceType::Diag => {
            let mut all = Array2::zeros((count, dimensions));
            for (k, entry) in each {
                let Some(row) = row_of(entry) else {
                    mistaken::<()>(form, entry, dimensions, problems);
                    continue;
                };
                let row = Spanned::new(row.span(), OneOrMany::Many(row.into_inner()));
                let name = format!("covariance {} of {count}", k + 1);
                let row = checks::coordinates(problems, &name, &row, dimensions, positive);
                for (own, given) in all.row_mut(k).iter_mut().zip(row.unwrap_or_default()) {
                    *own = given;
                }
            }
            Covariances::Diag(all)
        }
        CovarianceType::Spherical => {
            let mut all = Vec::with_capacity(count);
            for (k, entry) in each {
                if let OneOrMany::One(OneOrMany::One(number)) = entry.get_ref() {
                    let name = format!("covariance {} of {count}", k + 1);
                    positive(problems, &name, &Spanned::new(entry.span(), *number));
                    all.push(*number);
                } else {
                    mistaken::<()>(form, entry, dimensions, problems);
                }
            }
            Covariances::Spherical(all)
        }
    };
    (problems.len() == before).then_some(found)
}

/// An entry as a list of numbers, if it is one.
fn row_of(entry: &Spanned<OneOrMany<OneOrMany<f64>>>) -> Option<Spanned<Vec<Spanned<f64>>>> {
    let OneOrMany::Many(items) = entry.get_ref() else { return None };
    let number = |item: &Spanned<OneOrMany<f64>>| match item.get_ref() {
        OneOrMany::One(number) => Some(Spanned::new(item.span(), *number)),
        OneOrMany::Many(_) => None,
    };
    Some(Spanned::new(entry.span(), items.iter().map(number).collect::<Option<_>>()?))
}

/// An entry as a list of rows, if it is one.
fn rows_of(entry: &Spanned<OneOrMany<OneOrMany<f64>>>) -> Option<Matrix> {
    let OneOrMany::Many(items) = entry.get_ref() else { return None };
    let row = |item: &Spanned<OneOrMany<f64>>| match item.get_ref() {
        OneOrMany::One(_) => None,
        OneOrMany::Many(row) => Some(Spanned::new(item.span(), row.clone())),
    };
    Some(Spanned::new(entry.span(), items.iter().map(row).collect::<Option<_>>()?))
}

fn matrix(
    name: &str,
    rows: Matrix,
    dimensions: usize,
    problems: &mut Problems,
) -> Option<Array2<f64>> {
    parameters::covariance(problems, name, &rows, ("data", dimensions))
        .map(|rows| parameters::array(&rows))
}

/// Records that an entry is of the wrong form.
fn mistaken<T>(
    form: CovarianceType,
    entry: &Spanned<OneOrMany<OneOrMany<f64>>>,
    dimensions: usize,
    problems: &mut Problems,
) -> Option<T> {
    let rows = format!("{} of {}", counted(dimensions, "row"), counted(dimensions, "number"));
    let (covariance, takes, example) = match form {
        CovarianceType::Full => (
            "full",
            format!("{rows} for each component"),
            "[[[1.0, 0.2], [0.2, 1.0]], [[2.0, 0.0], [0.0, 1.0]]] for two components in two \
             dimensions",
        ),
        CovarianceType::Tied => ("tied", rows, "[[1.0, 0.2], [0.2, 1.0]] in two dimensions"),
        CovarianceType::Diag => (
            "diag",
            format!("{} for each component", counted(dimensions, "number")),
            "[[1.0, 0.5], [2.0, 1.0]] for two components in two dimensions",
        ),
        CovarianceType::Spherical => {
            ("spherical", "one number for each component".to_owned(), "[1.0, 2.0]")
        }
    };
    problems
        .at(
            entry.span(),
            format!("`covariances` of `covariance = \"{covariance}\"` must be {takes}"),
        )
        .hint(format!("write them as {example}"));
    None
}
