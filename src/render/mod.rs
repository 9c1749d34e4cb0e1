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
pub mod carried;
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
pub mod hatch;
pub mod legibility;
pub mod pdf;
pub mod png;
pub mod svg;
pub mod tex;
pub mod vision;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use canvas::Canvas;
pub use color::Color;
pub use drawing::{Drawing, Mark, Painted};
pub use fonts::{Family, Fonts};
pub use geometry::{Anchor, Cap, Dash, Direction, Extent, Fill, Rect, Stroke, TextStyle, Weight};
pub use hatch::{Hatch, Pattern};
pub use raster::{MOST_PIXELS, Resolution, pixels};
pub use svg::SvgText;
pub use vision::Vision;

/// A file format of figures.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Deserialize,
    JsonSchema,
    Serialize,
    clap::ValueEnum,
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

    /// The name of its file of a picture called `stem`, with so many pixels in place of each.
    pub fn file(self, stem: &str, times: u32) -> String {
        let extension = self.extension();
        match times {
            1 => format!("{stem}.{extension}"),
            times => format!("{stem}_{times}x.{extension}"),
        }
    }

    /// The names of all its files of a picture called `stem`: PNG has one for each of `scales`.
    pub fn files(self, stem: &str, scales: &[u32]) -> Vec<String> {
        match self {
            Format::Png => scales.iter().map(|&times| self.file(stem, times)).collect(),
            format => vec![format.file(stem, 1)],
        }
    }
}

/// A drawing in a format.
pub struct Encoded {
    /// The format.
    pub format: Format,
    /// Of a PNG, how many pixels are in place of each at its `dpi`; else 1.
    pub times: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Encoded {
    /// The name of the file of a picture called `stem`.
    pub fn name(&self, stem: &str) -> String {
        self.format.file(stem, self.times)
    }
}

/// A drawing in each of `formats`, in their order; PNG in each of `resolutions`.
///
/// It is parsed once; text in SVG is set as `text` says.
///
/// # Errors
///
/// When the picture has no area or too many pixels; the message names the format.
pub fn encode(
    drawing: &Drawing,
    fonts: &Fonts,
    formats: &[Format],
    resolutions: &[Resolution],
    text: SvgText,
) -> Result<Vec<Encoded>, String> {
    let once = [Resolution::new(1.0)];
    let tasks: Vec<(Format, Resolution)> = formats
        .iter()
        .flat_map(|&format| {
            let each = if format == Format::Png { resolutions } else { &once };
            each.iter().map(move |&resolution| (format, resolution))
        })
        .collect();
    let tree = match formats {
        [] | [Format::Svg] => None,
        _ => Some(drawing.tree(fonts)?),
    };
    let encode = |(format, resolution): (Format, Resolution)| {
        let bytes = match (format, &tree) {
            (Format::Pdf, Some(tree)) => pdf::encode(drawing, tree)?,
            (Format::Png, Some(tree)) => png::encode(drawing, tree, resolution)?,
            // The only one that needs no tree.
            (Format::Svg, _) | (_, None) => svg::encode(drawing, fonts, text).into_bytes(),
        };
        Ok(Encoded { format, times: resolution.times, bytes })
    };
    tasks.into_par_iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::usvg::Tree;

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
