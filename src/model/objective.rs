//! What a fit makes as large or as small as it can: the first of its traces.

use serde::Serialize;

/// What a fit makes as large or as small as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// The evidence lower bound with all its constants, in nats.
    Elbo,
    /// The log-likelihood of all points, in nats.
    LogLikelihood,
}

impl Objective {
    const ALL: [Self; 2] = [Self::Elbo, Self::LogLikelihood];

    /// The name of its trace.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Elbo => "elbo",
            Self::LogLikelihood => "log_likelihood",
        }
    }

    /// The name of its values at the end of every restart.
    pub const fn restarts_key(self) -> &'static str {
        match self {
            Self::Elbo => "restart_elbos",
            Self::LogLikelihood => "restart_log_likelihoods",
        }
    }

    /// What it is, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Elbo => "evidence lower bound",
            Self::LogLikelihood => "log-likelihood",
        }
    }

    /// What figures call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO",
            Self::LogLikelihood => "log-likelihood",
        }
    }

    /// That of a model kind; `None` where nothing is inferred.
    pub fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            "given" => None,
            "mixture_em" => Some(Self::LogLikelihood),
            _ => Some(Self::Elbo),
        }
    }

    /// The one whose trace has this name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|objective| objective.key() == key)
    }
}
