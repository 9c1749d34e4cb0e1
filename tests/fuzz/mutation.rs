//! Changes to a config, as a tired typist or a broken disk makes them.

#![allow(dead_code, reason = "each test that includes this file uses its own part of it")]

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What stands in place of a number or a word.
pub(super) const VALUES: [&str; 40] = [
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "40",
    "0.5",
    "-0.0",
    "1e308",
    "-1e308",
    "1e-308",
    "5e-324",
    "1e150",
    "-1e150",
    "1e-150",
    "1e16",
    "1e-9",
    "nan",
    "inf",
    "-inf",
    "9007199254740993",
    "18446744073709551615",
    "99999999999999999999",
    "4294967296",
    "1e400",
    "\"text\"",
    "\"\"",
    "[]",
    "{}",
    "true",
    "[1.0, 2.0]",
    "[[1.0]]",
    "[[0.0, 1.0], [1.0]]",
    "1979-05-27",
    "\"\\u0000\"",
    "'''x'''",
    "{ given = { means = [1.0] } }",
    "\"samples\"",
    "\"density\"",
];

/// One change to a text.
#[derive(Debug, Clone)]
pub(super) enum Mutation {
    Value(Index, usize),
    Exchange(Index, Index),
    Delete(Index, usize),
    Repeat(Index, usize),
    Insert(Index, String),
    DeleteLine(Index),
    MoveLine(Index, Index),
    Nest(Index, usize, usize),
}

pub(super) fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), 0..VALUES.len()).prop_map(|(a, v)| Mutation::Value(a, v)),
        3 => (at(), at()).prop_map(|(a, b)| Mutation::Exchange(a, b)),
        1 => (at(), 1..30_usize).prop_map(|(a, n)| Mutation::Delete(a, n)),
        1 => (at(), 1..30_usize).prop_map(|(a, n)| Mutation::Repeat(a, n)),
        1 => (at(), "\\PC{1,6}").prop_map(|(a, s)| Mutation::Insert(a, s)),
        1 => (at(), "[\\[\\]{}=.,\"'#\n\r\t\\\\ a0-]{1,4}").prop_map(|(a, s)| Mutation::Insert(a, s)),
        1 => at().prop_map(Mutation::DeleteLine),
        1 => (at(), at()).prop_map(|(a, b)| Mutation::MoveLine(a, b)),
        1 => (at(), 0..4_usize, select(vec![1, 5, 70, 90, 2000])).prop_map(|(a, k, n)| Mutation::Nest(a, k, n)),
    ]
}

/// The ranges of words and numbers.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || "_.-+\"".contains(c);
    let mut tokens = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_word(c)) {
            (None, true) => start = Some(i),
            (Some(s), false) => {
                tokens.push(s..i);
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

pub(super) fn mutate(text: &mut String, mutation: &Mutation) {
    let place = |index: &Index, text: &str| boundary(text, index.index(text.len() + 1));
    let span = |index: &Index, length: usize, text: &str| {
        let start = place(index, text);
        start..boundary(text, start + length)
    };
    match mutation {
        Mutation::Value(index, value) => {
            let tokens = tokens(text);
            if !tokens.is_empty() {
                text.replace_range(tokens[index.index(tokens.len())].clone(), VALUES[*value]);
            }
        }
        Mutation::Exchange(to, from) => {
            let tokens = tokens(text);
            if !tokens.is_empty() {
                let other = text[tokens[from.index(tokens.len())].clone()].to_owned();
                text.replace_range(tokens[to.index(tokens.len())].clone(), &other);
            }
        }
        Mutation::Delete(index, length) => text.replace_range(span(index, *length, text), ""),
        Mutation::Repeat(index, length) => {
            let part = text[span(index, *length, text)].to_owned();
            text.insert_str(place(index, text), &part);
        }
        Mutation::Insert(index, part) => text.insert_str(place(index, text), part),
        Mutation::DeleteLine(index) => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                lines.remove(index.index(lines.len()));
            }
            *text = lines.join("\n");
        }
        Mutation::MoveLine(from, to) => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                let line = lines[from.index(lines.len())];
                lines.insert(to.index(lines.len()), line);
            }
            *text = lines.join("\n");
        }
        Mutation::Nest(index, kind, depth) => {
            let (open, close) = [("[", "]"), ("{a=", "}"), ("a.", "b"), ("[a.", "]")][*kind];
            let close = if *kind == 2 { close.to_owned() } else { close.repeat(*depth) };
            let nested = format!("{}1{close}", open.repeat(*depth));
            text.insert_str(place(index, text), &nested);
        }
    }
}
