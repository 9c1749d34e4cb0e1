//! One drawing, encoded as SVG, PNG and PDF; many, as an animation.
//!
//! A figure draws on a [`Canvas`] in points (1/72 inch, y down from the top left corner) and gets
//! a [`Drawing`]. Text is set by ourselves from embedded fonts ([`Fonts`]), with mathematics
//! between dollar signs ([`tex`]), so that a figure knows how wide a label is before it places it
//! and every format shows the same glyphs in the same places.
//!
//! The SVG for users holds text as outlines and needs no font, or brings along what it uses of the
//! fonts. PNG and PDF are made from one parsed tree with real text, so that the text of the PDF can
//! be selected and its fonts are subset. Nothing here knows what a figure shows, and nothing reads
//! or writes files.
//!
//! Only `canvas` and `backend` know plotters; only `fonts`, `text` and `subset` know font formats.

mod backend;
mod canvas;
mod color;
mod dots;
mod drawing;
mod embedded;
mod fonts;
mod geometry;
mod outlines;
mod palette;
mod parser;
mod raster;
mod subset;
mod symbols;
mod text;

pub mod animation;
pub mod pdf;
pub mod png;
pub mod svg;
pub mod tex;

use resvg::usvg::Tree;
use serde::{Deserialize, Serialize};

pub use canvas::Canvas;
pub use color::Color;
pub use drawing::{Drawing, Mark, Painted};
pub use fonts::Fonts;
pub use geometry::{Anchor, Cap, Dash, Direction, Extent, Fill, Rect, Stroke, TextStyle, Weight};
pub use raster::{Resolution, pixels};
pub use svg::SvgText;

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
/// PNG has the `resolution`, text in SVG is set as `text` says.
///
/// # Errors
///
/// When the picture has no area or too many pixels; the message names the format.
pub fn encode(
    drawing: &Drawing,
    fonts: &Fonts,
    formats: &[Format],
    resolution: Resolution,
    text: SvgText,
) -> Result<Vec<(Format, Vec<u8>)>, String> {
    let mut tree = None;
    let mut files = Vec::with_capacity(formats.len());
    for &format in formats {
        let bytes = match format {
            Format::Svg => svg::encode(drawing, fonts, text).into_bytes(),
            Format::Pdf => pdf::encode(drawing, parsed(&mut tree, drawing, fonts)?)?,
            Format::Png => png::encode(drawing, parsed(&mut tree, drawing, fonts)?, resolution)?,
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
