//! What serde can find wrong, and how it is said.

use std::fmt::Display;
use std::ops::Range;

use serde::de::{Error, Expected, Unexpected};

use super::{Path, meant};
use crate::diagnostic::{Problems, list, shorten};

/// Why a value could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) mistake: Box<Mistake>,
    /// Where; set by the innermost reader that the failure passes.
    pub(super) place: Option<Box<Place>>,
}

/// A key or a value.
#[derive(Debug)]
pub(super) struct Place {
    /// The name of the key, or of the nearest one above an item of a list.
    pub(super) name: String,
    pub(super) path: Path,
    pub(super) span: Range<usize>,
    /// Whether it is the key that is wrong.
    pub(super) is_key: bool,
    /// Whether the key names a kind.
    pub(super) is_kind: bool,
    /// Whether it is an item of a list.
    pub(super) is_item: bool,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) enum Mistake {
    /// A key of a table, or a kind, that there is not.
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    MissingKey(&'static str),
    /// A key that has two names, by both of which it is there.
    TwoNames(&'static str),
    WrongType {
        found: Found,
        expected: String,
    },
    /// A table that should name its kind, and does not.
    NoKind(&'static [&'static str]),
    TwoKinds {
        first: String,
        second: String,
    },
    /// The name of a kind as text, where the kind needs its settings.
    NeedsSettings(String),
    Other(String),
}

/// What stands where something else was expected.
#[derive(Debug)]
pub(super) struct Found {
    words: String,
    /// What it would be without its quotes, or in quotes.
    plain: Option<String>,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Scalar,
    List,
    Table,
}

impl Failure {
    pub(super) fn new(mistake: Mistake) -> Self {
        Self { mistake: Box::new(mistake), place: None }
    }

    /// Says where, unless that is known more closely.
    pub(super) fn or_at(mut self, place: impl FnOnce() -> Place) -> Self {
        self.place.get_or_insert_with(|| Box::new(place()));
        self
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.mistake)
    }
}

impl std::error::Error for Failure {}

impl Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Mistake::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = plain(&expected.to_string());
        Self::new(Mistake::WrongType { found: Found::new(found), expected })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let entries = if length == 1 { "entry" } else { "entries" };
        let found =
            Found { words: format!("has {length} {entries}"), plain: None, sort: Sort::List };
        Self::new(Mistake::WrongType { found, expected: plain(&expected.to_string()) })
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::unknown_field(variant, known)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(Mistake::UnknownKey { key: field.to_owned(), known })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Mistake::MissingKey(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Mistake::TwoNames(field))
    }
}

impl Found {
    fn new(found: Unexpected<'_>) -> Self {
        let (words, plain, sort) = match found {
            Unexpected::Str(text) => {
                (format!("is the text {:?}", shorten(text)), Some(text.to_owned()), Sort::Text)
            }
            Unexpected::Seq => ("is a list".to_owned(), None, Sort::List),
            Unexpected::Map => ("is a table".to_owned(), None, Sort::Table),
            Unexpected::Bool(value) => {
                (format!("is {value}"), Some(value.to_string()), Sort::Scalar)
            }
            Unexpected::Signed(value) => scalar(&value),
            Unexpected::Unsigned(value) => scalar(&value),
            // As written in TOML: 1.0 and not 1.
            Unexpected::Float(value) => scalar(&format!("{value:?}")),
            other => (format!("is {}", shorten(&other.to_string())), None, Sort::Scalar),
        };
        Self { words, plain, sort }
    }
}

fn scalar(value: &dyn Display) -> (String, Option<String>, Sort) {
    (format!("is {value}"), Some(value.to_string()), Sort::Scalar)
}

impl Mistake {
    /// Records the mistake at its place; `taken` are the keys of the table that it is in.
    pub(super) fn report(&self, place: &Place, taken: Vec<String>, problems: &mut Problems) {
        let name = &place.name;
        let (message, hint) = match self {
            Self::UnknownKey { key, known } => {
                let (what, plural) = match (place.is_key, place.is_kind) {
                    (true, false) => ("key", "keys"),
                    (true, true) => ("kind", "kinds"),
                    (false, _) => ("value", "values"),
                };
                let of = if place.is_key { String::new() } else { format!(" of `{name}`") };
                (
                    format!("unknown {what} `{}`{of}", shorten(key)),
                    choice(key, known, &taken, plural),
                )
            }
            Self::MissingKey(key) => {
                (format!("`{name}` has no key `{key}`"), format!("add `{key} = ...`"))
            }
            Self::TwoNames(key) => (
                format!("`{name}` has `{key}` twice, once by another name"),
                "keep one of them".to_owned(),
            ),
            Self::WrongType { found, expected } => {
                let subject = match place.is_item {
                    true => format!("an entry of `{name}`"),
                    false => format!("`{name}`"),
                };
                let message = format!("{subject} must be {expected}, but {}", found.words);
                (message, found.hint(expected))
            }
            Self::NoKind(kinds) => {
                (format!("`{name}` names no kind"), format!("the kinds here are {}", list(kinds)))
            }
            Self::TwoKinds { first, second } => (
                format!("`{name}` has two kinds, `{first}` and `{second}`"),
                "keep one of them".to_owned(),
            ),
            Self::NeedsSettings(kind) => (
                format!("`{name}` is only the name `{kind}`, but `{kind}` has settings"),
                format!("write `{name}.{kind} = {{ ... }}`"),
            ),
            Self::Other(message) => {
                (format!("`{name}`: {message}"), "write another value".to_owned())
            }
        };
        problems.at_value(place.span.clone(), message).hint(hint);
    }
}

fn choice(written: &str, known: &'static [&'static str], taken: &[String], plural: &str) -> String {
    match meant(written, known, taken) {
        Some(name) if known.len() > 1 => {
            format!("did you mean `{name}`? the {plural} here are {}", list(known))
        }
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => format!("this table takes no {plural}"),
        None => format!("the {plural} here are {}", list(known)),
    }
}

impl Found {
    /// How to write what was expected.
    fn hint(&self, expected: &str) -> String {
        let plain = self.plain.as_deref().unwrap_or_default();
        let number = plain.parse::<f64>().ok().filter(|n| n.is_finite());
        match (self.sort, expected) {
            (Sort::Text, _) if number.is_some() && expected.contains("number") => {
                format!("leave the quotes out: {}", shorten(plain))
            }
            (Sort::Scalar, WHOLE) if number.is_some_and(|n| n >= 0.0 && n.fract() == 0.0) => {
                format!("write {}", number.unwrap_or_default())
            }
            (Sort::Text, BOOL) => "write true or false, without quotes".to_owned(),
            (Sort::Scalar, TEXT) => {
                format!("put it in quotes: \"{}\"", shorten(plain))
            }
            (Sort::Text | Sort::Scalar | Sort::Table, LIST) => {
                "put it in brackets: [ ... ]".to_owned()
            }
            (Sort::List, TABLE) => {
                "write a table: `{ ... }`, or a header in single brackets".to_owned()
            }
            (_, TABLE) => {
                "write a table: `{ key = value }`, or a header with keys below it".to_owned()
            }
            _ => format!("write {expected}"),
        }
    }
}

const NUMBER: &str = "a number";
const WHOLE: &str = "a whole number from 0 up";
const WHOLE_SIGNED: &str = "a whole number";
const TEXT: &str = "text in quotes";
const BOOL: &str = "true or false";
const LIST: &str = "a list";
const TABLE: &str = "a table";

/// serde's words for types, in those of a person who writes TOML.
fn plain(words: &str) -> String {
    let known = match words {
        "f64" => NUMBER,
        "usize" | "u64" | "u32" => WHOLE,
        "i64" => WHOLE_SIGNED,
        "a string" | "string" => TEXT,
        "a boolean" => BOOL,
        "a sequence" | "sequence" => LIST,
        "a map" | "map" => TABLE,
        _ if words.starts_with("struct ") => TABLE,
        _ => {
            return match words.strip_prefix("an array of length ") {
                Some(length) => format!("a list of {length} entries"),
                None => words.to_owned(),
            };
        }
    };
    known.to_owned()
}
