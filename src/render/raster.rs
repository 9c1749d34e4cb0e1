//! A picture as opaque pixels, for PNG and for the frames of animations.

use image::RgbImage;
use resvg::{tiny_skia, usvg};

/// Points per inch.
const POINTS: f64 = 72.0;

/// The pixels of one picture stay below 1.6 GB.
pub const MOST_PIXELS: f64 = 4.0e8;

/// How many pixels an inch has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// Pixels per inch of the picture shown once as large.
    pub dpi: f64,
    /// Pixels in place of each of those, across and down: a picture for a screen of twice the
    /// resolution has exactly twice the columns, which twice the `dpi`, rounded, may miss by one.
    pub times: u32,
}

impl Resolution {
    /// So many pixels per inch.
    pub const fn new(dpi: f64) -> Resolution {
        Resolution { dpi, times: 1 }
    }

    /// The same with so many pixels in place of each, across and down.
    pub const fn times(self, times: u32) -> Resolution {
        Resolution { times, ..self }
    }

    /// Pixels per inch.
    pub(super) fn density(self) -> f64 {
        self.dpi * f64::from(self.times)
    }
}

/// The tree as pixels, as many as `width` and `height` in points are at a resolution.
///
/// # Errors
///
/// When there is no pixel, or more than memory holds.
pub fn pixels(
    tree: &usvg::Tree,
    (width, height): (f64, f64),
    resolution: Resolution,
) -> Result<RgbImage, String> {
    let count =
        |points: f64| (points / POINTS * resolution.dpi).round() * f64::from(resolution.times);
    let (columns, rows) = (count(width), count(height));
    let failed = || format!("a picture of {columns} x {rows} pixels cannot be made");
    if !(columns >= 1.0 && rows >= 1.0 && columns * rows <= MOST_PIXELS) {
        return Err(failed());
    }
    let size = tree.size();
    let transform = tiny_skia::Transform::from_scale(
        columns as f32 / size.width(),
        rows as f32 / size.height(),
    );
    let (columns, rows) = (columns as u32, rows as u32);
    let mut pixmap = tiny_skia::Pixmap::new(columns, rows).ok_or_else(failed)?;
    // The picture has a background of its own; this only makes sure of opaque pixels.
    pixmap.fill(tiny_skia::Color::WHITE);
    resvg::render(tree, transform, &mut pixmap.as_mut());
    let rgb = pixmap.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    RgbImage::from_raw(columns, rows, rgb).ok_or_else(failed)
}
