//! Where the glyphs of a line of text go.
//!
//! A line is a row of runs: characters of one face, size and baseline. Shifts of scripts and the
//! space between symbols follow appendix G and chapter 18 of the TeXbook, with values that suit
//! the proportions of DejaVu Sans (x-height 0.55 em, capitals 0.73 em).

use super::fonts::{FaceId, Fonts, Ink, Shaped};
use super::tex::{Atom, Class, Nucleus, Piece, RichText, Shape, classes};
use super::{Extent, Weight};

/// Size of a script relative to what it belongs to.
const SCRIPT: f64 = 0.7;
/// Scripts of scripts of scripts get no smaller than this part of the text.
const SMALLEST: f64 = 0.5;
/// How far a superscript rises, in em of its base.
const RISE: f64 = 0.38;
/// How far a subscript drops.
const DROP: f64 = 0.15;
/// How far it drops below a symbol that has a superscript or prime too.
const DROP_WITH_SUP: f64 = 0.24;
/// How far the superscript above it rises.
const RISE_WITH_SUB: f64 = 0.42;
/// A superscript rises at most so far from the baseline of a base that is not a group.
const HIGHEST: f64 = 0.46;
/// A superscript's baseline is at most this far below the top of a tall base.
const SUP_BELOW_TOP: f64 = 0.33;
/// A subscript's baseline is at least this far below the bottom of a deep group.
const SUB_BELOW_BOTTOM: f64 = 0.02;
/// Between a symbol and its scripts.
const SCRIPT_GAP: f64 = 0.03;
/// Between a symbol and the mark over it.
const ACCENT_GAP: f64 = 0.07;
/// TeX's thin, medium and thick spaces are 3, 4 and 5 of 18 parts of an em. The side bearings of
/// DejaVu's binary operators and relations are wider than those of TeX's fonts by about a tenth
/// of an em, so the space around them is less.
const THIN: f64 = 0.16;
const MEDIUM: f64 = 0.14;
const THICK: f64 = 0.18;

/// Characters of one face, size and baseline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// Its face.
    pub(super) face: FaceId,
    /// Its font size in points.
    pub(super) size: f64,
    /// From the start of the line to its start, in points.
    pub(super) x: f64,
    /// From the baseline of the line down to its own, in points.
    pub(super) y: f64,
    /// Its characters.
    pub(super) text: String,
    /// Its glyphs.
    pub(super) shaped: Shaped,
}

/// A line of text, laid out from its start on its baseline.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    /// Its runs from left to right.
    pub(super) runs: Vec<Run>,
    /// The sum of its advances in points.
    pub(super) width: f64,
    /// Highest ink above the baseline.
    top: Option<f64>,
    /// Lowest ink, as a height above the baseline.
    bottom: Option<f64>,
}

impl Layout {
    /// The size of the line.
    pub(super) fn extent(&self) -> Extent {
        Extent {
            width: self.width,
            ascent: self.top.unwrap_or(0.0),
            descent: self.bottom.map_or(0.0, |b| -b),
        }
    }
}

/// Lays a text out in one line.
pub(super) fn layout(fonts: &Fonts, rich: &RichText, size: f64, weight: Weight) -> Layout {
    let size = if size.is_finite() && size > 0.0 { size } else { 0.0 };
    let mut setter = Setter { fonts, weight, base: size, line: Layout::default(), pending: None };
    for piece in &rich.pieces {
        match piece {
            Piece::Literal(text, _) => {
                setter.characters(text, Shape::Upright, Place { size, rise: 0.0 })
            }
            Piece::Math(atoms) => {
                let place = Place { size, rise: 0.0 };
                setter.atoms(atoms, place, Spacing::Full);
            }
        }
    }
    setter.flush();
    setter.line
}

/// The size and baseline at which something is set.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    size: f64,
    rise: f64,
}

/// Whether space goes around relations: not in scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Full,
    Tight,
}

struct Setter<'f> {
    fonts: &'f Fonts,
    weight: Weight,
    base: f64,
    line: Layout,
    /// Characters that the next ones may still join, so that they are kerned together.
    pending: Option<(FaceId, Place, String)>,
}

impl Setter<'_> {
    fn characters(&mut self, text: &str, shape: Shape, place: Place) {
        let wanted = FaceId::of(shape, self.weight);
        for c in text.chars() {
            // Line breaks, tabs and other controls have no glyph and no place in a line.
            let c = if c.is_control() { ' ' } else { c };
            let face = self.fonts.face_for(c, wanted).unwrap_or(FaceId::Regular);
            match &mut self.pending {
                Some((f, p, text)) if *f == face && *p == place => text.push(c),
                _ => {
                    self.flush();
                    self.pending = Some((face, place, c.to_string()));
                }
            }
        }
    }

    /// Sets the pending characters.
    fn flush(&mut self) {
        let Some((face, place, text)) = self.pending.take() else {
            return;
        };
        let shaped = self.fonts.shape(face, &text);
        let (x, y) = (self.line.width, -place.rise);
        self.line.width += f64::from(shaped.advance) * self.fonts.scale(face, place.size);
        self.push(Run { face, size: place.size, x, y, text, shaped });
    }

    /// Adds a run where it says it is.
    fn push(&mut self, run: Run) {
        if let Some(ink) = self.ink(&run) {
            self.line.top = Some(self.line.top.map_or(ink.top, |t| t.max(ink.top)));
            self.line.bottom = Some(self.line.bottom.map_or(ink.bottom, |b| b.min(ink.bottom)));
        }
        self.line.runs.push(run);
    }

    /// The ink of a run in points: horizontal from the start of the line, vertical from its
    /// baseline upward.
    fn ink(&self, run: &Run) -> Option<Ink> {
        let scale = self.fonts.scale(run.face, run.size);
        self.fonts.ink(run.face, &run.shaped).map(|ink| Ink {
            left: run.x + scale * ink.left,
            right: run.x + scale * ink.right,
            top: scale * ink.top - run.y,
            bottom: scale * ink.bottom - run.y,
        })
    }

    /// The ink of all runs from the `first` on.
    fn ink_since(&self, first: usize) -> Option<Ink> {
        let inks = self.line.runs[first..].iter().filter_map(|run| self.ink(run));
        inks.reduce(Ink::union)
    }

    fn space(&mut self, points: f64) {
        if points != 0.0 {
            self.flush();
            self.line.width += points;
        }
    }

    fn atoms(&mut self, atoms: &[Atom], place: Place, spacing: Spacing) {
        let classes = classes(atoms);
        for (i, atom) in atoms.iter().enumerate() {
            if i > 0 {
                let em = between(classes[i - 1], classes[i], spacing);
                self.space(em * place.size);
            }
            self.atom(atom, place, spacing);
        }
    }

    fn atom(&mut self, atom: &Atom, place: Place, spacing: Spacing) {
        let plain = atom.sub.is_none() && atom.sup.is_none();
        match &atom.nucleus {
            Nucleus::Space(em) => self.space(em * place.size),
            // Without scripts, symbols of one face join into a run and are kerned.
            Nucleus::Symbol(text, shape, _) if plain => self.characters(text, *shape, place),
            Nucleus::Group(inner) if plain => self.atoms(inner, place, spacing),
            nucleus => {
                self.flush();
                let first = self.line.runs.len();
                self.nucleus(nucleus, place, spacing);
                self.flush();
                let ink = self.ink_since(first);
                let end = self.line.width;
                (0..atom.primes).for_each(|_| self.characters("′", Shape::Upright, place));
                self.flush();
                self.scripts(atom, place, ink, end);
                return;
            }
        }
        (0..atom.primes).for_each(|_| self.characters("′", Shape::Upright, place));
    }

    fn nucleus(&mut self, nucleus: &Nucleus, place: Place, spacing: Spacing) {
        match nucleus {
            Nucleus::Symbol(text, shape, _) => self.characters(text, *shape, place),
            Nucleus::Group(inner) => self.atoms(inner, place, spacing),
            Nucleus::Accent(mark, inner) => self.accent(*mark, inner, place, spacing),
            Nucleus::Space(em) => self.space(em * place.size),
        }
    }

    /// Sets what is under a mark, then the mark over the middle of its ink.
    fn accent(&mut self, mark: char, inner: &[Atom], place: Place, spacing: Spacing) {
        self.flush();
        let first = self.line.runs.len();
        let start = self.line.width;
        self.atoms(inner, place, spacing);
        self.flush();
        let Some(under) = self.ink_since(first) else {
            return;
        };
        let leans = self.line.runs[first..]
            .iter()
            .any(|run| matches!(run.face, FaceId::Oblique | FaceId::BoldOblique));
        let face = FaceId::of(Shape::Upright, self.weight);
        let face = self.fonts.face_for(mark, face).unwrap_or(face);
        let size = if mark == '→' { 0.6 * place.size } else { place.size };
        let shaped = self.fonts.shape(face, &mark.to_string());
        let Some(ink) = self.fonts.ink(face, &shaped) else {
            return;
        };
        let scale = self.fonts.scale(face, size);
        // An oblique letter's top is to the right of its middle: DejaVu leans by 11 degrees.
        let lean = if leans { 0.1 * (under.top - place.rise) } else { 0.0 };
        let middle = 0.5 * (under.left + under.right) + lean;
        let x = middle - 0.5 * scale * (ink.left + ink.right);
        let bottom = under.top + ACCENT_GAP * place.size;
        let y = scale * ink.bottom - bottom;
        self.push(Run { face, size, x, y, text: mark.to_string(), shaped });
        // A wide mark over a narrow letter must not touch its neighbours.
        let right = x + scale * ink.right;
        self.line.width = self.line.width.max(right).max(start);
    }

    /// Sets the scripts of an atom whose ink is `base` and whose nucleus ends at `end`. Primes may
    /// have been set since: a subscript goes below them, a superscript after them.
    fn scripts(&mut self, atom: &Atom, place: Place, base: Option<Ink>, end: f64) {
        let size = (SCRIPT * place.size).max(SMALLEST * self.base);
        let em = place.size;
        let after_primes = self.line.width;
        let mut right = after_primes;
        // The top of an oblique letter may overhang its advance; a superscript keeps clear of it.
        let overhang = base.map_or(0.0, |ink| (ink.right - end).clamp(0.0, 0.3 * em));
        if let Some(sub) = &atom.sub {
            let deep = match (&atom.nucleus, base) {
                // One symbol's subscripts stand in a row with those of its neighbours.
                (Nucleus::Group(inner), Some(ink)) if inner.len() > 1 => {
                    place.rise - ink.bottom + SUB_BELOW_BOTTOM * em
                }
                _ => 0.0,
            };
            let drop = if atom.sup.is_some() { DROP_WITH_SUP } else { DROP };
            let rise = place.rise - deep.max(drop * em);
            self.line.width = end + SCRIPT_GAP * em;
            self.atoms(sub, Place { size, rise }, Spacing::Tight);
            self.flush();
            right = right.max(self.line.width);
        }
        if let Some(sup) = &atom.sup {
            let tall = base.map_or(0.0, |ink| ink.top - place.rise - SUP_BELOW_TOP * em);
            let tall = match &atom.nucleus {
                Nucleus::Group(_) => tall,
                _ => tall.min(HIGHEST * em),
            };
            let least = if atom.sub.is_some() { RISE_WITH_SUB } else { RISE };
            let rise = place.rise + tall.max(least * em);
            self.line.width = after_primes.max(end + overhang) + SCRIPT_GAP * em;
            self.atoms(sup, Place { size, rise }, Spacing::Tight);
            self.flush();
            right = right.max(self.line.width);
        }
        self.line.width = right;
    }
}

/// Space between neighbours in em. Source: the TeXbook, chapter 18, the table of spaces.
fn between(left: Class, right: Class, spacing: Spacing) -> f64 {
    use Class::{Binary, Close, Open, Operator, Ordinary, Punctuation, Relation, Space};
    let full = spacing == Spacing::Full;
    match (left, right) {
        (Space, _) | (_, Space) => 0.0,
        (Operator, Ordinary | Operator) | (Ordinary | Close, Operator) => THIN,
        (Relation, Relation) => 0.0,
        (Relation, Close | Punctuation) | (Open, Relation) => 0.0,
        (Relation, _) | (_, Relation) if full => THICK,
        (Binary, _) | (_, Binary) if full => MEDIUM,
        (Punctuation, _) if full => THIN,
        _ => 0.0,
    }
}
