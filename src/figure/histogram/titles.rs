//! What the title of a histogram says: found from the data and the fit, never typed.

use super::Spec;
use crate::figure::{Inputs, number, phase};
use crate::model::Stop;

/// The words of a histogram.
pub(super) struct Titles {
    pub(super) start: String,
    pub(super) facts: Vec<String>,
    pub(super) caption: String,
    pub(super) truth_text: String,
    pub(super) data_facts: Vec<String>,
}

impl Titles {
    pub(super) fn new(spec: &Spec, inputs: &Inputs<'_>, at: usize) -> Self {
        let points = inputs.dataset.points.nrows();
        let data_facts = data_facts(inputs, points);
        let truth_text = match common_sd(inputs) {
            Some(1.0) => "truth $\\mathcal{N}(x \\mid \\mu_k, 1)$",
            Some(_) => "truth $\\mathcal{N}(x \\mid \\mu_k, \\sigma^2)$",
            None => "truth $\\mathcal{N}(x \\mid \\mu_k, \\sigma_k^2)$",
        };
        let components = match inputs.dataset.components() {
            Some(1) => "One component".to_owned(),
            Some(k) => format!("{} components", number::word(k)),
            None => format!("{} points", number::count(points)),
        };
        let Some(fitted) = &inputs.fitted else {
            let what: Vec<String> =
                [components.to_lowercase()].into_iter().chain(data_facts.clone()).collect();
            let caption =
                format!("Histogram of {} points: {}.", number::count(points), what.join(", "));
            return Self {
                start: components,
                facts: data_facts.clone(),
                data_facts,
                caption,
                truth_text: truth_text.to_owned(),
            };
        };
        let elbo = fitted.fit.trace.get("elbo");
        let now = elbo.and_then(|trace| trace.values.get(at.checked_sub(trace.first)?));
        let value = now.map(|v| format!("ELBO {}", number::fixed(*v, 1)));
        let rise = elbo.and_then(|trace| phase::rise(&trace.values, trace.first));
        let last = fitted.fit.iterations();
        let event = match at {
            _ if fitted.fit.stop == Stop::NotIterative => "given, not inferred",
            _ if at == last && fitted.fit.stop == Stop::Converged => "converged",
            _ if at == last => "stopped at the iteration limit",
            0 => spec.start,
            _ if rise.is_some_and(|r| r.begins == at) => "steepest rise begins",
            _ if rise.is_some_and(|r| r.ends == at) => "steepest rise ends",
            _ => "",
        };
        let score = fitted
            .scores
            .filter(|_| at == last)
            .map(|s| format!("accuracy {:.3}", s.accuracy_matched));
        let facts: Vec<String> = [Some(event.to_owned()).filter(|e| !e.is_empty()), value, score]
            .into_iter()
            .flatten()
            .collect();
        let which = match fitted.fit.stop {
            Stop::NotIterative => "the components".to_owned(),
            _ => format!("the components inferred at iteration {at}"),
        };
        let caption = format!("The data and {which}: {}.", facts.join(", "));
        Self {
            start: format!("t = {at}"),
            facts,
            caption,
            truth_text: truth_text.to_owned(),
            data_facts: vec![format!("{} points", number::count(points))],
        }
    }
}

/// `1,000 points each, unit variance`.
fn data_facts(inputs: &Inputs<'_>, points: usize) -> Vec<String> {
    let Some(labels) = &inputs.dataset.labels else { return Vec::new() };
    let k = inputs.dataset.components().unwrap_or(1);
    let mut counts = vec![0_usize; k];
    for &label in labels {
        counts[label] += 1;
    }
    let equal = counts.iter().all(|&c| c == counts[0]);
    let size = match equal {
        true if k > 1 => format!("{} points each", number::count(counts[0])),
        _ => format!("{} points", number::count(points)),
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
