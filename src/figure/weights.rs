//! Weights of the mixture: which components a fit keeps, and how large each is.
//!
//! What the viewer should see: the components that the fit has no use for are at zero, and the
//! others stand before the shares that they should have. A pale wide bar is the truth, a strong
//! narrow one the estimate.
//!
//! Horizontal: components, the true ones first, then inferred ones without a match from the heaviest
//! to the lightest of the last iteration. Vertical: share of the mixture, with the central 95 % of its posterior where the
//! model infers weights. The range is that of all iterations, so that figures of one fit compare.
//!
//! Keys that matter: `kept_above` (from which weight on a component counts as kept).

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::axes::Range;
use super::known::{check_assigns, check_at};
use super::slot::{Naming, Slot, slots};
use super::{At, Inputs, Kind, Known, Needs};
use crate::diagnostic::Problems;
use crate::model::KEPT_ABOVE;
use crate::setting;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Components with a larger weight than this are kept; 0.01 by default.
    #[schemars(
        with = "Option<f64>",
        range(min = 0),
        extend("exclusiveMaximum" = 1, "default" = KEPT_ABOVE)
    )]
    kept_above: Option<Spanned<f64>>,
}

/// Bars that can be made.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    kept_above: f64,
}

/// A weight below this is no number to quote.
const SMALLEST: f64 = 0.001;

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems);
        let mut good = fit.is_some();
        good &= check_at(problems, self.at.as_ref(), &self.fit, fit);
        good &= check_assigns(problems, &self.fit, fit, "weights");
        if let Some(written) = &self.kept_above {
            let finite = setting::finite(problems, "`kept_above`", written);
            if finite && !(0.0..1.0).contains(written.get_ref()) {
                problems
                    .at_value(
                        written.span(),
                        format!(
                            "`kept_above` must be from 0 up to, not including, 1, but is {}",
                            written.get_ref()
                        ),
                    )
                    .hint("it is a share of the mixture: write 0.01 for one point of a hundred");
            }
            good &= (0.0..1.0).contains(written.get_ref());
        }
        let kept_above = self.kept_above.as_ref().map_or(KEPT_ABOVE, |k| *k.get_ref());
        good.then(|| Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            kept_above,
        })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 3.0]
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::Weights(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// One component: its true weight, its inferred one, or both.
#[derive(Debug, Clone, Serialize)]
struct Bar {
    slot: Slot,
    /// The weight in the mixture that the points were drawn from, or the share of their labels.
    truth: Option<f64>,
    /// `E[pi_k]`.
    weight: Option<f64>,
    /// Ends of the central 95 % of the posterior of `pi_k`.
    interval: Option<(f64, f64)>,
}

impl Bar {
    /// The top of whatever is drawn of it.
    fn top(&self) -> f64 {
        let ends = [self.truth, self.weight, self.interval.map(|(_, high)| high)];
        ends.into_iter().flatten().fold(0.0, f64::max)
    }
}

/// The numbers of the bars.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    bars: Vec<Bar>,
    /// How many of the last bars have next to no weight at the last iteration.
    negligible: usize,
    kept_above: f64,
    /// How many inferred components are kept.
    kept: usize,
    /// How many are inferred.
    components: usize,
    /// What the model assumes of the weights.
    assumed: &'static str,
    /// The accuracy, if this is the last iteration.
    accuracy: Option<f64>,
    /// The iteration, in words, if it is not the last.
    at: Option<String>,
    /// The vertical range, without room for numbers above the bars.
    heights: Range,
}

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fitted = inputs.fit()?;
        let fit = fitted.fit;
        let last = fit.iterations();
        let at = spec.at.of(last);
        let weights = fit.mixture(at).weights;
        let intervals = fit.weight_intervals(at);
        let mut bars: Vec<Bar> = slots(inputs, Naming::Matched)
            .into_iter()
            .map(|slot| Bar {
                slot,
                truth: slot.truth.and_then(|j| true_weight(inputs, j)),
                weight: slot.inferred.map(|k| weights[k]),
                interval: slot.inferred.zip(intervals.as_ref()).map(|(k, all)| all[k]),
            })
            .collect();
        let known = bars.iter().take_while(|b| b.slot.truth.is_some()).count();
        // In the order of the last iteration at all of them, so that bars keep their places.
        let ends = fit.mixture(last).weights;
        let end = |bar: &Bar| bar.slot.inferred.map_or(0.0, |k| ends[k]);
        bars[known..].sort_by(|a, b| end(b).total_cmp(&end(a)));
        let negligible = bars[known..].iter().rev().take_while(|b| end(b) < SMALLEST).count();
        let of_all = (0..=last).flat_map(|t| fit.mixture(t).weights);
        let tops = bars.iter().map(Bar::top).chain(of_all);
        let heights = Range::new(0.0, tops.fold(f64::MIN_POSITIVE, f64::max));
        Ok(Self {
            bars,
            negligible,
            kept_above: spec.kept_above,
            kept: weights.iter().filter(|w| **w > spec.kept_above).count(),
            components: weights.len(),
            assumed: fit.weight_words(),
            accuracy: fitted.scores.filter(|_| at == last).map(|s| s.accuracy_matched),
            at: spec.at.words(last, fit.history),
            heights,
        })
    }

    /// Whether the weights were inferred, so that keeping a component is a finding.
    fn is_inferred(&self) -> bool {
        self.bars.iter().any(|b| b.interval.is_some())
    }
}

/// The weight of true component `j` in the mixture that the points were drawn from, or else its
/// share of the labels.
fn true_weight(inputs: &Inputs<'_>, j: usize) -> Option<f64> {
    if let Some(truth) = &inputs.dataset.truth {
        return truth.weights.get(j).copied();
    }
    let labels = inputs.dataset.labels.as_ref().filter(|l| !l.is_empty())?;
    let own = labels.iter().filter(|l| *l == j).count();
    Some(own as f64 / labels.len() as f64)
}
