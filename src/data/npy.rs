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
use super::parameters::{MOST_NUMBERS, check_spread, column_names};
use super::read::{Spec, open};
use super::rows::Rows;
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
        let labels = labels.flatten();
        let mut rows = Rows { numbers, width, labels: None };
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
        let labels = labels.map(|labels::Written { places, distinct, file }| {
            rows.labels = Some(places);
            (distinct, file)
        });
        let dropped = match rows.settle(self.missing) {
            Ok(dropped) => dropped,
            Err(flaw) => {
                let number = |row, place: usize, value| {
                    let column = indices.get(place).copied().unwrap_or_default();
                    format!("{value:?} in row {row}, column {column} (from 0)")
                };
                let file = self.label_path.as_ref().unwrap_or(&self.path);
                let label = |row| {
                    (file.span(), format!("`{}` has NaN in row {row} (from 0)", file.get_ref()))
                };
                flaw.report(problems, &self.path, number, label);
                return None;
            }
        };
        let Rows { numbers, labels: places, .. } = rows;
        // There are as many numbers as rows and columns say.
        let points = Array2::from_shape_vec((numbers.len() / width, width), numbers).ok()?;
        let names = column_names(width);
        check_spread(problems, &self.path.span(), &points, &names);
        let indices = if self.columns.is_some() { indices } else { Vec::new() };
        (problems.len() == before).then(|| Spec {
            indices,
            dropped,
            labels: labels
                .as_ref()
                .zip(places)
                .map(|((labels, _), places)| labels.components(&places)),
            label_file: labels.map(|(_, file)| file),
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
}
