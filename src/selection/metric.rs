//! What members of a sweep are compared by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number that a member has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The exact evidence lower bound in nats.
    Elbo,
    /// scikit-learn's bound, without constants that depend on K and on the priors.
    LowerBound,
    /// The log likelihood in nats.
    LogLikelihood,
    /// The sum of squared distances to the nearest centre of k-means.
    Cost,
    /// The Kullback-Leibler divergence of a projection in nats.
    Divergence,
    /// Akaike's information criterion.
    Aic,
    /// The Bayesian information criterion.
    Bic,
    /// The share of points in the right component, where all components that belong to one true
    /// component are one.
    Accuracy,
    /// The share of points in the right component, one inferred component for each true one.
    AccuracyMatched,
    /// The mean negative log probability of the true component, in nats.
    LogLoss,
    /// The adjusted Rand index.
    AdjustedRand,
    /// The normalised mutual information.
    NormalizedMutualInformation,
    /// How many components have a weight above 1 %.
    EffectiveComponents,
    /// How many iterations were made.
    Iterations,
}

/// Which end of a number is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Less,
    /// More is better.
    More,
    /// It is neither good nor bad.
    Neither,
}

impl Better {
    /// Whether `value` is better than `other`.
    pub fn is_better(self, value: f64, other: f64) -> bool {
        match self {
            Self::Less => value < other,
            Self::More => value > other,
            Self::Neither => false,
        }
    }
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Elbo,
        Self::LowerBound,
        Self::LogLikelihood,
        Self::Cost,
        Self::Divergence,
        Self::Aic,
        Self::Bic,
        Self::Accuracy,
        Self::AccuracyMatched,
        Self::LogLoss,
        Self::AdjustedRand,
        Self::NormalizedMutualInformation,
        Self::EffectiveComponents,
        Self::Iterations,
    ];

    /// Its name in configs and exports.
    pub fn key(self) -> &'static str {
        match self {
            Self::Elbo => "elbo",
            Self::LowerBound => "lower_bound",
            Self::LogLikelihood => "log_likelihood",
            Self::Cost => "cost",
            Self::Divergence => "divergence",
            Self::Aic => "aic",
            Self::Bic => "bic",
            Self::Accuracy => "accuracy",
            Self::AccuracyMatched => "accuracy_matched",
            Self::LogLoss => "log_loss",
            Self::AdjustedRand => "adjusted_rand",
            Self::NormalizedMutualInformation => "normalized_mutual_information",
            Self::EffectiveComponents => "effective_components",
            Self::Iterations => "iterations",
        }
    }

    /// The one of this name, if there is one.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.key() == key)
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO",
            Self::LowerBound => "lower bound",
            Self::LogLikelihood => "log likelihood",
            Self::Cost => "cost",
            Self::Divergence => "divergence",
            Self::Aic => "AIC",
            Self::Bic => "BIC",
            Self::Accuracy | Self::AccuracyMatched => "accuracy",
            Self::LogLoss => "log loss",
            Self::AdjustedRand => "adjusted Rand index",
            Self::NormalizedMutualInformation => "normalised mutual information",
            Self::EffectiveComponents => "effective components",
            Self::Iterations => "iterations",
        }
    }

    /// What an axis of it says, with its unit.
    pub fn label(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO (nats)",
            Self::LowerBound => "lower bound (nats)",
            Self::LogLikelihood => "log likelihood (nats)",
            Self::Cost => "cost of k-means",
            Self::Divergence => "divergence (nats)",
            Self::Aic => "AIC",
            Self::Bic => "BIC",
            Self::Accuracy => "accuracy, components grouped by truth",
            Self::AccuracyMatched => "accuracy, one component each",
            Self::LogLoss => "log loss (nats)",
            Self::AdjustedRand => "adjusted Rand index",
            Self::NormalizedMutualInformation => "normalised mutual information",
            Self::EffectiveComponents => "components with a weight above 1\u{2009}%",
            Self::Iterations => "iterations",
        }
    }

    /// Which end of it is the good one.
    pub fn better(self) -> Better {
        match self {
            Self::Cost | Self::Divergence | Self::Aic | Self::Bic | Self::LogLoss => Better::Less,
            Self::EffectiveComponents | Self::Iterations => Better::Neither,
            _ => Better::More,
        }
    }

    /// Whether only data with labels have it.
    pub fn needs_labels(self) -> bool {
        matches!(
            self,
            Self::Accuracy
                | Self::AccuracyMatched
                | Self::LogLoss
                | Self::AdjustedRand
                | Self::NormalizedMutualInformation
        )
    }

    /// Whether it is a whole number.
    pub fn is_count(self) -> bool {
        matches!(self, Self::EffectiveComponents | Self::Iterations)
    }
}

/// What can decide which member is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The exact evidence lower bound: the largest. It holds all constants, so it can be compared
    /// between numbers of components, forms and priors.
    Elbo,
    /// scikit-learn's bound: the largest. It leaves out constants that depend on K and the priors.
    LowerBound,
    /// Akaike's information criterion: the smallest.
    Aic,
    /// The Bayesian information criterion: the smallest.
    Bic,
    /// The cost of k-means: the smallest. It falls with every further component, so it compares
    /// starts and says nothing about K.
    Cost,
    /// The divergence of a projection: the smallest. `KL(q||p)` and `KL(p||q)` are two measures: of a
    /// sweep of both no member is best.
    Divergence,
}

impl Criterion {
    /// All of them, those that are preferred first.
    pub const ALL: [Self; 6] =
        [Self::Elbo, Self::Bic, Self::Aic, Self::LowerBound, Self::Cost, Self::Divergence];

    /// The number that it is.
    pub fn metric(self) -> Metric {
        match self {
            Self::Elbo => Metric::Elbo,
            Self::LowerBound => Metric::LowerBound,
            Self::Aic => Metric::Aic,
            Self::Bic => Metric::Bic,
            Self::Cost => Metric::Cost,
            Self::Divergence => Metric::Divergence,
        }
    }
}
