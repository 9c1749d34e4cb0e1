//! A build that does only what has not been done: what is on disk, what is kept, and what is left
//! to run.
//!
//! A figure is current if its files have the bytes that its key gave before; those of a figure that
//! is not are taken from what is kept, or made. A node runs only if something that is made needs its
//! value and it is not kept.

use std::collections::BTreeSet;
use std::path::PathBuf;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::assertions::{self, Verdict};
use super::key::{self, Ingredients, Versions};
use super::outputs::{self, File};
use super::store::Store;
use super::{Observer, Outcome, Rendered, Selection, Values, add, render, run_from};
use crate::config::Plan;
use crate::config::needed::Needed;
use crate::config::plan::is_swept;
use crate::report::manifest::sha256;

/// Data sets of more numbers are not kept: to draw them again takes no longer than to read and to hash
/// them, and no room twice.
const MOST_NUMBERS_KEPT: usize = 1 << 20;

/// What there is and what is left to do.
pub struct Assessment {
    /// Every node with what it depends on.
    pub nodes: IndexMap<String, Ingredients>,
    /// The wanted figures whose files are on disk as they should be.
    pub current: BTreeSet<String>,
    /// Whether the texts about all figures are wanted and not on disk as they should be.
    pub texts: bool,
    /// Whether they are wanted and are on disk as they should be.
    current_texts: bool,
    /// Figures that were kept and have to be written.
    kept: IndexMap<String, Rendered>,
    /// Figures that have to be drawn.
    pub drawn: BTreeSet<String>,
    /// Values that were kept and are needed.
    known: Values,
    /// The nodes that have to be run.
    pub todo: Needed,
}

impl Assessment {
    /// What is said of a node that was kept if it is an assertion that does not hold.
    pub fn broken(&self, section: &str, name: &str) -> Option<String> {
        let verdict = self.known.assertions.get(name).filter(|_| section == "assert")?;
        let verdict = verdict.as_ref().ok().filter(|verdict| !verdict.holds)?;
        Some(format!("it does not hold: {}", verdict.reason))
    }
}

/// Finds out what a build of `selection` has to do; `text` is the config as the report shows it.
pub fn assess(plan: &Plan, selection: &Selection, text: &str, store: &Store) -> Assessment {
    let nodes = key::nodes(plan, text, &Versions::own());
    let wanted: Vec<&String> = plan.figures.keys().filter(|name| selection.wants(name)).collect();
    let there = |id: &str| nodes.get(id).is_some_and(|node| on_disk(plan, store, &node.key, id));
    let current = wanted.par_iter().filter(|name| there(&format!("figure.{name}")));
    let current: BTreeSet<String> = current.map(|name| (*name).clone()).collect();
    let whole = matches!(selection, Selection::All);
    let all = whole && plan.output.extras.is_some();
    let texts_are_there = all && there(key::TEXTS);
    let texts = all && (current.len() < wanted.len() || !texts_are_there);
    let to_load: Vec<&String> =
        wanted.into_iter().filter(|name| texts || !current.contains(*name)).collect();
    let loaded: Vec<(String, Option<Rendered>)> = to_load
        .into_par_iter()
        .map(|name| (name.clone(), kept(store, &nodes, &format!("figure.{name}"))))
        .collect();
    let drawn: BTreeSet<String> =
        loaded.iter().filter(|(_, kept)| kept.is_none()).map(|(name, _)| name.clone()).collect();
    let kept = loaded.into_iter().filter_map(|(name, kept)| Some((name, kept?))).collect();
    let mut needed = Needed::shown_by(plan, &drawn);
    if texts {
        needed.predictions.extend(plan.predictions.keys().cloned());
        needed.baselines.extend(plan.baselines.keys().cloned());
        // Of sweeps they say how the members compare.
        needed.sweeps.extend(plan.sweeps.keys().cloned());
        needed.scores.extend(plan.scored().filter(|fit| !is_swept(fit)));
        needed.fits.extend(plan.fits.keys().filter(|fit| !is_swept(fit)).cloned());
    }
    if whole {
        needed.assertions.extend(plan.assertions.keys().cloned());
    }
    let (known, todo) = values(plan, &nodes, store, needed);
    Assessment { nodes, current, texts, current_texts: all && !texts, kept, drawn, known, todo }
}

/// The values that are kept of those that are needed, and the nodes that have to be run for the
/// others.
fn values(
    plan: &Plan,
    nodes: &IndexMap<String, Ingredients>,
    store: &Store,
    needed: Needed,
) -> (Values, Needed) {
    let mut known = Values::default();
    let todo = needed.missing(plan, |section, name| {
        let id = format!("{section}.{name}");
        let name = || name.to_owned();
        match section {
            "data" => kept(store, nodes, &id).map(|v| known.data.insert(name(), Ok(v))).is_some(),
            "fit" => kept(store, nodes, &id).map(|v| known.fits.insert(name(), Ok(v))).is_some(),
            "score" => kept(store, nodes, &id).map(|v| known.scores.insert(name(), v)).is_some(),
            "sweep" => {
                kept(store, nodes, &id).map(|v| known.sweeps.insert(name(), Ok(v))).is_some()
            }
            "predict" => {
                kept(store, nodes, &id).map(|v| known.predictions.insert(name(), Ok(v))).is_some()
            }
            "baseline" => {
                kept(store, nodes, &id).map(|v| known.baselines.insert(name(), Ok(v))).is_some()
            }
            "assert" => {
                kept(store, nodes, &id).map(|v| known.assertions.insert(name(), Ok(v))).is_some()
            }
            // The numbers of figures are made again with their drawings.
            _ => false,
        }
    });
    (known, todo)
}

/// Those of the assertions that are known not to hold, in the plan's order.
fn broken_of(plan: &Plan, known: &Values) -> Vec<(String, Verdict)> {
    let verdict = |name: &String| Some((name.clone(), known.assertions.get(name)?.clone().ok()?));
    plan.assertions.keys().filter_map(verdict).filter(|(_, verdict)| !verdict.holds).collect()
}

/// What a build made.
pub struct Built {
    /// The files that may differ from those on disk, in the order in which they are written.
    pub files: Vec<File>,
    /// The files that are on disk as they should be and were not made again.
    pub current: Vec<PathBuf>,
    /// How many of the wanted figures there are.
    pub figures: usize,
    /// What could not be made, each with its reason.
    pub failures: Vec<String>,
    /// The assertions that do not hold, each with its reason.
    pub broken: Vec<String>,
    /// Every node with what it depends on.
    pub nodes: IndexMap<String, Ingredients>,
    /// The values of the nodes that were run or needed.
    pub values: Values,
    /// Which were run.
    ran: Needed,
    /// The figures whose files are not those on disk.
    rendered: IndexMap<String, Outcome<Rendered>>,
    /// The files that say something of all figures, if they were made and nothing failed.
    texts: Option<Listing>,
}

/// Does what has to be done. What was made is kept by [`Built::keep`].
///
/// # Errors
///
/// If the report cannot be made.
pub fn build(
    plan: &Plan,
    selection: &Selection,
    text: &str,
    store: &Store,
    observer: &dyn Observer,
) -> Result<Built, String> {
    let Assessment { nodes, current, texts, current_texts, mut kept, drawn, known, todo } =
        assess(plan, selection, text, store);
    let nodes_to_run = [
        &todo.data,
        &todo.fits,
        &todo.scores,
        &todo.sweeps,
        &todo.predictions,
        &todo.baselines,
        &todo.pictures,
        &drawn,
    ];
    let kept_broken = broken_of(plan, &known);
    let nodes_to_run: usize = nodes_to_run.iter().map(|names| names.len()).sum();
    observer.planned(nodes_to_run + todo.assertions.len() + kept_broken.len());
    let mut values = run_from(plan, &todo, known, observer);
    let rendered = render(plan, &values, &Selection::Only(drawn), observer);
    // What does not hold is told of in every build. It comes last, so that it stops no figure.
    for (name, verdict) in kept_broken {
        if let Some(assertion) = plan.assertions.get(&name) {
            assertions::tell(&format!("assert.{name}"), assertion, &Ok(verdict), observer);
        }
    }
    let judged = assertions::judge(plan, &todo.assertions, &values, observer);
    add(&mut values.assertions, judged, &plan.assertions);
    let mut all: IndexMap<String, Outcome<Rendered>> = IndexMap::new();
    all.extend(kept.drain(..).map(|(name, figure)| (name, Ok(figure))));
    all.extend(rendered);
    all.sort_by_key(|name, _| plan.figures.get_index_of(name));
    let whole = if texts { selection.clone() } else { Selection::Only(BTreeSet::new()) };
    let files = outputs::files(plan, &values, &all, &whole, text)?;
    let failures = outputs::failures(&values, &all);
    let broken = assertions::broken(plan, &values);
    let made = all.values().filter(|figure| figure.is_ok()).count();
    let listed = (texts && failures.is_empty()).then(|| texts_of(plan, &files));
    // Texts say something of all figures, so then each is among the files.
    let untouched: BTreeSet<String> =
        current.into_iter().filter(|name| !all.contains_key(name)).collect();
    let figures = made + untouched.len();
    let mut current = outputs::targets(plan, &Selection::Only(untouched));
    if current_texts {
        current.extend(outputs::texts(plan));
    }
    Ok(Built {
        current,
        figures,
        files,
        failures,
        broken,
        nodes,
        values,
        ran: todo,
        rendered: all,
        texts: listed,
    })
}

impl Built {
    /// All that went wrong, each with its reason.
    pub fn wrong(&self) -> Vec<String> {
        [self.failures.as_slice(), self.broken.as_slice()].concat()
    }

    /// Keeps what was made for further builds: after its files are written, which have the first
    /// claim on what room there is.
    pub fn keep(&self, plan: &Plan, store: &Store) {
        self.keep_values(plan, store);
        for (name, figure) in &self.rendered {
            if let (Ok(figure), Some(node)) = (figure, self.nodes.get(&format!("figure.{name}"))) {
                store.put(&node.key, figure);
                let listing = listing(&node.key);
                // What was kept before is not hashed again.
                if !store.has(&listing) {
                    store.put(&listing, &files_of(name, figure, plan));
                }
            }
        }
        if let (Some(node), Some(texts)) = (self.nodes.get(key::TEXTS), &self.texts) {
            store.put(&listing(&node.key), texts);
        }
    }

    fn keep_values(&self, plan: &Plan, store: &Store) {
        let Self { nodes, values, ran, .. } = self;
        let key = |id: String| nodes.get(&id).map(|node| &node.key);
        for name in &ran.data {
            // What is read or stated is there already.
            let drawn = plan.data.get(name).is_some_and(|node| node.source.is_drawn());
            if let (Some(Ok(data)), Some(key), true) =
                (values.data.get(name), key(format!("data.{name}")), drawn)
                && data.points.len() <= MOST_NUMBERS_KEPT
            {
                store.put(key, data);
            }
        }
        for name in &ran.fits {
            if let (Some(Ok(fit)), Some(key)) = (values.fits.get(name), key(format!("fit.{name}")))
            {
                store.put(key, fit);
            }
        }
        for name in &ran.scores {
            if let (Some(scores), Some(key)) =
                (values.scores.get(name), key(format!("score.{name}")))
            {
                store.put(key, scores);
            }
        }
        for name in &ran.sweeps {
            if let (Some(Ok(compared)), Some(key)) =
                (values.sweeps.get(name), key(format!("sweep.{name}")))
            {
                store.put(key, compared);
            }
        }
        for name in &ran.predictions {
            if let (Some(Ok(predicted)), Some(key)) =
                (values.predictions.get(name), key(format!("predict.{name}")))
            {
                store.put(key, predicted);
            }
        }
        for name in &ran.baselines {
            if let (Some(Ok(rows)), Some(key)) =
                (values.baselines.get(name), key(format!("baseline.{name}")))
            {
                store.put(key, rows);
            }
        }
        for name in &ran.assertions {
            if let (Some(Ok(verdict)), Some(key)) =
                (values.assertions.get(name), key(format!("assert.{name}")))
            {
                store.put(key, verdict);
            }
        }
    }
}

fn kept<T: DeserializeOwned>(
    store: &Store,
    nodes: &IndexMap<String, Ingredients>,
    id: &str,
) -> Option<T> {
    store.get(&nodes.get(id)?.key, id)
}

/// Where a file of a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Folder {
    Figures,
    Extras,
}

/// The files that a node gave: folder, name, SHA-256.
type Listing = Vec<(Folder, String, String)>;

/// The name under which the listing of a node with this key is kept.
fn listing(key: &str) -> String {
    format!("{key}-files")
}

/// Whether all files of the node are on disk with the bytes that it gave.
fn on_disk(plan: &Plan, store: &Store, key: &str, id: &str) -> bool {
    let Some(listing) = store.get::<Listing>(&listing(key), id) else { return false };
    let same = |(folder, name, hash): &(Folder, String, String)| {
        let folder = match folder {
            Folder::Figures => Some(&plan.output.figures),
            Folder::Extras => plan.output.extras.as_ref(),
        };
        // Without extras there is nothing of them to be the same.
        folder.is_none_or(|f| std::fs::read(f.join(name)).is_ok_and(|b| sha256(&b) == *hash))
    };
    listing.par_iter().all(same)
}

fn files_of(name: &str, figure: &Rendered, plan: &Plan) -> Listing {
    let own = figure.files.iter();
    let own = own.map(|(name, bytes)| (Folder::Figures, name.clone(), sha256(bytes)));
    let beside = outputs::beside(name, figure).into_iter();
    let beside = beside.map(|(name, bytes)| (Folder::Extras, name, sha256(&bytes)));
    own.chain(beside.filter(|_| plan.output.extras.is_some())).collect()
}

fn texts_of(plan: &Plan, files: &[File]) -> Listing {
    let Some(extras) = &plan.output.extras else { return Vec::new() };
    let name = |file: &File| Some(file.path.strip_prefix(extras).ok()?.to_str()?.to_owned());
    let texts = files.iter().filter_map(|file| Some((name(file)?, &file.bytes)));
    let texts = texts.filter(|(name, _)| outputs::is_text(name));
    texts.map(|(name, bytes)| (Folder::Extras, name, sha256(bytes))).collect()
}
