//! Glyphs in font units: where they are, where their ink is, what their outlines are.

use rustybuzz::ttf_parser::OutlineBuilder;

/// One glyph of a run; lengths in font units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) struct Glyph {
    /// Its number in the face.
    pub(in crate::render) id: u16,
    /// From the start of the run to its origin.
    pub(in crate::render) x: i32,
    /// From the baseline up to its origin.
    pub(in crate::render) y: i32,
}

/// Glyphs side by side, and the sum of their advances in font units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::render) struct Shaped {
    pub(in crate::render) glyphs: Vec<Glyph>,
    pub(in crate::render) advance: i32,
}

/// The ink of glyphs in font units, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::render) struct Ink {
    pub(in crate::render) left: f64,
    pub(in crate::render) bottom: f64,
    pub(in crate::render) right: f64,
    pub(in crate::render) top: f64,
}

impl Ink {
    /// The smallest box that holds both.
    pub(in crate::render) fn union(self, other: Ink) -> Ink {
        Ink {
            left: self.left.min(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
        }
    }
}

/// Writes an outline as SVG path data in whole font units, y down.
///
/// TrueType outlines are whole numbers; those of CFF may have fractions, which are less than what
/// a printer resolves: a unit is a thousandth of the font size.
pub(super) struct Outline(pub(super) String);

impl Outline {
    fn push(&mut self, command: char, coordinates: &[f32]) {
        self.0.push(command);
        for (i, &value) in coordinates.iter().enumerate() {
            let value = if i % 2 == 1 { -value } else { value };
            let value = value.round() as i32;
            if i > 0 && value >= 0 {
                self.0.push(' ');
            }
            self.0.push_str(&value.to_string());
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push('L', &[x, y]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.push('Q', &[x1, y1, x, y]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push('C', &[x1, y1, x2, y2, x, y]);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}
