//! The points of a file, from those of its columns that the config names.

use std::fs;
use std::io::{self, Seek};
use std::path::Path;
use std::sync::Arc;

use ::parquet::errors::ParquetError;
use ndarray::Array2;

use super::codec::Codec;
use super::footer::{self, Chunk, Column, Footer, Holds};
use super::labels::{self, Found};
use super::pages::{self, Pages};
use super::{AGAIN, Mistake, Options, values};
use crate::data::parameters::{MOST_NUMBERS, check_spread};
use crate::data::read::{File, Spec, Stream, open};
use crate::data::rows::Rows;
use crate::diagnostic::{Problems, did_you_mean, list};
use crate::setting::Spanned;

/// A table with more columns than this has its points in columns.
const MOST_COLUMNS: usize = 10_000;

/// More names than these are not listed in a hint.
const MOST_LISTED: usize = 20;

/// Room is taken at once for numbers of so many times the file's bytes; for more, as they are read.
const LIKELY_PACKED: u64 = 8;

/// What pandas calls an index that it saves as a column.
const INDEX: &str = "__index_level_";

/// A file whose footer was read.
struct Table {
    file: Arc<fs::File>,
    /// The byte at which the footer starts.
    end: u64,
    footer: Footer,
}

/// Reads the file and checks everything; all mistakes go to `problems`.
pub(super) fn resolve(options: &Options, folder: &Path, problems: &mut Problems) -> Option<Spec> {
    let Options { path: written, missing, .. } = options;
    let before = problems.len();
    let what = ("Parquet", "points.parquet");
    let stream = open(problems, folder, written, what)?;
    let table = readable(problems, written, Table::open(&stream))?;
    let label = options.label.as_ref().map(|label| table.label(problems, written, label));
    let columns = table.columns(problems, options)?;
    let label = label.map_or(Some(None), |label| label.map(Some))?;
    if problems.len() > before {
        return None;
    }
    let kept = readable(problems, written, hashed(&table.file, stream, written.get_ref()))?;
    let (mut rows, found) = readable(problems, written, table.read(&columns, label))?;
    // Pages are read where they lie, so the file could be another one by now.
    let again = open(problems, folder, written, what)?;
    let again = again.file().map_err(unreadable).and_then(|file| hashed(&file, again, ""));
    if readable(problems, written, again)?.sha256 != kept.sha256 {
        let changed = format!("`{}` was changed while it was read", written.get_ref());
        problems.at(written.span(), changed).hint("try again when it is written");
        return None;
    }
    if let Some(label) = &options.label {
        found.check(problems, written.get_ref(), label);
    }
    if problems.len() > before {
        return None;
    }
    let dropped = match rows.settle(*missing) {
        Ok(dropped) => dropped,
        Err(flaw) => {
            let number = |row, place: usize, value: f64| {
                let column = columns.get(place).map(|column| &column.name);
                let column = column.map(String::as_str).unwrap_or_default();
                match value.is_nan() {
                    true => format!("null or NaN in row {row} (from 0) of column `{column}`"),
                    false => format!("{value:?} in row {row} (from 0) of column `{column}`"),
                }
            };
            let label = |row| labels::missing(options, row);
            flaw.report(problems, written, number, label);
            return None;
        }
    };
    let Rows { numbers, labels: places, .. } = rows;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    // There are as many numbers as rows and columns say.
    let shape = (numbers.len() / names.len(), names.len());
    let points = Array2::from_shape_vec(shape, numbers).ok()?;
    check_spread(problems, &written.span(), &points, &names);
    (problems.len() == before).then(|| Spec {
        label: label.map(|label| label.name.clone()),
        labels: places.map(|places| found.components(&places)),
        dropped,
        ..Spec::new(kept, points, names)
    })
}

/// What was read, or nothing and a mistake that names the file.
fn readable<T>(
    problems: &mut Problems,
    path: &Spanned<String>,
    read: Result<T, Mistake>,
) -> Option<T> {
    let wrong = |(message, hint): Mistake| {
        problems.at(path.span(), format!("`{}` {message}", path.get_ref())).hint(hint);
    };
    read.map_err(wrong).ok()
}

fn unreadable(error: io::Error) -> Mistake {
    (format!("cannot be read: {error}"), "check the file and its permissions")
}

/// What the file is known by, for which all of it is read.
fn hashed(mut file: &fs::File, mut stream: Stream, path: &str) -> Result<File, Mistake> {
    file.rewind().map_err(unreadable)?;
    io::copy(&mut stream, &mut io::sink()).map_err(unreadable)?;
    Ok(stream.finish(path))
}

impl Table {
    fn open(stream: &Stream) -> Result<Self, Mistake> {
        let file = stream.file().map_err(unreadable)?;
        let length = stream.length();
        let part = |at, count| pages::bytes(&file, at, count).map_err(unreadable);
        if length < 12 || part(0, 4)? != b"PAR1" {
            let hint = "name a file that `to_parquet` or `write_parquet` has written";
            return Err(("is no file of Parquet".to_owned(), hint));
        }
        let end = part(length - 8, 8)?.try_into().unwrap_or_default();
        let (end, size) = footer::place(length, end)?;
        let footer = Footer::parse(&part(end, size as usize)?)?;
        Ok(Self { file: Arc::new(file), end, footer })
    }

    /// The column of this name.
    fn find(
        &self,
        problems: &mut Problems,
        path: &Spanned<String>,
        written: &Spanned<String>,
    ) -> Option<&Column> {
        let (path, name) = (path.get_ref(), written.get_ref());
        let mut found = self.footer.columns.iter().filter(|column| column.name == *name);
        let (message, hint) = match (found.next(), found.next()) {
            (Some(column), None) => return Some(column),
            (Some(_), Some(_)) => (
                format!("`{path}` has several columns `{name}`"),
                "give them different names".to_owned(),
            ),
            (None, _) => {
                let names = self.footer.columns.iter().map(|column| column.name.as_str());
                let hint = did_you_mean(name, names).map(|name| format!("did you mean `{name}`?"));
                let all = || self.listed("its columns are", |_| true);
                (format!("`{path}` has no column `{name}`"), hint.unwrap_or_else(all))
            }
        };
        problems.at(written.span(), message).hint(hint);
        None
    }

    /// Some names of columns of a kind.
    fn listed(&self, what: &str, is_one: impl Fn(Holds) -> bool) -> String {
        let columns = self.footer.columns.iter().filter(|column| is_one(column.holds));
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        match names.get(..MOST_LISTED) {
            Some(first) if names.len() > MOST_LISTED => {
                format!("{what} {} and {} more", list(first), names.len() - MOST_LISTED)
            }
            _ => format!("{what} {}", list(&names)),
        }
    }

    fn label(
        &self,
        problems: &mut Problems,
        path: &Spanned<String>,
        written: &Spanned<String>,
    ) -> Option<&Column> {
        let column = self.find(problems, path, written)?;
        if !column.holds.is_number() && column.holds != Holds::Text {
            let (name, holds) = (&column.name, column.holds.words());
            problems
                .at(written.span(), format!("column `{name}` holds {holds}, which are no labels"))
                .hint("labels are whole numbers or texts");
            return None;
        }
        Some(column)
    }

    /// The columns of coordinates; there may be so many numbers.
    fn columns(&self, problems: &mut Problems, options: &Options) -> Option<Vec<&Column>> {
        let Options { path, label, .. } = options;
        let name = path.get_ref();
        let label = label.as_ref().map(Spanned::get_ref);
        let columns = match &options.columns {
            Some(written) => self.chosen(problems, path, written, label)?,
            None => {
                let is_used = |column: &&Column| {
                    let is_other = label == Some(&column.name) || column.name.starts_with(INDEX);
                    column.holds.is_number() && !is_other
                };
                self.footer.columns.iter().filter(is_used).collect()
            }
        };
        let numbers = (self.footer.rows as u128).saturating_mul(columns.len() as u128);
        let (message, hint) = if columns.is_empty() {
            let all = self.listed("its columns are", |_| true);
            (format!("no column of `{name}` holds numbers"), all)
        } else if columns.len() > MOST_COLUMNS {
            let count = columns.len();
            (
                format!("`{name}` has {count} columns; at most {MOST_COLUMNS} are read"),
                "each row is a point, each column a coordinate: transpose the table?".to_owned(),
            )
        } else if numbers == 0 {
            (format!("`{name}` has no rows"), "a data set needs at least one point".to_owned())
        } else if numbers > MOST_NUMBERS as u128 {
            (
                format!("`{name}` has more than {MOST_NUMBERS} numbers"),
                "save fewer rows or name fewer `columns`".to_owned(),
            )
        } else {
            return Some(columns);
        };
        problems.at(path.span(), message).hint(hint);
        None
    }

    /// Those columns that are written.
    fn chosen(
        &self,
        problems: &mut Problems,
        path: &Spanned<String>,
        written: &Spanned<Vec<Spanned<String>>>,
        label: Option<&String>,
    ) -> Option<Vec<&Column>> {
        let before = problems.len();
        let mut found: Vec<&Column> = Vec::new();
        for name in written.get_ref() {
            let Some(column) = self.find(problems, path, name) else { continue };
            let (span, name) = (name.span(), &column.name);
            if found.iter().any(|other| other.chunk == column.chunk) {
                problems
                    .at(span, format!("column `{name}` is named twice"))
                    .hint("name each column once");
            } else if label == Some(name) {
                problems
                    .at(span, format!("column `{name}` is the label"))
                    .hint("a column holds a coordinate or the label, not both");
            } else if !column.holds.is_number() {
                let holds = column.holds.words();
                problems
                    .at(span, format!("column `{name}` holds {holds}, not one number a row"))
                    .hint(self.listed("the columns of numbers are", Holds::is_number));
            }
            found.push(column);
        }
        if written.get_ref().is_empty() {
            problems
                .at(written.span(), "`columns` is empty")
                .hint("name at least one column, or leave `columns` out to take all with numbers");
        }
        (problems.len() == before).then_some(found)
    }

    /// All rows of these columns, and their labels.
    fn read(&self, columns: &[&Column], label: Option<&Column>) -> Result<(Rows, Found), Mistake> {
        let width = columns.len();
        // A file may say that it has any number of rows.
        let likely = self.end.saturating_mul(LIKELY_PACKED);
        let rows = self.footer.rows.min(likely / width as u64);
        let mut numbers: Vec<f64> = Vec::new();
        let room = numbers.try_reserve_exact(rows as usize * width);
        room.map_err(|error| unreadable(io::Error::other(error)))?;
        let mut found = Found::default();
        let mut places = label.map(|_| Vec::new());
        let mut start = 0;
        for group in &self.footer.groups {
            let pages = |column: &Column| match group.chunks.get(column.chunk) {
                Some(chunk) => self.pages(column, chunk, group.rows),
                None => Err(("has a footer that disagrees with itself".to_owned(), AGAIN)),
            };
            for (place, column) in columns.iter().enumerate() {
                let read = values::numbers(column, pages(column)?, |row, number| {
                    let at = (start + row) * width + place;
                    if at >= numbers.len() {
                        numbers.resize((start + row + 1) * width, f64::NAN);
                    }
                    if let Some(slot) = numbers.get_mut(at) {
                        *slot = number;
                    }
                });
                read.map_err(|error| broken(column, error))?;
            }
            if let (Some(column), Some(places)) = (label, &mut places) {
                let pages = pages(column)?;
                let read = match column.holds {
                    Holds::Text => values::texts(column, pages, |_, text| {
                        places.push(found.text(text));
                    }),
                    _ => values::numbers(column, pages, |row, number| {
                        places.push(found.number(start + row, number));
                    }),
                };
                read.map_err(|error| broken(column, error))?;
            }
            start += group.rows as usize;
        }
        Ok((Rows { numbers, width, labels: places }, found))
    }

    /// What a column has in a part of the rows.
    fn pages(&self, column: &Column, chunk: &Chunk, rows: u64) -> Result<Pages, Mistake> {
        let name = &column.name;
        let codec = Codec::of(chunk.codec).map_err(|codec| {
            let hint = "compress the file with Snappy, Zstandard, gzip or LZ4, or not at all";
            (format!("has a column `{name}` that is compressed with {codec}"), hint)
        })?;
        if chunk.stored != column.holds.stored() {
            return Err(("has a footer that disagrees with itself".to_owned(), AGAIN));
        }
        Ok(Pages {
            file: Arc::clone(&self.file),
            at: chunk.start,
            end: self.end,
            codec,
            holds: column.holds,
            is_optional: column.is_optional,
            rows,
            has_dictionary: false,
        })
    }
}

fn broken(column: &Column, error: ParquetError) -> Mistake {
    let what = match error {
        ParquetError::General(what) | ParquetError::EOF(what) | ParquetError::NYI(what) => what,
        error => error.to_string(),
    };
    (format!("has a column `{}` that cannot be read: {what}", column.name), AGAIN)
}
