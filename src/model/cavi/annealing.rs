//! Deterministic annealing: the first E steps at a high temperature, so that where the iterations end
//! depends less on where they start.
//!
//! Iteration t = 1, 2, ... makes its `phi_ik` proportional to the `beta_t`-th power of what they would
//! be, with the inverse temperatures
//!
//! ```text
//! beta_t = start^(1 - (t - 1) / iterations)  for t <= iterations, then 1
//! ```
//!
//! so that the first is `start` and all have the same ratio. Low ones make all assignments alike: the
//! components first lie together and part one after the other as the temperature falls. The traces
//! are those of the model itself, the true ELBO with the `phi` of the iteration, so that they may
//! fall while `beta_t` < 1, and a run stops only on the change between two iterations at 1. Only the
//! E step is heated (Rose 1998); Katahira et al. heat all factors.
//!
//! Nothing disturbs the components where they lie together. Many iterations at a temperature at which
//! they do not part (Rose's first critical one, 1/`beta` about the variance of the data over that of
//! a component) bring them so close that they no longer part later, and the run stops at that saddle
//! with an ELBO far below that of a run without annealing: then raise `start` or lower `iterations`.
//!
//! # References
//!
//! - K. Rose (1998). Deterministic annealing for clustering, compression, classification, regression,
//!   and related optimization problems. Proceedings of the IEEE 86, 2210-2239.
//! - K. Katahira, K. Watanabe, M. Okada (2008). Deterministic annealing variant of variational Bayes
//!   method. Journal of Physics: Conference Series 95, 012015.
//! - S. Mandt, J. McInerney, F. Abrol, R. Ranganath, D. Blei (2016). Variational tempering. AISTATS,
//!   704-712.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::diagnostic::{Problems, counted};
use crate::setting::{at_least, positive};

/// How the temperature falls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Annealing {
    /// The inverse temperature of the first iteration, > 0 and at most 1.
    pub start: f64,
    /// How many iterations have one below 1.
    pub iterations: usize,
}

impl Annealing {
    /// The inverse temperature of an iteration, counted from 1.
    pub(super) fn inverse_temperature(&self, iteration: usize) -> f64 {
        if iteration > self.iterations {
            return 1.0;
        }
        let done = (iteration.max(1) - 1) as f64 / self.iterations as f64;
        libm::pow(self.start, 1.0 - done)
    }

    /// Whether both this iteration and the one before it are at the temperature 1.
    pub(super) fn is_over(&self, iteration: usize) -> bool {
        iteration > self.iterations + 1
    }
}

/// `annealing` as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnealingOptions {
    /// The inverse temperature of the first iteration, > 0 and at most 1.
    #[schemars(with = "f64", range(max = 1), extend("exclusiveMinimum" = 0))]
    pub start: Spanned<f64>,
    /// How many iterations it takes to come to 1; at least 1, less than `max_iter`.
    #[schemars(with = "usize", range(min = 1))]
    pub iterations: Spanned<usize>,
}

impl AnnealingOptions {
    /// Checks the options for a fit of so many iterations.
    pub(super) fn resolve(&self, max_iter: usize, problems: &mut Problems) -> Annealing {
        let (start, iterations) = (*self.start.get_ref(), *self.iterations.get_ref());
        if positive(problems, "`start`", &self.start) && start > 1.0 {
            problems
                .at_value(
                    self.start.span(),
                    format!("the inverse temperature `start` must be at most 1, but is {start}"),
                )
                .hint("write a number between 0 and 1: the smaller, the hotter");
        }
        if at_least(problems, "`iterations`", &self.iterations, 1) && iterations >= max_iter {
            problems
                .at(
                    self.iterations.span(),
                    format!(
                        "the temperature comes to 1 after {}, but `max_iter` is {max_iter}",
                        counted(iterations, "iteration")
                    ),
                )
                .hint("write less than `max_iter`, or raise that");
        }
        Annealing { start, iterations }
    }
}
