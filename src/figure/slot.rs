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
    /// What it is called, counted from 1: as the true component, or by the next free number.
    pub number: usize,
    /// What it is.
    #[serde(skip_serializing_if = "Role::is_component")]
    pub role: Role,
}

/// What stands in a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A component of a mixture.
    #[default]
    Component,
    /// The one distribution that a whole mixture is projected on, which is called q.
    Projection,
}

impl Role {
    fn is_component(&self) -> bool {
        *self == Self::Component
    }
}

/// The colour of a projection, which no component has before the fourth.
pub const PROJECTION_COLOR: usize = 3;

impl Slot {
    /// Its name outside of mathematics: `k = 1`.
    pub fn heading(&self) -> String {
        match self.role {
            Role::Component => format!("k = {}", self.number),
            Role::Projection => "q".to_owned(),
        }
    }

    /// Its name in mathematics: `$k = 1$`.
    pub fn label(&self) -> String {
        format!("${}$", self.heading())
    }

    /// Its index: `1`.
    pub fn index(&self) -> String {
        match self.role {
            Role::Component => self.number.to_string(),
            Role::Projection => "q".to_owned(),
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
    let role = Role::Component;
    let own =
        |k: usize| Slot { truth: None, inferred: Some(k), color: Some(k), number: k + 1, role };
    let Some(truth) = truth else { return (0..inferred).map(own).collect() };
    if fitted.is_some_and(|f| f.fit.projection().is_some()) {
        let of_truth = |j: usize| Slot { truth: Some(j), inferred: None, ..own(j) };
        let (color, role) = (Some(PROJECTION_COLOR), Role::Projection);
        let projection = Slot { truth: None, inferred: Some(0), color, number: truth + 1, role };
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
        role,
    });
    let is_matched =
        |i: usize| matching.is_some_and(|m| m.true_of_inferred.get(i).copied().flatten().is_some());
    let unmatched = (0..inferred).filter(|&i| !is_matched(i)).enumerate().map(|(extra, i)| Slot {
        truth: None,
        inferred: Some(i),
        color: None,
        number: truth + extra + 1,
        role,
    });
    matched.chain(unmatched).collect()
}
