//! Two-dimensional data with regions of the true and the inferred components.
//!
//! What the viewer should see: how well the dashed estimate covers the filled truth, component by
//! component. Both axes have the same scale, so a circle is a circle.
//!
//! Axes: the data's units. Regions hold 50 and 95 % of a component's mass: a normal distribution in
//! two dimensions has mass p within the Mahalanobis radius sqrt(-2 ln(1 - p)).
//!
//! Keys that matter: `components` (`"all"`, a panel each, or a list of true components, counted
//! from 0); `estimate` (draw the estimate of another component); `shift` and `scale` (move the
//! estimate and multiply its covariance); `levels` (`"mass"`, or `"density"` for the levels that
//! matplotlib picks).

mod draw;
mod facts;
mod plane;
mod regions;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use self::regions::{Regions, covered, regions};
use super::axes::Extent;
use super::known::{check_at, check_dimension};
use super::slot::{Naming, Slot, slots};
use super::word_or_list::word_or_list;
use super::{At, Inputs, Kind, Known, KnownFit, Needs, SharedAxes, cloud};
use crate::data::labels::Labels;
use crate::diagnostic::Problems;
use crate::math::gaussian::{Gaussian, kl_divergence};
use crate::model::Stop;
use crate::setting;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit, of two-dimensional data.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Which components have a panel; `"all"` by default.
    #[schemars(with = "Option<Components>", extend("default" = "all"))]
    components: Option<Spanned<Components>>,
    /// The true component whose estimate is drawn in place of each panel's own.
    #[schemars(with = "Option<usize>")]
    estimate: Option<Spanned<usize>>,
    /// By how much the estimate is moved.
    #[schemars(
        with = "Option<[f64; 2]>",
        inner(range(min = -MOST_SHIFT, max = MOST_SHIFT)),
        extend("default" = [0.0, 0.0])
    )]
    shift: Option<[Spanned<f64>; 2]>,
    /// By what the estimate's covariance is multiplied.
    #[schemars(
        with = "Option<f64>",
        range(min = *SCALES.start(), max = *SCALES.end()),
        extend("default" = 1.0)
    )]
    scale: Option<Spanned<f64>>,
    /// How regions are bounded; `"mass"` by default.
    #[serde(default)]
    levels: Levels,
}

/// Which components have a panel.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum Components {
    /// Each one.
    #[default]
    #[schemars(with = "String", extend("const" = "all"))]
    All,
    /// These, counted from 0.
    Indices(#[schemars(length(min = 1, max = MOST_PANELS))] Vec<usize>),
}

impl<'de> Deserialize<'de> for Components {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word_or_list(
            deserializer,
            &[("all", Self::All)],
            Self::Indices,
            "components, counted from 0",
        )
    }
}

/// How regions are bounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Levels {
    /// Where 50 and 95 % of the mass lie.
    #[default]
    Mass,
    /// At the density levels that matplotlib picks.
    Density,
}

/// Regions that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    components: Components,
    estimate: Option<usize>,
    shift: [f64; 2],
    scale: f64,
    levels: Levels,
    panels: usize,
    /// How the inference starts, in words.
    start: &'static str,
}

impl Options {
    /// Draws this component alone.
    pub(super) fn choose(&mut self, component: Spanned<usize>) {
        let only = Components::Indices(vec![*component.get_ref()]);
        self.components = Some(Spanned::new(component.span(), only));
    }

    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems);
        let mut good =
            fit.is_some_and(|f| check_dimension(problems, &self.fit, &f.shape, "contour", 2));
        // What can be named: the true components, or the inferred ones where no truth is known.
        let count = fit.map(|f: &KnownFit| f.shape.components.unwrap_or(f.components));
        let exists = |problems: &mut Problems, span: std::ops::Range<usize>, k: usize| {
            let Some(count) = count.filter(|c| k >= *c) else { return true };
            problems
                .at(span, format!("there is no component {k}: there are {count}"))
                .hint(format!("components are counted from 0 to {}", count.saturating_sub(1)));
            false
        };
        let components = self.components.as_ref().map_or(Components::All, |c| c.get_ref().clone());
        if let (Components::Indices(indices), Some(written)) = (&components, &self.components) {
            for &k in indices {
                good &= exists(problems, written.span(), k);
            }
            if indices.is_empty() {
                problems
                    .at(written.span(), "there is nothing to draw in an empty list")
                    .hint("write \"all\", or the components to draw");
                good = false;
            }
        }
        if let Some(estimate) = &self.estimate {
            good &= exists(problems, estimate.span(), *estimate.get_ref());
        }
        for value in self.shift.iter().flatten() {
            let finite = setting::finite(problems, "`shift`", value);
            if finite && value.get_ref().abs() > MOST_SHIFT {
                problems
                    .at(
                        value.span(),
                        format!(
                            "`shift` must be at most {MOST_SHIFT}, but is {:e}",
                            value.get_ref()
                        ),
                    )
                    .hint("move the estimate by about as much as the data spread");
                good = false;
            }
            good &= finite;
        }
        if let Some(scale) = &self.scale {
            let positive = setting::positive(problems, "`scale`", scale);
            if positive && !SCALES.contains(scale.get_ref()) {
                let (low, high) = (SCALES.start(), SCALES.end());
                problems
                    .at(
                        scale.span(),
                        format!(
                            "`scale` must be from {low} to {high}, but is {:e}",
                            scale.get_ref()
                        ),
                    )
                    .hint("3 is clearly too wide, and 0.5 too narrow");
                good = false;
            }
            good &= positive;
        }
        good &= check_at(problems, self.at.as_ref(), &self.fit, fit);
        let panels = match (&components, count) {
            (Components::Indices(indices), _) => indices.len(),
            (Components::All, Some(count)) if fit.is_some_and(|f| f.shape.components.is_some()) => {
                count
            }
            (Components::All, _) => 1,
        };
        if panels > MOST_PANELS {
            let span = self.components.as_ref().map_or(self.fit.span(), |c| c.span());
            problems
                .at(span, format!("{panels} panels do not fit one figure"))
                .hint(format!("name at most {MOST_PANELS} `components`"));
            good = false;
        }
        good.then(|| Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            components,
            estimate: self.estimate.as_ref().map(|e| *e.get_ref()),
            shift: self.shift.as_ref().map_or([0.0; 2], |s| [*s[0].get_ref(), *s[1].get_ref()]),
            scale: self.scale.as_ref().map_or(1.0, |s| *s.get_ref()),
            levels: self.levels,
            panels,
            start: fit.map_or("", |f| f.start),
        })
    }
}

/// A covariance that is multiplied by more, or less, is a dot or fills the plane.
const SCALES: std::ops::RangeInclusive<f64> = 0.001..=1000.0;

/// Estimates are not moved farther than this.
const MOST_SHIFT: f64 = 1e6;

/// Panels in one row.
fn columns(panels: usize) -> usize {
    if panels <= 6 { panels.min(3) } else { 4 }
}

/// More panels than this are too small to read on one page.
const MOST_PANELS: usize = 12;

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        match self.panels {
            0 | 1 => [5.0, 5.0],
            2 => [8.4, 4.0],
            n => [12.0, (0.5 + 3.5 * n.div_ceil(columns(n)) as f64).min(7.5)],
        }
    }

    fn least_size(&self) -> [f64; 2] {
        let columns = columns(self.panels.max(1));
        let rows = self.panels.max(1).div_ceil(columns) as f64;
        [(0.9 + 1.55 * columns as f64).max(4.0), 1.2 + 2.3 * rows]
    }

    fn shared_axes(&self) -> Option<SharedAxes> {
        Some(SharedAxes::Plane)
    }

    fn labelled_columns(&self) -> usize {
        2
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::Contour(Self { at, ..self.clone() }))
    }

    fn component(&self) -> Option<usize> {
        match &self.components {
            Components::Indices(indices) if indices.len() == 1 => indices.first().copied(),
            _ => None,
        }
    }

    fn has_layers(&self) -> bool {
        true
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

#[derive(Debug, Clone, Serialize)]
struct Estimate {
    slot: Slot,
    /// Its weight in the mixture.
    weight: f64,
    regions: Regions,
}

#[derive(Debug, Clone, Serialize)]
struct Panel {
    slot: Option<Slot>,
    truth: Option<Regions>,
    /// One estimate, or all of them where there is one panel for all.
    estimates: Vec<Estimate>,
    /// What the inference of the same components starts from, if this is a later iteration.
    #[serde(skip)]
    starts: Vec<Estimate>,
    /// The 95 % outlines of the other estimates, where several panels show one each.
    others: Vec<Vec<[f64; 2]>>,
    /// KL(p || q) in nats, p the truth and q the estimate.
    divergence: Option<f64>,
    /// Share of the component's points within the estimate's 95 % region.
    covered: Option<f64>,
    /// Whether the estimate's ellipses have a larger area than the truth's.
    wider: Option<bool>,
}

/// The numbers of the regions.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    panels: Vec<Panel>,
    points: Vec<[f64; 2]>,
    labels: Option<Labels>,
    columns: Vec<String>,
    levels: Levels,
    shift: [f64; 2],
    scale: f64,
    /// The accuracy, if this is the last iteration.
    accuracy: Option<f64>,
    /// The iteration, in words, if it is not the last.
    at: Option<String>,
    /// Which iteration it is, or that there is none: `random start, t = 0`, `converged, t = 169`.
    moment: String,
    model: &'static str,
    extent: Extent,
}

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fitted = inputs.fit()?;
        let last = fitted.fit.iterations();
        let at = spec.at.of(last);
        let mixture = fitted.fit.mixture(at);
        let slots = slots(inputs, Naming::Matched);
        let points: Vec<[f64; 2]> =
            inputs.dataset.points.rows().into_iter().map(|r| [r[0], r[1]]).collect();
        let data = cloud::extent(inputs)?;
        let changed = |k: usize| -> Result<Gaussian, String> {
            let component = mixture.component(k);
            let mean = component.mean.iter().zip(spec.shift).map(|(m, s)| m + s).collect();
            Gaussian::new(mean, component.covariance.clone() * spec.scale).ok_or_else(|| {
                format!("the covariance of component {} is not positive definite", k + 1)
            })
        };
        let estimate_of = |slot: Slot| -> Result<Option<(Estimate, Gaussian)>, String> {
            let Some(k) = slot.inferred else { return Ok(None) };
            let gaussian = changed(k)?;
            let (weight, regions) = (mixture.weights[k], regions(&gaussian, spec.levels, data));
            Ok(Some((Estimate { slot, weight, regions }, gaussian)))
        };
        // Where the inference came from, to be shown beside a later iteration.
        let start = (at > 0).then(|| fitted.fit.mixture(0));
        let start_of = |slot: Slot| {
            let (start, k) = (start.as_ref()?, slot.inferred?);
            let regions = regions(&start.component(k), spec.levels, data);
            Some(Estimate { slot, weight: start.weights[k], regions })
        };
        let mut panels = Vec::new();
        let known = slots.iter().any(|s| s.truth.is_some());
        if known || spec.components != Components::All {
            let chosen: Vec<Slot> = match &spec.components {
                Components::All => slots.iter().copied().filter(|s| s.truth.is_some()).collect(),
                Components::Indices(list) => {
                    list.iter().filter_map(|k| slots.get(*k).copied()).collect()
                }
            };
            // The other estimates show which part of the plane this one was left.
            let mut outer: Vec<(Slot, Vec<[f64; 2]>)> = Vec::new();
            if spec.panels > 1 && spec.estimate.is_none() && spec.levels == Levels::Mass {
                for &slot in &slots {
                    let estimate = estimate_of(slot)?;
                    let outline = estimate.and_then(|(e, _)| e.regions.outlines.into_iter().next());
                    outer.extend(outline.map(|outline| (slot, outline)));
                }
            }
            for slot in chosen {
                let shown = spec.estimate.and_then(|k| slots.get(k).copied()).unwrap_or(slot);
                let estimate = estimate_of(shown)?;
                let truth =
                    slot.truth.zip(inputs.dataset.truth.as_ref()).map(|(j, t)| t.component(j));
                let divergence =
                    truth.as_ref().zip(estimate.as_ref()).map(|(p, (_, q))| kl_divergence(p, q));
                // Density levels have no 95 % ellipse to speak of.
                let by_mass = estimate.as_ref().filter(|_| spec.levels == Levels::Mass);
                let covered = by_mass.and_then(|(_, q)| covered(inputs, slot.truth?, q));
                let wider = truth.as_ref().zip(estimate.as_ref()).map(|(p, (_, q))| {
                    let area = |g: &Gaussian| {
                        let c = &g.covariance;
                        c[[0, 0]] * c[[1, 1]] - c[[0, 1]] * c[[1, 0]]
                    };
                    area(q) > area(p)
                });
                let others = outer.iter().filter(|(other, _)| *other != slot);
                panels.push(Panel {
                    slot: Some(slot),
                    starts: start_of(shown).into_iter().collect(),
                    others: others.map(|(_, outline)| outline.clone()).collect(),
                    truth: truth.map(|t| regions(&t, spec.levels, data)),
                    estimates: estimate.into_iter().map(|(e, _)| e).collect(),
                    divergence,
                    covered,
                    wider,
                });
            }
        } else {
            let mut estimates = Vec::new();
            for slot in &slots {
                estimates.extend(estimate_of(*slot)?.map(|(e, _)| e));
            }
            panels.push(Panel {
                slot: None,
                truth: None,
                estimates,
                starts: slots.iter().filter_map(|slot| start_of(*slot)).collect(),
                others: Vec::new(),
                divergence: None,
                covered: None,
                wider: None,
            });
        }
        let extent = extent(&panels, data, spec.levels);
        Ok(Self {
            panels,
            points,
            labels: inputs.dataset.labels.clone(),
            columns: inputs.dataset.measured(),
            levels: spec.levels,
            shift: spec.shift,
            scale: spec.scale,
            accuracy: fitted.scores.filter(|_| at == last).map(|s| s.accuracy_matched),
            at: spec.at.words(last),
            moment: moment(fitted.fit.stop, spec.start, at, last),
            model: fitted.fit.covariance_words(),
            extent,
        })
    }
}

/// Which iteration of `last` is shown, in words.
fn moment(stop: Stop, start: &str, at: usize, last: usize) -> String {
    let event = match stop {
        Stop::NotIterative => return "as given".to_owned(),
        Stop::Converged if at == last => "converged, ",
        Stop::IterationLimit if at == last => "iteration limit, ",
        _ if at == 0 && !start.is_empty() => return format!("{start}, $t$ = 0"),
        _ => "",
    };
    format!("{event}$t$ = {at}")
}

/// All points and all regions by mass. Regions by density are drawn over a window, as matplotlib
/// does it, and end at its edges.
fn extent(panels: &[Panel], data: Extent, levels: Levels) -> Extent {
    let regions =
        panels.iter().flat_map(|p| p.truth.iter().chain(p.estimates.iter().map(|e| &e.regions)));
    let regions = regions.filter(|_| levels == Levels::Mass);
    let vertices: Vec<[f64; 2]> =
        regions.flat_map(|r| r.outlines.iter().flatten().copied()).collect();
    cloud::window(data, &vertices)
}
