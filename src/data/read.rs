//! What all files of points have in common: how they are opened, and what is kept of them.

use ndarray::{ArcArray2, Array2};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::labels::Labels;
use super::{Dataset, Shape};
use crate::diagnostic::Problems;
use crate::setting::Spanned;

/// The bytes of a file up to this size are kept, so that a figure can carry them.
const MOST_KEPT: usize = 1 << 16;

/// A file that was read, as it is named and known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its path as written in the config.
    pub path: String,
    /// The SHA-256 of its bytes as hexadecimal digits.
    pub sha256: String,
    /// Its bytes, if they are few.
    #[serde(skip)]
    pub content: Option<Arc<[u8]>>,
}

impl File {
    /// The file at `path` that holds these bytes.
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            sha256: hexadecimal(Sha256::digest(bytes).as_slice()),
            content: (bytes.len() <= MOST_KEPT).then(|| Arc::from(bytes)),
        }
    }
}

fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The points of files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    #[serde(flatten)]
    pub(super) file: File,
    pub(super) columns: Vec<String>,
    /// The columns by index, where their names do not say which they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) indices: Vec<usize>,
    pub(super) label: Option<String>,
    /// The file of the labels, where they have one of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label_file: Option<File>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counts: Option<String>,
    /// How many rows were left out, since they have no value.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) dropped: usize,
    #[serde(skip)]
    pub(super) points: ArcArray2<f64>,
    #[serde(skip)]
    pub(super) labels: Option<Labels>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Spec {
    /// N x D points of a file, with the names of their columns.
    pub(super) fn new(file: File, points: Array2<f64>, columns: Vec<String>) -> Self {
        Self {
            file,
            columns,
            indices: Vec::new(),
            label: None,
            label_file: None,
            counts: None,
            dropped: 0,
            points: points.into_shared(),
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

    /// The data set, which shares the points.
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

    /// The files that were read, each with the key of the source that names it.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, &File)> {
        let labels = self.label_file.iter().map(|file| ("label_path", file));
        std::iter::once(("path", &self.file)).chain(labels)
    }
}

/// A file that is read from its beginning to its end, in parts; what it is known by comes of reading.
pub(super) struct Stream {
    file: fs::File,
    length: u64,
    hash: Sha256,
    kept: Vec<u8>,
}

impl Stream {
    /// How many bytes the file had when it was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The same file, to be read anywhere. It and the stream go on from one another's place.
    #[cfg(feature = "parquet")]
    pub(super) fn file(&self) -> io::Result<fs::File> {
        self.file.try_clone()
    }

    /// The file, if all of it was read.
    pub(super) fn finish(self, path: &str) -> File {
        let is_small = self.length <= MOST_KEPT as u64;
        File {
            path: path.to_owned(),
            sha256: hexadecimal(self.hash.finalize().as_slice()),
            content: is_small.then(|| Arc::from(self.kept)),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        self.hash.update(bytes);
        if self.length <= MOST_KEPT as u64 {
            self.kept.extend_from_slice(bytes);
        }
        Ok(count)
    }
}

/// A file of `what`, such as `comma-separated values`, to be read; `example` is a name of one.
pub(super) fn open(
    problems: &mut Problems,
    folder: &Path,
    path: &Spanned<String>,
    (what, example): (&str, &str),
) -> Option<Stream> {
    let written = path.get_ref();
    let full = folder.join(written);
    if written.is_empty() {
        problems
            .at(path.span(), "the name of the file is empty")
            .hint(format!("write the name of a file, such as `\"{example}\"`"));
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems
                .at(path.span(), format!("there is no file `{written}`"))
                .hint("the path is relative to the folder of the config");
            return None;
        }
        Err(_) => {}
    }
    let opened = fs::File::open(&full).and_then(|file| Ok((file.metadata()?.len(), file)));
    match opened {
        Ok((length, file)) => Some(Stream { file, length, hash: Sha256::new(), kept: Vec::new() }),
        Err(error) => {
            unreadable(problems, path, &error);
            None
        }
    }
}

/// The bytes of a file, opened as [`open`] does.
pub(super) fn read(
    problems: &mut Problems,
    folder: &Path,
    path: &Spanned<String>,
    what: (&str, &str),
) -> Option<Vec<u8>> {
    let Stream { mut file, length, .. } = open(problems, folder, path, what)?;
    let mut bytes = Vec::new();
    // What is too large to have room for is a mistake of reading.
    let room = bytes.try_reserve_exact(length as usize).map_err(io::Error::other);
    match room.and_then(|()| file.read_to_end(&mut bytes)) {
        Ok(_) => Some(bytes),
        Err(error) => {
            unreadable(problems, path, &error);
            None
        }
    }
}

fn unreadable(problems: &mut Problems, path: &Spanned<String>, error: &io::Error) {
    problems
        .at(path.span(), format!("`{}` cannot be read: {error}", path.get_ref()))
        .hint("check the file and its permissions");
}
