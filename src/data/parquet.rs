//! Points read from the columns of a file of Parquet, as pandas, polars and databases write it.
//!
//! The file is read in parts, a column of a row group at a time and of that a page, and what is kept
//! are the points. `footer` says what is where, `pages` checks what is decoded, `values` decodes it
//! and `table` makes points of it. All of that is there only with the cargo feature `parquet`; without
//! it a config is checked all the same, and told how to get a program that reads such files.

#[cfg(feature = "parquet")]
mod codec;
#[cfg(feature = "parquet")]
mod footer;
#[cfg(feature = "parquet")]
mod labels;
#[cfg(feature = "parquet")]
mod pages;
#[cfg(feature = "parquet")]
mod table;
#[cfg(feature = "parquet")]
mod thrift;
#[cfg(feature = "parquet")]
mod values;

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

use super::column::Missing;
use super::read::Spec;
use crate::diagnostic::Problems;
use crate::setting::Spanned;

/// What is wrong with a file, as it stands behind its name, and what to do.
#[cfg(feature = "parquet")]
type Mistake = (String, &'static str);

#[cfg(feature = "parquet")]
const AGAIN: &str =
    "write the file again, as `to_parquet` of pandas or `write_parquet` of polars does";

/// A file as named in the config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The file, relative to the folder of the config. It is read by a program that was built with
    /// the cargo feature `parquet`.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// The columns that hold the coordinates, by name: numbers or truth values (0 and 1). Default:
    /// all of those but the label's and the index that pandas adds.
    #[schemars(with = "Option<Vec<String>>")]
    pub columns: Option<Spanned<Vec<Spanned<String>>>>,
    /// The column that holds the true components, by name, as whole numbers or texts; its distinct
    /// values in ascending order are the components. Default: not known.
    #[schemars(with = "Option<String>")]
    pub label: Option<Spanned<String>>,
    /// What is done with rows in which a column that is used, or the label, is null or NaN: `error`
    /// says where the first is, `drop` leaves them out and says how many.
    #[serde(default)]
    pub missing: Missing,
}

impl Options {
    /// Reads the file and checks everything; all mistakes go to `problems`.
    #[cfg(feature = "parquet")]
    pub fn resolve(&self, folder: &Path, problems: &mut Problems) -> Option<Spec> {
        table::resolve(self, folder, problems)
    }

    /// Says that this program was built without what reads such a file.
    #[cfg(not(feature = "parquet"))]
    pub fn resolve(&self, _: &Path, problems: &mut Problems) -> Option<Spec> {
        let path = self.path.get_ref();
        problems
            .at(
                self.path.span(),
                format!("`{path}` is not read: this program was built without `parquet`"),
            )
            .hint("build one with it: `cargo install --locked --path . --features parquet`");
        None
    }
}
