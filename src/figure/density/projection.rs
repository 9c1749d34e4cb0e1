//! What a density says of a projection: which divergence is made least, and how small it is.

use serde::Serialize;

use super::draw::nats;
use crate::model::Fit;
use crate::model::project::Divergence;

/// The divergence between p, the truth, and its projection q.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Projection {
    /// Which one.
    pub(super) of: Divergence,
    /// Its value in nats at the iteration that is drawn.
    pub(super) nats: f64,
}

impl Projection {
    /// That of iteration `at`; `None` of a fit that is no projection.
    pub(super) fn of(fit: &Fit, at: usize) -> Option<Self> {
        let (_, trace) = fit.objective()?;
        Some(Self { of: fit.projection()?, nats: trace.at(at)? })
    }

    /// `KL(q||p) 0.64 nats`, in mathematics.
    pub(super) fn words(self) -> String {
        nats(self.of.label(), self.nats)
    }

    /// What is drawn, in a caption.
    pub(super) fn caption(self, with_truth: bool) -> String {
        let label = self.of.label().replace('$', "");
        match with_truth {
            true => format!("True density p and the normal density q of the least {label}"),
            false => format!("Normal density q of the least {label}"),
        }
    }
}
