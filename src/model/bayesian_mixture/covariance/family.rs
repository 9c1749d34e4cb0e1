//! How precisions are distributed: which model a form of the covariances is.
//!
//! With `full`, every precision has a Wishart distribution of its own in D dimensions. What the other
//! forms have is a choice: [`Family`]. [`Law`] is what comes of form and family, and has the terms in
//! which laws differ.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CovarianceType;
use crate::math::special::{digamma, ln_gamma};

/// Which model `diag`, `spherical` and `tied` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub enum Family {
    /// scikit-learn's formulas, which are those of `full` in part and of no model.
    #[serde(rename = "scikit-learn")]
    ScikitLearn,
    /// The conjugate models that the forms are named after.
    #[serde(rename = "conjugate")]
    Conjugate,
}

/// How the precisions of the components are distributed, prior and posterior alike: with `nu`
/// degrees of freedom and the inverse scale `nu C`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Law {
    /// Every component has a Wishart distribution in D dimensions: `full`, and what scikit-learn
    /// computes with for every form.
    Wishart,
    /// All components share one: `tied`.
    SharedWishart,
    /// Every coordinate of every component has a gamma distribution, the Wishart distribution in one
    /// dimension, `Gamma(nu_k / 2, rate nu_k C_kj / 2)`: `diag`.
    Gammas,
    /// Every component has one for all its coordinates, `Gamma(nu_k / 2, rate nu_k C_k / 2)`:
    /// `spherical`.
    SharedGamma,
}

impl Family {
    /// The family that a fit has if it names none: scikit-learn's where the numbers are to be numpy's.
    pub(in crate::model) fn of(generator: crate::random::Generator) -> Self {
        match generator {
            crate::random::Generator::Numpy => Self::ScikitLearn,
            crate::random::Generator::Chacha => Self::Conjugate,
        }
    }

    /// Whether this is scikit-learn's.
    pub(in crate::model) fn is_scikit_learn(&self) -> bool {
        *self == Self::ScikitLearn
    }

    /// How precisions of covariances of this form are distributed.
    pub(in crate::model) fn law(self, form: CovarianceType) -> Law {
        match (self, form) {
            (Self::ScikitLearn, _) | (_, CovarianceType::Full) => Law::Wishart,
            (Self::Conjugate, CovarianceType::Tied) => Law::SharedWishart,
            (Self::Conjugate, CovarianceType::Diag) => Law::Gammas,
            (Self::Conjugate, CovarianceType::Spherical) => Law::SharedGamma,
        }
    }
}

impl Law {
    /// What the degrees of freedom of the prior must be greater than in `dimensions`.
    pub(in crate::model) fn degrees_of_freedom_above(self, dimensions: usize) -> usize {
        match self {
            Self::Wishart | Self::SharedWishart => dimensions.saturating_sub(1),
            Self::Gammas | Self::SharedGamma => 0,
        }
    }

    /// How many components have their precision from another.
    pub(in crate::model) fn shared(self, components: usize) -> usize {
        match self {
            Self::SharedWishart => components.saturating_sub(1),
            Self::Wishart | Self::Gammas | Self::SharedGamma => 0,
        }
    }

    /// What a coordinate adds to the log normaliser, as a part of what it adds where it has a
    /// precision of its own.
    pub(in crate::model) fn share(self, dimensions: usize) -> f64 {
        match self {
            Self::Wishart | Self::SharedWishart | Self::Gammas => 1.0,
            Self::SharedGamma => 1.0 / dimensions as f64,
        }
    }

    /// The terms `ln Gamma(...)` of the log normaliser.
    pub(in crate::model) fn ln_gammas(self, nu: f64, dimensions: usize) -> Vec<f64> {
        match self {
            Self::Wishart | Self::SharedWishart => {
                (0..dimensions).map(|j| ln_gamma(0.5 * (nu - j as f64))).collect()
            }
            Self::Gammas => vec![ln_gamma(0.5 * nu); dimensions],
            Self::SharedGamma => vec![ln_gamma(0.5 * nu)],
        }
    }

    /// `E ln |Lambda|` beside what the determinant of `nu C` and `D ln 2` are in it.
    pub(in crate::model) fn digammas(self, nu: f64, dimensions: usize) -> f64 {
        match self {
            Self::Wishart | Self::SharedWishart => {
                (0..dimensions).map(|j| digamma(0.5 * (nu - j as f64))).sum()
            }
            Self::Gammas | Self::SharedGamma => dimensions as f64 * digamma(0.5 * nu),
        }
    }
}
