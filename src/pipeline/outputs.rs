//! What is written beside the figures: their data, the numbers, the report, the manifest.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Failure, Outcome, Rendered, Selection, Values};
use crate::config::Plan;
use crate::config::plan::Figure;
use crate::model::Stop;
use crate::render::{self, Drawing, Fonts, Format, Resolution, SvgText, svg};
use crate::report::{html, manifest, numbers, table};

/// Encodes a drawing in the formats of its figure, each from the same drawing.
pub(super) fn encode(
    plan: &Plan,
    fonts: &Fonts,
    figure: &Figure,
    drawing: &Drawing,
) -> Result<Rendered, String> {
    let others: Vec<Format> =
        figure.formats.iter().copied().filter(|f| *f != Format::Svg).collect();
    // The report shows the SVG whether it is asked for or not.
    let (svg, others) = rayon::join(
        || svg::encode(drawing, fonts, SvgText::Outlines),
        || render::encode(drawing, fonts, &others, Resolution::new(plan.dpi), SvgText::Outlines),
    );
    let mut files: Vec<(Format, Vec<u8>)> = others?;
    if figure.formats.contains(&Format::Svg) {
        files.push((Format::Svg, svg.clone().into_bytes()));
    }
    let name = |format: Format| format!("{}.{}", figure.stem, format.extension());
    let files = files.into_iter().map(|(format, bytes)| (name(format), bytes)).collect();
    Ok(Rendered { files, svg })
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
    for (name, _) in done() {
        if let Some(Ok(picture)) = values.pictures.get(name) {
            add(format!("data/{name}.csv"), table::csv(&picture.table()).into_bytes());
        }
    }
    if matches!(selection, Selection::Only(_)) {
        return Ok(files);
    }
    let all = numbers(plan, values);
    add(
        "numbers.json".to_owned(),
        (serde_json::to_string_pretty(&all).unwrap_or_default() + "\n").into_bytes(),
    );
    add("numbers.tex".to_owned(), numbers::tex(&all).into_bytes());
    add("numbers.typ".to_owned(), numbers::typst(&all).into_bytes());
    add(
        "report.html".to_owned(),
        html::page(&report(plan, values, rendered, config))?.into_bytes(),
    );
    let inputs: Vec<manifest::File> = plan
        .data
        .values()
        .filter_map(|d| d.source.input())
        .map(|(name, sha256)| manifest::File { name: name.to_owned(), sha256: sha256.to_owned() })
        .collect();
    let manifest = manifest::json(&json!(plan), &inputs, &listed);
    files.push(File { path: extras.join("manifest.json"), bytes: manifest.into_bytes() });
    Ok(files)
}

/// What failed, each with its reason, in the order of the plan.
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
        .chain(of("baseline", &values.baselines))
        .chain(of("figure", &values.pictures))
        .chain(rendered.iter().filter_map(|(name, outcome)| match outcome {
            Err(Failure::Own(reason)) => Some(format!("render.{name}: {reason}")),
            // Its own numbers have failed, which has been said.
            Err(Failure::Upstream(_)) | Ok(_) => None,
        }))
        .collect()
}

/// Every number that a slide may quote.
fn numbers(plan: &Plan, values: &Values) -> Value {
    let mut data = serde_json::Map::new();
    for (name, node) in &plan.data {
        let shape = node.source.shape();
        data.insert(name.clone(), json!({"points": shape.points, "dimensions": shape.dimensions, "components": shape.components}));
    }
    let mut fits = serde_json::Map::new();
    for (name, fit) in &values.fits {
        if let Ok(fit) = fit {
            let matching = values.scores.get(name).map(|s| s.r#match.inferred_of_true.as_slice());
            fits.insert(name.clone(), fit.summary(matching));
        }
    }
    let mut baselines = serde_json::Map::new();
    for (name, rows) in &values.baselines {
        if let Ok(rows) = rows {
            baselines.insert(name.clone(), json!(rows));
        }
    }
    json!({
        "lecture": plan.lecture,
        "data": data,
        "fit": fits,
        "score": values.scores,
        "baseline": baselines,
    })
}

fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::Converged => "converged",
        Stop::IterationLimit => "iteration limit",
        Stop::NotIterative => "given",
    }
}

fn report<'a>(
    plan: &Plan,
    values: &'a Values,
    rendered: &IndexMap<String, Outcome<Rendered>>,
    config: &'a str,
) -> html::Report<'a> {
    let mut figures = Vec::new();
    for (name, figure) in rendered {
        if let (Ok(figure), Some(Ok(picture)), Some(node)) =
            (figure, values.pictures.get(name), plan.figures.get(name))
        {
            figures.push(html::Figure {
                name: name.clone(),
                stem: node.stem.clone(),
                caption: picture.caption(),
                svg: figure.svg.clone(),
            });
        }
    }
    let fits = values.fits.iter().filter_map(|(name, fit)| {
        let (fit, node) = (fit.as_ref().ok()?, plan.fits.get(name)?);
        Some(html::Fit {
            name: name.clone(),
            kind: node.model.kind(),
            components: fit.components(),
            iterations: fit.iterations(),
            stop: stop(fit.stop).to_owned(),
            elbo: fit.trace.get("elbo").and_then(|t| t.values.last().copied()),
        })
    });
    let title = match (plan.lecture.id, plan.lecture.title.as_str()) {
        (Some(id), "") => format!("Lecture {id}"),
        (Some(id), title) => format!("Lecture {id}: {title}"),
        (None, "") => plan.name.clone(),
        (None, title) => title.to_owned(),
    };
    html::Report {
        title,
        figures,
        fits: fits.collect(),
        scores: values
            .scores
            .iter()
            .map(|(fit, scores)| html::Score { fit: fit.clone(), scores })
            .collect(),
        baselines: values
            .baselines
            .iter()
            .filter_map(|(name, rows)| {
                Some(html::Baseline { name: name.clone(), rows: rows.as_ref().ok()? })
            })
            .collect(),
        failures: failures(values, rendered),
        config,
    }
}
