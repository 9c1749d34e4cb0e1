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
//! estimate and multiply its covariance); `predictive` (what each component predicts, in place of its
//! plug-in estimate); `levels` (`"mass"`, or `"density"` for the levels that matplotlib picks).

mod draw;
mod facts;
mod picture;
mod plane;
mod regions;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

pub use self::picture::Picture;
use super::known::{check_assigns, check_at, check_dimension};
use super::word_or_list::word_or_list;
use super::{At, Inputs, Kind, Known, KnownFit, Needs, SharedAxes, estimate};
use crate::diagnostic::Problems;
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
    /// Whether regions are those of the posterior predictive density of each component, in which what
    /// is not known of the parameters is integrated out, and not those of the component itself; false
    /// by default.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    predictive: Option<Spanned<bool>>,
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
    /// Which density of each component has the regions.
    #[serde(skip_serializing_if = "estimate::Estimate::is_plug_in")]
    density: estimate::Estimate,
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
        good &= check_assigns(problems, &self.fit, fit, "contour");
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
        let density = self.check_predictive(known, problems);
        good &= density.is_some();
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
        let density = density.filter(|_| good)?;
        Some(Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            components,
            estimate: self.estimate.as_ref().map(|e| *e.get_ref()),
            shift: self.shift.as_ref().map_or([0.0; 2], |s| [*s[0].get_ref(), *s[1].get_ref()]),
            scale: self.scale.as_ref().map_or(1.0, |s| *s.get_ref()),
            density,
            levels: self.levels,
            panels,
            start: fit.map_or("", |f| f.start),
        })
    }

    /// Which density is drawn; what a fit predicts is not changed.
    fn check_predictive(
        &self,
        known: &Known,
        problems: &mut Problems,
    ) -> Option<estimate::Estimate> {
        let before = problems.len();
        let written = self.predictive.as_ref();
        let density = estimate::Estimate::resolve(written, Some(&self.fit), known, problems);
        let changes = [
            ("shift", self.shift.as_ref().map(|s| s[0].span())),
            ("scale", self.scale.as_ref().map(Spanned::span)),
        ];
        let changes = changes.into_iter().filter(|_| !density.is_plug_in());
        for (key, span) in changes.filter_map(|(key, span)| Some((key, span?))) {
            problems
                .at(span, format!("`{key}` would change what the fit predicts"))
                .hint(format!("leave out `{key}`, or `predictive`"));
        }
        (problems.len() == before).then_some(density)
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
