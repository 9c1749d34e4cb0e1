//! Files that the program has made, of every kind that it reads again.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::program::{check, elbow, files, folder};

const CONFIG: &str = r##"
schema = 1
seed = 4
[lecture]
id = 3
[output]
figures = "out"
png_scales = [1]
dpi = 40
[data.table]
source.csv = { path = "points.csv" }
[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }
[fit.cavi]
data = "line"
model.cavi = { components = 2, max_iter = 3 }
[fit.vb]
data = "line"
model.bayesian_mixture = { components = 2, max_iter = 3 }
[baseline.permuted]
fit = "cavi"
scores = ["log_loss", "accuracy"]
permuted_truth = { steps = 3, repeats = 2 }
[figure.table]
size = [4, 3]
title = "Größe <&> \"x\""
plot.histogram = { data = "table" }
[figure.line]
size = [4, 3]
plot.histogram = { data = "line", fit = "cavi" }
animate = { over = "iterations", dpi = 20 }
"##;

/// A project that was built once.
pub(crate) struct Samples {
    /// The folder of the project.
    pub(crate) folder: TempDir,
    /// The names and bytes of the files that were made.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The entries of the cache, by their paths.
    pub(crate) entries: Vec<(PathBuf, Vec<u8>)>,
    /// The record of the build.
    pub(crate) record: (PathBuf, Vec<u8>),
}

impl Samples {
    /// The file whose name ends like this.
    pub(crate) fn file(&self, end: &str) -> &[u8] {
        let found = self.files.iter().find(|(name, _)| name.ends_with(end));
        &found.unwrap_or_else(|| panic!("no {end}")).1
    }
}

/// The project, built when it is first asked for.
pub(crate) fn samples() -> &'static Samples {
    static SAMPLES: OnceLock<Samples> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let folder = folder(CONFIG);
        fs::write(folder.path().join("points.csv"), "größe\n1\n2\n4\n").unwrap();
        check(&elbow(&folder, &["build", "-q", "a.toml"]), 0, &[]);
        let files = files(&folder.path().join("out")).into_iter().collect();
        let read = |path: PathBuf| {
            let bytes = fs::read(&path).unwrap();
            (path, bytes)
        };
        let inside = |path: PathBuf| {
            let all = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
            let mut all: Vec<PathBuf> = all.collect();
            all.sort();
            all
        };
        let kept = folder.path().join(".elbow");
        let entries = inside(kept.join("cache")).into_iter().flat_map(inside).map(read).collect();
        let record = read(inside(kept.join("records")).remove(0));
        Samples { folder, files, entries, record }
    })
}
