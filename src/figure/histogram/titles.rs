//! What the title of a histogram says: found from the data and the fit, never typed.

use crate::figure::at::after;
use crate::figure::words::capital;
use serde::Serialize;
use serde_json::{Value, json};

use super::Spec;
use crate::figure::estimate::Estimate;
use crate::figure::slot::Naming;
use crate::figure::{Fitted, Inputs, number, phase};
use crate::model::{Best, History, Objective, Stop};
use crate::score::Scores;

/// The words of a histogram.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Titles {
    pub(super) start: String,
    pub(super) facts: Vec<String>,
    /// The facts in fewer words, for panels of a grid.
    #[serde(skip)]
    pub(super) brief: Vec<String>,
    pub(super) caption: String,
    pub(super) truth_text: String,
    /// What there is to say of the data alone.
    #[serde(skip)]
    pub(super) data_facts: Vec<String>,
    /// What is said of an iteration, for slides to quote.
    #[serde(skip)]
    pub(super) numbers: Value,
}

impl Titles {
    pub(super) fn new(spec: &Spec, inputs: &Inputs<'_>, at: usize) -> Self {
        let truth_text = match common_sd(inputs) {
            Some(1.0) => "truth $\\mathcal{N}(x \\mid \\mu_k, 1)$",
            Some(_) => "truth $\\mathcal{N}(x \\mid \\mu_k, \\sigma^2)$",
            None => "truth $\\mathcal{N}(x \\mid \\mu_k, \\sigma_k^2)$",
        };
        let truth_text = truth_text.to_owned();
        let points = inputs.dataset.points.nrows();
        let words = match &inputs.fitted {
            Some(fitted) => Self::of_fit(fitted, spec, points, at),
            None => Self::of_data(inputs),
        };
        Self { truth_text, ..words }
    }

    fn of_data(inputs: &Inputs<'_>) -> Self {
        let points = number::counted(inputs.dataset.points.nrows(), "point");
        let components = match inputs.dataset.components() {
            Some(1) => Some("One component".to_owned()),
            Some(k) => Some(format!("{} components", number::word(k))),
            None => None,
        };
        let facts = data_facts(inputs, &points);
        // The number of points begins the caption.
        let others = facts.iter().filter(|f| **f != points).cloned();
        let what: Vec<String> = components.iter().map(|c| c.to_lowercase()).chain(others).collect();
        let caption = match what.is_empty() {
            true => format!("Histogram of {points}."),
            false => format!("Histogram of {points}: {}.", what.join(", ")),
        };
        Self {
            start: components.unwrap_or(points),
            brief: facts.clone(),
            data_facts: facts.clone(),
            facts,
            caption,
            truth_text: String::new(),
            numbers: Value::Null,
        }
    }

    fn of_fit(fitted: &Fitted<'_>, spec: &Spec, points: usize, at: usize) -> Self {
        let (stop, last) = (fitted.fit.stop, fitted.fit.iterations());
        let objective = fitted.fit.objective();
        let whole = fitted.fit.history == History::Iterations;
        let greatest = objective.filter(|(what, _)| whole && what.best() == Best::Greatest);
        let rise = greatest.and_then(|(_, trace)| phase::rise(&trace.values, trace.first));
        let event = match at {
            _ if stop == Stop::NotIterative => "not inferred",
            _ if at == last && stop == Stop::Converged => "converged",
            _ if at == last => "stopped at the iteration limit",
            0 => spec.start,
            _ if rise.is_some_and(|r| r.begins == at) => "steepest rise begins",
            _ if rise.is_some_and(|r| r.ends == at) => "steepest rise ends",
            _ => "",
        };
        let short = match event {
            "stopped at the iteration limit" => "iteration limit",
            event => event.strip_prefix("steepest ").unwrap_or(event),
        };
        let value = objective.and_then(|(what, trace)| {
            Some((what, trace.values.get(at.checked_sub(trace.first)?)?))
        });
        let score = fitted.scores.filter(|_| at == last).map(|s| accuracy(s, spec.labels));
        let said = |event: &str, digits: usize| -> Vec<String> {
            let event = Some(event.to_owned()).filter(|e| !e.is_empty());
            let digits = |what: Objective, value: f64| match what {
                Objective::Divergence => number::digits(value).clamp(2, 4),
                _ => digits,
            };
            let value = value.map(|(what, v)| {
                format!("{} {}", what.label(), number::fixed(*v, digits(what, *v)))
            });
            let facts = match spec.labels {
                Naming::Matched => [event, value, score.clone()],
                Naming::Raw => [event, score.clone(), value],
            };
            facts.into_iter().flatten().collect()
        };
        let facts = said(event, 1);
        let which = match stop {
            Stop::NotIterative => "the given components".to_owned(),
            _ => match after(fitted.fit.history, at) {
                Some(after) => format!("the components {after}"),
                None => format!("the components inferred at iteration {at}"),
            },
        };
        let which = match spec.estimate {
            Estimate::PlugIn => which,
            Estimate::Predictive => format!("the predictive densities of {which}"),
        };
        let which = [which].into_iter().chain((!facts.is_empty()).then(|| facts.join(", ")));
        let caption = format!("The data and {}.", which.collect::<Vec<_>>().join(": "));
        let naming = match spec.labels {
            Naming::Matched => "",
            Naming::Raw => " Names and colours are by the index that each has in the fit.",
        };
        let start = match stop {
            Stop::NotIterative => "Given".to_owned(),
            _ => match after(fitted.fit.history, at) {
                Some(after) => capital(&after),
                None => format!("t = {at}"),
            },
        };
        Self {
            start,
            facts,
            brief: said(short, 0),
            caption: caption + naming,
            truth_text: String::new(),
            data_facts: vec![number::counted(points, "point")],
            numbers: match stop {
                Stop::NotIterative => Value::Null,
                _ => {
                    let key = objective.map_or("elbo", |(what, _)| what.key());
                    json!({"iteration": at, key: value.map(|(_, v)| v)})
                }
            },
        }
    }
}

/// How many points have the label of the component that most probably drew them.
fn accuracy(scores: &Scores, naming: Naming) -> String {
    match naming {
        Naming::Matched => format!("accuracy {:.3}", scores.accuracy_matched),
        Naming::Raw => {
            format!("accuracy {:.3}, matched {:.3}", scores.accuracy, scores.accuracy_matched)
        }
    }
}

/// `1,000 points each, unit variance`.
fn data_facts(inputs: &Inputs<'_>, points: &str) -> Vec<String> {
    let Some(labels) = &inputs.dataset.labels else { return Vec::new() };
    let k = inputs.dataset.components().unwrap_or(1);
    let mut counts = vec![0_usize; k];
    for label in labels.iter() {
        counts[label] += 1;
    }
    let equal = counts.iter().all(|&c| c == counts[0]);
    let size = match equal {
        true if k > 1 => format!("{} each", number::counted(counts[0], "point")),
        _ => points.to_owned(),
    };
    let spread = common_sd(inputs).map(|sd| match sd {
        1.0 => "unit variance".to_owned(),
        sd => format!("standard deviation {}", number::short(sd, number::digits(sd) + 1)),
    });
    [size].into_iter().chain(spread).collect()
}

/// The standard deviation that all true components share, if they do.
fn common_sd(inputs: &Inputs<'_>) -> Option<f64> {
    let truth = inputs.dataset.truth.as_ref()?;
    let first = truth.covariances.first()?[[0, 0]];
    truth.covariances.iter().all(|c| c[[0, 0]] == first).then(|| first.sqrt())
}
