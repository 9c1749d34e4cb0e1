//! Coordinate ascent for a univariate mixture of Gaussians with known variance: the running example
//! of the lecture.
//!
//! # Model
//!
//! K components with means `mu_k ~ N(0, v0)` (`prior_variance`), labels `c_i ~ Cat(1/K, ..., 1/K)`
//! and points `x_i | c_i, mu ~ N(mu_{c_i}, v)` (`variance`, 1 in the lecture), i = 1..N. This is
//! equation 6 of Blei, Kucukelbir and McAuliffe (2017) with `v` in place of 1.
//!
//! # Variational family
//!
//! Mean field: `q(mu_k) = N(m_k, s2_k)` with `s2_k` a variance, `q(c_i) = Cat(phi_i)` (equation 16
//! there).
//!
//! # Updates
//!
//! One iteration, in this order, from the `m` and `s2` of the iteration before:
//!
//! ```text
//! phi_ik ∝ exp( x_i m_k / v - (m_k^2 + s2_k) / (2 v) )                        (equation 26)
//! s2_k   = 1 / ( 1/v0 + sum_i phi_ik / v )                                     (equation 34)
//! m_k    = s2_k sum_i phi_ik x_i / v                                           (equation 34)
//! ```
//!
//! They are Bishop's equation 10.9, `ln q_j = E_{i != j} ln p + const`, for this model.
//!
//! # ELBO
//!
//! `elbo`, with every constant (equation 21 of Blei et al.; the derivation term by term):
//!
//! ```text
//!   sum_k [ -1/2 ln(2 pi v0) - (m_k^2 + s2_k) / (2 v0) ]                       E ln p(mu)
//! - N ln K                                                                     E ln p(c)
//! + sum_ik phi_ik [ -1/2 ln(2 pi v) - ((x_i - m_k)^2 + s2_k) / (2 v) ]         E ln p(x | c, mu)
//! - sum_ik phi_ik ln phi_ik                                                    - E ln q(c)
//! + sum_k 1/2 ln(2 pi e s2_k)                                                  - E ln q(mu)
//! ```
//!
//! with `0 ln 0 = 0`. It never falls, and for K = 1 it is the log evidence. It is computed without
//! an N x K array: with `phi` the optimum for the old `m'` and `s2'`, `S0_k = sum_i phi_ik`,
//! `S1_k = sum_i phi_ik (x_i - m'_k)` and `d_k = m_k - m'_k`, the terms with `phi` are
//!
//! ```text
//!   sum_i logsumexp_k( -((x_i - m'_k)^2 + s2'_k) / (2 v) )
//! + sum_k [ 2 d_k S1_k - d_k^2 S0_k + (s2'_k - s2_k) S0_k ] / (2 v)
//! ```
//!
//! where the second line vanishes at convergence, so that small changes of the ELBO keep their
//! digits.
//!
//! `elbo_lecture` is the notebook's: the terms with `phi` without constants, plus
//! `sum_k [ ln s2_k - m_k / v0 ]`. It is no bound on the evidence and falls at times; it is traced
//! because the notebook's iteration counts come from stopping on it (`stop_on = "elbo_lecture"`).
//!
//! # Departures from the notebook
//!
//! Sums are taken about the current means; `0 ln 0` is 0, not NaN; a row of initial `phi` whose
//! gammas all underflow has equal probabilities, not NaN; `variance` need not be 1.
//!
//! # References
//!
//! - D. M. Blei, A. Kucukelbir, J. D. McAuliffe (2017). Variational inference: a review for
//!   statisticians. JASA 112, 859-877.
//! - C. M. Bishop (2006). Pattern recognition and machine learning, chapter 10.

mod init;
mod options;
mod update;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

pub use init::Init;
pub use options::{GivenInit, InitOptions, Options, StopOn};

use super::Watch;
use super::kernel::{self, Columns};
use super::run::{self, Kept, Rules, Tolerance, TraceOf};
use crate::math::mixture::Mixture;
use crate::random::Random;

const TRACES: &[TraceOf] =
    &[TraceOf { name: run::ELBO, first: 0 }, TraceOf { name: "elbo_lecture", first: 0 }];

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// K, at least 1 and at most N.
    pub components: usize,
    /// The variance `v0` of the prior of the means, > 0.
    pub prior_variance: f64,
    /// The variance `v` of every component, > 0.
    pub variance: f64,
    /// Where the iterations start.
    pub init: Init,
    /// The most iterations; 0 keeps the initial values.
    pub max_iter: usize,
    /// Stop once the ELBO changes by no more than this, absolutely.
    pub tol: f64,
    /// Which ELBO `tol` is for.
    pub stop_on: StopOn,
    /// How often to start anew; the best exact ELBO wins, the first of equals.
    pub restarts: usize,
}

/// `q(mu)` after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The means of `q(mu_k)`, K of them.
    pub m: Vec<f64>,
    /// The variances of `q(mu_k)`, K of them.
    pub s2: Vec<f64>,
    /// The components' known variance `v`.
    pub variance: f64,
}

impl State {
    /// The mixture with the posterior means as means: equal weights, the known variance.
    pub fn mixture(&self) -> Mixture {
        let count = self.m.len();
        Mixture {
            weights: vec![1.0 / count as f64; count],
            means: Array2::from_shape_fn((count, 1), |(k, _)| self.m[k]),
            covariances: vec![Array2::from_elem((1, 1), self.variance); count],
        }
    }

    /// The optimal `phi` for these parameters, N x K, for N x 1 points.
    pub(super) fn responsibilities(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let columns = Columns::new(points);
        kernel::responsibilities(points.nrows(), self.m.len(), |rows, assignment| {
            update::log_weights(self, columns.rows(0, rows), assignment);
        })
    }

    /// `E_q[ln p(c_i = k) + ln N(x_i | mu_k, v)]`, N x K, for N x 1 points.
    pub(super) fn expected_log_joint(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let columns = Columns::new(points);
        let count = self.m.len();
        let constant = -0.5 * libm::log(2.0 * PI * self.variance) - libm::log(count as f64);
        kernel::log_weights(points.nrows(), count, |rows, assignment| {
            update::log_weights(self, columns.rows(0, rows), assignment);
        }) + constant
    }
}

/// Fits the model to N x 1 points.
pub(super) fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Kept<State>, String> {
    let model = update::Bound { spec, points, columns: Columns::new(points) };
    let rules = Rules {
        max_iter: spec.max_iter,
        restarts: spec.restarts,
        stop_on: match spec.stop_on {
            StopOn::Elbo => 0,
            StopOn::ElboLecture => 1,
        },
        tolerance: Tolerance::AtMost(spec.tol),
        rank_by: 0,
    };
    run::run(&model, rules, random, watch)
}
