//! What is written beside the figures: their data, the numbers, the report, the manifest.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::pages;
use super::{Failure, Outcome, Rendered, Selection, Values};
use crate::config::Plan;
use crate::config::plan::is_swept;
use crate::report::{html, manifest, numbers, snippets};

/// The files beside the figures that say something of all of them, in the order in which they are
/// written.
const TEXTS: [&str; 8] = [
    "numbers.json",
    "numbers.tex",
    "numbers.typ",
    "report.html",
    "snippets.tex",
    "snippets.html",
    "snippets.typ",
    "gallery.md",
];

/// The last of them, which lists all others.
pub const MANIFEST: &str = "manifest.json";

/// The files that a build of this selection writes if nothing fails.
pub fn targets(plan: &Plan, selection: &Selection) -> Vec<PathBuf> {
    let wanted = |figure: &str| match selection {
        Selection::All => true,
        Selection::Only(names) => names.contains(figure),
    };
    let figures = plan.figure_files().filter(|(name, _)| wanted(name)).map(|(_, path)| path);
    let mut targets: Vec<PathBuf> = figures.collect();
    let Some(extras) = &plan.output.extras else { return targets };
    for (name, figure) in plan.figures.iter().filter(|(name, _)| wanted(name)) {
        targets.extend(figure.tables(name).map(|file| extras.join("data").join(file)));
        targets.push(extras.join("alt").join(format!("{name}.txt")));
    }
    if matches!(selection, Selection::All) {
        targets.extend(texts(plan));
    }
    targets
}

/// Those of them that say something of all figures.
pub(super) fn texts(plan: &Plan) -> impl Iterator<Item = PathBuf> {
    let extras = plan.output.extras.iter();
    extras.flat_map(|e| TEXTS.into_iter().chain([MANIFEST]).map(move |name| e.join(name)))
}

/// A file to be written.
pub struct File {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
}

/// All files of a build, in the order in which they are written: the manifest is last.
///
/// A build of some figures writes those and their data; numbers, report and manifest say something
/// of all figures, so they are left as they are.
///
/// # Errors
///
/// If the report cannot be made.
pub fn files(
    plan: &Plan,
    values: &Values,
    rendered: &IndexMap<String, Outcome<Rendered>>,
    selection: &Selection,
    config: &str,
) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    let mut listed = Vec::new();
    let done = || rendered.iter().filter_map(|(name, r)| r.as_ref().ok().map(|r| (name, r)));
    for (_, figure) in done() {
        for (name, bytes) in &figure.files {
            listed.push(manifest::File::new(name.clone(), bytes));
            files.push(File { path: plan.output.figures.join(name), bytes: bytes.clone() });
        }
    }
    let Some(extras) = &plan.output.extras else { return Ok(files) };
    let mut add = |name: String, bytes: Vec<u8>| {
        listed.push(manifest::File::new(name.clone(), &bytes));
        files.push(File { path: extras.join(name), bytes });
    };
    for (name, figure) in done() {
        beside(name, figure).into_iter().for_each(|(name, bytes)| add(name, bytes));
    }
    if matches!(selection, Selection::Only(_)) {
        return Ok(files);
    }
    let all = numbers(plan, values, rendered);
    let shown = pages::shown(plan, rendered, extras);
    let texts: [String; TEXTS.len()] = [
        serde_json::to_string_pretty(&all).unwrap_or_default() + "\n",
        numbers::tex(&all),
        numbers::typst(&all),
        html::page(&pages::report(plan, values, rendered, config))?,
        snippets::tex(&shown),
        snippets::html(&shown),
        snippets::typst(&shown),
        pages::gallery(plan, &shown),
    ];
    for (name, text) in TEXTS.into_iter().zip(texts) {
        add(name.to_owned(), text.into_bytes());
    }
    let included = plan.included.iter().map(|(name, hash)| (name.as_str(), hash.as_str()));
    let font = plan.font.file.iter().map(|(path, hash)| (path.as_str(), hash.as_str()));
    let read = plan.data.values().flat_map(|d| d.source.files());
    let inputs: Vec<manifest::File> = included
        .chain(font)
        .chain(read.map(|(_, file)| (file.path.as_str(), file.sha256.as_str())))
        .map(|(name, sha256)| manifest::File { name: name.to_owned(), sha256: sha256.to_owned() })
        .collect();
    let manifest = manifest::json(&json!(plan), &inputs, &listed);
    files.push(File { path: extras.join(MANIFEST), bytes: manifest.into_bytes() });
    Ok(files)
}

/// What is written beside the figure called `name`, in the folder of the extras.
pub(super) fn beside(name: &str, figure: &Rendered) -> Vec<(String, Vec<u8>)> {
    let tables = figure.tables.iter();
    let tables = tables.map(|(file, bytes)| (format!("data/{file}"), bytes.clone()));
    let words = format!("{}\n{}\n", figure.title, figure.description);
    tables.chain([(format!("alt/{name}.txt"), words.into_bytes())]).collect()
}

/// Whether a file of the extras says something of all figures.
pub(super) fn is_text(name: &str) -> bool {
    name == MANIFEST || TEXTS.contains(&name)
}

/// What could not be made, each with its reason, in the order of the plan. Assertions that do not hold
/// are none of it: they were judged.
pub fn failures(values: &Values, rendered: &IndexMap<String, Outcome<Rendered>>) -> Vec<String> {
    fn of<T>(
        section: &'static str,
        outcomes: &IndexMap<String, Outcome<T>>,
    ) -> impl Iterator<Item = String> {
        outcomes
            .iter()
            .filter_map(move |(name, o)| o.as_ref().err().map(|e| format!("{section}.{name}: {e}")))
    }
    of("data", &values.data)
        .chain(of("fit", &values.fits))
        .chain(of("sweep", &values.sweeps))
        .chain(of("predict", &values.predictions))
        .chain(of("baseline", &values.baselines))
        .chain(of("figure", &values.pictures))
        .chain(of("assert", &values.assertions))
        .chain(rendered.iter().filter_map(|(name, outcome)| match outcome {
            Err(Failure::Own(reason)) => Some(format!("render.{name}: {reason}")),
            // Its own numbers have failed, which has been said.
            Err(Failure::Upstream(_)) | Ok(_) => None,
        }))
        .collect()
}

/// Every number that a slide may quote.
fn numbers(plan: &Plan, values: &Values, rendered: &IndexMap<String, Outcome<Rendered>>) -> Value {
    let mut data = serde_json::Map::new();
    for (name, node) in &plan.data {
        let shape = node.shape();
        let mut facts = json!({"points": shape.points, "dimensions": shape.dimensions, "components": shape.components});
        if let (1.., Some(facts)) = (node.source.dropped(), facts.as_object_mut()) {
            facts.insert("dropped".to_owned(), json!(node.source.dropped()));
        }
        data.insert(name.clone(), facts);
    }
    let mut fits = serde_json::Map::new();
    for (name, fit) in &values.fits {
        // Those of a sweep are said below it.
        if let (Ok(fit), false) = (fit, is_swept(name)) {
            let matching = values.scores.get(name).map(|s| s.r#match.inferred_of_true.as_slice());
            fits.insert(name.clone(), fit.summary(matching));
        }
    }
    let scores = values.scores.iter().filter(|(name, _)| !is_swept(name));
    let scores: serde_json::Map<String, Value> =
        scores.map(|(name, scores)| (name.clone(), json!(scores))).collect();
    let mut sweeps = serde_json::Map::new();
    for (name, compared) in &values.sweeps {
        if let Ok(compared) = compared {
            sweeps.insert(name.clone(), compared.named());
        }
    }
    let mut baselines = serde_json::Map::new();
    for (name, rows) in &values.baselines {
        if let Ok(rows) = rows {
            baselines.insert(name.clone(), json!(rows));
        }
    }
    let mut figures = serde_json::Map::new();
    for (name, figure) in rendered {
        let stated = figure.as_ref().ok().and_then(|f| serde_json::from_str(&f.numbers).ok());
        figures.extend(stated.filter(|s: &Value| !s.is_null()).map(|s| (name.clone(), s)));
    }
    let mut all = json!({
        "lecture": plan.lecture,
        "data": data,
        "fit": fits,
        "score": scores,
        "baseline": baselines,
        "figure": figures,
    });
    if let (false, Some(all)) = (sweeps.is_empty(), all.as_object_mut()) {
        all.insert("sweep".to_owned(), Value::Object(sweeps));
    }
    let predictions = values.predictions.iter();
    let predictions: serde_json::Map<String, Value> = predictions
        .filter_map(|(name, predicted)| Some((name.clone(), predicted.as_ref().ok()?.summary())))
        .collect();
    if let Some(all) = all.as_object_mut().filter(|_| !predictions.is_empty()) {
        all.insert("predict".to_owned(), Value::Object(predictions));
    }
    all
}
