//! Text as outlines in the SVG for users: each glyph defined once and used where it stands.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Fonts;
use super::drawing::Text;
use super::fonts::FaceId;
use super::svg::{decimal, escape, place, rules};

/// Path data of the glyphs that are used.
pub(super) type Glyphs = BTreeMap<(FaceId, u16), String>;

/// The definitions of the glyphs.
pub(super) fn definitions(glyphs: &Glyphs, prefix: &str) -> String {
    let mut defs = String::new();
    for ((face, glyph), outline) in glyphs.iter().filter(|(_, outline)| !outline.is_empty()) {
        let name = face.name();
        let _ = writeln!(defs, "<path id=\"{prefix}--{name}{glyph}\" d=\"{outline}\"/>");
    }
    defs
}

/// A line of text, its words as a label.
pub(super) fn words(
    text: &Text,
    fonts: &Fonts,
    prefix: &str,
    glyphs: &mut Glyphs,
    body: &mut String,
) {
    let _ = write!(body, "<g role=\"img\" aria-label=\"{}\"", escape(&text.label));
    place(text, body);
    for run in &text.layout.runs {
        body.push_str("<g transform=\"");
        if run.x != 0.0 || run.y != 0.0 {
            let _ = write!(body, "translate({} {})", decimal(run.x, 3), decimal(run.y, 3));
        }
        let _ = write!(body, "scale({})\">", decimal(fonts.scale(run.face, run.size), 9));
        let name = run.face.name();
        for glyph in &run.shaped.glyphs {
            let outline = glyphs
                .entry((run.face, glyph.id))
                .or_insert_with(|| fonts.outline(run.face, glyph.id));
            if outline.is_empty() {
                continue;
            }
            let _ = write!(body, "<use xlink:href=\"#{prefix}--{name}{}\"", glyph.id);
            if glyph.x != 0 {
                let _ = write!(body, " x=\"{}\"", glyph.x);
            }
            if glyph.y != 0 {
                let _ = write!(body, " y=\"{}\"", -glyph.y);
            }
            body.push_str("/>");
        }
        body.push_str("</g>");
    }
    rules(text, body);
    body.push_str("</g>\n");
}
