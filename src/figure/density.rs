//! The density of a mixture: of the truth, of a fit, or of both.
//!
//! What the viewer should see: in one dimension how the weighted components add up to the mixture,
//! and that it may have fewer humps than components; in two dimensions the landscape of the whole
//! mixture, in regions that hold stated shares of its mass.
//!
//! In one dimension: horizontal the data's unit, vertical density in one over that unit, below it
//! every data point as a stroke. In two: both axes the data's units, in the same scale.
//!
//! Keys that matter: `fit` (its mixture at `at`; with `predictive = true` its posterior predictive
//! distribution, which counts what is not known of the parameters), `data` (the truth), or both; `levels` (`"mass"`,
//! the smallest regions that hold 50, 80 and 95 %; `"density"`, the levels that matplotlib picks; or
//! a list) and `scale` (what they are levels of: `"density"` or `"neg_log"`); `aspect`; `rug`; `points`.
//! Of a projection (`model.project`) the truth is called p and the estimate, in a colour, q.

mod draw;
mod draw_line;
mod draw_plane;
mod levels;
mod line;
mod plane;
mod projection;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

pub use levels::{Levels, Scale};

use self::levels::MOST_LEVELS;
use self::line::Line;
use self::plane::Plane;
use self::projection::Projection;
use super::at::after;
use super::axes::Extent;
use super::cloud::Aspect;
use super::estimate::Estimate;
use super::{At, Inputs, Kind, Known, Needs, SharedAxes, source};
use crate::data::Shape;
use crate::diagnostic::Problems;
use crate::math::density::{Density, Field};
use crate::math::predictive::Predictive;
use crate::setting;

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schemars(extend("anyOf" = [{"required": ["data"]}, {"required": ["fit"]}]))]
pub struct Options {
    /// The data set whose true mixture is drawn; none by default.
    #[schemars(with = "Option<String>")]
    data: Option<Spanned<String>>,
    /// The fit whose mixture is drawn; none by default, but one of the two is needed.
    #[schemars(with = "Option<String>")]
    pub(super) fit: Option<Spanned<String>>,
    /// The iteration of the fit: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Whether the posterior predictive density of the fit is drawn, in which what is not known of
    /// the parameters is integrated out, and not that of its mixture; false by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    predictive: Option<Spanned<bool>>,
    /// Whether every point of one-dimensional data has a stroke; true by default.
    #[schemars(with = "Option<bool>", extend("default" = true))]
    rug: Option<Spanned<bool>>,
    /// Whether the points of two-dimensional data are drawn; true by default. Without them the axes
    /// hold what is drawn.
    #[schemars(with = "Option<bool>", extend("default" = true))]
    points: Option<Spanned<bool>>,
    /// Which levels of a two-dimensional density are drawn; `"mass"` by default.
    #[schemars(with = "Option<Levels>", extend("default" = "mass"))]
    levels: Option<Spanned<Levels>>,
    /// What the levels are levels of; `"density"` by default.
    #[schemars(with = "Option<Scale>", extend("default" = "density"))]
    scale: Option<Spanned<Scale>>,
    /// Whether both axes of two-dimensional data have the same scale; `"equal"` by default.
    #[schemars(with = "Option<Aspect>", extend("default" = "equal"))]
    aspect: Option<Spanned<Aspect>>,
}

impl<'de> source::Options<'de> for Options {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }

    fn missing(&self) -> Option<&'static str> {
        (self.data.is_none() && self.fit.is_none()).then_some("fit")
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        source::complete(deserializer)
    }
}

/// A density that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    data: Option<String>,
    fit: Option<String>,
    at: At,
    #[serde(skip_serializing_if = "Estimate::is_plug_in")]
    estimate: Estimate,
    rug: bool,
    #[serde(skip_serializing_if = "is_default")]
    points: bool,
    levels: Levels,
    scale: Scale,
    aspect: Aspect,
    dimensions: usize,
}

/// Points are drawn unless it is said that they are not.
fn is_default(points: &bool) -> bool {
    *points
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let before = problems.len();
        let (data, fit) = (self.data.as_ref(), self.fit.as_ref());
        let shape = source::check(known, problems, data, fit, self.at.as_ref());
        if let (Some(data), Some((_, shape))) = (data, shape)
            && !shape.truth
        {
            problems
                .at(
                    data.span(),
                    format!("the true density of `data.{}` is not known", data.get_ref()),
                )
                .hint(match fit {
                    Some(_) => "leave `data` out: the points are those of the fit",
                    None => "name a `fit` in place of `data`",
                });
        }
        if let Some((name, shape)) = shape {
            self.check_keys(name, shape, problems);
        }
        self.check_levels(problems);
        let estimate = Estimate::resolve(self.predictive.as_ref(), fit, known, problems);
        let (_, shape) = shape?;
        let name = |name: &Spanned<String>| name.get_ref().clone();
        (problems.len() == before).then(|| Spec {
            data: self.data.as_ref().map(name),
            fit: self.fit.as_ref().map(name),
            at: self.at.as_ref().map_or(At::Final, |a| *a.get_ref()),
            estimate,
            rug: self.rug.as_ref().is_none_or(|r| *r.get_ref()),
            points: self.points.as_ref().is_none_or(|p| *p.get_ref()),
            levels: self.levels.as_ref().map_or(Levels::Mass, |l| l.get_ref().clone()),
            scale: self.scale.as_ref().map_or(Scale::Density, |s| *s.get_ref()),
            aspect: self.aspect.as_ref().map_or(Aspect::Equal, |a| *a.get_ref()),
            dimensions: shape.dimensions,
        })
    }

    /// Curves have no levels, and planes no rug.
    fn check_keys(&self, name: &Spanned<String>, shape: &Shape, problems: &mut Problems) {
        let mut idle = |span: Option<std::ops::Range<usize>>, key: &str, dimension: usize| {
            let Some(span) = span else { return };
            problems
                .at(span, format!("`{key}` is for data of dimension {dimension}"))
                .hint(format!("leave it out: these data have dimension {}", shape.dimensions));
        };
        match shape.dimensions {
            1 => {
                idle(self.points.as_ref().map(Spanned::span), "points", 2);
                idle(self.levels.as_ref().map(Spanned::span), "levels", 2);
                idle(self.scale.as_ref().map(Spanned::span), "scale", 2);
                idle(self.aspect.as_ref().map(Spanned::span), "aspect", 2);
            }
            2 => idle(self.rug.as_ref().map(Spanned::span), "rug", 1),
            other => {
                problems
                    .at(
                        name.span(),
                        format!(
                            "`density` draws data of dimension 1 or 2, but these have dimension \
                             {other}"
                        ),
                    )
                    .hint("name data of one or two columns");
            }
        }
    }

    fn check_levels(&self, problems: &mut Problems) {
        let scale = self.scale.as_ref().map_or(Scale::Density, |s| *s.get_ref());
        let levels = self.levels.as_ref();
        let by_mass = levels.is_none_or(|l| *l.get_ref() == Levels::Mass);
        if let Some(written) = self.scale.as_ref().filter(|_| by_mass) {
            problems
                .at(written.span(), "shares of mass have no `scale`")
                .hint("add `levels = \"density\"` or a list of numbers, or leave `scale` out");
        }
        let Some(written) = levels else { return };
        let Levels::Values(values) = written.get_ref() else { return };
        if values.is_empty() || values.len() > MOST_LEVELS {
            problems
                .at(
                    written.span(),
                    format!("expected 1 to {MOST_LEVELS} levels, found {}", values.len()),
                )
                .hint("write a few numbers, or \"mass\"");
        }
        for value in values {
            let value = Spanned::new(written.span(), *value);
            let good = match scale {
                Scale::Density => setting::positive(problems, "a level of a density", &value),
                Scale::NegLog => setting::finite(problems, "a level", &value),
            };
            if !good {
                return;
            }
        }
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { data: self.data.clone(), fit: self.fit.clone(), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        if self.dimensions == 1 { [10.0, 4.0] } else { [5.0, 5.0] }
    }

    fn least_size(&self) -> [f64; 2] {
        if self.dimensions == 1 { [4.0, 3.0] } else { [4.0, 3.2] }
    }

    fn shared_axes(&self) -> Option<SharedAxes> {
        Some(if self.dimensions == 1 { SharedAxes::Density } else { SharedAxes::Plane })
    }

    fn labelled_columns(&self) -> usize {
        self.dimensions
    }

    fn shown_at(&self) -> Option<At> {
        self.fit.as_ref().map(|_| self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        self.fit.as_ref()?;
        Some(super::Spec::Density(Self { at, ..self.clone() }))
    }

    fn has_layers(&self) -> bool {
        self.fit.is_some()
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// Whose mixture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    /// That of the data set.
    Truth,
    /// That which the inference starts from.
    Start,
    /// That of the fit.
    Estimate,
}

/// What a picture says of one of its mixtures.
#[derive(Debug, Clone, Serialize)]
struct Summary {
    role: Role,
    /// How many components have any weight.
    components: usize,
    /// Where its density is highest.
    modes: Vec<Vec<f64>>,
    /// The mean of its logarithm over the data, in nats.
    mean_log_density: f64,
}

/// A mixture that is drawn.
struct Drawn {
    role: Role,
    mixture: Predictive,
    density: Density,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    Line(Line),
    Plane(Plane),
}

/// The numbers of a density.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    #[serde(flatten)]
    body: Body,
    /// The truth and the estimate, as far as they are drawn.
    mixtures: Vec<Summary>,
    /// KL(p || q) in nats, p the truth and q the estimate, unless the estimate is a projection.
    divergence: Option<f64>,
    /// The divergence that a projection makes least.
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<Projection>,
    columns: Vec<String>,
    /// Which density of the fit it is.
    #[serde(skip_serializing_if = "Estimate::is_plug_in")]
    estimate: Estimate,
    /// How many points the data have.
    points: usize,
    /// The iteration, if it is not the last.
    at: Option<usize>,
    /// The half step that it is, of a fit that has them.
    #[serde(skip)]
    after: Option<String>,
    extent: Extent,
}

/// Beyond so many standard deviations there is nothing of a component to be integrated.
const REACH: f64 = 6.0;

impl Picture {
    fn new(spec: &Spec, inputs: &mut Inputs<'_>) -> Result<Self, String> {
        let mut drawn: Vec<Drawn> = Vec::new();
        let mut add = |role: Role, mixture: Predictive| {
            let density = Density::of(&mixture);
            drawn.push(Drawn { role, mixture, density });
        };
        if let Some(truth) = inputs.dataset.truth.as_ref().filter(|_| spec.data.is_some()) {
            add(Role::Truth, Predictive::known(truth));
        }
        let (mut earlier, mut projection) = (None, None);
        if let Some(fitted) = &inputs.fitted {
            let last = fitted.fit.iterations();
            let at = spec.at.of(last);
            earlier = Some(at).filter(|at| *at < last);
            projection = Projection::of(fitted.fit, at);
            if at > 0 {
                add(Role::Start, spec.estimate.of(fitted.fit, 0));
            }
            add(Role::Estimate, spec.estimate.of(fitted.fit, at));
        }
        let points = inputs.dataset.points.nrows();
        let mixtures = drawn
            .iter()
            .filter(|d| d.role != Role::Start)
            .map(|d| Summary {
                role: d.role,
                components: d.mixture.weights.iter().filter(|w| **w > 0.0).count(),
                modes: d.density.modes(),
                mean_log_density: mean_log_density(&d.density, inputs),
            })
            .collect();
        let of = |role: Role| drawn.iter().find(|d| d.role == role).map(|d| &d.density);
        let compared = of(Role::Truth).zip(of(Role::Estimate)).filter(|_| projection.is_none());
        let divergence = compared.and_then(|(p, q)| {
            let bounds = p.extent(REACH)?;
            Some(Field::new(p, &bounds).divergence(q))
        });
        let (body, extent) = match spec.dimensions {
            1 => {
                let (line, extent) = Line::new(spec, inputs, &drawn)?;
                (Body::Line(line), extent)
            }
            _ => {
                let (plane, extent) = Plane::new(spec, inputs, &drawn)?;
                (Body::Plane(plane), extent)
            }
        };
        Ok(Self {
            body,
            mixtures,
            divergence,
            projection,
            columns: inputs.dataset.measured(),
            estimate: spec.estimate,
            points,
            at: earlier,
            after: inputs.fitted.as_ref().zip(earlier).and_then(|(f, at)| after(f.fit.history, at)),
            extent,
        })
    }

    /// The mixture that the title speaks of.
    fn main(&self) -> Option<&Summary> {
        self.mixtures.last()
    }

    fn has(&self, role: Role) -> bool {
        self.mixtures.iter().any(|m| m.role == role)
    }
}

fn mean_log_density(density: &Density, inputs: &Inputs<'_>) -> f64 {
    let rows = inputs.dataset.points.rows();
    let sum = rows.into_iter().fold(0.0, |sum, row| sum + density.ln(&row.to_vec()));
    sum / inputs.dataset.points.nrows() as f64
}
