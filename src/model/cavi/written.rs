//! `variance` as written: a number or `"unknown"`.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::setting::Positive;

/// The variance of every component: known or not.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum WrittenVariance {
    /// Known: this, > 0.
    Known(#[schemars(with = "Positive")] f64),
    /// Inferred, for each component its own.
    #[schemars(with = "String", extend("const" = "unknown"))]
    Unknown,
}

impl<'de> Deserialize<'de> for WrittenVariance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VarianceVisitor;

        impl Visitor<'_> for VarianceVisitor {
            type Value = WrittenVariance;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or \"unknown\"")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(WrittenVariance::Known(value as f64))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(WrittenVariance::Known(value))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                match value {
                    "unknown" => Ok(WrittenVariance::Unknown),
                    _ => Err(E::invalid_value(Unexpected::Str(value), &self)),
                }
            }
        }

        deserializer.deserialize_any(VarianceVisitor)
    }
}
