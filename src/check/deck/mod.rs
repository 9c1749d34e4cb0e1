//! What a deck includes and which names it uses, as far as its text says so for sure.
//!
//! A reader for each language takes a text and gives a [`Deck`]: places are byte offsets into the
//! text. Comments and what is set verbatim are not read. Nothing is looked up and nothing fails: a
//! text that is no deck has no includes. What a deck computes, such as a path with a parameter of a
//! macro in it, is marked as such ([`is_known`]) and left to the caller.

mod conditionals;
mod markdown;
mod tex;
mod typst;

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memchr3;

pub use tex::expand;

/// What a deck is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// LaTeX.
    Tex,
    /// Typst.
    Typst,
    /// Markdown, also that of Quarto and R.
    Markdown,
}

impl Language {
    /// The language of files whose names end in a dot and this.
    pub fn of(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "tex" => Some(Self::Tex),
            "typ" => Some(Self::Typst),
            "md" | "qmd" | "rmd" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// A path or a name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What is written.
    pub text: String,
    /// Where, as a byte range into the text of the deck.
    pub span: Range<usize>,
}

/// What has been read of a deck.
#[derive(Debug, Clone, Default)]
pub struct Deck {
    /// The text with blanks for comments and what is verbatim, byte for byte in its place.
    pub read: String,
    /// The pictures that it includes, in order.
    pub includes: Vec<Place>,
    /// Other texts that it reads, by their paths as written.
    pub inputs: Vec<String>,
    /// The folders in which it looks for pictures.
    pub folders: Vec<String>,
    /// The macros, without their backslash, or variables that it uses, in order.
    pub names: Vec<Place>,
    /// Those that it defines, with what they stand for where that is a mere text.
    pub defined: Definitions,
}

impl Deck {
    /// Notes a definition; a name that stands for two things stands for none that is known.
    fn define(&mut self, name: &str, body: Option<String>) {
        define(&mut self.defined, name, body);
    }
}

/// What macros or variables stand for, where that is a mere text.
pub type Definitions = BTreeMap<String, Option<String>>;

fn define(all: &mut Definitions, name: &str, body: Option<String>) {
    let known = all.entry(name.to_owned()).or_insert_with(|| body.clone());
    if *known != body {
        *known = None;
    }
}

/// What is defined in any of several decks.
pub fn definitions<'d>(decks: impl Iterator<Item = &'d Deck>) -> Definitions {
    let mut all = Definitions::new();
    for (name, body) in decks.flat_map(|deck| &deck.defined) {
        define(&mut all, name, body.clone());
    }
    all
}

/// Reads a deck.
pub fn read(language: Language, text: &str) -> Deck {
    match language {
        Language::Tex => tex::read(text),
        Language::Typst => typst::read(text),
        Language::Markdown => markdown::read(text),
    }
}

/// Whether a path of an include says all of itself: neither a macro nor a parameter is in it, nor
/// anything else that is computed.
pub fn is_known(path: &str) -> bool {
    !path.contains(['\\', '#'])
}

/// Whether a text names the file `stem` in a place where a path or an argument can stand: `{stem}`,
/// `"a/stem.pdf"` or, since what counts steps may follow, `{stem_}`. A word of prose is none.
pub fn mentions(text: &str, stem: &str) -> bool {
    !stem.is_empty()
        && text.match_indices(stem).any(|(start, _)| {
            let before = text[..start].trim_end().chars().next_back();
            let after = text[start + stem.len()..].trim_start_matches(['_', '-']).trim_start();
            before.is_some_and(|c| "{[(\"'/,=<".contains(c))
                && after.chars().next().is_some_and(|c| "}])\"'.,>\\#?".contains(c))
        })
}

/// The text with blanks in place of these ranges, which are in order; lines stay lines.
fn blank(text: &str, ranges: &[Range<usize>]) -> String {
    let mut ranges = ranges.iter().peekable();
    let mut read = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        match ranges.peek() {
            Some(range) if range.start <= at && c != '\n' => {
                read.extend(std::iter::repeat_n(' ', c.len_utf8()));
            }
            _ => read.push(c),
        }
    }
    read
}

/// The text from `at` on; nothing if that is no place in it.
fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// No path, option or picture's description is longer; what is not closed by then is not closed.
const LONGEST: usize = 8192;

/// The text from `at` on, as far as one looks for the end of something.
fn near(text: &str, at: usize) -> &str {
    let rest = from(text, at);
    let end = (LONGEST..LONGEST + 4).find(|end| rest.is_char_boundary(*end));
    end.and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// The end of the run of such characters that starts at `at`.
fn run(text: &str, at: usize, is: impl Fn(char) -> bool) -> usize {
    let rest = from(text, at);
    at + rest.find(|c| !is(c)).unwrap_or(rest.len())
}

/// Behind the character at `at`.
fn behind(text: &str, at: usize) -> usize {
    at + from(text, at).chars().next().map_or(1, char::len_utf8)
}

/// Where the line of `at` ends.
fn line_end(text: &str, at: usize) -> usize {
    let rest = from(text, at);
    at + rest.find('\n').unwrap_or(rest.len())
}

/// What stands between the brackets of which the first is at `at`; a backslash takes its meaning
/// from the character behind it.
fn group(text: &str, at: usize, open: char, close: char) -> Option<Range<usize>> {
    let near = near(text, at);
    // Most of what is not closed is seen at a glance.
    if !near.starts_with(open) || !near.contains(close) {
        return None;
    }
    // All three are ASCII, and no byte of another character is.
    let [first, last] = [open, close].map(|bracket| bracket as u8);
    let mut depth = 0_usize;
    let mut i = 0;
    while let Some(next) = memchr3(first, last, b'\\', near.as_bytes().get(i..)?) {
        let here = i + next;
        i = here + 1;
        match near.as_bytes().get(here)? {
            b'\\' => i = behind(near, i),
            byte if *byte == first => depth += 1,
            _ if depth == 1 => return Some(at + open.len_utf8()..at + here),
            _ => depth -= 1,
        }
    }
    None
}

/// What stands in the quotation marks of which the first is at `at`.
fn quoted(text: &str, at: usize) -> Option<Range<usize>> {
    let mark = from(text, at).chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (i, c) in near(text, at).char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return Some(at + 1..at + i),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What decks are made of, and what they are not.
    fn any_deck() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            proptest::sample::select(vec![
                "\\",
                "%",
                "{",
                "}",
                "[",
                "]",
                "(",
                ")",
                "<",
                ">",
                "\"",
                "'",
                "`",
                "```",
                "~~~",
                "$",
                "#",
                "//",
                "/*",
                "*/",
                "\n",
                " ",
                ",",
                ":",
                "=",
                ".",
                "é",
                "\u{2028}",
                "a",
                "-",
                "1",
                "\\includegraphics",
                "\\graphicspath",
                "\\input",
                "\\newcommand",
                "\\def",
                "\\verb",
                "\\begin{verbatim}",
                "\\end{verbatim}",
                "\\iffalse",
                "\\fi",
                "\\import",
                "\\Fit",
                "#image(",
                "image(\"",
                "#let ",
                "#import ",
                "#if ",
                "else",
                "![",
                "](",
                "<img src",
                "<!--",
                "-->",
                "{{< include ",
                ">}}",
                "include_graphics(",
                "c(",
                "%20",
                "%C3",
                "{r}",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_and_all_places_are_in_it(text in any_deck(), other in any_deck()) {
            for language in [Language::Tex, Language::Typst, Language::Markdown] {
                let deck = read(language, &text);
                prop_assert_eq!(deck.read.len(), text.len());
                for place in deck.includes.iter().chain(&deck.names) {
                    prop_assert!(text.get(place.span.clone()).is_some(), "{:?}", place);
                }
                expand(&other, &deck.defined);
            }
            mentions(&text, &other);
        }
    }

    #[test]
    fn a_file_is_mentioned_where_a_path_can_stand_and_not_in_prose() {
        for text in ["\\pic{data}", "(a/data.pdf)", "{x, data , y}", "{data_}{1}", "\"data\""] {
            assert!(mentions(text, "data"), "{text}");
        }
        for text in ["the data.", "{datas}", "{my_data}", "data", "{data set}", ""] {
            assert!(!mentions(text, "data"), "{text}");
        }
    }

    #[test]
    fn blanks_are_as_long_as_what_they_stand_for() {
        assert_eq!(blank("aé\nb éc", &[1..5, 6..8]), "a  \n    c");
        assert_eq!(blank("", &[]), "");
    }

    #[test]
    fn groups_nest_and_what_is_not_closed_is_none() {
        assert_eq!(group("{a{b}\\}c}d", 0, '{', '}'), Some(1..8));
        assert_eq!(group("{a", 0, '{', '}'), None);
        assert_eq!(group("a{}", 0, '{', '}'), None);
        assert_eq!(quoted("'a\\'b'", 0), Some(1..5));
        assert_eq!(quoted("\"a", 0), None);
    }
}
