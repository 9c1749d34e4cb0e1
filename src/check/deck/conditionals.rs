//! Where what `\iffalse` begins has its end, for all of a text in one go: looking for each end from
//! its beginning takes for ever where none has one.

use std::collections::BTreeMap;

use super::tex::control_end;
use super::{from, line_end};

/// The conditionals of a text, read as far as was asked for.
pub(super) struct Conditionals<'a> {
    text: &'a str,
    /// What is known of the text from each of these comments and control words on.
    known: BTreeMap<usize, Ends>,
    /// Where the last `\fi` is, whatever it ends.
    last: Option<usize>,
}

/// Where what is open at some place ends; nowhere if the text ends first.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    /// The `\else` or `\fi` of it.
    part: Option<usize>,
    /// Behind the `\fi` of it.
    whole: Option<usize>,
}

/// A control word or a comment.
struct Token<'a> {
    start: usize,
    end: usize,
    word: &'a str,
}

impl<'a> Conditionals<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, known: BTreeMap::new(), last: text.rfind("\\fi") }
    }

    /// Where what `\iffalse` begins, which ends at `at`, has its `\else` or `\fi`.
    pub(super) fn never(&mut self, at: usize) -> usize {
        if let Some(end) = self.ends(at).part {
            return end;
        }
        // Not everything that begins with `if` has an end.
        match self.last.is_some_and(|last| last >= at) {
            true => from(self.text, at).find("\\fi").map_or(at, |end| at + end),
            false => at,
        }
    }

    /// Where what is open at `at` ends.
    fn ends(&mut self, at: usize) -> Ends {
        let mut tokens = Vec::new();
        let mut next = self.token(at);
        while let Some(token) = next.take_if(|token| !self.known.contains_key(&token.start)) {
            next = self.token(token.end);
            tokens.push(token);
        }
        let mut after = next.map_or(Ends::default(), |token| self.at_token(token.start));
        // From the end on, since a conditional within another one ends before that.
        for token in tokens.into_iter().rev() {
            after = match token.word {
                "fi" => Ends { part: Some(token.start), whole: Some(token.end) },
                "else" => Ends { part: Some(token.start), ..after },
                "iff" | "ifthenelse" => after,
                word if word.starts_with("if") => {
                    let behind = after.whole.and_then(|whole| self.token(whole));
                    behind.map_or(Ends::default(), |token| self.at_token(token.start))
                }
                _ => after,
            };
            self.known.insert(token.start, after);
        }
        after
    }

    fn at_token(&self, start: usize) -> Ends {
        self.known.get(&start).copied().unwrap_or_default()
    }

    /// The first comment or control word from `at` on.
    fn token(&self, at: usize) -> Option<Token<'a>> {
        let start = at + from(self.text, at).find(['%', '\\'])?;
        if self.text[start..].starts_with('%') {
            return Some(Token { start, end: line_end(self.text, start), word: "" });
        }
        let end = control_end(self.text, start);
        Some(Token { start, end, word: &self.text[start + 1..end] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Looks for the end from the beginning.
    fn looked_for(text: &str, at: usize) -> usize {
        let mut depth = 1;
        let mut next = at;
        while let Some(found) = from(text, next).find(['%', '\\']) {
            let start = next + found;
            if text[start..].starts_with('%') {
                next = line_end(text, start);
                continue;
            }
            next = control_end(text, start);
            match &text[start + 1..next] {
                "fi" | "else" if depth == 1 => return start,
                "fi" => depth -= 1,
                "iff" | "ifthenelse" => {}
                word if word.starts_with("if") => depth += 1,
                _ => {}
            }
        }
        from(text, at).find("\\fi").map_or(at, |end| at + end)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_ends_are_those_that_are_found_one_by_one(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "\\iffalse", "\\if", "\\ifx ", "\\iff", "\\fi", "\\fi ", "\\else", "\\else ",
                    "%", "\n", "\\%", "\\\\", "x", "\\verb", "|",
                ]),
                0..30,
            ),
        ) {
            let text = parts.concat();
            let mut conditionals = Conditionals::of(&text);
            // From wherever a reader may come, be it in the middle of a comment.
            for (at, _) in text.match_indices("\\if") {
                let at = control_end(&text, at);
                prop_assert_eq!(conditionals.never(at), looked_for(&text, at), "{} in {}", at, text);
            }
        }
    }
}
