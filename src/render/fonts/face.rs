//! The faces of all families, and how a face is read.

use std::sync::Arc;

use rustybuzz::Face;

/// One face. Those of the program are compiled in; none is ever taken from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::render) enum FaceId {
    Sans,
    SansBold,
    SansOblique,
    SansBoldOblique,
    /// DejaVu Serif Italic, for calligraphic letters beside the sans: the crate does not give
    /// access to the face that has the script capitals.
    Script,
    BoldScript,
    Libertinus,
    LibertinusBold,
    LibertinusItalic,
    LibertinusBoldItalic,
    Modern,
    ModernBold,
    Mathematics,
    MathematicsBold,
    /// The face of a user's file.
    File,
}

impl FaceId {
    /// All faces that are compiled in, in the order of the enum.
    pub(super) const COMPILED: [FaceId; 14] = [
        FaceId::Sans,
        FaceId::SansBold,
        FaceId::SansOblique,
        FaceId::SansBoldOblique,
        FaceId::Script,
        FaceId::BoldScript,
        FaceId::Libertinus,
        FaceId::LibertinusBold,
        FaceId::LibertinusItalic,
        FaceId::LibertinusBoldItalic,
        FaceId::Modern,
        FaceId::ModernBold,
        FaceId::Mathematics,
        FaceId::MathematicsBold,
    ];

    /// Its bytes; none for that of a file.
    pub(super) fn bytes(self) -> &'static [u8] {
        // The fonts of the crate have no names, only places; a test compares their names.
        let nth = |index| typst_assets::fonts().nth(index).unwrap_or_default();
        match self {
            FaceId::Sans => dejavu::sans::regular(),
            FaceId::SansBold => dejavu::sans::bold(),
            FaceId::SansOblique => dejavu::sans::oblique(),
            FaceId::SansBoldOblique => dejavu::sans::bold_oblique(),
            FaceId::Script => dejavu::serif::italic(),
            FaceId::BoldScript => dejavu::serif::bold_italic(),
            FaceId::Libertinus => nth(0),
            FaceId::LibertinusBold => nth(1),
            FaceId::LibertinusItalic => nth(2),
            FaceId::LibertinusBoldItalic => nth(3),
            FaceId::MathematicsBold => nth(6),
            FaceId::Mathematics => nth(8),
            FaceId::Modern => nth(9),
            FaceId::ModernBold => nth(10),
            FaceId::File => &[],
        }
    }

    /// A short name for ids and for the family in the SVG that we parse ourselves.
    pub(in crate::render) fn name(self) -> &'static str {
        match self {
            FaceId::Sans => "r",
            FaceId::SansBold => "b",
            FaceId::SansOblique => "o",
            FaceId::SansBoldOblique => "bo",
            FaceId::Script => "s",
            FaceId::BoldScript => "bs",
            FaceId::Libertinus => "l",
            FaceId::LibertinusBold => "lb",
            FaceId::LibertinusItalic => "li",
            FaceId::LibertinusBoldItalic => "lbi",
            FaceId::Modern => "n",
            FaceId::ModernBold => "nb",
            FaceId::Mathematics => "m",
            FaceId::MathematicsBold => "mb",
            FaceId::File => "f",
        }
    }

    /// The upright regular face of its design, whose small letters give its size to the eye.
    pub(super) fn design(self) -> FaceId {
        use FaceId::*;
        match self {
            Sans | SansBold | SansOblique | SansBoldOblique | Script | BoldScript => Sans,
            Libertinus | LibertinusBold | LibertinusItalic | LibertinusBoldItalic => Libertinus,
            Modern | ModernBold | Mathematics | MathematicsBold => Modern,
            File => File,
        }
    }

    /// How far its leaning letters move to the right for each unit of height.
    pub(in crate::render) fn slant(self) -> f64 {
        match self.design() {
            // 11 degrees.
            FaceId::Sans | FaceId::File => 0.2,
            // 12 degrees.
            FaceId::Libertinus => 0.2126,
            // 14 degrees.
            _ => 0.25,
        }
    }
}

/// A face that has been read once.
pub(super) enum Opened {
    /// Parsed for good: the bytes live as long as the program.
    Compiled(Box<Face<'static>>),
    /// The bytes of a file, which are parsed whenever they are needed: 10 µs, twice as long as it
    /// takes to shape a label.
    File(Arc<Vec<u8>>),
}

impl Opened {
    /// Reads something from the face.
    #[expect(clippy::expect_used, reason = "`Fonts::with_file` keeps no bytes but those of a font")]
    pub(super) fn read<T>(&self, read: impl FnOnce(&Face<'_>) -> T) -> T {
        match self {
            Opened::Compiled(face) => read(face),
            Opened::File(bytes) => {
                read(&Face::from_slice(bytes, 0).expect("these bytes were parsed before"))
            }
        }
    }
}
