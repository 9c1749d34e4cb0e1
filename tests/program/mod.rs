//! Calling the program in a fresh folder.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// Small data, a fit, its baseline and two figures.
pub(crate) const CONFIG: &str = r#"
schema = 1

[lecture]
id = 3

[data.line]
seed = 10
generator = "numpy"
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }

[fit.cavi]
data = "line"
model.cavi = { components = 2, max_iter = 3 }

[baseline.permuted]
fit = "cavi"
scores = ["log_loss", "accuracy"]
permuted_truth = { steps = 5, repeats = 2 }

[figure.data]
size = [4, 3]
plot.histogram = { data = "line" }

[figure.elbo]
size = [4, 2.5]
plot.elbo = { fit = "cavi" }
"#;

/// Constant data, of which a Bayesian mixture has no prior covariance.
/// A fit that cannot be made, a figure of it, and one of other data.
pub(crate) const FAILING: &str = r#"
schema = 1

[data.constant]
source.points = { values = [1.0, 1.0, 1.0] }

[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 20 }

[fit.vb]
data = "constant"
model.bayesian_mixture = { components = 2 }

[figure.good]
size = [4, 3]
plot.histogram = { data = "line" }

[figure.bad]
plot.histogram = { data = "constant", fit = "vb" }
"#;

/// A folder with `a.toml` in it.
pub(crate) fn folder(config: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    // A project of its own, whatever lies in the folder of temporary files.
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join("a.toml"), config).unwrap();
    folder
}

/// Calls the program in the folder.
pub(crate) fn elbow(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(cargo_bin("elbow")).current_dir(folder.path()).args(arguments).output().unwrap()
}

/// Whether the call ended with this code and said these parts.
#[track_caller]
pub(crate) fn check(output: &Output, code: i32, stderr: &[&str]) {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    for part in stderr {
        assert!(error.contains(part), "{part:?} is not in\n{error}");
    }
}

/// Whether the text has all of these parts.
#[track_caller]
pub(crate) fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

/// What a call that went well printed.
pub(crate) fn stdout(output: &Output) -> String {
    check(output, 0, &[]);
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// All files below a folder with their bytes, without what the program keeps for itself.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with(".elbow") => {}
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    files
}

/// The names of all files of a folder.
pub(crate) fn names(folder: &TempDir) -> Vec<String> {
    files(folder.path()).into_keys().collect()
}
