//! The graph of nodes and its execution: from a plan to values, from values to files.
//!
//! Nodes are run in the order data, fit and score, sweep and its best fit, prediction, baseline, figure, assertion; those of one stage run in
//! parallel. A node that fails does not stop the others: what needs it fails with its reason, all
//! else goes on. What a node gives depends on nothing but its spec and the nodes before it, so the
//! bytes are the same for any number of threads and any subset of figures.

pub mod assertions;
pub mod build;
mod encode;
pub mod json;
pub mod key;
pub mod outputs;
mod pages;
pub mod picture;
pub mod preview;
pub mod record;
pub mod store;
mod sweep;
pub mod write;

use std::collections::BTreeSet;

use assertions::Verdict;
use indexmap::IndexMap;
use ndarray::ArrayView2;
use picture::{Pictures, Sheet};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Plan;
use crate::config::needed::Needed;
use crate::data::Dataset;
use crate::model::{self, Fit, Predicted, Samples};
use crate::random;
use crate::render::Drawing;
use crate::score::baseline::Row;
use crate::score::{self, Scores};
use crate::selection::Compared;

/// The value of a node, or why there is none.
pub type Outcome<T> = Result<T, Failure>;

/// Why a node has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The node itself failed.
    Own(String),
    /// A node that it needs failed.
    Upstream(String),
}

impl Failure {
    /// The node was left out when the run was stopped.
    fn not_started() -> Self {
        Self::Own("not started, because another node failed".to_owned())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own(reason) => f.write_str(reason),
            Self::Upstream(node) => write!(f, "skipped, because `{node}` failed"),
        }
    }
}

/// Which figures are wanted.
#[derive(Debug, Clone)]
pub enum Selection {
    /// All of them, and all other nodes.
    All,
    /// Those with these names, and what they need.
    Only(BTreeSet<String>),
}

impl Selection {
    fn wants(&self, figure: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(figure),
        }
    }
}

/// The values of all nodes that were run.
#[derive(Default)]
pub struct Values {
    /// Data sets.
    pub data: IndexMap<String, Outcome<Dataset>>,
    /// Fits.
    pub fits: IndexMap<String, Outcome<Fit>>,
    /// Scores of fits whose data have labels.
    pub scores: IndexMap<String, Scores>,
    /// Sweeps, compared.
    pub sweeps: IndexMap<String, Outcome<Compared>>,
    /// Predictions.
    pub predictions: IndexMap<String, Outcome<Predicted>>,
    /// Baselines.
    pub baselines: IndexMap<String, Outcome<Vec<Row>>>,
    /// The numbers of figures.
    pub pictures: IndexMap<String, Outcome<Pictures>>,
    /// What came of assertions.
    pub assertions: IndexMap<String, Outcome<Verdict>>,
}

/// Told of what the nodes do.
pub trait Observer: Sync {
    /// The node begins.
    fn started(&self, _node: &str) {}

    /// So many nodes will be run, each of which is told of by [`Observer::finished`].
    fn planned(&self, _nodes: usize) {}

    /// The node has done so many iterations, of that many at most. Told now and then.
    fn progressed(&self, _node: &str, _done: usize, _of: usize) {}

    /// The node has its value, or has failed.
    fn finished(&self, _node: &str, _failure: Option<&Failure>) {}

    /// Whether nodes that have not been started should be left out.
    fn stopped(&self) -> bool {
        false
    }
}

/// Says nothing and stops nothing.
impl Observer for () {}

/// Runs the nodes that `selection` needs; assertions are judged by [`assertions::judge`].
pub fn run(plan: &Plan, selection: &Selection, observer: &dyn Observer) -> Values {
    let todo = match selection {
        Selection::All => Needed::all(plan),
        Selection::Only(names) => Needed::for_figures(plan, names),
    };
    run_from(plan, &todo, Values::default(), observer)
}

/// Runs the nodes `todo` but for assertions, which may need the values that are `known`; all of them, in the plan's
/// order.
pub fn run_from(plan: &Plan, todo: &Needed, known: Values, observer: &dyn Observer) -> Values {
    let mut values = known;
    let data = stage(&plan.data, &todo.data, "data", observer, |_, node| Ok(node.make()));
    add(&mut values.data, data, &plan.data);
    let fits = stage(&plan.fits, &todo.fits, "fit", observer, |name, node| {
        let data = take(&values.data, &node.data, "data")?;
        let mut stream = random::stream(node.generator, &node.seed);
        let own = format!("fit.{name}");
        let watch = |done: usize, of: usize| observer.progressed(&own, done, of);
        let points = data.seen();
        let fit = model::fit(&node.model, points.view(), stream.as_mut(), &watch);
        fit.map(|fit| fit.scaled(data.scaling.clone())).map_err(Failure::Own)
    });
    let order: IndexMap<String, ()> = plan.fit_names().into_iter().map(|n| (n, ())).collect();
    add(&mut values.fits, fits, &order);
    let scores = scores(plan, &plan.fits, todo, &values, observer);
    add(&mut values.scores, scores, &order);
    let sweeps = stage(&plan.sweeps, &todo.sweeps, "sweep", observer, |_, node| {
        sweep::compared(plan, &values, node)
    });
    add(&mut values.sweeps, sweeps, &plan.sweeps);
    let bests = plan.bests();
    let fits = stage(&bests, &todo.fits, "fit", observer, |_, sweep| sweep::best(&values, sweep));
    add(&mut values.fits, fits, &order);
    let scores = self::scores(plan, &bests, todo, &values, observer);
    add(&mut values.scores, scores, &order);
    let predictions =
        stage(&plan.predictions, &todo.predictions, "predict", observer, |_, node| {
            let fit = take(&values.fits, &node.fit, "fit")?;
            let points = take(&values.data, &node.data, "data")?.points.view();
            let last = fit.iterations();
            let samples = (node.samples > 0).then(|| {
                let mut stream = random::stream(node.generator, &node.seed);
                let (points, labels) = fit.predictive(last).sample(node.samples, stream.as_mut());
                Samples { points, labels }
            });
            Ok(Predicted { prediction: fit.predict(points, last), samples })
        });
    add(&mut values.predictions, predictions, &plan.predictions);
    let baselines = stage(&plan.baselines, &todo.baselines, "baseline", observer, |_, node| {
        let scores = values.scores.get(&node.fit);
        let scores = scores.ok_or_else(|| Failure::Upstream(format!("fit.{}", node.fit)))?;
        let data = plan.data_of(&node.fit);
        let data = data.map(|data| take(&values.data, data, "data")).transpose()?;
        let labelled = data.and_then(|d| Some((d.labels.as_ref()?, d.components()?)));
        let (labels, components) = labelled.ok_or_else(without_labels)?;
        let labels = labels.to_vec();
        let mut stream = random::stream(node.generator, &node.seed);
        let (spec, stream) = (&node.baseline, stream.as_mut());
        let mut rows = score::baseline::run(spec, &labels, components, stream);
        let finer = score::baseline::beginnings(spec, &rows, scores, &labels, components, stream);
        rows.extend(finer);
        Ok(rows)
    });
    add(&mut values.baselines, baselines, &plan.baselines);
    let fonts = plan.font.fonts.as_ref();
    let pictures = stage(&plan.figures, &todo.pictures, "figure", observer, |name, node| {
        picture::pictures(plan, &values, fonts, name, node)
    });
    add(&mut values.pictures, pictures, &plan.figures);
    values
}

/// The scores of those of these fits that are wanted.
fn scores<N: Sync>(
    plan: &Plan,
    fits: &IndexMap<String, N>,
    todo: &Needed,
    values: &Values,
    observer: &dyn Observer,
) -> IndexMap<String, Scores> {
    let scores = stage(fits, &todo.scores, "score", observer, |name, _| {
        let fit = take(&values.fits, name, "fit")?;
        let data = plan.data_of(name).map_or("", String::as_str);
        let data = take(&values.data, data, "data")?;
        let labels = data.labels.as_ref().ok_or_else(without_labels)?;
        let (points, last) = (data.points.view(), fit.iterations());
        let blocks = |each: &mut dyn FnMut(ArrayView2<'_, f64>)| {
            fit.responsibilities_by_block(points, last, each);
        };
        let components = data.components().unwrap_or(0);
        let matching = plan.matching_of(name).unwrap_or_default();
        Ok(score::score_blocks(labels, components, &blocks, matching))
    });
    // A score fails only with its fit.
    scores.into_iter().filter_map(|(name, scores)| Some((name, scores.ok()?))).collect()
}

fn without_labels() -> Failure {
    Failure::Own("the data have no labels".to_owned())
}

/// Adds values to those that are known, in the order of `nodes`.
fn add<T, N>(
    known: &mut IndexMap<String, T>,
    new: IndexMap<String, T>,
    nodes: &IndexMap<String, N>,
) {
    known.extend(new);
    known.sort_by_key(|name, _| nodes.get_index_of(name));
}

/// Runs the wanted nodes of one stage in parallel; the results are in the plan's order.
fn stage<N: Sync, T: Send>(
    nodes: &IndexMap<String, N>,
    wanted: &BTreeSet<String>,
    section: &str,
    observer: &dyn Observer,
    run: impl Fn(&str, &N) -> Outcome<T> + Sync,
) -> IndexMap<String, Outcome<T>> {
    let nodes: Vec<(&String, &N)> =
        nodes.iter().filter(|(name, _)| wanted.contains(*name)).collect();
    let outcomes: Vec<(String, Outcome<T>)> = nodes
        .into_par_iter()
        .map(|(name, node)| {
            let own = format!("{section}.{name}");
            let outcome = match observer.stopped() {
                true => Err(Failure::not_started()),
                false => {
                    observer.started(&own);
                    run(name, node)
                }
            };
            observer.finished(&own, outcome.as_ref().err());
            (name.clone(), outcome)
        })
        .collect();
    outcomes.into_iter().collect()
}

/// The value of the node that another one needs.
fn take<'a, T>(
    values: &'a IndexMap<String, Outcome<T>>,
    name: &str,
    section: &str,
) -> Result<&'a T, Failure> {
    let upstream = || Failure::Upstream(format!("{section}.{name}"));
    values.get(name).ok_or_else(upstream)?.as_ref().map_err(|_| upstream())
}

/// A figure in the formats that were asked for, with its steps and its animation, and all that is
/// said of it elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// File names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The SVG of the whole figure in its first theme, for the report.
    pub svg: String,
    /// What it shows as tables: file names and bytes.
    pub tables: Vec<(String, Vec<u8>)>,
    /// What it is, for those who cannot see it.
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// The numbers that it states, as JSON.
    pub numbers: String,
}

/// A drawing before it is encoded.
pub struct Drawn {
    /// The name of its files without extension.
    pub stem: String,
    /// The name of its theme.
    pub theme: String,
    /// The drawing.
    pub drawing: Drawing,
}

/// Draws the wanted figures whose numbers there are, whole and in steps, in all their themes.
pub fn draw(
    plan: &Plan,
    values: &Values,
    selection: &Selection,
    observer: &dyn Observer,
) -> IndexMap<String, Outcome<Vec<Drawn>>> {
    let fonts = plan.font.fonts.as_ref();
    stage(&plan.figures, &wanted_pictures(values, selection), "draw", observer, |name, figure| {
        let pictures = take(&values.pictures, name, "figure")?;
        let series = picture::series(plan, values, fonts, figure, pictures)?;
        let mut drawn = Vec::new();
        for (index, name_of_theme) in figure.themes.iter().enumerate() {
            let Some(theme) = plan.themes.get(name_of_theme) else { continue };
            let sheet = Sheet::new(fonts, (name, figure), pictures, &series, theme);
            let stem = figure.stem_in(index);
            let steps = 0..pictures.steps.len();
            let steps = steps.map(|i| (format!("{stem}_{}", i + 1), sheet.step(i)));
            let whole = (stem.clone(), sheet.whole());
            for (stem, drawing) in std::iter::once(whole).chain(steps) {
                drawn.push(Drawn { stem, theme: name_of_theme.clone(), drawing });
            }
        }
        Ok(drawn)
    })
}

/// The wanted figures whose numbers there are.
fn wanted_pictures(values: &Values, selection: &Selection) -> BTreeSet<String> {
    values.pictures.keys().filter(|name| selection.wants(name)).cloned().collect()
}

/// Draws and encodes the wanted figures whose numbers there are.
pub fn render(
    plan: &Plan,
    values: &Values,
    selection: &Selection,
    observer: &dyn Observer,
) -> IndexMap<String, Outcome<Rendered>> {
    let fonts = plan.font.fonts.as_ref();
    stage(&plan.figures, &wanted_pictures(values, selection), "render", observer, |name, figure| {
        let pictures = take(&values.pictures, name, "figure")?;
        let series = picture::series(plan, values, fonts, figure, pictures)?;
        encode::figure(plan, fonts, name, figure, pictures, &series).map_err(Failure::Own)
    })
}
