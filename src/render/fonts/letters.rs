//! The letters of mathematics: characters of their own in fonts made for it.
//!
//! Source: Unicode, block "Mathematical Alphanumeric Symbols", and the letters that were in
//! "Letterlike Symbols" before.

use crate::render::tex::Shape;

/// The letter of mathematics of a shape and whether it leans; `None` if Unicode has none.
pub(super) fn of_mathematics(c: char, shape: Shape) -> Option<(char, bool)> {
    let letter = match shape {
        Shape::Italic => italic(c),
        Shape::BoldItalic => bold_italic(c),
        Shape::Script => script(c),
        Shape::Upright | Shape::Bold => None,
    }?;
    Some((letter, shape != Shape::Script))
}

/// Whether a character is a double-struck letter or digit.
pub(super) fn is_double_struck(c: char) -> bool {
    matches!(c, 'ℂ' | 'ℍ' | 'ℕ' | 'ℙ' | 'ℚ' | 'ℝ' | 'ℤ' | '𝔸'..='𝕫' | '𝟘'..='𝟡')
}

fn italic(c: char) -> Option<char> {
    match c {
        'h' => Some('ℎ'),
        'A'..='Z' => moved(c, 'A', '𝐴'),
        'a'..='z' => moved(c, 'a', '𝑎'),
        _ => greek(c, '𝛢', '𝛼', '𝜖'),
    }
}

fn bold_italic(c: char) -> Option<char> {
    match c {
        'A'..='Z' => moved(c, 'A', '𝑨'),
        'a'..='z' => moved(c, 'a', '𝒂'),
        _ => greek(c, '𝜜', '𝜶', '𝝐'),
    }
}

fn script(c: char) -> Option<char> {
    match c {
        'B' => Some('ℬ'),
        'E' => Some('ℰ'),
        'F' => Some('ℱ'),
        'H' => Some('ℋ'),
        'I' => Some('ℐ'),
        'L' => Some('ℒ'),
        'M' => Some('ℳ'),
        'R' => Some('ℛ'),
        'e' => Some('ℯ'),
        'g' => Some('ℊ'),
        'o' => Some('ℴ'),
        'A'..='Z' => moved(c, 'A', '𝒜'),
        'a'..='z' => moved(c, 'a', '𝒶'),
        _ => None,
    }
}

/// A Greek letter in an alphabet whose capital alpha, small alpha and lunate epsilon are given.
fn greek(c: char, capital: char, small: char, variant: char) -> Option<char> {
    match c {
        'Α'..='Ρ' | 'Σ'..='Ω' => moved(c, 'Α', capital),
        'α'..='ω' => moved(c, 'α', small),
        // The variants follow each other in this order.
        _ => {
            let index = ['ϵ', 'ϑ', 'ϰ', 'ϕ', 'ϱ', 'ϖ'].iter().position(|&v| v == c)?;
            char::from_u32(u32::from(variant) + u32::try_from(index).ok()?)
        }
    }
}

/// The letter as far from `to` as `c` is from `from`.
fn moved(c: char, from: char, to: char) -> Option<char> {
    char::from_u32(u32::from(to) + (u32::from(c) - u32::from(from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_unicode() {
        for (shape, from, to) in [
            (Shape::Italic, "AZahz", "𝐴𝑍𝑎ℎ𝑧"),
            (Shape::Italic, "ΑΓΣΩαμσςωϵϑϰϕϱϖ", "𝛢𝛤𝛴𝛺𝛼𝜇𝜎𝜍𝜔𝜖𝜗𝜘𝜙𝜚𝜛"),
            (Shape::BoldItalic, "AZahzΓμϵϖ", "𝑨𝒁𝒂𝒉𝒛𝜞𝝁𝝐𝝕"),
            (Shape::Script, "ABELNZaegz", "𝒜ℬℰℒ𝒩𝒵𝒶ℯℊ𝓏"),
        ] {
            let letters: Option<String> =
                from.chars().map(|c| of_mathematics(c, shape).map(|(letter, _)| letter)).collect();
            assert_eq!(letters.as_deref(), Some(to));
        }
        for (c, shape) in [('1', Shape::Italic), ('é', Shape::Italic), ('μ', Shape::Script)] {
            assert_eq!(of_mathematics(c, shape), None);
        }
        assert!(['ℝ', '𝔼', '𝕏', '𝟙'].into_iter().all(is_double_struck));
        assert!(!is_double_struck('ℒ') && !is_double_struck('R'));
    }
}
