//! Animations: frames one after the other, again and again, as GIF and as animated PNG.
//!
//! Each frame after the first holds only the rectangle in which it differs from the one before, and
//! in it only the pixels that differ: the others are transparent, which halves an animated PNG.
//! An animated PNG has the exact pixels; a GIF has 255 colours for all frames, without dither:
//! figures have few colours, and dither makes flat areas dirty and files large.

use gif::{DisposalMethod, Encoder, Repeat};
use image::RgbImage;
use png::{BitDepth, BlendOp, ColorType, DisposeOp, EncodingError};

use super::palette::Palette;
use super::png::{carry, compress};
use super::raster::{self, Resolution};
use super::{Drawing, Fonts, carried};

/// A picture and how long it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The picture.
    pub pixels: RgbImage,
    /// How long it is shown. A GIF counts in hundredths of a second.
    pub milliseconds: u32,
}

/// A drawing as the picture of a frame.
///
/// # Errors
///
/// When the drawing has no area, no pixel, or more than memory holds.
pub fn pixels(drawing: &Drawing, fonts: &Fonts, dpi: f64) -> Result<RgbImage, String> {
    raster::pixels(&drawing.tree(fonts)?, drawing.size(), Resolution::new(dpi))
}

/// The frames as a GIF that begins again after the last; it carries what it was made from, if that
/// is not empty, as a comment.
///
/// # Errors
///
/// When there is no frame, when frames differ in size, or when they are larger than the format
/// allows.
pub fn gif(frames: &[Frame], provenance: &str) -> Result<Vec<u8>, String> {
    let (columns, rows) = size(frames)?;
    let failed = |reason: &dyn std::fmt::Display| {
        format!("cannot encode a GIF of {columns} x {rows} pixels: {reason}")
    };
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| failed(&format!("a side is longer than {}", u16::MAX)))
    };
    let (width, height) = (side(columns)?, side(rows)?);
    let palette = Palette::of(frames.iter().map(|frame| frame.pixels.as_raw().as_slice()), 255);
    let mut colors = palette.colors.concat();
    // The place after the last colour stands for what was there before.
    let transparent = u8::try_from(palette.colors.len()).unwrap_or(u8::MAX);
    colors.extend([0; 3]);
    let mut file = Vec::new();
    let mut encoder =
        Encoder::new(&mut file, width, height, &colors).map_err(|error| failed(&error))?;
    encoder.set_repeat(Repeat::Infinite).map_err(|error| failed(&error))?;
    if !provenance.is_empty() {
        let comment = carried::comment(provenance);
        let blocks: Vec<&[u8]> = comment.as_bytes().chunks(usize::from(u8::MAX)).collect();
        let kind = gif::Extension::Comment.into();
        encoder.write_raw_extension(kind, &blocks).map_err(|error| failed(&error))?;
    }
    let mut before: Option<Vec<u8>> = None;
    let (mut elapsed, mut shown) = (0, 0);
    for frame in frames {
        let after = palette.places(&frame.pixels);
        let (area, buffer) = match &before {
            None => (Area { left: 0, top: 0, columns, rows }, after.clone()),
            Some(before) => {
                let area = Area::changed(before, &after, columns);
                let news = area.news(before, &after, columns);
                (area, news.map(|place| place.unwrap_or(transparent)).collect())
            }
        };
        // Rounding the times at which frames end, not how long they last, keeps their sum.
        elapsed += u64::from(frame.milliseconds);
        let delay = (elapsed + 5) / 10 - shown;
        shown += delay;
        let narrow = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
        encoder
            .write_frame(&gif::Frame {
                delay: u16::try_from(delay).unwrap_or(u16::MAX),
                dispose: DisposalMethod::Keep,
                transparent: before.is_some().then_some(transparent),
                left: narrow(area.left),
                top: narrow(area.top),
                width: narrow(area.columns),
                height: narrow(area.rows),
                buffer: buffer.into(),
                ..gif::Frame::default()
            })
            .map_err(|error| failed(&error))?;
        before = Some(after);
    }
    encoder.into_inner().map_err(|error| failed(&error))?;
    Ok(file)
}

/// The frames as an animated PNG that begins again after the last; a viewer that knows no
/// animations shows the first. It carries what it was made from, if that is not empty, as a text.
///
/// # Errors
///
/// When there is no frame, or when frames differ in size.
pub fn apng(frames: &[Frame], provenance: &str) -> Result<Vec<u8>, String> {
    let (columns, rows) = size(frames)?;
    let mut file = Vec::new();
    write_apng(frames, provenance, (columns, rows), &mut file).map_err(|error| {
        format!("cannot encode an animated PNG of {columns} x {rows} pixels: {error}")
    })?;
    Ok(file)
}

fn write_apng(
    frames: &[Frame],
    provenance: &str,
    (columns, rows): (u32, u32),
    file: &mut Vec<u8>,
) -> Result<(), EncodingError> {
    let mut encoder = png::Encoder::new(file, columns, rows);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    compress(&mut encoder);
    encoder.set_animated(u32::try_from(frames.len()).unwrap_or(u32::MAX), 0)?;
    encoder.set_blend_op(BlendOp::Over)?;
    encoder.set_dispose_op(DisposeOp::None)?;
    let mut writer = encoder.write_header()?;
    carry(&mut writer, provenance)?;
    let mut before: Option<&[[u8; 3]]> = None;
    for frame in frames {
        let after = frame.pixels.as_chunks::<3>().0;
        let opaque = |&[r, g, b]: &[u8; 3]| [r, g, b, 255];
        let (area, pixels): (_, Vec<[u8; 4]>) = match before {
            None => (Area { left: 0, top: 0, columns, rows }, after.iter().map(opaque).collect()),
            Some(before) => {
                let area = Area::changed(before, after, columns);
                let news = area.news(before, after, columns);
                (area, news.map(|pixel| pixel.as_ref().map_or([0; 4], opaque)).collect())
            }
        };
        // The writer compares each size with the place that is set.
        writer.reset_frame_position()?;
        writer.set_frame_dimension(area.columns, area.rows)?;
        writer.set_frame_position(area.left, area.top)?;
        let (time, parts) = delay(frame.milliseconds);
        writer.set_frame_delay(time, parts)?;
        writer.write_image_data(pixels.as_flattened())?;
        before = Some(after);
    }
    writer.finish()
}

/// A time as a fraction of a second in two numbers of 16 bits: to a thousandth up to a minute, to
/// a tenth up to almost two hours, and no longer.
fn delay(milliseconds: u32) -> (u16, u16) {
    match u16::try_from(milliseconds) {
        Ok(time) => (time, 1000),
        Err(_) => (u16::try_from(milliseconds.saturating_add(50) / 100).unwrap_or(u16::MAX), 10),
    }
}

/// Columns and rows of all frames.
fn size(frames: &[Frame]) -> Result<(u32, u32), String> {
    let first = frames.first().ok_or("an animation needs a frame")?.pixels.dimensions();
    if first.0 == 0 || first.1 == 0 {
        return Err("the frames of an animation need pixels".to_owned());
    }
    match frames.iter().map(|frame| frame.pixels.dimensions()).find(|&other| other != first) {
        None => Ok(first),
        Some(other) => Err(format!(
            "frames of an animation differ in size: {} x {} and {} x {} pixels",
            first.0, first.1, other.0, other.1
        )),
    }
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Area {
    left: u32,
    top: u32,
    columns: u32,
    rows: u32,
}

impl Area {
    /// The smallest rectangle outside of which no pixel has changed; one pixel if none has: a frame
    /// cannot be empty.
    fn changed<P: PartialEq>(before: &[P], after: &[P], columns: u32) -> Area {
        let mut bounds: Option<[usize; 4]> = None;
        let stride = columns as usize;
        for (row, (a, b)) in before.chunks(stride).zip(after.chunks(stride)).enumerate() {
            let differs = |(a, b): (&P, &P)| a != b;
            let Some(first) = a.iter().zip(b).position(differs) else { continue };
            let last = a.iter().zip(b).rposition(differs).unwrap_or(first);
            let [left, top, right, _] = bounds.unwrap_or([usize::MAX, row, 0, row]);
            bounds = Some([left.min(first), top, right.max(last), row]);
        }
        let [left, top, right, bottom] = bounds.unwrap_or([0; 4]).map(|pixel| pixel as u32);
        Area { left, top, columns: right - left + 1, rows: bottom - top + 1 }
    }

    /// Its pixels, row by row; nothing for one that is as before.
    fn news<'p, P: PartialEq + Copy>(
        self,
        before: &'p [P],
        after: &'p [P],
        columns: u32,
    ) -> impl Iterator<Item = Option<P>> + 'p {
        let stride = columns as usize;
        let (left, right) = (self.left as usize, (self.left + self.columns) as usize);
        let rows = before.chunks(stride).zip(after.chunks(stride));
        let rows = rows.skip(self.top as usize).take(self.rows as usize);
        rows.flat_map(move |(before, after)| before[left..right].iter().zip(&after[left..right]))
            .map(|(before, after)| (before != after).then_some(*after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changed_area_holds_all_changes_and_nothing_else() {
        let before = [0; 4 * 3];
        let mut after = before;
        let area = Area::changed(&before, &after, 4);
        assert_eq!(area, Area { left: 0, top: 0, columns: 1, rows: 1 });
        assert!(area.news(&before, &after, 4).eq([None]));
        (after[6], after[9]) = (1, 2);
        let area = Area::changed(&before, &after, 4);
        assert_eq!(area, Area { left: 1, top: 1, columns: 2, rows: 2 });
        assert!(area.news(&before, &after, 4).eq([None, Some(1), Some(2), None]));
    }

    #[test]
    fn delays_fit_into_their_fields() {
        for (milliseconds, fraction) in [
            (0, (0, 1000)),
            (40, (40, 1000)),
            (65_535, (65_535, 1000)),
            (65_560, (656, 10)),
            (u32::MAX, (65_535, 10)),
        ] {
            assert_eq!(delay(milliseconds), fraction);
        }
    }
}
