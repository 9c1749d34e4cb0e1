//! Histograms of one-dimensional data, with the true and the inferred components.
//!
//! What the viewer should see: without a fit, which humps the model is given and what they are made
//! of; with a fit, the dashed estimates walking onto the solid truth from one iteration to the
//! next, and below in lanes the posterior of each mean with the way that it came.
//!
//! Horizontal: the data's unit. Vertical: points per bin; every curve is a density times the number
//! of points times the bin width, so that it lies on its bars.
//!
//! Keys that matter: `fit` and `at`; `bins` (`"grid"`, one common grid, or `"auto"`, seaborn's own
//! bins for each component); `as` (`"density"`, the exact curve, or `"samples"`, a histogram of as
//! many draws as the component has points); `kde`.

mod draw;
mod titles;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use self::titles::Titles;
use super::axes::{Extent, Range, nice_step};
use super::known::check_dimension;
use super::lanes::{self, Lane};
use super::slot::{Slot, slots};
use super::{At, Inputs, Kind, Known, Needs, SharedAxes};
use crate::diagnostic::Problems;
use crate::math::gaussian::Gaussian;
use crate::math::mixture::Mixture;
use crate::math::{histogram, kde};

/// As written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The data set.
    data: Spanned<String>,
    /// The fit whose components are drawn; none by default.
    pub(super) fit: Option<Spanned<String>>,
    /// The iteration: a number or `"final"` (default).
    #[serde(default)]
    at: Option<Spanned<At>>,
    /// How the bars are cut; `"grid"` by default.
    #[serde(default)]
    bins: Bins,
    /// Whether a kernel density estimate of each component's points is drawn instead of the truth.
    #[serde(default)]
    kde: bool,
    /// How inferred components are drawn; `"density"` by default.
    #[serde(default, rename = "as")]
    shown_as: ShownAs,
}

/// How bars are cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bins {
    /// One grid for all components, its edges at multiples of a round width.
    #[default]
    Grid,
    /// numpy's `auto` for each component by itself, as seaborn does.
    Auto,
}

/// How inferred components are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownAs {
    /// The exact density, scaled to counts.
    #[default]
    Density,
    /// A histogram of samples with its kernel density estimate, as the notebook draws it.
    Samples,
}

/// What is drawn for a component besides its bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    /// The density that the points were drawn from.
    Truth,
    /// The kernel density estimate of the points.
    Kde,
    /// The inferred density.
    Estimate,
}

/// A histogram that can be made.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    data: String,
    fit: Option<String>,
    at: At,
    bins: Bins,
    kde: bool,
    #[serde(rename = "as")]
    shown_as: ShownAs,
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
        } else if let Some(at) = &self.at {
            problems
                .at(at.span(), "`at` names an iteration of a fit, but this figure has no `fit`")
                .hint("add `fit = ...`, or leave `at` out");
            good = false;
        }
        good.then(|| Spec {
            data: self.data.get_ref().clone(),
            fit: self.fit.as_ref().map(|f| f.get_ref().clone()),
            at: self.at.as_ref().map_or(At::Final, |a| *a.get_ref()),
            bins: self.bins,
            kde: self.kde,
            shown_as: self.shown_as,
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

/// Bars over `edges`.
#[derive(Debug, Clone, Serialize)]
struct Bars {
    slot: Option<Slot>,
    edges: Vec<f64>,
    counts: Vec<u64>,
    /// Whether these are draws from the fit and not data.
    sampled: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Curve {
    slot: Slot,
    role: Role,
    /// The mean of the density, where its label belongs.
    mean: f64,
    points: Vec<(f64, f64)>,
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
    column: String,
    start: String,
    facts: Vec<String>,
    caption: String,
    truth_text: String,
    /// What there is to say of the data alone.
    #[serde(skip)]
    data_facts: Vec<String>,
    extent: Extent,
}

/// Curves end where the density is too small to see: truth at 3.6 standard deviations, estimates
/// at 3.2.
const TRUTH_REACH: f64 = 3.6;
const ESTIMATE_REACH: f64 = 3.2;
const CURVE_POINTS: usize = 181;

/// Up to so many curves have their names beside their flanks; more have them in a row above.
const MOST_FLANKS: usize = 4;

/// About as many bins as a data set is cut into by the common grid.
const GRID_BINS: f64 = 48.0;

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let slots = slots(inputs);
        let x: Vec<f64> = inputs.dataset.points.column(0).to_vec();
        let range = Range::of(x.iter().copied()).ok_or("the data set has no points")?;
        let grid = Grid::over(range);
        let last = inputs.fitted.as_ref().map_or(0, |f| f.fit.iterations());
        let at = spec.at.of(last);

        let mut bars = Vec::new();
        let mut curves = Vec::new();
        let labelled = inputs.dataset.labels.is_some();
        if !labelled {
            bars.push(cut(&x, None, spec.bins, &grid, false));
        }
        for slot in &slots {
            let Some(k) = slot.truth else { continue };
            let own: Vec<f64> = members(inputs, &x, k);
            let cut = cut(&own, Some(*slot), spec.bins, &grid, false);
            let scale = own.len() as f64 * bin_width(&cut);
            if spec.kde {
                curves.extend(kde_curve(&own, *slot, Role::Kde, scale));
            } else if let Some(truth) = &inputs.dataset.truth {
                curves.push(density_curve(truth, k, *slot, Role::Truth, TRUTH_REACH, scale));
            }
            bars.push(cut);
        }
        let estimate = inputs.fitted.as_ref().map(|f| f.fit.mixture(at));
        if let Some(mixture) = &estimate {
            for slot in &slots {
                let Some(k) = slot.inferred else { continue };
                let points = x.len() as f64 * mixture.weights[k];
                match spec.shown_as {
                    ShownAs::Density => {
                        let scale = points * grid.step;
                        curves.push(density_curve(
                            mixture,
                            k,
                            *slot,
                            Role::Estimate,
                            ESTIMATE_REACH,
                            scale,
                        ));
                    }
                    ShownAs::Samples => {
                        let component = mixture.component(k);
                        let (mean, sd) = (component.mean[0], component.covariance[[0, 0]].sqrt());
                        let drawn: Vec<f64> = (0..points.round() as usize)
                            .map(|_| inputs.random.normal(mean, sd))
                            .collect();
                        let cut = cut(&drawn, Some(*slot), spec.bins, &grid, true);
                        let scale = drawn.len() as f64 * bin_width(&cut);
                        curves.extend(kde_curve(&drawn, *slot, Role::Estimate, scale));
                        bars.push(cut);
                    }
                }
            }
        }
        let starts = match &inputs.fitted {
            Some(fitted) if at > 0 && spec.shown_as == ShownAs::Density => {
                let start = fitted.fit.mixture(0);
                let inferred = slots.iter().filter_map(|s| Some((s, s.inferred?)));
                let scale = |k: usize| x.len() as f64 * start.weights[k] * grid.step;
                inferred
                    .map(|(slot, k)| {
                        let role = Role::Estimate;
                        density_curve(&start, k, *slot, role, ESTIMATE_REACH, scale(k))
                    })
                    .collect()
            }
            _ => Vec::new(),
        };
        let all = (estimate.is_none() && labelled && spec.bins == Bins::Grid)
            .then(|| cut(&x, None, spec.bins, &grid, false));
        let lanes = match spec.shown_as {
            ShownAs::Density => lanes::lanes(inputs, &slots, at),
            ShownAs::Samples => Vec::new(),
        };
        let titles = Titles::new(spec, inputs, at);
        let extent = extent(&bars, all.as_ref(), &curves, &lanes, range);
        Ok(Self {
            bars,
            all,
            curves,
            starts,
            lanes,
            column: inputs.dataset.columns.first().cloned().unwrap_or_else(|| "x".to_owned()),
            start: titles.start,
            facts: titles.facts,
            caption: titles.caption,
            truth_text: titles.truth_text,
            data_facts: titles.data_facts,
            extent,
        })
    }
}

fn members(inputs: &Inputs<'_>, x: &[f64], k: usize) -> Vec<f64> {
    let labels = inputs.dataset.labels.as_deref().unwrap_or_default();
    x.iter().zip(labels).filter(|(_, label)| **label == k).map(|(x, _)| *x).collect()
}

/// A common grid: edges at the multiples `first`, `first + 1`, ..., `last` of a round step.
#[derive(Debug, Clone, Copy)]
struct Grid {
    step: f64,
    first: f64,
    last: f64,
}

impl Grid {
    /// The grid whose bins hold all of `range`.
    fn over(range: Range) -> Self {
        // A range of few digits has no room for a grid: it counts as a single value.
        let largest = range.low.abs().max(range.high.abs());
        let range = match range.span() > 1e-12 * largest {
            true => range,
            false => Range::new(range.low, range.low).padded(0.5).union(range),
        };
        let step = nice_step(range.span().max(f64::MIN_POSITIVE), GRID_BINS);
        let grid = Self { step, first: 0.0, last: 0.0 };
        Self { first: grid.bin(range.low), last: grid.bin(range.high) + 1.0, ..grid }
    }

    /// The edge at a multiple of the step: divided where the step is a fraction of one, so that it
    /// is the number that its decimals say.
    fn edge(&self, multiple: f64) -> f64 {
        let parts = (1.0 / self.step).round();
        if self.step < 1.0 && parts < 1e15 { multiple / parts } else { multiple * self.step }
    }

    /// The bin that holds `value`, its left edge included.
    fn bin(&self, value: f64) -> f64 {
        let near = (value / self.step).floor();
        match value {
            v if v < self.edge(near) => near - 1.0,
            v if v >= self.edge(near + 1.0) => near + 1.0,
            _ => near,
        }
    }

    /// The edges, continued to hold `values` that lie outside.
    fn edges(&self, values: &[f64]) -> Vec<f64> {
        let range = Range::of(values.iter().copied());
        let first = range.map_or(self.first, |r| self.first.min(self.bin(r.low)));
        let last = range.map_or(self.last, |r| self.last.max(self.bin(r.high) + 1.0));
        let bins = (last - first).clamp(1.0, 20_000.0) as usize;
        (0..=bins).map(|i| self.edge(first + i as f64)).collect()
    }
}

fn cut(values: &[f64], slot: Option<Slot>, bins: Bins, grid: &Grid, sampled: bool) -> Bars {
    let edges = match bins {
        Bins::Auto if !values.is_empty() => histogram::auto_edges(values),
        Bins::Auto | Bins::Grid => grid.edges(values),
    };
    let counts = histogram::counts(values, &edges);
    Bars { slot, edges, counts, sampled }
}

fn bin_width(bars: &Bars) -> f64 {
    bars.edges[1] - bars.edges[0]
}

fn density_curve(
    mixture: &Mixture,
    k: usize,
    slot: Slot,
    role: Role,
    reach: f64,
    scale: f64,
) -> Curve {
    let component: Gaussian = mixture.component(k);
    let (mean, sd) = (component.mean[0], component.covariance[[0, 0]].sqrt());
    let points = Range::new(mean - reach * sd, mean + reach * sd)
        .grid(CURVE_POINTS)
        .into_iter()
        .map(|x| (x, scale * component.density(&[x])))
        .collect();
    Curve { slot, role, mean, points }
}

fn kde_curve(values: &[f64], slot: Slot, role: Role, scale: f64) -> Option<Curve> {
    let estimate = kde::Kde::new(values)?;
    let range = Range::of(values.iter().copied())?;
    let points: Vec<(f64, f64)> = estimate
        .curve(range.low, range.high, 200)
        .into_iter()
        .map(|[x, density]| (x, scale * density))
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Some(Curve { slot, role, mean, points })
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
    let x = Range::of(ends.chain(marks)).map_or(data, |r| r.union(data)).padded(0.0);
    let heights = bars.iter().flat_map(|b| b.counts.iter()).copied().max().unwrap_or(1);
    let curve_top = curves.iter().flat_map(|c| c.points.iter().map(|p| p.1)).fold(0.0, f64::max);
    let tallest = (heights as f64).max(curve_top);
    let top = match all {
        Some(all) => {
            let headroom = if curves.len() > MOST_FLANKS { 1.24 } else { 1.07 };
            headroom * all.counts.iter().copied().max().unwrap_or(1) as f64
        }
        None => 1.24 * tallest,
    };
    Extent { x: x.outward(nice_step(x.span(), 34.0)), y: Range::new(0.0, top) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_is_in_the_bin_that_begins_there() {
        for step in [0.025, 0.1, 0.2, 0.25, 0.5, 1.0, 2.5, 20.0] {
            let grid = Grid { step, first: 0.0, last: 1.0 };
            for multiple in -60..60 {
                let multiple = f64::from(multiple);
                assert_eq!(grid.bin(grid.edge(multiple)), multiple, "{multiple} x {step}");
            }
        }
        let whole: Vec<f64> = (-3..=6).map(f64::from).collect();
        let edges = Grid::over(Range::new(-3.0, 6.0)).edges(&whole);
        assert!(whole.iter().all(|x| edges.contains(x)), "{edges:?}");
    }

    #[test]
    fn values_that_differ_in_their_last_bits_still_have_a_bin() {
        for pair in [[1.0, 1.0 + f64::EPSILON], [1e8, 1e8 + 1e-7], [1e15, 1e15 + 0.25]] {
            let edges = Grid::over(Range::new(pair[0], pair[1])).edges(&pair);
            assert!(edges.len() >= 2 && edges.windows(2).all(|w| w[0] < w[1]), "{edges:?}");
        }
    }
}
