//! Commands: what follows a backslash.

use super::super::symbols::{
    ACCENTS, COMMANDS, SPACES, STYLES, Symbol, WORDS, delimiter, double_struck, names,
};
use super::super::tex::{Atom, Class, Nucleus, Shape, TexError};
use super::{End, Parser, atom, quotient};

impl<'t> Parser<'t> {
    /// What a command stands for, from its backslash at `from` on.
    pub(super) fn command(&mut self, from: usize) -> Result<Vec<Atom>, TexError> {
        let name = self.name();
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
        if let Some(&(_, class, shape)) = WORDS.iter().find(|c| c.0 == name) {
            return self.words(from, class, shape);
        }
        if STYLES.contains(&name) {
            let mut inner = self.argument(from)?;
            self.restyle(&mut inner, name, from)?;
            return Ok(inner);
        }
        match name {
            "frac" | "tfrac" | "dfrac" => {
                let numerator = self.argument(from)?;
                let denominator = self.argument(from)?;
                Ok(vec![quotient::quotient(numerator, denominator, from)])
            }
            "sqrt" => {
                self.skip_spaces();
                if self.peek() == Some('[') {
                    self.at += 1;
                    let hint = "write other roots as powers: `x^{1/3}`";
                    return Err(self.error(from, "`\\sqrt` is the square root only", hint));
                }
                let inner = self.argument(from)?;
                Ok(vec![atom(Class::Ordinary, Nucleus::Root(inner))])
            }
            "left" => self.fenced(from),
            _ => Err(self.unknown(from, name)),
        }
    }

    /// The name after a backslash: letters, or one other character.
    fn name(&mut self) -> &'t str {
        let text: &'t str = self.text;
        let rest = &text[self.at..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let len = match letters {
            0 => rest.chars().next().map_or(0, char::len_utf8),
            n => n,
        };
        self.at += len;
        &rest[..len]
    }

    /// The argument of `\text` and the like: everything up to the closing brace, as it is.
    fn words(&mut self, from: usize, class: Class, shape: Shape) -> Result<Vec<Atom>, TexError> {
        let name = &self.text[from..self.at];
        self.skip_spaces();
        let open = self.at;
        if self.peek() != Some('{') {
            let hint = format!("write the words in braces: `{name}{{...}}`");
            return Err(self.error(from, format!("`{name}` has no words"), hint));
        }
        match self.text[open..].find(['}', '$']) {
            Some(len) if self.text[open + len..].starts_with('}') => {
                let words = self.text[open + 1..open + len].to_owned();
                self.at = open + len + 1;
                Ok(vec![atom(class, Nucleus::Symbol(words, shape, open + 1))])
            }
            _ => Err(End::Brace { open }.missing()),
        }
    }

    /// `\left`, a bracket, anything, `\right`, a bracket.
    fn fenced(&mut self, from: usize) -> Result<Vec<Atom>, TexError> {
        let open = self.delimiter(from)?;
        self.fences += 1;
        let inner = self.atoms(End::Right { open: from })?;
        self.fences -= 1;
        let close = self.delimiter(self.at - "\\right".len())?;
        Ok(vec![atom(Class::Ordinary, Nucleus::Fenced(open, inner, close))])
    }

    /// The bracket after `\left` or `\right`; `None` for the full stop, which stands for none.
    fn delimiter(&mut self, owner: usize) -> Result<Option<char>, TexError> {
        let command = &self.text[owner..self.at];
        self.skip_spaces();
        let from = self.at;
        let name = match self.peek() {
            Some('\\') => {
                self.at += 1;
                self.name();
                &self.text[from..self.at]
            }
            Some(c) if c != '$' => {
                self.at += c.len_utf8();
                &self.text[from..self.at]
            }
            _ => "",
        };
        if name == "." {
            return Ok(None);
        }
        let Some(c) = delimiter(name) else {
            let (at, message) = match name {
                "" => (owner, format!("`{command}` needs a bracket")),
                _ => (from, format!("`{command}` needs a bracket, `{name}` is none")),
            };
            let hint = "write `(`, `[`, `\\{`, `|`, `\\langle` or the like, or `.` for none";
            return Err(self.error(at, message, hint));
        };
        Ok(Some(c))
    }

    /// Gives the letters and digits of an argument another shape, those of its scripts too.
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
                    "mathcal" | "mathscr" if text.chars().all(|c| c.is_ascii_alphabetic()) => {
                        *shape = Shape::Script;
                    }
                    "mathcal" | "mathscr" => {
                        let message = format!("`{text}` has no calligraphic form");
                        let hint = format!("`\\{name}` takes letters");
                        return Err(self.error(from, message, hint));
                    }
                    "mathbf" => *shape = Shape::Bold,
                    "boldsymbol" | "bm" => {
                        *shape = match shape {
                            Shape::Italic | Shape::BoldItalic => Shape::BoldItalic,
                            _ => Shape::Bold,
                        };
                    }
                    "mathit" if text.chars().all(char::is_alphabetic) => *shape = Shape::Italic,
                    "mathit" => {}
                    _ => *shape = Shape::Upright,
                },
                Nucleus::Group(inner)
                | Nucleus::Quotient(inner)
                | Nucleus::Accent(_, inner)
                | Nucleus::Root(inner)
                | Nucleus::Fenced(_, inner, _) => self.restyle(inner, name, from)?,
                Nucleus::Space(_) => {}
            }
            for script in [&mut atom.sub, &mut atom.sup].into_iter().flatten() {
                self.restyle(script, name, from)?;
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
            None => {
                let first = name.chars().next().unwrap_or(' ');
                let mut list: Vec<_> = (names().filter(|known| known.starts_with(first)))
                    .map(|known| format!("`\\{known}`"))
                    .collect();
                list.sort_unstable();
                let words = "write words as `\\text{...}`";
                if list.is_empty() {
                    words.to_owned()
                } else {
                    let list = list.join(", ");
                    format!("{words}; the commands that begin with `{first}` are {list}")
                }
            }
        };
        self.error(from, format!("`\\{name}` is not a command that elbow knows"), hint)
    }
}
