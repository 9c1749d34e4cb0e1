//! The subset of TeX that texts of figures may use.
//!
//! `$...$` is mathematics; all else is literal, except `\$`, `\_` and `\\`. In mathematics letters
//! are italic, digits and operators upright; `_` and `^` take one symbol, one command or a group;
//! the commands are those of `symbols.rs`. Everything stands in one line: a fraction is `a/b`, with
//! brackets where a line needs them. This module says what a text means and where it is wrong
//! (`parser` finds out); `text` says where its glyphs go.

use std::fmt;

pub use super::parser::parse;

/// A text that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct RichText {
    pub(super) pieces: Vec<Piece>,
}

/// A part of a text: literal, or mathematics.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Literal text and the byte offset at which it begins.
    Literal(String, usize),
    /// What was between two dollar signs.
    Math(Vec<Atom>),
}

/// How a part of a formula is spaced. The classes are those of the TeXbook, chapter 18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter, a digit.
    Ordinary,
    /// `log`, a sum.
    Operator,
    /// Plus, times.
    Binary,
    /// Equals, "distributed as".
    Relation,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A comma.
    Punctuation,
    /// Dots that stand for what is left out.
    Inner,
    /// Space that was asked for; nothing is added beside it.
    Space,
}

/// How a symbol leans, and of which face it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The face of the text.
    Upright,
    /// Its oblique.
    Italic,
    /// Its bold.
    Bold,
    /// Its bold oblique.
    BoldItalic,
    /// The face that stands for calligraphic letters.
    Script,
}

/// One part of a formula with its scripts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Atom {
    /// How it is spaced.
    pub(super) class: Class,
    /// What it is.
    pub(super) nucleus: Nucleus,
    /// How many primes follow it.
    pub(super) primes: usize,
    /// What is below its right side.
    pub(super) sub: Option<Vec<Atom>>,
    /// What is above its right side.
    pub(super) sup: Option<Vec<Atom>>,
}

/// What an atom is without its scripts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Nucleus {
    /// Characters of one shape, and the byte offset at which they were written.
    Symbol(String, Shape, usize),
    /// Atoms in braces.
    Group(Vec<Atom>),
    /// A quotient in the line, without brackets around it.
    Quotient(Vec<Atom>),
    /// A mark over atoms.
    Accent(char, Vec<Atom>),
    /// A square root.
    Root(Vec<Atom>),
    /// Atoms between two brackets of their height; a bracket may be missing.
    Fenced(Option<char>, Vec<Atom>, Option<char>),
    /// Empty space, in em.
    Space(f64),
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TexError {
    /// Byte offset in the text.
    pub offset: usize,
    /// Length in bytes of what is wrong.
    pub len: usize,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for TexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message, self.hint)
    }
}

impl std::error::Error for TexError {}

/// A text without markup, as [`RichText::plain`]; one that cannot be read stays as it is.
pub fn plain(text: &str) -> String {
    parse(text).map_or_else(|_| text.to_owned(), |rich| rich.plain())
}

impl RichText {
    /// The text as it is, every character literal.
    pub fn literal(text: &str) -> RichText {
        RichText { pieces: vec![Piece::Literal(text.to_owned(), 0)] }
    }

    /// The text without markup, for readers that cannot show mathematics: `μ_1 = 0`.
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text, _) => plain.push_str(text),
                Piece::Math(atoms) => plain_atoms(atoms, &mut plain),
            }
        }
        plain
    }

    /// Every character that will be drawn, with the byte offset at which it was written.
    pub(super) fn characters(&self) -> Vec<(char, Shape, usize)> {
        let mut list = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text, offset) => {
                    list.extend(text.char_indices().map(|(i, c)| (c, Shape::Upright, offset + i)))
                }
                Piece::Math(atoms) => collect(atoms, &mut list),
            }
        }
        list
    }
}

fn collect(atoms: &[Atom], list: &mut Vec<(char, Shape, usize)>) {
    for atom in atoms {
        match &atom.nucleus {
            Nucleus::Symbol(text, shape, offset) => {
                list.extend(text.chars().map(|c| (c, *shape, *offset)));
            }
            // Radical signs, brackets and marks are in all families: a test makes sure.
            Nucleus::Group(inner)
            | Nucleus::Quotient(inner)
            | Nucleus::Accent(_, inner)
            | Nucleus::Root(inner)
            | Nucleus::Fenced(_, inner, _) => collect(inner, list),
            Nucleus::Space(_) => {}
        }
        for script in [&atom.sub, &atom.sup].into_iter().flatten() {
            collect(script, list);
        }
    }
}

fn plain_atoms(atoms: &[Atom], plain: &mut String) {
    let classes = classes(atoms);
    for (i, atom) in atoms.iter().enumerate() {
        let spaced = matches!(classes[i], Class::Relation | Class::Binary);
        if spaced {
            plain.push(' ');
        }
        match &atom.nucleus {
            Nucleus::Symbol(text, ..) => plain.push_str(text),
            Nucleus::Group(inner) | Nucleus::Quotient(inner) | Nucleus::Accent(_, inner) => {
                plain_atoms(inner, plain);
            }
            Nucleus::Root(inner) => plain_root(inner, plain),
            Nucleus::Fenced(open, inner, close) => {
                plain.extend(open);
                plain_atoms(inner, plain);
                plain.extend(close);
            }
            Nucleus::Space(em) if *em > 0.0 => plain.push(' '),
            Nucleus::Space(_) => {}
        }
        (0..atom.primes).for_each(|_| plain.push('′'));
        for (mark, script) in [('_', &atom.sub), ('^', &atom.sup)] {
            if let Some(script) = script {
                plain.push(mark);
                plain_atoms(script, plain);
            }
        }
        let next_is_operand = i + 1 < atoms.len()
            && matches!(neighbours(atoms, &classes, i + 1).1, Class::Ordinary | Class::Operator);
        let name = matches!(&atom.nucleus, Nucleus::Symbol(text, ..) if text.len() > 1);
        if spaced
            || atom.class == Class::Punctuation
            || (atom.class == Class::Operator && name && next_is_operand)
        {
            plain.push(' ');
        }
    }
}

/// A root without its line, which says how far it reaches: `√x`, `√(2π)`.
fn plain_root(inner: &[Atom], plain: &mut String) {
    let mut radicand = String::new();
    plain_atoms(inner, &mut radicand);
    plain.push('√');
    let bare = radicand.chars().count() == 1 || radicand.chars().all(|c| c.is_ascii_digit());
    plain.push_str(&if bare { radicand } else { format!("({radicand})") });
}

/// The classes on both sides of the gap before an atom: that of brackets where brackets are.
pub(super) fn neighbours(atoms: &[Atom], classes: &[Class], i: usize) -> (Class, Class) {
    let fenced = |i: usize| matches!(atoms[i].nucleus, Nucleus::Fenced(..));
    let left = if fenced(i - 1) { Class::Close } else { classes[i - 1] };
    let right = if fenced(i) { Class::Open } else { classes[i] };
    (left, right)
}

/// The classes of atoms in their place: a binary operator without two operands is a sign.
///
/// Source: the TeXbook, appendix G, rules 5 and 6.
pub(super) fn classes(atoms: &[Atom]) -> Vec<Class> {
    let mut classes: Vec<Class> = atoms.iter().map(|a| a.class).collect();
    for i in 0..classes.len() {
        if classes[i] != Class::Binary {
            continue;
        }
        let before = (classes[..i].iter().rev().copied()).find(|&c| c != Class::Space);
        let after = (classes[i + 1..].iter().copied()).find(|&c| c != Class::Space);
        let operand_before = matches!(before, Some(Class::Ordinary | Class::Close | Class::Inner));
        let operand_after =
            !matches!(after, None | Some(Class::Relation | Class::Close | Class::Punctuation));
        if !operand_before || !operand_after {
            classes[i] = Class::Ordinary;
        }
    }
    classes
}
