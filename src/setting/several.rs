//! One name or a list of them: `fits = "cavi"` or `fits = ["cavi", "vb"]`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use toml::Spanned;

/// One name or a list of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Several<T> {
    /// One.
    One(T),
    /// A list, each with its place.
    Many(Vec<Spanned<T>>),
}

impl<T: Clone> Several<T> {
    /// All of them, each with its place.
    pub fn items(written: &Spanned<Self>) -> Vec<Spanned<T>> {
        match written.get_ref() {
            Self::One(one) => vec![Spanned::new(written.span(), one.clone())],
            Self::Many(many) => many.clone(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeveralVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralVisitor<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a list of names")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(value)).map(Several::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(Several::Many(values))
            }
        }

        deserializer.deserialize_any(SeveralVisitor(PhantomData))
    }
}
