//! Coordinate ascent for a univariate mixture of Gaussians: the running example of the lecture, with
//! known variance and equal weights, and what goes beyond it.
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
//! # Beyond the lecture
//!
//! Each in its own file: inferred weights (`weights.rs`) and inferred variances (`variance.rs`). Their
//! terms are added to `ln phi` (`log_weights.rs`) and to the ELBO. Where one of them is inferred there
//! is no `elbo_lecture`: the notebook's formula has no terms for it. Other ways to the optimum are
//! deterministic annealing (`annealing.rs`) and stochastic steps (`svi.rs`); both can be had together.
//!
//! # References
//!
//! - D. M. Blei, A. Kucukelbir, J. D. McAuliffe (2017). Variational inference: a review for
//!   statisticians. JASA 112, 859-877.
//! - C. M. Bishop (2006). Pattern recognition and machine learning, chapter 10.

mod annealing;
mod init;
mod log_weights;
mod options;
mod svi;
mod update;
mod variance;
mod weights;
mod written;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

use log_weights::LogWeights;

pub use annealing::{Annealing, AnnealingOptions};
pub use init::Init;
pub use options::{GivenInit, InitOptions, Options, StopOn};
pub use svi::{Svi, SviOptions};
pub use variance::{Variance, VariancePrior};
pub use written::WrittenVariance;

use super::Watch;
use super::bayesian_mixture::Weights;
use super::kernel::{self, Columns};
use super::run::{self, Kept, Rules, Tolerance, TraceOf};
use crate::math::mixture::Mixture;
use crate::math::predictive::{Component, Predictive};
use crate::math::student::Student;
use crate::random::Random;

const TRACES: &[TraceOf] =
    &[TraceOf { name: run::ELBO, first: 0 }, TraceOf { name: "elbo_lecture", first: 0 }];

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// K, at least 1 and at most N.
    pub components: usize,
    /// What is assumed of the means and variances.
    pub variance: VariancePrior,
    /// The concentration of every weight before any data, > 0; `None`: all weights are 1/K.
    pub weight_concentration_prior: Option<f64>,
    /// How the temperature of the E step falls; `None`: it is 1.
    pub annealing: Option<Annealing>,
    /// Batches and steps; `None`: every iteration takes all points and the whole step.
    pub svi: Option<Svi>,
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

impl Spec {
    /// The inverse temperature of the E step of an iteration, counted from 1.
    fn inverse_temperature(&self, iteration: usize) -> f64 {
        self.annealing.map_or(1.0, |annealing| annealing.inverse_temperature(iteration))
    }

    /// The variance of the means' prior where the model is the lecture's, so that the notebook's
    /// ELBO has a meaning.
    fn lectures_prior_variance(&self) -> Option<f64> {
        match self.variance {
            VariancePrior::Known { prior_variance, .. } => {
                self.weight_concentration_prior.is_none().then_some(prior_variance)
            }
            VariancePrior::Unknown { .. } => None,
        }
    }

    /// Which of its parameters are inferred beside the means, in words; `None` if none is.
    pub fn inferred(&self) -> Option<&'static str> {
        match (&self.variance, self.weight_concentration_prior) {
            (VariancePrior::Known { .. }, None) => None,
            (VariancePrior::Known { .. }, Some(_)) => Some("weights"),
            (VariancePrior::Unknown { .. }, None) => Some("variances"),
            (VariancePrior::Unknown { .. }, Some(_)) => Some("weights and variances"),
        }
    }
}

/// The variational factors after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The means of `q(mu_k)`, K of them.
    pub m: Vec<f64>,
    /// The variances of the normal `q(mu_k)`, K of them; where the components' variances are
    /// inferred, the squared scales of Student's t.
    pub s2: Vec<f64>,
    /// The components' variances.
    pub variance: Variance,
    /// `q(pi)`; `None` where all weights are 1/K.
    pub weights: Option<Weights>,
    /// The inverse temperature of the E step from these parameters; 1 without annealing.
    pub inverse_temperature: f64,
}

impl State {
    /// The mixture with the posterior means as means and weights, and the variances that are known
    /// or, where they are inferred, `1 / E tau_k`.
    pub fn mixture(&self) -> Mixture {
        let count = self.m.len();
        let equal = || vec![1.0 / count as f64; count];
        Mixture {
            weights: self.weights.as_ref().map_or_else(equal, Weights::means),
            means: Array2::from_shape_fn((count, 1), |(k, _)| self.m[k]),
            covariances: (0..count)
                .map(|k| Array2::from_elem((1, 1), self.variance.of(k)))
                .collect(),
        }
    }

    /// The optimal `phi` for these parameters, N x K, for N x 1 points.
    pub(super) fn responsibilities(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let columns = Columns::new(points);
        let log_weights = LogWeights::new(self);
        kernel::responsibilities(
            &columns,
            self.m.len(),
            #[inline(always)]
            |tile, assignment| log_weights.fill(tile, assignment),
        )
    }

    /// `E_q[ln pi_k + ln N(x_i | mu_k, 1 / tau_k)]`, N x K, for N x 1 points, whatever the temperature.
    pub(super) fn expected_log_joint(&self, points: ArrayView2<'_, f64>) -> Array2<f64> {
        let count = self.m.len();
        let equal = self.weights.as_ref().map_or_else(|| libm::log(count as f64), |_| 0.0);
        let constant = -0.5 * libm::log(2.0 * PI * self.variance.constant()) - equal;
        let mut offsets = log_weights::offsets(self).unwrap_or_else(|| vec![0.0; count]);
        for (k, offset) in offsets.iter_mut().enumerate() {
            *offset += constant - 0.5 * self.s2[k] / self.variance.of(k);
        }
        Array2::from_shape_fn((points.nrows(), count), |(i, k)| {
            let d = points[[i, 0]] - self.m[k];
            offsets[k] - 0.5 * d * d / self.variance.of(k)
        })
    }

    /// The posterior predictive distribution; its formulas are in `model/predictive.rs`.
    pub(super) fn predictive(&self) -> Predictive {
        let mut mixture = self.mixture();
        for (covariance, s2) in mixture.covariances.iter_mut().zip(&self.s2) {
            *covariance += *s2;
        }
        let Variance::Unknown { degrees_of_freedom, .. } = &self.variance else {
            return Predictive::known(&mixture);
        };
        let components = mixture.covariances.into_iter().zip(&self.m).zip(degrees_of_freedom);
        let component = |((scale, m), nu): ((Array2<f64>, &f64), &f64)| {
            Component::Student(Student::new(vec![*m], scale, *nu))
        };
        Predictive { weights: mixture.weights, components: components.map(component).collect() }
    }
}

/// Fits the model to N x 1 points.
pub(super) fn fit(
    spec: &Spec,
    points: ArrayView2<'_, f64>,
    random: &mut dyn Random,
    watch: Watch<'_>,
) -> Result<Kept<State>, String> {
    let batches = spec.svi.map_or(0, |_| random.bounded(u64::from(u32::MAX)));
    let model = update::Bound { spec, points, columns: Columns::new(points), batches };
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
