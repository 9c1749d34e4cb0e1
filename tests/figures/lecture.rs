//! The lecture's configs, run through the library, for tests of what they give.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use elbow::config::{self, Layers, Plan};
use elbow::diagnostic::Problems;
use elbow::figure::axes::Extent;
use elbow::figure::{Cell, Picture};
use elbow::pipeline::{self, Rendered, Selection, Values};
use elbow::render::{Drawing, Format};
use serde_json::Value;

/// A config and everything that its nodes gave.
pub(crate) struct Built {
    pub(crate) plan: Plan,
    pub(crate) values: Values,
}

/// The config `config/NAME.toml` as it is shipped.
pub(crate) fn shipped(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    (path, text)
}

/// The plan of a config's text, which must be right.
pub(crate) fn plan_of(path: &Path, text: &str, overrides: &[&str]) -> Plan {
    let overrides: Vec<String> = overrides.iter().map(|o| (*o).to_owned()).collect();
    let mut problems = Problems::default();
    config::parse(path, text, &Layers::of_sets(&overrides), config::Others::Checked, &mut problems)
        .unwrap_or_else(|| {
            let messages: Vec<String> = problems.sorted().into_iter().map(|p| p.message).collect();
            panic!("{overrides:?} in {}: {messages:#?}", path.display())
        })
}

/// Runs all nodes of a plan.
pub(crate) fn run(plan: Plan) -> Built {
    let values = pipeline::run(&plan, &Selection::All, &());
    Built { plan, values }
}

/// Runs the text of a config that stands in no file.
pub(crate) fn run_text(text: &str, overrides: &[&str]) -> Built {
    run(plan_of(Path::new("test.toml"), text, overrides))
}

/// Runs `config/lecture3.toml` with overrides.
pub(crate) fn run_lecture(overrides: &[&str]) -> Built {
    let (path, text) = shipped("lecture3");
    run(plan_of(&path, &text, overrides))
}

/// `config/lecture3.toml`, run once for all tests of a file.
pub(crate) fn lecture() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_lecture(&[]))
}

/// `config/lecture3-classic.toml`, run once for all tests of a file.
pub(crate) fn classic() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_file("lecture3-classic"))
}

/// `config/showcase.toml`, run once for all tests of a file.
pub(crate) fn showcase() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| run_file("showcase"))
}

/// Runs a shipped config.
fn run_file(name: &str) -> Built {
    let (path, text) = shipped(name);
    run(plan_of(&path, &text, &[]))
}

impl Built {
    /// The numbers of a figure, which must have been made.
    pub(crate) fn picture(&self, name: &str) -> &dyn Picture {
        match self.values.pictures.get(name) {
            Some(Ok(pictures)) => pictures.first().unwrap(),
            Some(Err(failure)) => panic!("figure.{name}: {failure}"),
            None => panic!("there is no figure.{name}"),
        }
    }

    /// The numbers of a figure as JSON.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.picture(name).json()
    }

    /// The ranges of a figure's axes.
    pub(crate) fn extent(&self, name: &str) -> Extent {
        self.picture(name).extent().unwrap_or_else(|| panic!("figure.{name} has no extent"))
    }

    /// The rows of a figure's table that begin with `mark`, empty cells as NaN.
    pub(crate) fn rows(&self, name: &str, mark: &str) -> Vec<Vec<f64>> {
        let number = |cell: &Cell| match cell {
            Cell::Number(value) => *value,
            Cell::Text(text) => text.parse().unwrap_or(f64::NAN),
        };
        let rows = self.picture(name).table().rows;
        let rows = rows.iter().filter(|row| row[0] == Cell::Text(mark.to_owned()));
        rows.map(|row| row[1..].iter().map(number).collect()).collect()
    }

    /// All figures in `formats`, none of them in motion; each must have been made.
    pub(crate) fn render(&self, formats: &[Format], dpi: f64) -> Vec<(String, Rendered)> {
        let mut plan = self.plan.clone();
        plan.dpi = dpi;
        for figure in plan.figures.values_mut() {
            figure.formats = formats.to_vec();
            figure.animation = None;
        }
        let rendered = pipeline::render(&plan, &self.values, &Selection::All, &());
        rendered
            .into_iter()
            .map(|(name, figure)| {
                let figure = figure.unwrap_or_else(|failure| panic!("render.{name}: {failure}"));
                (name, figure)
            })
            .collect()
    }

    /// A figure before it is encoded.
    pub(crate) fn drawing(&self, name: &str) -> Drawing {
        let only = Selection::Only([name.to_owned()].into());
        let mut drawn = pipeline::draw(&self.plan, &self.values, &only, &());
        let drawn = drawn.swap_remove(name).unwrap().unwrap_or_else(|f| panic!("{name}: {f}"));
        drawn.into_iter().next().unwrap().drawing
    }

    /// All figures as SVG.
    pub(crate) fn svgs(&self) -> Vec<(String, String)> {
        let rendered = self.render(&[Format::Svg], 200.0);
        rendered.into_iter().map(|(name, figure)| (name, figure.svg)).collect()
    }
}

/// A JSON list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

/// A JSON list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A JSON number.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// Whether `actual` is `expected` to the tolerance, relative to `1 + |expected|`.
#[track_caller]
pub(crate) fn assert_near(what: &str, actual: f64, expected: f64, tolerance: f64) {
    let error = (actual - expected).abs() / (1.0 + expected.abs());
    assert!(error <= tolerance, "{what} is {actual:?}, not {expected:?}: off by {error:e}");
}
