//! The same config gives the same bytes: in another process, with another number of threads, for
//! one figure or for all, and beside other nodes.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use program::files;
use tempfile::TempDir;

/// Every source, model and figure kind, each small.
const CONFIG: &str = r#"
schema = 1

[data.line]
source.gaussian_mixture = { means = [0.0, 4.0], samples = 60 }

[data.plane]
seed = 10
generator = "numpy"
source.gaussian_mixture = { means = [[0.0, 0.0], [3.0, 1.0]], samples = 60 }

[fit.cavi]
data = "line"
model.cavi = { components = 2, restarts = 3 }

[fit.vb]
data = "plane"
model.bayesian_mixture = { components = 2, restarts = 2, max_iter = 20 }

[fit.given]
data = "line"
model.given = { means = [0.0, 3.0] }

[baseline.permuted]
fit = "cavi"
scores = ["log_loss", "accuracy"]
permuted_truth = { steps = 5, repeats = 3 }

[figure.start]
share_axes = "line"
plot.histogram = { data = "line", fit = "cavi", at = 0 }

[figure.end]
share_axes = "line"
plot.histogram = { data = "line", fit = "cavi", as = "samples", bins = "auto", kde = true }

[figure.elbo]
plot.elbo = { fit = "cavi" }

[figure.bars]
plot.posterior_bars = { fit = "given" }

[figure.means]
plot.posterior_means = { fit = "cavi", as = "samples" }

[figure.first]
share_axes = "plane"
plot.contour = { fit = "vb", components = [0] }

[figure.second]
share_axes = "plane"
plot.contour = { fit = "vb", components = [1], levels = "density", scale = 4.0 }

[figure.baseline]
plot.baseline = { baseline = "permuted", score = "accuracy" }
"#;

/// A node that is added to the config.
const ADDED: &str = r#"
[data.added]
source.gaussian_mixture = { means = [0.0, 1.0], samples = 50 }

[fit.added]
data = "added"
model.cavi = { components = 2 }

[figure.added]
plot.histogram = { data = "added", fit = "added" }
"#;

type Files = BTreeMap<String, Vec<u8>>;

/// What a build of `config` writes, in a process of its own.
#[track_caller]
fn build(config: &Path, arguments: &[&str]) -> Files {
    let output = TempDir::new().unwrap();
    let run = Command::new(cargo_bin("elbow"))
        .arg("build")
        .arg(config)
        .arg("-o")
        .arg(output.path())
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    files(output.path())
}

fn written(config: &str) -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, config).unwrap();
    (folder, path)
}

#[track_caller]
fn assert_same(all: &Files, part: &Files) {
    for (name, bytes) in part {
        assert!(all.get(name) == Some(bytes), "{name} differs");
    }
}

#[test]
fn threads_processes_and_subsets_change_no_byte() {
    let (_folder, config) = written(CONFIG);
    let one = build(&config, &["-j1"]);
    let two = build(&config, &["-j2"]);
    assert_eq!(one.len(), 8 * 3 + 8 * 2 + 9);
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    assert_same(&one, &two);
    // One figure of each group with shared axes, and one by itself.
    for figure in ["start", "second", "baseline"] {
        let only = build(&config, &["--only", figure]);
        assert_eq!(only.len(), 5, "{:?}", only.keys());
        assert_same(&one, &only);
    }
}

#[test]
fn an_added_node_changes_no_other() {
    let (_folder, config) = written(CONFIG);
    let (_other, more) = written(&(CONFIG.to_owned() + ADDED));
    let before = build(&config, &[]);
    let after = build(&more, &[]);
    assert_eq!(after.len(), before.len() + 5);
    // Numbers, report and manifest say something of all nodes.
    let is_own = |name: &str| {
        name.ends_with(".csv") || name.ends_with(".txt") || !name.starts_with("extras")
    };
    let own: Files = before.into_iter().filter(|(name, _)| is_own(name)).collect();
    assert_same(&after, &own);
}

#[test]
fn the_order_of_nodes_changes_no_figure() {
    let (_folder, config) = written(CONFIG);
    let mut nodes: Vec<&str> = CONFIG.split("\n[").skip(1).collect();
    nodes.reverse();
    let (_other, reversed) = written(&format!("schema = 1\n[{}", nodes.join("\n[")));
    let (before, after) = (build(&config, &[]), build(&reversed, &[]));
    let figures: Files =
        before.into_iter().filter(|(name, _)| !name.starts_with("extras")).collect();
    assert_same(&after, &figures);
}

#[test]
fn the_lectures_build_and_one_of_their_figures_is_the_same_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut configs: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    configs.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    configs.sort();
    assert!(configs.len() >= 2);
    for config in configs {
        let all = build(&config, &["-j2", "--format", "svg"]);
        if config.ends_with("lecture3.toml") {
            let only = build(&config, &["-j1", "--format", "svg", "--only", "GMMexample_it8"]);
            assert_eq!(only.len(), 3);
            assert_same(&all, &only);
        }
    }
}
