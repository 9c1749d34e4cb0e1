//! Which iteration of a fit a figure shows.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

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

    /// The iteration in words, if it is not the last: a title must say that it shows another.
    pub fn words(self, last: usize) -> Option<String> {
        let at = self.of(last);
        (at < last).then(|| format!("at $t$ = {at}"))
    }
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
