//! Levels of a density, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::figure::word_or_list::word_or_list;

/// More lines than this cannot be told apart.
pub(super) const MOST_LEVELS: usize = 12;

/// Which levels are drawn.
#[derive(Debug, Clone, Default, PartialEq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum Levels {
    /// Those that bound the smallest regions with 50, 80 and 95 % of the mass.
    #[default]
    #[schemars(with = "String", extend("const" = "mass"))]
    Mass,
    /// Those that matplotlib picks.
    #[schemars(with = "String", extend("const" = "density"))]
    Density,
    /// These.
    Values(#[schemars(length(min = 1, max = MOST_LEVELS))] Vec<f64>),
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word_or_list(
            deserializer,
            &[("mass", Self::Mass), ("density", Self::Density)],
            Self::Values,
            "numbers",
        )
    }
}

/// What levels are levels of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The density.
    #[default]
    Density,
    /// Its negative logarithm, in nats.
    NegLog,
}
