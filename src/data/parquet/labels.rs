//! The true components of points, from a column of whole numbers or of texts.

use std::ops::Range;

use super::Options;
use crate::data::distinct::{Distinct, NONE, whole};
use crate::data::labels::Labels;
use crate::data::parameters::MOST_COMPONENTS;
use crate::diagnostic::Problems;
use crate::setting::Spanned;

/// The labels that were found.
#[derive(Default)]
pub(super) struct Found {
    numbers: Distinct<i64>,
    texts: Distinct<Vec<u8>>,
    /// The first number that is no label, with its row.
    wrong: Option<(usize, f64)>,
}

/// Where and how to say that a row has no label.
pub(super) fn missing(options: &Options, row: usize) -> (Range<usize>, String) {
    let path = options.path.get_ref();
    let (span, name) = match &options.label {
        Some(label) => (label.span(), label.get_ref().as_str()),
        None => (options.path.span(), ""),
    };
    (span, format!("`{path}` has null or NaN in row {row} (from 0) of the label `{name}`"))
}

impl Found {
    /// The place of the label of a row.
    pub(super) fn number(&mut self, row: usize, label: f64) -> u16 {
        match whole(label) {
            Some(label) => self.numbers.place(&label),
            None if label.is_nan() => NONE,
            None => {
                self.wrong.get_or_insert((row, label));
                NONE
            }
        }
    }

    /// The place of the label of a row.
    pub(super) fn text(&mut self, label: Option<&[u8]>) -> u16 {
        label.map_or(NONE, |label| self.texts.place(label))
    }

    /// Says which number is no label, or that there are too many.
    pub(super) fn check(&self, problems: &mut Problems, path: &str, written: &Spanned<String>) {
        let name = written.get_ref();
        if let Some((row, label)) = self.wrong {
            let what =
                format!("`{path}` has {label:?} in row {row} (from 0) of the label `{name}`");
            problems.at(written.span(), what).hint("labels are whole numbers or texts");
        } else if self.numbers.too_many || self.texts.too_many {
            let what = format!("column `{name}` has more than {MOST_COMPONENTS} different labels");
            problems
                .at(written.span(), what)
                .hint("a label names a component: is this the column of the labels?");
        }
    }

    /// The components of rows; labels are all numbers or all texts.
    pub(super) fn components(&self, places: &[u16]) -> Labels {
        match self.texts.is_empty() {
            true => self.numbers.components(places),
            false => self.texts.components(places),
        }
    }
}
