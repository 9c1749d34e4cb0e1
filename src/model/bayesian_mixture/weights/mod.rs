//! `q(pi)`: the weights' posterior, one file and one variant a prior.

mod dirichlet_distribution;
mod dirichlet_process;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The prior of the weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightPrior {
    /// A Dirichlet distribution with equal concentrations.
    #[default]
    DirichletDistribution,
    /// A Dirichlet process, cut off at K sticks.
    DirichletProcess,
}

/// The posterior of the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Weights {
    /// A Dirichlet distribution with these K concentrations `alpha_k`.
    DirichletDistribution(Vec<f64>),
    /// Sticks `v_k ~ Beta(ends[k], rests[k])`: the part of what is left that component k takes.
    DirichletProcess {
        /// `g1_k = 1 + n_k`.
        ends: Vec<f64>,
        /// `g2_k = a0 + n_(k+1) + ... + n_K`.
        rests: Vec<f64>,
    },
}

impl WeightPrior {
    /// The posterior after the counts `n_k`.
    pub(in crate::model) fn posterior(self, concentration: f64, counts: &[f64]) -> Weights {
        match self {
            Self::DirichletDistribution => Weights::DirichletDistribution(
                dirichlet_distribution::posterior(concentration, counts),
            ),
            Self::DirichletProcess => {
                let (ends, rests) = dirichlet_process::posterior(concentration, counts);
                Weights::DirichletProcess { ends, rests }
            }
        }
    }

    /// The log normaliser of the prior of K weights.
    pub(in crate::model) fn log_normalizer(self, concentration: f64, components: usize) -> f64 {
        match self {
            Self::DirichletDistribution => {
                dirichlet_distribution::log_normalizer(&vec![concentration; components])
            }
            Self::DirichletProcess => dirichlet_process::log_normalizer(
                &vec![1.0; components],
                &vec![concentration; components],
            ),
        }
    }
}

impl Weights {
    /// The posterior means, which sum to 1.
    pub fn means(&self) -> Vec<f64> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::means(alpha),
            Self::DirichletProcess { ends, rests } => dirichlet_process::means(ends, rests),
        }
    }

    /// The ends of the central 95 % of each weight; for a Dirichlet process those of the beta
    /// distribution with the weight's mean and variance.
    pub fn intervals(&self) -> Vec<(f64, f64)> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::intervals(alpha),
            Self::DirichletProcess { ends, rests } => dirichlet_process::intervals(ends, rests),
        }
    }

    /// What is assumed of the weights, in words.
    pub(in crate::model) fn words(&self) -> &'static str {
        match self {
            Self::DirichletDistribution(_) => "Dirichlet prior",
            Self::DirichletProcess { .. } => "Dirichlet process prior",
        }
    }

    /// `E ln pi_k`.
    pub(in crate::model) fn expected_logs(&self) -> Vec<f64> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::expected_logs(alpha),
            Self::DirichletProcess { ends, rests } => dirichlet_process::expected_logs(ends, rests),
        }
    }

    /// The log normaliser of the posterior.
    pub(in crate::model) fn log_normalizer(&self) -> f64 {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::log_normalizer(alpha),
            Self::DirichletProcess { ends, rests } => {
                dirichlet_process::log_normalizer(ends, rests)
            }
        }
    }

    /// scikit-learn's `weight_concentration_`.
    pub(in crate::model) fn concentration_to_json(&self) -> Value {
        match self {
            Self::DirichletDistribution(alpha) => json!(alpha),
            Self::DirichletProcess { ends, rests } => json!([ends, rests]),
        }
    }
}
