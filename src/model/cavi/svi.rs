//! Stochastic variational inference: steps along the natural gradient of a batch of the points.
//!
//! Iteration t = 1, 2, ... makes `phi` for `batch_size` of the points, finds the factors of weights,
//! means and variances that would be optimal if all points were like these (their sums count
//! N / `batch_size` times), and takes the step `rho_t` from the old natural parameters to the new
//! ones (Hoffman et al., equations 33 and 34):
//!
//! ```text
//! lambda_t = (1 - rho_t) lambda_(t-1) + rho_t lambda^        rho_t = (t + delay)^(-forgetting_rate)
//! ```
//!
//! With `batch_size` = N and `rho_t` = 1 an iteration is CAVI's, in every bit.
//!
//! An epoch is a random order of all points, of which every step takes the next `batch_size`; what is
//! left at its end (less than a batch) is not used in it. The orders come from a number that the
//! fit's stream gives before the restarts draw their starts, and from the restart and the epoch, so
//! that a run does not depend on the others.
//!
//! The traces are those of CAVI: the ELBO with the optimal `phi` of *all* points for the old factors.
//! It costs a pass over the points, so that an iteration takes as long as CAVI's or longer: this
//! shows what the steps do, and saves no time. It may fall, and is seldom within `tol`; runs end at
//! `max_iter`.
//!
//! # References
//!
//! - M. D. Hoffman, D. M. Blei, C. Wang, J. Paisley (2013). Stochastic variational inference. Journal
//!   of Machine Learning Research 14, 1303-1347.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::State;
use super::variance::{Normals, Variance};
use crate::data::Shape;
use crate::diagnostic::{Problems, counted};
use crate::model::bayesian_mixture::Weights;
use crate::model::run::Now;
use crate::random::{self, Generator, Seed};
use crate::setting::{at_least, finite, not_negative};

/// Batches and steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Svi {
    /// How many points a step takes, from 1 to N.
    pub batch_size: usize,
    /// What delays the fall of the steps, >= 0.
    pub delay: f64,
    /// How fast the steps fall, > 0.5 and at most 1.
    pub forgetting_rate: f64,
}

impl Svi {
    /// `rho_t`.
    pub(super) fn step_size(&self, iteration: usize) -> f64 {
        libm::pow(iteration as f64 + self.delay, -self.forgetting_rate)
    }

    /// The points of an iteration, in ascending order.
    pub(super) fn batch(&self, points: usize, seed: u64, now: Now) -> Vec<usize> {
        let batches = points / self.batch_size;
        let (epoch, place) = ((now.iteration - 1) / batches, (now.iteration - 1) % batches);
        let node = format!("svi.{}.{epoch}", now.restart);
        let mut stream = random::stream(Generator::Chacha, &Seed::Derived { root: seed, node });
        let order = stream.permutation(points);
        let first = place * self.batch_size;
        let mut batch: Vec<usize> = order.into_iter().skip(first).take(self.batch_size).collect();
        batch.sort_unstable();
        batch
    }
}

/// The state whose natural parameters are `(1 - rho)` times those of the old one and `rho` times
/// those of the new one.
///
/// Of `q(mu, tau)` they are `(l m, l, nu, nu v + l m^2)` with `l = v / s2`, of the normal `q(mu)` with
/// a known variance the first two. The last is summed about the common mean, so that nothing cancels.
pub(super) fn between(old: &State, new: State, rho: f64) -> State {
    if rho == 1.0 {
        return new;
    }
    let mix = |a: f64, b: f64| (1.0 - rho) * a + rho * b;
    let count = old.m.len();
    let mut normals = Normals { m: vec![0.0; count], s2: vec![0.0; count], variance: new.variance };
    for k in 0..count {
        let before = (1.0 - rho) * old.variance.of(k) / old.s2[k];
        let after = rho * normals.variance.of(k) / new.s2[k];
        let l = before + after;
        normals.m[k] = (before * old.m[k] + after * new.m[k]) / l;
        if let (
            Variance::Unknown { values, degrees_of_freedom },
            Variance::Unknown { values: old_values, degrees_of_freedom: old_degrees },
        ) = (&mut normals.variance, &old.variance)
        {
            let apart = new.m[k] - old.m[k];
            let (nu, nu_before) = (degrees_of_freedom[k], old_degrees[k]);
            let squares = mix(nu_before * old_values[k], nu * values[k]);
            degrees_of_freedom[k] = mix(nu_before, nu);
            values[k] = (squares + before / l * after * apart * apart) / degrees_of_freedom[k];
        }
        normals.s2[k] = normals.variance.of(k) / l;
    }
    let weights = match (&old.weights, new.weights) {
        (
            Some(Weights::DirichletDistribution(old)),
            Some(Weights::DirichletDistribution(alpha)),
        ) => Some(Weights::DirichletDistribution(
            old.iter().zip(alpha).map(|(old, new)| mix(*old, new)).collect(),
        )),
        (_, weights) => weights,
    };
    let Normals { m, s2, variance } = normals;
    State { m, s2, variance, weights, inverse_temperature: new.inverse_temperature }
}

/// `svi` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SviOptions {
    /// How many points a step takes; at least 1, at most the number of points.
    #[schemars(with = "usize", range(min = 1))]
    pub batch_size: Spanned<usize>,
    /// What delays the fall of the steps `(t + delay)^(-forgetting_rate)`, >= 0; default 1.
    #[schemars(with = "Option<f64>", range(min = 0), extend("default" = 1.0))]
    pub delay: Option<Spanned<f64>>,
    /// How fast the steps fall, > 0.5 and at most 1; default 0.7.
    #[schemars(
        with = "Option<f64>",
        range(max = 1),
        extend("exclusiveMinimum" = 0.5, "default" = 0.7)
    )]
    pub forgetting_rate: Option<Spanned<f64>>,
}

impl SviOptions {
    /// Checks the options for data of this shape.
    pub(super) fn resolve(&self, shape: &Shape, problems: &mut Problems) -> Svi {
        let batch_size = *self.batch_size.get_ref();
        if at_least(problems, "`batch_size`", &self.batch_size, 1) && batch_size > shape.points {
            problems
                .at(
                    self.batch_size.span(),
                    format!(
                        "`batch_size` is {batch_size}, but the data have only {}",
                        counted(shape.points, "point")
                    ),
                )
                .hint(format!("write at most {}", shape.points));
        }
        if let Some(delay) = &self.delay {
            not_negative(problems, "`delay`", delay);
        }
        if let Some(rate) = &self.forgetting_rate {
            let value = *rate.get_ref();
            if finite(problems, "`forgetting_rate`", rate) && !(value > 0.5 && value <= 1.0) {
                problems
                    .at_value(
                        rate.span(),
                        format!(
                            "`forgetting_rate` must be above 0.5 and at most 1, but is {value}"
                        ),
                    )
                    .hint(
                        "write a number such as 0.7: the steps must become small, and not too fast",
                    );
            }
        }
        Svi {
            batch_size,
            delay: self.delay.as_ref().map_or(1.0, |v| *v.get_ref()),
            forgetting_rate: self.forgetting_rate.as_ref().map_or(0.7, |v| *v.get_ref()),
        }
    }
}
