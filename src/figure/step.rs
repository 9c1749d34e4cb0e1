//! The steps in which a figure is built up: data, truth, start, iterations, end.
//!
//! Axes, key and canvas are the same in all steps, so that nothing moves but what is added.

use serde::Serialize;

use super::At;
use super::view::{Layers, Start};

/// One step as a config names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The data alone.
    Data,
    /// The true components come.
    Truth,
    /// The estimate that the inference starts from.
    Init,
    /// The estimate of an iteration.
    Iteration(usize),
    /// The estimate of the last iteration.
    Final,
}

impl Step {
    /// The step that is called so: `data`, `truth`, `init`, `iteration 8`, `final`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "data" => Some(Self::Data),
            "truth" => Some(Self::Truth),
            "init" => Some(Self::Init),
            "final" => Some(Self::Final),
            name => name.strip_prefix("iteration ")?.parse().ok().map(Self::Iteration),
        }
    }

    /// Whether the step adds a layer, which only figures with layers have.
    pub fn is_layer(self) -> bool {
        matches!(self, Self::Data | Self::Truth)
    }

    /// The iteration whose estimate it shows.
    pub fn at(self) -> At {
        match self {
            Self::Data | Self::Truth | Self::Init => At::Iteration(0),
            Self::Iteration(t) => At::Iteration(t),
            Self::Final => At::Final,
        }
    }
}

/// The layers that each step shows.
///
/// The truth is there from the step that brings it on, or, where none does, from the first estimate
/// on. Where one step shows the start, later ones show it beside their own estimate.
pub fn layers(steps: &[Step]) -> Vec<Layers> {
    let position = |step: Step| steps.iter().position(|s| *s == step);
    let first_estimate = steps.iter().position(|s| !s.is_layer()).unwrap_or(steps.len());
    let truth_from = position(Step::Truth).unwrap_or(first_estimate);
    let init = position(Step::Init).filter(|i| i + 1 < steps.len());
    steps
        .iter()
        .enumerate()
        .map(|(i, step)| Layers {
            data: true,
            truth: i >= truth_from,
            start: match init {
                None => Start::Absent,
                Some(init) if i > init && !step.is_layer() => Start::Shown,
                Some(_) => Start::Hidden,
            },
            estimate: !step.is_layer(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_by_their_names() {
        assert_eq!(Step::parse("iteration 8"), Some(Step::Iteration(8)));
        assert_eq!(Step::parse("final"), Some(Step::Final));
        for wrong in ["", "iteration", "iteration -1", "iteration x", "Data", "iterations 8"] {
            assert_eq!(Step::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_has_come_stays() {
        let steps = [Step::Data, Step::Truth, Step::Init, Step::Iteration(8), Step::Final];
        let shown: Vec<(bool, Start, bool)> =
            layers(&steps).iter().map(|l| (l.truth, l.start, l.estimate)).collect();
        let expected = [
            (false, Start::Hidden, false),
            (true, Start::Hidden, false),
            (true, Start::Hidden, true),
            (true, Start::Shown, true),
            (true, Start::Shown, true),
        ];
        assert_eq!(shown, expected);
        // Nothing is kept free for a start that never comes.
        let without = layers(&[Step::Data, Step::Final]);
        assert!(without.iter().all(|l| l.start == Start::Absent));
        assert_eq!(without.iter().map(|l| l.truth).collect::<Vec<_>>(), [false, true]);
    }
}
