//! Reading Typst: markup, mathematics in it, and code in both, of which only code includes
//! pictures and names variables.

use std::ops::Range;

use super::{Deck, Place, behind, blank, from, group, line_end, quoted, run};

/// Reads Typst.
pub(super) fn read(text: &str) -> Deck {
    let text = blank(text, &unread(text));
    let mut reader = Reader { text: &text, at: 0, modes: Vec::new(), deck: Deck::default() };
    reader.read();
    let mut deck = reader.deck;
    deck.read = text;
    deck
}

/// Comments and raw text.
fn unread(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    // What is not closed is looked for to the end of the text, which is not done for ever.
    let mut patience = 16_u32;
    while let Some(next) = from(text, at).find(['/', '`', '\\']) {
        let start = at + next;
        let rest = from(text, start);
        let end = if rest.starts_with('\\') {
            at = behind(text, start + 1);
            continue;
        } else if rest.starts_with("//") && !text[..start].ends_with(':') {
            Some(line_end(text, start))
        } else if patience == 0 {
            None
        } else if rest.starts_with("/*") {
            comment(text, start)
        } else if rest.starts_with('`') {
            raw(text, start)
        } else {
            // The two slashes of an address are no comment, whichever of them one begins with.
            at = run(text, start, |c| c == '/').max(start + 1);
            continue;
        };
        at = match end {
            Some(end) => {
                ranges.push(start..end);
                end
            }
            None => {
                patience = patience.saturating_sub(1);
                run(text, start + 1, |c| c == '`')
            }
        };
    }
    ranges
}

/// The end of the comment at `at`, in which others may lie.
fn comment(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(next) = from(text, at).find(['/', '*']) {
        let start = at + next;
        let rest = from(text, start);
        at = start + 2;
        if rest.starts_with("/*") {
            depth += 1;
        } else if rest.starts_with("*/") && depth > 1 {
            depth -= 1;
        } else if rest.starts_with("*/") {
            return Some(at);
        } else {
            at = start + 1;
        }
    }
    None
}

/// The end of the raw text at `at`: as many marks as it begins with, but two are an empty one.
fn raw(text: &str, at: usize) -> Option<usize> {
    let inside = run(text, at, |c| c == '`');
    match inside - at {
        2 => Some(inside),
        n => {
            let length = from(text, inside).find(&"`".repeat(n))?;
            Some(inside + length + n)
        }
    }
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    /// Text, up to a square bracket if not the whole.
    Markup,
    /// Mathematics, up to a dollar sign.
    Math,
    /// Code up to this bracket.
    Code(char),
    /// Code up to the end of the line, or with `Block` of the block that it ends with.
    Line(Ends),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    Line,
    Block,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// What is inside of what; the whole is markup.
    modes: Vec<Mode>,
    deck: Deck,
}

impl Reader<'_> {
    fn mode(&self) -> Mode {
        self.modes.last().copied().unwrap_or(Mode::Markup)
    }

    fn next(&self) -> Option<char> {
        from(self.text, self.at).chars().next()
    }

    fn read(&mut self) {
        while let Some(c) = self.next() {
            match self.mode() {
                Mode::Markup | Mode::Math => self.markup(c),
                Mode::Code(_) | Mode::Line(_) => self.code(c),
            }
        }
    }

    fn markup(&mut self, c: char) {
        let math = self.mode() == Mode::Math;
        self.at += c.len_utf8();
        match c {
            '\\' => self.at = behind(self.text, self.at),
            '#' => self.expression(),
            '$' if math => self.leave(),
            '$' => self.modes.push(Mode::Math),
            '[' if !math => self.modes.push(Mode::Markup),
            ']' if !math && !self.modes.is_empty() => self.leave(),
            '"' if math => self.string(),
            _ => {}
        }
    }

    /// What a `#` begins.
    fn expression(&mut self) {
        match self.next() {
            Some(c) if starts_name(c) => {
                let name = self.name();
                match name.text.as_str() {
                    "let" | "set" | "show" | "import" | "include" | "return" | "context" => {
                        self.modes.push(Mode::Line(Ends::Line));
                    }
                    "if" | "for" | "while" => self.modes.push(Mode::Line(Ends::Block)),
                    _ => {
                        self.used(name);
                        self.chain();
                        return;
                    }
                }
                self.keyword(&name.text);
            }
            Some('(') => self.enter(Mode::Code(')')),
            Some('{') => self.enter(Mode::Code('}')),
            _ => {}
        }
    }

    /// The fields and calls that an expression in markup goes on with.
    fn chain(&mut self) {
        while from(self.text, self.at).starts_with('.')
            && from(self.text, self.at + 1).starts_with(starts_name)
        {
            self.at += 1;
            let name = self.name();
            self.used(name);
        }
        if self.next() == Some('(') {
            self.enter(Mode::Code(')'));
        }
    }

    fn code(&mut self, c: char) {
        match (c, self.mode()) {
            ('"', _) => {
                self.at += 1;
                self.string();
            }
            ('(', _) => self.enter(Mode::Code(')')),
            ('{', _) => self.enter(Mode::Code('}')),
            ('[', _) => self.enter(Mode::Markup),
            ('$', _) => self.enter(Mode::Math),
            // What ends the markup around a line ends the line.
            (')' | '}' | ']', Mode::Line(_)) => {
                self.modes.pop();
            }
            (c, Mode::Code(close)) if c == close => {
                self.at += 1;
                self.leave();
            }
            ('\n' | ';', Mode::Line(_)) => {
                self.at += 1;
                self.modes.pop();
            }
            ('<', _) => {
                let end = run(self.text, self.at + 1, |c| in_name(c) || matches!(c, ':' | '.'));
                // A label is no variable.
                let is_label = end > self.at + 1 && from(self.text, end).starts_with('>');
                self.at = if is_label { end + 1 } else { self.at + 1 };
            }
            (c, _) if c.is_ascii_digit() => {
                self.at =
                    run(self.text, self.at, |c| c.is_alphanumeric() || matches!(c, '.' | '%'));
            }
            (c, _) if starts_name(c) => {
                let name = self.name();
                let word = name.text.clone();
                if !self.keyword(&word) {
                    self.used(name);
                }
            }
            _ => self.at += c.len_utf8(),
        }
    }

    fn enter(&mut self, mode: Mode) {
        self.at += 1;
        self.modes.push(mode);
    }

    /// Goes back to what is around, and on with it.
    fn leave(&mut self) {
        self.modes.pop();
        match self.mode() {
            Mode::Markup | Mode::Math => self.chain(),
            Mode::Line(Ends::Block) => {
                let closed = self.text[..self.at].ends_with([']', '}']);
                if closed && !from(self.text, self.at).trim_start().starts_with("else") {
                    self.modes.pop();
                }
            }
            Mode::Line(Ends::Line) | Mode::Code(_) => {}
        }
    }

    /// Skips a string whose first mark has been read.
    fn string(&mut self) {
        if let Some(inside) = quoted(self.text, self.at - 1) {
            self.at = inside.end + 1;
        }
    }

    fn name(&mut self) -> Place {
        let end = run(self.text, self.at, in_name);
        let span = self.at..end;
        self.at = end;
        Place { text: self.text[span.clone()].to_owned(), span }
    }

    /// Reads what follows this keyword and gives it a meaning; whether it is one.
    fn keyword(&mut self, word: &str) -> bool {
        match word {
            "let" | "for" | "as" => {
                self.at = run(self.text, self.at, |c| c == ' ');
                if self.next().is_some_and(starts_name) {
                    let name = self.name();
                    self.deck.define(&name.text, None);
                }
            }
            "import" | "include" => {
                let start = run(self.text, self.at, |c| c == ' ');
                if from(self.text, start).starts_with('"')
                    && let Some(path) = quoted(self.text, start)
                {
                    self.at = path.end + 1;
                    self.deck.inputs.push(self.text[path].to_owned());
                }
            }
            "set" | "show" | "if" | "else" | "while" | "in" | "return" | "context" => {}
            _ => return false,
        }
        true
    }

    /// Notes the use of a variable or a function; the name of an argument is none.
    fn used(&mut self, name: Place) {
        let rest = from(self.text, self.at);
        let is_key = matches!(self.mode(), Mode::Code(_)) && rest.trim_start().starts_with(':');
        if name.text == "image"
            && rest.starts_with('(')
            && let Some(path) = self.path()
        {
            self.deck.includes.push(path);
        }
        if !is_key {
            self.deck.names.push(name);
        }
    }

    /// The first argument of the call here that has no name, if it begins with a string.
    fn path(&self) -> Option<Place> {
        let arguments = group(self.text, self.at, '(', ')')?;
        let mut at = arguments.start;
        let mut begins = true;
        while let Some(c) = self.text.get(at..arguments.end)?.chars().next() {
            match c {
                '"' => {
                    let span = quoted(self.text, at)?;
                    let mut text = self.text[span.clone()].to_owned();
                    let rest = from(self.text, span.end + 1).trim_start();
                    if begins && !rest.starts_with([',', ')']) {
                        // The rest is computed.
                        text.push('#');
                    }
                    if begins {
                        return Some(Place { text, span });
                    }
                    at = span.end + 1;
                }
                '(' => at = group(self.text, at, '(', ')')?.end + 1,
                ',' => {
                    begins = true;
                    at += 1;
                }
                c => {
                    begins &= c.is_whitespace();
                    at += c.len_utf8();
                }
            }
        }
        None
    }
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, includes: &[&str], names: &[&str]) {
        let deck = read(text);
        let found: Vec<&str> = deck.includes.iter().map(|i| i.text.as_str()).collect();
        assert_eq!(found, includes, "{text}");
        let hyphenated = deck.names.iter().map(|n| n.text.as_str()).filter(|n| n.contains('-'));
        assert_eq!(hyphenated.collect::<Vec<_>>(), names, "{text}");
    }

    #[test]
    fn pictures_are_included_by_code_only() {
        check("#image(\"a.png\")", &["a.png"], &[]);
        check("#figure(\n  image(width: 50%, \"a.png\"), caption: [b])", &["a.png"], &[]);
        check("#let f(x) = { image(\"a/\" + x) }", &["a/#"], &[]);
        check("#slide[= T\n #grid(columns: 2, image(\"a\"), [#image(\"b\")])]", &["a", "b"], &[]);
        check("an image(\"a.png\") is no include, $image(\"b\")$ neither", &[], &[]);
        check("#image(x)", &[], &[]);
        check("#image(\"a", &[], &[]);
    }

    #[test]
    fn comments_and_raw_text_are_not_read() {
        check("// #image(\"a\")\n/* /* */ #image(\"b\") */ `#image(\"c\")`", &[], &[]);
        check("```typ\n#image(\"a\")\n``` ``#image(\"b\")", &["b"], &[]);
        check("https://x.y #link(\"http://x\")[#image(\"a\")]", &["a"], &[]);
        check("/* #image(\"a\")", &["a"], &[]);
    }

    #[test]
    fn variables_are_named_by_code_only() {
        check("#fit-a and fit-b, #calc.round(fit-c, fit-d: 2)", &[], &["fit-a", "fit-c"]);
        check("$ x = #fit-a $ #numbers.fit-b.", &[], &["fit-a", "fit-b"]);
        check(
            "#let x = fit-a + 2\nfit-b #if fit-c [fit-d #fit-e] fit-f",
            &[],
            &["fit-a", "fit-c", "fit-e"],
        );
        check("#f(\"fit-a\", <fit-b>, 3fit-c)[fit-d][#fit-e]", &[], &["fit-e"]);
        let deck = read("#import \"n.typ\": fit-a as fit-b\n#let fit-c = 1\n#include \"d.typ\"");
        assert_eq!(deck.inputs, ["n.typ", "d.typ"]);
        assert_eq!(deck.defined.keys().collect::<Vec<_>>(), ["fit-b", "fit-c"]);
    }
}
