//! `elbow plan --explain`: what a build would do with each node, and why.

use std::collections::BTreeMap;

use serde::Serialize;

use super::load::Loaded;
use super::past::Past;
use crate::pipeline::Selection;
use crate::pipeline::build::{Assessment, assess};
use crate::pipeline::key::{Ingredients, TEXTS};
use crate::pipeline::record::reasons;
use crate::pipeline::store::Store;

/// What a build would do with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Nothing: its value, or what was made of it, is there.
    UpToDate,
    /// Nothing: it would have another value, but nothing that would be made needs it.
    NotNeeded,
    /// Its files would be written as they were kept.
    Restore,
    /// It would run.
    Run,
}

impl State {
    /// The state in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::UpToDate => "up to date",
            Self::NotNeeded => "not needed",
            Self::Restore => "restore",
            Self::Run => "run",
        }
    }

    /// Whether a build would do something.
    pub(super) fn is_work(self) -> bool {
        matches!(self, Self::Restore | Self::Run)
    }
}

/// A node, and why it is in its state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Line {
    /// Such as `fit.cavi`.
    pub(super) node: String,
    /// What would be done with it.
    pub(super) state: State,
    /// What has changed since the last build, one thing an entry.
    pub(super) reasons: Vec<String>,
}

/// What a build would do.
pub(super) struct Explained {
    /// Every node in order.
    pub(super) lines: Vec<Line>,
    /// How long that took when it was done last, in seconds; `None` if a part never was.
    pub(super) seconds: Option<f64>,
}

/// Explains a build of all of a config's figures.
pub(super) fn explain(one: &Loaded, store: &Store) -> Explained {
    let assessed = assess(&one.plan, &Selection::All, &one.text, store);
    let record = Past::read(one, store).record;
    let lines: Vec<Line> =
        assessed.nodes.iter().map(|(id, node)| line(id, node, &assessed, &record.nodes)).collect();
    let run = lines.iter().filter(|line| line.state == State::Run && line.node != TEXTS);
    // A sum of nothing is -0.
    let seconds = run.map(|line| record.seconds.get(&line.node)).sum::<Option<f64>>();
    let seconds = seconds.map(|seconds| seconds + 0.0);
    Explained { lines, seconds }
}

fn line(
    id: &str,
    node: &Ingredients,
    assessed: &Assessment,
    before: &BTreeMap<String, Ingredients>,
) -> Line {
    let before = before.get(id);
    let (section, name) = id.split_once('.').unwrap_or((id, ""));
    let todo = &assessed.todo;
    let changed = before.is_none_or(|before| before.key != node.key);
    let state = match section {
        "figure" if assessed.current.contains(name) => State::UpToDate,
        "figure" if assessed.drawn.contains(name) => State::Run,
        "figure" => State::Restore,
        "data" if todo.data.contains(name) => State::Run,
        "fit" if todo.fits.contains(name) => State::Run,
        "score" if todo.scores.contains(name) => State::Run,
        "predict" if todo.predictions.contains(name) => State::Run,
        "sweep" if todo.sweeps.contains(name) => State::Run,
        "baseline" if todo.baselines.contains(name) => State::Run,
        "assert" if todo.assertions.contains(name) => State::Run,
        TEXTS if assessed.texts => State::Run,
        TEXTS => State::UpToDate,
        _ if changed && before.is_some() && !assessed.texts => State::NotNeeded,
        _ => State::UpToDate,
    };
    let reasons = match (state, before) {
        (State::UpToDate, _) => {
            assessed.broken(section, name).map(|why| vec![why]).unwrap_or_default()
        }
        (_, None) => vec!["there is no record of it".to_owned()],
        (State::Restore | State::Run, Some(_)) if !changed => vec![why_again(section).to_owned()],
        (_, Some(before)) => reasons(node, before),
    };
    Line { node: id.to_owned(), state, reasons }
}

/// Why a node would run that has not changed.
fn why_again(section: &str) -> &'static str {
    match section {
        "figure" => "a file of it is missing or was changed",
        TEXTS => "a file is missing or was changed, or a figure is made again",
        _ => "it has not changed, but its value is needed and not kept",
    }
}
