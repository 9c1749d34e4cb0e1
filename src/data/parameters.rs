//! Points and covariances as users write them, read into plain lists and checked.

use ndarray::Array2;
use std::ops::Range;

use crate::diagnostic::{Problems, counted};
use crate::math::linalg;
use crate::setting::{OneOrMany, Spanned, finite};

/// A point: a number in one dimension, a list of D numbers in several.
pub(crate) type Point = Spanned<OneOrMany<f64>>;

/// A matrix as a list of rows.
pub(crate) type Matrix = Spanned<Vec<Spanned<Vec<Spanned<f64>>>>>;

/// Numbers beyond this have squares that overflow, and no lecture is about them.
pub(super) const LARGEST: f64 = 1e150;

/// Numbers that differ, but all by less than this, have squared differences that vanish.
pub(super) const LEAST_SPREAD: f64 = 1.0 / LARGEST;

/// More numbers than this in one data set are a slip of the keyboard: they fill 800 MB.
pub(super) const MOST_NUMBERS: usize = 100_000_000;

/// Labels that name more components than this name none.
pub(super) const MOST_COMPONENTS: usize = 1000;

/// Whether `value` is finite and not so large that its square overflows.
pub(super) fn moderate(problems: &mut Problems, what: &str, value: &Spanned<f64>) -> bool {
    if !finite(problems, what, value) {
        return false;
    }
    let good = value.get_ref().abs() <= LARGEST;
    if !good {
        problems.at_value(value.span(), format!("{what} is too large: its square overflows")).hint(
            format!("write a number between -{LARGEST:e} and {LARGEST:e}, or change the unit"),
        );
    }
    good
}

/// As [`moderate`], and greater than 0 by as much as makes the square's reciprocal finite.
pub(super) fn moderate_positive(problems: &mut Problems, what: &str, value: &Spanned<f64>) -> bool {
    if !crate::setting::positive(problems, what, value) || !moderate(problems, what, value) {
        return false;
    }
    let good = *value.get_ref() >= 1.0 / LARGEST;
    if !good {
        problems
            .at_value(value.span(), format!("{what} is too small: the density overflows"))
            .hint(format!("write a number from {:e} up, or change the unit", 1.0 / LARGEST));
    }
    good
}

/// Two finite numbers in ascending order, the ends of a range.
pub(super) fn range(
    problems: &mut Problems,
    written: &Spanned<Vec<Spanned<f64>>>,
) -> Option<[f64; 2]> {
    let [low, high] = written.get_ref().as_slice() else {
        let count = counted(written.get_ref().len(), "number");
        problems
            .at_value(written.span(), format!("`range` must be two numbers, but is {count}"))
            .hint("write where it starts and where it ends, such as `range = [-10.0, 10.0]`");
        return None;
    };
    let good = moderate(problems, "the start of `range`", low)
        & moderate(problems, "the end of `range`", high);
    let (low, high) = (*low.get_ref(), *high.get_ref());
    if good && high - low < LEAST_SPREAD {
        problems
            .at_value(written.span(), format!("`range` goes from {low} to {high}"))
            .hint("write the smaller number first");
        return None;
    }
    good.then_some([low, high])
}

/// Records every coordinate of N x D points in which they differ by less than [`LEAST_SPREAD`], but
/// not by nothing; `names` are those of the coordinates.
pub(super) fn check_spread(
    problems: &mut Problems,
    span: &Range<usize>,
    points: &Array2<f64>,
    names: &[String],
) {
    for (column, name) in points.columns().into_iter().zip(names) {
        let least = column.iter().copied().fold(f64::INFINITY, f64::min);
        let most = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let spread = most - least;
        if spread > 0.0 && spread < LEAST_SPREAD {
            problems
                .at(
                    span.clone(),
                    format!(
                        "the points differ in `{name}` by {spread:.1e} at most, whose square vanishes"
                    ),
                )
                .hint(format!("scale the data, so that they differ by {LEAST_SPREAD:e} or more"));
        }
    }
}

/// Points of one length each, not empty; `key` names the list and `what` one of its entries.
pub(crate) fn points(
    problems: &mut Problems,
    key: &str,
    what: &str,
    list: &Spanned<Vec<Point>>,
) -> Option<Vec<Vec<f64>>> {
    let before = problems.len();
    let count = list.get_ref().len();
    let mut result: Vec<Vec<f64>> = Vec::with_capacity(count);
    for (i, point) in list.get_ref().iter().enumerate() {
        let name = format!("{what} {} of {count}", i + 1);
        let row = match point.get_ref() {
            OneOrMany::One(value) => {
                moderate(problems, &name, &Spanned::new(point.span(), *value));
                vec![*value]
            }
            OneOrMany::Many(values) => {
                for (j, value) in values.iter().enumerate() {
                    moderate(problems, &format!("coordinate {} of {name}", j + 1), value);
                }
                values.iter().map(|v| *v.get_ref()).collect()
            }
        };
        if row.is_empty() {
            problems
                .at(point.span(), format!("{name} has no coordinates"))
                .hint("write a number, or a list with one number for each dimension");
        } else if let Some(first) = result.first()
            && first.len() != row.len()
        {
            problems
                .at(
                    point.span(),
                    format!(
                        "{name} has {}, but the first has {}",
                        counted(row.len(), "coordinate"),
                        first.len()
                    ),
                )
                .hint(format!("give all {key} the same number of coordinates"));
        }
        result.push(row);
    }
    if count == 0 {
        problems
            .at(list.span(), format!("`{key}` is empty"))
            .hint(format!("write at least one {what}: `{key} = [0.0]`"));
    }
    (problems.len() == before).then_some(result)
}

/// Whether a matrix is D x D; `what` names it, `others` that which has the D coordinates.
fn has_shape(
    problems: &mut Problems,
    what: &str,
    matrix: &Matrix,
    (others, dimensions): (&str, usize),
) -> bool {
    let rows = matrix.get_ref();
    if rows.len() != dimensions || rows.iter().any(|row| row.get_ref().len() != dimensions) {
        let shape = match rows.iter().map(|row| row.get_ref().len()).collect::<Vec<_>>().as_slice()
        {
            [first, rest @ ..] if rest.iter().all(|length| length == first) => {
                format!("is {} x {first}", rows.len())
            }
            [] => "is empty".to_owned(),
            _ => "has rows of unequal length".to_owned(),
        };
        problems
            .at(
                matrix.span(),
                format!(
                    "{what} {shape}, but the {others} have {}",
                    counted(dimensions, "coordinate")
                ),
            )
            .hint(format!(
                "write {} of {} each",
                counted(dimensions, "row"),
                counted(dimensions, "number")
            ));
        return false;
    }
    true
}

/// A matrix as a plain list of rows.
pub(super) fn rows(matrix: &Matrix) -> Vec<Vec<f64>> {
    let row =
        |row: &Spanned<Vec<Spanned<f64>>>| row.get_ref().iter().map(|v| *v.get_ref()).collect();
    matrix.get_ref().iter().map(row).collect()
}

/// Any D x D matrix of moderate numbers; `what` names it, `others` that which has the D coordinates.
pub(super) fn square(
    problems: &mut Problems,
    what: &str,
    matrix: &Matrix,
    others: (&str, usize),
) -> Option<Vec<Vec<f64>>> {
    let before = problems.len();
    if !has_shape(problems, what, matrix, others) {
        return None;
    }
    for (i, row) in matrix.get_ref().iter().enumerate() {
        for (j, value) in row.get_ref().iter().enumerate() {
            moderate(problems, &format!("row {}, column {} of {what}", i + 1, j + 1), value);
        }
    }
    (problems.len() == before).then(|| rows(matrix))
}

/// A covariance: D x D, symmetric and positive definite; `what` names it, `others` that which has the
/// D coordinates.
pub(crate) fn covariance(
    problems: &mut Problems,
    what: &str,
    matrix: &Matrix,
    (others, dimensions): (&str, usize),
) -> Option<Vec<Vec<f64>>> {
    let before = problems.len();
    let rows = matrix.get_ref();
    if !has_shape(problems, what, matrix, (others, dimensions)) {
        return None;
    }
    for (i, row) in rows.iter().enumerate() {
        for (j, value) in row.get_ref().iter().enumerate() {
            let name = format!("row {}, column {} of {what}", i + 1, j + 1);
            if i == j {
                moderate_positive(problems, &format!("the variance in {name}"), value);
            } else {
                moderate(problems, &name, value);
            }
        }
    }
    if problems.len() > before {
        return None;
    }
    let entry = |i: usize, j: usize| &rows[i].get_ref()[j];
    let values = Array2::from_shape_fn((dimensions, dimensions), |(i, j)| *entry(i, j).get_ref());
    if !linalg::is_symmetric(&values) {
        for i in 0..dimensions {
            for j in 0..i {
                let (lower, upper) = (values[[i, j]], values[[j, i]]);
                let pair = ndarray::arr2(&[[1.0, lower], [upper, 1.0]]);
                if !linalg::is_symmetric(&pair) {
                    problems
                        .at(
                            entry(i, j).span(),
                            format!(
                                "{what} is not symmetric: {lower} in row {}, column {}, but {upper} \
                                 in row {}, column {}",
                                i + 1,
                                j + 1,
                                j + 1,
                                i + 1
                            ),
                        )
                        .hint("write the same number in both places");
                }
            }
        }
    } else if linalg::cholesky(&values).is_none() {
        problems.at(matrix.span(), format!("{what} is not positive definite")).hint(
            "a covariance between two coordinates must be smaller than the root of the product of \
             their variances; make the diagonal larger or the other numbers smaller",
        );
    }
    (problems.len() == before).then(|| values.rows().into_iter().map(|row| row.to_vec()).collect())
}

/// An N x D array of lists that all have D entries.
pub(crate) fn array(rows: &[Vec<f64>]) -> Array2<f64> {
    let dimensions = rows.first().map_or(0, Vec::len);
    Array2::from_shape_fn((rows.len(), dimensions), |(i, j)| rows[i][j])
}

/// The names of coordinates that have none: `x`, or `x_1`, `x_2` and so on.
pub(super) fn column_names(dimensions: usize) -> Vec<String> {
    if dimensions == 1 {
        vec!["x".to_owned()]
    } else {
        (1..=dimensions).map(|i| format!("x_{i}")).collect()
    }
}
