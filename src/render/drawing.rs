//! What a canvas leaves: shapes as SVG markup, texts and markers still as values.

use resvg::usvg;

use super::geometry::{Direction, Fill};
use super::text::Layout;
use super::{Color, Fonts, svg};

/// Grid units per point: coordinates are whole hundredths of a point.
pub(super) const UNITS: f64 = 100.0;

/// A finished picture.
pub struct Drawing {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// What its ids begin with.
    pub prefix: String,
    /// From the back to the front.
    pub(super) items: Vec<Item>,
    /// Rectangles that groups are clipped to: left, top, right, bottom in grid units.
    pub(super) clips: Vec<[i32; 4]>,
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
