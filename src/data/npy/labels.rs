//! The true components of points, from a file of their own.

use std::path::Path;

use super::format;
use crate::data::labels::Labels;
use crate::data::parameters::MOST_COMPONENTS;
use crate::data::read::{File, open};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;

/// Whole numbers up to this one are told apart by floating-point numbers.
const LARGEST_LABEL: f64 = (1_u64 << 53) as f64;

/// Stands for no label.
pub(super) const NONE: u16 = u16::MAX;

/// One label for each row, and the file that they are from.
pub(super) struct Written {
    /// Each as its place among the distinct ones, in two bytes; or [`NONE`].
    pub(super) places: Vec<u16>,
    pub(super) distinct: Distinct,
    pub(super) file: File,
}

/// Labels that differ, in the order in which they were found, and what else was found on the way.
#[derive(Default)]
pub(super) struct Distinct {
    /// In ascending order, each with its place.
    sorted: Vec<(i64, u16)>,
    /// The first number that is no label, with its row.
    wrong: Option<(usize, f64)>,
    /// Whether there are more than can be components.
    too_many: bool,
}

impl Distinct {
    /// The place of a label, which may be new.
    fn place(&mut self, row: usize, label: f64) -> u16 {
        if label.is_nan() {
            return NONE;
        }
        if label.fract() != 0.0 || label.abs() > LARGEST_LABEL {
            self.wrong.get_or_insert((row, label));
            return NONE;
        }
        let value = label as i64;
        match self.sorted.binary_search_by_key(&value, |(value, _)| *value) {
            Ok(at) => self.sorted.get(at).map_or(NONE, |(_, place)| *place),
            Err(_) if self.sorted.len() == MOST_COMPONENTS => {
                self.too_many = true;
                NONE
            }
            Err(at) => {
                let place = self.sorted.len() as u16;
                self.sorted.insert(at, (value, place));
                place
            }
        }
    }

    /// The component of each of these places, none of which is [`NONE`]: the labels that occur, in
    /// ascending order.
    pub(super) fn components(&self, places: &[u16]) -> Labels {
        // Some may stand in rows only that were left out.
        let mut occurs = vec![false; self.sorted.len()];
        for place in places {
            occurs[usize::from(*place)] = true;
        }
        let mut ranks = vec![0; self.sorted.len()];
        let mut count = 0;
        for (_, place) in self.sorted.iter().filter(|(_, place)| occurs[usize::from(*place)]) {
            ranks[usize::from(*place)] = count;
            count += 1;
        }
        Labels::below(count, places.iter().map(|place| ranks[usize::from(*place)]))
    }
}

/// Reads a file of whole numbers, one for each of so many `rows` of the file called `points`.
pub(super) fn read(
    problems: &mut Problems,
    folder: &Path,
    written: &Spanned<String>,
    (points, rows): (&str, usize),
) -> Option<Written> {
    let path = written.get_ref();
    let mut stream = open(problems, folder, written, ("numpy's", "labels.npy"))?;
    let mut places = Vec::new();
    let mut distinct = Distinct::default();
    let read = format::header(&mut stream).and_then(|header| {
        if header.columns == 1 && header.rows == rows {
            format::numbers(&mut stream, &header, |row, _, label| {
                places.push(distinct.place(row, label));
            })?;
        }
        Ok(header)
    });
    let header = match read {
        Ok(header) => header,
        Err((message, hint)) => {
            problems.at(written.span(), format!("`{path}` {message}")).hint(hint);
            return None;
        }
    };
    if header.columns > 1 {
        let columns = counted(header.columns, "column");
        problems
            .at(written.span(), format!("`{path}` has {columns}, but labels are one number a row"))
            .hint("save one whole number for each point: `numpy.save(path, labels)`");
        return None;
    }
    if header.rows != rows {
        let (labels, rows) = (counted(header.rows, "label"), counted(rows, "row"));
        problems
            .at(written.span(), format!("`{path}` has {labels}, but `{points}` has {rows}"))
            .hint("save one label for each point, in the same order");
        return None;
    }
    if let Some((row, label)) = distinct.wrong {
        problems
            .at(written.span(), format!("`{path}` has {label:?} in row {row} (from 0)"))
            .hint("a label is a whole number, such as 0, 1, 2");
        return None;
    }
    if distinct.too_many {
        problems
            .at(
                written.span(),
                format!("`{path}` has more than {MOST_COMPONENTS} different labels"),
            )
            .hint("a label names a component: is this the file of the labels?");
        return None;
    }
    Some(Written { places, distinct, file: stream.finish(path) })
}
