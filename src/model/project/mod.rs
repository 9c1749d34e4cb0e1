//! The normal distribution that is closest to a given mixture (Bishop 2006, section 10.1.2).
//!
//! # Model
//!
//! The target is `p(x) = sum_k w_k N(x | m_k, C_k)` in D dimensions, the mixture that the data come
//! from; the points themselves are not looked at. Of all `q(x) = N(x | m, C)` with `C` full, diagonal
//! (so that q factorises) or spherical, the one with the least Kullback-Leibler divergence:
//!
//! - `KL(q||p) = E_q[ln q - ln p]`, which variational inference makes least. q avoids where p is
//!   small: it is too compact, and chooses one of several modes.
//! - `KL(p||q) = E_p[ln p - ln q]`, which expectation propagation makes least. q covers all of p: it has
//!   its moments.
//!
//! # Updates
//!
//! `KL(p||q)`: in one step, `m = E_p[x]` and `C = cov_p[x]`, of that the diagonal, or the mean of its
//! diagonal (Bishop 2006, equations 10.17 and 10.187).
//!
//! `KL(q||p)` of a single normal distribution with precision matrix `L`: `m` is its mean, and `C` is
//! its covariance, or has the variances `1 / L_ii` (equations 10.12 to 10.15), or `D / tr L`.
//!
//! `KL(q||p)` of several components, in one or two dimensions: natural gradient steps from a start
//! (Opper and Archambeau 2009; Hoffman et al. 2013). With `g = E_q[grad ln p]` and
//! `H = -E_q[hess ln p]` (of which a diagonal or a spherical q has the diagonal or its mean), the
//! precision goes from `P` to `(1 - s) P + s H` and the mean by `s` times the new covariance times `g`.
//! The step `s` is 1, halved until the divergence falls. For one component the full step is the
//! solution. Every start is a restart; where they end are the local optima (or, by symmetry, a
//! saddle), and the least is kept. Of starts that are equal one is made. Of more than 8 (`MOST_STARTS`)
//! the moments and the 24 components of the least divergences are followed by rough integrals, and one for
//! each place that they end in is made, the 8 best at most.
//!
//! # Divergence
//!
//! `divergence` in nats, in every iteration: between normal distributions in closed form, else
//! `E_q[ln q - ln p]` by [`crate::math::quadrature`], and `KL(p||q)` as
//! `sum_k w_k (KL(p_k||q) - KL(p_k||p))`, the first term in closed form. It never rises. All is
//! computed from differences of means and ratios of scales, about the mixture's mean
//! (`frame.rs`), so that neither where the mixture lies nor its unit matters, and the intervals
//! of the quadrature follow the components, so that neither does the ratio of their widths: the
//! error is estimated as it is computed, is below 1e-9 of the divergence (or 1e-9 nats) as a rule, and
//! where it may be more than 1e-6 the fit is refused.
//!
//! # References
//!
//! - C. M. Bishop (2006). Pattern recognition and machine learning, section 10.1.2, figures 10.2 and
//!   10.3.
//! - M. Opper and C. Archambeau (2009). The variational Gaussian approximation revisited. Neural
//!   computation 21, 786-792.
//! - M. D. Hoffman, D. M. Blei, C. Wang, J. Paisley (2013). Stochastic variational inference. J. Mach.
//!   Learn. Res. 14, 1303-1347.

mod closed;
mod descent;
mod frame;
mod options;
mod target;

use ndarray::{Array2, aview1};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use options::{Options, StartOptions};

use frame::Frame;

use super::run::{End, Failure, Kept};
use super::{Fit, Stop, Trace, Watch};
use crate::math::linalg::{deserialize_rows, serialize_rows};
use crate::math::mixture::Mixture;
use crate::model;
use crate::model::objective::Objective;

/// Which divergence is made least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
pub enum Divergence {
    /// `E_q[ln q - ln p]`, as variational inference has it.
    #[default]
    #[serde(rename = "KL(q||p)")]
    Exclusive,
    /// `E_p[ln p - ln q]`, as expectation propagation has it: the moments of p.
    #[serde(rename = "KL(p||q)")]
    Inclusive,
}

/// The form of the covariance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Any.
    #[default]
    Full,
    /// Diagonal: the coordinates are independent.
    Diag,
    /// One variance for all coordinates.
    Spherical,
}

/// The resolved model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// Which divergence is made least.
    pub divergence: Divergence,
    /// The form of the covariance.
    pub covariance: Form,
    /// Where the steps start; `None` where there is a closed form.
    pub start: Option<Start>,
    /// The most iterations of a restart; 0 keeps the starts.
    pub max_iter: usize,
    /// Stop once the divergence falls by not more than this, in nats.
    pub tol: f64,
}

/// Where the steps for `KL(q||p)` start.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At every component in turn, and at the moments of the mixture; of more than 8 the most
    /// promising.
    All,
    /// At this component, counted from 0.
    Component(usize),
    /// At the moments of the mixture.
    Moments,
    /// At each of these means (R x D) in turn, with the mean covariance of the components.
    Means(Array2<f64>),
}

/// The normal distribution after one iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// `m`, D values.
    pub mean: Vec<f64>,
    /// `C`, D x D; serialised as a list of rows.
    #[serde(serialize_with = "serialize_rows", deserialize_with = "deserialize_rows")]
    pub covariance: Array2<f64>,
    /// The form that it has.
    pub form: Form,
    /// What is made least.
    pub divergence: Divergence,
}

impl Divergence {
    /// As figures write it, in mathematics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Exclusive => "KL($q$\u{2225}$p$)",
            Self::Inclusive => "KL($p$\u{2225}$q$)",
        }
    }
}

impl Form {
    /// What it is, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Full => "full covariance",
            Self::Diag => "factorised",
            Self::Spherical => "spherical covariance",
        }
    }

    /// The matrix of this form that has the same diagonal, or the same trace.
    fn of(self, matrix: &Array2<f64>) -> Array2<f64> {
        match self {
            Self::Full => matrix.clone(),
            Self::Diag => Array2::from_diag(&matrix.diag()),
            Self::Spherical => {
                let mean = matrix.diag().sum() / matrix.nrows() as f64;
                Array2::from_diag_elem(matrix.nrows(), mean)
            }
        }
    }
}

impl Spec {
    /// Where it starts, in words.
    pub(super) fn start_words(&self) -> &'static str {
        match &self.start {
            None => "closed form",
            Some(Start::All) => "best of all starts",
            Some(Start::Component(_)) => "start at a component",
            Some(Start::Moments) => "start at the moments",
            Some(Start::Means(_)) => "given start",
        }
    }
}

impl State {
    /// One component of all the weight.
    pub fn mixture(&self) -> Mixture {
        Mixture {
            weights: vec![1.0],
            means: aview1(&self.mean).insert_axis(ndarray::Axis(0)).to_owned(),
            covariances: vec![self.covariance.clone()],
        }
    }
}

/// The closest normal distribution to `target`.
///
/// # Errors
///
/// If the target's covariances are not positive definite, there are more than two dimensions and
/// more than one component, or the divergence cannot be computed well enough, or not from a start.
pub(super) fn fit(spec: &Spec, target: &Mixture, watch: Watch<'_>) -> Result<Fit, String> {
    let frame = Frame::of(target).ok_or_else(|| not_positive().one_line())?;
    let within = frame.enter(target);
    match &spec.start {
        None => closed::fit(spec, &within).map(|(state, value)| at_once(frame.leave(state), value)),
        Some(start) => descent::fit(spec, (start, &frame), &within, watch).map(|kept| {
            Fit::from_run(kept, |inner| model::State::Project(frame.leave(inner.state)))
        }),
    }
    .and_then(|fit| match fit.states.iter().all(is_number) {
        true => Ok(fit),
        false => Err(not_positive().one_line()),
    })
}

/// Whether the units of the mixture have numbers for all of it.
fn is_number(state: &model::State) -> bool {
    let model::State::Project(state) = state else { return true };
    state.mean.iter().chain(&state.covariance).all(|x| x.is_finite())
        && state.covariance.diag().iter().all(|variance| *variance > 0.0)
}

/// What is wrong with a mixture that is none, or whose numbers have no room.
fn not_positive() -> Failure {
    Failure {
        what: "a covariance of the mixture is not positive definite, or too large a number"
            .to_owned(),
        hint: "bring the mixture to a scale near 1".to_owned(),
    }
}

/// A fit that is where it ends from the beginning.
fn at_once(state: State, value: f64) -> Fit {
    let trace = Trace { first: 0, values: vec![value] };
    let kept = Kept {
        states: vec![state.clone()],
        trace: [(Objective::Divergence.key(), trace.clone())].into_iter().collect(),
        stop: Stop::Converged,
        restart: 0,
        value: Some(-value),
        objectives: vec![trace],
        ends: vec![End { stop: Stop::Converged, iterations: 0, state }],
    };
    Fit::from_run(kept, model::State::Project)
}
