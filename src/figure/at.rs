//! Which iteration of a fit a figure shows.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::model::History;

/// Which iteration of a fit a figure shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum At {
    /// The last one.
    #[default]
    #[schemars(with = "String", extend("const" = "final"))]
    Final,
    /// This one, counted from 0 (the start); one past the end is the last.
    Iteration(usize),
}

impl At {
    /// The iteration in a fit with `last` as its last.
    pub fn of(self, last: usize) -> usize {
        match self {
            Self::Final => last,
            Self::Iteration(t) => t.min(last),
        }
    }

    /// The state in words, if it is not the last: a title must say that it shows another.
    pub fn words(self, last: usize, history: History) -> Option<String> {
        let at = self.of(last);
        let words = || after(history, at).unwrap_or_else(|| format!("at $t$ = {at}"));
        (at < last).then(words)
    }
}

/// The step of EM that state `at` of a fit in half steps is taken after, as `E step 2`; `start` for
/// the first state. `None` for a fit in whole iterations.
pub(super) fn half_step(history: History, at: usize) -> Option<String> {
    match history {
        History::Iterations => None,
        History::HalfSteps if at == 0 => Some("start".to_owned()),
        History::HalfSteps if at.is_multiple_of(2) => Some(format!("M step {}", at / 2)),
        History::HalfSteps => Some(format!("E step {}", at.div_ceil(2))),
    }
}

/// [`half_step`] as an adverbial: `after E step 2`, `at the start`.
pub(super) fn after(history: History, at: usize) -> Option<String> {
    let step = half_step(history, at)?;
    Some(if at == 0 { "at the start".to_owned() } else { format!("after {step}") })
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AtVisitor;

        impl Visitor<'_> for AtVisitor {
            type Value = At;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an iteration (0 is the start) or \"final\"")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<At, E> {
                usize::try_from(value)
                    .map(At::Iteration)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<At, E> {
                match value {
                    "final" => Ok(At::Final),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
                }
            }
        }

        deserializer.deserialize_any(AtVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_steps_are_called_by_the_step_of_em() {
        let words = |at: usize| At::Iteration(at).words(9, History::HalfSteps);
        let of = ["at the start", "after E step 1", "after M step 1", "after E step 2"];
        for (at, expected) in of.into_iter().enumerate() {
            assert_eq!(words(at).as_deref(), Some(expected));
        }
        assert_eq!(words(9), None);
        let whole = At::Iteration(3).words(9, History::Iterations);
        assert_eq!(whole.as_deref(), Some("at $t$ = 3"));
        assert_eq!(half_step(History::HalfSteps, 40).as_deref(), Some("M step 20"));
        assert_eq!(half_step(History::Iterations, 1), None);
    }
}
