//! The components' variances: known, or inferred together with the means.
//!
//! # Known
//!
//! `mu_k ~ N(0, v0)` and `q(mu_k) = N(m_k, s2_k)`; every component has the variance `v`. See the
//! model's own file.
//!
//! # Unknown
//!
//! A normal-gamma prior and the conjugate factor of the same form, with precisions `tau_k`:
//!
//! ```text
//! tau_k ~ Gamma(shape nu0/2, rate nu0 v0/2)        mu_k | tau_k ~ N(0, 1 / (l0 tau_k))
//! q(tau_k) = Gamma(nu_k/2, nu_k v_k/2)             q(mu_k | tau_k) = N(m_k, 1 / (l_k tau_k))
//! ```
//!
//! so that `1/tau_k`, the variance, has a scaled inverse chi-squared distribution with `nu` degrees
//! of freedom and scale `v`; the prior is worth `nu0` points of variance `v0`
//! (`degrees_of_freedom_prior`, `variance_prior`) and `l0` points at 0 (`mean_precision_prior`).
//! `E tau_k = 1/v_k` and `q(mu_k)` is Student's t with `nu_k` degrees of freedom about `m_k`, of the
//! squared scale `s2_k = v_k / l_k`. With `n_k = sum_i phi_ik`:
//!
//! ```text
//! l_k  = l0 + n_k          m_k      = sum_i phi_ik x_i / l_k
//! nu_k = nu0 + n_k         nu_k v_k = nu0 v0 + l0 m_k^2 + sum_i phi_ik (x_i - m_k)^2
//! ```
//!
//! (Murphy 2007, equations 85-89, in other letters; Bishop 2006, 10.1.3, has the same prior and takes
//! `q(mu) q(tau)` instead of the joint factor.) It is `model.bayesian_mixture` in one dimension with
//! `mean_prior = 0`, `covariance_prior = nu0 v0` and `reg_covar = 0`.
//!
//! # References
//!
//! - C. M. Bishop (2006). Pattern recognition and machine learning, section 10.1.3.
//! - K. P. Murphy (2007). Conjugate Bayesian analysis of the Gaussian distribution, section 3.

use serde::{Deserialize, Serialize};

use super::State;
use super::update::Sums;
use crate::math::special::{digamma, ln_gamma};
use crate::model::kernel::Sum;

/// What is assumed of the means and variances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum VariancePrior {
    /// The variance of every component is known.
    Known {
        /// It, > 0.
        variance: f64,
        /// The variance of the prior of the means, > 0.
        prior_variance: f64,
    },
    /// Means and variances are inferred.
    Unknown {
        /// `l0`: how many points the prior of the means is worth, > 0.
        mean_precision: f64,
        /// `nu0`: how many points the prior of the variances is worth, > 0.
        degrees_of_freedom: f64,
        /// `v0`: the variance of those, > 0.
        variance: f64,
    },
}

/// What a state says of the components' variances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Variance {
    /// They all are this.
    Known(f64),
    /// They are inferred.
    Unknown {
        /// `v_k = 1 / E tau_k`.
        values: Vec<f64>,
        /// `nu_k`.
        degrees_of_freedom: Vec<f64>,
    },
}

impl Variance {
    /// `v_k`, the variance that stands for component `k`.
    pub fn of(&self, k: usize) -> f64 {
        match self {
            Self::Known(v) => *v,
            Self::Unknown { values, .. } => values[k],
        }
    }

    /// `E ln tau_k` of inferred variances, K of them.
    pub(super) fn expected_logs(&self) -> Option<Vec<f64>> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { values, degrees_of_freedom } => {
                let one = |(v, nu): (&f64, &f64)| digamma(0.5 * nu) - libm::log(0.5 * nu * v);
                Some(values.iter().zip(degrees_of_freedom).map(one).collect())
            }
        }
    }

    /// The log density of a point loses `ln(2 pi v) / 2` with this `v`; what inferred variances lose
    /// is in [`Variance::expected_logs`].
    pub(super) fn constant(&self) -> f64 {
        match self {
            Self::Known(v) => *v,
            Self::Unknown { .. } => 1.0,
        }
    }
}

/// `q(mu, tau)` of all components, as [`State`] has it.
#[derive(Debug, Clone)]
pub(super) struct Normals {
    pub(super) m: Vec<f64>,
    pub(super) s2: Vec<f64>,
    pub(super) variance: Variance,
}

impl VariancePrior {
    /// The factors about the means `m` that every component would have with `share` points at its
    /// mean; with `s2`, those.
    pub(super) fn start(&self, m: Vec<f64>, s2: Option<Vec<f64>>, share: f64) -> Normals {
        let count = m.len();
        let (even, variance) = match *self {
            Self::Known { variance: v, prior_variance: v0 } => {
                (1.0 / (1.0 / v0 + share / v), Variance::Known(v))
            }
            Self::Unknown { mean_precision, degrees_of_freedom, variance: v } => {
                let degrees_of_freedom = vec![degrees_of_freedom + share; count];
                let variance = Variance::Unknown { values: vec![v; count], degrees_of_freedom };
                (v / (mean_precision + share), variance)
            }
        };
        Normals { m, s2: s2.unwrap_or_else(|| vec![even; count]), variance }
    }

    /// The optimal factors for the sums about the old means.
    pub(super) fn posterior(&self, old: &State, sums: &Sums) -> Normals {
        let count = old.m.len();
        let (mut m, mut s2) = (vec![0.0; count], vec![0.0; count]);
        match *self {
            Self::Known { variance: v, prior_variance: v0 } => {
                for k in 0..count {
                    let (n, first) = (sums.counts[k], sums.first[k]);
                    s2[k] = 1.0 / (1.0 / v0 + n / v);
                    m[k] = s2[k] * (first + old.m[k] * n) / v;
                }
                Normals { m, s2, variance: Variance::Known(v) }
            }
            Self::Unknown { mean_precision: l0, degrees_of_freedom: nu0, variance: v0 } => {
                let (mut values, mut degrees) = (vec![0.0; count], vec![0.0; count]);
                for k in 0..count {
                    let (n, first) = (sums.counts[k], sums.first[k]);
                    let l = l0 + n;
                    m[k] = (first + old.m[k] * n) / l;
                    let d = m[k] - old.m[k];
                    let squares = (sums.second[k] - d * (2.0 * first - d * n)).max(0.0);
                    degrees[k] = nu0 + n;
                    values[k] = (nu0 * v0 + l0 * m[k] * m[k] + squares) / degrees[k];
                    s2[k] = values[k] / l;
                }
                let variance = Variance::Unknown { values, degrees_of_freedom: degrees };
                Normals { m, s2, variance }
            }
        }
    }

    /// `E ln p(mu, tau) - E ln q(mu, tau)`, summed over the components.
    pub(super) fn log_ratio(&self, state: &State) -> Sum {
        let mut sum = Sum::default();
        let normals = state.m.iter().zip(&state.s2);
        // The variance of the means' prior; given tau where that is unknown, and then s2 is v / l.
        let of_means = |k: usize| match *self {
            Self::Known { prior_variance, .. } => prior_variance,
            Self::Unknown { mean_precision, .. } => state.variance.of(k) / mean_precision,
        };
        for (k, (m, s2)) in normals.enumerate() {
            let v0 = of_means(k);
            sum.add(0.5 * (libm::log(s2 / v0) - (m * m + s2) / v0 + 1.0));
        }
        let (
            Self::Unknown { degrees_of_freedom: nu0, variance: v0, .. },
            Variance::Unknown { values, degrees_of_freedom },
        ) = (*self, &state.variance)
        else {
            return sum;
        };
        let logs = state.variance.expected_logs().unwrap_or_default();
        for ((v, nu), log) in values.iter().zip(degrees_of_freedom).zip(logs) {
            sum.add(log_normalizer(*nu, *v) - log_normalizer(nu0, v0));
            sum.add(0.5 * (nu0 - nu) * log);
            sum.add(0.5 * (nu - nu0 * v0 / v));
        }
        sum
    }
}

/// The log normaliser of `Gamma(nu/2, nu v/2)`.
fn log_normalizer(nu: f64, v: f64) -> f64 {
    ln_gamma(0.5 * nu) - 0.5 * nu * libm::log(0.5 * nu * v)
}
