//! The covariances' form, one file and one variant each.
//!
//! What a form must give: its second moments from responsibilities, its M step, its distances for
//! the E step, its determinants, and matrices for whoever draws them.

mod diag;

use ndarray::{Array2, ArrayView2};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Range;

use crate::model::fit::rows;
use crate::model::kernel::Columns;
use crate::model::run::Failure;

/// The form of the covariances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CovarianceType {
    /// Diagonal, each component its own.
    #[default]
    Diag,
}

/// The covariances `C_k` of the components.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Covariances {
    /// The variances, K x D.
    Diag(Array2<f64>),
}

/// The prior `P0`: the inverse scale matrix of the Wishart distribution.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Prior {
    /// Its diagonal, D values.
    Diag(Vec<f64>),
}

/// Sums over points with responsibilities `r`, taken about one centre `c_k` a component.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    /// The centres, K x D.
    pub(super) centres: Array2<f64>,
    /// `S0_k = sum_i r_ik`.
    pub(super) counts: Vec<f64>,
    /// `S1_kj = sum_i r_ik (x_ij - c_kj)`, K x D.
    pub(super) first: Array2<f64>,
    /// The second moments that the form needs; for `diag`
    /// `S2_kj = sum_i r_ik (x_ij - c_kj)^2`, K x D.
    pub(super) second: Array2<f64>,
}

/// What the M step has settled before it comes to the covariances.
#[derive(Debug, Clone)]
pub(super) struct Located<'a> {
    /// `n_k`, with scikit-learn's `10 eps`.
    pub(super) counts: &'a [f64],
    /// The weighted means `xb_k`, K x D.
    pub(super) centroids: ArrayView2<'a, f64>,
    /// `b0 / b_k`.
    pub(super) prior_share: &'a [f64],
    /// `m0`.
    pub(super) mean_prior: &'a [f64],
    /// `nu_k`.
    pub(super) degrees_of_freedom: &'a [f64],
    /// Added to every variance.
    pub(super) reg_covar: f64,
}

impl CovarianceType {
    /// How many second moments a component has in `dimensions`.
    pub(super) fn second_moments(self, dimensions: usize) -> usize {
        match self {
            Self::Diag => dimensions,
        }
    }

    /// Adds a chunk's second moments for one component to `second`: `differences` holds
    /// `x_ij - c_kj` for every coordinate `j`.
    pub(super) fn add_second(self, r: &[f64], differences: &[Vec<f64>], second: &mut [f64]) {
        match self {
            Self::Diag => diag::add_second(r, differences, second),
        }
    }

    /// The prior from the data, if none is given.
    pub(super) fn prior(self, given: Option<&[f64]>, columns: &Columns) -> Result<Prior, String> {
        match self {
            Self::Diag => given
                .map_or_else(|| diag::prior_from_data(columns), |p| Ok(p.to_vec()))
                .map(Prior::Diag),
        }
    }
}

impl Prior {
    /// The M step.
    pub(super) fn posterior(
        &self,
        moments: &Moments,
        located: &Located<'_>,
    ) -> Result<Covariances, Failure> {
        match self {
            Self::Diag(prior) => diag::posterior(prior, moments, located).map(Covariances::Diag),
        }
    }

    /// `ln |P0|`.
    pub(super) fn log_determinant(&self) -> f64 {
        match self {
            Self::Diag(prior) => prior.iter().map(|&p| libm::log(p)).sum(),
        }
    }
}

impl Covariances {
    /// `ln |C_k|` for every component.
    pub(super) fn log_determinants(&self) -> Vec<f64> {
        match self {
            Self::Diag(variances) => diag::log_determinants(variances),
        }
    }

    /// Subtracts `1/2 (x_i - m_k)^T C_k^-1 (x_i - m_k)` from `z_i` for the given rows.
    pub(super) fn subtract_half_distances(
        &self,
        k: usize,
        mean: &[f64],
        columns: &Columns,
        rows: &Range<usize>,
        z: &mut [f64],
    ) {
        match self {
            Self::Diag(variances) => {
                diag::subtract_half_distances(variances.row(k), mean, columns, rows, z);
            }
        }
    }

    /// `1/2 sum_i r_ik (x_i - m_k)^T C_k^-1 (x_i - m_k)`, summed over components, from moments about
    /// `m_k`.
    pub(super) fn half_distances(&self, moments: &Moments) -> f64 {
        match self {
            Self::Diag(variances) => 0.5 * (&moments.second / variances).sum(),
        }
    }

    /// The covariances as K matrices D x D.
    pub fn matrices(&self) -> Vec<Array2<f64>> {
        match self {
            Self::Diag(variances) => {
                variances.rows().into_iter().map(|row| Array2::from_diag(&row)).collect()
            }
        }
    }

    /// What is assumed of them, in words.
    pub(in crate::model) fn words(&self) -> &'static str {
        match self {
            Self::Diag(_) => "diagonal covariance",
        }
    }

    /// scikit-learn's `covariances_`.
    pub(in crate::model) fn to_json(&self) -> Value {
        match self {
            Self::Diag(variances) => rows(variances.view()),
        }
    }
}
