//! The pages beside the figures: the report, what includes figures in slides, the gallery.

use std::path::Path;

use indexmap::IndexMap;

use super::assertions::Verdict;
use super::{Outcome, Rendered, Values};
use crate::config::Plan;
use crate::config::assert::Assertion;
use crate::config::plan::{Figure, is_swept};
use crate::model::{Fit, Objective, Stop};
use crate::render::{Format, tex};
use crate::report::gallery::{self, Entry};
use crate::report::{html, snippets};

fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::Converged => "converged",
        Stop::IterationLimit => "iteration limit",
        Stop::NotIterative => "given",
    }
}

/// The last value of what a fit makes greatest, if that is this.
fn last(fit: &Fit, objective: Objective) -> Option<f64> {
    fit.trace.get(objective.key())?.values.last().copied()
}

/// What the config says below a figure, or what is made of its numbers.
fn caption(figure: &Figure, rendered: &Rendered) -> String {
    let description = || rendered.description.clone();
    let caption = figure.texts.caption.as_deref().map_or_else(description, tex::plain);
    match &figure.texts.source {
        Some(source) => format!("{caption} Source: {}.", tex::plain(source)),
        None => caption,
    }
}

/// What the report shows.
pub(super) fn report<'a>(
    plan: &Plan,
    values: &'a Values,
    rendered: &IndexMap<String, Outcome<Rendered>>,
    config: &'a str,
) -> html::Report<'a> {
    let mut figures = Vec::new();
    for (name, figure) in rendered {
        if let (Ok(figure), Some(node)) = (figure, plan.figures.get(name)) {
            figures.push(html::Figure {
                name: name.clone(),
                stem: node.stem.clone(),
                caption: caption(node, figure),
                svg: figure.svg.clone(),
            });
        }
    }
    let fits = values.fits.iter().filter_map(|(name, fit)| {
        let (fit, node) = (fit.as_ref().ok()?, plan.fits.get(name).filter(|_| !is_swept(name))?);
        Some(html::Fit {
            name: name.clone(),
            kind: node.model.kind(),
            components: fit.components(),
            iterations: fit.iterations(),
            stop: stop(fit.stop).to_owned(),
            elbo: last(fit, Objective::Elbo),
            log_likelihood: last(fit, Objective::LogLikelihood),
            cost: last(fit, Objective::Cost),
            divergence: last(fit, Objective::Divergence),
            criteria: fit.criteria.map(|c| (c.aic, c.bic)),
        })
    });
    let fits: Vec<html::Fit> = fits.collect();
    html::Report {
        title: title(plan),
        figures,
        has_costs: fits.iter().any(|fit| fit.cost.is_some()),
        has_divergences: fits.iter().any(|fit| fit.divergence.is_some()),
        has_likelihoods: fits.iter().any(|fit| fit.log_likelihood.is_some()),
        fits,
        scores: values
            .scores
            .iter()
            .filter(|(fit, _)| !is_swept(fit))
            .map(|(fit, scores)| html::Score { fit: fit.clone(), scores })
            .collect(),
        sweeps: values
            .sweeps
            .iter()
            .filter_map(|(name, compared)| Some(html::Sweep::new(name, compared.as_ref().ok()?)))
            .collect(),
        predictions: values
            .predictions
            .iter()
            .filter_map(|(name, predicted)| {
                let node = plan.predictions.get(name)?;
                let prediction = &predicted.as_ref().ok()?.prediction;
                Some(html::Prediction {
                    name: name.clone(),
                    data: node.data.clone(),
                    fit: node.fit.clone(),
                    points: prediction.labels.len(),
                    means: prediction.means(),
                })
            })
            .collect(),
        baselines: values
            .baselines
            .iter()
            .filter_map(|(name, rows)| {
                Some(html::Baseline { name: name.clone(), rows: rows.as_ref().ok()? })
            })
            .collect(),
        failures: super::outputs::failures(values, rendered),
        broken: super::assertions::broken(plan, values),
        assertions: values
            .assertions
            .iter()
            .filter_map(|(name, verdict)| assertion(name, plan.assertions.get(name)?, verdict))
            .collect(),
        config,
    }
}

/// A row of the table of assertions; those that could not be judged are among the failures.
fn assertion(
    name: &str,
    assertion: &Assertion,
    verdict: &Outcome<Verdict>,
) -> Option<html::Assertion> {
    let verdict = verdict.as_ref().ok()?;
    Some(html::Assertion {
        name: name.to_owned(),
        that: assertion.that.clone(),
        value: verdict.value.clone(),
        holds: verdict.holds,
    })
}

/// What the lecture is called.
fn title(plan: &Plan) -> String {
    match (plan.lecture.id, plan.lecture.title.as_str()) {
        (Some(id), "") => format!("Lecture {id}"),
        (Some(id), title) => format!("Lecture {id}: {title}"),
        (None, "") => plan.name.clone(),
        (None, title) => title.to_owned(),
    }
}

/// The figures that were made, as texts and slides include them; `extras` is the folder of the
/// snippets.
pub(super) fn shown(
    plan: &Plan,
    rendered: &IndexMap<String, Outcome<Rendered>>,
    extras: &Path,
) -> Vec<snippets::Figure> {
    let folder = pathdiff::diff_paths(&plan.output.figures, extras);
    let folder = folder.unwrap_or_else(|| plan.output.figures.clone());
    let parts: Vec<String> =
        folder.iter().map(|part| part.to_string_lossy().into_owned() + "/").collect();
    let mut shown = Vec::new();
    for (name, outcome) in rendered {
        let (Ok(rendered), Some(figure)) = (outcome, plan.figures.get(name)) else { continue };
        let written = figure.texts.caption.clone();
        shown.push(snippets::Figure {
            name: name.clone(),
            stem: figure.stem.clone(),
            steps: figure.steps.len(),
            caption: caption(figure, rendered),
            written: match (written, &figure.texts.source) {
                (Some(caption), Some(source)) => format!("{caption} Source: {source}."),
                (Some(caption), None) => caption,
                (None, _) => caption(figure, rendered),
            },
            description: rendered.description.clone(),
            label: figure.texts.label.clone(),
            folder: parts.concat(),
        });
    }
    shown
}

/// The page of all pictures that browsers show: PNG, or else SVG.
pub(super) fn gallery(plan: &Plan, shown: &[snippets::Figure]) -> String {
    let entries: Vec<Entry> = shown
        .iter()
        .filter_map(|shown| {
            let figure = plan.figures.get(&shown.name)?;
            let format =
                [Format::Png, Format::Svg].into_iter().find(|f| figure.formats.contains(f))?;
            let times = plan.png_scales.iter().copied().min().filter(|_| format == Format::Png);
            let mut pictures = Vec::new();
            for (index, theme) in figure.themes.iter().enumerate() {
                let stem = figure.stem_in(index);
                let theme = if index == 0 { "" } else { theme.as_str() };
                let file = |stem: &str| format.file(stem, times.unwrap_or(1));
                pictures.push((file(&stem), theme.to_owned()));
                for step in 1..=figure.steps.len() {
                    let what = format!("{theme} step {step}").trim().to_owned();
                    pictures.push((file(&format!("{stem}_{step}")), what));
                }
                if figure.animation.is_some() {
                    let what = format!("{theme} animation").trim().to_owned();
                    pictures.push((format!("{stem}_animation.gif"), what));
                }
            }
            Some(Entry { figure: shown.clone(), pictures })
        })
        .collect();
    gallery::page(&title(plan), &entries)
}
