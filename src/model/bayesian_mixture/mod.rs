//! Variational Bayesian mixture of Gaussians: scikit-learn's `BayesianGaussianMixture`, and the
//! conjugate models that its names promise.
//!
//! # Model
//!
//! Weights `pi ~ Dirichlet(a0, ..., a0)` or, with `weight_prior = "dirichlet_process"`, from sticks
//! `v_k ~ Beta(1, a0)` as `pi_k = v_k prod_(l<k) (1 - v_l)`, labels `c_i ~ Cat(pi)`, precisions `Lambda_k ~
//! Wishart(W0, n0)` with `W0 = P0^-1`, means `mu_k | Lambda_k ~ N(m0, (b0 Lambda_k)^-1)` and points
//! `x_i | c_i ~ N(mu_{c_i}, Lambda_{c_i}^-1)` in D dimensions, i = 1..N (Bishop 2006, equations
//! 10.37 to 10.40). `a0` is `weight_concentration_prior`, `b0` `mean_precision_prior`, `m0`
//! `mean_prior`, `n0` `degrees_of_freedom_prior` and `P0` `covariance_prior`, which is *not*
//! multiplied by `n0`.
//!
//! # Variational family
//!
//! `q(c) q(pi) prod_k q(mu_k, Lambda_k)`: categorical with responsibilities `r_ik`, Dirichlet with
//! concentrations `alpha_k` (or beta with `g1_k` and `g2_k` for every stick), Gauss-Wishart with `m_k`, `b_k`, `nu_k` and the covariance `C_k`, which
//! is the inverse scale matrix divided by `nu_k` (equation 10.42, 10.59).
//!
//! # Updates
//!
//! Responsibilities, from the parameters of the iteration before (equations 10.46, 10.64 to 10.66):
//!
//! ```text
//! ln r_ik = E ln pi_k + 1/2 E ln |Lambda_k| - (D/2) ln 2 pi
//!           - 1/2 [ D / b_k + (x_i - m_k)^T C_k^-1 (x_i - m_k) ] - logsumexp over k
//! ```
//!
//! Then, with `n_k = sum_i r_ik + 10 eps`, `xb_k` the weighted mean and `S_k` the weighted
//! covariance plus `reg_covar` (equations 10.51 to 10.53, 10.58, 10.60 to 10.63):
//!
//! ```text
//! alpha_k = a0 + n_k      b_k = b0 + n_k      nu_k = n0 + n_k
//! m_k     = (b0 m0 + n_k xb_k) / b_k
//! nu_k C_k = P0 + n_k S_k + (b0 n_k / b_k) (xb_k - m0)(xb_k - m0)^T
//! g1_k    = 1 + n_k       g2_k = a0 + n_(k+1) + ... + n_K       (sticks instead of alpha_k)
//! ```
//!
//! This is `full`. Of the other forms there are two families, which the files in `covariance/` have
//! the formulas of:
//!
//! - `family = "scikit-learn"`: `diag` has the diagonal of it; `spherical` the mean of that; `tied` one
//!   `C` from the means over k of `n_k`, `n_k S_k` and the last term. Their expectations and
//!   normalisers are those of the D-dimensional Wishart distribution.
//! - `family = "conjugate"`: every precision has its own conjugate prior, with `n0` degrees of freedom
//!   and inverse scale `P0`. `diag`: `lambda_kj ~ Gamma(n0/2, rate P0_j/2)` for every coordinate;
//!   `spherical`: one `lambda_k ~ Gamma(n0/2, rate P0/2)`, to which every point adds D degrees of
//!   freedom; `tied`: one `Lambda ~ Wishart(P0^-1, n0)`, to which all points add theirs (the law's
//!   terms are in `covariance/family.rs`).
//!
//! # ELBO
//!
//! `lower_bound` is scikit-learn's: `- sum_ik r_ik ln r_ik` (the entropy of `q(c)`), minus the log
//! normaliser of every Wishart posterior, minus that of the Dirichlet posterior, minus
//! `(D/2) sum_k ln b_k` (equation 10.70 with 10.71 to 10.77, after the cancellations that hold right
//! after the updates; constants dropped). `elbo` adds these constants, which depend on K, N and the
//! priors: the log normalisers of the priors and `-(N D/2) ln 2 pi`. So `elbo` can be compared
//! between fits with different K or priors, `lower_bound` cannot. `lower_bound` begins with
//! iteration 1; `elbo` with iteration 0, where `r` is the initial one. The conjugate `diag`,
//! `spherical` and `tied` have no `lower_bound`: the ELBO alone stops them and ranks restarts.
//!
//! `elbo` is exact where `reg_covar = 0`, but for scikit-learn's `diag`, `spherical` and `tied` in
//! several dimensions: for K = 1 it is the log evidence. What `reg_covar` adds makes it
//! smaller by `reg_covar / 2 sum_ik r_ik tr(C_k^-1)`, so that it stays a bound.
//!
//! # Departures from scikit-learn, and scikit-learn's from the textbook
//!
//! - Distances, centroids and covariances are computed about the means; scikit-learn expands the
//!   square and loses digits where the data are far from 0.
//! - `10 eps` in `n_k` and `reg_covar` in `S_k` are scikit-learn's, not Bishop's.
//! - In scikit-learn's family `diag`, `spherical` and `tied` are not the conjugate models that their
//!   names say: as scikit-learn, they keep the D-dimensional Wishart's degrees of freedom and
//!   normaliser (for `tied` K times the same one). In one dimension `diag` and `spherical` are exact
//!   all the same.
//! - A constant coordinate needs its own `covariance_prior`: the default, its variance 0, is no
//!   prior. scikit-learn takes it. The same holds for `full` and `tied` where a coordinate is
//!   determined by others.
//! - `init = "k-means++"` and `"random_from_data"` begin with one point a component and all others
//!   without any, as scikit-learn does, so that iteration 0 has no `elbo`. scikit-learn's `tied` then
//!   counts the others in its first covariance about 0, so that the path, and not only the result,
//!   depends on where 0 is.
//! - Of restarts (or candidates of k-means++) that are equal but for rounding, scikit-learn may keep
//!   another.
//!
//! # References
//!
//! - C. M. Bishop (2006). Pattern recognition and machine learning, section 10.2; gamma and Wishart
//!   distributions in appendix B.
//! - K. P. Murphy (2007). Conjugate Bayesian analysis of the Gaussian distribution, sections 3 and 8.
//! - scikit-learn 1.9.1, `sklearn.mixture.BayesianGaussianMixture`.

pub(super) mod covariance;
mod options;
pub(super) mod update;
mod weights;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

pub use covariance::{CovarianceType, Covariances, Family};
pub use options::Options;
pub use weights::{WeightPrior, Weights};

use self::covariance::Law;
pub use super::init::{Init, InitOptions};

use super::kernel::{self, Columns, Tile};
use super::run::{self, Kept, Rules, Tolerance, TraceOf};
use super::{History, Watch};
use crate::math::mixture::Mixture;
use crate::math::predictive::{Component, Predictive};
use crate::math::student::Student;
use crate::random::Random;

/// The trace that only scikit-learn's family has, and `full`, which is in both.
const LOWER_BOUND: &str = "lower_bound";

const TRACES: &[TraceOf] =
    &[TraceOf { name: run::ELBO, first: 0 }, TraceOf { name: LOWER_BOUND, first: 1 }];

/// The resolved model. A prior that is `None` comes from the data, see [`Options`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// K, at least 1 and at most N.
    pub components: usize,
    /// The form of the covariances.
    pub covariance: CovarianceType,
    /// Which model that is; of `full` there is one alone, which counts as scikit-learn's.
    #[serde(skip_serializing_if = "Family::is_scikit_learn")]
    pub family: Family,
    /// The prior of the weights.
    pub weight_prior: WeightPrior,
    /// `a0` > 0.
    pub weight_concentration_prior: f64,
    /// `b0` > 0.
    pub mean_precision_prior: f64,
    /// `m0`, D values; `None`: the means of the columns.
    pub mean_prior: Option<Vec<f64>>,
    /// `n0` > D - 1; > 0 for the conjugate `diag` and `spherical`.
    pub degrees_of_freedom_prior: f64,
    /// `P0`: D x D numbers, row by row, for `full` and `tied`; D values > 0 for `diag`; one for
    /// `spherical`. `None`: from the data, the sample covariance, its diagonal or the mean of that
    /// (with N - 1).
    pub covariance_prior: Option<Vec<f64>>,
    /// Where the iterations start.
    pub init: Init,
    /// Added to the variances of every component, >= 0.
    pub reg_covar: f64,
    /// The most iterations; 0 keeps the initial values.
    pub max_iter: usize,
    /// Stop once the lower bound (or the ELBO, where there is none) changes by less than this,
    /// absolutely.
    pub tol: f64,
    /// How often to start anew (scikit-learn's `n_init`); the best bound wins, the first of equals.
    pub restarts: usize,
    /// Whether states are taken after iterations or after halves of them.
    pub history: History,
}

impl Spec {
    /// How the precisions are distributed.
    fn law(&self) -> Law {
        self.family.law(self.covariance)
    }

    /// Whether a fit has scikit-learn's bound beside the ELBO.
    pub fn has_lower_bound(&self) -> bool {
        self.law() == Law::Wishart
    }
}

/// `q(pi, mu, Lambda)` after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Which model `covariances` are of.
    pub family: Family,
    /// `q(pi)`.
    pub weights: Weights,
    /// `b_k`, K of them.
    pub mean_precision: Vec<f64>,
    /// `m_k`, K x D.
    pub means: Array2<f64>,
    /// `nu_k`, K of them.
    pub degrees_of_freedom: Vec<f64>,
    /// `C_k`.
    pub covariances: Covariances,
}

impl State {
    /// The mixture with the posterior mean weights, `m_k` and `C_k`.
    pub fn mixture(&self) -> Mixture {
        Mixture {
            weights: self.weights.means(),
            means: self.means.clone(),
            covariances: self.covariances.matrices(self.means.dim()),
        }
    }

    /// How the precisions are distributed.
    fn law(&self) -> Law {
        self.family.law(self.covariances.form())
    }

    /// The E step with these parameters, N x K.
    pub(super) fn responsibilities(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let columns = Columns::new(points);
        let log_weights = update::LogWeights::of(self);
        let mut room = Tile::new(columns.dimensions());
        kernel::responsibilities(
            &columns,
            self.means.nrows(),
            #[inline(always)]
            |tile, assignment| log_weights.fill(tile, assignment, &mut room),
        )
    }

    /// `E_q[ln pi_k + ln N(x_i | mu_k, Lambda_k^-1)]`, N x K.
    pub(super) fn expected_log_joint(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let columns = Columns::new(points);
        let log_weights = update::LogWeights::of(self);
        let mut room = Tile::new(columns.dimensions());
        kernel::log_weights(
            &columns,
            self.means.nrows(),
            #[inline(always)]
            |tile, assignment| log_weights.fill(tile, assignment, &mut room),
        )
    }

    /// The posterior predictive distribution; its formulas are in `model/predictive.rs`.
    pub(super) fn predictive(&self) -> Predictive {
        let d = self.means.ncols();
        let law = self.law();
        let matrices = self.covariances.matrices(self.means.dim());
        let component = |(k, covariance): (usize, &Array2<f64>)| {
            let (mean, nu) = (self.means.row(k).to_vec(), self.degrees_of_freedom[k]);
            let wider = 1.0 + 1.0 / self.mean_precision[k];
            match law {
                Law::Wishart | Law::SharedWishart => {
                    let degrees = nu + 1.0 - d as f64;
                    let scale = covariance * (wider * nu / degrees);
                    Component::Student(Student::new(mean, scale, degrees))
                }
                Law::SharedGamma => Component::Student(Student::new(mean, covariance * wider, nu)),
                Law::Gammas => {
                    let scales: Vec<f64> = covariance.diag().iter().map(|c| c * wider).collect();
                    Component::independent(mean, &scales, nu)
                }
            }
        };
        let components = matrices.iter().enumerate().map(component).collect();
        Predictive { weights: self.weights.means(), components }
    }
}

/// Fits the model to N x D points.
pub(super) fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Kept<State>, String> {
    let model = update::Bound::new(spec, points)?;
    let bound = usize::from(spec.has_lower_bound());
    let rules = Rules {
        max_iter: spec.max_iter,
        restarts: spec.restarts,
        stop_on: bound,
        tolerance: Tolerance::Below(spec.tol),
        rank_by: bound,
    };
    let mut kept = run::run(&model, rules, random, watch)?;
    if !spec.has_lower_bound() {
        kept.trace.shift_remove(LOWER_BOUND);
    }
    Ok(kept)
}
