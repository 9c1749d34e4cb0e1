//! Pictures pixel by pixel, as an eye sees them.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

use super::Result;

/// A channel of 0 to 255 may differ by this much.
const CHANNEL: u8 = 8;
/// So large a share of the pixels may differ by more: the edge of a line that moved by a last bit.
const SHARE: f64 = 2e-5;

/// Bytes that reading a picture may take beside its pixels.
const BESIDE: u64 = 16 << 20;

fn reader(bytes: &[u8]) -> image::ImageReader<Cursor<&[u8]>> {
    image::ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png)
}

/// Width and height as the file states them.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut reader = reader(bytes);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(BESIDE);
    reader.limits(limits);
    reader.into_dimensions().ok()
}

fn read(bytes: &[u8]) -> Option<RgbImage> {
    let (width, height) = size(bytes)?;
    let mut reader = reader(bytes);
    let mut limits = image::Limits::default();
    // No larger picture is made.
    limits.max_image_width = Some(20_000);
    limits.max_image_height = Some(20_000);
    // A pixel takes no more than eight bytes.
    limits.max_alloc = Some(8 * u64::from(width) * u64::from(height) + BESIDE);
    reader.limits(limits);
    reader.decode().ok().map(image::DynamicImage::into_rgb8)
}

/// Compares two PNG files.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let wrong = |what: &str| Err(vec![what.to_owned()]);
    let unreadable = || wrong("the file is no PNG that can be read");
    // What only says that it is large is not unpacked.
    let Some((w, h)) = size(actual) else { return unreadable() };
    let Some((x, y)) = size(expected) else { return wrong("the picture cannot be read") };
    if (x, y) != (w, h) {
        return Err(vec![format!("size: {w} x {h} pixels -> {x} x {y}")]);
    }
    let Some(actual) = read(actual) else { return unreadable() };
    let Some(expected) = read(expected) else { return wrong("the picture cannot be read") };
    let pairs = || expected.pixels().zip(actual.pixels()).map(|(a, b)| distance(a.0, b.0));
    let count = pairs().filter(|d| *d > CHANNEL).count();
    let share = count as f64 / pairs().count().max(1) as f64;
    let most = pairs().max().unwrap_or(0);
    if share > SHARE {
        let percent = 100.0 * share;
        return Err(vec![format!("{percent:.2} % of the pixels differ, by up to {most} of 255")]);
    }
    Ok(0.0)
}

/// By how much two colours differ in the channel in which they differ most.
fn distance(a: [u8; 3], b: [u8; 3]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}

/// A picture of where two PNG files differ: white where they are the same, darker where they differ
/// more; `None` if they cannot be laid over each other.
pub fn difference(expected: &[u8], actual: &[u8]) -> Option<Vec<u8>> {
    if size(expected)? != size(actual)? {
        return None;
    }
    let (expected, actual) = (read(expected)?, read(actual)?);
    let (width, height) = expected.dimensions();
    let shade = |x, y| {
        let d = distance(expected.get_pixel(x, y).0, actual.get_pixel(x, y).0);
        let light = if d == 0 { 255 } else { 170_u8.saturating_sub(d / 3 * 2) };
        image::Rgb(if d == 0 { [255; 3] } else { [200, light / 2, light / 2] })
    };
    let picture = RgbImage::from_fn(width, height, shade);
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).ok()?;
    Some(file.into_inner())
}
