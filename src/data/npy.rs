//! Points read from a file of numpy's: an array of N numbers, or of N rows with D numbers each.
//!
//! The file is read in parts, and what is kept are the points: a file of 80 MB takes little more.

mod format;
mod header;
mod labels;

use ndarray::Array2;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

use super::column::Missing;
use super::parameters::{LARGEST, MOST_NUMBERS, check_spread, column_names};
use super::read::{Spec, open};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;
use header::Header;

/// What is wrong with a file, as it stands behind its name, and what to do.
type Mistake = (String, &'static str);

/// An array with more columns than this has its points in columns.
const MOST_COLUMNS: usize = 10_000;

/// A file as named in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The file, relative to the folder of the config: one array of N numbers, or of N rows with D
    /// numbers each, as `numpy.save` writes it.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The columns that hold the coordinates, by index from 0. Default: all.
    #[schemars(with = "Option<Vec<usize>>")]
    pub columns: Option<Spanned<Vec<Spanned<usize>>>>,
    /// A second file, relative to the folder of the config, that holds the true component of each
    /// row as a whole number; the distinct ones in ascending order are the components. Default: not
    /// known.
    #[schemars(with = "Option<String>")]
    pub label_path: Option<Spanned<String>>,
    /// What is done with rows in which a column that is used, or the label, is NaN: `error` says
    /// where the first is, `drop` leaves them out and says how many.
    #[serde(default)]
    pub missing: Missing,
}

/// The rows of a file, and where there are any their labels.
struct Rows {
    /// One behind the other.
    numbers: Vec<f64>,
    /// How many numbers a row has.
    width: usize,
    labels: Option<labels::Written>,
}

impl Options {
    /// Reads the file and checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let path = self.path.get_ref();
        let mut stream = open(problems, folder, &self.path, ("numpy's", "points.npy"))?;
        let header = self.readable(problems, format::header(&mut stream))?;
        let indices = self.indices(problems, &header);
        let labels = self.label_path.as_ref();
        let labels = labels.map(|file| labels::read(problems, folder, file, (path, header.rows)));
        let indices = indices.filter(|_| problems.len() == before)?;
        let width = indices.len();
        let numbers = vec![0.0; header.rows * width];
        let mut rows = Rows { numbers, width, labels: labels.flatten() };
        let mut places = vec![None; header.columns];
        for (place, column) in indices.iter().enumerate() {
            places[*column] = Some(place);
        }
        let read = format::numbers(&mut stream, &header, |row, column, number| {
            if let Some(place) = places[column] {
                rows.numbers[row * width + place] = number;
            }
        });
        self.readable(problems, read)?;
        let dropped = self.check(problems, &mut rows, &indices)?;
        let Rows { numbers, labels, .. } = rows;
        // There are as many numbers as rows and columns say.
        let points = Array2::from_shape_vec((numbers.len() / width, width), numbers).ok()?;
        let names = column_names(width);
        check_spread(problems, &self.path.span(), &points, &names);
        let indices = if self.columns.is_some() { indices } else { Vec::new() };
        (problems.len() == before).then(|| Spec {
            indices,
            dropped,
            labels: labels.as_ref().map(|labels| labels.distinct.components(&labels.places)),
            label_file: labels.map(|labels| labels.file),
            ..Spec::new(stream.finish(path), points, names)
        })
    }

    /// What was read, or nothing and a mistake that names the file.
    fn readable<T>(&self, problems: &mut Problems, read: Result<T, Mistake>) -> Option<T> {
        let wrong = |(message, hint): Mistake| {
            let path = self.path.get_ref();
            problems.at(self.path.span(), format!("`{path}` {message}")).hint(hint);
        };
        read.map_err(wrong).ok()
    }

    /// The columns of coordinates; there may be so many numbers.
    fn indices(&self, problems: &mut Problems, header: &Header) -> Option<Vec<usize>> {
        let path = self.path.get_ref();
        let Header { rows, columns: width, .. } = *header;
        if width > MOST_COLUMNS {
            problems
                .at(
                    self.path.span(),
                    format!("`{path}` has {width} columns; at most {MOST_COLUMNS} are read"),
                )
                .hint("each row is a point, each column a coordinate: save `array.T`?");
            return None;
        }
        let found = match &self.columns {
            None => (0..width).collect(),
            Some(written) => self.chosen(problems, written, width)?,
        };
        if rows.saturating_mul(found.len()) > MOST_NUMBERS {
            problems
                .at(self.path.span(), format!("`{path}` has more than {MOST_NUMBERS} numbers"))
                .hint("save fewer rows or name fewer `columns`");
            return None;
        }
        Some(found)
    }

    /// Those columns that are written, of so many.
    fn chosen(
        &self,
        problems: &mut Problems,
        written: &Spanned<Vec<Spanned<usize>>>,
        width: usize,
    ) -> Option<Vec<usize>> {
        let before = problems.len();
        let mut found: Vec<usize> = Vec::new();
        for column in written.get_ref() {
            let index = *column.get_ref();
            if index >= width {
                let path = self.path.get_ref();
                problems
                    .at(column.span(), format!("`{path}` has no column {index}"))
                    .hint(format!("it has {}; indices start at 0", counted(width, "column")));
            } else if found.contains(&index) {
                problems
                    .at(column.span(), format!("column `{index}` is named twice"))
                    .hint("name each column once");
            }
            found.push(index);
        }
        if found.is_empty() {
            problems
                .at(written.span(), "`columns` is empty")
                .hint("name at least one column, or leave `columns` out to take all");
        }
        (problems.len() == before).then_some(found)
    }

    /// Leaves out the rows that are missing and says how many; `indices` are those of the columns.
    fn check(&self, problems: &mut Problems, rows: &mut Rows, indices: &[usize]) -> Option<usize> {
        let Rows { numbers, width, labels } = rows;
        let (width, count) = (*width, numbers.len() / *width);
        let mut wrong: Option<(usize, usize, f64)> = None;
        let (mut kept, mut more) = (0, 0);
        for row in 0..count {
            let label = labels.as_ref().and_then(|labels| labels.places.get(row)).copied();
            let range = row * width..(row + 1) * width;
            let own = &numbers[range.clone()];
            let is_missing = label == Some(labels::NONE) || own.iter().any(|x| x.is_nan());
            if is_missing && self.missing == Missing::Drop {
                continue;
            }
            let is_wrong = |x: f64| x.is_nan() || x.abs() > LARGEST;
            for (place, x) in own.iter().enumerate().filter(|(_, x)| is_wrong(**x)) {
                match wrong {
                    None => wrong = Some((row, indices[place], *x)),
                    Some(_) => more += 1,
                }
            }
            numbers.copy_within(range, kept * width);
            if let (Some(labels), Some(label)) = (labels.as_mut(), label) {
                labels.places[kept] = label;
            }
            kept += 1;
        }
        let path = self.path.get_ref();
        if let Some((row, column, value)) = wrong {
            let others = match more {
                0 => String::new(),
                1 => "; 1 more number of this file is wrong".to_owned(),
                more => format!("; {more} more numbers of this file are wrong"),
            };
            let hint = match value.is_nan() {
                true => "fill in a number, or leave out such rows with `missing = \"drop\"`",
                false => "remove the row or change the unit",
            };
            problems
                .at(
                    self.path.span(),
                    format!("`{path}` has {value:?} in row {row}, column {column} (from 0)"),
                )
                .hint(format!("{hint}{others}"));
            return None;
        }
        let mut places = labels.iter().flat_map(|labels| &labels.places).take(kept);
        let unlabelled = places.position(|place| *place == labels::NONE);
        if let (Some(row), Some(file)) = (unlabelled, &self.label_path) {
            problems
                .at(file.span(), format!("`{}` has NaN in row {row} (from 0)", file.get_ref()))
                .hint("fill in a label, or leave out such rows with `missing = \"drop\"`");
            return None;
        }
        if kept == 0 {
            let all = counted(count, "row");
            problems
                .at(self.path.span(), format!("of the {all} of `{path}` none is whole"))
                .hint("name fewer `columns`: those that are used have a NaN in every row");
            return None;
        }
        numbers.truncate(kept * width);
        if let Some(labels) = labels {
            labels.places.truncate(kept);
        }
        Some(count - kept)
    }
}
