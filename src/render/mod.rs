//! One drawing, encoded as SVG, PNG and PDF.
//!
//! A figure draws on a [`Canvas`] in points (1/72 inch, y down from the top left corner) and gets
//! a [`Drawing`]. Text is set by ourselves from embedded fonts ([`Fonts`]), with mathematics
//! between dollar signs ([`tex`]), so that a figure knows how wide a label is before it places it
//! and every format shows the same glyphs in the same places.
//!
//! The SVG for users holds text as outlines and needs no font. PNG and PDF are made from one
//! parsed tree with real text, so that the text of the PDF can be selected and its fonts are
//! subset. Nothing here knows what a figure shows, and nothing reads or writes files.
//!
//! Only `canvas` and `backend` know plotters; only `fonts` and `text` know font formats.

mod backend;
mod canvas;
mod color;
mod drawing;
mod fonts;
mod geometry;
mod parser;
mod symbols;
mod text;

pub mod pdf;
pub mod png;
pub mod svg;
pub mod tex;

use resvg::usvg::Tree;
use serde::{Deserialize, Serialize};

pub use canvas::Canvas;
pub use color::Color;
pub use drawing::{Drawing, Mark, Painted};
pub use fonts::{Family, Fonts};
pub use geometry::{Anchor, Cap, Dash, Direction, Extent, Fill, Rect, Stroke, TextStyle, Weight};

/// A file format of figures.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable document format: vectors, selectable text, subset fonts.
    Pdf,
    /// Portable network graphics: opaque pixels at a chosen resolution.
    Png,
    /// Scalable vector graphics: vectors, text as outlines.
    Svg,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Png, Self::Svg];

    /// The extension of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Png => "png",
            Format::Svg => "svg",
        }
    }
}

/// The bytes of a drawing in each of `formats`, in their order.
///
/// `dpi` is the resolution of PNG in pixels per inch; the other formats do not use it.
///
/// # Errors
///
/// When the picture has no area or too many pixels; the message names the format.
pub fn encode(
    drawing: &Drawing,
    fonts: &Fonts,
    formats: &[Format],
    dpi: f64,
) -> Result<Vec<(Format, Vec<u8>)>, String> {
    let (width, height) = drawing.size();
    let mut tree = None;
    let mut files = Vec::with_capacity(formats.len());
    for &format in formats {
        let bytes = match format {
            Format::Svg => svg::encode(drawing, fonts).into_bytes(),
            Format::Pdf => pdf::encode(parsed(&mut tree, drawing, fonts)?, width, height)?,
            Format::Png => png::encode(parsed(&mut tree, drawing, fonts)?, width, height, dpi)?,
        };
        files.push((format, bytes));
    }
    Ok(files)
}

/// The tree of a drawing, parsed when it is first needed.
fn parsed<'t>(
    tree: &'t mut Option<Tree>,
    drawing: &Drawing,
    fonts: &Fonts,
) -> Result<&'t Tree, String> {
    match tree {
        Some(tree) => Ok(tree),
        none => Ok(none.insert(drawing.tree(fonts)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_may_share_what_they_need() {
        fn shared<T: Send + Sync>() {}
        shared::<Fonts>();
        shared::<Drawing>();
        shared::<Tree>();
    }

    #[test]
    fn formats_are_written_in_lower_case() {
        for format in [Format::Pdf, Format::Png, Format::Svg] {
            let written = serde_json::to_string(&format).unwrap();
            assert_eq!(written, format!("\"{}\"", format.extension()));
            assert_eq!(serde_json::from_str::<Format>(&written).unwrap(), format);
        }
    }
}
