//! The covariances' form, one file and one variant each.
//!
//! What a form must give: its second moments from responsibilities, its M step, its distances for
//! the E step, its determinants, and matrices for whoever draws them.

mod conjugate;
mod diag;
mod distances;
mod family;
mod full;
mod products;
mod spherical;
mod sums;
mod tied;
pub(super) mod written;

use ndarray::{Array2, ArrayView2};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use family::Family;
pub(in crate::model) use family::Law;

use crate::math::linalg;
use crate::model::fit::rows;
use crate::model::kernel::Columns;

pub(in crate::model) use distances::Distances;
pub(super) use sums::Sums;

/// The form of the covariances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CovarianceType {
    /// Any, each component its own.
    Full,
    /// Any, the same for all components.
    Tied,
    /// Diagonal, each component its own.
    #[default]
    Diag,
    /// One variance for all coordinates, each component its own.
    Spherical,
}

/// The covariances `C_k` of the components.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Covariances {
    /// K matrices D x D.
    Full(Vec<Array2<f64>>),
    /// The one matrix, D x D.
    Tied(Array2<f64>),
    /// The variances, K x D.
    Diag(Array2<f64>),
    /// The variances, K of them.
    Spherical(Vec<f64>),
}

/// The prior `P0`: the inverse scale matrix of the Wishart distribution.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Prior {
    /// D x D.
    Full(Array2<f64>),
    /// D x D.
    Tied(Array2<f64>),
    /// Its diagonal, D values.
    Diag(Vec<f64>),
    /// The value on its diagonal.
    Spherical(f64),
}

/// Sums over points with responsibilities `r`, taken about one centre `c_k` a component.
#[derive(Debug, Clone)]
pub(in crate::model) struct Moments {
    /// The centres, K x D.
    pub(super) centres: Array2<f64>,
    /// `S0_k = sum_i r_ik`.
    pub(super) counts: Vec<f64>,
    /// `S1_kj = sum_i r_ik (x_ij - c_kj)`, K x D.
    pub(super) first: Array2<f64>,
    /// The second moments that the form needs. For `full` and `tied`
    /// `S2_kjl = sum_i r_ik (x_ij - c_kj) (x_il - c_kl)` with `l <= j`, K x D(D+1)/2, row by row;
    /// for `diag` those with `l = j`, K x D; for `spherical` their sum, K x 1.
    pub(super) second: Array2<f64>,
    /// What scikit-learn's `tied` counts beside them where the responsibilities of a point do not
    /// sum to 1: `sum_i (1 - sum_k r_ik) x_i x_i^T`, D x D.
    pub(super) unassigned: Option<Array2<f64>>,
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

impl Located<'_> {
    /// `xb_k - m0`.
    fn deviation_from_prior(&self, k: usize) -> Vec<f64> {
        self.centroids.row(k).iter().zip(self.mean_prior).map(|(x, m)| x - m).collect()
    }
}

impl Moments {
    /// Sums over no points, about the K x D `centres`.
    pub(super) fn none(form: CovarianceType, centres: &Array2<f64>) -> Self {
        let (components, dimensions) = centres.dim();
        Self {
            centres: centres.clone(),
            counts: vec![0.0; components],
            first: Array2::zeros((components, dimensions)),
            second: Array2::zeros((components, form.second_moments(dimensions))),
            unassigned: None,
        }
    }

    /// Adds the sums over other points, about the same centres.
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, n) in self.counts.iter_mut().zip(&other.counts) {
            *own += n;
        }
        self.first += &other.first;
        self.second += &other.second;
    }
}

impl CovarianceType {
    /// How many second moments a component has in `dimensions`.
    pub(in crate::model) fn second_moments(self, dimensions: usize) -> usize {
        match self {
            Self::Full | Self::Tied => dimensions * (dimensions + 1) / 2,
            Self::Diag => dimensions,
            Self::Spherical => 1,
        }
    }

    /// `nu_k` after the counts `n_k`. One covariance for all components sees the mean of them, as
    /// scikit-learn has it, unless its law is the conjugate one.
    pub(super) fn degrees_of_freedom(
        self,
        law: Law,
        prior: f64,
        counts: &[f64],
        dimensions: usize,
    ) -> Vec<f64> {
        match (law, self) {
            (Law::SharedWishart, _) => conjugate::tied_degrees_of_freedom(prior, counts),
            (Law::SharedGamma, _) => {
                conjugate::spherical_degrees_of_freedom(prior, counts, dimensions)
            }
            (Law::Wishart, Self::Tied) => {
                let mean = counts.iter().sum::<f64>() / counts.len() as f64;
                vec![prior + mean; counts.len()]
            }
            (Law::Wishart | Law::Gammas, _) => counts.iter().map(|n| prior + n).collect(),
        }
    }

    /// The prior from the numbers given (see `Spec::covariance_prior`), or else from the data.
    pub(super) fn prior(
        self,
        given: Option<&[f64]>,
        columns: &Columns<'_>,
    ) -> Result<Prior, String> {
        let dimensions = columns.dimensions();
        if let Some(given) = given
            && given.len() != self.prior_numbers(dimensions)
        {
            return Err("`covariance_prior` is not of the size of the data".to_owned());
        }
        let matrix = || match given {
            Some(numbers) => Ok(Array2::from_shape_fn((dimensions, dimensions), |(i, j)| {
                numbers[i * dimensions + j]
            })),
            None => full::prior_from_data(columns),
        };
        match self {
            Self::Full => matrix().map(Prior::Full),
            Self::Tied => matrix().map(Prior::Tied),
            Self::Diag => given
                .map_or_else(|| diag::prior_from_data(columns), |p| Ok(p.to_vec()))
                .map(Prior::Diag),
            Self::Spherical => given
                .map_or_else(|| spherical::prior_from_data(columns), |p| Ok(p[0]))
                .map(Prior::Spherical),
        }
    }

    /// How many numbers the prior has in `dimensions`.
    pub(in crate::model) fn prior_numbers(self, dimensions: usize) -> usize {
        match self {
            Self::Full | Self::Tied => dimensions * dimensions,
            Self::Diag => dimensions,
            Self::Spherical => 1,
        }
    }
}

impl Prior {
    /// The M step; what is ill-defined, if anything is.
    pub(super) fn posterior(
        &self,
        law: Law,
        moments: &Moments,
        located: &Located<'_>,
    ) -> Result<Covariances, String> {
        match self {
            Self::Full(prior) => full::posterior(prior, moments, located).map(Covariances::Full),
            Self::Tied(prior) => match law {
                Law::SharedWishart => conjugate::tied(prior, moments, located),
                _ => tied::posterior(prior, moments, located),
            }
            .map(Covariances::Tied),
            Self::Diag(prior) => diag::posterior(prior, moments, located).map(Covariances::Diag),
            Self::Spherical(prior) => match law {
                Law::SharedGamma => conjugate::spherical(*prior, moments, located),
                _ => spherical::posterior(*prior, moments, located),
            }
            .map(Covariances::Spherical),
        }
    }

    /// `ln |P0|` in `dimensions`.
    pub(super) fn log_determinant(&self, dimensions: usize) -> f64 {
        match self {
            Self::Full(prior) | Self::Tied(prior) => full::log_determinant(prior),
            Self::Diag(prior) => prior.iter().map(|&p| libm::log(p)).sum(),
            Self::Spherical(prior) => dimensions as f64 * libm::log(*prior),
        }
    }
}

impl Covariances {
    /// Their form.
    pub(in crate::model) fn form(&self) -> CovarianceType {
        match self {
            Self::Full(_) => CovarianceType::Full,
            Self::Tied(_) => CovarianceType::Tied,
            Self::Diag(_) => CovarianceType::Diag,
            Self::Spherical(_) => CovarianceType::Spherical,
        }
    }

    /// Whether coordinates are independent.
    pub(in crate::model) fn is_diagonal(&self) -> bool {
        matches!(self, Self::Diag(_) | Self::Spherical(_))
    }

    /// `ln |C_k|` for every one of `components` in `dimensions`.
    pub(in crate::model) fn log_determinants(
        &self,
        (components, dimensions): (usize, usize),
    ) -> Vec<f64> {
        match self {
            Self::Full(matrices) => matrices.iter().map(full::log_determinant).collect(),
            Self::Tied(matrix) => vec![full::log_determinant(matrix); components],
            Self::Diag(variances) => diag::log_determinants(variances),
            Self::Spherical(variances) => {
                variances.iter().map(|&v| dimensions as f64 * libm::log(v)).collect()
            }
        }
    }

    /// The covariances as K matrices D x D.
    pub fn matrices(&self, (components, dimensions): (usize, usize)) -> Vec<Array2<f64>> {
        match self {
            Self::Full(matrices) => matrices.clone(),
            Self::Tied(matrix) => vec![matrix.clone(); components],
            Self::Diag(variances) => {
                variances.rows().into_iter().map(|row| Array2::from_diag(&row)).collect()
            }
            Self::Spherical(variances) => {
                variances.iter().map(|&v| Array2::from_diag_elem(dimensions, v)).collect()
            }
        }
    }

    /// Whether they are of this form and for so many components in so many dimensions.
    pub(in crate::model) fn fits(
        &self,
        form: CovarianceType,
        (components, dimensions): (usize, usize),
    ) -> bool {
        let matrix = (dimensions, dimensions);
        match (self, form) {
            (Self::Full(all), CovarianceType::Full) => {
                all.len() == components && all.iter().all(|c| c.dim() == matrix)
            }
            (Self::Tied(one), CovarianceType::Tied) => one.dim() == matrix,
            (Self::Diag(all), CovarianceType::Diag) => all.dim() == (components, dimensions),
            (Self::Spherical(all), CovarianceType::Spherical) => all.len() == components,
            _ => false,
        }
    }

    /// What is assumed of them, in words.
    pub(in crate::model) fn words(&self) -> &'static str {
        match self {
            Self::Full(_) => "full covariance",
            Self::Tied(_) => "tied covariance",
            Self::Diag(_) => "diagonal covariance",
            Self::Spherical(_) => "spherical covariance",
        }
    }

    /// scikit-learn's `covariances_`.
    pub(in crate::model) fn to_json(&self) -> Value {
        match self {
            Self::Full(matrices) => matrices.iter().map(|c| rows(c.view())).collect(),
            Self::Tied(matrix) => rows(matrix.view()),
            Self::Diag(variances) => rows(variances.view()),
            Self::Spherical(variances) => json!(variances),
        }
    }

    /// scikit-learn's `degrees_of_freedom_`: one number where there is one covariance.
    pub(in crate::model) fn degrees_of_freedom_to_json(&self, degrees: &[f64]) -> Value {
        match self {
            Self::Tied(_) => json!(degrees.first()),
            Self::Full(_) | Self::Diag(_) | Self::Spherical(_) => json!(degrees),
        }
    }
}

/// Whether a matrix has a Cholesky factor.
fn is_positive_definite(matrix: &Array2<f64>) -> bool {
    linalg::cholesky(matrix).is_some()
}

/// Whether a variance is one; false for NaN too.
fn is_positive(variance: f64) -> bool {
    variance > 0.0 && variance.is_finite()
}
