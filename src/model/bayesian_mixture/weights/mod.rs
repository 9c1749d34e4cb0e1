//! `q(pi)`: the weights' posterior, one file and one variant a prior.

mod dirichlet_distribution;

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
}

/// The posterior of the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Weights {
    /// A Dirichlet distribution with these K concentrations `alpha_k`.
    DirichletDistribution(Vec<f64>),
}

impl WeightPrior {
    /// The posterior after the counts `n_k`.
    pub(super) fn posterior(self, concentration: f64, counts: &[f64]) -> Weights {
        match self {
            Self::DirichletDistribution => Weights::DirichletDistribution(
                dirichlet_distribution::posterior(concentration, counts),
            ),
        }
    }

    /// The log normaliser of the prior of K weights.
    pub(super) fn log_normalizer(self, concentration: f64, components: usize) -> f64 {
        match self {
            Self::DirichletDistribution => {
                dirichlet_distribution::log_normalizer(&vec![concentration; components])
            }
        }
    }
}

impl Weights {
    /// The posterior means, which sum to 1.
    pub fn means(&self) -> Vec<f64> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::means(alpha),
        }
    }

    /// The ends of the central 95 % of each weight.
    pub fn intervals(&self) -> Vec<(f64, f64)> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::intervals(alpha),
        }
    }

    /// What is assumed of the weights, in words.
    pub(in crate::model) fn words(&self) -> &'static str {
        match self {
            Self::DirichletDistribution(_) => "Dirichlet prior",
        }
    }

    /// `E ln pi_k`.
    pub(super) fn expected_logs(&self) -> Vec<f64> {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::expected_logs(alpha),
        }
    }

    /// The log normaliser of the posterior.
    pub(super) fn log_normalizer(&self) -> f64 {
        match self {
            Self::DirichletDistribution(alpha) => dirichlet_distribution::log_normalizer(alpha),
        }
    }

    /// scikit-learn's `weight_concentration_`.
    pub(in crate::model) fn concentration_to_json(&self) -> Value {
        match self {
            Self::DirichletDistribution(alpha) => json!(alpha),
        }
    }
}
