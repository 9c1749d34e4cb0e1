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
    /// The sum of squared distances to the nearest means, in the square of the data's unit.
    Cost,
}

/// Which end of an objective is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// The most.
    Greatest,
    /// The least.
    Least,
}

impl Objective {
    const ALL: [Self; 3] = [Self::Elbo, Self::LogLikelihood, Self::Cost];

    /// The name of its trace.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Elbo => "elbo",
            Self::LogLikelihood => "log_likelihood",
            Self::Cost => "cost",
        }
    }

    /// The name of its values at the end of every restart.
    pub const fn restarts_key(self) -> &'static str {
        match self {
            Self::Elbo => "restart_elbos",
            Self::LogLikelihood => "restart_log_likelihoods",
            Self::Cost => "restart_costs",
        }
    }

    /// What it is, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Elbo => "evidence lower bound",
            Self::LogLikelihood => "log-likelihood",
            Self::Cost => "cost",
        }
    }

    /// What figures call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO",
            Self::LogLikelihood => "log-likelihood",
            Self::Cost => "cost",
        }
    }

    /// Which end of it is the good one.
    pub const fn best(self) -> Best {
        match self {
            Self::Elbo | Self::LogLikelihood => Best::Greatest,
            Self::Cost => Best::Least,
        }
    }

    /// What it is measured in, where that has a name.
    pub const fn unit(self) -> Option<&'static str> {
        match self {
            Self::Elbo | Self::LogLikelihood => Some("nats"),
            Self::Cost => None,
        }
    }

    /// That of a model kind; `None` where nothing is inferred.
    pub fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            "given" => None,
            "mixture_em" => Some(Self::LogLikelihood),
            "kmeans" => Some(Self::Cost),
            _ => Some(Self::Elbo),
        }
    }

    /// The one whose trace has this name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|objective| objective.key() == key)
    }
}
