//! What is read in place of a value that is wrong: anything that will do.

use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_spanned::de::{SpannedDeserializer, is_spanned};

use super::Path;
use super::mistake::{Failure, Place};

/// Where blanks stand: mistakes there are none of the user's.
pub(in crate::config) const NOWHERE: Range<usize> = usize::MAX..usize::MAX;

/// How many blanks there are for a value that can be of several types.
pub(super) const ATTEMPTS: u8 = 3;

/// A value of any type.
#[derive(Debug, Clone)]
pub(super) struct Blank {
    /// The path of the value that is replaced.
    pub(super) path: Path,
    /// Which blank, for a value that can be of several types.
    pub(super) attempt: u8,
    /// Whether an optional value is there.
    pub(super) present: bool,
}

impl Blank {
    fn inner(&self) -> Self {
        Self { present: false, ..self.clone() }
    }

    fn placed<T>(self, result: Result<T, Failure>) -> Result<T, Failure> {
        result.map_err(|failure| {
            failure.or_at(|| Place {
                name: String::new(),
                path: self.path,
                span: NOWHERE,
                is_key: false,
                is_kind: false,
                is_item: false,
            })
        })
    }
}

impl<'de> Deserializer<'de> for Blank {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let result = match self.attempt {
            0 => visitor.visit_i64(1),
            1 => visitor.visit_seq(Repeat { blank: self.inner(), left: 0 }),
            _ => visitor.visit_str(""),
        };
        self.placed(result)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.placed(visitor.visit_bool(false))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.placed(visitor.visit_str(""))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.placed(visitor.visit_str(""))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let repeat = Repeat { blank: self.inner(), left: 0 };
        self.placed(visitor.visit_seq(repeat))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let repeat = Repeat { blank: self.inner(), left: length };
        self.placed(visitor.visit_seq(repeat))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let fields = Fields { blank: self.inner(), names: &[] };
        self.placed(visitor.visit_map(fields))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.present {
            true => visitor.visit_some(self),
            false => visitor.visit_none(),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if is_spanned(name) {
            return visitor.visit_map(SpannedDeserializer::new(self, NOWHERE));
        }
        let fields = Fields { blank: self.inner(), names: fields };
        self.placed(visitor.visit_map(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let first = First { blank: self.inner(), name: variants.first().copied().unwrap_or("") };
        self.placed(visitor.visit_enum(first))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char bytes byte_buf unit unit_struct
        tuple_struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Failure> for Blank {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Blanks in a list.
struct Repeat {
    blank: Blank,
    left: usize,
}

impl<'de> SeqAccess<'de> for Repeat {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.blank.clone()).map(Some)
    }
}

/// A blank for every field.
struct Fields {
    blank: Blank,
    names: &'static [&'static str],
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some((name, rest)) = self.names.split_first() else { return Ok(None) };
        self.names = rest;
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        seed.deserialize(self.blank.clone())
    }
}

/// The first variant of an enum.
struct First {
    blank: Blank,
    name: &'static str,
}

impl<'de> EnumAccess<'de> for First {
    type Error = Failure;
    type Variant = Blank;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Blank), Failure> {
        Ok((seed.deserialize(StrDeserializer::new(self.name))?, self.blank))
    }
}

impl<'de> VariantAccess<'de> for Blank {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_struct("", fields, visitor)
    }
}
