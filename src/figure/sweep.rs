//! The members of a sweep against each other: for which value the bound is highest, and whether the
//! scores agree.
//!
//! What the viewer should see: the best member has a ring and its value; all restarts are faint dots
//! behind the best of each member (but not behind bars); a member that is not chosen, because it stopped at the limit or
//! has a component without spread, is hollow. A value far below all others is written at the bottom
//! of the frame, so that it does not press the others together.
//!
//! Horizontal: the values of one key, by their size where they are numbers, else side by side.
//! Vertical: a panel a metric, in its unit. A second key makes a line (or a bar of a group) of each
//! of its values. Bars stand only where 0 means something; where it does not there are points.
//!
//! Keys that matter: `sweep`; `metrics` (what decides and, with labels, the accuracy by default);
//! `x` (the first key with numbers by default); `x_scale` (logarithmic by default where the largest
//! value is at least a hundred times the smallest); `restarts`.

mod draw;
mod points;
mod rows;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

pub use rows::rows;
pub use words::value;

use super::axes::Range;
use super::scale::Scale;
use super::{Inputs, Kind, Known, KnownSweep, Needs};
use crate::diagnostic::{Problems, list, suggest};
use crate::selection::{Compared, Metric, Setting};

/// More panels than this are too small to read on one page.
const MOST_METRICS: usize = 4;

/// A range of this ratio has no room on a linear axis.
const WIDE: f64 = 100.0;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The sweep.
    #[schemars(with = "String")]
    sweep: Spanned<String>,
    /// What is shown of its members, a panel each; what decides which is best and, where the data have
    /// labels, the accuracy by default.
    #[schemars(
        with = "Option<Vec<Metric>>",
        length(min = 1, max = MOST_METRICS),
        extend("uniqueItems" = true)
    )]
    metrics: Option<Spanned<Vec<Spanned<Metric>>>>,
    /// The key of the horizontal axis; the first with numbers by default.
    #[schemars(with = "Option<String>")]
    x: Option<Spanned<String>>,
    /// Whether the horizontal axis is `"linear"` or `"log"`.
    #[schemars(with = "Option<Scale>")]
    x_scale: Option<Spanned<Scale>>,
    /// Whether all restarts are shown; true by default.
    #[schemars(extend("default" = true))]
    restarts: Option<bool>,
}

/// A comparison that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    sweep: String,
    metrics: Vec<Metric>,
    /// Which of the keys is that of the horizontal axis.
    x: usize,
    /// How it is scaled; `None` if its values are no numbers.
    scale: Option<Scale>,
    restarts: bool,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let sweep = known.sweep(&self.sweep, problems)?;
        let before = problems.len();
        let metrics = self.metrics(sweep, problems);
        let x = self.x(sweep, problems)?;
        let (key, values) = sweep.keys.get_index(x)?;
        let scale = self.scale(key, values, problems);
        (problems.len() == before).then(|| Spec {
            sweep: self.sweep.get_ref().clone(),
            metrics,
            x,
            scale,
            restarts: self.restarts.unwrap_or(true),
        })
    }

    fn metrics(&self, sweep: &KnownSweep, problems: &mut Problems) -> Vec<Metric> {
        let Some(written) = &self.metrics else {
            let accuracy = sweep.is_scored.then_some(Metric::Accuracy);
            return std::iter::once(sweep.by.metric()).chain(accuracy).collect();
        };
        let count = written.get_ref().len();
        if count == 0 || count > MOST_METRICS {
            problems
                .at_value(
                    written.span(),
                    format!("a figure shows 1 to {MOST_METRICS} metrics, but this names {count}"),
                )
                .hint("name some, such as \"elbo\", or make two figures");
        }
        let mut metrics: Vec<Metric> = Vec::new();
        for metric in written.get_ref() {
            let own = *metric.get_ref();
            if metrics.contains(&own) {
                problems
                    .at_value(metric.span(), "this metric is named twice")
                    .hint("name each metric once");
            }
            if own.needs_labels() && !sweep.is_scored {
                problems
                    .at(metric.span(), format!("there are no labels to score `{}`", own.key()))
                    .hint(format!("`data.{}` has none: leave it out", sweep.data));
            } else if !own.needs_labels() && !own.is_count() && !sweep.criteria.contains(&own) {
                let names: Vec<&str> = sweep.criteria.iter().map(|m| m.key()).collect();
                problems
                    .at(metric.span(), format!("fits of this model have no `{}`", own.key()))
                    .hint(format!("they have {}", list(&names)));
            }
            metrics.push(own);
        }
        metrics
    }

    fn x(&self, sweep: &KnownSweep, problems: &mut Problems) -> Option<usize> {
        let Some(written) = &self.x else {
            let first = sweep.keys.values().position(|values| numbers(values).is_some());
            return Some(first.unwrap_or(0));
        };
        let found = sweep.keys.get_index_of(written.get_ref());
        if found.is_none() {
            let names: Vec<&str> = sweep.keys.keys().map(String::as_str).collect();
            problems
                .at_value(
                    written.span(),
                    format!("`{}` is no key of this sweep", written.get_ref()),
                )
                .hint(suggest(written.get_ref(), &names, "keys of it"));
        }
        found
    }

    fn scale(&self, key: &str, values: &[Setting], problems: &mut Problems) -> Option<Scale> {
        let numbers = numbers(values);
        let range = numbers.as_ref().and_then(|numbers| Range::of(numbers.iter().copied()));
        match (&self.x_scale, range) {
            (Some(written), None) => {
                problems
                    .at(written.span(), format!("the values of `{key}` are no numbers"))
                    .hint("leave `x_scale` out");
                None
            }
            (Some(written), Some(range))
                if *written.get_ref() == Scale::Log && range.low <= 0.0 =>
            {
                problems
                    .at(written.span(), format!("`{key}` has values that are not greater than 0"))
                    .hint("write `x_scale = \"linear\"`");
                None
            }
            (Some(written), Some(_)) => Some(*written.get_ref()),
            (None, Some(range)) if range.low > 0.0 && range.high >= WIDE * range.low => {
                Some(Scale::Log)
            }
            (None, range) => range.map(|_| Scale::Linear),
        }
    }
}

/// The values as numbers, if all are.
fn numbers(values: &[Setting]) -> Option<Vec<f64>> {
    values.iter().map(Setting::number).collect()
}

impl Spec {
    /// How many panels stand in a row.
    fn columns(&self) -> usize {
        if self.metrics.len() == 4 { 2 } else { self.metrics.len() }
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { sweep: Some(self.sweep.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        match self.metrics.len() {
            1 => [7.0, 4.0],
            2 => [10.0, 4.0],
            3 => [12.0, 4.0],
            _ => [10.0, 7.0],
        }
    }

    fn least_size(&self) -> [f64; 2] {
        let rows = self.metrics.len().div_ceil(self.columns()) as f64;
        [1.0 + 2.6 * self.columns() as f64, 0.6 + 2.2 * rows]
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        let compared = inputs.sweep.ok_or("this figure needs a sweep")?;
        Ok(Box::new(Picture::new(self, compared)))
    }
}

/// A member in a panel.
#[derive(Debug, Clone, Serialize)]
struct Point {
    /// Which of the rows of the sweep it is.
    row: usize,
    /// Which line or bar of a group it belongs to.
    series: usize,
    /// Its place on the horizontal axis.
    x: f64,
    /// The number of the restart that was kept.
    value: f64,
    /// The numbers of all other restarts.
    restarts: Vec<f64>,
    /// Whether it may be chosen.
    is_sound: bool,
}

/// One metric of all members.
#[derive(Debug, Clone, Serialize)]
struct Panel {
    metric: Metric,
    points: Vec<Point>,
    /// The vertical range of what is shown.
    frame: Range,
    /// Those of the points that lie beyond the frame.
    beyond: Vec<usize>,
}

/// How members of one panel are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// Points with lines from each value to the next.
    Lines,
    /// Bars or points in groups.
    Groups,
}

/// The numbers of a comparison.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// The key of the horizontal axis, and the other one.
    keys: Vec<String>,
    /// The values of the horizontal axis: where they stand, and what they are called.
    ticks: Vec<(f64, String)>,
    /// The horizontal range.
    range: Range,
    /// What the lines, or the bars of a group, are called.
    series: Vec<String>,
    form: Form,
    columns: usize,
    panels: Vec<Panel>,
    /// The row that is best.
    best: Option<usize>,
    /// Whether restarts are shown.
    restarts: bool,
    #[serde(skip)]
    compared: Compared,
}
