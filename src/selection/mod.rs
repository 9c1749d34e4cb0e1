//! Choosing among fits of one data set: the members of a sweep in a table, what is wrong with one,
//! and which is best.
//!
//! Nothing here fits: members are fits like any other. [`compare`] takes them with their scores and
//! gives one [`Row`] a member.

mod flaw;
mod metric;
mod table;

use std::collections::BTreeMap;

use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use flaw::Flaw;
pub use metric::{Better, Criterion, Metric};

use crate::data::Dataset;
use crate::data::labels::Labels;
use crate::model::{self, Fit, Stop};
use crate::score::{Matching, Scores, grouped_accuracy, score};

/// Of more restarts than this only the first are scored: each takes a pass over the points.
const MOST_SCORED: usize = 100;

/// What a swept key is set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Setting {
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// A word.
    Word(String),
    /// True or false.
    Switch(bool),
}

impl Setting {
    /// Its number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Word(_) | Self::Switch(_) => None,
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            // Far from 1 the digits of a number are its power of ten.
            Self::Number(number) if *number != 0.0 && !(1e-4..1e9).contains(&number.abs()) => {
                write!(f, "{number:e}")
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
            Self::Switch(switch) => write!(f, "{switch}"),
        }
    }
}

/// A member of a sweep: a fit and what it differs in from the others.
pub struct Member<'a> {
    /// The name of its fit.
    pub fit: &'a str,
    /// What each of the keys is set to.
    pub settings: &'a [Setting],
    /// What was fitted.
    pub model: &'a model::Spec,
    /// The fit with its scores where the data have labels, or why there is none.
    pub made: Result<(&'a Fit, Option<&'a Scores>), String>,
}

/// The members of a sweep, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The keys that members differ in.
    pub keys: Vec<String>,
    /// What decides which is best.
    pub by: Criterion,
    /// The members in the order of the plan.
    pub rows: Vec<Row>,
    /// Whether `by` is one measure for all of them; see [`is_comparable`].
    pub is_comparable: bool,
    /// The best of those without flaws, the first of equals; `None` if each has one, or if they cannot
    /// be compared.
    pub best: Option<usize>,
}

/// A member with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The name of its fit.
    pub fit: String,
    /// What each of the keys is set to.
    pub settings: Vec<Setting>,
    /// K.
    pub components: usize,
    /// The numbers of the restart that was kept; empty if the fit failed.
    pub metrics: BTreeMap<Metric, f64>,
    /// Why it stopped; `None` if the fit failed.
    pub stop: Option<Stop>,
    /// Which restart was kept, counted from 0.
    pub restart: usize,
    /// Every restart, in their order.
    pub restarts: Vec<Restart>,
    /// Why it is not chosen; empty if it may be.
    pub flaws: Vec<Flaw>,
}

/// A restart of a member with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restart {
    /// Those of its numbers that are known: what the model optimises, and the scores where there are labels.
    pub metrics: BTreeMap<Metric, f64>,
    /// Why it stopped.
    pub stop: Stop,
}

impl Row {
    /// Whether nothing is wrong with it.
    pub fn is_sound(&self) -> bool {
        self.flaws.is_empty()
    }

    /// What it is set to, in a few letters: `3`, or `3, full`.
    pub fn name(&self) -> String {
        self.settings.iter().map(Setting::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// What a swept key is called beside the numbers of a member: itself, or `swept_divergence` and so on
/// where a number is called that.
pub fn column(key: &str) -> String {
    match Metric::of_key(key) {
        Some(_) => format!("swept_{key}"),
        None => key.to_owned(),
    }
}

/// Why none is best of members that cannot be compared.
pub const TWO_MEASURES: &str =
    "KL(q||p) and KL(p||q) are two measures, whose values cannot be compared";

/// Whether `by` is one measure for fits of all these models: not if some make `KL(q||p)` least and
/// others `KL(p||q)`.
pub fn is_comparable<'a>(by: Criterion, mut models: impl Iterator<Item = &'a model::Spec>) -> bool {
    let first = models.next().and_then(model::Spec::divergence);
    by != Criterion::Divergence || models.all(|other| other.divergence() == first)
}

/// Compares fits of the same points.
pub fn compare(
    keys: &[String],
    by: Criterion,
    members: Vec<Member<'_>>,
    dataset: &Dataset,
    matching: Matching,
) -> Compared {
    let is_comparable = is_comparable(by, members.iter().map(|member| member.model));
    let rows: Vec<Row> = members.into_par_iter().map(|m| row(m, dataset, matching)).collect();
    let value = |row: &Row| row.metrics.get(&by.metric()).copied();
    let mut best: Option<(usize, f64)> = None;
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| is_comparable && row.is_sound()) {
        let Some(value) = value(row) else { continue };
        if best.is_none_or(|(_, other)| by.metric().better().is_better(value, other)) {
            best = Some((index, value));
        }
    }
    Compared { keys: keys.to_vec(), by, rows, is_comparable, best: best.map(|(index, _)| index) }
}

fn row(member: Member<'_>, dataset: &Dataset, matching: Matching) -> Row {
    let empty = Row {
        fit: member.fit.to_owned(),
        settings: member.settings.to_vec(),
        components: member.model.components(),
        metrics: BTreeMap::new(),
        stop: None,
        restart: 0,
        restarts: Vec::new(),
        flaws: Vec::new(),
    };
    let (fit, scores) = match member.made {
        Ok(made) => made,
        Err(reason) => return Row { flaws: vec![Flaw::Failed(reason)], ..empty },
    };
    let points = dataset.points.view();
    let responsibilities = fit.responsibilities(points, fit.iterations());
    let mut metrics = BTreeMap::new();
    for criterion in member.model.criteria() {
        metrics.extend(Metric::of_key(criterion).zip(fit.criterion(criterion)));
    }
    metrics.insert(Metric::Iterations, fit.iterations() as f64);
    metrics.insert(Metric::EffectiveComponents, effective(&fit.mixture(fit.iterations()).weights));
    if let Some(scores) = scores {
        metrics.extend(scored(scores, dataset, responsibilities.view()));
    }
    let restarts = restarts(fit, &metrics, dataset, matching);
    Row {
        metrics,
        stop: Some(fit.stop),
        restart: fit.restart,
        restarts,
        flaws: flaw::flaws(fit, member.model, fit.fitted(points).view(), responsibilities.view()),
        ..empty
    }
}

/// How many components have a weight above [`model::KEPT_ABOVE`].
fn effective(weights: &[f64]) -> f64 {
    weights.iter().filter(|weight| **weight > model::KEPT_ABOVE).count() as f64
}

fn scored(
    scores: &Scores,
    dataset: &Dataset,
    responsibilities: ArrayView2<'_, f64>,
) -> impl Iterator<Item = (Metric, f64)> {
    let labels = dataset.labels.as_ref().map(Labels::to_vec).unwrap_or_default();
    let grouped = grouped_accuracy(&labels, dataset.components().unwrap_or(0), responsibilities);
    [
        (Metric::Accuracy, grouped),
        (Metric::AccuracyMatched, scores.accuracy_matched),
        (Metric::LogLoss, scores.log_loss_matched),
        (Metric::AdjustedRand, scores.adjusted_rand),
        (Metric::NormalizedMutualInformation, scores.normalized_mutual_information),
    ]
    .into_iter()
}

/// Every restart; the one that was kept has the numbers `kept` of it.
fn restarts(
    fit: &Fit,
    kept: &BTreeMap<Metric, f64>,
    dataset: &Dataset,
    matching: Matching,
) -> Vec<Restart> {
    let objective = fit.objective().and_then(|(objective, _)| Metric::of_key(objective.key()));
    let points = fit.fitted(dataset.points.view());
    let ends: Vec<_> = fit.restart_ends.iter().zip(&fit.restart_values).enumerate().collect();
    ends.into_par_iter()
        .map(|(index, (end, value))| {
            if index == fit.restart {
                return Restart { metrics: kept.clone(), stop: end.stop };
            }
            let mut metrics = BTreeMap::new();
            metrics.extend(objective.map(|objective| (objective, *value)));
            metrics.insert(Metric::Iterations, end.iterations as f64);
            let weights = end.state.mixture().weights;
            metrics.insert(Metric::EffectiveComponents, effective(&weights));
            // What the kept one has.
            let is_scored = kept.contains_key(&Metric::Accuracy) && index < MOST_SCORED;
            if let Some(labels) = dataset.labels.as_ref().filter(|_| is_scored) {
                let responsibilities = end.state.responsibilities(points.view());
                let components = dataset.components().unwrap_or(0);
                let scores = score(labels, components, responsibilities.view(), matching);
                metrics.extend(scored(&scores, dataset, responsibilities.view()));
            }
            Restart { metrics, stop: end.stop }
        })
        .collect()
}
