//! Reads texts with mathematics: from characters to the atoms of `tex`.

mod command;
mod quotient;

use super::symbols::typed;
use super::tex::{Atom, Class, Nucleus, Piece, RichText, TexError};

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
            let mut parser = Parser { text, at: at + 1, depth: 0, fences: 0 };
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
    Dollar {
        open: usize,
    },
    Brace {
        open: usize,
    },
    /// `\right` and its bracket.
    Right {
        open: usize,
    },
}

impl End {
    /// What is wrong when the text or its mathematics is over before this.
    fn missing(self) -> TexError {
        let (open, len, message, hint) = match self {
            End::Dollar { open } => (
                open,
                1,
                "`$` opens mathematics that is not closed",
                "add `$`, or write `\\$` for a dollar sign",
            ),
            End::Brace { open } => {
                (open, 1, "`{` is not closed", "add `}`, or write `\\{` for a brace")
            }
            End::Right { open } => (
                open,
                "\\left".len(),
                "`\\left` has no `\\right`",
                "add `\\right)`, or `\\right.` for no bracket",
            ),
        };
        TexError { offset: open, len, message: message.to_owned(), hint: hint.to_owned() }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// How many `\left` are open.
    fences: usize,
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
            let right = self.at_right();
            match (self.peek(), end) {
                (None, _) => return Err(end.missing()),
                (Some('$'), End::Dollar { .. }) | (Some('}'), End::Brace { .. }) => {
                    self.at += 1;
                    break;
                }
                (Some(_), End::Right { .. }) if right => {
                    self.at += "\\right".len();
                    break;
                }
                (Some('$'), _) => return Err(end.missing()),
                (Some('}'), End::Right { .. }) => return Err(end.missing()),
                (Some('}'), End::Dollar { .. }) => {
                    self.at += 1;
                    let hint = "remove it, or write `\\}` for a brace";
                    return Err(self.error(from, "`}` closes nothing", hint));
                }
                (Some(_), End::Brace { .. }) if right && self.fences > 0 => {
                    return Err(end.missing());
                }
                (Some(_), _) if right => {
                    self.at += "\\right".len();
                    let hint = "write `\\left` before the bracket that it closes";
                    return Err(self.error(from, "`\\right` closes nothing", hint));
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
        Ok(quotient::bracketed(atoms))
    }

    /// Whether `\right` comes next, and not a longer name.
    fn at_right(&self) -> bool {
        let rest = self.text[self.at..].strip_prefix("\\right");
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
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
        if self.at_right() || matches!(self.peek(), None | Some('$' | '}' | '_' | '^' | '\'')) {
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
}

fn atom(class: Class, nucleus: Nucleus) -> Atom {
    Atom { class, nucleus, primes: 0, sub: None, sup: None }
}

#[cfg(test)]
mod tests;
