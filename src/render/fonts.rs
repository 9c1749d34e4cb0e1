//! The embedded fonts: which glyph a character has, and how wide it is.
//!
//! All faces are of the DejaVu family (bundled by the `dejavu` crate), never of the system.
//! Calligraphic letters are set in DejaVu Serif Italic: the family's script capitals are in a face
//! that the crate does not give access to, and the sans has eight of them only.

use std::sync::Arc;

use resvg::usvg::{self, fontdb};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{Direction, Face, UnicodeBuffer};

use super::tex::{self, RichText, Shape, TexError};
use super::text::{self, Layout};
use super::{Extent, TextStyle, Weight};

/// The faces that text is set in, parsed once per run and shared by all figures.
pub struct Fonts {
    faces: Vec<Face<'static>>,
    database: Arc<fontdb::Database>,
    ids: Vec<fontdb::ID>,
}

/// One of the embedded faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaceId {
    Regular,
    Bold,
    Oblique,
    BoldOblique,
    Script,
    BoldScript,
}

impl FaceId {
    /// All faces, in the order of the enum.
    const ALL: [FaceId; 6] = [
        FaceId::Regular,
        FaceId::Bold,
        FaceId::Oblique,
        FaceId::BoldOblique,
        FaceId::Script,
        FaceId::BoldScript,
    ];

    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            FaceId::Regular => dejavu::sans::regular(),
            FaceId::Bold => dejavu::sans::bold(),
            FaceId::Oblique => dejavu::sans::oblique(),
            FaceId::BoldOblique => dejavu::sans::bold_oblique(),
            FaceId::Script => dejavu::serif::italic(),
            FaceId::BoldScript => dejavu::serif::bold_italic(),
        }
    }

    /// The face of a shape in text of a weight.
    pub(super) fn of(shape: Shape, weight: Weight) -> FaceId {
        match (shape, weight) {
            (Shape::Upright, Weight::Regular) => FaceId::Regular,
            (Shape::Upright, Weight::Bold) | (Shape::Bold, _) => FaceId::Bold,
            (Shape::Italic, Weight::Regular) => FaceId::Oblique,
            (Shape::Italic, Weight::Bold) => FaceId::BoldOblique,
            (Shape::Script, Weight::Regular) => FaceId::Script,
            (Shape::Script, Weight::Bold) => FaceId::BoldScript,
        }
    }

    /// The upright face of the same weight, for characters that a leaning face lacks.
    fn upright(self) -> FaceId {
        match self {
            FaceId::Regular | FaceId::Oblique | FaceId::Script => FaceId::Regular,
            FaceId::Bold | FaceId::BoldOblique | FaceId::BoldScript => FaceId::Bold,
        }
    }

    /// A short name for ids and for the family in the SVG that we parse ourselves.
    pub(super) fn name(self) -> &'static str {
        match self {
            FaceId::Regular => "r",
            FaceId::Bold => "b",
            FaceId::Oblique => "o",
            FaceId::BoldOblique => "bo",
            FaceId::Script => "s",
            FaceId::BoldScript => "bs",
        }
    }
}

/// One glyph of a run; lengths in font units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// Its number in the face.
    pub(super) id: u16,
    /// From the start of the run to its origin.
    pub(super) x: i32,
    /// From the baseline up to its origin.
    pub(super) y: i32,
}

/// Glyphs side by side, and the sum of their advances in font units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shaped {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) advance: i32,
}

/// The ink of glyphs in font units, y up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ink {
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) right: f64,
    pub(super) top: f64,
}

impl Ink {
    /// The smallest box that holds both.
    pub(super) fn union(self, other: Ink) -> Ink {
        Ink {
            left: self.left.min(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
        }
    }
}

impl Fonts {
    /// The embedded fonts.
    #[expect(clippy::expect_used, reason = "the bytes are compiled in; a test opens each face")]
    pub fn embedded() -> Fonts {
        let mut database = fontdb::Database::new();
        let mut faces = Vec::with_capacity(FaceId::ALL.len());
        let mut ids = Vec::with_capacity(FaceId::ALL.len());
        for face in FaceId::ALL {
            let bytes = face.bytes();
            faces.push(Face::from_slice(bytes, 0).expect("an embedded font is a font"));
            ids.extend(database.load_font_source(fontdb::Source::Binary(Arc::new(bytes))));
        }
        Fonts { faces, database: Arc::new(database), ids }
    }

    /// Reads a text and makes sure that every character of it can be drawn.
    ///
    /// # Errors
    ///
    /// Those of [`tex::parse`], and characters that no embedded font has.
    pub fn parse(&self, text: &str) -> Result<RichText, TexError> {
        let rich = tex::parse(text)?;
        self.check(&rich)?;
        Ok(rich)
    }

    /// Whether every character of the text can be drawn.
    ///
    /// # Errors
    ///
    /// The first character that no embedded font has.
    pub fn check(&self, rich: &RichText) -> Result<(), TexError> {
        let missing = (rich.characters().into_iter()).find(|&(c, shape, _)| {
            !c.is_whitespace() && self.face_for(c, FaceId::of(shape, Weight::Regular)).is_none()
        });
        match missing {
            None => Ok(()),
            Some((c, _, offset)) => Err(TexError {
                offset,
                len: c.len_utf8(),
                message: format!(
                    "no embedded font has the character `{}` (U+{:04X})",
                    c.escape_debug(),
                    u32::from(c)
                ),
                hint: "the fonts are DejaVu Sans and Serif; write the character in another way"
                    .to_owned(),
            }),
        }
    }

    /// How large a text is in a style, whatever its direction.
    ///
    /// A text that cannot be read as mathematics is measured, as it would be drawn, literally.
    pub fn measure(&self, text: &str, style: &TextStyle) -> Extent {
        self.layout(text, style).extent()
    }

    /// The height of capital letters and digits in points: tick labels are centred by it.
    pub fn cap_height(&self, style: &TextStyle) -> f64 {
        self.height(style, |face| face.capital_height(), 0.729)
    }

    /// The height of the letter x in points: text in running height is centred by half of it.
    pub fn x_height(&self, style: &TextStyle) -> f64 {
        self.height(style, |face| face.x_height(), 0.547)
    }

    fn height(
        &self,
        style: &TextStyle,
        of: impl Fn(&Face<'static>) -> Option<i16>,
        otherwise: f64,
    ) -> f64 {
        let id = FaceId::of(Shape::Upright, style.weight);
        of(self.face(id))
            .map_or(otherwise * style.size, |h| f64::from(h) * self.scale(id, style.size))
    }

    /// Where the glyphs of a text go.
    pub(super) fn layout(&self, text: &str, style: &TextStyle) -> Layout {
        let rich = tex::parse(text).unwrap_or_else(|_| RichText::literal(text));
        text::layout(self, &rich, style.size, style.weight)
    }

    fn face(&self, id: FaceId) -> &Face<'static> {
        &self.faces[id as usize]
    }

    /// Points per font unit at a size.
    pub(super) fn scale(&self, id: FaceId, size: f64) -> f64 {
        size / f64::from(self.face(id).units_per_em())
    }

    /// The face that draws a character: the wanted one, or the upright of its weight, or the
    /// regular; `None` if none has it.
    pub(super) fn face_for(&self, c: char, wanted: FaceId) -> Option<FaceId> {
        [wanted, wanted.upright(), FaceId::Regular]
            .into_iter()
            .find(|&id| self.face(id).glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
    }

    /// The glyphs of a text in one face, kerned, from left to right.
    ///
    /// The shaper is the one that usvg uses, with the same settings, so that outlines and live
    /// text have the same positions.
    pub(super) fn shape(&self, id: FaceId, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        let output = rustybuzz::shape(self.face(id), &[], buffer);
        let mut shaped = Shaped::default();
        for (info, position) in output.glyph_infos().iter().zip(output.glyph_positions()) {
            shaped.glyphs.push(Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                x: shaped.advance + position.x_offset,
                y: position.y_offset,
            });
            shaped.advance += position.x_advance;
        }
        shaped
    }

    /// The ink of a run; `None` if it has none (spaces).
    pub(super) fn ink(&self, id: FaceId, shaped: &Shaped) -> Option<Ink> {
        let face = self.face(id);
        let boxes = shaped.glyphs.iter().filter_map(|glyph| {
            let ink = face.glyph_bounding_box(GlyphId(glyph.id))?;
            Some(Ink {
                left: f64::from(glyph.x + i32::from(ink.x_min)),
                bottom: f64::from(glyph.y + i32::from(ink.y_min)),
                right: f64::from(glyph.x + i32::from(ink.x_max)),
                top: f64::from(glyph.y + i32::from(ink.y_max)),
            })
        });
        boxes.reduce(Ink::union)
    }

    /// The outline of a glyph as SVG path data in font units, y down; empty for a space.
    pub(super) fn outline(&self, id: FaceId, glyph: u16) -> String {
        let mut path = Outline(String::new());
        self.face(id).outline_glyph(GlyphId(glyph), &mut path);
        path.0
    }

    /// What parses our own SVG: the embedded faces under their short names, nothing else.
    pub(super) fn options(&self) -> usvg::Options<'_> {
        let select = |font: &usvg::Font, _: &mut Arc<fontdb::Database>| {
            font.families().iter().find_map(|family| match family {
                usvg::FontFamily::Named(name) => {
                    let face = FaceId::ALL.into_iter().find(|face| face.name() == name)?;
                    self.ids.get(face as usize).copied()
                }
                _ => None,
            })
        };
        usvg::Options {
            // One user unit is one point.
            dpi: 72.0,
            fontdb: Arc::clone(&self.database),
            font_resolver: usvg::FontResolver {
                select_font: Box::new(select),
                // Every run is in a face that has its characters.
                select_fallback: Box::new(|_, _, _| None),
            },
            ..usvg::Options::default()
        }
    }
}

/// Writes an outline as path data. DejaVu's outlines are quadratic, in whole font units.
struct Outline(String);

impl Outline {
    fn push(&mut self, command: char, coordinates: &[f32]) {
        self.0.push(command);
        for (i, &value) in coordinates.iter().enumerate() {
            let value = if i % 2 == 1 { -value } else { value };
            let value = value.round() as i32;
            if i > 0 && value >= 0 {
                self.0.push(' ');
            }
            self.0.push_str(&value.to_string());
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push('L', &[x, y]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.push('Q', &[x1, y1, x, y]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push('C', &[x1, y1, x2, y2, x, y]);
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}
