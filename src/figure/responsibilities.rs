//! Points coloured by their responsibilities: where a fit is certain, and where components meet.
//!
//! What the viewer should see: pure colours where one component has a point for itself, muddy ones
//! between components. The colours of the components are mixed in linear light, weighted by the
//! responsibilities; beside the points stands what each colour means. In two dimensions ellipses at
//! 1 and 2 standard deviations (39 and 86 % of the mass) show the components; in one dimension the
//! responsibilities stand as curves above the points.
//!
//! Axes: the data's units; of curves, vertical, the responsibility from 0 to 1.
//!
//! Keys that matter: `stacked` (1-D: areas that sum to 1 in place of curves), `boundary` (2-D: the
//! lines on which the most probable component changes).

mod draw;
mod key;
mod line;
mod plane;
mod regions;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::axes::{Extent, Range, nice_step};
use super::known::{check_assigns, check_at};
use super::slot::{Naming, Slot, slots};
use super::{At, Inputs, Kind, Known, Needs, SharedAxes};
use crate::data::labels::Labels;
use crate::diagnostic::Problems;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit, of one- or two-dimensional data.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// The iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Areas that sum to 1 in place of curves; `false` by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    stacked: Option<Spanned<bool>>,
    /// In two dimensions, the lines between the regions of the components too; `false` by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    boundary: Option<Spanned<bool>>,
}

/// How responsibilities are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As colours of points in the plane.
    Plane,
    /// As curves over the only coordinate.
    Curves,
    /// As areas over the only coordinate, one upon the other.
    Stacked,
}

/// Responsibilities that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    form: Form,
    /// Whether the regions of the components have lines between them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    boundary: bool,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems)?;
        let dimensions = fit.shape.dimensions;
        let stacked = self.stacked.as_ref().filter(|s| *s.get_ref());
        let form = match (dimensions, stacked) {
            (1, None) => Form::Curves,
            (1, Some(_)) => Form::Stacked,
            (2, None) => Form::Plane,
            (2, Some(written)) => {
                problems
                    .at_value(
                        written.span(),
                        "`stacked` is for data of dimension 1, but these have dimension 2",
                    )
                    .hint("leave it out");
                return None;
            }
            (dimensions, _) => {
                problems
                    .at_value(
                        self.fit.span(),
                        format!(
                            "`responsibilities` draws data of dimension 1 or 2, but these have \
                             dimension {dimensions}"
                        ),
                    )
                    .hint("`posterior_bars` draws single points of any dimension");
                return None;
            }
        };
        let boundary = self.boundary.as_ref().filter(|b| *b.get_ref());
        if let (Some(written), 1) = (boundary, dimensions) {
            problems
                .at_value(
                    written.span(),
                    "`boundary` is for data of dimension 2, but these have dimension 1",
                )
                .hint("leave it out: curves cross where the most probable component changes");
            return None;
        }
        let good = check_at(problems, self.at.as_ref(), &self.fit, Some(fit))
            & check_assigns(problems, &self.fit, Some(fit), "responsibilities");
        let at = self.at.as_ref().map_or(At::Final, |at| *at.get_ref());
        good.then(|| Spec {
            fit: self.fit.get_ref().clone(),
            at,
            form,
            boundary: boundary.is_some(),
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

    fn shared_axes(&self) -> Option<SharedAxes> {
        (self.form == Form::Plane).then_some(SharedAxes::Plane)
    }

    fn labelled_columns(&self) -> usize {
        if self.form == Form::Plane { 2 } else { 1 }
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::Responsibilities(Self { at, ..self.clone() }))
    }

    fn has_layers(&self) -> bool {
        true
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// Points of one mixed colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Group {
    /// The share of each component's colour, in parts of [`LEVELS`].
    shares: Vec<u8>,
    /// Indices of the points.
    points: Vec<usize>,
}

/// The ellipses of one component, the widest first.
#[derive(Debug, Clone, Serialize)]
struct Ellipses {
    slot: Slot,
    mean: [f64; 2],
    outlines: Vec<Vec<[f64; 2]>>,
}

/// Responsibilities over the only coordinate.
#[derive(Debug, Clone, Serialize)]
struct Curves {
    x: Vec<f64>,
    /// One curve a slot.
    phi: Vec<Vec<f64>>,
    /// The slots in the order of their means, in which areas are stacked.
    order: Vec<usize>,
    /// Where no responsibility is above [`CERTAIN`].
    uncertain: Vec<Range>,
}

/// What the points lie in.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
enum Space {
    Plane {
        components: Vec<Ellipses>,
        /// What the inference starts from, if this is a later iteration.
        #[serde(skip)]
        starts: Vec<Ellipses>,
        /// The lines on which the most probable component changes, if they are wanted.
        #[serde(skip_serializing_if = "Option::is_none")]
        boundaries: Option<Vec<Vec<[f64; 2]>>>,
        extent: Extent,
    },
    Line {
        curves: Curves,
        #[serde(skip)]
        start: Option<Curves>,
    },
}

/// The numbers of the responsibilities.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    form: Form,
    slots: Vec<Slot>,
    points: Vec<Vec<f64>>,
    labels: Option<Labels>,
    /// The responsibility of each slot for each point.
    phi: Vec<Vec<f64>>,
    /// The points by colour, the most certain first.
    groups: Vec<Group>,
    space: Space,
    columns: Vec<String>,
    /// How many points have no responsibility above [`CERTAIN`].
    uncertain: usize,
    /// The iteration, in words, if it is not the last.
    at: Option<String>,
}

/// A point belongs to a component that has more of it than this.
const CERTAIN: f64 = 0.9;
/// Shares of a colour that are told apart.
const LEVELS: f64 = 32.0;
/// The ellipses, in standard deviations.
const RADII: [f64; 2] = [2.0, 1.0];
const VERTICES: usize = 144;
const CURVE_POINTS: usize = 401;

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fit = inputs.fit()?.fit;
        let data = &inputs.dataset.points;
        let last = fit.iterations();
        let at = spec.at.of(last);
        let slots: Vec<Slot> =
            slots(inputs, Naming::Matched).into_iter().filter(|s| s.inferred.is_some()).collect();
        let of_slots: Vec<usize> = slots.iter().filter_map(|s| s.inferred).collect();
        let points: Vec<Vec<f64>> = data.rows().into_iter().map(|row| row.to_vec()).collect();
        let phi: Vec<Vec<f64>> = fit
            .responsibilities(data.view(), at)
            .rows()
            .into_iter()
            .map(|row| of_slots.iter().map(|&k| row[k]).collect())
            .collect();
        let space = match spec.form {
            Form::Plane => {
                let of = |t: usize| ellipses(&slots, &fit.mixture(t).gaussians());
                let components = of(at);
                let outlines = components.iter().flat_map(|c| &c.outlines).flatten().copied();
                let all = points.iter().map(|p| [p[0], p[1]]).chain(outlines);
                let extent = Extent::around(all).ok_or("the data set has no points")?;
                let starts = if at > 0 { of(0) } else { Vec::new() };
                let boundaries = spec.boundary.then(|| regions::boundaries(fit, at, extent));
                Space::Plane { components, starts, boundaries, extent }
            }
            Form::Curves | Form::Stacked => {
                let range = Range::of(data.iter().copied()).ok_or("the data set has no points")?;
                let range = if range.span() > 0.0 { range } else { range.padded(0.0) };
                let x = range.outward(nice_step(range.span(), 17.0)).grid(CURVE_POINTS);
                let of = |t: usize| {
                    let column = ndarray::Array2::from_shape_fn((x.len(), 1), |(i, _)| x[i]);
                    let phi = fit.responsibilities(column.view(), t);
                    let means: Vec<f64> = fit.mixture(t).means.column(0).to_vec();
                    curves(x.clone(), of_slots.iter().map(|&k| phi.column(k).to_vec()), |s| {
                        means[of_slots[s]]
                    })
                };
                Space::Line { curves: of(at), start: (at > 0).then(|| of(0)) }
            }
        };
        let uncertain = phi.iter().filter(|row| most(row) <= CERTAIN).count();
        Ok(Self {
            form: spec.form,
            groups: groups(&phi),
            slots,
            points,
            labels: inputs.dataset.labels.clone(),
            phi,
            space,
            columns: inputs.dataset.measured(),
            uncertain,
            at: spec.at.words(last, fit.history),
        })
    }

    /// The share of points without a responsibility above [`CERTAIN`].
    fn uncertain_share(&self) -> f64 {
        self.uncertain as f64 / self.points.len().max(1) as f64
    }
}

/// The largest of responsibilities.
fn most(phi: &[f64]) -> f64 {
    phi.iter().copied().fold(0.0, f64::max)
}

/// Points whose responsibilities agree to a part in [`LEVELS`], so that one mark in the file serves
/// many points; those with the purest colours first, so that mixed ones lie above them.
fn groups(phi: &[Vec<f64>]) -> Vec<Group> {
    let mut groups: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    for (i, row) in phi.iter().enumerate() {
        let shares = row.iter().map(|p| (LEVELS * p).round() as u8).collect();
        groups.entry(shares).or_default().push(i);
    }
    let mut groups: Vec<Group> =
        groups.into_iter().map(|(shares, points)| Group { shares, points }).collect();
    let purity = |g: &Group| g.shares.iter().copied().max();
    groups.sort_by(|a, b| purity(b).cmp(&purity(a)).then_with(|| b.shares.cmp(&a.shares)));
    groups
}

/// The ellipses of the slots' components.
fn ellipses(slots: &[Slot], gaussians: &[crate::math::gaussian::Gaussian]) -> Vec<Ellipses> {
    let of = |slot: &Slot| {
        let gaussian = gaussians.get(slot.inferred?)?;
        Some(Ellipses {
            slot: *slot,
            mean: [gaussian.mean[0], gaussian.mean[1]],
            outlines: RADII.iter().map(|r| gaussian.ellipse(*r, VERTICES)).collect(),
        })
    };
    slots.iter().filter_map(of).collect()
}

fn curves(x: Vec<f64>, phi: impl Iterator<Item = Vec<f64>>, mean: impl Fn(usize) -> f64) -> Curves {
    let phi: Vec<Vec<f64>> = phi.collect();
    let mut order: Vec<usize> = (0..phi.len()).collect();
    order.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)).then(a.cmp(&b)));
    let is_uncertain = |i: usize| phi.iter().all(|p| p[i] <= CERTAIN);
    let mut uncertain: Vec<Range> = Vec::new();
    let mut begin = None;
    for i in 0..x.len() {
        let edge = if i == 0 { x[0] } else { (x[i - 1] + x[i]) / 2.0 };
        match (begin, is_uncertain(i)) {
            (None, true) => begin = Some(edge),
            (Some(from), false) => {
                uncertain.push(Range::new(from, edge));
                begin = None;
            }
            _ => {}
        }
    }
    if let (Some(from), Some(&end)) = (begin, x.last()) {
        uncertain.push(Range::new(from, end));
    }
    Curves { x, phi, order, uncertain }
}
