//! A word for the usual choices or a list for one's own: `mark = "auto"` or `mark = [3, 8]`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};

/// Reads one of `words`, or a list of `things` that `of_list` takes.
///
/// # Errors
///
/// What else is there; it says which words there are.
pub(super) fn word_or_list<'de, D, T, I>(
    deserializer: D,
    words: &[(&str, T)],
    of_list: fn(Vec<I>) -> T,
    things: &str,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Clone,
    I: Deserialize<'de>,
{
    deserializer.deserialize_any(WordOrList { words, of_list, things })
}

struct WordOrList<'a, T, I> {
    words: &'a [(&'a str, T)],
    of_list: fn(Vec<I>) -> T,
    things: &'a str,
}

impl<'de, T: Clone, I: Deserialize<'de>> Visitor<'de> for WordOrList<'_, T, I> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        write!(f, "{} or a list of {}", words.join(", "), self.things)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        let found = self.words.iter().find(|(word, _)| *word == value);
        found
            .map(|(_, choice)| choice.clone())
            .ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok((self.of_list)(list))
    }
}
