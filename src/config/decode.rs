//! TOML values into typed options, with every mistake and not only the first.
//!
//! serde stops at the first error. So a table with a mistake is read again with that one place
//! mended: a wrong value or a missing key is read as a [`blank`], a misspelt key as the one that
//! was probably meant. What is read in the end tells whether it may be checked any further.

mod blank;
mod mistake;
mod reader;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::{Problems, did_you_mean};
use mistake::{Mistake, Place};
use reader::Reader;

pub(super) use blank::NOWHERE;

/// With so many mistakes in one table something else is wrong than each of them.
const MOST_MISTAKES: usize = 20;

/// What a table was read as.
#[derive(Debug, Clone)]
pub(super) enum Decoded<T> {
    /// It says what its keys may say, misspelt ones as they were probably meant.
    Whole(T),
    /// Something in it is a blank or was left out; its other values can be checked each by itself,
    /// but not against each other.
    Damaged(T),
    /// Nothing could be made of it.
    Nothing,
}

impl<T> Decoded<T> {
    /// The value, damaged or not.
    pub(super) fn into_option(self) -> Option<T> {
        match self {
            Self::Whole(value) | Self::Damaged(value) => Some(value),
            Self::Nothing => None,
        }
    }
}

/// Reads `value`, which stands at the key `name`, as a `T`; everything that is wrong with it goes
/// to `problems`.
pub(super) fn decode<T: DeserializeOwned>(
    name: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> Decoded<T> {
    let mut mended = Mended::default();
    let mut count = 0;
    loop {
        let failure = match T::deserialize(Reader::new(name, value, &mended)) {
            Ok(options) if mended.is_sound() => return Decoded::Whole(options),
            Ok(options) => return Decoded::Damaged(options),
            Err(failure) => failure,
        };
        let Some(place) = &failure.place else {
            problems.at(value.span(), format!("`{name}` cannot be read"));
            return Decoded::Nothing;
        };
        if !mended.blanks.contains_key(&place.path) {
            if count == MOST_MISTAKES {
                problems
                    .at(place.span.clone(), format!("`{name}` has more mistakes, from here on"))
                    .hint(format!("the first {MOST_MISTAKES} are shown"));
                return Decoded::Nothing;
            }
            count += 1;
            failure.mistake.report(place, taken(value, place), problems);
        }
        if !mended.mend(value, &failure.mistake, place) {
            return Decoded::Nothing;
        }
    }
}

/// Where a value stands: the indices of entries and items from the root. Missing keys come behind
/// the entries.
type Path = Vec<usize>;

/// What is read otherwise than it is written.
#[derive(Debug, Default)]
struct Mended {
    /// Values that are read as a blank, and which blank of those that might do.
    blanks: BTreeMap<Path, u8>,
    /// Missing keys of tables, which are read as blanks.
    missing: BTreeMap<Path, Vec<&'static str>>,
    /// Keys that are read as another.
    renamed: BTreeMap<Path, &'static str>,
    /// Keys that are left out.
    dropped: BTreeSet<Path>,
}

impl Mended {
    fn is_sound(&self) -> bool {
        self.blanks.is_empty() && self.missing.is_empty() && self.dropped.is_empty()
    }

    /// Mends one place; whether there was anything left to try.
    fn mend(&mut self, root: &Spanned<DeValue<'_>>, mistake: &Mistake, place: &Place) -> bool {
        let path = place.path.clone();
        match mistake {
            Mistake::MissingKey(key) => {
                let key = *key;
                let keys = self.missing.entry(path).or_default();
                let new = !keys.contains(&key);
                keys.push(key);
                new
            }
            Mistake::UnknownKey { key, known } if place.is_key => {
                match meant(key, known, &taken(root, place)) {
                    Some(name) => self.renamed.insert(path, name).is_none(),
                    None => self.dropped.insert(path),
                }
            }
            Mistake::TwoKinds { .. } => self.dropped.insert(path),
            // Nothing can stand for the whole.
            _ if path.is_empty() => false,
            _ => {
                let attempt = self.blanks.entry(path).and_modify(|a| *a += 1).or_insert(0);
                *attempt < blank::ATTEMPTS
            }
        }
    }
}

/// The known key that `key` was probably meant to be, if it is not there already.
fn meant(key: &str, known: &'static [&'static str], taken: &[String]) -> Option<&'static str> {
    let free = known.iter().copied().filter(|name| !taken.iter().any(|t| t == name));
    did_you_mean(key, free)
}

/// The keys of the table that a key stands in.
fn taken(root: &Spanned<DeValue<'_>>, place: &Place) -> Vec<String> {
    let parents = place.path.split_last().map_or(&[][..], |(_, parents)| parents);
    let mut value = root.get_ref();
    for &step in parents {
        let next = match value {
            DeValue::Table(table) => table.iter().nth(step).map(|(_, v)| v),
            DeValue::Array(array) => array.get(step),
            _ => None,
        };
        match next {
            Some(next) => value = next.get_ref(),
            None => return Vec::new(),
        }
    }
    value.as_table().into_iter().flatten().map(|(k, _)| k.get_ref().to_string()).collect()
}
