//! What is wrong with a text that is no TOML, in the words of who wrote it.
//!
//! The parser goes on after a mistake, but what it finds behind a bracket that is never closed is
//! wrong only for that. So such brackets are looked for first, and the parser reads the text again
//! without the statements that they are in. Of each line one mistake is told, the first.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, Error};

use crate::diagnostic::{Problems, shorten};

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
    for error in errors.iter().filter(|e| !is_duplicate(e)) {
        let span = error.span().unwrap_or(offset..offset);
        let span = span.start.clamp(offset, text.len())..span.end.clamp(offset, text.len());
        let line = line_of(text, span.start).start;
        let first = lines.entry(line).or_insert((span.clone(), error.message()));
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
    error.message().starts_with("duplicate key")
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
    let (key, value) = split(text, &line);
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
    if !name.is_empty() && !name.starts_with('[') && (written.is_empty() || message == NO_VALUE) {
        problems
            .at(key.start..key.start + name.len(), format!("`{}` has no value", shorten(name)))
            .hint(format!("write `{} = ...`", shorten(name)));
        return;
    }
    if VALUES.iter().any(|theirs| message.starts_with(theirs)) {
        let inner =
            text[span.start..line.end].split([',', ']', '}', '#']).next().unwrap_or_default();
        let whole = if written.starts_with(['[', '{']) { inner.trim_end() } else { written };
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

const NO_VALUE: &str = "key with no value, expected `=`";

/// What the parser says of numbers and dates that are none.
const VALUES: [&str; 5] = [
    "string values must be quoted",
    "invalid float",
    "invalid integer",
    "invalid boolean",
    "invalid datetime",
];

/// The parser's words, ours, and what to do.
const WORDS: [(&str, &str, &str); 10] = [
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

/// A statement with brackets that are never closed.
struct Unclosed {
    /// The bytes of the brackets.
    open: Vec<usize>,
    /// All of the statement.
    range: Range<usize>,
}

impl Unclosed {
    fn is_header(&self, text: &str) -> bool {
        text[self.range.clone()].trim_start().starts_with('[')
    }
}

/// The statements with brackets that are not closed before the next statement begins.
fn unclosed(text: &str) -> Vec<Unclosed> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut stack: Vec<usize> = Vec::new();
    let mut wrong: Vec<usize> = Vec::new();
    let mut start = 0;
    let mut last = b'\n';
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' => at = end_of_text(bytes, at),
            b'#' => at = line_of(text, at).end - 1,
            b'[' | b'{' => stack.push(at),
            close @ (b']' | b'}') => {
                let open = if close == b']' { b'[' } else { b'{' };
                // A bracket of the other kind closes what was opened before.
                if stack.iter().any(|o| bytes[*o] == open) {
                    while let Some(top) = stack.pop().filter(|top| bytes[*top] != open) {
                        wrong.push(top);
                    }
                }
            }
            b'\n' => {
                let next = &text[line_of(text, at + 1)];
                let ends = match stack.last().map(|top| bytes[*top]) {
                    None => true,
                    Some(b'{') => is_header(next) || (is_key(next) && !matches!(last, b',' | b'{')),
                    Some(_) => is_header(next) || is_key(next),
                };
                if ends {
                    wrong.extend(stack.pop());
                    stack.clear();
                    if !wrong.is_empty() {
                        found.push(Unclosed { open: std::mem::take(&mut wrong), range: start..at });
                    }
                    start = at + 1;
                }
            }
            _ => {}
        }
        if bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace()) {
            last = bytes[at];
        }
        at += 1;
    }
    wrong.extend(stack.pop());
    if !wrong.is_empty() {
        found.push(Unclosed { open: wrong, range: start..bytes.len() });
    }
    found
}

/// The last byte of the text in quotes that begins at `start`; one that is never closed ends with
/// its line.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = [quote; 3];
    if bytes[start..].starts_with(&triple) {
        let rest = &bytes[start + 3..];
        return match rest.windows(3).position(|w| w == triple) {
            Some(i) => start + 3 + i + 2,
            None => bytes.len(),
        };
    }
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' && bytes.get(at + 1).is_some_and(|b| *b != b'\n') => at += 1,
            b'\n' => return at - 1,
            byte if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.".contains(c)
}

/// Whether a line is the header of a table, and not a part of a list.
fn is_header(line: &str) -> bool {
    let inner = line.trim().trim_start_matches('[');
    let Some((name, rest)) = inner.split_once(']') else { return false };
    let word = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_bare);
    let rest = rest.trim_start_matches(']').trim();
    line.trim_start().starts_with('[')
        && word
        && !["nan", "inf", "true", "false"].contains(&name)
        && (rest.is_empty() || rest.starts_with('#'))
}

/// Whether a line begins with a key and `=`.
fn is_key(line: &str) -> bool {
    let key = line.trim_start().trim_start_matches(is_bare);
    key.len() < line.trim_start().len() && key.trim_start().starts_with('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Vec<usize> {
        unclosed(text).into_iter().flat_map(|u| u.open).collect()
    }

    #[test]
    fn what_is_closed_is_not_reported() {
        for text in [
            "a = [1, 2]\nb = { c = 1, d = [[2], [3]] }\n[e.f]\n[[g]]\n",
            "a = [\n  [1.0, 2.0],\n  [nan],\n]\n",
            "a = { b = 1,\n  c = 2 }\n",
            "a = \"[\" # {\nb = '{'\nc = \"\"\"\n[\n\"\"\"\nd = \"\\\"[\"\n",
        ] {
            assert_eq!(opened(text), [0_usize; 0], "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_ends_where_a_statement_begins() {
        assert_eq!(opened("a = [1, 2\nb = 3\n"), [4]);
        assert_eq!(opened("a = { b = 1\nc = 3\n"), [4]);
        assert_eq!(opened("a = { b = [1, 2 }\nc = 3\n"), [10]);
        assert_eq!(opened("[a\nb = [\n[c]\n"), [0, 7]);
        assert_eq!(opened("a = {\n"), [4]);
    }
}
