//! Points read from a file of numpy's: an array of N numbers, or of N rows with D numbers each.

mod format;

use ndarray::{Array2, Axis};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

use super::column::Missing;
use super::parameters::{LARGEST, check_spread, column_names};
use super::read::{Spec, read};
use crate::diagnostic::{Problems, counted};
use crate::setting::Spanned;

/// A file as named in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The file, relative to the folder of the config: one array, as `numpy.save` writes it.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The columns that hold the coordinates, by index from 0. Default: all.
    #[schemars(with = "Option<Vec<usize>>")]
    pub columns: Option<Spanned<Vec<Spanned<usize>>>>,
    /// What is done with rows in which a column that is used is NaN: `error` says where the first is,
    /// `drop` leaves them out and says how many.
    #[serde(default)]
    pub missing: Missing,
}

impl Options {
    /// Reads the file and checks everything; all mistakes go to `problems`.
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let path = self.path.get_ref();
        let bytes = read(problems, folder, &self.path, ("numpy's", "points.npy"))?;
        let all = match format::parse(&bytes) {
            Ok(all) => all,
            Err((message, hint)) => {
                problems.at(self.path.span(), format!("`{path}` {message}")).hint(hint);
                return None;
            }
        };
        let indices = self.indices(problems, all.ncols())?;
        let chosen = match self.columns {
            Some(_) => all.select(Axis(1), &indices),
            None => all,
        };
        let (points, dropped) = self.whole(problems, chosen, &indices)?;
        let names = column_names(points.ncols());
        check_spread(problems, &self.path.span(), &points, &names);
        let indices = if self.columns.is_some() { indices } else { Vec::new() };
        (problems.len() == before).then(|| Spec {
            indices,
            dropped,
            ..Spec::new(path, &bytes, points, names)
        })
    }

    /// The columns of coordinates.
    fn indices(&self, problems: &mut Problems, width: usize) -> Option<Vec<usize>> {
        let Some(written) = &self.columns else { return Some((0..width).collect()) };
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

    /// The points without those that are missing, and how many those are.
    fn whole(
        &self,
        problems: &mut Problems,
        points: Array2<f64>,
        indices: &[usize],
    ) -> Option<(Array2<f64>, usize)> {
        let rows = points.rows().into_iter().enumerate();
        let kept: Vec<usize> = match self.missing {
            Missing::Error => rows.map(|(i, _)| i).collect(),
            Missing::Drop => {
                rows.filter(|(_, row)| !row.iter().any(|x| x.is_nan())).map(|(i, _)| i).collect()
            }
        };
        let path = self.path.get_ref();
        let dropped = points.nrows() - kept.len();
        if kept.is_empty() {
            let all = counted(dropped, "row");
            problems
                .at(self.path.span(), format!("of the {all} of `{path}` none is whole"))
                .hint("name fewer `columns`: those that are used have a NaN in every row");
            return None;
        }
        let is_wrong = |x: f64| x.is_nan() || x.abs() > LARGEST;
        let wrong = kept.iter().flat_map(|&i| (0..points.ncols()).map(move |j| (i, j)));
        let mut wrong = wrong.filter(|at| is_wrong(points[*at]));
        if let Some((row, column)) = wrong.next() {
            let (value, index) = (points[[row, column]], indices[column]);
            let message = format!("`{path}` has {value:?} in row {row}, column {index} (from 0)");
            let more = match wrong.count() {
                0 => String::new(),
                more => format!("; of {} more the same is to be said", counted(more, "number")),
            };
            let hint = match value.is_nan() {
                true => "fill in a number, or leave out such rows with `missing = \"drop\"`",
                false => "remove the row or change the unit",
            };
            problems.at(self.path.span(), message).hint(format!("{hint}{more}"));
            return None;
        }
        let points = if dropped == 0 { points } else { points.select(Axis(0), &kept) };
        Some((points, dropped))
    }
}
