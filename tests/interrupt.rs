//! An interrupted command ends at once, with whole files only.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::process::{Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use program::{CONFIG, check, elbow, files, folder};

/// A fit that takes minutes.
const LONG: [&str; 6] = [
    "--set",
    "data.line.source.gaussian_mixture.samples=2000000",
    "--set",
    "fit.cavi.model.cavi={components = 12, max_iter = 1000000, tol = 0.0}",
    "--set",
    "baseline.permuted.permuted_truth.repeats=1",
];

#[test]
fn a_long_fit_is_interrupted_and_the_files_before_it_stay() {
    let folder = folder(CONFIG);
    check(&elbow(&folder, &["build", "a.toml", "-q"]), 0, &[]);
    let before = files(folder.path());
    for signal in ["-INT", "-TERM"] {
        let child = Command::new(cargo_bin("elbow"))
            .current_dir(folder.path())
            .args(["build", "a.toml"])
            .args(LONG)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(700));
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        check(&output, 130, &["interrupted; what was written is whole"]);
        assert!(files(folder.path()) == before);
    }
}
