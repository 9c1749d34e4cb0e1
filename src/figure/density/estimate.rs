//! Which density of a fit is drawn.

use serde::Serialize;

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
}
