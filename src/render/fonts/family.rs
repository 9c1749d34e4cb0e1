//! The families that text can be set in, and where each looks for a character.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::face::FaceId;
use super::letters;
use crate::render::Weight;
use crate::render::tex::Shape;

/// A family of fonts that is compiled in.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Deserialize,
    JsonSchema,
    Serialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// DejaVu Sans: large letters without serifs, legible from the last row.
    #[default]
    DejavuSans,
    /// Libertinus Serif: a book face with an italic of its own.
    Libertinus,
    /// New Computer Modern: what LaTeX sets slides and papers in, with its mathematics.
    NewComputerModern,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 3] =
        [Family::DejavuSans, Family::Libertinus, Family::NewComputerModern];

    /// The name by which a config asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Family::DejavuSans => "dejavu-sans",
            Family::Libertinus => "libertinus",
            Family::NewComputerModern => "new-computer-modern",
        }
    }

    /// The fonts in which it looks for a character, for a message.
    pub(super) fn fonts(self) -> &'static str {
        match self {
            Family::DejavuSans => "DejaVu Sans, DejaVu Serif and New Computer Modern Math",
            Family::Libertinus => "Libertinus Serif, New Computer Modern Math and DejaVu Sans",
            Family::NewComputerModern => "New Computer Modern and DejaVu Sans",
        }
    }

    /// Its upright face of a weight.
    pub(super) fn upright(self, weight: Weight) -> FaceId {
        match (self, weight) {
            (Family::DejavuSans, Weight::Regular) => FaceId::Sans,
            (Family::DejavuSans, Weight::Bold) => FaceId::SansBold,
            (Family::Libertinus, Weight::Regular) => FaceId::Libertinus,
            (Family::Libertinus, Weight::Bold) => FaceId::LibertinusBold,
            (Family::NewComputerModern, Weight::Regular) => FaceId::Modern,
            (Family::NewComputerModern, Weight::Bold) => FaceId::ModernBold,
        }
    }

    /// The places in which it looks for a character that shall have a shape, best first.
    ///
    /// After its own faces come those of mathematics, then DejaVu Sans, which has nearly all
    /// symbols there are, so that no character is lost by the choice of a family. The face of a
    /// `file` goes before all upright ones, in bold text too, whose mathematics is then regular as
    /// well; only what is bold by itself, as vectors are, is bold in the family's face.
    pub(super) fn places(
        self,
        c: char,
        shape: Shape,
        weight: Weight,
        file: Option<FaceId>,
    ) -> impl Iterator<Item = Place> {
        let weight = if file.is_some() { Weight::Regular } else { weight };
        let thick = match shape {
            Shape::Bold | Shape::BoldItalic => Weight::Bold,
            Shape::Upright | Shape::Italic | Shape::Script => weight,
        };
        let at = |face| Place { face, c, leans: false };
        let upright = at(self.upright(thick));
        let regular = at(self.upright(Weight::Regular));
        let symbols = at(mathematics(thick));
        let last = at(Family::DejavuSans.upright(thick));
        let rest = match self {
            Family::DejavuSans => [upright, regular, symbols, at(FaceId::Sans)],
            // The serif faces have few symbols, and those of the bold must not look thin.
            Family::Libertinus | Family::NewComputerModern => [upright, symbols, regular, last],
        };
        let bold = (shape == Shape::Bold).then_some(upright);
        (self.wanted(c, shape, weight).or(bold).into_iter())
            .chain(file.map(at))
            .chain(rest)
            .chain([at(FaceId::Mathematics), at(FaceId::Sans)])
    }

    /// The place that a shape asks for, unless that is the upright face.
    fn wanted(self, c: char, shape: Shape, weight: Weight) -> Option<Place> {
        let letter = |weight| {
            let (c, leans) = letters::of_mathematics(c, shape)?;
            Some(Place { face: mathematics(weight), c, leans })
        };
        let leaning = |face| Some(Place { face, c, leans: true });
        match (self, shape, weight) {
            (Family::DejavuSans, Shape::Italic, Weight::Regular) => leaning(FaceId::SansOblique),
            (Family::DejavuSans, Shape::Italic, Weight::Bold)
            | (Family::DejavuSans, Shape::BoldItalic, _) => leaning(FaceId::SansBoldOblique),
            // The sans has eight script capitals only.
            (Family::DejavuSans, Shape::Script, Weight::Regular) => {
                Some(Place { face: FaceId::Script, c, leans: false })
            }
            (Family::DejavuSans, Shape::Script, Weight::Bold) => {
                Some(Place { face: FaceId::BoldScript, c, leans: false })
            }
            (Family::Libertinus, Shape::Italic, Weight::Regular) => {
                leaning(FaceId::LibertinusItalic)
            }
            (Family::Libertinus, Shape::Italic, Weight::Bold)
            | (Family::Libertinus, Shape::BoldItalic, _) => leaning(FaceId::LibertinusBoldItalic),
            // Bold italic letters are characters of their own.
            (Family::NewComputerModern, Shape::BoldItalic, _) => letter(Weight::Regular),
            (Family::NewComputerModern, Shape::Italic, _)
            | (Family::Libertinus | Family::NewComputerModern, Shape::Script, _) => letter(weight),
            (Family::Libertinus | Family::NewComputerModern, Shape::Upright, _) => {
                let c = self.symbol(c)?;
                Some(Place { face: mathematics(weight), c, leans: false })
            }
            (Family::DejavuSans, Shape::Upright, _) | (_, Shape::Bold, _) => None,
        }
    }

    /// The symbol of the font of mathematics for a character that its upright faces have too, but
    /// for text.
    fn symbol(self, c: char) -> Option<char> {
        match (self, c) {
            // Libertinus has some of the double-struck letters; all shall be of one design.
            _ if letters::is_double_struck(c) => Some(c),
            // Its sums are no larger than a sigma, and its double bars touch what is beside them.
            (Family::Libertinus, '∑' | '∏' | '∫' | '‖' | '∥') => Some(c),
            // The dot of its text is as wide as a dash, its ellipsis narrower than TeX's.
            (Family::NewComputerModern, '·') => Some('⋅'),
            (Family::NewComputerModern, '…') => Some(c),
            _ => None,
        }
    }
}

fn mathematics(weight: Weight) -> FaceId {
    match weight {
        Weight::Regular => FaceId::Mathematics,
        Weight::Bold => FaceId::MathematicsBold,
    }
}

/// A character of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) struct Place {
    /// The face.
    pub(in crate::render) face: FaceId,
    /// The character in it, which in a font of mathematics is another than the one written.
    pub(in crate::render) c: char,
    /// Whether it is a letter that leans to the right.
    pub(in crate::render) leans: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_by_their_names() {
        for family in Family::ALL {
            let written = serde_json::to_string(&family).unwrap();
            assert_eq!(written, format!("\"{}\"", family.name()));
            assert_eq!(serde_json::from_str::<Family>(&written).unwrap(), family);
        }
        assert_eq!(Family::default(), Family::DejavuSans);
    }
}
