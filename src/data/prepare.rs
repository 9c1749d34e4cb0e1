//! What is done with the points of any source, in this order: some of them are taken, they are
//! measured in units, and models see them standardized.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

use super::{Dataset, Shape, Spec as SourceSpec, subset};
use crate::diagnostic::{Problems, counted, list};
use crate::math::scaling::Scaling;
use crate::random::Random;
use crate::setting::{Several, Spanned};

/// In which units a standardized data set is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// In those of the data: what was fitted is brought back to them.
    #[default]
    Original,
    /// As models see it: with mean 0 and standard deviation 1.
    Fitted,
}

/// The keys of a data set that hold for every source.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// Which points.
    pub subset: Option<&'a subset::Options>,
    /// The unit of all coordinates or of each.
    pub unit: Option<&'a Spanned<Several<String>>>,
    /// Whether models see the points standardized.
    pub standardize: Option<&'a Spanned<bool>>,
    /// Which units figures have.
    pub units: Option<&'a Spanned<Units>>,
}

/// What is done with the points, checked; nothing where nothing is said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spec {
    #[serde(skip_serializing_if = "Option::is_none")]
    subset: Option<subset::Spec>,
    /// One for each coordinate, some of them empty; or none at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unit: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standardize: Option<Units>,
    /// What comes of it.
    #[serde(skip)]
    shape: Shape,
}

impl Written<'_> {
    /// Checks everything; all mistakes go to `problems`. `source` is the resolved source and
    /// `random` the data set's stream from its beginning.
    pub fn resolve(
        &self,
        source: &SourceSpec,
        random: &mut dyn Random,
        problems: &mut Problems,
    ) -> Option<Spec> {
        let before = problems.len();
        let shape = source.shape();
        let subset = self.subset.map(|subset| subset.resolve(shape.points, problems));
        let unit = self.unit(&shape, problems);
        let standardize = self.standardize(problems);
        let mut spec = Spec { subset: subset.flatten(), unit, standardize: None, shape };
        let chosen = spec.subset.is_some();
        if problems.len() > before || !(chosen || standardize.is_some()) {
            return (problems.len() == before).then_some(spec);
        }
        // What is left, and whether it varies, only the points can tell.
        let data = spec.make(source, random);
        spec.shape.points = data.points.nrows();
        spec.shape.components = data.components();
        let scaling = Scaling::of(data.points.view());
        if let (Some((_, span)), Err(column)) = (&standardize, scaling) {
            let name = data.columns.get(column).cloned().unwrap_or_default();
            let (message, hint) = match data.points.nrows() {
                1 => (
                    "one point cannot be standardized".to_owned(),
                    "a standard deviation needs two points that differ",
                ),
                _ => (
                    format!("all points have the same `{name}`, which cannot be standardized"),
                    "leave this column out, or `standardize`",
                ),
            };
            problems.at(span.clone(), message).hint(hint);
            return None;
        }
        spec.standardize = standardize.map(|(units, _)| units);
        Some(spec)
    }

    /// A unit for each coordinate.
    fn unit(&self, shape: &Shape, problems: &mut Problems) -> Vec<String> {
        let Some(written) = self.unit else { return Vec::new() };
        let units = Several::items(written);
        for unit in &units {
            if unit.get_ref().chars().any(char::is_control) || unit.get_ref().len() > LONGEST_UNIT {
                problems
                    .at_value(unit.span(), "the unit cannot be written on an axis")
                    .hint("write a short text in one line, such as \"min\" or \"km/s\"");
            }
        }
        match written.get_ref() {
            Several::One(unit) => vec![unit.clone(); shape.dimensions],
            Several::Many(_) => {
                if units.len() != shape.dimensions {
                    let columns = list(&shape.columns);
                    problems
                        .at(
                            written.span(),
                            format!(
                                "`unit` has {}, but there {} {}: {columns}",
                                counted(units.len(), "text"),
                                if shape.dimensions == 1 { "is" } else { "are" },
                                counted(shape.dimensions, "column"),
                            ),
                        )
                        .hint(
                            "write one for each column, \"\" where there is none, or one for all",
                        );
                }
                units.iter().map(|unit| unit.get_ref().clone()).collect()
            }
        }
    }

    /// Whether models see the points standardized: how figures show them, and where that is written.
    fn standardize(&self, problems: &mut Problems) -> Option<(Units, Range<usize>)> {
        let asked = self.standardize.filter(|standardize| *standardize.get_ref());
        if let (None, Some(units)) = (self.standardize, self.units) {
            problems
                .at(units.span(), "`units` says how standardized data are shown, but these are not")
                .hint("add `standardize = true`, or write the unit of the data as `unit`");
        }
        let units = self.units.map_or_else(Units::default, |units| *units.get_ref());
        asked.map(|standardize| (units, standardize.span()))
    }
}

/// More bytes than this fill an axis.
const LONGEST_UNIT: usize = 60;

impl Spec {
    /// What the data set is.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The data set: what the source gives, and of that what is asked for.
    pub fn make(&self, source: &SourceSpec, random: &mut dyn Random) -> Dataset {
        let mut data = source.make(random);
        if let Some(subset) = &self.subset {
            subset.apply(&mut data, random);
        }
        data.units = Some(self.unit.clone()).filter(|unit| !unit.is_empty());
        // That every coordinate varies was checked with the same points.
        if let Some((units, scaling)) = self.standardize.zip(Scaling::of(data.points.view()).ok()) {
            match units {
                Units::Original => data.scaling = Some(scaling),
                Units::Fitted => {
                    data.points = scaling.apply(data.points.view()).into_shared();
                    data.truth = data.truth.map(|truth| scaling.apply_mixture(&truth));
                    data.units = Some(vec!["standardized".to_owned(); data.columns.len()]);
                }
            }
        }
        data
    }
}
