//! Sizes, rectangles and styles: the words in which figures speak to the canvas.

use super::Color;

/// A rectangle in points, y down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Smallest x.
    pub left: f64,
    /// Smallest y.
    pub top: f64,
    /// Largest x.
    pub right: f64,
    /// Largest y.
    pub bottom: f64,
}

impl Rect {
    /// The rectangle between these edges.
    pub const fn new(left: f64, top: f64, right: f64, bottom: f64) -> Rect {
        Rect { left, top, right, bottom }
    }

    /// Width in points.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in points.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The point in the middle.
    pub fn center(&self) -> (f64, f64) {
        (0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom))
    }

    /// Whether the point is inside or on an edge.
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }

    /// Whether the two have an area in common; touching edges do not count.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Every edge moved inward by `by` points (outward if negative).
    pub fn inset(&self, by: f64) -> Rect {
        Rect::new(self.left + by, self.top + by, self.right - by, self.bottom - by)
    }

    /// Moved by `dx` and `dy` points.
    pub fn shifted(&self, dx: f64, dy: f64) -> Rect {
        Rect::new(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)
    }

    /// The smallest rectangle that holds both.
    pub fn union(&self, other: &Rect) -> Rect {
        Rect::new(
            self.left.min(other.left),
            self.top.min(other.top),
            self.right.max(other.right),
            self.bottom.max(other.bottom),
        )
    }
}

/// How large a line of text is, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// From the start to where a following word would start: the sum of the advances.
    pub width: f64,
    /// From the baseline up to the highest ink; zero if there is no ink.
    pub ascent: f64,
    /// From the baseline down to the lowest ink; negative if all ink is above the baseline.
    pub descent: f64,
}

/// How heavy the strokes of letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Starts of titles.
    Bold,
}

/// Which point of a line of text is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Where it begins.
    Start,
    /// The middle of its width.
    Middle,
    /// Where it ends.
    End,
}

/// Which way text runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Horizontal,
    /// From bottom to top, as the label of a y axis.
    Up,
}

/// How a line of text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// Font size in points.
    pub size: f64,
    /// Weight of all letters; `\mathbf` is bold in any.
    pub weight: Weight,
    /// Colour of the letters.
    pub color: Color,
    /// Which point of the line is placed.
    pub anchor: Anchor,
    /// Which way it runs.
    pub direction: Direction,
    /// A rectangle of this colour behind the text, for text that crosses a hairline.
    pub background: Option<Color>,
}

impl TextStyle {
    /// Regular, horizontal, anchored at its start, nothing behind it.
    pub const fn new(size: f64, color: Color) -> TextStyle {
        TextStyle {
            size,
            weight: Weight::Regular,
            color,
            anchor: Anchor::Start,
            direction: Direction::Horizontal,
            background: None,
        }
    }

    /// The same in bold.
    pub const fn bold(self) -> TextStyle {
        TextStyle { weight: Weight::Bold, ..self }
    }

    /// The same in another colour.
    pub const fn color(self, color: Color) -> TextStyle {
        TextStyle { color, ..self }
    }

    /// The same with another point placed.
    pub const fn anchor(self, anchor: Anchor) -> TextStyle {
        TextStyle { anchor, ..self }
    }

    /// The same, running from bottom to top.
    pub const fn up(self) -> TextStyle {
        TextStyle { direction: Direction::Up, ..self }
    }

    /// The same with a rectangle behind it.
    pub const fn background(self, color: Color) -> TextStyle {
        TextStyle { background: Some(color), ..self }
    }
}

/// The pattern of a line. Lengths are multiples of the line's width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dash {
    /// No gaps.
    Solid,
    /// Estimates: on for 3.2 widths, off for 1.5.
    Dashed,
    /// Starting values and references: on for 1.2 widths, off for 1.6.
    Dotted,
    /// On and off for so many widths.
    Custom(f64, f64),
}

impl Dash {
    /// Lengths on and off in widths; `None` for a line without gaps.
    pub fn pattern(self) -> Option<(f64, f64)> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some((3.2, 1.5)),
            Dash::Dotted => Some((1.2, 1.6)),
            Dash::Custom(on, off) => Some((on, off)),
        }
    }
}

/// How a line or a dash ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// At its last point.
    Butt,
    /// In a half circle around its last point.
    Round,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// Its width in points.
    pub width: f64,
    /// 0 (nothing) to 1 (covers what is below).
    pub opacity: f64,
    /// Its pattern.
    pub dash: Dash,
    /// Its ends.
    pub cap: Cap,
}

impl Stroke {
    /// A solid opaque line with butt ends.
    pub const fn new(color: Color, width: f64) -> Stroke {
        Stroke { color, width, opacity: 1.0, dash: Dash::Solid, cap: Cap::Butt }
    }

    /// The same with another pattern.
    pub const fn dash(self, dash: Dash) -> Stroke {
        Stroke { dash, ..self }
    }

    /// The same with another opacity.
    pub const fn opacity(self, opacity: f64) -> Stroke {
        Stroke { opacity, ..self }
    }

    /// The same with round ends.
    pub const fn round(self) -> Stroke {
        Stroke { cap: Cap::Round, ..self }
    }
}

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Its colour.
    pub color: Color,
    /// 0 (nothing) to 1 (covers what is below).
    pub opacity: f64,
}

impl Fill {
    /// An opaque fill.
    pub const fn new(color: Color) -> Fill {
        Fill { color, opacity: 1.0 }
    }

    /// The same with another opacity.
    pub const fn opacity(self, opacity: f64) -> Fill {
        Fill { opacity, ..self }
    }
}
