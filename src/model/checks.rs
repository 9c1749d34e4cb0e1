//! Checks that several models share, beside those of [`crate::setting`].

use toml::Spanned;

use crate::data::Shape;
use crate::diagnostic::{Problems, counted};
use crate::setting::{OneOrMany, at_least};

/// More iterations than this are a slip of the pen: every iteration's parameters are kept.
pub(super) const MOST_ITERATIONS: usize = 10_000_000;

/// More restarts than this are a slip of the pen.
pub(super) const MOST_RESTARTS: usize = 100_000;

/// More components than this are a slip of the pen: models keep a number for each point and
/// component.
pub(super) const MOST_COMPONENTS: usize = 1_000;

/// Checks `components` against the data: at least one, and no more than there are points.
pub(super) fn components(problems: &mut Problems, value: &Spanned<usize>, shape: &Shape) {
    let count = *value.get_ref();
    if at_least(problems, "`components`", value, 1) && count > shape.points {
        problems
            .at(
                value.span(),
                format!(
                    "`components` is {count}, but the data have only {}",
                    counted(shape.points, "point")
                ),
            )
            .hint(format!("write at most {}, or give more points", shape.points));
    } else {
        at_most(problems, "`components`", Some(value), MOST_COMPONENTS);
    }
}

/// A covariance needs at least two points.
pub(super) fn two_points(
    problems: &mut Problems,
    kind: &str,
    components: &Spanned<usize>,
    shape: &Shape,
) {
    if shape.points < 2 {
        problems
            .at(
                components.span(),
                format!(
                    "`model.{kind}` needs at least 2 points, but the data have {}",
                    shape.points
                ),
            )
            .hint("give more points");
    }
}

/// Checks an optional `max_iter`; 0 is allowed and keeps the initial values.
pub(super) fn max_iter(problems: &mut Problems, value: Option<&Spanned<usize>>) {
    at_most(problems, "`max_iter`", value, MOST_ITERATIONS);
}

/// Checks an optional `restarts`.
pub(super) fn restarts(problems: &mut Problems, value: Option<&Spanned<usize>>) {
    if value.is_some_and(|restarts| at_least(problems, "`restarts`", restarts, 1)) {
        at_most(problems, "`restarts`", value, MOST_RESTARTS);
    }
}

/// The `dimensions` numbers that a number for all coordinates or a list with one for each stands
/// for; `None` after a wrong length or a value that `good` refuses.
pub(super) fn coordinates(
    problems: &mut Problems,
    what: &str,
    value: &Spanned<OneOrMany<f64>>,
    dimensions: usize,
    good: fn(&mut Problems, &str, &Spanned<f64>) -> bool,
) -> Option<Vec<f64>> {
    let before = problems.len();
    match value.get_ref() {
        OneOrMany::One(number) => {
            good(problems, what, &Spanned::new(value.span(), *number));
        }
        OneOrMany::Many(list) => {
            for number in list {
                good(problems, what, number);
            }
            if list.len() != dimensions {
                problems
                    .at(
                        value.span(),
                        format!(
                            "{what} has {}, but the data have {}",
                            counted(list.len(), "value"),
                            counted(dimensions, "dimension")
                        ),
                    )
                    .hint(format!(
                        "write {}, or one number for all of them",
                        counted(dimensions, "value")
                    ));
            }
        }
    }
    (problems.len() == before).then(|| value.get_ref().expand(dimensions))
}

fn at_most(problems: &mut Problems, what: &str, value: Option<&Spanned<usize>>, most: usize) {
    if let Some(value) = value.filter(|v| *v.get_ref() > most) {
        problems
            .at_value(
                value.span(),
                format!("{what} must be at most {most}, but is {}", value.get_ref()),
            )
            .hint(format!("write a whole number up to {most}"));
    }
}
