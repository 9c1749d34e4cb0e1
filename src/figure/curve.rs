//! Columns of a data set against each other, for numbers that come from elsewhere.
//!
//! What the viewer should see: how one or several columns depend on another. Each is named at its
//! right end and has a mark of its own shape. Lines join the rows in their order in the data.
//!
//! Horizontal and vertical: columns, each axis linear or logarithmic with ticks at decades.
//!
//! Keys that matter: `data`, `x` and `y` (columns by name; `y` one or a list); `labels` for the
//! columns of `y`, `x_label` and `y_label`; `x_scale` and `y_scale` (`"linear"` or `"log"`);
//! `marks` (`"line"`, `"points"` or `"both"`).

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::axes::{Range, column_label};
use super::scale::Scale;
use super::several::Several;
use super::style::PALETTE;
use super::{Inputs, Kind, Known, Needs, number, words};
use crate::data::{Dataset, Shape};
use crate::diagnostic::{Problems, suggest};
use crate::render::Fonts;
use crate::setting::OneOrMany;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The data set.
    #[schemars(with = "String")]
    data: Spanned<String>,
    /// The column of the horizontal axis.
    #[schemars(with = "String")]
    x: Spanned<String>,
    /// The column of the vertical axis, or a list of columns.
    #[schemars(with = "OneOrMany<String>")]
    y: Spanned<Several<String>>,
    /// What the columns of `y` are called; their names by default.
    #[schemars(with = "Option<Vec<String>>")]
    labels: Option<Spanned<Vec<Spanned<String>>>>,
    /// What the horizontal axis measures; the column's name by default.
    #[schemars(with = "Option<String>")]
    x_label: Option<Spanned<String>>,
    /// What the vertical axis measures; the column's name by default, if it is only one.
    #[schemars(with = "Option<String>")]
    y_label: Option<Spanned<String>>,
    /// How the horizontal axis maps values to places; `"linear"` by default.
    #[serde(default)]
    x_scale: Scale,
    /// How the vertical axis maps values to places; `"linear"` by default.
    #[serde(default)]
    y_scale: Scale,
    /// How rows are drawn; `"line"` by default.
    #[serde(default)]
    marks: Marks,
}

/// How rows are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// Joined by a line.
    #[default]
    Line,
    /// Each as a point.
    Points,
    /// As points on a line.
    Both,
}

/// Columns that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    data: String,
    x: usize,
    y: Vec<usize>,
    /// What each column of `y` is called.
    labels: Option<Vec<String>>,
    x_label: Option<String>,
    y_label: Option<String>,
    x_scale: Scale,
    y_scale: Scale,
    marks: Marks,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let columns = Several::items(&self.y);
        let labels = words::labels(&self.labels, columns.len(), "y", problems);
        for text in [&self.x_label, &self.y_label].into_iter().flatten() {
            words::check(text, problems);
        }
        if columns.is_empty() || columns.len() > PALETTE {
            let hint = match columns.is_empty() {
                true => "name at least one",
                false => "so many lines cannot be told apart; make several panels",
            };
            problems
                .at_value(
                    self.y.span(),
                    format!("`y` must have 1 to {PALETTE} columns, but has {}", columns.len()),
                )
                .hint(hint);
        }
        for (i, column) in columns.iter().enumerate() {
            if columns[..i].iter().any(|other| other.get_ref() == column.get_ref()) {
                problems
                    .at_value(column.span(), "this column is named twice")
                    .hint("name each column once");
            }
        }
        let shape = known.data(&self.data, problems)?;
        let find = |column, problems: &mut Problems| find(&self.data, shape, column, problems);
        let x = find(&self.x, problems);
        let y: Vec<Option<usize>> = columns.iter().map(|column| find(column, problems)).collect();
        if x.is_some() && self.x_label.is_none() {
            check_name(&self.x, "x_label", problems);
        }
        for (column, _) in columns.iter().zip(&y).filter(|(_, y)| y.is_some()) {
            if self.labels.is_none() {
                check_name(column, "labels", problems);
            }
        }
        if problems.len() > before {
            return None;
        }
        let text = |written: &Option<Spanned<String>>| Some(written.as_ref()?.get_ref().clone());
        Some(Spec {
            data: self.data.get_ref().clone(),
            x: x?,
            y: y.into_iter().collect::<Option<_>>()?,
            labels: labels?,
            x_label: text(&self.x_label),
            y_label: text(&self.y_label),
            x_scale: self.x_scale,
            y_scale: self.y_scale,
            marks: self.marks,
        })
    }
}

/// The index of a column.
fn find(
    data: &Spanned<String>,
    shape: &Shape,
    column: &Spanned<String>,
    problems: &mut Problems,
) -> Option<usize> {
    let index = shape.columns.iter().position(|name| name == column.get_ref());
    if index.is_none() {
        let names: Vec<&str> = shape.columns.iter().map(String::as_str).collect();
        problems
            .at(
                column.span(),
                format!("`data.{}` has no column `{}`", data.get_ref(), column.get_ref()),
            )
            .hint(suggest(column.get_ref(), &names, "columns"));
    }
    index
}

/// A file may name its columns with characters that no embedded font has.
fn check_name(column: &Spanned<String>, key: &str, problems: &mut Problems) {
    if let Err(error) = Fonts::embedded().parse(&column_label(column.get_ref())) {
        let name = column.get_ref();
        problems
            .at(column.span(), format!("the name `{name}` cannot be shown: {}", error.message))
            .hint(format!("say with `{key}` what it is called"));
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { data: Some(self.data.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 2.5]
    }

    fn labelled_columns(&self) -> usize {
        // Their names were checked when they were found.
        0
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs.dataset).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// A column against that of the horizontal axis.
#[derive(Debug, Clone, Serialize)]
struct Series {
    /// The column's name.
    column: String,
    /// What it is called.
    label: String,
    values: Vec<f64>,
}

impl Series {
    /// The row of its smallest or largest value, the first of equals.
    fn extreme(&self, better: impl Fn(f64, f64) -> bool) -> usize {
        (1..self.values.len())
            .fold(0, |best, i| if better(self.values[i], self.values[best]) { i } else { best })
    }
}

/// The numbers of curves.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// The column of the horizontal axis.
    column: String,
    x_label: String,
    /// What the vertical axis measures; empty if the lines say it.
    y_label: String,
    x: Vec<f64>,
    series: Vec<Series>,
    x_scale: Scale,
    y_scale: Scale,
    marks: Marks,
    /// The frame, in places of the axes.
    frame: [Range; 2],
}

impl Picture {
    fn new(spec: &Spec, dataset: &Dataset) -> Result<Self, String> {
        let values = |column: usize| dataset.points.column(column).to_vec();
        let names = dataset.measured();
        let name = |column: usize| names.get(column).cloned().unwrap_or_default();
        let label = |i: usize, column: usize| match &spec.labels {
            Some(labels) => labels[i].clone(),
            None => column_label(&name(column)),
        };
        let series: Vec<Series> = spec
            .y
            .iter()
            .enumerate()
            .map(|(i, &c)| Series { column: name(c), label: label(i, c), values: values(c) })
            .collect();
        let x = values(spec.x);
        check_log(spec.x_scale, &name(spec.x), &x, "x_scale")?;
        for series in &series {
            check_log(spec.y_scale, &series.column, &series.values, "y_scale")?;
        }
        let places = |scale: Scale, values: &mut dyn Iterator<Item = f64>| {
            Range::of(values.map(|v| scale.place(v))).unwrap_or(Range::new(0.0, 1.0))
        };
        let frame_x = places(spec.x_scale, &mut x.iter().copied());
        // A line may run along the edge, but half a point beyond it is hidden.
        let share = if spec.marks == Marks::Line { 0.0 } else { 0.025 };
        let frame_x =
            if frame_x.span() > 0.0 && share == 0.0 { frame_x } else { frame_x.padded(share) };
        let frame_y = places(spec.y_scale, &mut series.iter().flat_map(|s| &s.values).copied());
        let only = match &series[..] {
            [only] => only.label.clone(),
            _ => String::new(),
        };
        Ok(Self {
            x_label: spec.x_label.clone().unwrap_or_else(|| column_label(&name(spec.x))),
            y_label: spec.y_label.clone().unwrap_or(only),
            column: name(spec.x),
            x,
            series,
            x_scale: spec.x_scale,
            y_scale: spec.y_scale,
            marks: spec.marks,
            frame: [frame_x, frame_y.padded(0.06)],
        })
    }

    /// At most two findings.
    fn facts(&self) -> Vec<String> {
        let rows = self.x.len();
        let count = format!("{} rows", number::count(rows));
        let [only] = &self.series[..] else { return vec![count] };
        let (low, high) = (only.extreme(|a, b| a < b), only.extreme(|a, b| a > b));
        if only.values[low] == only.values[high] {
            return vec![count];
        }
        let [x_digits, y_digits] = self.digits();
        if let Some(correlation) = self.correlation(only) {
            return vec![format!("correlation {}", number::fixed(correlation, 2)), count];
        }
        let equals = if self.x_label.ends_with('$') { " = " } else { " " };
        let at = |row: usize| {
            let value = number::short(only.values[row], y_digits);
            format!("{value} at {}{equals}{}", self.x_label, number::short(self.x[row], x_digits))
        };
        vec![format!("largest {}", at(high)), format!("smallest {}", at(low))]
    }

    /// Pearson's correlation of points that no line joins, in the places that they are drawn at.
    fn correlation(&self, series: &Series) -> Option<f64> {
        let places = |scale: Scale, values: &[f64]| {
            let places: Vec<f64> = values.iter().map(|v| scale.place(*v)).collect();
            let mean = places.iter().sum::<f64>() / places.len() as f64;
            places.into_iter().map(|p| p - mean).collect::<Vec<_>>()
        };
        let (x, y) = (places(self.x_scale, &self.x), places(self.y_scale, &series.values));
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let correlation = sum(&x, &y) / (sum(&x, &x) * sum(&y, &y)).sqrt();
        (self.marks == Marks::Points && x.len() > 2 && correlation.is_finite())
            .then_some(correlation)
    }

    /// The decimals of values of either axis.
    fn digits(&self) -> [usize; 2] {
        let digits = |values: &mut dyn Iterator<Item = f64>| {
            let range = Range::of(values).unwrap_or(Range::new(0.0, 1.0));
            // On a log axis small values count as much as large ones.
            let least = range.low.abs().max(range.span() / 100.0);
            number::digits_in(range.low, range.high, least.min(range.span()).max(1e-12))
        };
        [
            digits(&mut self.x.iter().copied()),
            digits(&mut self.series.iter().flat_map(|s| &s.values).copied()),
        ]
    }
}

/// A log axis has no place for what is not greater than 0.
fn check_log(scale: Scale, column: &str, values: &[f64], key: &str) -> Result<(), String> {
    match values.iter().find(|v| **v <= 0.0) {
        Some(value) if scale == Scale::Log => Err(format!(
            "column `{column}` has {value}, which has no place on a log axis\n\
             hint: write `{key} = \"linear\"`, or leave out the rows that are not greater than 0"
        )),
        _ => Ok(()),
    }
}
