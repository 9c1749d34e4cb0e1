//! Keys of nodes: what a node's value depends on, and nothing else, as one hash.
//!
//! A key is made of the code that the node's stage is compiled from, the node's resolved spec, the
//! hashes of input files, and the keys of the nodes before it; never of a time. Two nodes with the
//! same key have the same value, so a value that was kept under its key can stand for a run.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::Plan;
use crate::config::needed::Needed;
use crate::config::plan::{Figure, best_name};
use crate::provenance;
use crate::report::manifest::sha256;

/// The code of each stage, as hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// What draws and reads data.
    pub data: String,
    /// What fits.
    pub fit: String,
    /// What scores, and makes baselines.
    pub score: String,
    /// What draws and encodes figures, and all that is written beside them.
    pub figure: String,
}

impl Versions {
    /// Those of this program.
    pub fn own() -> Self {
        Self {
            data: env!("ELBOW_DATA").to_owned(),
            fit: env!("ELBOW_FIT").to_owned(),
            score: env!("ELBOW_SCORE").to_owned(),
            figure: env!("ELBOW_FIGURE").to_owned(),
        }
    }
}

/// What a node's value depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ingredients {
    /// The hash of all that follows.
    pub key: String,
    /// The code that makes the value.
    pub version: String,
    /// The resolved spec: the value of every key of the config by its path.
    pub spec: BTreeMap<String, Value>,
    /// SHA-256 of each input file.
    pub inputs: BTreeMap<String, String>,
    /// The key of each node that it needs.
    pub upstream: BTreeMap<String, String>,
}

impl Ingredients {
    fn new(
        version: &str,
        spec: BTreeMap<String, Value>,
        inputs: BTreeMap<String, String>,
        upstream: BTreeMap<String, String>,
    ) -> Self {
        let all = json!([version, spec, inputs, upstream]).to_string();
        Self { key: sha256(all.as_bytes()), version: version.to_owned(), spec, inputs, upstream }
    }
}

/// What stands in the spec of a figure for what its files carry.
pub const CARRIED: &str = "what its files carry";

/// The name of the node that stands for all that is said of all figures: numbers, report, manifest.
pub const TEXTS: &str = "texts";

/// Every node of the plan, in an order in which each comes after those that it needs: `data.NAME`,
/// `fit.NAME`, `score.NAME`, `sweep.NAME`, `predict.NAME`, `baseline.NAME`, `figure.NAME`, `assert.NAME`, and `texts` if there are
/// extras.
///
/// `text` is the config as the report shows it.
pub fn nodes(plan: &Plan, text: &str, versions: &Versions) -> IndexMap<String, Ingredients> {
    let mut nodes: IndexMap<String, Ingredients> = IndexMap::new();
    for (name, node) in &plan.data {
        let id = format!("data.{name}");
        let files = node.source.files();
        let inputs = files.map(|(_, file)| (file.path.clone(), file.sha256.clone())).collect();
        let spec = flat(&id, &json!(node));
        nodes.insert(id, Ingredients::new(&versions.data, spec, inputs, BTreeMap::new()));
    }
    for (name, node) in &plan.fits {
        let id = format!("fit.{name}");
        let mut spec = flat(&id, &json!(node));
        // It says how the fit is scored.
        let matching = spec.remove(&format!("{id}.matching"));
        let upstream = keys(&nodes, [format!("data.{}", node.data)]);
        let fit = Ingredients::new(&versions.fit, spec, BTreeMap::new(), upstream);
        nodes.insert(id.clone(), fit);
        if plan.is_scored(name) {
            let spec = matching.map(|m| (format!("{id}.matching"), m)).into_iter().collect();
            let upstream = keys(&nodes, [format!("data.{}", node.data), id]);
            let score = Ingredients::new(&versions.score, spec, BTreeMap::new(), upstream);
            nodes.insert(format!("score.{name}"), score);
        }
    }
    for (name, node) in &plan.sweeps {
        let id = format!("sweep.{name}");
        let members = node.members.keys().flat_map(|fit| scored(fit));
        let upstream = keys(&nodes, members.chain([format!("data.{}", node.data)]));
        let spec = flat(&id, &json!(node));
        let compared = Ingredients::new(&versions.score, spec, BTreeMap::new(), upstream);
        nodes.insert(id.clone(), compared);
        let best = best_name(name);
        let upstream = keys(&nodes, [id]);
        let handed = Ingredients::new(&versions.score, BTreeMap::new(), BTreeMap::new(), upstream);
        nodes.insert(format!("fit.{best}"), handed);
        if plan.is_scored(&best) {
            let upstream = keys(&nodes, [format!("data.{}", node.data), format!("fit.{best}")]);
            let spec = BTreeMap::from([("matching".to_owned(), json!(node.matching))]);
            let score = Ingredients::new(&versions.score, spec, BTreeMap::new(), upstream);
            nodes.insert(format!("score.{best}"), score);
        }
    }
    for (name, node) in &plan.predictions {
        let id = format!("predict.{name}");
        let spec = flat(&id, &json!(node));
        let needed = [format!("fit.{}", node.fit), format!("data.{}", node.data)];
        let upstream = keys(&nodes, needed);
        let predicted = Ingredients::new(&versions.fit, spec, BTreeMap::new(), upstream);
        nodes.insert(id, predicted);
    }
    for (name, node) in &plan.baselines {
        let id = format!("baseline.{name}");
        let spec = flat(&id, &json!(node));
        let data = plan.data_of(&node.fit).map(|data| format!("data.{data}"));
        let needed = data.into_iter().chain(scored(&node.fit));
        let upstream = keys(&nodes, needed);
        let baseline = Ingredients::new(&versions.score, spec, BTreeMap::new(), upstream);
        nodes.insert(id, baseline);
    }
    for (name, figure) in &plan.figures {
        let ingredients = figure_ingredients(plan, &nodes, name, figure, versions);
        nodes.insert(format!("figure.{name}"), ingredients);
    }
    for (name, assertion) in &plan.assertions {
        let id = format!("assert.{name}");
        let mut spec = flat(&id, &json!(assertion));
        // It says nothing of whether the assertion holds.
        spec.remove(&format!("{id}.message"));
        let needed = Needed::for_asserted(plan, &BTreeSet::from([name.clone()]));
        let upstream = keys(&nodes, ids(needed));
        let judged = Ingredients::new(&versions.figure, spec, BTreeMap::new(), upstream);
        nodes.insert(id, judged);
    }
    if plan.output.extras.is_some() {
        let upstream = nodes.iter().map(|(id, node)| (id.clone(), node.key.clone())).collect();
        let to_figures = plan
            .output
            .extras
            .as_ref()
            .and_then(|extras| pathdiff::diff_paths(&plan.output.figures, extras));
        let spec = BTreeMap::from([
            ("plan".to_owned(), json!(sha256(json!(plan).to_string().as_bytes()))),
            ("config".to_owned(), json!(sha256(text.as_bytes()))),
            ("the way from the extras to the figures".to_owned(), json!(to_figures)),
        ]);
        let inputs = plan.included.iter().cloned().collect();
        let texts = Ingredients::new(&versions.figure, spec, inputs, upstream);
        nodes.insert(TEXTS.to_owned(), texts);
    }
    nodes
}

/// A fit and its scores.
fn scored(fit: &str) -> [String; 2] {
    [format!("fit.{fit}"), format!("score.{fit}")]
}

/// The keys of those of the nodes that there are.
fn keys(
    nodes: &IndexMap<String, Ingredients>,
    ids: impl IntoIterator<Item = String>,
) -> BTreeMap<String, String> {
    let key = |id: String| nodes.get(&id).map(|node| (id, node.key.clone()));
    ids.into_iter().filter_map(key).collect()
}

fn figure_ingredients(
    plan: &Plan,
    nodes: &IndexMap<String, Ingredients>,
    name: &str,
    figure: &Figure,
    versions: &Versions,
) -> Ingredients {
    let id = format!("figure.{name}");
    let mut spec = flat(&id, &json!(figure));
    // Figures with shared axes have room for each other's numbers and headers.
    let group = plan.figures.iter().filter(|(other, member)| {
        *other != name && member.share_axes.is_some() && member.share_axes == figure.share_axes
    });
    for (other, member) in group {
        let laid_out = json!({
            "panels": member.panels,
            "grid": member.grid,
            "steps": member.steps,
            "animation": member.animation,
            "size": member.size,
            "type_scale": member.type_scale,
            "title": member.texts.title,
        });
        spec.extend(flat(&format!("figure.{other}"), &laid_out));
    }
    for theme in figure.themes.iter().filter_map(|name| Some((name, plan.themes.get(name)?))) {
        // A theme has no other text that says all of it.
        spec.insert(format!("theme.{}", theme.0), json!(format!("{:?}", theme.1)));
    }
    spec.insert("output.dpi".to_owned(), json!(plan.dpi));
    spec.insert("output.png_scales".to_owned(), json!(plan.png_scales));
    spec.insert("output.svg_text".to_owned(), json!(plan.svg_text));
    spec.insert("output.font".to_owned(), json!(plan.font.family));
    // What is drawn at random for a picture starts from it.
    spec.insert("seed".to_owned(), json!(plan.seed));
    // What means the same can be written in another way, and is carried as it is written.
    let carried = sha256(provenance::text(plan, name).as_bytes());
    spec.insert(CARRIED.to_owned(), json!(carried));
    let inputs = plan.font.file.iter().cloned().collect();
    let needed = Needed::shown_by(plan, &BTreeSet::from([name.to_owned()]));
    Ingredients::new(&versions.figure, spec, inputs, keys(nodes, ids(needed)))
}

/// The nodes whose values are needed.
fn ids(needed: Needed) -> impl Iterator<Item = String> {
    let ids = [
        ("data", needed.data),
        ("fit", needed.fits),
        ("score", needed.scores),
        ("sweep", needed.sweeps),
        ("predict", needed.predictions),
        ("baseline", needed.baselines),
    ];
    ids.into_iter()
        .flat_map(|(section, names)| names.into_iter().map(move |name| format!("{section}.{name}")))
}

/// The leaves of a value by their paths.
fn flat(path: &str, value: &Value) -> BTreeMap<String, Value> {
    fn walk(path: &str, value: &Value, leaves: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    walk(&format!("{path}.{key}"), value, leaves);
                }
            }
            // A long list is one value, and what changed in it is seen in the file.
            leaf => {
                leaves.insert(path.to_owned(), leaf.clone());
            }
        }
    }
    let mut leaves = BTreeMap::new();
    walk(path, value, &mut leaves);
    leaves
}
