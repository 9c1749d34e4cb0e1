//! Two-dimensional data with the ellipses of a fit's components, or of the true ones.
//!
//! What the viewer should see: which clouds the fit found, how much of the data each has, and which
//! of its components it left empty. The fainter an ellipse, the smaller its weight.
//!
//! Axes: the data's units, in the same scale, or each in its own where the columns are of very
//! different scale. Ellipses hold stated shares of a component's mass, or lie at stated standard
//! deviations.
//!
//! Keys that matter: `mass` or `sd`; `opacity_by_weight`; `hide_below` (components of less weight are
//! left out); `color` (what points are coloured by: `"truth"`, `"fit"` or `"none"`); `aspect`
//! (`"equal"` or `"free"`).

mod draw;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use toml::Spanned;

use super::at::after;
use super::axes::Extent;
use super::cloud::Aspect;
use super::known::check_dimension;
use super::slot::{Naming, Slot, slots};
use super::{At, Inputs, Kind, Known, Needs, SharedAxes, cloud, source};
use crate::diagnostic::Problems;
use crate::math::mass_radius;
use crate::math::mixture::Mixture;
use crate::score::most_probable;
use crate::setting::{self, Positive};

/// As written.
#[derive(Debug, Clone, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schemars(extend("anyOf" = [{"required": ["data"]}, {"required": ["fit"]}]))]
pub struct Options {
    /// The data set; that of the fit by default.
    #[schemars(with = "Option<String>")]
    data: Option<Spanned<String>>,
    /// The fit whose ellipses are drawn; those of the truth by default.
    #[schemars(with = "Option<String>")]
    pub(super) fit: Option<Spanned<String>>,
    /// The iteration of the fit: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// The shares of mass that the ellipses hold; 0.5 and 0.95 by default.
    #[schemars(
        with = "Option<Vec<Positive>>",
        length(min = 1, max = MOST_ELLIPSES),
        inner(range(max = MOST_MASS)),
        extend("default" = MASS)
    )]
    mass: Option<Spanned<Vec<Spanned<f64>>>>,
    /// The standard deviations at which the ellipses lie, instead of `mass`.
    #[schemars(
        with = "Option<Vec<Positive>>",
        length(min = 1, max = MOST_ELLIPSES),
        inner(range(max = LARGEST_SD))
    )]
    sd: Option<Spanned<Vec<Spanned<f64>>>>,
    /// Whether ellipses of less weight are fainter; true by default.
    #[schemars(extend("default" = true))]
    opacity_by_weight: Option<bool>,
    /// Components of the fit with less weight than this are left out; 0.01 by default.
    #[schemars(
        with = "Option<f64>",
        range(min = 0),
        extend("exclusiveMaximum" = 1, "default" = HIDE_BELOW)
    )]
    hide_below: Option<Spanned<f64>>,
    /// What points are coloured by: by default the truth if it is known, else the fit.
    #[schemars(with = "Option<Colored>")]
    color: Option<Spanned<Colored>>,
    /// Whether both axes have the same scale; `"equal"` by default.
    #[serde(default)]
    aspect: Aspect,
}

impl<'de> source::Options<'de> for Options {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn missing(&self) -> Option<&'static str> {
        (self.data.is_none() && self.fit.is_none()).then_some("data")
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        source::complete(deserializer)
    }
}

/// What points are coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DeriveDeserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Colored {
    /// The true component of each.
    Truth,
    /// The component that the fit gives it to.
    Fit,
    /// Nothing.
    None,
}

/// Where ellipses lie.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Ellipses {
    /// They hold these shares of a component's mass.
    Mass(Vec<f64>),
    /// At these multiples of the standard deviation.
    Sd(Vec<f64>),
}

impl Ellipses {
    /// Their Mahalanobis radii, the largest first, each with what it is called.
    fn radii(&self) -> Vec<(f64, f64)> {
        let mut radii: Vec<(f64, f64)> = match self {
            Self::Mass(shares) => shares.iter().map(|p| (*p, mass_radius(*p))).collect(),
            Self::Sd(sd) => sd.iter().map(|s| (*s, *s)).collect(),
        };
        radii.sort_by(|a, b| b.1.total_cmp(&a.1));
        radii.dedup_by(|a, b| a.1 == b.1);
        radii
    }
}

/// A scatter plot that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    data: Option<String>,
    fit: Option<String>,
    at: At,
    ellipses: Ellipses,
    opacity_by_weight: bool,
    hide_below: f64,
    color: Colored,
    aspect: Aspect,
}

/// More ellipses of one component than this run into each other.
const MOST_ELLIPSES: usize = 4;
/// The points beyond so many standard deviations are none.
const LARGEST_SD: f64 = 6.0;
/// No ellipse holds more of the mass than this.
const MOST_MASS: f64 = 0.9999;
/// The shares of mass that ellipses hold where the config does not say.
const MASS: [f64; 2] = [0.5, 0.95];
/// Components of less weight than this are as good as empty.
pub(super) const HIDE_BELOW: f64 = 0.01;

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let (data, fit) = (self.data.as_ref(), self.fit.as_ref());
        let shape = source::check(known, problems, data, fit, self.at.as_ref());
        if let Some((name, shape)) = shape {
            check_dimension(problems, name, shape, "scatter", 2);
        }
        self.check_fit_keys(problems);
        let labelled = shape.is_some_and(|(_, s)| s.components.is_some());
        let color = self.color.as_ref().map(|c| *c.get_ref());
        if let (Some(written), Some(Colored::Truth), Some(_), false) =
            (&self.color, color, shape, labelled)
        {
            problems
                .at(written.span(), "the true components of these points are not known")
                .hint("write \"none\", or \"fit\" with a fit");
        }
        let ellipses = self.ellipses(problems);
        shape?;
        let name = |name: &Spanned<String>| name.get_ref().clone();
        (problems.len() == before).then(|| Spec {
            data: self.data.as_ref().map(name),
            fit: self.fit.as_ref().map(name),
            at: self.at.as_ref().map_or(At::Final, |a| *a.get_ref()),
            ellipses,
            opacity_by_weight: self.opacity_by_weight.unwrap_or(true),
            hide_below: self.hide_below.as_ref().map_or(HIDE_BELOW, |h| *h.get_ref()),
            color: color.unwrap_or(match (labelled, &self.fit) {
                (true, _) => Colored::Truth,
                (false, Some(_)) => Colored::Fit,
                (false, None) => Colored::None,
            }),
            aspect: self.aspect,
        })
    }

    /// What only a fit has.
    fn check_fit_keys(&self, problems: &mut Problems) {
        if let Some(hide) = &self.hide_below
            && setting::not_negative(problems, "`hide_below`", hide)
            && *hide.get_ref() >= 1.0
        {
            problems
                .at_value(
                    hide.span(),
                    format!("`hide_below` must be less than 1, but is {}", hide.get_ref()),
                )
                .hint("it is a share of all weight: write 0.01 for one percent");
        }
        if self.fit.is_some() {
            return;
        }
        if let Some(color) = self.color.as_ref().filter(|c| *c.get_ref() == Colored::Fit) {
            problems
                .at(color.span(), "there is no fit to colour the points by")
                .hint("add `fit = ...`, or write \"truth\" or \"none\"");
        }
    }

    fn ellipses(&self, problems: &mut Problems) -> Ellipses {
        if let (Some(sd), Some(_)) = (&self.sd, &self.mass) {
            problems
                .at(sd.span(), "both `mass` and `sd` say where the ellipses lie")
                .hint("keep one of the two");
        }
        let mut values =
            |written: &Spanned<Vec<Spanned<f64>>>, key: &str, most: f64, hint: &str| {
                let list = written.get_ref();
                if list.is_empty() || list.len() > MOST_ELLIPSES {
                    problems
                        .at(
                            written.span(),
                            format!("expected 1 to {MOST_ELLIPSES} numbers, found {}", list.len()),
                        )
                        .hint(hint);
                }
                for value in list {
                    if setting::positive(problems, key, value) && *value.get_ref() > most {
                        problems
                            .at_value(
                                value.span(),
                                format!("{key} must be at most {most}, but is {}", value.get_ref()),
                            )
                            .hint(hint);
                    }
                }
                list.iter().map(|v| *v.get_ref()).collect::<Vec<f64>>()
            };
        let mass = self.mass.as_ref();
        let mass = mass.map(|m| {
            values(
                m,
                "a share of mass",
                MOST_MASS,
                "write shares of one, such as `mass = [0.5, 0.95]`",
            )
        });
        let sd = self.sd.as_ref();
        let sd = sd.map(|s| {
            let hint = "write a few standard deviations, such as `sd = [1, 2]`";
            values(s, "a number of standard deviations", LARGEST_SD, hint)
        });
        match (mass, sd) {
            (_, Some(sd)) => Ellipses::Sd(sd),
            (Some(mass), None) => Ellipses::Mass(mass),
            (None, None) => Ellipses::Mass(MASS.to_vec()),
        }
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { data: self.data.clone(), fit: self.fit.clone(), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [5.0, 5.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 3.2]
    }

    fn shared_axes(&self) -> Option<SharedAxes> {
        Some(SharedAxes::Plane)
    }

    fn labelled_columns(&self) -> usize {
        2
    }

    fn shown_at(&self) -> Option<At> {
        self.fit.as_ref().map(|_| self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        self.fit.as_ref()?;
        Some(super::Spec::Scatter(Self { at, ..self.clone() }))
    }

    fn has_layers(&self) -> bool {
        self.fit.is_some()
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// A component with its ellipses.
#[derive(Debug, Clone, Serialize)]
struct Component {
    slot: Slot,
    weight: f64,
    mean: [f64; 2],
    /// The widest first.
    ellipses: Vec<Vec<[f64; 2]>>,
}

/// A point that is drawn.
#[derive(Debug, Clone, Copy, Serialize)]
struct Point {
    at: [f64; 2],
    /// The true component.
    truth: Option<usize>,
    /// The inferred component that it most probably belongs to.
    predicted: Option<usize>,
}

/// The numbers of a scatter plot.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    /// The components that are shown: of the fit, or else of the truth.
    components: Vec<Component>,
    /// What the inference of these components starts from, if this is a later iteration.
    #[serde(skip)]
    starts: Vec<Component>,
    fitted: bool,
    /// How many components of the fit are not shown.
    hidden: usize,
    hide_below: f64,
    ellipses: Ellipses,
    opacity_by_weight: bool,
    color: Colored,
    aspect: Aspect,
    points: Vec<Point>,
    /// How many points there are, drawn or not.
    all: usize,
    #[serde(skip)]
    slots: Vec<Slot>,
    columns: Vec<String>,
    /// The accuracy, if this is the last iteration.
    accuracy: Option<f64>,
    /// The iteration, if it is not the last.
    at: Option<usize>,
    /// The half step that it is, of a fit that has them.
    #[serde(skip)]
    after: Option<String>,
    extent: Extent,
}

const VERTICES: usize = 120;

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let data = cloud::extent(inputs)?;
        let indices = cloud::drawn(inputs);
        let slots = slots(inputs, Naming::Matched);
        let radii = spec.ellipses.radii();
        let last = inputs.fitted.as_ref().map_or(0, |f| f.fit.iterations());
        let at = spec.at.of(last);
        let estimate = inputs.fitted.as_ref().map(|f| f.fit.mixture(at));
        let inferred = |mixture: &Mixture, least: f64| -> Vec<Component> {
            let slots = slots.iter().filter_map(|s| Some((*s, s.inferred?)));
            let shown = slots.filter(|(_, k)| mixture.weights[*k] >= least);
            shown.map(|(slot, k)| component(mixture, k, slot, &radii)).collect()
        };
        let components = match (&estimate, &inputs.dataset.truth) {
            (Some(mixture), _) => inferred(mixture, spec.hide_below),
            (None, Some(truth)) => {
                let slots = slots.iter().filter_map(|s| Some((*s, s.truth?)));
                slots.map(|(slot, k)| component(truth, k, slot, &radii)).collect()
            }
            (None, None) => Vec::new(),
        };
        // Where the shown components came from.
        let shown = |c: &Component| components.iter().any(|other| other.slot == c.slot);
        let starts = inputs.fitted.as_ref().filter(|_| at > 0).map(|f| f.fit.mixture(0));
        let starts = starts.map_or_else(Vec::new, |mixture| {
            inferred(&mixture, 0.0).into_iter().filter(shown).collect()
        });
        let predicted = inputs.fitted.as_ref().map(|fitted| {
            let points = inputs.dataset.points.view();
            most_probable(fitted.fit.responsibilities(points, at).view())
        });
        let labels = inputs.dataset.labels.as_ref();
        let positions = cloud::positions(inputs, &indices);
        let points = indices.iter().zip(positions).map(|(&i, at)| Point {
            at,
            truth: labels.and_then(|l| l.get(i)),
            predicted: predicted.as_ref().map(|p| p[i]),
        });
        let vertices: Vec<[f64; 2]> =
            components.iter().flat_map(|c| c.ellipses.iter().flatten().copied()).collect();
        let hidden = estimate.as_ref().map_or(0, |m| m.components() - components.len());
        Ok(Self {
            points: points.collect(),
            extent: cloud::window(data, &vertices),
            starts,
            fitted: estimate.is_some(),
            hidden,
            hide_below: spec.hide_below,
            components,
            ellipses: spec.ellipses.clone(),
            opacity_by_weight: spec.opacity_by_weight,
            color: spec.color,
            aspect: spec.aspect,
            all: inputs.dataset.points.nrows(),
            slots,
            columns: inputs.dataset.measured(),
            accuracy: inputs
                .fitted
                .as_ref()
                .and_then(|f| f.scores)
                .filter(|_| at == last)
                .map(|s| s.accuracy_matched),
            after: inputs.fitted.as_ref().and_then(|f| after(f.fit.history, at)),
            at: Some(at).filter(|at| *at < last),
        })
    }
}

fn component(mixture: &Mixture, k: usize, slot: Slot, radii: &[(f64, f64)]) -> Component {
    let gaussian = mixture.component(k);
    Component {
        slot,
        weight: mixture.weights[k],
        mean: [gaussian.mean[0], gaussian.mean[1]],
        ellipses: radii.iter().map(|(_, r)| gaussian.ellipse(*r, VERTICES)).collect(),
    }
}
