//! The fonts: which face has a character, which glyph it is there, and how wide that is.
//!
//! Every face is compiled in or a file that the user gave, never of the system. A family has a
//! chain of faces for each character (`family`), so that mathematics and rare symbols are drawn
//! in all of them.

mod face;
mod family;
mod glyph;
mod letters;

use std::sync::Arc;

use resvg::usvg::{self, fontdb};
use rustybuzz::ttf_parser::GlyphId;
use rustybuzz::{Direction, Face, UnicodeBuffer};

pub use family::Family;

pub(super) use face::FaceId;
pub(super) use family::Place;
pub(super) use glyph::{Glyph, Ink, Shaped};

use super::tex::{self, RichText, Shape, TexError};
use super::text::{self, Layout};
use super::{Extent, TextStyle, Weight};
use face::Opened;
use glyph::Outline;

/// The faces that text is set in, parsed once per run and shared by all figures.
pub struct Fonts {
    family: Family,
    /// Those that are compiled in, and after them that of a file.
    faces: Vec<Opened>,
    /// The factors of [`Fonts::fit`], in the same order.
    fits: Vec<f64>,
    database: Arc<fontdb::Database>,
    ids: Vec<fontdb::ID>,
}

impl Fonts {
    /// The fonts of the default family.
    pub fn embedded() -> Fonts {
        Fonts::of(Family::default())
    }

    /// The fonts of a family.
    #[expect(clippy::expect_used, reason = "the bytes are compiled in; a test opens each face")]
    pub fn of(family: Family) -> Fonts {
        let mut database = fontdb::Database::new();
        let mut faces = Vec::with_capacity(FaceId::COMPILED.len() + 1);
        let mut ids = Vec::with_capacity(FaceId::COMPILED.len() + 1);
        for face in FaceId::COMPILED {
            let bytes = face.bytes();
            let face = Face::from_slice(bytes, 0).expect("a font that is compiled in is a font");
            faces.push(Opened::Compiled(Box::new(face)));
            ids.extend(database.load_font_source(fontdb::Source::Binary(Arc::new(bytes))));
        }
        let fonts = Fonts { family, faces, fits: Vec::new(), database: Arc::new(database), ids };
        fonts.fitted()
    }

    /// The fonts of the default family, behind the font of a file: [`Fonts::with_file_and`].
    ///
    /// # Errors
    ///
    /// Those of [`Fonts::with_file_and`].
    pub fn with_file(bytes: Vec<u8>) -> Result<Fonts, String> {
        Fonts::with_file_and(bytes, Family::default())
    }

    /// The font of a file (TrueType or OpenType), and behind it those of a family.
    ///
    /// The file is one upright face. It sets text, digits and operators, those of bold text too.
    /// The family behind it sets the letters of mathematics (in its italic), what `\mathbf` makes
    /// bold, and what the file lacks, in a size at which small letters are as high as those of the
    /// file. Upright letters could not be told from words, and a face that is slanted by force is
    /// uglier than one of another family: behind a face with serifs, Libertinus suits best.
    ///
    /// # Errors
    ///
    /// When the bytes are no font, or one that has no letters, no outlines or no name.
    pub fn with_file_and(bytes: Vec<u8>, family: Family) -> Result<Fonts, String> {
        readable(&bytes)?;
        let bytes = Arc::new(bytes);
        let mut fonts = Fonts::of(family);
        let mut database = fontdb::Database::clone(&fonts.database);
        let source = fontdb::Source::Binary(Arc::<Vec<u8>>::clone(&bytes));
        let Some(&id) = database.load_font_source(source).first() else {
            return Err("the font has no name; hint: give a file that a text program opens, \
                        or save it anew with a font editor"
                .to_owned());
        };
        fonts.ids.push(id);
        fonts.faces.push(Opened::File(bytes));
        fonts.database = Arc::new(database);
        Ok(fonts.fitted())
    }

    /// With the factors by which each face is set larger or smaller.
    fn fitted(mut self) -> Fonts {
        let own = self.file().unwrap_or(self.family.upright(Weight::Regular)).design();
        let eye = |face: FaceId| self.top_of(face, 'x');
        let factor = |face: FaceId| {
            if face.design() == own {
                return 1.0;
            }
            match (eye(own), eye(face.design())) {
                // A face of capitals only must not make the others large beyond reason.
                (Some(own), Some(other)) if own > 0.0 && other > 0.0 => {
                    (own / other).clamp(0.6, 1.4)
                }
                _ => 1.0,
            }
        };
        let faces = FaceId::COMPILED.into_iter().chain(self.file());
        self.fits = faces.map(factor).collect();
        self
    }

    /// The family, which with a file is the one behind it.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The face of a file, if there is one.
    pub(super) fn file(&self) -> Option<FaceId> {
        (self.faces.len() > FaceId::COMPILED.len()).then_some(FaceId::File)
    }

    /// Reads a text and makes sure that every character of it can be drawn.
    ///
    /// # Errors
    ///
    /// Those of [`tex::parse`], and characters that no font has.
    pub fn parse(&self, text: &str) -> Result<RichText, TexError> {
        let rich = tex::parse(text)?;
        self.check(&rich)?;
        Ok(rich)
    }

    /// Whether every character of the text can be drawn.
    ///
    /// # Errors
    ///
    /// The first character that neither the family nor those behind it have.
    pub fn check(&self, rich: &RichText) -> Result<(), TexError> {
        let missing = (rich.characters().into_iter()).find(|&(c, shape, _)| {
            !c.is_whitespace() && self.place(c, shape, Weight::Regular).is_none()
        });
        match missing {
            None => Ok(()),
            Some((c, _, offset)) => Err(TexError {
                offset,
                len: c.len_utf8(),
                message: format!(
                    "no font has the character `{}` (U+{:04X})",
                    c.escape_debug(),
                    u32::from(c)
                ),
                hint: format!(
                    "the fonts are {}{}; write the character in another way",
                    if self.file().is_some() { "that of the file, " } else { "" },
                    self.family.fonts()
                ),
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
        self.height(style, 'H', 0.729)
    }

    /// The height of the letter x in points: text in running height is centred by half of it.
    pub fn x_height(&self, style: &TextStyle) -> f64 {
        self.height(style, 'x', 0.547)
    }

    /// The height of a letter; `sans` is that of DejaVu Sans in em.
    fn height(&self, style: &TextStyle, letter: char, sans: f64) -> f64 {
        let place = self.place(letter, Shape::Upright, style.weight);
        let place = place.filter(|place| place.face.design() != FaceId::Sans);
        let top = place.and_then(|place| Some((place.face, self.top_of(place.face, letter)?)));
        top.map_or(sans * style.size, |(face, top)| top * self.fit(face) * style.size)
    }

    /// How high the ink of a character of a face is, in em.
    fn top_of(&self, id: FaceId, c: char) -> Option<f64> {
        self.face(id).read(|face| {
            let ink = face.glyph_bounding_box(face.glyph_index(c)?)?;
            Some(f64::from(ink.y_max) / f64::from(face.units_per_em()))
        })
    }

    /// Where the glyphs of a text go.
    pub(super) fn layout(&self, text: &str, style: &TextStyle) -> Layout {
        let rich = tex::parse(text).unwrap_or_else(|_| RichText::literal(text));
        text::layout(self, &rich, style.size, style.weight)
    }

    fn face(&self, id: FaceId) -> &Opened {
        &self.faces[id as usize]
    }

    /// The bytes of a face.
    pub(super) fn bytes(&self, id: FaceId) -> &[u8] {
        match self.face(id) {
            Opened::Compiled(_) => id.bytes(),
            Opened::File(bytes) => bytes,
        }
    }

    /// Points per font unit at a size.
    pub(super) fn scale(&self, id: FaceId, size: f64) -> f64 {
        size / self.face(id).read(|face| f64::from(face.units_per_em()))
    }

    /// By what a face is set larger than asked for, so that its small letters are as high as those
    /// of the faces that it stands in for: DejaVu Sans is a quarter larger than a book face.
    pub(super) fn fit(&self, id: FaceId) -> f64 {
        self.fits[id as usize]
    }

    /// The face that draws a character in a shape, and the character there; `None` if none has it.
    pub(super) fn place(&self, c: char, shape: Shape, weight: Weight) -> Option<Place> {
        (self.family.places(c, shape, weight, self.file())).find(|place| {
            let glyph = self.face(place.face).read(|face| face.glyph_index(place.c));
            glyph.is_some_and(|glyph| glyph.0 != 0)
        })
    }

    /// The face of what has no glyph in any.
    pub(super) fn upright(&self, weight: Weight) -> FaceId {
        self.file().unwrap_or(self.family.upright(weight))
    }

    /// The glyphs of a text in one face, kerned, from left to right.
    ///
    /// The shaper is the one that usvg uses, with the same settings, so that outlines and live
    /// text have the same positions.
    pub(super) fn shape(&self, id: FaceId, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        let output = self.face(id).read(|face| rustybuzz::shape(face, &[], buffer));
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
        self.face(id).read(|face| {
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
        })
    }

    /// The outline of a glyph as SVG path data in font units, y down; empty for a space.
    pub(super) fn outline(&self, id: FaceId, glyph: u16) -> String {
        let mut path = Outline(String::new());
        self.face(id).read(|face| face.outline_glyph(GlyphId(glyph), &mut path));
        path.0
    }

    /// What parses our own SVG: these faces under their short names, nothing else.
    pub(super) fn options(&self) -> usvg::Options<'_> {
        let select = |font: &usvg::Font, _: &mut Arc<fontdb::Database>| {
            font.families().iter().find_map(|family| match family {
                usvg::FontFamily::Named(name) => {
                    let mut faces = FaceId::COMPILED.into_iter().chain(self.file());
                    let face = faces.find(|face| face.name() == name)?;
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

/// Whether bytes are a font that text can be set in.
fn readable(bytes: &[u8]) -> Result<(), String> {
    let no_font = |what: &str| {
        let hint = "hint: give a TrueType or OpenType file (`.ttf` or `.otf`)";
        Err(format!("{what}; {hint}"))
    };
    match bytes {
        [] => return no_font("the font file is empty"),
        [b'w', b'O', b'F', ..] => return no_font("the file is a web font (WOFF)"),
        [b'%', b'!', ..] | [0x80, 0x01, ..] => return no_font("the file is a Type 1 font"),
        _ => {}
    }
    let Some(face) = Face::from_slice(bytes, 0) else {
        return no_font("the file is no font");
    };
    let drawn = |c: char| {
        let glyph = face.glyph_index(c).filter(|glyph| glyph.0 != 0);
        glyph.is_some_and(|glyph| face.outline_glyph(glyph, &mut Outline(String::new())).is_some())
    };
    if ('a'..='z').chain('A'..='Z').chain('0'..='9').any(drawn) {
        Ok(())
    } else {
        no_font("the font has no outlines of letters or digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_those_that_their_names_say() {
        let fonts = Fonts::embedded();
        let name = |face: FaceId| {
            let id = fonts.ids[face as usize];
            fonts.database.face(id).map(|info| info.post_script_name.clone()).unwrap()
        };
        assert_eq!(fonts.ids.len(), FaceId::COMPILED.len());
        for (i, (face, expected)) in (FaceId::COMPILED.into_iter())
            .zip([
                "DejaVuSans",
                "DejaVuSans-Bold",
                "DejaVuSans-Oblique",
                "DejaVuSans-BoldOblique",
                "DejaVuSerif-Italic",
                "DejaVuSerif-BoldItalic",
                "LibertinusSerif-Regular",
                "LibertinusSerif-Bold",
                "LibertinusSerif-Italic",
                "LibertinusSerif-BoldItalic",
                "NewCM10-Regular",
                "NewCM10-Bold",
                "NewCMMath-Regular",
                "NewCMMath-Bold",
            ])
            .enumerate()
        {
            assert_eq!((face as usize, name(face).as_str()), (i, expected));
        }
        assert_eq!(FaceId::File as usize, FaceId::COMPILED.len());
        let mut names: Vec<_> =
            FaceId::COMPILED.into_iter().chain([FaceId::File]).map(FaceId::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FaceId::COMPILED.len() + 1);
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase())));
    }

    #[test]
    fn faces_that_stand_in_for_others_are_as_large() {
        let fonts = Fonts::of(Family::Libertinus);
        assert_eq!(fonts.fit(FaceId::LibertinusBold), 1.0);
        let height = |face: FaceId| fonts.top_of(face, 'x').unwrap() * fonts.fit(face);
        assert!((height(FaceId::Sans) - height(FaceId::Libertinus)).abs() < 1e-12);
        assert!(fonts.fit(FaceId::Sans) < 0.85);
        let place = fonts.place('\u{2654}', Shape::Upright, Weight::Regular).unwrap();
        assert_eq!(place.face, FaceId::Sans);
    }
}
