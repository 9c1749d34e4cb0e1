//! Which density of a fit is drawn: `predictive = true` of the kinds that draw one.

use serde::Serialize;
use toml::Spanned;

use super::Known;
use crate::diagnostic::Problems;
use crate::math::predictive::Predictive;
use crate::model::Fit;

/// Which density of a fit is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Estimate {
    /// That of the mixture in which every parameter stands for itself.
    PlugIn,
    /// That of the posterior predictive distribution.
    Predictive,
}

impl Estimate {
    /// What `predictive` says; reports that there is no fit, or one that predicts no density.
    pub(super) fn resolve(
        written: Option<&Spanned<bool>>,
        fit: Option<&Spanned<String>>,
        known: &Known,
        problems: &mut Problems,
    ) -> Self {
        let Some(written) = written.filter(|p| *p.get_ref()) else { return Self::PlugIn };
        let Some(fit) = fit else {
            problems
                .at(written.span(), "only a fit has a posterior predictive density")
                .hint("add `fit`, or leave `predictive` out");
            return Self::Predictive;
        };
        let kind = known.fits.get(fit.get_ref()).and_then(|fit| Some(fit.as_ref()?.kind));
        if kind == Some("kmeans") {
            problems
                .at(
                    written.span(),
                    format!(
                        "`fit.{}` is of kind `kmeans`, which predicts no density",
                        fit.get_ref()
                    ),
                )
                .hint("leave `predictive` out, or name a fit of another kind");
        }
        Self::Predictive
    }

    pub(super) fn is_plug_in(&self) -> bool {
        *self == Self::PlugIn
    }

    /// What a fit says at an iteration.
    pub(super) fn of(self, fit: &Fit, at: usize) -> Predictive {
        match self {
            Self::PlugIn => Predictive::known(&fit.mixture(at)),
            Self::Predictive => fit.predictive(at),
        }
    }

    /// What it is called in keys.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::PlugIn => "estimate",
            Self::Predictive => "predictive",
        }
    }

    /// What it is called in sentences.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::PlugIn => "estimate",
            Self::Predictive => "predictive density",
        }
    }
}
