//! The numbers of the regions of a fit.

use serde::Serialize;

use super::regions::{Regions, covered, regions};
use super::{Components, Levels, Spec};
use crate::data::labels::Labels;
use crate::figure::at::half_step;
use crate::figure::axes::{Extent, Range};
use crate::figure::scatter::HIDE_BELOW;
use crate::figure::slot::{Naming, Slot, slots};
use crate::figure::{Inputs, cloud, estimate};
use crate::math::density::{Density, Field};
use crate::math::gaussian::{Gaussian, kl_divergence};
use crate::math::predictive::{Component, Predictive};
use crate::model::{Fit, Stop};

#[derive(Debug, Clone, Serialize)]
pub(super) struct Estimate {
    pub(super) slot: Slot,
    /// Its weight in the mixture.
    pub(super) weight: f64,
    pub(super) regions: Regions,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Panel {
    pub(super) slot: Option<Slot>,
    pub(super) truth: Option<Regions>,
    /// One estimate, or all of them where there is one panel for all.
    pub(super) estimates: Vec<Estimate>,
    /// What the inference of the same components starts from, if this is a later iteration.
    #[serde(skip)]
    pub(super) starts: Vec<Estimate>,
    /// The 95 % outlines of the other estimates, where several panels show one each.
    pub(super) others: Vec<Vec<[f64; 2]>>,
    /// KL(p || q) in nats, p the truth and q the estimate.
    pub(super) divergence: Option<f64>,
    /// Share of the component's points within the estimate's 95 % region.
    pub(super) covered: Option<f64>,
    /// Whether the estimate's ellipses have a larger area than the truth's.
    pub(super) wider: Option<bool>,
}

/// The numbers of the regions.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    pub(super) panels: Vec<Panel>,
    pub(super) points: Vec<[f64; 2]>,
    pub(super) labels: Option<Labels>,
    pub(super) columns: Vec<String>,
    pub(super) levels: Levels,
    pub(super) shift: [f64; 2],
    pub(super) scale: f64,
    /// Which density of each component has the regions.
    #[serde(skip_serializing_if = "estimate::Estimate::is_plug_in")]
    pub(super) density: estimate::Estimate,
    /// The accuracy, if this is the last iteration.
    pub(super) accuracy: Option<f64>,
    /// The iteration, in words, if it is not the last.
    pub(super) at: Option<String>,
    /// Which iteration it is, or that there is none: `random start, t = 0`, `converged, t = 169`.
    pub(super) moment: String,
    pub(super) model: &'static str,
    pub(super) extent: Extent,
}

impl Picture {
    pub(super) fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fitted = inputs.fit()?;
        let last = fitted.fit.iterations();
        let at = spec.at.of(last);
        let mixture = spec.density.of(fitted.fit, at);
        let slots = slots(inputs, Naming::Matched);
        let points: Vec<[f64; 2]> =
            inputs.dataset.points.rows().into_iter().map(|r| [r[0], r[1]]).collect();
        let data = cloud::extent(inputs)?;
        let changed = |k: usize| -> Result<Component, String> {
            let component = match &mixture.components[k] {
                Component::Normal(normal) => changed(normal, spec).map(Component::Normal),
                other => Some(other.clone()),
            };
            let good = component.filter(|c| c.log_density(&c.shape().mean).is_finite());
            good.ok_or_else(|| {
                format!("the covariance of component {} is not positive definite", k + 1)
            })
        };
        let estimate_of = |slot: Slot| -> Result<Option<(Estimate, Component)>, String> {
            let Some(k) = slot.inferred else { return Ok(None) };
            let component = changed(k)?;
            let (weight, regions) = (mixture.weights[k], regions(&component, spec.levels, data));
            Ok(Some((Estimate { slot, weight, regions }, component)))
        };
        // Where the inference came from, to be shown beside a later iteration.
        let start = (at > 0).then(|| spec.density.of(fitted.fit, 0));
        let start_of = |slot: Slot| {
            let (start, k) = (start.as_ref()?, slot.inferred?);
            let regions = regions(&start.components[k], spec.levels, data);
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
            // The other estimates show which part of the plane this one was left; one that is empty
            // took none.
            let mut outer: Vec<(Slot, Vec<[f64; 2]>)> = Vec::new();
            if spec.panels > 1 && spec.estimate.is_none() && spec.levels == Levels::Mass {
                for &slot in &slots {
                    let estimate = estimate_of(slot)?.filter(|(e, _)| e.weight >= HIDE_BELOW);
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
                    truth.as_ref().zip(estimate.as_ref()).map(|(p, (_, q))| divergence(p, q));
                // Density levels have no 95 % ellipse to speak of.
                let by_mass = estimate.as_ref().filter(|_| spec.levels == Levels::Mass);
                let covered =
                    by_mass.and_then(|(e, q)| covered(inputs, slot.truth?, q, &e.regions));
                let wider = truth.as_ref().zip(estimate.as_ref()).map(|(p, (_, q))| {
                    let q = q.shape();
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
                    truth: truth.map(|t| regions(&Component::Normal(t), spec.levels, data)),
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
        let extent = extent(&panels, data, spec);
        Ok(Self {
            panels,
            points,
            labels: inputs.dataset.labels.clone(),
            columns: inputs.dataset.measured(),
            levels: spec.levels,
            shift: spec.shift,
            scale: spec.scale,
            density: spec.density,
            accuracy: fitted.scores.filter(|_| at == last).map(|s| s.accuracy_matched),
            at: spec.at.words(last, fitted.fit.history),
            moment: moment(fitted.fit, spec.start, at),
            model: fitted.fit.covariance_words(),
            extent,
        })
    }
}

/// A component moved and widened as the figure asks for; `None` if that is no distribution.
fn changed(normal: &Gaussian, spec: &Spec) -> Option<Gaussian> {
    let mean = normal.mean.iter().zip(spec.shift).map(|(m, s)| m + s).collect();
    Gaussian::new(mean, normal.covariance.clone() * spec.scale)
}

/// Beyond so many standard deviations there is nothing of a component to be integrated.
const REACH: f64 = 6.0;

/// KL(p || q) in nats: in closed form, or over a grid where q is not normal.
fn divergence(p: &Gaussian, q: &Component) -> f64 {
    if let Component::Normal(q) = q {
        return kl_divergence(p, q);
    }
    let of = |component: Component| {
        Density::of(&Predictive { weights: vec![1.0], components: vec![component] })
    };
    let (p, q) = (of(Component::Normal(p.clone())), of(q.clone()));
    p.extent(REACH).map_or(f64::NAN, |bounds| Field::new(&p, &bounds).divergence(&q))
}

/// Which iteration is shown, in words.
fn moment(fit: &Fit, start: &str, at: usize) -> String {
    let last = fit.iterations();
    let step = half_step(fit.history, at).unwrap_or_else(|| format!("$t$ = {at}"));
    let event = match fit.stop {
        Stop::NotIterative => return "as given".to_owned(),
        Stop::Converged if at == last => "converged, ",
        Stop::IterationLimit if at == last => "iteration limit, ",
        _ if at == 0 && !start.is_empty() => return format!("{start}, {step}"),
        _ => "",
    };
    format!("{event}{step}")
}

/// All points and all regions by mass. Regions by density are drawn over a window, as matplotlib
/// does it, and end at its edges; so do those of what a component without points predicts, which are
/// far wider than all data.
fn extent(panels: &[Panel], data: Extent, spec: &Spec) -> Extent {
    let regions =
        panels.iter().flat_map(|p| p.truth.iter().chain(p.estimates.iter().map(|e| &e.regions)));
    let regions = regions.filter(|_| spec.levels == Levels::Mass);
    let within = |range: Range, value: f64| {
        let room = MOST_ROOM * range.span();
        value.clamp(range.low - room, range.high + room)
    };
    let vertices: Vec<[f64; 2]> = regions
        .flat_map(|r| r.outlines.iter().flatten())
        .map(|[x, y]| match spec.density {
            estimate::Estimate::PlugIn => [*x, *y],
            estimate::Estimate::Predictive => [within(data.x, *x), within(data.y, *y)],
        })
        .collect();
    cloud::window(data, &vertices)
}

/// Regions that the data do not bound widen the window by so many of their spans to each side.
const MOST_ROOM: f64 = 0.5;
