//! The record of a config's last build, as commands read and write it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::load::Loaded;
use super::messages::Reporter;
use crate::config::needed::Needed;
use crate::config::{self, Layers, Others, Plan};
use crate::diagnostic::Problems;
use crate::pipeline::Selection;
use crate::pipeline::build::Built;
use crate::pipeline::key::Ingredients;
use crate::pipeline::outputs::{MANIFEST, targets};
use crate::pipeline::record::Record;
use crate::pipeline::store::Store;

/// A config and the record of its last build.
pub(super) struct Past<'a> {
    one: &'a Loaded,
    /// The record as it was, then as it is.
    pub(super) record: Record,
}

impl<'a> Past<'a> {
    /// Reads the record of a config's last build into this folder. Where none was made here, the
    /// manifest there says what an earlier one has written.
    pub(super) fn read(one: &'a Loaded, store: &Store) -> Self {
        let mut record = match store.root() {
            Some(root) => Record::read(root, &one.path, &one.plan.output.figures),
            None => Record::default(),
        };
        if let Some(root) = store.root().filter(|_| record.files.is_empty()) {
            record.add_files(root, &listed(&one.plan));
        }
        Self { one, record }
    }

    /// Enters a build of `selection`.
    pub(super) fn enter(
        &mut self,
        selection: &Selection,
        built: &Built,
        seconds: &BTreeMap<String, f64>,
    ) {
        let some = match selection {
            Selection::All => None,
            Selection::Only(names) => Some((names, Needed::for_figures(&self.one.plan, names))),
        };
        // What failed was not made, and what it was made from before is still of interest.
        let made = |id: &str| {
            built.failures.is_empty()
                && some.as_ref().is_none_or(|(figures, needed)| is_of(id, figures, needed))
        };
        let entered: BTreeMap<String, Ingredients> = built
            .nodes
            .iter()
            .filter(|(id, _)| made(id))
            .map(|(id, node)| (id.clone(), node.clone()))
            .collect();
        self.record.nodes.retain(|id, _| built.nodes.contains_key(id));
        self.record.nodes.extend(entered);
        self.record.seconds.extend(seconds.iter().map(|(id, s)| (id.clone(), *s)));
        self.record.seconds.retain(|id, _| built.nodes.contains_key(id));
    }

    /// Writes the record; how many files are still there that no figure makes.
    pub(super) fn close(mut self, store: &Store, reporter: &Reporter) -> usize {
        let Some(root) = store.root() else { return 0 };
        let targets = targets(&self.one.plan, &Selection::All);
        self.record.add_files(root, &targets);
        let (path, figures) = (&self.one.path, &self.one.plan.output.figures);
        if let Err(error) = self.record.write(root, path, figures) {
            reporter.note(&format!("cannot keep a record of this build: {error}"));
        }
        self.orphans(store).len()
    }

    /// The files that were written once, are still there, and that the config makes no more, with
    /// any of its profiles or none.
    pub(super) fn orphans(&self, store: &Store) -> Vec<PathBuf> {
        let Some(root) = store.root() else { return Vec::new() };
        let plan = &self.one.plan;
        let mut made = targets(plan, &Selection::All);
        if self.record.orphans(root, &made).is_empty() {
            return Vec::new();
        }
        let profiles = plan.profiles.iter().map(|name| vec![name.clone()]);
        for profiles in std::iter::once(Vec::new()).chain(profiles) {
            let layers = Layers { profiles, ..Layers::default() };
            let other =
                config::load(&self.one.path, &layers, Others::Left, &mut Problems::default());
            // What it would make in this folder.
            let other = other.map(|other| Plan { output: plan.output.clone(), ..other });
            made.extend(other.iter().flat_map(|other| targets(other, &Selection::All)));
        }
        self.record.orphans(root, &made)
    }
}

/// Whether a node is one of those figures or of what they need.
fn is_of(id: &str, figures: &BTreeSet<String>, needed: &Needed) -> bool {
    let (section, name) = id.split_once('.').unwrap_or((id, ""));
    let names = match section {
        "data" => &needed.data,
        "fit" => &needed.fits,
        "score" => &needed.scores,
        "predict" => &needed.predictions,
        "sweep" => &needed.sweeps,
        "baseline" => &needed.baselines,
        "figure" => figures,
        // The texts say something of all figures.
        _ => return false,
    };
    names.contains(name)
}

/// The files that the manifest lists, where they are there.
fn listed(plan: &Plan) -> Vec<PathBuf> {
    let Some(extras) = &plan.output.extras else { return Vec::new() };
    let text = std::fs::read(extras.join(MANIFEST)).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&text).unwrap_or_default();
    let outputs = manifest.get("outputs").and_then(Value::as_array).cloned().unwrap_or_default();
    let names = outputs.iter().filter_map(|file| file.get("name")?.as_str());
    // Whatever stands in the file, nothing outside the two folders is ours.
    let inside = names.filter(|name| {
        let parts = Path::new(name).components();
        parts.into_iter().all(|part| matches!(part, std::path::Component::Normal(_)))
    });
    let place = |name: &str| {
        [&plan.output.figures, extras].map(|f| f.join(name)).into_iter().find(|p| p.is_file())
    };
    inside.filter_map(place).collect()
}
