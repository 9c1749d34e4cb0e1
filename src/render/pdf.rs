//! PDF: the picture as one page of vectors and live text, with what it shows.

mod xmp;

use krilla::geom::Size;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg::Tree;

use super::Drawing;

/// The tree of a drawing as a PDF of one page of the drawing's size.
///
/// Text is text in subset fonts. The drawing's title and description are the document's title and
/// subject, where they are not empty. The file names no date, no host and no program, so the same
/// picture gives the same bytes.
///
/// # Errors
///
/// When the page has no area or the fonts cannot be embedded.
pub fn encode(drawing: &Drawing, tree: &Tree) -> Result<Vec<u8>, String> {
    let (width, height) = drawing.size();
    let (width, height) = (width as f32, height as f32);
    let failed = || format!("a PDF page of {width} x {height} points cannot be made");
    let settings = PageSettings::from_wh(width, height).ok_or_else(failed)?;
    let size = Size::from_wh(width, height).ok_or_else(failed)?;
    let mut document = Document::new_with(SerializeSettings {
        xmp_metadata: false,
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    // It leaves empty texts out by itself.
    document.set_metadata(
        Metadata::new()
            .title(drawing.title.clone())
            .description(drawing.description.clone())
            .language("en".to_owned()),
    );
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    surface.draw_svg(tree, size, SvgSettings::default()).ok_or_else(failed)?;
    surface.finish();
    page.finish();
    let file = document.finish().map_err(|error| format!("cannot encode a PDF: {error:?}"))?;
    match drawing.provenance.as_str() {
        "" => Ok(file),
        provenance => xmp::append(file, provenance),
    }
}
