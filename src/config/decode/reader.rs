//! A TOML value for serde, read by reference and with what was mended in place of what is written.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_spanned::de::{SpannedDeserializer, is_spanned};
use std::borrow::Cow;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::blank::Blank;
use super::mistake::{Failure, Mistake, Place};
use super::{Mended, Path};
use crate::diagnostic::list;

/// A value, its place and what is read otherwise in it.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    name: &'a str,
    value: &'a Spanned<DeValue<'a>>,
    path: Path,
    is_item: bool,
    mended: &'a Mended,
}

impl<'a> Reader<'a> {
    pub(super) fn new(name: &'a str, value: &'a Spanned<DeValue<'a>>, mended: &'a Mended) -> Self {
        Self { name, value, path: Path::new(), is_item: false, mended }
    }

    fn place(&self) -> Place {
        Place {
            name: self.name.to_owned(),
            path: self.path.clone(),
            span: self.value.span(),
            is_key: false,
            is_kind: false,
            is_item: self.is_item,
        }
    }

    /// An entry or item of this value, or the blank that is read in its place.
    fn child(
        &self,
        step: usize,
        name: &'a str,
        value: &'a Spanned<DeValue<'a>>,
        is_item: bool,
    ) -> Input<'a> {
        let path = self.path_of(step);
        match self.mended.blanks.get(&path) {
            Some(&attempt) => Input::Blank(Blank { path, attempt, present: true }),
            None => Input::Value(Self { name, value, path, is_item, mended: self.mended }),
        }
    }

    fn path_of(&self, step: usize) -> Path {
        let mut path = self.path.clone();
        path.push(step);
        path
    }

    fn place_of_key(&self, step: usize, key: &Spanned<Cow<'_, str>>, is_kind: bool) -> Place {
        let (path, span) = (self.path_of(step), key.span());
        Place { name: self.name.to_owned(), path, span, is_key: true, is_kind, is_item: false }
    }

    /// The name that the key of an entry is read as; `None` if it is left out.
    fn read_as(&self, step: usize, key: &'a Spanned<Cow<'a, str>>) -> Option<&'a str> {
        let path = self.path_of(step);
        if self.mended.dropped.contains(&path) {
            return None;
        }
        Some(self.mended.renamed.get(&path).copied().unwrap_or(key.get_ref().as_ref()))
    }

    /// The one entry of a table that names a kind; `None` if all were left out.
    fn kind(
        &self,
        table: &'a DeTable<'a>,
        variants: &'static [&'static str],
    ) -> Result<Option<Choice<'a>>, Failure> {
        if table.is_empty() {
            return Err(Failure::new(Mistake::NoKind(variants)));
        }
        let mut chosen: Option<Choice<'a>> = None;
        for (step, (key, value)) in table.iter().enumerate() {
            let Some(name) = self.read_as(step, key) else { continue };
            let place = self.place_of_key(step, key, true);
            if !variants.contains(&name) {
                return Err(Failure::unknown_variant(name, variants).or_at(|| place));
            }
            if let Some(first) = &chosen {
                let (first, second) = (first.name.to_owned(), name.to_owned());
                return Err(Failure::new(Mistake::TwoKinds { first, second }).or_at(|| place));
            }
            chosen =
                Some(Choice { name, place, content: Some(self.child(step, name, value, false)) });
        }
        Ok(chosen)
    }

    fn table(&self, table: &'a DeTable<'a>) -> Entries<'a> {
        let missing = self.mended.missing.get(&self.path).map_or(&[][..], Vec::as_slice);
        Entries { table: self.clone(), entries: table, next: 0, missing, value: None }
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let result = match self.value.get_ref() {
            DeValue::String(text) => match unprintable(text) {
                Some(c) => {
                    let what = format!("the character U+{:04X} cannot be shown", u32::from(c));
                    Err(Failure::custom(what))
                }
                None => visitor.visit_str(text),
            },
            DeValue::Integer(integer) => {
                let (digits, radix) = (integer.as_str(), integer.radix());
                match (i64::from_str_radix(digits, radix), u64::from_str_radix(digits, radix)) {
                    (Ok(value), _) => visitor.visit_i64(value),
                    (_, Ok(value)) => visitor.visit_u64(value),
                    _ => Err(Failure::invalid_value(
                        Unexpected::Other("too long"),
                        &"a number of at most 18 digits",
                    )),
                }
            }
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(value)
                    if value.is_finite() || float.as_str().contains("inf") || value.is_nan() =>
                {
                    visitor.visit_f64(value)
                }
                _ => Err(Failure::invalid_value(
                    Unexpected::Other("too large"),
                    &"a number up to 1.8e308",
                )),
            },
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            DeValue::Datetime(_) => {
                Err(Failure::invalid_type(Unexpected::Other("a date or time"), &visitor))
            }
            DeValue::Array(array) => {
                let mut items = Items { list: self.clone(), next: 0, items: array };
                visitor.visit_seq(&mut items).and_then(|value| match items.next {
                    read if read < array.len() => {
                        let expected = format!("a list of {read} entries");
                        Err(Failure::invalid_length(array.len(), &expected.as_str()))
                    }
                    _ => Ok(value),
                })
            }
            DeValue::Table(table) => visitor.visit_map(self.table(table)),
        };
        result.map_err(|failure| failure.or_at(|| self.place()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if is_spanned(name) {
            let span = self.value.span();
            return visitor.visit_map(SpannedDeserializer::new(self, span));
        }
        // serde would read a list as the fields in their order.
        if !self.value.get_ref().is_table() {
            let failure = Failure::invalid_type(unexpected(self.value.get_ref()), &"a map");
            return Err(failure.or_at(|| self.place()));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let result = match self.value.get_ref() {
            DeValue::String(text) => {
                visitor.visit_enum(Choice { name: text, place: self.place(), content: None })
            }
            DeValue::Table(table) => match self.kind(table, variants) {
                Ok(Some(choice)) => visitor.visit_enum(choice),
                Ok(None) => {
                    let blank = Blank { path: self.path.clone(), attempt: 0, present: true };
                    blank.deserialize_enum(name, variants, visitor)
                }
                Err(failure) => Err(failure),
            },
            other => Err(Failure::invalid_type(unexpected(other), &OneOf(variants))),
        };
        result.map_err(|failure| failure.or_at(|| self.place()))
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Failure> for Reader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A character that no text of a config needs: escaped, TOML takes them all, but a page or a terminal
/// does not show them. One alone may be what stands between the cells of a file.
fn unprintable(text: &str) -> Option<char> {
    let bad = text.chars().find(|c| c.is_control() && !['\t', '\n', '\r'].contains(c));
    bad.filter(|_| text.chars().nth(1).is_some())
}

/// What is read: what is written, or a blank.
enum Input<'a> {
    Value(Reader<'a>),
    Blank(Blank),
}

impl Input<'_> {
    fn read<'de, T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        match self {
            Self::Value(reader) => seed.deserialize(reader),
            Self::Blank(blank) => seed.deserialize(blank),
        }
    }
}

/// The entries of a table, then blanks for its missing keys.
struct Entries<'a> {
    table: Reader<'a>,
    entries: &'a DeTable<'a>,
    next: usize,
    missing: &'a [&'static str],
    value: Option<Input<'a>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        for (step, (key, value)) in self.entries.iter().enumerate().skip(self.next) {
            self.next = step + 1;
            let Some(name) = self.table.read_as(step, key) else { continue };
            self.value = Some(self.table.child(step, key.get_ref(), value, false));
            return seed.deserialize(StrDeserializer::new(name)).map(Some).map_err(
                |failure: Failure| failure.or_at(|| self.table.place_of_key(step, key, false)),
            );
        }
        let Some(name) = self.missing.get(self.next - self.entries.len()) else { return Ok(None) };
        let path = self.table.path_of(self.next);
        let attempt = self.table.mended.blanks.get(&path).copied().unwrap_or(0);
        self.next += 1;
        self.value = Some(Input::Blank(Blank { path, attempt, present: true }));
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        match self.value.take() {
            Some(value) => value.read(seed),
            None => Err(Failure::custom("a value without a key")),
        }
    }
}

/// The items of a list.
struct Items<'a> {
    list: Reader<'a>,
    next: usize,
    items: &'a [Spanned<DeValue<'a>>],
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let input = self.list.child(self.next, self.list.name, item, true);
        self.next += 1;
        input.read(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// A variant of an enum: its name as text, or the key of a table with its content.
struct Choice<'a> {
    name: &'a str,
    place: Place,
    content: Option<Input<'a>>,
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Failure;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'a>), Failure> {
        let variant = seed
            .deserialize(StrDeserializer::new(self.name))
            .map_err(|failure: Failure| failure.or_at(|| self.place))?;
        Ok((variant, Content { name: self.name, input: self.content }))
    }
}

/// The content of a variant.
struct Content<'a> {
    name: &'a str,
    input: Option<Input<'a>>,
}

impl<'a> Content<'a> {
    fn settings(self) -> Result<Input<'a>, Failure> {
        let name = self.name.to_owned();
        self.input.ok_or_else(|| Failure::new(Mistake::NeedsSettings(name)))
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        match self.input {
            None | Some(Input::Blank(_)) => Ok(()),
            Some(Input::Value(reader)) => match reader.value.get_ref() {
                DeValue::Table(table) if table.is_empty() => Ok(()),
                other => {
                    let failure = Failure::invalid_type(unexpected(other), &"an empty table");
                    Err(failure.or_at(|| reader.place()))
                }
            },
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        self.settings()?.read(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.struct_variant(&[], visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.settings()? {
            Input::Value(reader) => reader.deserialize_any(visitor),
            Input::Blank(blank) => blank.deserialize_struct("", fields, visitor),
        }
    }
}

/// One of some names.
struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", list(self.0))
    }
}

fn unexpected<'v>(value: &'v DeValue<'_>) -> Unexpected<'v> {
    match value {
        DeValue::String(text) => Unexpected::Str(text),
        DeValue::Integer(integer) => Unexpected::Other(integer.as_str()),
        DeValue::Float(float) => Unexpected::Other(float.as_str()),
        DeValue::Boolean(value) => Unexpected::Bool(*value),
        DeValue::Datetime(_) => Unexpected::Other("a date or time"),
        DeValue::Array(_) => Unexpected::Seq,
        DeValue::Table(_) => Unexpected::Map,
    }
}
