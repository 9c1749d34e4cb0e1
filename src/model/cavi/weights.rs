//! The components' weights: equal and fixed, or inferred with a Dirichlet prior.
//!
//! `pi ~ Dirichlet(a0, ..., a0)` (`weight_concentration_prior`), `c_i ~ Cat(pi)`, and
//! `q(pi) = Dirichlet(alpha)` with `alpha_k = a0 + sum_i phi_ik` (Bishop 2006, equations 10.57 and
//! 10.58). `phi_ik` gains the factor `exp(E ln pi_k)`, with
//! `E ln pi_k = digamma(alpha_k) - digamma(sum_l alpha_l)`, in place of 1/K.

use crate::model::bayesian_mixture::{WeightPrior, Weights};

const PRIOR: WeightPrior = WeightPrior::DirichletDistribution;

/// `q(pi)` after the counts `n_k`; `None` for equal and fixed weights.
pub(super) fn posterior(concentration: Option<f64>, counts: &[f64]) -> Option<Weights> {
    Some(PRIOR.posterior(concentration?, counts))
}

/// What the weights add to the ELBO beside the terms with `phi`: `E ln p(pi) - E ln q(pi)`, or
/// `-N ln K` where all are 1/K.
pub(super) fn log_ratio(
    concentration: Option<f64>,
    weights: Option<&Weights>,
    components: usize,
    points: f64,
) -> f64 {
    match (concentration, weights) {
        (Some(a0), Some(weights @ Weights::DirichletDistribution(alpha))) => {
            let logs = weights.expected_logs();
            let moved: f64 = alpha.iter().zip(logs).map(|(alpha, log)| (a0 - alpha) * log).sum();
            weights.log_normalizer() - PRIOR.log_normalizer(a0, components) + moved
        }
        _ => -points * libm::log(components as f64),
    }
}
