//! Posterior densities of the component means against the truth.
//!
//! What the viewer should see: how sure the fit is of each mean, and whether the truth lies where
//! the fit says. All panels have the same span, so widths compare.
//!
//! Horizontal: the data's unit. The height carries no number.
//!
//! Keys that matter: `as` (`"density"`, exact, or `"samples"`, a histogram of 1,000 draws as the
//! notebook has it).

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::axes::Range;
use super::histogram::ShownAs;
use super::known::check_at;
use super::slot::{Naming, Slot, slots};
use super::{At, Inputs, Kind, Known, Needs, number};
use crate::diagnostic::Problems;
use crate::math::{histogram, kde};
use crate::model::MeanPosterior;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit, of kind `cavi`.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// How the posterior is drawn; `"density"` by default.
    #[serde(default, rename = "as")]
    shown_as: ShownAs,
}

/// Posteriors that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    #[serde(rename = "as")]
    shown_as: ShownAs,
    panels: usize,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems)?;
        if fit.kind != "cavi" {
            problems
                .at(self.fit.span(), format!("`fit.{}` is of kind `{}`, but `posterior_means` draws the factors q(mu_k) of a `cavi` fit", self.fit.get_ref(), fit.kind))
                .hint("name a fit of kind `cavi`");
            return None;
        }
        if fit.components > MOST_PANELS {
            problems
                .at(self.fit.span(), format!("{} panels do not fit one figure", fit.components))
                .hint(format!("`posterior_means` shows at most {MOST_PANELS} components"));
            return None;
        }
        if !check_at(problems, self.at.as_ref(), &self.fit, Some(fit)) {
            return None;
        }
        Some(Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            shown_as: self.shown_as,
            panels: fit.components,
        })
    }
}

/// More panels than this are too small to read on one page.
const MOST_PANELS: usize = 12;

/// Panels in one row: rows are filled as evenly as they can be.
fn columns(panels: usize) -> usize {
    match panels {
        0..=4 => panels.max(1),
        5 | 6 | 9 => 3,
        _ => 4,
    }
}

/// Draws of `as = "samples"`, as many as the notebook takes.
const DRAWS: usize = 1000;

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        let rows = self.panels.div_ceil(columns(self.panels)).max(1) as f64;
        [10.0, (0.6 + 3.4 * rows).min(7.5)]
    }

    fn least_size(&self) -> [f64; 2] {
        // Each panel has room for its name, its numbers and three ticks.
        let columns = columns(self.panels) as f64;
        let rows = self.panels.div_ceil(columns as usize).max(1) as f64;
        [(0.75 + 1.25 * columns + 0.42 * (columns - 1.0)).max(4.0), 1.1 + 2.0 * rows]
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::PosteriorMeans(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

#[derive(Debug, Clone, Serialize)]
struct Panel {
    slot: Slot,
    mean: f64,
    sd: f64,
    /// Half the length of the central 95 %.
    #[serde(skip)]
    half_95: f64,
    truth: Option<f64>,
    /// The density, or the kernel density estimate of the draws.
    curve: Vec<(f64, f64)>,
    /// Edges and densities of the draws' bars.
    bars: Vec<(f64, f64, f64)>,
}

impl Panel {
    /// The decimals that the standard deviation needs.
    fn digits(&self) -> usize {
        number::digits_in(self.mean, self.mean, self.sd)
    }

    /// The standard deviation, never as 0.
    fn sd_text(&self) -> String {
        if self.sd >= 1e-4 {
            return number::fixed(self.sd, number::digits(self.sd));
        }
        let power = libm::log10(self.sd).floor();
        let multiple = number::fixed(self.sd / libm::pow(10.0, power), 1);
        format!("{multiple}$\\cdot 10^{{{power}}}$")
    }

    /// The highest value that is drawn.
    fn peak(&self) -> f64 {
        let tops = self.curve.iter().map(|p| p.1).chain(self.bars.iter().map(|b| b.2));
        tops.fold(f64::MIN_POSITIVE, f64::max)
    }

    /// How many standard deviations the truth lies away.
    fn distance(&self) -> Option<f64> {
        self.truth.map(|t| (t - self.mean).abs() / self.sd)
    }

    /// Whether the truth lies within the central 95 %.
    fn is_within(&self) -> Option<bool> {
        self.truth.map(|t| (t - self.mean).abs() <= self.half_95)
    }
}

/// The numbers of the posteriors.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    panels: Vec<Panel>,
    half_span: f64,
    /// The iteration, in words, if it is not the last.
    at: Option<String>,
}

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let slots = slots(inputs, Naming::Matched);
        let fit = inputs.fit()?.fit;
        let at = spec.at.of(fit.iterations());
        let words = spec.at.words(fit.iterations(), fit.history);
        let posteriors = fit.mean_posteriors(at).ok_or("the fit has no posterior of the means")?;
        let chosen: Vec<(Slot, MeanPosterior)> = slots
            .into_iter()
            .filter_map(|slot| posteriors.get(slot.inferred?).map(|p| (slot, *p)))
            .collect();
        let truth = |slot: Slot| {
            slot.truth.zip(inputs.dataset.truth.as_ref()).map(|(j, t)| t.means[[j, 0]])
        };
        // Wide enough for the density, and for the truth unless it is far off.
        let half_span = chosen
            .iter()
            .map(|(slot, MeanPosterior { mean, sd, .. })| {
                let away = truth(*slot).map_or(0.0, |t| (t - mean).abs() + 0.8 * sd);
                away.min(8.0 * sd).max(3.6 * sd)
            })
            .fold(f64::MIN_POSITIVE, f64::max);
        let truths: Vec<Option<f64>> = chosen.iter().map(|(slot, ..)| truth(*slot)).collect();
        let panels = chosen
            .into_iter()
            .zip(truths)
            .map(|((slot, posterior), truth)| {
                let (curve, bars) = match spec.shown_as {
                    ShownAs::Density => (density(&posterior, half_span), Vec::new()),
                    ShownAs::Samples => {
                        let draws: Vec<f64> =
                            (0..DRAWS).map(|_| posterior.draw(&mut *inputs.random)).collect();
                        sampled(&draws)
                    }
                };
                let MeanPosterior { mean, sd, half_95, .. } = posterior;
                Panel { slot, mean, sd, half_95, truth, curve, bars }
            })
            .collect();
        Ok(Self { panels, half_span, at: words })
    }

    fn within(&self) -> (usize, usize) {
        let within: Vec<bool> = self.panels.iter().filter_map(Panel::is_within).collect();
        (within.iter().filter(|is_within| **is_within).count(), within.len())
    }

    fn facts(&self) -> Vec<String> {
        let within = match self.within() {
            (_, 0) => format!("{} components", self.panels.len()),
            (0, of) => {
                format!("none of {} truths within 95\u{2009}%", number::word(of).to_lowercase())
            }
            (inside, of) => format!(
                "{} of {} truths within 95\u{2009}%",
                number::word(inside).to_lowercase(),
                number::word(of).to_lowercase()
            ),
        };
        [within].into_iter().chain(self.at.clone()).collect()
    }
}

fn density(posterior: &MeanPosterior, half_span: f64) -> Vec<(f64, f64)> {
    let reach = half_span.min(5.0 * posterior.sd);
    Range::new(posterior.mean - reach, posterior.mean + reach)
        .grid(201)
        .into_iter()
        .map(|x| (x, posterior.density(x)))
        .collect()
}

type Sampled = (Vec<(f64, f64)>, Vec<(f64, f64, f64)>);

fn sampled(draws: &[f64]) -> Sampled {
    let edges = histogram::auto_edges(draws);
    let counts = histogram::counts(draws, &edges);
    let bars = edges
        .windows(2)
        .zip(counts)
        .map(|(e, count)| (e[0], e[1], count as f64 / (draws.len() as f64 * (e[1] - e[0]))))
        .collect();
    let curve = Range::of(draws.iter().copied())
        .zip(kde::Kde::new(draws))
        .map(|(range, kde)| kde.curve(range.low, range.high, 200))
        .unwrap_or_default()
        .into_iter()
        .map(|[x, density]| (x, density))
        .collect();
    (curve, bars)
}
