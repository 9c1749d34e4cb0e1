//! Faces with nothing but the glyphs that a picture uses, for SVG with live text.
//!
//! Unlike the fonts of a PDF, which is told which glyph goes where, a face that a browser sets text
//! in needs its table of characters, its kerning and its ligatures.

use std::collections::{BTreeMap, BTreeSet};

use read_fonts::collections::IntSet;
use read_fonts::types::{GlyphId, NameId, Tag};
use read_fonts::{FontRef, TableProvider};
use skera::{DEFAULT_LAYOUT_FEATURES, Plan, SubsetFlags, subset_font};

use super::Fonts;
use super::drawing::{Drawing, Item};
use super::fonts::FaceId;

/// Forms of single languages: the language of the page that a figure stands in must not change the
/// figure. All else that shapers apply to text by themselves is kept.
const LOCAL_FORMS: Tag = Tag::new(b"locl");

/// What is kept of what the font says of itself: its makers, its name, where its licence is.
const NAMES: [NameId; 5] = [
    NameId::COPYRIGHT_NOTICE,
    NameId::FAMILY_NAME,
    NameId::SUBFAMILY_NAME,
    NameId::POSTSCRIPT_NAME,
    NameId::LICENSE_URL,
];

/// The language of the names that are kept.
const ENGLISH: u16 = 0x409;

/// What texts need of a face.
#[derive(Debug, Default)]
struct Used {
    characters: BTreeSet<char>,
    glyphs: BTreeSet<u16>,
}

/// The faces that a drawing uses, each with what it uses of them. A face that cannot be cut down,
/// because its outlines are not of TrueType, is not among them.
pub(super) fn subsets(drawing: &Drawing, fonts: &Fonts) -> BTreeMap<FaceId, Vec<u8>> {
    let mut used: BTreeMap<FaceId, Used> = BTreeMap::new();
    for item in &drawing.items {
        let Item::Text(text) = item else { continue };
        for run in &text.layout.runs {
            let used = used.entry(run.face).or_default();
            used.characters.extend(run.text.chars());
            used.glyphs.extend(run.shaped.glyphs.iter().map(|glyph| glyph.id));
        }
    }
    (used.into_iter())
        .filter_map(|(face, used)| Some((face, subset(fonts.bytes(face), &used)?)))
        .collect()
}

fn subset(face: &[u8], used: &Used) -> Option<Vec<u8>> {
    let font = FontRef::new(face).ok()?;
    font.glyf().ok()?;
    let plan = Plan::new(
        &used.glyphs.iter().map(|&glyph| GlyphId::from(glyph)).collect(),
        &used.characters.iter().map(|&c| u32::from(c)).collect(),
        &font,
        // Text in pictures is scaled freely, so browsers do not use the hints.
        SubsetFlags::SUBSET_FLAGS_NO_HINTING,
        &IntSet::empty(),
        &IntSet::all(),
        &DEFAULT_LAYOUT_FEATURES.iter().copied().filter(|&tag| tag != LOCAL_FORMS).collect(),
        &NAMES.into_iter().collect(),
        &[ENGLISH].into_iter().collect(),
    );
    subset_font(&font, &plan).ok()
}

#[cfg(test)]
mod tests {
    use rustybuzz::ttf_parser::{self, GlyphId, OutlineBuilder};
    use rustybuzz::{Direction, Face, UnicodeBuffer};

    use super::*;
    use crate::render::{Canvas, Color, TextStyle};

    /// Kerning, ligatures, marks that join their letters, scripts that run the other way.
    const LINES: [&str; 9] = [
        "AVAVA Type, office, fit, flow: 0123456789",
        "$q(\\mu_k) = \\mathcal{N}(\\mu_k \\mid m_k, s_k^2)$, $\\hat x$",
        "e\u{301} i\u{307} i\u{302} x\u{302} o\u{308}\u{301} \u{e9}",
        "1\u{2044}2 ½ − – — … ‘a’ “b”",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
        "\u{633}\u{644}\u{627}\u{645}",
        "ἀνήρ Ὦ",
        "й ё Ў",
        "a\u{200b}b\u{ad}c\u{2009}d",
    ];

    #[derive(Default, PartialEq, Debug)]
    struct Path(Vec<f32>);

    impl OutlineBuilder for Path {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.extend([0.0, x, y]);
        }
        fn line_to(&mut self, x: f32, y: f32) {
            self.0.extend([1.0, x, y]);
        }
        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            self.0.extend([2.0, x1, y1, x, y]);
        }
        fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
            self.0.extend([3.0, x1, y1, x2, y2, x, y]);
        }
        fn close(&mut self) {
            self.0.push(4.0);
        }
    }

    /// The glyphs of a text from left to right: their advance, place and outline.
    fn set(face: &Face, text: &str) -> Vec<([i32; 3], Path)> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        let set = glyphs.map(|(info, position)| {
            let mut path = Path::default();
            face.outline_glyph(GlyphId(info.glyph_id as u16), &mut path);
            ([position.x_advance, position.x_offset, position.y_offset], path)
        });
        set.collect()
    }

    #[test]
    fn what_is_left_of_a_face_sets_the_same_text() {
        let fonts = Fonts::embedded();
        for line in LINES {
            let mut canvas = Canvas::new(&fonts, 400.0, 100.0, Color::WHITE, "f");
            canvas.text((10.0, 50.0), line, &TextStyle::new(12.0, Color::BLACK));
            canvas.text((10.0, 80.0), line, &TextStyle::new(12.0, Color::BLACK).bold());
            let drawing = canvas.finish();
            let faces = subsets(&drawing, &fonts);
            let mut runs = 0;
            for item in &drawing.items {
                let Item::Text(text) = item else { continue };
                for run in &text.layout.runs {
                    let whole = Face::from_slice(fonts.bytes(run.face), 0).unwrap();
                    let part = Face::from_slice(&faces[&run.face], 0).unwrap();
                    assert_eq!(part.units_per_em(), whole.units_per_em());
                    assert_eq!(set(&part, &run.text), set(&whole, &run.text), "{line}");
                    runs += 1;
                }
            }
            assert!(runs >= 2);
        }
    }

    #[test]
    fn what_is_left_of_a_face_is_small_and_names_its_makers() {
        let fonts = Fonts::embedded();
        let mut canvas = Canvas::new(&fonts, 400.0, 100.0, Color::WHITE, "f");
        canvas.text((10.0, 50.0), LINES[0], &TextStyle::new(12.0, Color::BLACK));
        let faces = subsets(&canvas.finish(), &fonts);
        assert_eq!(faces.len(), 1);
        let bytes = &faces[&FaceId::Sans];
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        let face = ttf_parser::Face::parse(bytes, 0).unwrap();
        assert!(face.number_of_glyphs() < 60, "{}", face.number_of_glyphs());
        let names: Vec<_> = face.names().into_iter().filter_map(|name| name.to_string()).collect();
        assert!(names.iter().any(|name| name.contains("Copyright")), "{names:?}");
    }

    #[test]
    fn what_is_no_font_has_no_part() {
        assert!(subset(b"no font", &Used::default()).is_none());
        assert!(subset(&[], &Used::default()).is_none());
    }
}
