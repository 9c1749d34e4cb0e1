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

/// One label for each row, NaN where there is none, and the file that they are from.
pub(super) struct Written {
    pub(super) labels: Vec<f64>,
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
    let mut labels = Vec::new();
    let read = format::header(&mut stream).and_then(|header| {
        if header.columns == 1 && header.rows == rows {
            format::numbers(&mut stream, &header, |_, _, label| labels.push(label))?;
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
    let is_wrong = |label: &f64| label.abs() > LARGEST_LABEL || label.fract() != 0.0;
    if let Some((row, label)) = labels.iter().enumerate().find(|(_, l)| !l.is_nan() && is_wrong(l))
    {
        problems
            .at(written.span(), format!("`{path}` has {label:?} in row {row} (from 0)"))
            .hint("a label is a whole number, such as 0, 1, 2");
        return None;
    }
    Some(Written { labels, file: stream.finish(path) })
}

/// The component of each label: the distinct ones in ascending order are the components.
pub(super) fn components(
    problems: &mut Problems,
    written: &Spanned<String>,
    labels: &[f64],
) -> Option<Labels> {
    let mut distinct: Vec<i64> = Vec::new();
    for label in labels {
        if let Err(place) = distinct.binary_search(&(*label as i64)) {
            if distinct.len() == MOST_COMPONENTS {
                let path = written.get_ref();
                problems
                    .at(
                        written.span(),
                        format!("`{path}` has more than {MOST_COMPONENTS} different labels"),
                    )
                    .hint("a label names a component: is this the file of the labels?");
                return None;
            }
            distinct.insert(place, *label as i64);
        }
    }
    let rank = |label: &f64| distinct.partition_point(|other| *other < *label as i64);
    Some(Labels::below(distinct.len(), labels.iter().map(rank)))
}
