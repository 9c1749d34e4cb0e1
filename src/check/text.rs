//! Texts, among them drawings: the same words, and numbers that are close.

use std::collections::BTreeSet;

use super::{Result, relative};

/// Numbers in a text may differ by this, relatively.
const TEXT: f64 = 1e-6;
/// Coordinates may differ by this many points: hundredths are not seen.
const COORDINATE: f64 = 0.02;
/// The attributes that hold coordinates.
const COORDINATES: [&str; 6] = ["d", "x", "y", "cx", "cy", "transform"];

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    /// What is no number.
    Word(&'a str),
    /// A number as written.
    Number(&'a str),
}

/// Compares two texts.
pub(super) fn compare(expected: &[u8], actual: &[u8]) -> Result {
    let (expected, actual) = (lossy(expected), lossy(actual));
    tokens_compare(&expected, &actual, |a, b| relative(a, b) <= TEXT)
        .map_err(|difference| vec![difference])
}

/// Compares two SVG files, or pages with drawings in them: coordinates may be close to each other,
/// all else is as in any text.
pub(super) fn compare_drawings(expected: &[u8], actual: &[u8]) -> Result {
    let (expected, actual) = (lossy(expected), lossy(actual));
    compare_attributes(&expected, &actual).map_err(|difference| {
        let [new, old] = [&expected, &actual].map(|text| colours(text));
        let gone: Vec<&str> = old.difference(&new).copied().collect();
        let come: Vec<&str> = new.difference(&old).copied().collect();
        match (gone.is_empty(), come.is_empty()) {
            (true, true) => vec![difference],
            (false, false) => {
                vec![format!("a colour has changed: {} -> {}", gone.join(", "), come.join(", "))]
            }
            (false, true) => vec![format!("a colour is not of this config: {}", gone.join(", "))],
            (true, false) => vec![format!("a colour is missing: {}", come.join(", "))],
        }
    })
}

fn compare_attributes(expected: &str, actual: &str) -> std::result::Result<f64, String> {
    let [mut one, mut two] = [expected, actual].map(|text| text.split('"'));
    let mut largest: f64 = 0.0;
    // What stands in quotation marks is named by what stands before them.
    let mut name = "";
    loop {
        let (one, two) = match (one.next(), two.next()) {
            (Some(one), Some(two)) => (one, two),
            (None, None) => return Ok(largest),
            _ => return Err("one of the two ends early".to_owned()),
        };
        let is_coordinate = COORDINATES.contains(&name);
        let close = |a: f64, b: f64| {
            relative(a, b) <= TEXT || (is_coordinate && (a - b).abs() <= COORDINATE)
        };
        largest = largest.max(tokens_compare(one, two, close)?);
        name = one.strip_suffix('=').and_then(|o| o.rsplit(' ').next()).unwrap_or_default();
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The colours that a drawing names.
fn colours(text: &str) -> BTreeSet<&str> {
    let starts = text.match_indices('#').map(|(at, _)| at);
    let words = starts.filter_map(|at| text.get(at..at + 7));
    words.filter(|word| is_colour(word)).collect()
}

fn is_colour(word: &str) -> bool {
    word.len() == 7 && word[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

/// The largest relative difference of numbers that are close, or the first difference.
pub(super) fn tokens_compare(
    expected: &str,
    actual: &str,
    close: impl Fn(f64, f64) -> bool,
) -> std::result::Result<f64, String> {
    let mut largest: f64 = 0.0;
    let (mut one, mut two) = (Tokens(expected), Tokens(actual));
    loop {
        match (one.next(), two.next()) {
            (None, None) => return Ok(largest),
            (Some(Token::Number(a)), Some(Token::Number(b))) if a != b => {
                let [x, y] = [a, b].map(|n| n.parse::<f64>().unwrap_or(f64::NAN));
                if !close(x, y) {
                    return Err(format!("a number has changed: {b} -> {a}"));
                }
                largest = largest.max(relative(x, y));
            }
            (Some(a), Some(b)) if a == b => {}
            (a, b) => return Err(format!("it says {} -> {}", said(b), said(a))),
        }
    }
}

fn said(token: Option<Token<'_>>) -> String {
    let Some(Token::Word(word) | Token::Number(word)) = token else {
        return "nothing more".to_owned();
    };
    let word = word.trim();
    match word.char_indices().nth(40) {
        Some((end, _)) => format!("`{}...`", &word[..end]),
        None => format!("`{word}`"),
    }
}

/// The tokens of a text.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.0;
        if text.is_empty() {
            return None;
        }
        let number = number(text);
        if number > 0 {
            let (number, rest) = text.split_at(number);
            self.0 = rest;
            return Some(Token::Number(number));
        }
        // A colour and a hash are words.
        let end = match text.get(..7).filter(|word| text.starts_with('#') && is_colour(word)) {
            Some(word) => word.len(),
            None => {
                let first = text.chars().next().map_or(1, char::len_utf8);
                let rest = text[first..].find(|c: char| c == '#' || c.is_ascii_digit());
                rest.map_or(text.len(), |at| {
                    // The sign and the point of the number that begins there.
                    let before = text[..first + at].trim_end_matches(['-', '.']).len();
                    before.max(first)
                })
            }
        };
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        Some(Token::Word(word))
    }
}

/// How long the number is that a text begins with; 0 if it begins with none.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = if end + 1 + sign <= bytes.len() { digits(end + 1 + sign) } else { 0 };
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_words_and_numbers() {
        let all: Vec<_> = Tokens("M-1.5 .25L3e-2,q#D55E00 x.").collect();
        use Token::{Number, Word};
        let expected = [
            Word("M"),
            Number("-1.5"),
            Word(" "),
            Number(".25"),
            Word("L"),
            Number("3e-2"),
            Word(",q"),
            Word("#D55E00"),
            Word(" x."),
        ];
        assert_eq!(all, expected);
        assert_eq!(Tokens("").count(), 0);
        assert_eq!(Tokens("-.-é--").map(|t| said(Some(t)).len()).sum::<usize>(), 9);
    }

    #[test]
    fn coordinates_may_be_close_and_colours_may_not() {
        let one = "<path d=\"M100 200L300 5\" stroke=\"#D55E00\" fill-opacity=\"0.25\"/>";
        assert!(compare_drawings(one.as_bytes(), one.replace("300", "300.01").as_bytes()).is_ok());
        for (old, new) in [("0.25", "0.26"), ("300 5", "300"), ("/>", ">"), ("200", "200.1")] {
            let changed = one.replace(old, new);
            assert!(compare_drawings(one.as_bytes(), changed.as_bytes()).is_err(), "{new}");
            assert!(compare_drawings(changed.as_bytes(), one.as_bytes()).is_err(), "{new}");
        }
        let moved = compare_drawings(one.as_bytes(), one.replace("300", "310").as_bytes());
        assert_eq!(moved.unwrap_err(), ["a number has changed: 310 -> 300"]);
        let colour = compare_drawings(one.as_bytes(), one.replace("D55E00", "0072B2").as_bytes());
        assert_eq!(colour.unwrap_err(), ["a colour has changed: #0072B2 -> #D55E00"]);
    }
}
