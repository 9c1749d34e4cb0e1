//! Which inferred component belongs to which true one: the order, names and colours in figures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fitted, Inputs};

/// One component of a figure: a true one, the inferred one matched to it, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Index of the true component.
    pub truth: Option<usize>,
    /// Index of the inferred component.
    pub inferred: Option<usize>,
    /// Which colour of the palette; `None` for an inferred component without a true one.
    pub color: Option<usize>,
    /// What it is called, counted from 1: as the true component, or by the next free number;
    /// [`PROJECTION`] of what is no component.
    pub number: usize,
}

/// The number of the one distribution that a whole mixture is projected on, which is called q.
pub const PROJECTION: usize = 0;

/// Its colour, which is not that of the mixture.
pub const PROJECTION_COLOR: usize = 1;

impl Slot {
    /// Its name outside of mathematics: `k = 1`.
    pub fn heading(&self) -> String {
        match self.number {
            PROJECTION => "q".to_owned(),
            number => format!("k = {number}"),
        }
    }

    /// Its name in mathematics: `$k = 1$`.
    pub fn label(&self) -> String {
        format!("${}$", self.heading())
    }

    /// Its index: `1`.
    pub fn index(&self) -> String {
        match self.number {
            PROJECTION => "q".to_owned(),
            number => number.to_string(),
        }
    }
}

/// What inferred components are named and coloured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// The true component that each is matched to.
    #[default]
    Matched,
    /// Its own index, as the fit has it: with random starts the first inferred component may be
    /// anywhere, which is what figures of label switching show.
    Raw,
}

/// The components of a figure: the true ones in their order, then inferred ones without a match.
///
/// Where no truth is known the inferred components stand for themselves.
pub fn slots(inputs: &Inputs<'_>, naming: Naming) -> Vec<Slot> {
    slots_of(inputs.dataset.components(), inputs.fitted.as_ref(), naming)
}

/// The same for a fit of data with `truth` components, where that is known.
pub fn slots_of(truth: Option<usize>, fitted: Option<&Fitted<'_>>, naming: Naming) -> Vec<Slot> {
    let inferred = fitted.map_or(0, |f| f.fit.components());
    let own = |k: usize| Slot { truth: None, inferred: Some(k), color: Some(k), number: k + 1 };
    let Some(truth) = truth else { return (0..inferred).map(own).collect() };
    if fitted.is_some_and(|f| f.fit.projection().is_some()) {
        let of_truth = |j: usize| Slot { truth: Some(j), inferred: None, ..own(j) };
        let (color, number) = (Some(PROJECTION_COLOR), PROJECTION);
        let projection = Slot { truth: None, inferred: Some(0), color, number };
        return (0..truth).map(of_truth).chain([projection]).collect();
    }
    if naming == Naming::Raw {
        let some = |k: usize, count: usize| Some(k).filter(|k| *k < count);
        let slot = |k| Slot { truth: some(k, truth), inferred: some(k, inferred), ..own(k) };
        return (0..truth.max(inferred)).map(slot).collect();
    }
    let matching = fitted.and_then(Fitted::matching);
    let partner = |j: usize| matching.and_then(|m| m.inferred_of_true.get(j).copied().flatten());
    let matched = (0..truth).map(|j| Slot {
        truth: Some(j),
        inferred: partner(j),
        color: Some(j),
        number: j + 1,
    });
    let is_matched =
        |i: usize| matching.is_some_and(|m| m.true_of_inferred.get(i).copied().flatten().is_some());
    let unmatched = (0..inferred).filter(|&i| !is_matched(i)).enumerate().map(|(extra, i)| Slot {
        truth: None,
        inferred: Some(i),
        color: None,
        number: truth + extra + 1,
    });
    matched.chain(unmatched).collect()
}
