//! What is wrong with a text that is no TOML, in the words of who wrote it.
//!
//! The parser goes on after a mistake, but what it finds behind a bracket that is never closed is
//! wrong only for that. So such brackets are looked for first, and the parser reads the text again
//! without the statements that they are in. Of each line one mistake is told, the first.

mod brackets;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, Error};

use crate::diagnostic::{Problems, shorten};
use brackets::unclosed;

/// Reports what the parser found wrong with `text`, of which the first `offset` bytes are blanks.
///
/// Returns whether the rest can be read all the same: names that stand twice hide nothing else.
pub(super) fn report(text: &str, offset: usize, errors: &[Error], problems: &mut Problems) -> bool {
    if errors.iter().all(is_duplicate) {
        report_duplicates(text, errors, problems);
        return true;
    }
    let open = unclosed(text);
    let mut mended = text.to_owned();
    for statement in &open {
        for at in &statement.open {
            let (what, close) = match (text.as_bytes().get(*at), statement.is_header(text)) {
                (Some(b'{'), _) => ("this table", "}"),
                (_, true) => ("this header", "]"),
                _ => ("this list", "]"),
            };
            problems
                .at(*at..*at + 1, format!("{what} is never closed"))
                .hint(format!("add `{close}` at its end"));
        }
        let blank: String = text[statement.range.clone()]
            .chars()
            .map(|c| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) })
            .collect();
        mended.replace_range(statement.range.clone(), &blank);
    }
    let (_, errors) = DeTable::parse_recoverable(&mended);
    report_duplicates(text, &errors, problems);
    let mut lines: BTreeMap<usize, (Range<usize>, &str)> = BTreeMap::new();
    // There may be very many in one line.
    let mut line = 0..0;
    for error in errors.iter().filter(|e| !is_duplicate(e)) {
        let span = error.span().unwrap_or(offset..offset);
        let span = span.start.clamp(offset, text.len())..span.end.clamp(offset, text.len());
        if !line.contains(&span.start) {
            line = line_of(text, span.start);
        }
        let first = lines.entry(line.start).or_insert((span.clone(), error.message()));
        if span.start < first.0.start {
            *first = (span, error.message());
        }
    }
    for (span, message) in lines.into_values() {
        explain(text, span, message, problems);
    }
    false
}

fn is_duplicate(error: &Error) -> bool {
    error.message().starts_with(DUPLICATE)
}

/// Reports the names that stand twice. Below a header that stands twice every key does; the header
/// says it all.
fn report_duplicates(text: &str, errors: &[Error], problems: &mut Problems) {
    let mut below: Option<Range<usize>> = None;
    for error in errors.iter().filter(|e| is_duplicate(e)) {
        let span = error.span().unwrap_or(0..0);
        if below.as_ref().is_some_and(|section| section.contains(&span.start)) {
            continue;
        }
        let line = line_of(text, span.start);
        let is_header = text[line.clone()].trim_start().starts_with('[');
        let what = if is_header { "name" } else { "key" };
        if is_header {
            let end = text[line.end..].find("\n[").map_or(text.len(), |i| line.end + i);
            below = Some(line.end..end);
        }
        let name = shorten(text.get(span.clone()).unwrap_or_default());
        problems
            .at(span, format!("duplicate {what} `{name}`"))
            .hint("a name can stand only once in a table; rename or remove one of the two");
    }
}

/// The range of the line that `at` is in, without its end.
fn line_of(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i);
    start..end
}

/// One error of the parser.
fn explain(text: &str, span: Range<usize>, message: &str, problems: &mut Problems) {
    let line = line_of(text, span.start);
    let (key, mut value) = split(text, &line);
    // A line without `=` may be a part of a list.
    let is_part = message != NO_VALUE && !text[key.end..value.start].contains('=');
    if is_part {
        value = key.clone();
    }
    let written = &text[value.clone()];
    if let Some(word) = bare_word(text, &span, &value) {
        let word_text = &text[word.clone()];
        let hint = match word_text.to_ascii_lowercase().as_str() {
            lower @ ("true" | "false") => format!("write {lower}"),
            _ => format!("text needs quotes: \"{}\"", shorten(word_text)),
        };
        problems.at(word.clone(), format!("`{}` is no value", shorten(word_text))).hint(hint);
        return;
    }
    let name = text[key.clone()].split_whitespace().next().unwrap_or_default();
    if !is_part
        && !name.is_empty()
        && !name.starts_with('[')
        && (written.is_empty() || message == NO_VALUE)
    {
        problems
            .at(key.start..key.start + name.len(), format!("`{}` has no value", shorten(name)))
            .hint(format!("write `{} = ...`", shorten(name)));
        return;
    }
    if VALUES.iter().any(|theirs| message.starts_with(theirs)) {
        // In a list or a table it is what stands between commas.
        let is_inside = is_part || written.starts_with(['[', '{']);
        let whole = if is_inside && value.contains(&span.start) {
            let before = text[value.start..span.start].rfind(['[', '{', ',', '=']);
            let start = before.map_or(value.start, |i| value.start + i + 1);
            let behind = text[span.start..value.end].find([',', ']', '}']);
            text[start..behind.map_or(value.end, |i| span.start + i)].trim()
        } else {
            written
        };
        problems
            .at(span, format!("`{}` is no value", shorten(whole)))
            .hint("write a number such as 1.0, or text in quotes");
        return;
    }
    let known = WORDS.iter().find(|(theirs, ..)| message.starts_with(theirs));
    match known {
        Some((_, ours, hint)) => problems.at(span, *ours).hint(*hint),
        None => problems
            .at(span, format!("not TOML: {}", message.trim_end_matches('.').replace('\n', ", ")))
            .hint("a line is a `[header]` or `key = value`, where text is in quotes"),
    };
}

/// The word without quotes that the parser stopped at, if that is what it did.
fn bare_word(text: &str, span: &Range<usize>, value: &Range<usize>) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || "_+-.".contains(c);
    let is_bare = |range: &Range<usize>| {
        let word = &text[range.clone()];
        word.starts_with(char::is_alphabetic) && !["true", "false", "nan", "inf"].contains(&word)
    };
    // All of the value, unless it is a list or a table.
    let whole = &text[value.clone()];
    let end = whole.find(['"', '\'']).unwrap_or(whole.len());
    let whole = value.start..value.start + whole[..end].trim_end().len();
    let first = text[whole.clone()].split(|c| !is_word(c)).next().map_or(0, str::len);
    if span.start >= value.start && is_bare(&whole) && is_bare(&(whole.start..whole.start + first))
    {
        return Some(whole);
    }
    let at = span.start;
    let before = text[..at].chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8);
    let behind = text[at..].chars().take_while(|c| is_word(*c)).map(char::len_utf8);
    let word = at - before.sum::<usize>()..at + behind.sum::<usize>();
    let follows = text[..word.start].trim_end_matches([' ', '\t']);
    (follows.ends_with(['=', '[', ',']) && is_bare(&word)).then_some(word)
}

/// What the parser says of a name that stands twice.
const DUPLICATE: &str = "duplicate key";

/// What the parser says of a key alone.
const NO_VALUE: &str = "key with no value, expected `=`";

/// What the parser says of numbers and dates that are none.
const VALUES: [&str; 17] = [
    "string values must be quoted",
    "`_` may only go between digits",
    "integers with a radix",
    "invalid binary",
    "invalid boolean",
    "invalid date",
    "invalid exponent",
    "invalid float",
    "invalid fraction",
    "invalid hexadecimal",
    "invalid mantissa",
    "invalid octal",
    "invalid offset",
    "invalid time",
    "redundant numeric sign",
    "unexpected leading zero",
    "unexpected sign",
];

/// The parser's words, ours, and what to do.
const WORDS: [(&str, &str, &str); 12] = [
    ("invalid basic string", "this text is never closed", "add a quotation mark at its end"),
    ("invalid literal string", "this text is never closed", "add an apostrophe at its end"),
    ("invalid multi-line", "this text is never closed", "add three quotation marks at its end"),
    (
        "missing comma between array elements",
        "a comma is missing here",
        "separate the entries of a list by commas",
    ),
    (
        "missing comma between key-value pairs",
        "a comma is missing here",
        "separate the keys of a table in braces by commas",
    ),
    ("extra comma", "a comma without anything before it", "remove it"),
    (
        "missing escaped value",
        "this backslash stands for nothing",
        "write two of them, or put the text in apostrophes: 'C:\\data'",
    ),
    ("missing assignment", "a key without `=`", "write `key = value`"),
    (
        "unexpected key or value",
        "nothing can stand behind a value",
        "write each `key = value` on a line of its own; a list needs brackets, and a number a decimal point",
    ),
    (
        "cannot recurse further",
        "too many brackets lie in each other here",
        "no value of a config lies as deep as that",
    ),
    ("unclosed table", "this header is never closed", "add `]` at its end"),
    ("unquoted keys cannot be empty", "a key is missing here", "write `key = value`"),
];

/// The parts of a line before and behind its `=`, without blanks around them and without a comment.
fn split(text: &str, line: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let written = &text[line.clone()];
    let mut quote = None;
    let mut equals = None;
    let mut end = written.len();
    for (i, c) in written.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '=') if equals.is_none() => equals = Some(i),
            (None, '#') => {
                end = i;
                break;
            }
            _ => {}
        }
    }
    let trimmed = |range: Range<usize>| {
        let part = &written[range.clone()];
        let start = line.start + range.start + part.len() - part.trim_start().len();
        start..start + part.trim().len()
    };
    let key = trimmed(0..equals.unwrap_or(end));
    let value = trimmed(equals.map_or(end, |i| i + 1)..end);
    (key, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text for each message of the parser that is looked for by its first words.
    const TEXTS: [(&str, &str); 31] = [
        (DUPLICATE, "a = 1\na = 2"),
        (NO_VALUE, "a"),
        ("string values must be quoted", "a = b"),
        ("`_` may only go between digits", "a = 1_"),
        ("integers with a radix", "a = +0b1"),
        ("invalid binary", "a = 0b2"),
        ("invalid boolean", "a = tru"),
        ("invalid date", "a = 2020-13-99"),
        ("invalid exponent", "a = 1e"),
        ("invalid float", "a = n4"),
        ("invalid fraction", "a = 1."),
        ("invalid hexadecimal", "a = 0xg"),
        ("invalid mantissa", "a = ."),
        ("invalid octal", "a = 0o8"),
        ("invalid offset", "a = 2020-01-01T00:00:00+99:00"),
        ("invalid time", "a = 25:00:00"),
        ("redundant numeric sign", "a = --1"),
        ("unexpected leading zero", "a = 01"),
        ("unexpected sign", "a = 0b-1"),
        ("invalid basic string", "a = \"b"),
        ("invalid literal string", "a = 'b"),
        ("invalid multi-line", "a = \"\"\"b"),
        ("missing comma between array elements", "a = [1 \"b\"]"),
        ("missing comma between key-value pairs", "a = { b = 1 c = 2 }"),
        ("extra comma", "a = [, 1]"),
        ("missing escaped value", r#"a = "\q""#),
        ("missing assignment", "a = { b 1 }"),
        ("unexpected key or value", "a = 1 = 2"),
        ("cannot recurse further", ""),
        ("unclosed table", "[a"),
        ("unquoted keys cannot be empty", "= 1"),
    ];

    #[test]
    fn the_parser_still_says_the_words_that_are_looked_for() {
        let known =
            VALUES.into_iter().chain(WORDS.map(|(theirs, ..)| theirs)).chain([DUPLICATE, NO_VALUE]);
        let mut missing = Vec::new();
        for words in known {
            let (_, text) = TEXTS.iter().find(|(w, _)| *w == words).unwrap();
            let deep = format!("a = {}{}", "[".repeat(1000), "]".repeat(1000));
            let text = if text.is_empty() { &deep } else { *text };
            let (_, errors) = DeTable::parse_recoverable(text);
            let said: Vec<&str> = errors.iter().map(Error::message).collect();
            if !said.iter().any(|message| message.starts_with(words)) {
                missing.push(format!("{words}: {text} gives {said:?}"));
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
