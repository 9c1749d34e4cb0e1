//! Whether a single text can be read: its size, what is behind it, and what is left of it.

use super::{Fault, LEAST_CONTRAST, SMALLEST_TYPE};
use crate::render::{Color, Drawing, Mark, Painted, Rect};

/// How far the boxes of two texts may reach into each other, in points as shown: letters rarely
/// fill the corners of their box.
const OVERLAP: f64 = 1.0;
/// How much of a text may be cut off, in points as shown: rounding, and the curve of a letter.
const CUT: f64 = 0.5;

/// A text, and what lies below it.
pub(super) struct Text<'d> {
    label: &'d str,
    size: f64,
    color: Color,
    /// Its box.
    bounds: Rect,
    /// What is shown of the box.
    shown: Rect,
    below: Vec<&'d Mark>,
}

impl<'d> Text<'d> {
    /// The text of a mark above earlier ones; `None` if it is something else.
    pub(super) fn of(mark: &'d Mark, earlier: &'d [Mark]) -> Option<Self> {
        let Painted::Text { label, size, color } = &mark.painted else { return None };
        let [from, to] = mark.outline[..] else { return None };
        if label.trim().is_empty() {
            return None;
        }
        let (label, size, color, shown) = (label.trim(), *size, *color, mark.bounds);
        let below = earlier.iter().filter(|m| m.bounds.overlaps(&shown)).collect();
        let bounds = Rect::new(from.0, from.1, to.0, to.1);
        Some(Text { label, size, color, bounds, shown, below })
    }

    /// Its type, if it is too small.
    pub(super) fn size_fault(&self, drawing: &Drawing) -> Option<Fault> {
        let points = self.size * drawing.scale;
        // A size that was divided by the scale and multiplied by it again may be a little off.
        (points < SMALLEST_TYPE - 1e-9)
            .then(|| Fault::SmallText { text: self.label.to_owned(), points })
    }

    /// The worst contrast with what is behind at least a fifth of the text, if it is too low.
    pub(super) fn contrast_fault(&self, background: Color) -> Option<Fault> {
        const COLUMNS: usize = 15;
        const ROWS: usize = 5;
        let mut samples = Vec::with_capacity(COLUMNS * ROWS);
        for index in 0..COLUMNS * ROWS {
            let share = |at: usize, count: usize| (at as f64 + 0.5) / count as f64;
            let (across, down) = (share(index % COLUMNS, COLUMNS), share(index / COLUMNS, ROWS));
            let x = self.shown.left + across * self.shown.width();
            let y = self.shown.top + down * self.shown.height();
            let behind = self.behind((x, y), background);
            samples.push((self.color.contrast(behind), behind));
        }
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        // At least a fifth of the samples are as bad as this one.
        let (ratio, background) = samples[COLUMNS * ROWS / 5 - 1];
        (ratio < LEAST_CONTRAST).then(|| Fault::LowContrast {
            text: self.label.to_owned(),
            ratio,
            foreground: self.color,
            background,
        })
    }

    /// The colour behind a point of it. Lines and hatchings are left out: they are too thin to be
    /// what a letter is seen against.
    fn behind(&self, point: (f64, f64), background: Color) -> Color {
        self.below.iter().filter(|mark| covers(mark, point)).fold(background, |behind, mark| {
            match &mark.painted {
                Painted::Area(fill) | Painted::Dot(fill) => {
                    fill.color.over(behind, fill.opacity.clamp(0.0, 1.0))
                }
                Painted::Text { .. } | Painted::Line(_) | Painted::Hatched(_) => behind,
            }
        })
    }

    /// That it is cut off, at the edge of the picture or of a clip.
    pub(super) fn cut_fault(&self, drawing: &Drawing) -> Option<Fault> {
        let (text, shown) = (&self.bounds, &self.shown);
        let cut = [
            shown.left.max(0.0) - text.left,
            shown.top.max(0.0) - text.top,
            text.right - shown.right.min(drawing.width),
            text.bottom - shown.bottom.min(drawing.height),
        ];
        cut.iter()
            .any(|cut| cut * drawing.scale > CUT)
            .then(|| Fault::OutsideCanvas { text: self.label.to_owned() })
    }

    /// That it lies over an earlier text.
    pub(super) fn overlap_fault(&self, earlier: &Text, scale: f64) -> Option<Fault> {
        let reach = |from: f64, to: f64| (to - from) * scale > OVERLAP;
        let (a, b) = (&earlier.shown, &self.shown);
        let is_over = reach(a.left.max(b.left), a.right.min(b.right))
            && reach(a.top.max(b.top), a.bottom.min(b.bottom));
        is_over.then(|| Fault::TextOverText {
            first: earlier.label.to_owned(),
            second: self.label.to_owned(),
        })
    }
}

/// Whether a mark is drawn at a point.
fn covers(mark: &Mark, (x, y): (f64, f64)) -> bool {
    if !mark.bounds.contains((x, y)) {
        return false;
    }
    match (&mark.painted, &mark.outline[..]) {
        (Painted::Dot(_), &[(center_x, center_y)]) => {
            // Of a dot that is cut the bounds on one side may be too near.
            let Rect { left, top, right, bottom } = mark.bounds;
            let sides = [center_x - left, center_y - top, right - center_x, bottom - center_y];
            let radius = sides.into_iter().fold(0.0, f64::max);
            libm::hypot(x - center_x, y - center_y) <= radius
        }
        (_, outline) => {
            let next = outline.iter().cycle().skip(1);
            let crossed = outline.iter().zip(next).filter(|(a, b)| {
                (a.1 > y) != (b.1 > y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0)
            });
            crossed.count() % 2 == 1
        }
    }
}
