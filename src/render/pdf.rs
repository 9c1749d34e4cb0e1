//! PDF: the picture as one page of vectors and live text.

use krilla::geom::Size;
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg;

/// The tree as a PDF of one page of `width` by `height` points.
///
/// Text is text in subset fonts. The file names no date, no host and no program, so the same
/// picture gives the same bytes.
///
/// # Errors
///
/// When the page has no area or the fonts cannot be embedded.
pub fn encode(tree: &usvg::Tree, width: f64, height: f64) -> Result<Vec<u8>, String> {
    let (width, height) = (width as f32, height as f32);
    let failed = || format!("a PDF page of {width} x {height} points cannot be made");
    let settings = PageSettings::from_wh(width, height).ok_or_else(failed)?;
    let size = Size::from_wh(width, height).ok_or_else(failed)?;
    let mut document = Document::new_with(SerializeSettings {
        xmp_metadata: false,
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    surface.draw_svg(tree, size, SvgSettings::default()).ok_or_else(failed)?;
    surface.finish();
    page.finish();
    document.finish().map_err(|error| format!("cannot encode a PDF: {error:?}"))
}
