//! `covariance_prior` as written, and its checks.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

use super::CovarianceType;
use crate::data::parameters::{self, Matrix};
use crate::diagnostic::{Problems, counted};
use crate::model::checks;
use crate::setting::{OneOrMany, Positive, Spanned, positive};

/// A number, a list of numbers or a list of rows.
pub(in crate::model::bayesian_mixture) type Written = Spanned<OneOrMany<OneOrMany<f64>>>;

/// Stands for [`Written`] in the schema.
pub(in crate::model::bayesian_mixture) struct WrittenSchema;

impl JsonSchema for WrittenSchema {
    fn schema_name() -> Cow<'static, str> {
        "CovariancePrior".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let number = generator.subschema_for::<Positive>();
        let rows = generator.subschema_for::<Vec<Vec<f64>>>();
        json_schema!({
            "anyOf": [number, { "type": "array", "items": number, "minItems": 1 }, rows]
        })
    }
}

const NAME: &str = "`covariance_prior`";

/// The numbers of the prior (see `Spec::covariance_prior`) for this form; `None` after a mistake.
pub(in crate::model::bayesian_mixture) fn resolve(
    form: CovarianceType,
    written: &Written,
    dimensions: usize,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    match form {
        CovarianceType::Full | CovarianceType::Tied => matrix(form, written, dimensions, problems),
        CovarianceType::Diag => diagonal(written, dimensions, problems),
        CovarianceType::Spherical => match written.get_ref() {
            OneOrMany::One(OneOrMany::One(number)) => {
                let good = positive(problems, NAME, &Spanned::new(written.span(), *number));
                good.then(|| vec![*number])
            }
            _ => mistaken(form, written, "one number", problems),
        },
    }
}

fn diagonal(written: &Written, dimensions: usize, problems: &mut Problems) -> Option<Vec<f64>> {
    let list = match written.get_ref() {
        OneOrMany::One(OneOrMany::One(number)) => Some(OneOrMany::One(*number)),
        OneOrMany::One(OneOrMany::Many(_)) => None,
        OneOrMany::Many(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                OneOrMany::One(number) => Some(Spanned::new(item.span(), *number)),
                OneOrMany::Many(_) => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(OneOrMany::Many),
    };
    let Some(list) = list else {
        let takes = format!("{}, one a coordinate", counted(dimensions, "number"));
        return mistaken(CovarianceType::Diag, written, &takes, problems);
    };
    checks::coordinates(problems, NAME, &Spanned::new(written.span(), list), dimensions, positive)
}

fn matrix(
    form: CovarianceType,
    written: &Written,
    dimensions: usize,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    let rows = match written.get_ref() {
        OneOrMany::One(_) => None,
        OneOrMany::Many(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                OneOrMany::One(_) => None,
                OneOrMany::Many(row) => Some(Spanned::new(item.span(), row.clone())),
            })
            .collect::<Option<Vec<_>>>(),
    };
    let Some(rows) = rows else {
        let takes = format!("{} of {}", counted(dimensions, "row"), counted(dimensions, "number"));
        return mistaken(form, written, &takes, problems);
    };
    let matrix: Matrix = Spanned::new(written.span(), rows);
    let rows = parameters::covariance(problems, NAME, &matrix, ("data", dimensions))?;
    Some(rows.concat())
}

/// Records that the prior is of the wrong form.
fn mistaken(
    form: CovarianceType,
    written: &Written,
    takes: &str,
    problems: &mut Problems,
) -> Option<Vec<f64>> {
    let (covariance, example) = match form {
        CovarianceType::Full => ("full", "[[1.0, 0.2], [0.2, 1.0]] in two dimensions"),
        CovarianceType::Tied => ("tied", "[[1.0, 0.2], [0.2, 1.0]] in two dimensions"),
        CovarianceType::Diag => {
            ("diag", "[1.0, 0.5] in two dimensions, or 1.0 for all coordinates")
        }
        CovarianceType::Spherical => ("spherical", "1.0"),
    };
    problems
        .at(written.span(), format!("{NAME} of `covariance = \"{covariance}\"` must be {takes}"))
        .hint(format!("write it as {example}"));
    None
}
