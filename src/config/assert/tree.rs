//! A claim as it was understood, and what is wrong with one that was not.

use std::ops::Range;

use super::words::{Comparison, Function, Operator, Property};

/// Bytes of the text.
pub(super) type Place = Range<usize>;

/// What is wrong with a part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Mistake {
    pub(super) fn new(place: Place, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { place, message: message.into(), hint: hint.into() }
    }
}

/// What an assertion claims.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Claim {
    /// The values compare so.
    Compare(Value, Comparison, Value),
    /// The value has the property, or with `not` lacks it.
    Is { value: Value, not: bool, property: Property },
}

/// A value and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

/// How a value is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Text(String),
    /// A node, whose section begins at byte `start`.
    Node {
        start: usize,
        section: String,
        name: String,
    },
    Field(Box<Value>, String),
    Item(Box<Value>, i64),
    Call(Function, Box<Value>),
    Negative(Box<Value>),
    Both(Box<Value>, Operator, Box<Value>),
}
