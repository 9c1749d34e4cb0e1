//! The true components of points, from a file of their own.

use std::path::Path;

use super::format;
use super::header::AS_FLOATS;
use crate::data::distinct::{Distinct, NONE, whole};
use crate::data::parameters::MOST_COMPONENTS;
use crate::data::read::{File, open};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;

/// What to do about labels that are texts.
const AS_PLACES: &str = "save them as whole numbers: \
     `numpy.save(path, numpy.unique(labels, return_inverse=True)[1])`";

/// One label for each row, and the file that they are from.
pub(super) struct Written {
    /// Each as its place among the distinct ones, in two bytes; or [`NONE`].
    pub(super) places: Vec<u16>,
    pub(super) distinct: Distinct<i64>,
    pub(super) file: File,
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
    // The first number that is no label, with its row.
    let mut wrong: Option<(usize, f64)> = None;
    let read = format::header(&mut stream).and_then(|header| {
        if header.columns == 1 && header.rows == rows {
            format::numbers(&mut stream, &header, |row, _, label| {
                places.push(match whole(label) {
                    Some(label) => distinct.place(&label),
                    None if label.is_nan() => NONE,
                    None => {
                        wrong.get_or_insert((row, label));
                        NONE
                    }
                });
            })?;
        }
        Ok(header)
    });
    let header = match read {
        Ok(header) => header,
        Err((message, hint)) => {
            let hint = if hint == AS_FLOATS { AS_PLACES } else { hint };
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
    if let Some((row, label)) = wrong {
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
