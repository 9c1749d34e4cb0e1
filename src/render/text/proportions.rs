//! Shifts and spaces that suit the proportions of a family.
//!
//! They follow appendix G and chapter 18 of the TeXbook.

use crate::render::fonts::{FaceId, Family};
use crate::render::tex::Class;

/// Size of a script relative to what it belongs to.
pub(super) const SCRIPT: f64 = 0.7;
/// Scripts of scripts of scripts get no smaller than this part of the text.
pub(super) const SMALLEST: f64 = 0.5;
/// A subscript's baseline is at least this far below the bottom of a deep group.
pub(super) const SUB_BELOW_BOTTOM: f64 = 0.02;
/// Between a symbol and its scripts.
pub(super) const SCRIPT_GAP: f64 = 0.03;
/// From the top of what is under a root to its line, at least.
pub(super) const ROOT_GAP: f64 = 0.08;

/// Lengths in em of the text that they belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Proportions {
    /// How far a superscript rises.
    pub(super) rise: f64,
    /// How far a subscript drops.
    pub(super) drop: f64,
    /// How far it drops below a symbol that has a superscript or prime too.
    pub(super) drop_with_sup: f64,
    /// How far the superscript above it rises.
    pub(super) rise_with_sub: f64,
    /// A superscript rises at most so far from the baseline of a base that is not a group.
    pub(super) highest: f64,
    /// A superscript's baseline is at most this far below the top of a tall base.
    pub(super) sup_below_top: f64,
    /// The font size of the arrow over a vector.
    pub(super) arrow: f64,
    /// Between a symbol and the mark over it.
    pub(super) accent_gap: f64,
    /// Beside names of functions, and after commas.
    pub(super) thin: f64,
    /// Beside binary operators.
    pub(super) medium: f64,
    /// Beside relations.
    pub(super) thick: f64,
    /// What part of the overhang of a leaning letter keeps what follows away from it.
    pub(super) correction: f64,
}

/// DejaVu Sans: x-height 0.55 em, capitals 0.73 em. TeX's thin, medium and thick spaces are 3, 4
/// and 5 of 18 parts of an em. The side bearings of DejaVu's binary operators and relations are
/// wider than those of TeX's fonts by about a tenth of an em, so the space around them is less.
/// Its oblique letters hardly overhang.
const SANS: Proportions = Proportions {
    rise: 0.38,
    drop: 0.15,
    drop_with_sup: 0.24,
    rise_with_sub: 0.42,
    highest: 0.46,
    sup_below_top: 0.33,
    arrow: 0.6,
    accent_gap: 0.07,
    thin: 0.16,
    medium: 0.14,
    thick: 0.18,
    correction: 0.0,
};

/// A file before DejaVu Sans: side bearings are seldom as wide as there.
const FILE: Proportions = Proportions { medium: 0.18, thick: 0.23, ..SANS };

/// Faces for books: x-height 0.43 em, capitals 0.65 to 0.68 em. The values are those of Computer
/// Modern, for which TeX's rules were made.
const BOOK: Proportions = Proportions {
    rise: 0.363,
    drop: 0.15,
    drop_with_sup: 0.247,
    rise_with_sub: 0.39,
    highest: 0.42,
    sup_below_top: 0.33,
    arrow: 0.5,
    accent_gap: 0.08,
    thin: 3.0 / 18.0,
    medium: 4.0 / 18.0,
    thick: 5.0 / 18.0,
    correction: 1.0,
};

impl Proportions {
    /// Those of a family, which may be behind a file.
    pub(super) fn of(family: Family, file: Option<FaceId>) -> &'static Proportions {
        match (family, file) {
            (Family::DejavuSans, None) => &SANS,
            (Family::DejavuSans, Some(_)) => &FILE,
            (Family::Libertinus | Family::NewComputerModern, _) => &BOOK,
        }
    }

    /// Space between neighbours in em. Source: the TeXbook, chapter 18, the table of spaces.
    pub(super) fn between(&self, left: Class, right: Class, spacing: Spacing) -> f64 {
        use Class::{Binary, Close, Inner, Open, Operator, Ordinary, Punctuation, Relation, Space};
        let full = spacing == Spacing::Full;
        match (left, right) {
            (Space, _) | (_, Space) => 0.0,
            (Operator, Ordinary | Operator) | (Ordinary | Close, Operator) => self.thin,
            (Relation, Relation) => 0.0,
            (Relation, Close | Punctuation) | (Open, Relation) => 0.0,
            (Relation, _) | (_, Relation) if full => self.thick,
            (Binary, _) | (_, Binary) if full => self.medium,
            (Punctuation, _) if full => self.thin,
            (Inner, Close) | (Open, Inner) => 0.0,
            (Inner, _) | (_, Inner) if full => self.thin,
            _ => 0.0,
        }
    }
}

/// Whether space goes around relations: not in scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    Full,
    Tight,
}
