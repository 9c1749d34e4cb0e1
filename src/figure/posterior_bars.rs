//! Responsibilities of single points as bars: where the fit is least, or most, certain.
//!
//! What the viewer should see: each bar is the height of its component's curve at the point. For
//! one-dimensional data the curves stand beside the bars on the same axis, with the points on them.
//!
//! Vertical: responsibility, from 0 to 1. Horizontal of the curves: the data's unit.
//!
//! Keys that matter: `points` (`"most_uncertain"`, `"least_uncertain"`, or a list of indices,
//! counted from 0) and `count`. By default the points are the notebook's, in its order, and the most
//! uncertain ones of dense data are almost one; with `distinct = true` each is at least half a
//! standard deviation of the data from those before it, or between other components.

mod choice;
mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::axes::{Range, nice_step};
use super::known::{check_assigns, check_at};
use super::slot::{Naming, Slot, slots};
use super::style::{self, INCH};
use super::word_or_list::word_or_list;
use super::{At, Inputs, Kind, Known, Needs};
use crate::diagnostic::Problems;
use crate::score::uncertainty_order;

use choice::{distinct, facts};

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Which points; `"most_uncertain"` by default.
    #[schemars(with = "Option<Points>", extend("default" = "most_uncertain"))]
    points: Option<Spanned<Points>>,
    /// How many points, 1 to 6; 3 by default.
    #[schemars(with = "Option<usize>", range(min = 1, max = MOST_POINTS), extend("default" = 3))]
    count: Option<Spanned<usize>>,
    /// Whether points that are almost one that is shown are passed over; `false` by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    distinct: Option<Spanned<bool>>,
}

/// Which points are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum Points {
    /// Those whose responsibilities are most nearly equal.
    #[default]
    #[schemars(with = "String", extend("const" = "most_uncertain"))]
    MostUncertain,
    /// Those whose responsibilities are nearest to 0 and 1.
    #[schemars(with = "String", extend("const" = "least_uncertain"))]
    LeastUncertain,
    /// These, counted from 0.
    Indices(#[schemars(length(min = 1, max = MOST_POINTS))] Vec<usize>),
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word_or_list(
            deserializer,
            &[("most_uncertain", Self::MostUncertain), ("least_uncertain", Self::LeastUncertain)],
            Self::Indices,
            "indices",
        )
    }
}

/// Bars that can be made.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    points: Points,
    count: usize,
    choice: Choice,
    dimensions: usize,
}

/// Which points of an order are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The first ones.
    First,
    /// Those that differ from all that were taken before.
    Distinct,
}

const MOST_POINTS: usize = 6;

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems);
        let mut good = fit.is_some();
        good &= check_assigns(problems, &self.fit, fit, "posterior_bars");
        let points = self.points.as_ref().map_or(Points::MostUncertain, |p| p.get_ref().clone());
        if let (Points::Indices(indices), Some(written)) = (&points, &self.points) {
            if indices.is_empty() || indices.len() > MOST_POINTS {
                problems
                    .at(
                        written.span(),
                        format!("expected 1 to {MOST_POINTS} indices, found {}", indices.len()),
                    )
                    .hint("each point takes a panel of its own");
                good = false;
            }
            let n = fit.map_or(usize::MAX, |f| f.shape.points);
            if let Some(index) = indices.iter().find(|i| **i >= n) {
                problems
                    .at(
                        written.span(),
                        format!("there is no point {index}: the data have {n} points"),
                    )
                    .hint(format!("indices are counted from 0 to {}", n - 1));
                good = false;
            }
        }
        let count = match &points {
            Points::Indices(indices) => indices.len(),
            _ => self.count.as_ref().map_or(3, |c| *c.get_ref()),
        };
        if let Some(written) =
            self.count.as_ref().filter(|c| !(1..=MOST_POINTS).contains(c.get_ref()))
        {
            problems
                .at(
                    written.span(),
                    format!("`count` must be 1 to {MOST_POINTS}, but is {}", written.get_ref()),
                )
                .hint("each point takes a panel of its own");
            good = false;
        }
        good &= check_at(problems, self.at.as_ref(), &self.fit, fit);
        let distinct = self.distinct.as_ref().filter(|d| *d.get_ref());
        if let (Points::Indices(_), Some(written)) = (&points, distinct) {
            problems
                .at(written.span(), "`points` lists the points, so none are to be chosen")
                .hint("leave out `distinct`, or write `points = \"most_uncertain\"`");
            good = false;
        }
        good.then(|| Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            points,
            count,
            choice: if distinct.is_some() { Choice::Distinct } else { Choice::First },
            dimensions: fit.map_or(1, |f| f.shape.dimensions),
        })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        let n = self.count as f64;
        let points = BESIDE_BARS + n * LEAST_PANEL + (n - 1.0) * BARS_GAP;
        [(points / INCH * 10.0).ceil().max(40.0) / 10.0, 2.9]
    }

    fn labelled_columns(&self) -> usize {
        usize::from(self.dimensions == 1)
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::PosteriorBars(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

#[derive(Debug, Clone, Serialize)]
struct Point {
    index: usize,
    x: Vec<f64>,
    /// Responsibility of each slot.
    phi: Vec<f64>,
    truth: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
struct Curves {
    x: Vec<f64>,
    /// One curve a slot.
    phi: Vec<Vec<f64>>,
}

/// Margins to the left and the right of the bars.
const BESIDE_BARS: f64 = 0.78 * INCH + style::RIGHT;
/// Between the bars of two points.
const BARS_GAP: f64 = 0.21 * INCH;
/// The bars of a point have room for its name.
const LEAST_PANEL: f64 = 46.0;

/// The numbers of the bars.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    slots: Vec<Slot>,
    points: Vec<Point>,
    choice: Choice,
    curves: Option<Curves>,
    /// Names of the data's columns.
    columns: Vec<String>,
    start: String,
    facts: Vec<String>,
    /// Decimals of the points' values.
    digits: usize,
}

const CURVE_POINTS: usize = 401;

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fit = inputs.fit()?.fit;
        let at = spec.at.of(fit.iterations());
        let data = inputs.dataset.points.view();
        let phi = fit.responsibilities(data, at);
        let order = uncertainty_order(phi.view());
        let chosen: Vec<usize> = match (&spec.points, spec.choice) {
            (Points::Indices(indices), _) => indices.clone(),
            (Points::MostUncertain, Choice::First) => order.into_iter().take(spec.count).collect(),
            (Points::LeastUncertain, Choice::First) => {
                order.into_iter().rev().take(spec.count).collect()
            }
            (Points::MostUncertain, Choice::Distinct) => distinct(&order, spec.count, data, &phi),
            (Points::LeastUncertain, Choice::Distinct) => {
                let order: Vec<usize> = order.into_iter().rev().collect();
                distinct(&order, spec.count, data, &phi)
            }
        };
        let slots: Vec<Slot> =
            slots(inputs, Naming::Matched).into_iter().filter(|s| s.inferred.is_some()).collect();
        let in_slots = |row: ndarray::ArrayView1<'_, f64>| -> Vec<f64> {
            slots.iter().filter_map(|s| s.inferred).map(|k| row[k]).collect()
        };
        let points: Vec<Point> = chosen
            .iter()
            .map(|&index| Point {
                index,
                x: data.row(index).to_vec(),
                phi: in_slots(phi.row(index)),
                truth: inputs.dataset.labels.as_ref().and_then(|l| l.get(index)),
            })
            .collect();
        let curves = (data.ncols() == 1).then(|| {
            let range = Range::of(data.iter().copied()).unwrap_or(Range::new(0.0, 1.0)).padded(0.0);
            let x = range.outward(nice_step(range.span(), 17.0)).grid(CURVE_POINTS);
            let column = ndarray::Array2::from_shape_fn((x.len(), 1), |(i, _)| x[i]);
            let phi = fit.responsibilities(column.view(), at);
            let phi =
                slots.iter().filter_map(|s| s.inferred).map(|k| phi.column(k).to_vec()).collect();
            Curves { x, phi }
        });
        let start = match (&spec.points, spec.choice) {
            (Points::MostUncertain, Choice::First) => "Most uncertain points",
            (Points::MostUncertain, Choice::Distinct) => "Distinct uncertain points",
            (Points::LeastUncertain, Choice::First) => "Least uncertain points",
            (Points::LeastUncertain, Choice::Distinct) => "Distinct certain points",
            (Points::Indices(_), _) => "Responsibilities",
        };
        let mut facts = facts(&points, &slots, fit.components());
        facts.extend(spec.at.words(fit.iterations(), fit.history));
        let digits = Range::of(data.iter().copied()).map_or(2, Range::digits);
        Ok(Self {
            slots,
            points,
            choice: spec.choice,
            curves,
            columns: inputs.dataset.measured(),
            start: start.to_owned(),
            facts,
            digits,
        })
    }
}
