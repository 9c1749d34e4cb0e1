//! Points read from a file of comma-separated values.
//!
//! The file is read when the config is resolved, so that its mistakes are shown with the config's:
//! each at its own cell (`file` reads and reports, `text` knows where the cells are). What is kept
//! are the points; the manifest names the file and its hash.

mod file;
mod text;

use ndarray::Array2;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::parameters::{MOST_NUMBERS, check_spread};
use super::{Dataset, Shape};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;
use file::{File, Mistakes, decode, read};
use text::Table;

/// A column of labels with more distinct values than this is none.
const MOST_COMPONENTS: usize = 1000;

/// A table with more columns than this has its points in columns, or another delimiter.
const MOST_COLUMNS: usize = 10_000;

/// The bytes of a file up to this size are kept, so that a figure can carry them.
const MOST_KEPT: usize = 1 << 16;

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
    /// Whether the first row holds the columns' names. Default true, but where the coordinates would
    /// be named by numbers it must be said.
    #[schemars(extend("default" = true))]
    pub header: Option<bool>,
    /// The character between cells. Default a comma.
    #[schemars(with = "Option<String>", length(equal = 1), extend("default" = ","))]
    pub delimiter: Option<Spanned<String>>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Column {
    /// By its name in the header.
    Name(String),
    /// By its index, from 0.
    Index(usize),
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ColumnVisitor;

        impl Visitor<'_> for ColumnVisitor {
            type Value = Column;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name or its index from 0")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Column, E> {
                usize::try_from(value)
                    .map(Column::Index)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Column, E> {
                Ok(Column::Name(value.to_owned()))
            }
        }

        deserializer.deserialize_any(ColumnVisitor)
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    path: String,
    columns: Vec<String>,
    label: Option<String>,
    sha256: String,
    /// The file, if it is small.
    #[serde(skip)]
    content: Option<Arc<[u8]>>,
    #[serde(skip)]
    points: Array2<f64>,
    #[serde(skip)]
    labels: Option<Vec<usize>>,
}

impl Options {
    /// Reads the file and checks everything; all mistakes go to `problems`, those in the file with
    /// its text as one more source.
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        let path = self.path.get_ref();
        let delimiter = self.delimiter(problems)?;
        let bytes = read(problems, folder, &self.path)?;
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
        let Some(table) = Table::parse(text, delimiter, header) else {
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
        let columns = self.columns(problems, &table, label);
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
        let points = self.numbers(problems, &mut file, &table, &columns);
        let labels = label.and_then(|column| components(problems, &mut file, &table, column));
        let columns = table.column_names(&columns);
        if problems.len() == before {
            check_spread(problems, &self.path.span(), &points, &columns);
        }
        (problems.len() == before).then(|| Spec {
            path: path.clone(),
            columns,
            label: label.map(|column| table.describe(column)),
            sha256: hexadecimal(&Sha256::digest(&bytes)),
            content: (bytes.len() <= MOST_KEPT).then(|| Arc::from(bytes.as_slice())),
            points,
            labels,
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

    /// A first row of numbers is more often a point than a header. Where neither `header` nor the
    /// name of a column says what it is, one of the two must be written.
    fn check_header(
        &self,
        problems: &mut Problems,
        file: &mut File,
        table: &Table,
        columns: &[usize],
    ) {
        let listed = self.columns.iter().flat_map(Spanned::get_ref);
        let is_name = |column: &Spanned<Column>| matches!(column.get_ref(), Column::Name(_));
        let is_said = self.header.is_some() || listed.chain(&self.label).any(is_name);
        if !is_said && table.is_named_by_numbers(columns) {
            let span = file.span(problems, text::line(file.text, table.start));
            problems.at(span, "the header of this file has numbers for names").hint(
                "if it is no header but the first point, write `header = false`; else write `header = true`",
            );
        }
    }

    /// The indices of the columns of coordinates.
    fn columns(
        &self,
        problems: &mut Problems,
        table: &Table,
        label: Option<usize>,
    ) -> Option<Vec<usize>> {
        let path = self.path.get_ref();
        let Some(list) = &self.columns else {
            let mut numeric = table.numeric();
            numeric.retain(|&column| Some(column) != label);
            if numeric.is_empty() {
                problems
                    .at(self.path.span(), format!("no column of `{path}` holds numbers"))
                    .hint("is the `delimiter` right? numbers have a decimal point, not a comma");
                return None;
            }
            return Some(numeric);
        };
        let before = problems.len();
        let mut found: Vec<usize> = Vec::new();
        for column in list.get_ref() {
            let Some(index) = find(problems, path, table, column) else {
                continue;
            };
            if found.contains(&index) {
                problems
                    .at(column.span(), format!("column `{}` is named twice", table.describe(index)))
                    .hint("name each column once");
            } else if Some(index) == label {
                problems
                    .at(column.span(), format!("column `{}` is the label", table.describe(index)))
                    .hint("a column holds a coordinate or the label, not both");
            }
            found.push(index);
        }
        if list.get_ref().is_empty() {
            problems
                .at(list.span(), "`columns` is empty")
                .hint("name at least one column, or leave `columns` out to take all with numbers");
        }
        (problems.len() == before).then_some(found)
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

impl Spec {
    /// What the data set is.
    pub fn shape(&self) -> Shape {
        Shape {
            points: self.points.nrows(),
            dimensions: self.points.ncols(),
            components: self.labels.as_deref().map(super::component_count),
            truth: false,
            columns: self.columns.clone(),
        }
    }

    /// The data set.
    pub fn make(&self) -> Dataset {
        Dataset {
            points: self.points.clone(),
            labels: self.labels.clone(),
            truth: None,
            columns: self.columns.clone(),
        }
    }

    /// The path as written and the SHA-256 of the file's bytes.
    pub(super) fn input(&self) -> (&str, &str) {
        (&self.path, &self.sha256)
    }

    /// The file's bytes, if they are few.
    pub(super) fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }
}

/// The index of a column.
fn find(
    problems: &mut Problems,
    path: &str,
    table: &Table,
    column: &Spanned<Column>,
) -> Option<usize> {
    let (message, hint) = match column.get_ref() {
        Column::Index(index) if *index < table.width => return Some(*index),
        Column::Index(index) => (
            format!("`{path}` has no column {index}"),
            format!("it has {}; indices start at 0", counted(table.width, "column")),
        ),
        Column::Name(name) => match (&table.names, table.find(name).as_slice()) {
            (_, [index]) => return Some(*index),
            (None, _) => (
                format!("`{path}` has no names of columns, but one is called `{name}`"),
                "give the column's index from 0, or set `header = true`".to_owned(),
            ),
            (Some(names), []) => {
                (format!("`{path}` has no column `{name}`"), text::nearest(name, names))
            }
            (Some(_), _) => (
                format!("`{path}` has several columns `{name}`"),
                "give the column's index from 0".to_owned(),
            ),
        },
    };
    problems.at(column.span(), message).hint(hint);
    None
}

/// Every row must have as many cells as the first.
fn check_lengths(problems: &mut Problems, file: &mut File, table: &Table) {
    let mut mistakes = Mistakes::default();
    for row in &table.rows {
        if row.len() != table.width {
            let line = text::line(file.text, row.start);
            let span = |problems: &mut Problems| file.span(problems, line);
            let message = format!(
                "this row has {}, but the first row has {}",
                counted(row.len(), "cell"),
                table.width
            );
            let hint = "add or remove cells, or put a cell that holds the delimiter in quotes";
            mistakes.add(problems, span, message, hint);
        }
    }
    mistakes.finish(problems, "rows");
}

/// The component of each row: the distinct labels in ascending order, as numbers if all are.
fn components(
    problems: &mut Problems,
    file: &mut File,
    table: &Table,
    column: usize,
) -> Option<Vec<usize>> {
    let before = problems.len();
    let mut mistakes = Mistakes::default();
    let mut labels = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match text::label(table.cell(row, column).unwrap_or_default()) {
            Ok(label) => labels.push(label),
            Err((message, hint)) => {
                let span = |problems: &mut Problems| file.cell(problems, table, row, column);
                mistakes.add(problems, span, message, hint);
            }
        }
    }
    mistakes.finish(problems, "labels");
    let as_numbers: Option<Vec<f64>> =
        labels.iter().map(|label| text::number(label).ok()).collect();
    let result = match as_numbers {
        // Adding 0 makes one label of -0 and 0, which the order tells apart.
        Some(numbers) => ranks(&numbers, |a, b| (a + 0.0).total_cmp(&(b + 0.0))),
        None => ranks(&labels, |a, b| a.cmp(b)),
    };
    let count = super::component_count(&result);
    if problems.len() == before && count > MOST_COMPONENTS {
        let span = file.cell(problems, table, &table.rows[0], column);
        let name = table.describe(column);
        problems
            .at(span, format!("column `{name}` has {count} different labels"))
            .hint(format!("a label names a component; at most {MOST_COMPONENTS} are read"));
    }
    (problems.len() == before).then_some(result)
}

/// For each item its rank among the distinct items.
fn ranks<T: Copy>(items: &[T], order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Vec<usize> {
    let mut distinct = items.to_vec();
    distinct.sort_by(&order);
    distinct.dedup_by(|a, b| order(a, b).is_eq());
    items.iter().map(|item| distinct.partition_point(|other| order(other, item).is_lt())).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
