//! Maximum-likelihood mixture of Gaussians by expectation maximisation, equal to scikit-learn's
//! `GaussianMixture`.
//!
//! # Model
//!
//! Labels `c_i ~ Cat(w)` and points `x_i | c_i ~ N(m_{c_i}, C_{c_i})` in D dimensions, i = 1..N
//! (Bishop 2006, equations 9.7 to 9.14). Nothing has a prior; `w`, `m` and `C` are numbers.
//!
//! # Updates
//!
//! The E step, from the parameters of the iteration before (equation 9.23):
//!
//! ```text
//! ln r_ik = ln w_k - (D/2) ln 2 pi - 1/2 ln |C_k| - 1/2 (x_i - m_k)^T C_k^-1 (x_i - m_k)
//!           - logsumexp over k
//! ```
//!
//! The M step, with `n_k = sum_i r_ik + 10 eps` (equations 9.24 to 9.27):
//!
//! ```text
//! w_k = n_k / sum n      m_k = (1/n_k) sum_i r_ik x_i
//! C_k = (1/n_k) sum_i r_ik (x_i - m_k)(x_i - m_k)^T + reg_covar I
//! ```
//!
//! This is `full`. `diag` has the diagonal of it; `spherical` the mean of that; `tied` the mean of all
//! `C_k` with weights `n_k`. It is the M step of [`super::bayesian_mixture`] with a prior that is
//! worth no point (`b0`, `n0`, `a0` and `P0` are 0), and is computed by it, as the moments are.
//!
//! # Log-likelihood
//!
//! `log_likelihood` is `sum_i ln sum_k w_k N(x_i | m_k, C_k)` (equation 9.14) of the parameters of
//! every iteration, from the start on. It never falls, but for `reg_covar`. `lower_bound` is
//! scikit-learn's: the mean over points of what the E step of the iteration saw, so of the parameters
//! *before* its M step; it begins with iteration 1, and the fit stops on its change.
//!
//! # Departures from scikit-learn
//!
//! - Distances, means and covariances are computed about the means; scikit-learn expands the square
//!   and loses digits where the data are far from 0.
//! - `init = "k-means++"` and `"random_from_data"` begin with one point a component and all others
//!   without any. scikit-learn's weights are then 1/N each, so that they do not sum to 1, which its
//!   `lower_bound` of iteration 1 shows. The weights here are the same divided by their sum, and
//!   `lower_bound` is scikit-learn's.
//! - Starting covariances are given as such (`covariances`), not as their inverses.
//!
//! # References
//!
//! - C. M. Bishop (2006). Pattern recognition and machine learning, section 9.2.
//! - scikit-learn 1.9.1, `sklearn.mixture.GaussianMixture`.

mod options;
mod start;
mod update;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

pub use options::Options;

use super::bayesian_mixture::{CovarianceType, Covariances, Init};
use super::fit::Fit;
use super::run::{self, Rules, Tolerance};
use super::{History, Watch};
use crate::math::mixture::Mixture;
use crate::random::Random;

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// K, at least 1 and at most N.
    pub components: usize,
    /// The form of the covariances.
    pub covariance: CovarianceType,
    /// The responsibilities from which the first parameters are computed; not looked at where all
    /// parameters are given.
    pub init: Init,
    /// The weights at the start, K of them; `None`: from `init`.
    pub weights: Option<Vec<f64>>,
    /// The means at the start, K x D; `None`: from `init`.
    pub means: Option<Array2<f64>>,
    /// The covariances at the start, of the form `covariance`; `None`: from `init`.
    pub covariances: Option<Covariances>,
    /// Added to the variances of every component, >= 0.
    pub reg_covar: f64,
    /// The most iterations; 0 keeps the initial values.
    pub max_iter: usize,
    /// Stop once the mean log-likelihood of the points changes by less than this, absolutely.
    pub tol: f64,
    /// How often to start anew (scikit-learn's `n_init`); the best one is kept, the first of equals.
    pub restarts: usize,
    /// Whether states are taken after iterations or after halves of them.
    pub history: History,
}

/// The parameters after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// `w_k`, which sum to 1.
    pub weights: Vec<f64>,
    /// `m_k`, K x D.
    pub means: Array2<f64>,
    /// `C_k`.
    pub covariances: Covariances,
}

impl State {
    /// The mixture.
    pub fn mixture(&self) -> Mixture {
        Mixture {
            weights: self.weights.clone(),
            means: self.means.clone(),
            covariances: self.covariances.matrices(self.means.dim()),
        }
    }
}

impl Spec {
    /// How many numbers the fit is free to choose in `dimensions`: the weights but one, the means and
    /// the covariances, each pair of coordinates once.
    pub fn parameters(&self, dimensions: usize) -> usize {
        let each = self.covariance.second_moments(dimensions);
        let covariances = match self.covariance {
            CovarianceType::Tied => each,
            _ => self.components * each,
        };
        covariances + self.components * dimensions + self.components - 1
    }

    /// How the inference starts, in words.
    pub(super) fn start_words(&self) -> &'static str {
        match self.means.is_some() {
            true => "given start",
            false => self.init.words(),
        }
    }

    /// Whether no responsibilities are needed to start.
    fn is_given(&self) -> bool {
        self.weights.is_some() && self.means.is_some() && self.covariances.is_some()
    }
}

/// Fits the model to N x D points.
pub(super) fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Fit, String> {
    let flat = update::without_prior(spec, points.ncols());
    let model = update::Likelihood::new(spec, &flat, points)?;
    let rules = Rules {
        max_iter: spec.max_iter,
        restarts: spec.restarts,
        stop_on: 1,
        tolerance: Tolerance::Below(spec.tol),
        rank_by: 1,
    };
    let kept = run::run(&model, rules, random, watch)?;
    let fit = Fit::from_run(kept, |step: update::Inner| super::State::MixtureEm(step.outer()));
    let fit = fit.with_criteria(spec.parameters(points.ncols()), points.nrows());
    Ok(fit.with_history(spec.history))
}
