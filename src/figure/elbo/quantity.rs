//! The traces that can be drawn, and what fits have them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Problems;
use crate::figure::KnownFit;
use crate::model::Objective;

/// A trace that can be drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The exact bound with every constant.
    #[default]
    Elbo,
    /// The log-likelihood of all points, which maximum likelihood has instead of a bound.
    LogLikelihood,
    /// The sum of squared distances to the nearest means, which k-means makes least.
    Cost,
    /// The notebook's formula, which is no bound and falls at times.
    ElboLecture,
    /// scikit-learn's bound, without constants.
    LowerBound,
}

impl Quantity {
    pub(in crate::figure) fn key(self) -> &'static str {
        match self {
            Self::Elbo => Objective::Elbo.key(),
            Self::LogLikelihood => Objective::LogLikelihood.key(),
            Self::Cost => Objective::Cost.key(),
            Self::ElboLecture => "elbo_lecture",
            Self::LowerBound => "lower_bound",
        }
    }

    /// What fits of a model kind make greatest; `None` of one that infers nothing.
    pub(in crate::figure) fn main_of(kind: &str) -> Option<Self> {
        Objective::of_kind(kind).map(|objective| match objective {
            Objective::Elbo => Self::Elbo,
            Objective::LogLikelihood => Self::LogLikelihood,
            Objective::Cost => Self::Cost,
        })
    }

    /// Whether it is what fits of some kind make greatest.
    pub(in crate::figure) fn is_main(self) -> bool {
        Objective::of_key(self.key()).is_some()
    }

    /// Whether fits of a model kind have this trace.
    pub(in crate::figure) fn is_of(self, kind: &str) -> bool {
        match self {
            Self::Elbo | Self::LogLikelihood | Self::Cost => Self::main_of(kind) == Some(self),
            Self::ElboLecture => kind == "cavi",
            Self::LowerBound => kind == "bayesian_mixture",
        }
    }

    /// Records a problem if the fit does not have the trace.
    pub(in crate::figure) fn check(
        self,
        span: std::ops::Range<usize>,
        name: &str,
        fit: &KnownFit,
        problems: &mut Problems,
    ) -> bool {
        let why = fit.lacks(self);
        if let Some(why) = &why {
            let instead = Self::main_of(fit.kind).map_or("", Self::key);
            let hint = match self {
                Self::LowerBound if self.is_of(fit.kind) => {
                    format!("write \"{instead}\", or give the model `family = \"scikit-learn\"`")
                }
                _ => format!("write \"{instead}\""),
            };
            problems.at(span, format!("`fit.{name}` {why}")).hint(hint);
        }
        why.is_none()
    }

    pub(in crate::figure) fn label(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO",
            Self::LogLikelihood => "Log-likelihood",
            Self::Cost => "Cost",
            Self::ElboLecture => "Lecture's ELBO",
            Self::LowerBound => "Lower bound",
        }
    }

    /// What it is measured in, behind a blank; empty where that has no name.
    pub(in crate::figure) fn unit(self) -> &'static str {
        match self {
            Self::Cost => "",
            _ => " nats",
        }
    }

    /// 1 of what is made greatest, -1 of what is made least.
    pub(in crate::figure) fn sign(self) -> f64 {
        match self {
            Self::Cost => -1.0,
            _ => 1.0,
        }
    }

    pub(in crate::figure) fn axis(self) -> &'static str {
        match self {
            Self::Elbo => "ELBO (nats)",
            Self::LogLikelihood => "log-likelihood (nats)",
            Self::Cost => "cost (sum of squares)",
            Self::ElboLecture => "lecture's formula (nats)",
            Self::LowerBound => "bound less constants (nats)",
        }
    }
}
