//! How large figures are: in inches, in type and in pixels.

use std::ops::Range;

use toml::Spanned;

use super::page::Page;
use super::raw::{self, Raw};
use crate::diagnostic::Problems;
use crate::render::{self, Format};

/// How large type is shown, as a multiple of what it is on a wide slide.
pub(super) fn type_scale(output: &raw::Output, page: Page, problems: &mut Problems) -> f64 {
    let Some(size) = &output.type_size else { return page.scale };
    if !(6.0..=30.0).contains(size.get_ref()) {
        problems
            .at_value(
                size.span(),
                format!("`type_size` must be from 6 to 30 points, but is {}", size.get_ref()),
            )
            .hint("labels of slides need 9 points or more");
        return page.scale;
    }
    size.get_ref() / crate::figure::style::size::LABEL
}

/// Everything in a figure must have room in its size.
pub(super) fn check_room(
    node: &raw::Figure,
    size: [f64; 2],
    least: [f64; 2],
    type_scale: f64,
    problems: &mut Problems,
) {
    let written = node.size.as_ref().map(Spanned::span).or(node.width.as_ref().map(Spanned::span));
    let Some(span) = written else { return };
    if size[0] < least[0] || size[1] < least[1] {
        let [width, height] = size.map(|s| hundredths(s * type_scale));
        let [least_width, least_height] = least.map(|l| (l * type_scale * 10.0).ceil() / 10.0);
        problems
            .at_value(
                span,
                format!("{width} x {height} inches have no room for what this figure shows"),
            )
            .hint(format!("write at least `size = [{least_width}, {least_height}]`"));
    }
}

/// A PNG must fit the memory.
pub(super) fn check_pixels(
    raw: &Raw,
    formats: &[Format],
    size: [f64; 2],
    scales: &[u32],
    name: Range<usize>,
    problems: &mut Problems,
) {
    let dpi = raw.output.dpi.as_ref();
    let scale = f64::from(scales.iter().copied().max().unwrap_or(1));
    let [width, height] =
        size.map(|inches| (inches * dpi.map_or(200.0, |d| *d.get_ref()) * scale).round());
    if formats.contains(&Format::Png) && width * height > render::MOST_PIXELS {
        problems
            .at_value(
                dpi.map_or(name, Spanned::span),
                format!("a PNG of {width} x {height} pixels is too large"),
            )
            .hint("write a smaller `dpi` or `png_scales`, or a smaller figure");
    }
}

/// Width and height in inches, if the figure says; the outer `None` if it is wrong.
pub(super) fn size(
    figure: &raw::Figure,
    page: Page,
    type_scale: f64,
    problems: &mut Problems,
) -> Option<Option<[f64; 2]>> {
    let [most_width, most_height] = page.inches;
    if let Some(width) = &figure.width {
        if let Some(size) = &figure.size {
            problems
                .at_value(size.span(), "`size` and `width` both say how wide the figure is")
                .hint("leave one of them out");
            return None;
        }
        if !(0.1..=1.0).contains(width.get_ref()) {
            problems
                .at_value(
                    width.span(),
                    format!("`width` must be from 0.1 to 1, but is {}", width.get_ref()),
                )
                .hint("it is a share of the page's width; write `size` for inches");
            return None;
        }
        return Some(None);
    }
    let Some(size) = &figure.size else { return Some(None) };
    let values: Vec<f64> = size.get_ref().iter().map(|l| l.get_ref().0).collect();
    let [width, height] = values[..] else {
        problems
            .at_value(
                size.span(),
                format!("`size` must be a width and a height, but has length {}", values.len()),
            )
            .hint("write `size = [10, 4]`, in inches");
        return None;
    };
    let [least_width, least_height] = [2.0 * type_scale, 1.5 * type_scale];
    let good = (least_width..=most_width).contains(&width)
        && (least_height..=most_height).contains(&height);
    if !good {
        let [width, height, least_width, least_height, most_width, most_height] =
            [width, height, least_width, least_height, most_width, most_height].map(hundredths);
        problems
            .at(size.span(), format!("a figure of {width} x {height} inches does not fit the page"))
            .hint(format!(
                "write a width from {least_width} to {most_width} and a height from \
                 {least_height} to {most_height} inches"
            ));
    }
    good.then_some(Some([width, height]))
}

/// A length for a message.
fn hundredths(inches: f64) -> f64 {
    (inches * 100.0).round() / 100.0
}

/// The size of a figure that does not say: as its kind has it, no larger than the page; with a
/// `width`, as wide as that and as high as keeps its proportions.
pub(super) fn fitted(
    node: &raw::Figure,
    default: [f64; 2],
    page: Page,
    type_scale: f64,
) -> [f64; 2] {
    let [width, height] = default.map(|length| length * type_scale);
    match &node.width {
        None => [width.min(page.inches[0]), height.min(page.inches[1])],
        Some(share) => {
            let shown = share.get_ref() * page.inches[0];
            // A narrower figure is not as much lower, because its text is as large as before.
            let lower = if shown < width { (shown / width).sqrt() } else { shown / width };
            [shown, (height * lower).min(page.inches[1])]
        }
    }
}

/// The multiples of `dpi` at which PNG is written.
pub(super) fn png_scales(output: &raw::Output, problems: &mut Problems) -> Vec<u32> {
    let Some(written) = &output.png_scales else { return vec![1] };
    let mut scales = Vec::new();
    for scale in written.get_ref() {
        if !(1..=4).contains(scale.get_ref()) || scales.contains(scale.get_ref()) {
            problems
                .at_value(
                    scale.span(),
                    format!(
                        "`png_scales` has {}, which is not 1 to 4, or is there twice",
                        scale.get_ref()
                    ),
                )
                .hint("write `png_scales = [1, 2]`");
        }
        scales.push(*scale.get_ref());
    }
    if scales.is_empty() {
        problems.at_value(written.span(), "no scale is named").hint("write `png_scales = [1]`");
    }
    scales
}
