//! Values as users write them, and the checks that many kinds share.
//!
//! A kind's options hold [`Spanned`] values, so a wrong value is reported at its own place. The
//! checks record a problem and return whether the value is good; they never stop the others.

mod several;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
pub use several::Several;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
pub use toml::Spanned;

use crate::diagnostic::Problems;

/// A value or a list of values: `sd = 1.0` or `sd = [1.0, 0.5]`.
#[derive(Clone, Debug, PartialEq)]
pub enum OneOrMany<T> {
    /// One value, for all.
    One(T),
    /// One value for each.
    Many(Vec<Spanned<T>>),
}

impl<T: Clone> OneOrMany<T> {
    /// The values for `count` items: the one repeated, or the list as it is.
    pub fn expand(&self, count: usize) -> Vec<T> {
        match self {
            Self::One(value) => vec![value.clone(); count],
            Self::Many(values) => values.iter().map(|v| v.get_ref().clone()).collect(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a list of numbers")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                T::deserialize(serde::de::value::I64Deserializer::new(value)).map(OneOrMany::One)
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                T::deserialize(serde::de::value::F64Deserializer::new(value)).map(OneOrMany::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(OneOrMany::Many(values))
            }
        }

        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany<{}>", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// Stands for a number greater than 0 where a schema says what a key takes.
pub struct Positive;

impl JsonSchema for Positive {
    fn schema_name() -> Cow<'static, str> {
        "Positive".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "exclusiveMinimum": 0 })
    }
}

/// Whether `value` is a finite number; `what` names it in the message.
pub fn finite(problems: &mut Problems, what: &str, value: &Spanned<f64>) -> bool {
    let good = value.get_ref().is_finite();
    if !good {
        problems
            .at_value(
                value.span(),
                format!("{what} must be a finite number, but is {}", value.get_ref()),
            )
            .hint("write a number without `nan` or `inf`");
    }
    good
}

/// Whether `value` is finite and greater than zero.
pub fn positive(problems: &mut Problems, what: &str, value: &Spanned<f64>) -> bool {
    if !finite(problems, what, value) {
        return false;
    }
    let good = *value.get_ref() > 0.0;
    if !good {
        problems
            .at_value(
                value.span(),
                format!("{what} must be greater than 0, but is {}", value.get_ref()),
            )
            .hint("write a number greater than 0");
    }
    good
}

/// Whether `value` is finite and not negative.
pub fn not_negative(problems: &mut Problems, what: &str, value: &Spanned<f64>) -> bool {
    if !finite(problems, what, value) {
        return false;
    }
    let good = *value.get_ref() >= 0.0;
    if !good {
        problems
            .at_value(
                value.span(),
                format!("{what} must not be negative, but is {}", value.get_ref()),
            )
            .hint("write 0 or a number greater than 0");
    }
    good
}

/// Whether `value` is at least `least`.
pub fn at_least(problems: &mut Problems, what: &str, value: &Spanned<usize>, least: usize) -> bool {
    let good = *value.get_ref() >= least;
    if !good {
        problems
            .at_value(
                value.span(),
                format!("{what} must be at least {least}, but is {}", value.get_ref()),
            )
            .hint(format!("write a whole number from {least} up"));
    }
    good
}
