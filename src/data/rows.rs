//! Rows of numbers as files hold them, of which some may lack a number or the label.

use std::ops::Range;

use super::column::Missing;
use super::distinct::NONE;
use super::parameters::LARGEST;
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;

/// The rows of a file, and where there are any their labels.
pub(super) struct Rows {
    /// One row behind the other; what is missing is NaN.
    pub(super) numbers: Vec<f64>,
    /// How many numbers a row has.
    pub(super) width: usize,
    /// The place of each row's label among the distinct ones, or [`NONE`].
    pub(super) labels: Option<Vec<u16>>,
}

/// Why rows are no points.
pub(super) enum Flaw {
    /// The first number that is missing or too large, by its row and its place in it, and how many
    /// more there are.
    Number { row: usize, place: usize, value: f64, more: usize },
    /// The first row without a label.
    Label { row: usize },
    /// All of so many rows were left out.
    All { rows: usize },
}

impl Rows {
    /// Leaves out the rows in which something is missing, if that is asked for, and says how many.
    pub(super) fn settle(&mut self, missing: Missing) -> Result<usize, Flaw> {
        let Self { numbers, width, labels } = self;
        let (width, count) = (*width, numbers.len() / *width);
        let mut wrong: Option<(usize, usize, f64)> = None;
        let (mut kept, mut more) = (0, 0);
        for row in 0..count {
            let label = labels.as_ref().and_then(|places| places.get(row)).copied();
            let range = row * width..(row + 1) * width;
            let own = &numbers[range.clone()];
            let is_missing = label == Some(NONE) || own.iter().any(|x| x.is_nan());
            if is_missing && missing == Missing::Drop {
                continue;
            }
            let is_wrong = |x: f64| x.is_nan() || x.abs() > LARGEST;
            for (place, x) in own.iter().enumerate().filter(|(_, x)| is_wrong(**x)) {
                match wrong {
                    None => wrong = Some((row, place, *x)),
                    Some(_) => more += 1,
                }
            }
            numbers.copy_within(range, kept * width);
            if let (Some(places), Some(label)) = (labels.as_mut(), label) {
                places[kept] = label;
            }
            kept += 1;
        }
        if let Some((row, place, value)) = wrong {
            return Err(Flaw::Number { row, place, value, more });
        }
        let mut places = labels.iter().flatten().take(kept);
        if let Some(row) = places.position(|place| *place == NONE) {
            return Err(Flaw::Label { row });
        }
        if kept == 0 {
            return Err(Flaw::All { rows: count });
        }
        numbers.truncate(kept * width);
        if let Some(places) = labels {
            places.truncate(kept);
        }
        Ok(count - kept)
    }
}

impl Flaw {
    /// Says what is wrong with the file at `path`: `number` says what stands where, by row, place and
    /// value, and `label` at what part of the config, and of which file, a row's label is missing.
    pub(super) fn report(
        self,
        problems: &mut Problems,
        path: &Spanned<String>,
        number: impl FnOnce(usize, usize, f64) -> String,
        label: impl FnOnce(usize) -> (Range<usize>, String),
    ) {
        let name = path.get_ref();
        match self {
            Self::Number { row, place, value, more } => {
                let others = match more {
                    0 => String::new(),
                    1 => "; 1 more number of this file is wrong".to_owned(),
                    more => format!("; {more} more numbers of this file are wrong"),
                };
                let hint = match value.is_nan() {
                    true => "fill in a number, or leave out such rows with `missing = \"drop\"`",
                    false => "remove the row or change the unit",
                };
                let what = number(row, place, value);
                problems
                    .at(path.span(), format!("`{name}` has {what}"))
                    .hint(format!("{hint}{others}"));
            }
            Self::Label { row } => {
                let (span, message) = label(row);
                problems
                    .at(span, message)
                    .hint("fill in a label, or leave out such rows with `missing = \"drop\"`");
            }
            Self::All { rows } => {
                let all = counted(rows, "row");
                problems.at(path.span(), format!("of the {all} of `{name}` none is whole")).hint(
                    "name fewer `columns`: those that are used have a missing value in every row",
                );
            }
        }
    }
}
