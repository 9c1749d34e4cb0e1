//! What all files of points have in common: how they are opened, and what is kept of them.

use ndarray::Array2;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::labels::Labels;
use super::{Dataset, Shape};
use crate::diagnostic::Problems;
use crate::setting::Spanned;

/// The bytes of a file up to this size are kept, so that a figure can carry them.
const MOST_KEPT: usize = 1 << 16;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    pub(super) path: String,
    pub(super) columns: Vec<String>,
    /// The columns by index, where their names do not say which they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) indices: Vec<usize>,
    pub(super) label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counts: Option<String>,
    /// How many rows were left out, since they have no value.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) dropped: usize,
    pub(super) sha256: String,
    /// The file, if it is small.
    #[serde(skip)]
    pub(super) content: Option<Arc<[u8]>>,
    #[serde(skip)]
    pub(super) points: Array2<f64>,
    #[serde(skip)]
    pub(super) labels: Option<Labels>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Spec {
    /// N x D points of a file, with the names of their columns.
    pub(super) fn new(path: &str, bytes: &[u8], points: Array2<f64>, columns: Vec<String>) -> Self {
        Self {
            path: path.to_owned(),
            columns,
            indices: Vec::new(),
            label: None,
            counts: None,
            dropped: 0,
            sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
            content: (bytes.len() <= MOST_KEPT).then(|| Arc::from(bytes)),
            points,
            labels: None,
        }
    }

    /// What the data set is.
    pub fn shape(&self) -> Shape {
        Shape {
            points: self.points.nrows(),
            dimensions: self.points.ncols(),
            components: self.labels.as_ref().map(Labels::components),
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
            units: None,
            scaling: None,
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

/// The bytes of a file of `what`, such as `comma-separated values`; `example` is a name of one.
pub(super) fn read(
    problems: &mut Problems,
    folder: &Path,
    path: &Spanned<String>,
    (what, example): (&str, &str),
) -> Option<Vec<u8>> {
    let written = path.get_ref();
    let full = folder.join(written);
    if written.is_empty() {
        problems
            .at(path.span(), "the name of the file is empty")
            .hint(format!("write `path = \"{example}\"`"));
        return None;
    }
    match fs::metadata(&full) {
        Ok(metadata) if !metadata.is_file() => {
            problems
                .at(path.span(), format!("`{written}` is not a file"))
                .hint(format!("name a file of {what}"));
            return None;
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            problems
                .at(path.span(), format!("there is no file `{written}`"))
                .hint("the path is relative to the folder of the config");
            return None;
        }
        Err(_) => {}
    }
    match fs::read(&full) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            problems
                .at(path.span(), format!("`{written}` cannot be read: {error}"))
                .hint("check the file and its permissions");
            None
        }
    }
}
