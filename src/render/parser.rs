//! Reads texts with mathematics: from characters to the atoms of `tex`.

use super::symbols::{ACCENTS, COMMANDS, SPACES, Symbol, double_struck, names, typed};
use super::tex::{Atom, Class, Nucleus, Piece, RichText, Shape, TexError};

/// Groups may be nested so deep; deeper is a mistake, and would cost stack.
const MAX_DEPTH: usize = 16;

/// Reads a text with mathematics between dollar signs.
///
/// # Errors
///
/// The first mistake: a dollar sign or brace without its partner, a command that is not known, a
/// script without a symbol.
pub fn parse(text: &str) -> Result<RichText, TexError> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut start = 0;
    let mut at = 0;
    let close = |literal: &mut String, start: usize, pieces: &mut Vec<Piece>| {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(literal), start));
        }
    };
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with("\\$") || rest.starts_with("\\_") || rest.starts_with("\\\\") {
            // A piece ends here, so that offsets inside a piece run with those of the text.
            close(&mut literal, start, &mut pieces);
            start = at + 1;
            literal.push_str(&rest[1..2]);
            at += 2;
            close(&mut literal, start, &mut pieces);
            start = at;
        } else if c == '$' {
            close(&mut literal, start, &mut pieces);
            let mut parser = Parser { text, at: at + 1, depth: 0 };
            let atoms = parser.atoms(End::Dollar { open: at })?;
            if atoms.is_empty() {
                return Err(TexError {
                    offset: at,
                    len: parser.at - at,
                    message: "there is no mathematics between the dollar signs".to_owned(),
                    hint: "write `\\$` for a dollar sign".to_owned(),
                });
            }
            pieces.push(Piece::Math(atoms));
            at = parser.at;
            start = at;
        } else {
            literal.push(c);
            at += c.len_utf8();
        }
    }
    close(&mut literal, start, &mut pieces);
    Ok(RichText { pieces })
}

/// What ends a list of atoms, and where it was opened.
#[derive(Clone, Copy)]
enum End {
    Dollar { open: usize },
    Brace { open: usize },
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn error(&self, from: usize, message: impl Into<String>, hint: impl Into<String>) -> TexError {
        let len = self.at.max(from).min(self.text.len()) - from;
        TexError { offset: from, len: len.max(1), message: message.into(), hint: hint.into() }
    }

    fn skip_spaces(&mut self) {
        while let Some(c) = self.peek().filter(|c| c.is_whitespace()) {
            self.at += c.len_utf8();
        }
    }

    /// Atoms up to and including `end`.
    fn atoms(&mut self, end: End) -> Result<Vec<Atom>, TexError> {
        let mut atoms: Vec<Atom> = Vec::new();
        loop {
            self.skip_spaces();
            let from = self.at;
            match (self.peek(), end) {
                (None, End::Dollar { open }) => return Err(unclosed(open, '$')),
                (None | Some('$'), End::Brace { open }) => return Err(unclosed(open, '{')),
                (Some('$'), End::Dollar { .. }) | (Some('}'), End::Brace { .. }) => {
                    self.at += 1;
                    return Ok(atoms);
                }
                (Some('}'), End::Dollar { .. }) => {
                    self.at += 1;
                    return Err(self.error(
                        from,
                        "`}` closes nothing",
                        "remove it, or write `\\}` for a brace",
                    ));
                }
                (Some('_' | '^'), _) => self.script(&mut atoms)?,
                (Some('\''), _) => {
                    self.at += 1;
                    match atoms.last_mut() {
                        Some(atom) => atom.primes += 1,
                        None => {
                            let hint = "write the symbol that the prime belongs to before it";
                            return Err(self.error(from, "a prime stands alone", hint));
                        }
                    }
                }
                (Some(_), _) => {
                    let atom = self.atom()?;
                    atoms.extend(atom);
                }
            }
        }
    }

    fn script(&mut self, atoms: &mut [Atom]) -> Result<(), TexError> {
        let from = self.at;
        let is_sub = self.peek() == Some('_');
        let mark = if is_sub { '_' } else { '^' };
        self.at += 1;
        let script = self.argument(from)?;
        let slot = match atoms.last_mut() {
            Some(atom) if is_sub => &mut atom.sub,
            Some(atom) => &mut atom.sup,
            None => {
                self.at = from + 1;
                let hint = "write the symbol that it belongs to before it";
                return Err(self.error(from, format!("`{mark}` stands alone"), hint));
            }
        };
        if slot.is_some() {
            self.at = from + 1;
            let hint = format!("put all of it into one group: `{mark}{{...}}`");
            return Err(self.error(from, format!("a symbol has two `{mark}`"), hint));
        }
        *slot = Some(script);
        Ok(())
    }

    /// What follows a command or script mark: a group, a command or one character.
    fn argument(&mut self, owner: usize) -> Result<Vec<Atom>, TexError> {
        self.skip_spaces();
        if let None | Some('$' | '}' | '_' | '^' | '\'') = self.peek() {
            let name = self.text[owner..self.at].trim_end().to_owned();
            let hint = format!("write what it applies to after it: `{name}{{...}}`");
            return Err(self.error(owner, format!("`{name}` has nothing to apply to"), hint));
        }
        self.atom()
    }

    /// One group, command or character; several atoms where a command stands for several.
    fn atom(&mut self) -> Result<Vec<Atom>, TexError> {
        let from = self.at;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.at += 1;
            let message = format!("mathematics is nested more than {MAX_DEPTH} deep");
            return Err(self.error(from, message, "remove braces that are not needed"));
        }
        let Some(c) = self.peek() else {
            return Ok(Vec::new());
        };
        self.at += c.len_utf8();
        let atoms = match c {
            '{' => {
                vec![atom(Class::Ordinary, Nucleus::Group(self.atoms(End::Brace { open: from })?))]
            }
            '\\' => self.command(from)?,
            '~' => vec![atom(Class::Space, Nucleus::Space(0.33))],
            _ => {
                let (text, class, shape) = typed(c);
                vec![atom(class, Nucleus::Symbol(text, shape, from))]
            }
        };
        self.depth -= 1;
        Ok(atoms)
    }

    fn command(&mut self, from: usize) -> Result<Vec<Atom>, TexError> {
        let text: &'t str = self.text;
        let rest = &text[self.at..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let len = match letters {
            0 => rest.chars().next().map_or(0, char::len_utf8),
            n => n,
        };
        let name = &rest[..len];
        self.at += len;
        if let Some(&(_, Symbol { text, class, shape })) = COMMANDS.iter().find(|c| c.0 == name) {
            return Ok(vec![atom(class, Nucleus::Symbol(text.to_owned(), shape, from))]);
        }
        if let Some(&(_, em)) = SPACES.iter().find(|c| c.0 == name) {
            return Ok(vec![atom(Class::Space, Nucleus::Space(em))]);
        }
        if let Some(&(_, mark)) = ACCENTS.iter().find(|c| c.0 == name) {
            let inner = self.argument(from)?;
            return Ok(vec![atom(Class::Ordinary, Nucleus::Accent(mark, inner))]);
        }
        match name {
            "frac" => {
                let numerator = self.argument(from)?;
                let denominator = self.argument(from)?;
                Ok(fraction(numerator, denominator, from))
            }
            "text" => self.literal(from),
            "mathrm" | "mathbf" | "mathbb" | "mathcal" => {
                let mut inner = self.argument(from)?;
                self.restyle(&mut inner, name, from)?;
                Ok(inner)
            }
            _ => Err(self.unknown(from, name)),
        }
    }

    /// The argument of `\text`: everything up to the closing brace, as it is.
    fn literal(&mut self, from: usize) -> Result<Vec<Atom>, TexError> {
        self.skip_spaces();
        let open = self.at;
        if self.peek() != Some('{') {
            let hint = "write the words in braces: `\\text{...}`";
            return Err(self.error(from, "`\\text` has no words", hint));
        }
        match self.text[open..].find(['}', '$']) {
            Some(len) if self.text[open + len..].starts_with('}') => {
                let words = self.text[open + 1..open + len].to_owned();
                self.at = open + len + 1;
                Ok(vec![atom(Class::Ordinary, Nucleus::Symbol(words, Shape::Upright, open + 1))])
            }
            _ => Err(unclosed(open, '{')),
        }
    }

    /// Gives the letters and digits of an argument another shape.
    fn restyle(&self, atoms: &mut [Atom], name: &str, from: usize) -> Result<(), TexError> {
        for atom in atoms {
            match &mut atom.nucleus {
                Nucleus::Symbol(text, shape, _) => match name {
                    "mathbb" => {
                        let Some(struck) = text.chars().map(double_struck).collect() else {
                            let message = format!("`{text}` has no double-struck form");
                            let hint = "`\\mathbb` takes letters and digits";
                            return Err(self.error(from, message, hint));
                        };
                        (*text, *shape) = (struck, Shape::Upright);
                    }
                    "mathcal" if text.chars().all(|c| c.is_ascii_alphabetic()) => {
                        *shape = Shape::Script;
                    }
                    "mathcal" => {
                        let message = format!("`{text}` has no calligraphic form");
                        return Err(self.error(from, message, "`\\mathcal` takes letters"));
                    }
                    "mathbf" => *shape = Shape::Bold,
                    _ => *shape = Shape::Upright,
                },
                Nucleus::Group(inner) | Nucleus::Accent(_, inner) => {
                    self.restyle(inner, name, from)?;
                }
                Nucleus::Space(_) => {}
            }
        }
        Ok(())
    }

    fn unknown(&self, from: usize, name: &str) -> TexError {
        let near = (names()
            .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known)))
        .filter(|&(likeness, _)| likeness >= 0.6)
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
        let hint = match near {
            Some((_, known)) => format!("did you mean `\\{known}`?"),
            None => "write `\\text{...}` for words in mathematics".to_owned(),
        };
        self.error(from, format!("`\\{name}` is not a command that elbow knows"), hint)
    }
}

fn unclosed(open: usize, bracket: char) -> TexError {
    let (message, hint) = if bracket == '$' {
        ("`$` opens mathematics that is not closed", "add `$`, or write `\\$` for a dollar sign")
    } else {
        ("`{` is not closed", "add `}`, or write `\\{` for a brace")
    };
    TexError { offset: open, len: 1, message: message.to_owned(), hint: hint.to_owned() }
}

fn atom(class: Class, nucleus: Nucleus) -> Atom {
    Atom { class, nucleus, primes: 0, sub: None, sup: None }
}

/// A fraction in the line, with brackets where the line would otherwise mean something else.
fn fraction(numerator: Vec<Atom>, denominator: Vec<Atom>, offset: usize) -> Vec<Atom> {
    let is_sum = |atoms: &[Atom]| {
        flat(atoms).iter().any(|a| matches!(a.class, Class::Binary | Class::Relation))
    };
    let is_number = |atoms: &[Atom]| {
        flat(atoms).iter().all(|a| {
            matches!(&a.nucleus, Nucleus::Symbol(t, ..) if t.chars().all(|c| c.is_ascii_digit() || c == '.'))
        })
    };
    let symbol =
        |text: &str, class| atom(class, Nucleus::Symbol(text.to_owned(), Shape::Upright, offset));
    let bracketed = |atoms: Vec<Atom>, needed: bool| {
        if !needed {
            return atoms;
        }
        let mut list = vec![symbol("(", Class::Open)];
        list.extend(atoms);
        list.push(symbol(")", Class::Close));
        list
    };
    let several =
        is_sum(&denominator) || (flat(&denominator).len() > 1 && !is_number(&denominator));
    let sum = is_sum(&numerator);
    let mut list = bracketed(numerator, sum);
    list.push(symbol("/", Class::Ordinary));
    list.extend(bracketed(denominator, several));
    vec![atom(Class::Ordinary, Nucleus::Group(list))]
}

/// The atoms of an argument without the braces around it.
fn flat(atoms: &[Atom]) -> &[Atom] {
    match atoms {
        [Atom { nucleus: Nucleus::Group(inner), sub: None, sup: None, .. }] => flat(inner),
        _ => atoms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::symbols::{self, WITH_ARGUMENT};
    use super::*;

    fn plain(text: &str) -> String {
        parse(text).map_or_else(|error| error.to_string(), |rich| rich.plain())
    }

    #[test]
    fn texts_are_understood() {
        for (text, expected) in [
            ("no mathematics", "no mathematics"),
            (r"$\mu_1=0$, $m_1 = -0.04$", "μ_1 = 0, m_1 = −0.04"),
            (r"\$5 and a\_b and \\", r"$5 and a_b and \"),
            (r"$10^{-4}$", "10^−4"),
            (r"$a-b$, $-b$, $a = -b$, $(-b)$", "a − b, −b, a = −b, (−b)"),
            (r"$\frac{1}{2\pi}$, $\frac12$, $\frac{a+b}{c}$", "1/(2π), 1/2, (a + b)/c"),
            (r"$\mathrm{KL}(q\|p)$", "KL(q‖p)"),
            (r"$\mathcal{N}(\mu_k \mid m_k, s_k^2)$", "N(μ_k | m_k, s_k^2)"),
            (r"$\mathbb{E}_q[\log p(x)]$", "𝔼_q[log p(x)]"),
            (r"$\text{gap if } k > 3$", "gap if k > 3"),
            (r"$x'_i$, $\hat\mu_k$, $\mathbf x_i$", "x′_i, μ_k, x_i"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_have_a_place_and_a_hint() {
        for (text, offset, len, message) in [
            (r"é $\mo_k$", 4, 3, r"`\mo` is not a command that elbow knows"),
            ("a $x", 2, 1, "`$` opens mathematics that is not closed"),
            ("$x_{k$", 3, 1, "`{` is not closed"),
            ("$x}$", 2, 1, "`}` closes nothing"),
            ("$x_a_b$", 4, 1, "a symbol has two `_`"),
            ("$_a$", 1, 1, "`_` stands alone"),
            ("$x^$", 2, 1, "`^` has nothing to apply to"),
            (r"$\hat$", 1, 4, r"`\hat` has nothing to apply to"),
            ("$$", 0, 2, "there is no mathematics between the dollar signs"),
            (r"$\mathbb{+}$", 1, 10, "`+` has no double-struck form"),
            (r"$\text{a$", 6, 1, "`{` is not closed"),
            ("$'$", 1, 1, "a prime stands alone"),
            (r"$\", 1, 1, r"`\` is not a command that elbow knows"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.offset, error.len, error.message.as_str()), (offset, len, message));
            assert!(!error.hint.is_empty());
        }
        assert_eq!(parse(r"$\sgima$").unwrap_err().hint, r"did you mean `\sigma`?");
        assert!(parse(&format!("${}x", "{".repeat(9999))).unwrap_err().message.contains("nested"));
    }

    #[test]
    fn every_command_is_understood_and_has_glyphs() {
        let fonts = crate::render::Fonts::embedded();
        for name in symbols::names() {
            let argument = match name {
                "frac" => "{a}{b}",
                _ if WITH_ARGUMENT.contains(&name) => "{N}",
                _ if symbols::ACCENTS.iter().any(|accent| accent.0 == name) => "{x}",
                _ => "",
            };
            let text = format!("$a \\{name}{argument} b$");
            let rich = fonts.parse(&text).unwrap();
            let is_space = symbols::SPACES.iter().any(|space| space.0 == name);
            assert!(is_space || rich.plain().trim().chars().count() > 2, "{text}");
        }
        for letter in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
            fonts.parse(&format!(r"$\mathbb{{{letter}}}$")).unwrap();
        }
    }
}
