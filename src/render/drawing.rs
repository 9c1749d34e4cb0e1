//! What a canvas leaves: shapes as SVG markup, texts and markers still as values.

use resvg::usvg;

use super::geometry::{Direction, Fill, Rect, Stroke};
use super::text::Layout;
use super::{Color, Fonts, Hatch, svg};

/// Grid units per point: coordinates are whole hundredths of a point.
pub(super) const UNITS: f64 = 100.0;

/// A finished picture.
///
/// It is drawn in points of its own, and shown `scale` times as large: a figure for a small slide is
/// drawn as for a large one and has smaller type.
pub struct Drawing {
    /// Width in points of its own.
    pub width: f64,
    /// Height in points of its own.
    pub height: f64,
    /// How many points one of its own points is.
    pub scale: f64,
    /// What it is, for those who cannot see it.
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// What was drawn, from the back to the front, for checks of how it can be read.
    pub marks: Vec<Mark>,
    /// What it was made from, for whoever makes it again: one line of ASCII that every file carries;
    /// empty if none should.
    pub provenance: String,
    /// What its ids begin with.
    pub prefix: String,
    /// From the back to the front.
    pub(super) items: Vec<Item>,
    /// Rectangles that groups are clipped to: left, top, right, bottom in grid units.
    pub(super) clips: Vec<[i32; 4]>,
}

/// Something that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The smallest rectangle that holds what is shown of it, in points.
    pub bounds: Rect,
    /// The points that it was drawn through: corners of an area or a text, the middle of a dot. Of
    /// an area with holes it is one ring after the other; a point is in it if a ray from it crosses
    /// the closed line an odd number of times.
    pub outline: Vec<(f64, f64)>,
    /// How.
    pub painted: Painted,
}

/// How something was drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Painted {
    /// As text.
    Text {
        /// The words without markup.
        label: String,
        /// Type size in points.
        size: f64,
        /// Its colour.
        color: Color,
    },
    /// As a filled area.
    Area(Fill),
    /// As a line.
    Line(Stroke),
    /// As a dot.
    Dot(Fill),
    /// As a hatched area.
    Hatched(Hatch),
}

/// A part of a picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// Markup that is the same in every SVG of the picture.
    Markup(String),
    /// A line of text.
    Text(Box<Text>),
    /// Circles of one size and colour.
    Markers(Markers),
}

/// A line of text in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    /// Where the line starts, on its baseline, in grid units.
    pub(super) start: (i32, i32),
    /// Which way it runs.
    pub(super) direction: Direction,
    /// Its colour.
    pub(super) color: Color,
    /// Its glyphs.
    pub(super) layout: Layout,
    /// The same without markup, for screen readers.
    pub(super) label: String,
}

/// Circles of one size and colour; where they overlap they darken each other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Markers {
    /// Their centres in grid units.
    pub(super) centers: Vec<(i32, i32)>,
    /// Their radius in grid units.
    pub(super) radius: i32,
    /// Their colour.
    pub(super) fill: Fill,
}

impl Drawing {
    /// The same picture, shown `scale` times as large.
    pub fn scaled(self, scale: f64) -> Self {
        Self { scale, ..self }
    }

    /// The same picture, which carries what it was made from.
    pub fn carrying(self, provenance: &str) -> Self {
        Self { provenance: provenance.to_owned(), ..self }
    }

    /// Width and height in points, as shown.
    pub fn size(&self) -> (f64, f64) {
        (self.width * self.scale, self.height * self.scale)
    }

    /// The picture as a tree with live text, from which PNG and PDF are made. One user unit of
    /// the tree is one point.
    ///
    /// # Errors
    ///
    /// When the picture has no area.
    pub fn tree(&self, fonts: &Fonts) -> Result<usvg::Tree, String> {
        usvg::Tree::from_str(&svg::live(self), &fonts.options())
            .map_err(|error| format!("the picture `{}` cannot be drawn: {error}", self.prefix))
    }
}
