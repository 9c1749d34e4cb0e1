//! The way of an inference in the plane: the ellipse of each component over the iterations.
//!
//! What the viewer should see: where the components start, how their ellipses turn and shrink, and
//! where they end. Older ellipses are thinner and fainter, the last one is dashed in full strength; a
//! line with dots is the path of the mean.
//!
//! Axes: the data's units, with equal scales.
//!
//! Keys that matter: `iterations` (`"auto"`: at most four on a logarithmic scale, or a list); `mass` (how much of a component its ellipse holds, 0.95 by default); `at` (up to which
//! iteration).

mod draw;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::axes::Extent;
use super::known::{check_at, check_dimension, check_iteration};
use super::slot::{Naming, Slot, slots};
use super::word_or_list::word_or_list;
use super::{At, Inputs, Kind, Known, Needs, SharedAxes};
use crate::diagnostic::Problems;
use crate::math::mass_radius;
use crate::model::{History, Stop};
use crate::setting::{self, Positive};

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit, of two-dimensional data.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// Up to which iteration: a number or `"final"` (default).
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Which iterations have an ellipse; `"auto"` by default.
    #[schemars(with = "Option<Iterations>", extend("default" = "auto"))]
    iterations: Option<Spanned<Iterations>>,
    /// How much of a component's mass its ellipse holds; 0.95 by default.
    #[schemars(with = "Option<Positive>", extend("exclusiveMaximum" = 1, "default" = 0.95))]
    mass: Option<Spanned<f64>>,
}

/// Which iterations have an ellipse.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum Iterations {
    /// At most four, the first and the last among them.
    #[default]
    #[schemars(with = "String", extend("const" = "auto"))]
    Auto,
    /// These.
    List(#[schemars(length(min = 1, max = MOST_ITERATIONS))] Vec<usize>),
}

impl<'de> Deserialize<'de> for Iterations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word_or_list(deserializer, &[("auto", Self::Auto)], Self::List, "iterations")
    }
}

/// Ellipses that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    iterations: Iterations,
    mass: f64,
}

/// More ellipses than this are not told apart.
const MOST_ITERATIONS: usize = 12;

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems);
        let mut good =
            fit.is_some_and(|f| check_dimension(problems, &self.fit, &f.shape, "ellipses", 2));
        if fit.is_some_and(|f| f.kind == "given") {
            let name = self.fit.get_ref();
            problems
                .at(
                    self.fit.span(),
                    format!("`fit.{name}` is given, not inferred: it has no iterations"),
                )
                .hint("name a fit of kind `bayesian_mixture`, `mixture_em`, `kmeans` or `project`, or draw a `contour`");
            good = false;
        }
        if let Some(mass) = &self.mass
            && setting::positive(problems, "`mass`", mass)
            && *mass.get_ref() >= 1.0
        {
            problems
                .at_value(
                    mass.span(),
                    format!("`mass` must be less than 1, but is {}", mass.get_ref()),
                )
                .hint("no ellipse holds everything: write 0.95");
        }
        let mass = self.mass.as_ref().map_or(0.95, |m| *m.get_ref());
        good &= mass > 0.0 && mass < 1.0;
        let iterations = self.iterations.as_ref().map_or(Iterations::Auto, |i| i.get_ref().clone());
        if let (Iterations::List(list), Some(written)) = (&iterations, &self.iterations)
            && (list.is_empty() || list.len() > MOST_ITERATIONS)
        {
            problems
                .at_value(
                    written.span(),
                    format!("expected 1 to {MOST_ITERATIONS} iterations, found {}", list.len()),
                )
                .hint("write \"auto\", or the iterations to draw");
            good = false;
        }
        if let (Iterations::List(list), Some(written), Some(fit)) =
            (&iterations, &self.iterations, fit)
        {
            for t in list {
                good &= check_iteration(problems, written.span(), *t, &self.fit, fit);
            }
        }
        good &= check_at(problems, self.at.as_ref(), &self.fit, fit);
        let at = self.at.as_ref().map_or(At::Final, |at| *at.get_ref());
        good.then(|| Spec { fit: self.fit.get_ref().clone(), at, iterations, mass })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [7.0, 5.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.6, 3.0]
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
        Some(super::Spec::Ellipses(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// A component at one iteration.
#[derive(Debug, Clone, Serialize)]
struct Snapshot {
    iteration: usize,
    mean: [f64; 2],
    outline: Vec<[f64; 2]>,
}

#[derive(Debug, Clone, Serialize)]
struct Component {
    slot: Slot,
    /// The mean at every iteration up to the last one that is shown.
    path: Vec<[f64; 2]>,
    /// The iterations that are shown.
    snapshots: Vec<Snapshot>,
}

impl Component {
    /// The distance from the first mean to the last.
    fn moved(&self) -> f64 {
        match (self.path.first(), self.path.last()) {
            (Some(a), Some(b)) => libm::hypot(b[0] - a[0], b[1] - a[1]),
            _ => 0.0,
        }
    }
}

/// The numbers of the ellipses.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    components: Vec<Component>,
    /// The iterations that are shown, in order; never empty.
    iterations: Vec<usize>,
    points: Vec<[f64; 2]>,
    columns: Vec<String>,
    mass: f64,
    /// The last iteration of the fit.
    last: usize,
    #[serde(skip)]
    history: History,
    stop: Stop,
    extent: Extent,
}

const VERTICES: usize = 120;

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fit = inputs.fit()?.fit;
        let last = fit.iterations();
        let iterations = shown(spec, last);
        let until = iterations.last().copied().unwrap_or(last);
        let mixtures: Vec<_> = (0..=until).map(|t| fit.mixture(t)).collect();
        let radius = mass_radius(spec.mass);
        let components: Vec<Component> = slots(inputs, Naming::Matched)
            .into_iter()
            .filter_map(|slot| {
                let k = slot.inferred?;
                let mean = |t: usize| [mixtures[t].means[[k, 0]], mixtures[t].means[[k, 1]]];
                let snapshots = iterations.iter().map(|&t| Snapshot {
                    iteration: t,
                    mean: mean(t),
                    outline: mixtures[t].component(k).ellipse(radius, VERTICES),
                });
                let snapshots = snapshots.collect();
                Some(Component { slot, path: (0..=until).map(mean).collect(), snapshots })
            })
            .collect();
        let points: Vec<[f64; 2]> =
            inputs.dataset.points.rows().into_iter().map(|r| [r[0], r[1]]).collect();
        let outlines = components.iter().flat_map(|c| &c.snapshots).flat_map(|s| &s.outline);
        let all = points.iter().chain(outlines).chain(components.iter().flat_map(|c| &c.path));
        let extent = Extent::around(all.copied()).ok_or("the data set has no points")?;
        Ok(Self {
            components,
            iterations,
            points,
            columns: inputs.dataset.measured(),
            mass: spec.mass,
            last,
            history: fit.history,
            stop: fit.stop,
            extent,
        })
    }

    /// The last iteration that is shown.
    fn until(&self) -> usize {
        self.iterations.last().copied().unwrap_or(self.last)
    }
}

/// The iterations that have an ellipse, in order; the last one of `at` is among them.
fn shown(spec: &Spec, last: usize) -> Vec<usize> {
    let at = spec.at.of(last);
    let mut shown = match &spec.iterations {
        Iterations::Auto => auto(last),
        Iterations::List(list) => list.iter().map(|t| (*t).min(last)).collect(),
    };
    shown.retain(|t| *t <= at);
    // A list says itself where it ends, unless the figure is one of a series over iterations.
    let ends_itself = spec.at == At::Final && matches!(spec.iterations, Iterations::List(_));
    if !ends_itself {
        shown.push(at);
    }
    shown.sort_unstable();
    shown.dedup();
    shown
}

/// At most four iterations: the first, the last, and between them 10 and 100.
fn auto(last: usize) -> Vec<usize> {
    // One that is nearly the last would be drawn on it.
    let between = [10, 100].into_iter().filter(|t| *t as f64 * 1.25 < last as f64);
    let mut all: Vec<usize> = [0].into_iter().chain(between).chain([last]).collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_iterations_lie_on_a_logarithmic_scale() {
        assert_eq!(auto(0), [0]);
        assert_eq!(auto(1), [0, 1]);
        assert_eq!(auto(12), [0, 12]);
        assert_eq!(auto(29), [0, 10, 29]);
        assert_eq!(auto(169), [0, 10, 100, 169]);
        assert_eq!(auto(1500), [0, 10, 100, 1500]);
        for last in 0..3000 {
            let all = auto(last);
            assert!(all.windows(2).all(|w| w[0] < w[1]) && all.len() <= 4, "{all:?}");
            assert_eq!((all[0], *all.last().unwrap()), (0, last));
        }
    }
}
