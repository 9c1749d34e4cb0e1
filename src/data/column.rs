//! Columns of files as users name them, and what is done with cells that hold nothing.

use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is done with a row in which a cell that is used holds no value: an empty one, `NA`, `NaN` and
/// the like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It is a mistake.
    #[default]
    Error,
    /// The row is left out.
    Drop,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Column {
    /// By its name in the header.
    Name(String),
    /// By its index, from 0.
    Index(usize),
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ColumnVisitor;

        impl Visitor<'_> for ColumnVisitor {
            type Value = Column;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name or its index from 0")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Column, E> {
                usize::try_from(value)
                    .map(Column::Index)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Column, E> {
                Ok(Column::Name(value.to_owned()))
            }
        }

        deserializer.deserialize_any(ColumnVisitor)
    }
}
