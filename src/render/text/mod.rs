//! Where the glyphs of a line of text go.
//!
//! A line is a row of runs: characters of one face, size and baseline; and the lines of roots.
//! Shifts and spaces are those of the family (`proportions`).

mod enclosed;
mod proportions;

use super::fonts::{FaceId, Fonts, Ink, Place, Shaped};
use super::tex::{Atom, Nucleus, Piece, RichText, Shape, classes, neighbours};
use super::{Extent, Weight};
use proportions::{Proportions, SCRIPT, SCRIPT_GAP, SMALLEST, SUB_BELOW_BOTTOM, Spacing};

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
    /// Whether its letters lean to the right.
    pub(super) leans: bool,
    /// Its characters.
    pub(super) text: String,
    /// Its glyphs.
    pub(super) shaped: Shaped,
}

/// A bar in the colour of the text, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// From the start of the line to its left side.
    pub(super) x: f64,
    /// From the baseline of the line down to its upper side.
    pub(super) y: f64,
    /// To its right side.
    pub(super) width: f64,
    /// To its lower side.
    pub(super) height: f64,
}

/// A line of text, laid out from its start on its baseline.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    /// Its runs from left to right.
    pub(super) runs: Vec<Run>,
    /// The lines of its roots.
    pub(super) rules: Vec<Rule>,
    /// The sum of its advances in points.
    pub(super) width: f64,
    /// Highest ink above the baseline.
    top: Option<f64>,
    /// Lowest ink, as a height above the baseline.
    bottom: Option<f64>,
}

impl Layout {
    /// Counts ink between two heights above the baseline.
    fn cover(&mut self, bottom: f64, top: f64) {
        self.top = Some(self.top.map_or(top, |t| t.max(top)));
        self.bottom = Some(self.bottom.map_or(bottom, |b| b.min(bottom)));
    }

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
    let proportions = Proportions::of(fonts.family(), fonts.file());
    let mut setter = Setter {
        fonts,
        proportions,
        weight,
        base: size,
        line: Layout::default(),
        pending: None,
        overhang: 0.0,
        correction: 0.0,
    };
    let at = At { size, rise: 0.0 };
    for piece in &rich.pieces {
        match piece {
            Piece::Literal(text, _) => setter.characters(text, Shape::Upright, at),
            Piece::Math(atoms) => setter.atoms(atoms, at, Spacing::Full),
        }
    }
    setter.flush();
    setter.correct();
    setter.line
}

/// The size and baseline at which something is set.
#[derive(Clone, Copy, Debug, PartialEq)]
struct At {
    size: f64,
    rise: f64,
}

/// Characters that the next ones may still join, so that they are kerned together.
struct Pending {
    face: FaceId,
    at: At,
    leans: bool,
    text: String,
}

struct Setter<'f> {
    fonts: &'f Fonts,
    proportions: &'static Proportions,
    weight: Weight,
    base: f64,
    line: Layout,
    pending: Option<Pending>,
    /// How far the leaning letter that was set last overhangs its advance.
    overhang: f64,
    /// What part of that, or of a mark's, the next symbol keeps clear of.
    correction: f64,
}

impl Setter<'_> {
    fn characters(&mut self, text: &str, shape: Shape, at: At) {
        for c in text.chars() {
            // Line breaks, tabs and other controls have no glyph and no place in a line.
            let c = if c.is_control() { ' ' } else { c };
            let Place { face, c, leans } = self.place(c, shape);
            match &mut self.pending {
                // A font of mathematics has no kerning: each of its letters stands by itself.
                Some(p) if (p.face, p.at, p.leans) == (face, at, leans) && joins(face, leans) => {
                    p.text.push(c);
                }
                _ => {
                    self.flush();
                    self.pending = Some(Pending { face, at, leans, text: c.to_string() });
                }
            }
        }
    }

    fn place(&self, c: char, shape: Shape) -> Place {
        let upright = Place { face: self.fonts.upright(self.weight), c, leans: false };
        self.fonts.place(c, shape, self.weight).unwrap_or(upright)
    }

    /// Sets the pending characters.
    fn flush(&mut self) {
        let Some(Pending { face, at, leans, text }) = self.pending.take() else {
            return;
        };
        let shaped = self.fonts.shape(face, &text);
        // `fi` is one glyph in a word, but the product of two variables in mathematics.
        if leans && shaped.glyphs.len() < text.chars().count() {
            for (i, c) in text.chars().enumerate() {
                if i > 0 {
                    // The next letter leans as well.
                    self.correction *= 0.5;
                }
                let shaped = self.fonts.shape(face, c.encode_utf8(&mut [0; 4]));
                self.run(face, at, leans, c.to_string(), shaped);
            }
        } else {
            self.run(face, at, leans, text, shaped);
        }
    }

    /// Sets characters after what has been set.
    fn run(&mut self, face: FaceId, at: At, leans: bool, text: String, shaped: Shaped) {
        self.correct();
        let size = at.size * self.fonts.fit(face);
        let (x, y) = (self.line.width, -at.rise);
        self.line.width += f64::from(shaped.advance) * self.fonts.scale(face, size);
        let run = Run { face, size, x, y, leans, text, shaped };
        let ink = if leans { self.ink(&run) } else { None };
        self.overhang = ink.map_or(0.0, |ink| (ink.right - self.line.width).max(0.0));
        self.correction = self.proportions.correction * self.overhang;
        self.push(run);
    }

    /// Keeps clear of the leaning letter that was set last.
    fn correct(&mut self) {
        self.line.width += std::mem::take(&mut self.correction);
        self.overhang = 0.0;
    }

    /// Adds a run where it says it is.
    fn push(&mut self, run: Run) {
        if let Some(ink) = self.ink(&run) {
            self.line.cover(ink.bottom, ink.top);
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

    /// The ink of all that was set since a mark.
    fn ink_since(&self, mark: Mark) -> Option<Ink> {
        let runs = self.line.runs[mark.runs..].iter().filter_map(|run| self.ink(run));
        let rules = self.line.rules[mark.rules..].iter().map(|rule| Ink {
            left: rule.x,
            right: rule.x + rule.width,
            top: -rule.y,
            bottom: -rule.y - rule.height,
        });
        runs.chain(rules).reduce(Ink::union)
    }

    /// Everything that is set after this is after the mark.
    fn mark(&mut self) -> Mark {
        self.flush();
        Mark { runs: self.line.runs.len(), rules: self.line.rules.len() }
    }

    fn space(&mut self, points: f64) {
        if points != 0.0 {
            self.flush();
            self.line.width += points;
        }
    }

    fn atoms(&mut self, atoms: &[Atom], at: At, spacing: Spacing) {
        let classes = classes(atoms);
        for (i, atom) in atoms.iter().enumerate() {
            if i > 0 {
                let (left, right) = neighbours(atoms, &classes, i);
                let em = self.proportions.between(left, right, spacing);
                self.space(em * at.size);
            }
            self.atom(atom, at, spacing);
        }
    }

    fn atom(&mut self, atom: &Atom, at: At, spacing: Spacing) {
        if atom.sub.is_none() && atom.sup.is_none() {
            // Without scripts, symbols of one face join into a run and are kerned.
            self.nucleus(&atom.nucleus, at, spacing);
            self.primes(atom, at);
            return;
        }
        let mark = self.mark();
        self.nucleus(&atom.nucleus, at, spacing);
        self.flush();
        let ink = self.ink_since(mark);
        let end = self.line.width;
        self.primes(atom, at);
        self.flush();
        self.scripts(atom, at, ink, end);
    }

    fn primes(&mut self, atom: &Atom, at: At) {
        if atom.primes > 0 && self.pending.as_ref().is_some_and(|pending| pending.leans) {
            self.flush();
        }
        if atom.primes > 0 && self.pending.is_none() {
            // A prime is as high as the top that overhangs, so it keeps clear in all families.
            self.correction = self.correction.max(self.overhang);
        }
        (0..atom.primes).for_each(|_| self.characters("′", Shape::Upright, at));
    }

    fn nucleus(&mut self, nucleus: &Nucleus, at: At, spacing: Spacing) {
        match nucleus {
            Nucleus::Symbol(text, shape, _) => self.characters(text, *shape, at),
            Nucleus::Group(inner) | Nucleus::Quotient(inner) => self.atoms(inner, at, spacing),
            Nucleus::Accent(mark, inner) => self.accent(*mark, inner, at, spacing),
            Nucleus::Root(inner) => self.root(inner, at, spacing),
            Nucleus::Fenced(open, inner, close) => {
                self.fenced(*open, inner, *close, at, spacing);
            }
            Nucleus::Space(em) => self.space(em * at.size),
        }
    }

    /// Sets the scripts of an atom whose ink is `base` and whose nucleus ends at `end`. Primes may
    /// have been set since: a subscript goes below them, a superscript after them.
    fn scripts(&mut self, atom: &Atom, at: At, base: Option<Ink>, end: f64) {
        let size = (SCRIPT * at.size).max(SMALLEST * self.base);
        let em = at.size;
        let shifts = self.proportions;
        // A subscript goes under the overhang of its letter.
        self.correction = 0.0;
        let after_primes = self.line.width;
        let mut right = after_primes;
        // The top of an oblique letter may overhang its advance; a superscript keeps clear of it.
        let overhang = base.map_or(0.0, |ink| (ink.right - end).clamp(0.0, 0.3 * em));
        if let Some(sub) = &atom.sub {
            let deep = match (&atom.nucleus, base) {
                // One symbol's subscripts stand in a row with those of its neighbours.
                (Nucleus::Group(inner), Some(ink)) if inner.len() > 1 => {
                    at.rise - ink.bottom + SUB_BELOW_BOTTOM * em
                }
                _ => 0.0,
            };
            let drop = if atom.sup.is_some() { shifts.drop_with_sup } else { shifts.drop };
            let rise = at.rise - deep.max(drop * em);
            self.line.width = end + SCRIPT_GAP * em;
            self.atoms(sub, At { size, rise }, Spacing::Tight);
            self.flush();
            self.correct();
            right = right.max(self.line.width);
        }
        if let Some(sup) = &atom.sup {
            let tall = base.map_or(0.0, |ink| ink.top - at.rise - shifts.sup_below_top * em);
            let tall = match &atom.nucleus {
                Nucleus::Group(_) | Nucleus::Fenced(..) | Nucleus::Root(_) => tall,
                _ => tall.min(shifts.highest * em),
            };
            let least = if atom.sub.is_some() { shifts.rise_with_sub } else { shifts.rise };
            let rise = at.rise + tall.max(least * em);
            self.line.width = after_primes.max(end + overhang) + SCRIPT_GAP * em;
            self.atoms(sup, At { size, rise }, Spacing::Tight);
            self.flush();
            self.correct();
            right = right.max(self.line.width);
        }
        self.line.width = right;
    }
}

/// Whether characters of a face are kerned, or at least joined into words.
fn joins(face: FaceId, leans: bool) -> bool {
    !(leans && matches!(face, FaceId::Mathematics | FaceId::MathematicsBold))
}

/// How much of a line had been set.
#[derive(Clone, Copy)]
struct Mark {
    runs: usize,
    rules: usize,
}
