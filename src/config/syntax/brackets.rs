//! Brackets that are never closed, and the statements that they are in.

use std::ops::Range;

use super::line_of;

/// A statement with brackets that are never closed.
pub(super) struct Unclosed {
    /// The bytes of the brackets.
    pub(super) open: Vec<usize>,
    /// All of the statement.
    pub(super) range: Range<usize>,
}

impl Unclosed {
    pub(super) fn is_header(&self, text: &str) -> bool {
        text[self.range.clone()].trim_start().starts_with('[')
    }
}

/// The statements with brackets that are not closed before the next statement begins.
pub(super) fn unclosed(text: &str) -> Vec<Unclosed> {
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
                    // Of those in between the innermost is told: the others close with it.
                    wrong.extend(stack.last().filter(|top| bytes[**top] != open));
                    while stack.pop().is_some_and(|top| bytes[top] != open) {}
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
