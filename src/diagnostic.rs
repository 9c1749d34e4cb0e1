//! What is wrong with what the user wrote: a message, where it is, and what to do about it.
//!
//! Code that finds a mistake adds a [`Diagnostic`] to the [`Problems`] it was handed and goes on,
//! so that all mistakes are shown at once. Spans are byte ranges into one [`Sources`] text: the
//! config file and each `--set` stand in it one after the other, so a span says which of them it
//! is in. This module renders; it never decides what is wrong.

mod sources;

use std::ops::Range;

use annotate_snippets::Renderer;

pub use sources::{Place, Sources};

/// One mistake: what, where and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// Where it is, as a byte range into the [`Sources`]; `None` if it has no place.
    pub span: Option<Range<usize>>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether this value alone is wrong, whatever stands elsewhere.
    alone: bool,
}

impl Diagnostic {
    /// Where it is, as something that can be compared.
    pub fn place(&self) -> Option<(usize, usize)> {
        self.span.as_ref().map(|span| (span.start, span.end))
    }

    /// Adds what the user can do about it.
    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }
}

/// All mistakes found so far, and the texts that they are in.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// What spans point into.
    pub sources: Sources,
    list: Vec<Diagnostic>,
}

impl Problems {
    /// Records a mistake at `span` and returns it, to take a hint.
    pub fn at(&mut self, span: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Some(span), message.into(), false)
    }

    /// Records a mistake of the value at `span` alone: it is one whatever else the config says.
    pub fn at_value(&mut self, span: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Some(span), message.into(), true)
    }

    /// Records a mistake of a part of the string at `span` alone: `len` bytes of its value from
    /// `offset` on.
    pub fn at_part(
        &mut self,
        span: &Range<usize>,
        (offset, len): (usize, usize),
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let part = self.sources.inside(span, offset, len);
        self.at_value(part, message)
    }

    /// Records a mistake that has no place in the config.
    pub fn general(&mut self, message: impl Into<String>) -> &mut Diagnostic {
        self.push(None, message.into(), false)
    }

    fn push(
        &mut self,
        span: Option<Range<usize>>,
        message: String,
        alone: bool,
    ) -> &mut Diagnostic {
        let index = self.list.len();
        self.list.push(Diagnostic { message, span, hint: None, alone });
        &mut self.list[index]
    }

    /// Of the mistakes from index `from` on, forgets those that are not of one value alone: they may
    /// only follow from another mistake.
    pub fn keep_alone(&mut self, from: usize) {
        // Only what is behind is looked at: this is called for every node.
        let later = self.list.split_off(from.min(self.list.len()));
        self.list.extend(later.into_iter().filter(|diagnostic| diagnostic.alone));
    }

    /// Forgets the mistakes of which `keep` says no.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    /// Forgets the mistakes at exactly `span`.
    pub fn forget(&mut self, span: &Range<usize>) {
        self.list.retain(|diagnostic| diagnostic.span.as_ref() != Some(span));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many mistakes there are; taken before and after a step, it tells whether the step failed.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The mistakes in the order of their places in the texts, each once.
    pub fn sorted(&self) -> Vec<Diagnostic> {
        let mut list = self.list.clone();
        list.sort_by_key(|d| d.span.clone().map_or((usize::MAX, 0), |s| (s.start, s.end)));
        list.dedup();
        list
    }

    /// The mistakes as one text, a blank line between them; of very many only the first.
    pub fn render(&self, renderer: &Renderer) -> String {
        let sorted = self.sorted();
        let shown = sorted.iter().take(MOST_SHOWN);
        let mut blocks: Vec<String> = shown.map(|d| self.sources.render(d, renderer)).collect();
        if sorted.len() > MOST_SHOWN {
            blocks.push(format!("and {} more", sorted.len() - MOST_SHOWN));
        }
        blocks.join("\n\n")
    }
}

/// Nobody reads further.
const MOST_SHOWN: usize = 100;

/// The name among `known` that `written` was probably meant to be: one that begins alike, or one
/// that differs by a single slip (a letter too many, too few, another, or two exchanged).
pub fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let slip = |name: &str| {
        written.chars().count().min(name.chars().count()) >= 3
            && strsim::osa_distance(written, name) <= 1
    };
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(similarity, name)| *similarity > 0.8 || slip(name))
        .max_by(|a, b| slip(a.1).cmp(&slip(b.1)).then(a.0.total_cmp(&b.0)))
        .map(|(_, name)| name)
}

/// A hint that names what was probably meant, and else what there is; `what` is a plural.
pub fn suggest(written: &str, known: &[&str], what: &str) -> String {
    match did_you_mean(written, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => format!("there are no {what}"),
        None => format!("the {what} are {}", list(known)),
    }
}

/// `n` things by their singular: `1 point`, `2 points`.
pub fn counted(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// The beginning of a text, to be shown in a message: nobody reads a number of a thousand digits.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Names in backticks with commas: `a`, `b`, `c`.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_shown_in_the_text_that_it_lies_in() {
        let mut problems = Problems::default();
        let first = problems.sources.add("a.toml", "x = 1\ny = 2\n");
        let second = problems.sources.add("--set", "é = z");
        assert_eq!(first, 0);
        problems.at(second + 5..second + 6, "what is `z`").hint("write a number");
        problems.at(6..7, "no `y`");
        let text = problems.render(&Renderer::plain());
        assert!(text.contains("--> a.toml:2:1"), "{text}");
        assert!(text.contains("--> --set:1:5"), "{text}");
        assert!(text.contains("hint: write a number"), "{text}");
        assert!(text.find("no `y`") < text.find("what is `z`"), "{text}");
    }

    #[test]
    fn spans_outside_or_inside_a_character_do_not_panic() {
        let mut sources = Sources::default();
        sources.add("a", "é\n");
        for start in 0..9 {
            for end in 0..9 {
                let mut problems = Problems::default();
                problems.at(start..end, "m");
                sources.render(&problems.sorted()[0], &Renderer::plain());
            }
        }
    }

    #[test]
    fn of_a_long_line_the_place_is_said() {
        let mut problems = Problems::default();
        problems.sources.add("a.csv", format!("x\n{},b\ny\n", "1".repeat(20_000)));
        problems.at(20_003..20_004, "`b` is not a number").hint("write one");
        let text = problems.render(&Renderer::plain());
        assert!(text.len() < 200 && text.contains("--> a.csv:2:20002"), "{text}");
        assert!(text.contains("hint: write one"), "{text}");
    }

    #[test]
    fn a_place_counts_characters_and_bytes_of_its_own_file() {
        let mut sources = Sources::default();
        sources.add("a.toml", "x = 1\n");
        let b = sources.add_from("b.csv", "é,é\n2,3\n", ("data/b.csv".to_owned(), 3));
        let place = sources.place(&(b + 3..b + 7)).unwrap();
        assert_eq!((place.file.as_str(), place.line, place.column), ("data/b.csv", 1, 3));
        assert_eq!((place.end_line, place.end_column), (2, 2));
        assert_eq!((place.byte_start, place.byte_end), (6, 10));
    }

    #[test]
    fn a_part_of_a_string_is_found_behind_escapes() {
        for (text, offset, expected) in
            [("\"ab$\\\\foo$\"", 3, 4..8), ("'ab$\\foo$'", 3, 4..8), ("\"é\"", 0, 1..3)]
        {
            let mut sources = Sources::default();
            sources.add("first", "x");
            let start = sources.add("a", text);
            let found = sources.inside(&(start..start + text.len()), offset, 4.min(text.len()));
            assert_eq!(found.start, start + expected.start, "{text}");
        }
    }

    #[test]
    fn a_typing_error_finds_its_name_and_nonsense_does_not() {
        assert_eq!(did_you_mean("sed", ["seed", "source"]), Some("seed"));
        assert_eq!(did_you_mean("qqq", ["seed", "source"]), None);
    }

    #[test]
    fn one_thing_is_not_several_and_long_texts_are_cut_between_characters() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "point")), ["0 points", "1 point", "2 points"]);
        assert_eq!(shorten(&"é".repeat(40)), "é".repeat(40));
        assert_eq!(shorten(&"é".repeat(41)), "é".repeat(40) + "…");
    }
}
