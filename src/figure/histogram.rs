//! Histograms of one-dimensional data, with the true and the inferred components.
//!
//! What the viewer should see: without a fit, which humps the model is given and what they are made
//! of; with a fit, the dashed estimates walking onto the solid truth from one iteration to the
//! next, and below in lanes the posterior of each mean with the way that it came.
//!
//! Horizontal: the data's unit. Vertical: points per bin; every curve is a density times the number
//! of points times the bin width, so that it lies on its bars.
//!
//! Keys that matter: `fit` and `at`; `predictive` (what each component predicts, in place of its
//! plug-in density); `bins` (`"grid"`, one common grid, or `"auto"`, seaborn's own
//! bins for each component); `as` (`"density"`, the exact curve, or `"samples"`, a histogram of as
//! many draws as the component has points); `kde`; `labels` (`"matched"`, or `"raw"` to show which
//! index the fit gave to which component).

mod bars;
mod bound;
mod curves;
mod draw;
mod names;
mod titles;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

pub use self::bars::Bins;
use self::bars::{Bars, Grid};
use self::bound::Bound;
use self::curves::{Curve, Role};
use self::names::Name;
use self::titles::Titles;
use super::axes::{Extent, Range, nice_step};
use super::estimate::Estimate;
use super::known::{check_at, check_dimension};
use super::lanes::{self, Lane};
use super::slot::{Naming, Slot, slots};
use super::{At, Inputs, Kind, Known, Needs, SharedAxes};
use crate::data::labels::Labels;
use crate::diagnostic::Problems;
use crate::math::predictive::{Component, Predictive};
use crate::random::Random;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The data set.
    #[schemars(with = "String")]
    data: Spanned<String>,
    /// The fit whose components are drawn; none by default.
    #[schemars(with = "Option<String>")]
    pub(super) fit: Option<Spanned<String>>,
    /// The iteration: a number or `"final"` (default).
    #[serde(default)]
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Whether components are drawn as the posterior predictive density has them, in which what is
    /// not known of the parameters is integrated out; false by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    predictive: Option<Spanned<bool>>,
    /// How the bars are cut; `"grid"` by default.
    #[serde(default)]
    bins: Bins,
    /// Whether a kernel density estimate of each component's points is drawn instead of the truth.
    #[serde(default)]
    kde: bool,
    /// How inferred components are drawn; `"density"` by default.
    #[serde(rename = "as")]
    #[schemars(with = "Option<ShownAs>", extend("default" = "density"))]
    shown_as: Option<Spanned<ShownAs>>,
    /// What inferred components are named and coloured by; `"matched"` by default.
    #[schemars(with = "Option<Naming>", extend("default" = "matched"))]
    labels: Option<Spanned<Naming>>,
}

/// How inferred components are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownAs {
    /// The exact density, scaled to counts.
    #[default]
    Density,
    /// A histogram of samples with its kernel density estimate, as the notebook draws it.
    Samples,
}

/// A histogram that can be made.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    data: String,
    fit: Option<String>,
    at: At,
    #[serde(skip_serializing_if = "Estimate::is_plug_in")]
    estimate: Estimate,
    bins: Bins,
    kde: bool,
    #[serde(rename = "as")]
    shown_as: ShownAs,
    labels: Naming,
    /// How the fit starts, in words.
    #[serde(skip)]
    start: &'static str,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let shape = known.data(&self.data, problems);
        let fit = self.fit.as_ref().map(|name| (name, known.fit(name, problems)));
        let mut start = "";
        let mut good =
            shape.is_some_and(|s| check_dimension(problems, &self.data, s, "histogram", 1));
        if let Some((name, fit)) = fit {
            good &= fit.is_some();
            start = fit.map_or("", |f| f.start);
            good &= check_at(problems, self.at.as_ref(), name, fit);
            if let Some(fit) = fit.filter(|f| f.data != *self.data.get_ref()) {
                problems
                    .at(
                        name.span(),
                        format!("`fit.{}` is a fit of `data.{}`", name.get_ref(), fit.data),
                    )
                    .hint(format!(
                        "write `data = \"{}\"`, or name a fit of `data.{}`",
                        fit.data,
                        self.data.get_ref()
                    ));
                good = false;
            }
        } else {
            for (key, span, does) in [
                ("at", self.at.as_ref().map(Spanned::span), "names an iteration of a fit"),
                ("as", self.shown_as.as_ref().map(Spanned::span), "says how a fit is drawn"),
                ("labels", self.labels.as_ref().map(Spanned::span), "says how a fit is named"),
            ] {
                let Some(span) = span else { continue };
                problems
                    .at(span, format!("`{key}` {does}, but this figure has no `fit`"))
                    .hint(format!("add `fit = ...`, or leave `{key}` out"));
                good = false;
            }
        }
        let before = problems.len();
        let written = self.predictive.as_ref();
        let estimate = Estimate::resolve(written, self.fit.as_ref(), known, problems);
        good &= problems.len() == before;
        good.then(|| Spec {
            data: self.data.get_ref().clone(),
            fit: self.fit.as_ref().map(|f| f.get_ref().clone()),
            at: self.at.as_ref().map_or(At::Final, |a| *a.get_ref()),
            estimate,
            bins: self.bins,
            kde: self.kde,
            shown_as: self.shown_as.as_ref().map_or_else(ShownAs::default, |a| *a.get_ref()),
            labels: self.labels.as_ref().map_or_else(Naming::default, |l| *l.get_ref()),
            start,
        })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { data: Some(self.data.clone()), fit: self.fit.clone(), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 3.0]
    }

    fn shared_axes(&self) -> Option<SharedAxes> {
        Some(SharedAxes::Histogram)
    }

    fn labelled_columns(&self) -> usize {
        1
    }

    fn shown_at(&self) -> Option<At> {
        self.fit.as_ref().map(|_| self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        self.fit.as_ref()?;
        Some(super::Spec::Histogram(Self { at, ..self.clone() }))
    }

    fn has_layers(&self) -> bool {
        self.fit.is_some()
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// The numbers of a histogram.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    bars: Vec<Bars>,
    /// All points together, where no fit is shown: what the model is given.
    all: Option<Bars>,
    curves: Vec<Curve>,
    /// The densities that the inference starts from, if this is a later iteration.
    #[serde(skip)]
    starts: Vec<Curve>,
    lanes: Vec<Lane>,
    #[serde(skip)]
    bound: Option<Bound>,
    /// The names of the components, and where they belong.
    names: Vec<Name>,
    column: String,
    /// Which density of the fit it is.
    #[serde(skip_serializing_if = "Estimate::is_plug_in")]
    estimate: Estimate,
    #[serde(flatten)]
    titles: Titles,
    extent: Extent,
}

/// Where names stand in a row above, they have this much room: the vertical axis ends so many times
/// as high as the tallest bar or curve.
const HEADROOM: f64 = 1.24;

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let slots = slots(inputs, spec.labels);
        let x: Vec<f64> = inputs.dataset.points.column(0).to_vec();
        let range = Range::of(x.iter().copied()).ok_or("the data set has no points")?;
        let grid = Grid::over(range);
        let last = inputs.fitted.as_ref().map_or(0, |f| f.fit.iterations());
        let at = spec.at.of(last);
        let all = Bars::cut(&x, None, spec.bins, &grid, false);
        let mut shown = Shown::default();
        if inputs.dataset.labels.is_none() {
            if spec.kde {
                let scale = x.len() as f64 * all.width();
                shown.curves.extend(Curve::kde(&x, None, Role::Kde, scale));
            }
            shown.bars.push(all.clone());
        }
        for slot in &slots {
            shown.add_data(spec, inputs, slot, &x, &grid);
        }
        let widths = shown.widths(&slots);
        let mixture = |t: usize| inputs.fitted.as_ref().map(|f| spec.estimate.of(f.fit, t));
        let (start, estimate) = (mixture(0).filter(|_| at > 0), mixture(at));
        let density = |mixture: &Predictive, slot: &Slot, width: f64| {
            let k = slot.inferred?;
            let scale = x.len() as f64 * mixture.weights[k] * width;
            Some(Curve::density(&mixture.components[k], *slot, Role::Estimate, scale))
        };
        for (slot, width) in slots.iter().zip(&widths) {
            let Some(mixture) = &estimate else { break };
            shown.add_name(mixture, slot);
            match spec.shown_as {
                ShownAs::Density => shown.curves.extend(density(mixture, slot, *width)),
                ShownAs::Samples => {
                    shown.add_samples(spec, inputs.random.as_mut(), mixture, slot, x.len(), &grid);
                }
            }
        }
        let starts = start.iter().flat_map(|start| {
            slots.iter().zip(&widths).filter_map(|(slot, width)| density(start, slot, *width))
        });
        let starts = starts.collect();
        let (lanes, bound) = match spec.shown_as {
            ShownAs::Density => {
                let bound = inputs.fitted.as_ref().and_then(|f| Bound::new(f, at));
                (lanes::lanes(inputs, &slots, at), bound)
            }
            ShownAs::Samples => (Vec::new(), None),
        };
        let whole =
            estimate.is_none() && inputs.dataset.labels.is_some() && spec.bins == Bins::Grid;
        let all = Some(all).filter(|_| whole);
        let Shown { bars, curves, names } = shown;
        Ok(Self {
            extent: extent(&bars, all.as_ref(), &curves, &lanes, range),
            bars,
            all,
            curves,
            starts,
            lanes,
            bound,
            names,
            column: inputs.dataset.measured().into_iter().next().unwrap_or_else(|| "x".to_owned()),
            estimate: spec.estimate,
            titles: Titles::new(spec, inputs, at),
        })
    }
}

/// What is shown of the components.
#[derive(Default)]
struct Shown {
    bars: Vec<Bars>,
    curves: Vec<Curve>,
    names: Vec<Name>,
}

impl Shown {
    /// The data of a true component, and its density or that of its points.
    fn add_data(&mut self, spec: &Spec, inputs: &Inputs<'_>, slot: &Slot, x: &[f64], grid: &Grid) {
        let Some(k) = slot.truth else { return };
        let own: Vec<f64> = members(inputs, x, k);
        let cut = Bars::cut(&own, Some(*slot), spec.bins, grid, false);
        let scale = own.len() as f64 * cut.width();
        let truth = inputs.dataset.truth.as_ref();
        match truth.filter(|_| !spec.kde) {
            Some(truth) => {
                let component = Component::Normal(truth.component(k));
                self.curves.push(Curve::density(&component, *slot, Role::Truth, scale));
            }
            None if spec.kde => {
                self.curves.extend(Curve::kde(&own, Some(*slot), Role::Kde, scale));
            }
            None => {}
        }
        let mean = match truth {
            Some(truth) => truth.means[[k, 0]],
            None => own.iter().sum::<f64>() / own.len() as f64,
        };
        if mean.is_finite() {
            self.names.push(Name { slot: *slot, at: mean, inferred: false });
        }
        self.bars.push(cut);
    }

    /// The widths of bins that the curves of components lie on: those of the component's own bars,
    /// or for one without data the mean of the others.
    fn widths(&self, slots: &[Slot]) -> Vec<f64> {
        let mean = self.bars.iter().map(Bars::width).sum::<f64>() / self.bars.len().max(1) as f64;
        let own = |slot: &Slot| self.bars.iter().find(|bars| bars.slot == Some(*slot));
        slots.iter().map(|slot| own(slot).map_or(mean, Bars::width)).collect()
    }

    /// The name of an inferred component, where it has none from the data.
    fn add_name(&mut self, mixture: &Predictive, slot: &Slot) {
        let Some(k) = slot.inferred else { return };
        if !self.names.iter().any(|name| name.slot == *slot) {
            self.names.push(Name {
                slot: *slot,
                at: mixture.components[k].shape().mean[0],
                inferred: true,
            });
        }
    }

    /// Draws of an inferred component, as many as it has of the points, and their density.
    fn add_samples(
        &mut self,
        spec: &Spec,
        random: &mut dyn Random,
        mixture: &Predictive,
        slot: &Slot,
        points: usize,
        grid: &Grid,
    ) {
        let Some(k) = slot.inferred else { return };
        let points = (points as f64 * mixture.weights[k]).round() as usize;
        let drawn: Vec<f64> = match &mixture.components[k] {
            Component::Normal(normal) => {
                let (mean, sd) = (normal.mean[0], normal.covariance[[0, 0]].sqrt());
                (0..points).map(|_| random.normal(mean, sd)).collect()
            }
            other => other.sample(points, random).column(0).to_vec(),
        };
        let cut = Bars::cut(&drawn, Some(*slot), spec.bins, grid, true);
        let scale = points as f64 * cut.width();
        self.curves.extend(Curve::kde(&drawn, Some(*slot), Role::Estimate, scale));
        self.bars.push(cut);
    }
}

fn members(inputs: &Inputs<'_>, x: &[f64], k: usize) -> Vec<f64> {
    let labels = inputs.dataset.labels.iter().flat_map(Labels::iter);
    x.iter().zip(labels).filter(|(_, label)| *label == k).map(|(x, _)| *x).collect()
}

fn extent(
    bars: &[Bars],
    all: Option<&Bars>,
    curves: &[Curve],
    lanes: &[Lane],
    data: Range,
) -> Extent {
    let ends = curves.iter().flat_map(|c| c.points.iter().map(|p| p.0));
    let marks = lanes.iter().flat_map(Lane::values);
    let edges = bars.iter().filter_map(Bars::range).flat_map(|r| [r.low, r.high]);
    let x = Range::of(ends.chain(marks).chain(edges)).map_or(data, |r| r.union(data)).padded(0.0);
    let tallest = tallest(bars, all, curves);
    let top = match all {
        Some(_) if !names::in_row(curves) => 1.07,
        _ => HEADROOM,
    };
    Extent { x: x.outward(nice_step(x.span(), 34.0)), y: Range::new(0.0, top * tallest) }
}

/// The height of the tallest bar or curve.
fn tallest(bars: &[Bars], all: Option<&Bars>, curves: &[Curve]) -> f64 {
    let heights = bars.iter().chain(all).map(Bars::tallest).max().unwrap_or(1);
    curves.iter().map(Curve::peak).fold(heights as f64, f64::max)
}
