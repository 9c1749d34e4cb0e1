//! Titles with numbers in them: `K = {components}, accuracy {accuracy:.2}`.

use super::number;
use crate::diagnostic::{did_you_mean, list};

/// What a title may name: numbers of the fit that the picture below it shows.
pub const NAMES: [&str; 15] = [
    "t",
    "k",
    "fit",
    "components",
    "iterations",
    "elbo",
    "log_likelihood",
    "cost",
    "divergence",
    "aic",
    "bic",
    "accuracy",
    "log_loss",
    "adjusted_rand",
    "nmi",
];

/// A title with places for numbers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Template {
    pieces: Vec<Piece>,
    /// The bytes of the text at which its numbers are named.
    #[serde(skip)]
    offsets: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Piece {
    Text(String),
    /// A name and how many decimals its number has.
    Value(&'static str, Option<usize>),
}

/// What fills a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// What is wrong with a template, and at which byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub offset: usize,
    /// What.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Template {
    /// Reads a template. `{{` and `}}` are braces themselves. Between two dollar signs they are not, and
    /// braces that belong to a command or a script, or in which there is no name, are those of
    /// mathematics. What a backslash stands before is no sign of a template.
    ///
    /// # Errors
    ///
    /// The first place that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let (mut pieces, mut offsets) = (Vec::new(), Vec::new());
        let mut plain = String::new();
        let mut math = false;
        let mut rest = text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            match c {
                '\\' => {
                    plain.push(c);
                    plain.extend(rest.next().map(|(_, next)| next));
                }
                '$' => {
                    math = !math;
                    plain.push(c);
                }
                '{' | '}' if !math && rest.next_if(|(_, next)| *next == c).is_some() => {
                    plain.push(c);
                }
                '}' if !math => {
                    return Err(Mistake {
                        offset: at,
                        message: "a brace is not opened".to_owned(),
                        hint: "write `{name}`, or `}}` for a brace".to_owned(),
                    });
                }
                '{' if !math || is_place(&plain, &text[at + 1..]) => {
                    let inside: String =
                        rest.by_ref().map(|(_, c)| c).take_while(|c| *c != '}').collect();
                    if !text[at..].contains('}') {
                        return Err(Mistake {
                            offset: at,
                            message: "a brace is not closed".to_owned(),
                            hint: "write `{name}`, or `{{` for a brace".to_owned(),
                        });
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(place(&inside, at)?);
                    offsets.push(at);
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces, offsets })
    }

    /// The numbers that are named, each with the byte of the text at which it is.
    pub fn places(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let names = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Value(name, _) => Some(*name),
        });
        names.zip(self.offsets.iter().copied())
    }

    /// The title with what `value` gives for each name; a dash for what there is not.
    pub fn fill(&self, value: &dyn Fn(&str) -> Option<Value>) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Value(name, digits) => match value(name) {
                    None => "\u{2013}".to_owned(),
                    Some(Value::Word(word)) => word,
                    Some(Value::Number(number)) => match digits {
                        Some(digits) => number::fixed(number, *digits),
                        None if number.fract() == 0.0 => number::fixed(number, 0),
                        None => number::short(number, number::digits(number) + 1),
                    },
                },
            })
            .collect()
    }
}

/// Whether a brace of mathematics between these texts holds the name of a number, or what looks like
/// one; others hold what a command or a script is applied to, or what stands together.
fn is_place(before: &str, behind: &str) -> bool {
    let inside = behind.split_once('}').map_or(behind, |(inside, _)| inside);
    let name = inside.split_once(':').map_or(inside, |(name, _)| name);
    let before = before.trim_end();
    let command = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if before.ends_with(['_', '^']) || (command.len() < before.len() && command.ends_with('\\')) {
        return false;
    }
    // A single letter is a variable more often than a number, where a command may take it.
    let is_known = NAMES.contains(&name) && !(before.ends_with('}') && name.len() == 1);
    is_known || (name.len() > 2 && did_you_mean(name, NAMES).is_some())
}

fn place(inside: &str, offset: usize) -> Result<Piece, Mistake> {
    let (name, format) = inside.split_once(':').unwrap_or((inside, ""));
    let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
        let hint = match did_you_mean(name, NAMES) {
            Some(meant) => format!("did you mean `{{{meant}}}`?"),
            None => format!("the numbers are {}", list(&NAMES)),
        };
        return Err(Mistake { offset, message: format!("there is no number `{{{name}}}`"), hint });
    };
    let digits = match format {
        "" => None,
        "d" => Some(0),
        format => {
            let digits = format.strip_prefix('.').map(|f| f.strip_suffix('f').unwrap_or(f));
            let digits = digits.filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
            let digits = digits.and_then(|d| d.parse().ok()).filter(|d| *d <= 12);
            Some(digits.ok_or_else(|| Mistake {
                offset,
                message: format!("`{format}` is no format of a number"),
                hint: "write `{elbo:.1f}` for one decimal".to_owned(),
            })?)
        }
    };
    Ok(Piece::Value(name, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let value = |name: &str| match name {
            "components" => Some(Value::Number(3.0)),
            "elbo" => Some(Value::Number(-6243.0123)),
            "fit" => Some(Value::Word("cavi".to_owned())),
            _ => None,
        };
        Template::parse(text).unwrap().fill(&value)
    }

    #[test]
    fn numbers_stand_in_their_places() {
        assert_eq!(filled("K = {components}, {elbo:.0f}"), "K = 3, \u{2212}6,243");
        assert_eq!(filled("$K = {components}, \\hat{t}_{k}$"), "$K = 3, \\hat{t}_{k}$");
        assert_eq!(filled("$\\hat{x}{components}$ \\$5: {{x}}"), "$\\hat{x}3$ \\$5: {x}");
        assert_eq!(filled("{fit}: {{x}} $\\mu_{1}$ {accuracy}"), "cavi: {x} $\\mu_{1}$ \u{2013}");
    }

    #[test]
    fn braces_of_mathematics_stay() {
        for text in [
            "$\\frac {a}{b}$",
            "$\\frac{a}{k}$",
            "$\\hat {x}$",
            "$\\{1, 2\\}$",
            "$\\left\\{x\\right\\}$",
            "${x}_1$",
            "$x_ {k}$",
        ] {
            assert_eq!(filled(text), text);
        }
    }

    #[test]
    fn a_mistake_has_its_place() {
        for (text, offset) in [
            ("a {elb}", 2),
            ("{elbo:x}", 0),
            ("{elbo:.+3f}", 0),
            ("ab {elbo", 3),
            ("K = components}", 14),
            ("$K = {componets}$", 5),
        ] {
            assert_eq!(Template::parse(text).unwrap_err().offset, offset, "{text}");
        }
    }
}
