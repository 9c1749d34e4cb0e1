//! What goes around atoms: marks over them, roots, brackets as tall as they are.

use super::proportions::{ROOT_GAP, Spacing};
use super::{At, Mark, Rule, Run, Setter};
use crate::render::fonts::{Ink, Place};
use crate::render::tex::{Atom, Shape};

/// A bracket covers at least this part of what it encloses. TeX's cover 0.9, but have strokes that
/// do not grow with them.
const COVERED: f64 = 0.8;
/// So many em of a mark may stand over the next symbol, which is seldom as high.
const MARK_OVER: f64 = 0.1;
/// Between what is under a root and both ends of its line, in em.
const SIDE: f64 = 0.04;
/// No glyph is enlarged by more than this: its strokes grow with it.
const LARGEST: f64 = 3.0;

impl Setter<'_> {
    /// Sets what is under a mark, then the mark over the middle of its ink.
    pub(super) fn accent(&mut self, mark: char, inner: &[Atom], at: At, spacing: Spacing) {
        let from = self.mark();
        let start = self.line.width;
        self.atoms(inner, at, spacing);
        self.flush();
        let Some(under) = self.ink_since(from) else {
            return;
        };
        let leaning = self.line.runs[from.runs..].iter().find(|run| run.leans);
        let slant = leaning.map_or(0.0, |run| run.face.slant());
        let size = if mark == '→' { self.proportions.arrow * at.size } else { at.size };
        let Some((mut run, ink)) = self.glyph(mark, size) else {
            return;
        };
        // The top of a leaning letter is to the right of its middle.
        let middle = 0.5 * (under.left + under.right + slant * (under.top - at.rise));
        run.x = middle - 0.5 * (ink.left + ink.right);
        run.y = ink.bottom - (under.top + self.proportions.accent_gap * at.size);
        let right = run.x + ink.right;
        self.push(run);
        // A wide mark over a narrow letter must not touch its neighbours.
        if self.proportions.correction > 0.0 {
            let beyond = right - MARK_OVER * at.size - self.line.width;
            self.correction = self.correction.max(beyond);
        } else {
            self.line.width = self.line.width.max(right).max(start);
        }
    }

    /// Sets a radical sign and a line over what is under it.
    pub(super) fn root(&mut self, inner: &[Atom], at: At, spacing: Spacing) {
        let from = self.mark();
        self.correct();
        let start = self.line.width;
        self.atoms(inner, at, spacing);
        self.flush();
        self.correct();
        let (Some((sign, ink)), Some((_, bar))) =
            (self.glyph('√', at.size), self.glyph('−', at.size))
        else {
            return;
        };
        let thickness = bar.top - bar.bottom;
        // Roots of letters with and without ascenders beside each other have one height.
        let height = self.glyph('H', at.size).map_or(0.0, |(_, ink)| ink.top);
        let under = self.ink_since(from);
        let top = under.map_or(height, |ink| (ink.top - at.rise).max(height));
        let bottom = under.map_or(0.0, |ink| (ink.bottom - at.rise).min(0.0));
        let line = top + ROOT_GAP * at.size + thickness;
        let factor = ((line - bottom) / (ink.top - ink.bottom)).clamp(0.8, LARGEST);
        let advance = factor * ink.right;
        self.shift(from, advance);
        let y = factor * ink.top - (at.rise + line);
        let sign = Run { x: start, y, ..self.scaled(sign, factor) };
        self.cover(&sign);
        self.line.runs.insert(from.runs, sign);
        let end = self.line.width + advance + SIDE * at.size;
        // The line begins inside the sign, so that no gap shows between them.
        let x = start + advance - 0.5 * thickness;
        let rule = Rule { x, y: -(at.rise + line), width: end - x, height: thickness };
        self.line.cover(-rule.y - rule.height, -rule.y);
        self.line.rules.push(rule);
        self.line.width = end + SIDE * at.size;
    }

    /// Sets atoms between brackets.
    pub(super) fn fenced(
        &mut self,
        open: Option<char>,
        inner: &[Atom],
        close: Option<char>,
        at: At,
        spacing: Spacing,
    ) {
        let from = self.mark();
        self.correct();
        let start = self.line.width;
        self.atoms(inner, at, spacing);
        self.flush();
        self.correct();
        let under = self.ink_since(from);
        if let Some((run, advance)) = open.and_then(|c| self.bracket(c, under, at)) {
            self.shift(from, advance);
            self.line.width += advance;
            let run = Run { x: start, ..run };
            self.cover(&run);
            self.line.runs.insert(from.runs, run);
        }
        if let Some((run, advance)) = close.and_then(|c| self.bracket(c, under, at)) {
            let run = Run { x: self.line.width, ..run };
            self.push(run);
            self.line.width += advance;
        }
    }

    /// A bracket that is about as tall as ink, and its advance.
    fn bracket(&self, c: char, under: Option<Ink>, at: At) -> Option<(Run, f64)> {
        let (run, ink) = self.glyph(c, at.size)?;
        let axis = 0.5 * (ink.top + ink.bottom);
        let half = 0.5 * (ink.top - ink.bottom);
        let needed = under.map_or(0.0, |under| {
            let (top, bottom) = (under.top - at.rise, under.bottom - at.rise);
            COVERED * (top - axis).max(axis - bottom)
        });
        let factor = (needed / half).clamp(1.0, LARGEST);
        let advance = self.advance(&run) * factor;
        let y = (factor - 1.0) * axis - at.rise;
        Some((Run { y, ..self.scaled(run, factor) }, advance))
    }

    /// One upright glyph at the start of the line on its baseline, and its ink; `None` if no face
    /// has it, or it has no ink.
    fn glyph(&self, c: char, size: f64) -> Option<(Run, Ink)> {
        let Place { face, c, .. } = self.place(c, Shape::Upright);
        let text = c.to_string();
        let shaped = self.fonts.shape(face, &text);
        let size = size * self.fonts.fit(face);
        let run = Run { face, size, x: 0.0, y: 0.0, leans: false, text, shaped };
        let ink = self.ink(&run)?;
        (ink.top > ink.bottom).then_some((run, ink))
    }

    fn scaled(&self, run: Run, factor: f64) -> Run {
        Run { size: run.size * factor, ..run }
    }

    fn advance(&self, run: &Run) -> f64 {
        f64::from(run.shaped.advance) * self.fonts.scale(run.face, run.size)
    }

    /// Moves all that was set since a mark to the right.
    fn shift(&mut self, from: Mark, by: f64) {
        self.line.runs[from.runs..].iter_mut().for_each(|run| run.x += by);
        self.line.rules[from.rules..].iter_mut().for_each(|rule| rule.x += by);
    }

    fn cover(&mut self, run: &Run) {
        if let Some(ink) = self.ink(run) {
            self.line.cover(ink.bottom, ink.top);
        }
    }
}
