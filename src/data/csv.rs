//! Points read from a file of comma-separated values.
//!
//! The file is read when the config is resolved, so that its mistakes are shown with the config's:
//! each at its own cell (`file` reads and reports, `text` knows where the cells are). What is kept
//! are the points; the manifest names the file and its hash.

mod columns;
mod file;
mod text;

use ndarray::Array2;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

use super::column::{Column, Missing};
use super::counts;
use super::parameters::{MOST_NUMBERS, check_spread};
use super::read::{self, Spec};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;
use columns::{check_lengths, components, find};
use file::{File, Mistakes, decode};
use text::Table;

/// A table with more columns than this has its points in columns, or another delimiter.
const MOST_COLUMNS: usize = 10_000;

/// A file as named in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The file, relative to the folder of the config.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The columns that hold the coordinates, by name or by index from 0. Default: all but the
    /// label's of which at least half of the cells are numbers, not counting empty cells and missing
    /// values such as `NA`. Each of those must then be filled in.
    #[schemars(with = "Option<Vec<Column>>")]
    pub columns: Option<Spanned<Vec<Spanned<Column>>>>,
    /// The column that holds the true components, by name or by index from 0; its distinct values
    /// in ascending order are the components. An empty cell or a missing value such as `NA` or `nan`
    /// is no label. Default: not known.
    #[schemars(with = "Option<Column>")]
    pub label: Option<Spanned<Column>>,
    /// The column that says how many equal points each row stands for, by name or by index from 0:
    /// for data in bins. Default: one each.
    #[schemars(with = "Option<Column>")]
    pub counts: Option<Spanned<Column>>,
    /// What is done with rows in which a column that is used has an empty cell or a missing value
    /// such as `NA` or `NaN`: `error` says where they are, `drop` leaves them out and says how many.
    #[serde(default)]
    pub missing: Missing,
    /// Whether the first row holds the columns' names. Default true, but where the coordinates would
    /// be named by numbers it must be said.
    #[schemars(extend("default" = true))]
    pub header: Option<bool>,
    /// The character between cells. Default a comma.
    #[schemars(with = "Option<String>", length(equal = 1), extend("default" = ","))]
    pub delimiter: Option<Spanned<String>>,
}

impl Options {
    /// Reads the file and checks everything; all mistakes go to `problems`, those in the file with
    /// its text as one more source.
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        let path = self.path.get_ref();
        let delimiter = self.delimiter(problems)?;
        let bytes =
            read::read(problems, folder, &self.path, ("comma-separated values", "points.csv"))?;
        let text = decode(problems, &self.path, &bytes)?;
        // What comes before the text is a byte order mark.
        let mut file = File::new(folder, path, text, bytes.len() - text.len());
        if let Some(at) = text::unclosed_quote(text, delimiter) {
            let span = file.span(problems, at..at + 1);
            problems
                .at(span, "this quotation mark is never closed")
                .hint("add one at the end of the cell, or remove this one");
            return None;
        }
        let width = text::first_width(text, delimiter);
        if width > MOST_COLUMNS {
            problems
                .at(
                    self.path.span(),
                    format!("`{path}` has {width} columns; at most {MOST_COLUMNS} are read"),
                )
                .hint("is the `delimiter` right? each row is a point, each column a coordinate");
            return None;
        }
        let header = self.header.unwrap_or(true);
        let Some(mut table) = Table::parse(text, delimiter, header) else {
            let none = "a data set needs at least one point";
            let first = "if the first row is a point, write `header = false`";
            let (what, hint) = match text.trim().is_empty() {
                true => ("is empty", none),
                false if self.header.is_none() => ("has no rows below its header", first),
                false if header => ("has no rows below its header", none),
                false => ("has no rows", none),
            };
            problems.at(self.path.span(), format!("`{path}` {what}")).hint(hint);
            return None;
        };
        let before = problems.len();
        let label = self.label.as_ref().and_then(|column| find(problems, path, &table, column));
        let count = self.counts.as_ref().and_then(|column| find(problems, path, &table, column));
        let columns = self.columns(problems, &table, label, count);
        self.check_header(problems, &mut file, &table, columns.as_deref().unwrap_or_default());
        check_lengths(problems, &mut file, &table);
        // With the wrong column, or rows that are out of step, every cell would be reported.
        let columns = columns.filter(|_| problems.len() == before)?;
        if table.rows.len().saturating_mul(columns.len()) > MOST_NUMBERS {
            problems
                .at(self.path.span(), format!("`{path}` has more than {MOST_NUMBERS} numbers"))
                .hint("keep fewer rows or name fewer `columns`");
            return None;
        }
        let dropped = match self.missing {
            Missing::Error => 0,
            Missing::Drop => table.drop_missing(columns.iter().copied().chain(label).chain(count)),
        };
        if table.rows.is_empty() {
            let all = counted(dropped, "row");
            problems.at(self.path.span(), format!("of the {all} of `{path}` none is whole")).hint(
                "name fewer `columns`: those that are used have a missing value in every row",
            );
            return None;
        }
        let points = self.numbers(problems, &mut file, &table, &columns);
        let labels = label.and_then(|column| components(problems, &mut file, &table, column));
        let counts = count.map(|column| columns::counts(problems, &mut file, &table, column));
        if problems.len() > before {
            return None;
        }
        let (points, labels) = match (counts, &self.counts) {
            (Some(counts), Some(written)) => {
                let rows = (&points, labels.as_ref());
                counts::repeated(problems, written.span(), rows, &counts)?
            }
            _ => (points, labels),
        };
        let names = table.column_names(&columns);
        check_spread(problems, &self.path.span(), &points, &names);
        let indices = if table.are_clear(&columns) { Vec::new() } else { columns };
        (problems.len() == before).then(|| Spec {
            indices,
            label: label.map(|column| table.describe(column)),
            counts: count.map(|column| table.describe(column)),
            dropped,
            labels,
            ..Spec::new(read::File::new(path, &bytes), points, names)
        })
    }

    fn delimiter(&self, problems: &mut Problems) -> Option<u8> {
        let Some(delimiter) = &self.delimiter else {
            return Some(b',');
        };
        match delimiter.get_ref().as_bytes() {
            &[byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Some(byte),
            _ => {
                problems.at(delimiter.span(), "`delimiter` must be one ASCII character").hint(
                    r#"such as ",", ";" or "\t"; a quotation mark or a line break cannot be one"#,
                );
                None
            }
        }
    }

    /// The coordinates, N x D. Cells that are no finite number are recorded and read as 0.
    fn numbers(
        &self,
        problems: &mut Problems,
        file: &mut File,
        table: &Table,
        columns: &[usize],
    ) -> Array2<f64> {
        let mut points = Array2::zeros((table.rows.len(), columns.len()));
        let mut mistakes = Mistakes::default();
        let other = match self.columns {
            Some(_) => "",
            None => "; if this column is no coordinate, name those that are in `columns`",
        };
        for (i, row) in table.rows.iter().enumerate() {
            for (j, &column) in columns.iter().enumerate() {
                match text::number(table.cell(row, column).unwrap_or_default()) {
                    Ok(value) => points[[i, j]] = value,
                    Err((message, hint)) => {
                        let span =
                            |problems: &mut Problems| file.cell(problems, table, row, column);
                        mistakes.add(problems, span, message, &format!("{hint}{other}"));
                    }
                }
            }
        }
        mistakes.finish(problems, "cells");
        points
    }
}
