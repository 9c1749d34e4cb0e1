//! The language of assertions, from text to tree: a comparison of two values, or a value and what it
//! is. A value is a path, a number, a text, a function of a value or arithmetic.
//!
//! ```text
//! claim   = sum ("==" | "!=" | "<=" | ">=" | "<" | ">") sum
//!         | sum "is" ["not"] PROPERTY
//! sum     = product {("+" | "-") product}
//! product = sign {("*" | "/") sign}
//! sign    = ["-"] value {"[" INDEX "]" | "." FIELD}
//! value   = NUMBER | TEXT | SECTION "." NODE | FUNCTION "(" sum ")" | "(" sum ")"
//! ```

use super::tree::{Claim, Kind, Mistake, Place, Value};
use super::words::{Comparison, Function, Operator, Property, SECTIONS, named, named_with};
use crate::diagnostic::{list, suggest};

/// No claim that anybody reads is longer, in bytes.
const LONGEST: usize = 1000;

/// No value that anybody reads has more parentheses and signs around it.
const DEEPEST: usize = 32;

/// Reads a claim.
///
/// # Errors
///
/// The first place that cannot be understood.
pub(super) fn parse(text: &str) -> Result<Claim, Mistake> {
    if text.len() > LONGEST {
        let message = format!("an assertion of {} bytes is too long", text.len());
        return Err(Mistake::new(0..1, message, format!("keep it to {LONGEST}")));
    }
    Parser { text, at: 0, depth: 0 }.claim()
}

type Parsed<T> = Result<T, Mistake>;

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn claim(mut self) -> Parsed<Claim> {
        let value = self.sum()?;
        let claim = if self.take_word("is") {
            let not = self.take_word("not");
            self.skip_blanks();
            let (start, word) = (self.at, self.word(""));
            let property = named(Property::ALL, word).ok_or_else(|| {
                let hint = suggest(word, &Property::ALL.map(|(name, _)| name), "properties");
                Mistake::new(self.from(start), format!("no value is `{word}`"), hint)
            })?;
            Claim::Is { value, not, property }
        } else {
            let comparison = self.comparison(&value)?;
            Claim::Compare(value, comparison, self.sum()?)
        };
        self.skip_blanks();
        match self.rest() {
            "" => Ok(claim),
            rest => Err(self.too_much(rest)),
        }
    }

    fn comparison(&mut self, value: &Value) -> Parsed<Comparison> {
        const SLIPS: [(&str, &str); 9] = [
            ("=>", ">="),
            ("=<", "<="),
            ("≥", ">="),
            ("≤", "<="),
            ("≠", "!="),
            ("<>", "!="),
            ("≈", "=="),
            ("~=", "=="),
            ("=", "=="),
        ];
        self.skip_blanks();
        let rest = self.rest();
        let begins = |(symbol, _): &&(&str, &str)| rest.starts_with(symbol);
        let slip = SLIPS.iter().find(begins).filter(|_| !rest.starts_with("=="));
        if let Some((written, meant)) = slip {
            let place = self.at..self.at + written.len();
            let message = format!("`{written}` is no comparison here");
            return Err(Mistake::new(place, message, format!("write `{meant}`")));
        }
        if let Some((symbol, comparison)) = named_with(Comparison::ALL, rest) {
            self.at += symbol.len();
            return Ok(comparison);
        }
        let written = &self.text[value.place.clone()];
        let hint = format!("say what must hold, such as `{written} > 0` or `{written} is finite`");
        Err(match rest {
            "" => Mistake::new(value.place.clone(), format!("`{written}` claims nothing"), hint),
            _ => Mistake::new(self.token(), "there is no comparison here", hint),
        })
    }

    /// What is wrong with what stands behind a whole claim.
    fn too_much(&self, rest: &str) -> Mistake {
        let joins = ["and", "or", "&&", "||", ","].iter().any(|join| rest.starts_with(join));
        let hint = match joins || named_with(Comparison::ALL, rest).is_some() {
            true => "an assertion claims one thing: write another `[assert.NAME]` for the rest",
            false => "write nothing behind what is claimed",
        };
        let place = self.token();
        let message = format!("`{}` cannot stand here", &self.text[place.clone()]);
        Mistake::new(place, message, hint)
    }

    fn sum(&mut self) -> Parsed<Value> {
        self.chain(&[("+", Operator::Plus), ("-", Operator::Minus)], Self::product)
    }

    fn product(&mut self) -> Parsed<Value> {
        self.chain(&[("*", Operator::Times), ("/", Operator::Over)], Self::sign)
    }

    fn chain(
        &mut self,
        operators: &[(&str, Operator)],
        part: fn(&mut Self) -> Parsed<Value>,
    ) -> Parsed<Value> {
        let mut left = part(self)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.take(symbol)) {
            let right = part(self)?;
            let place = left.place.start..right.place.end;
            left = Value { place, kind: Kind::Both(Box::new(left), *operator, Box::new(right)) };
        }
        Ok(left)
    }

    fn sign(&mut self) -> Parsed<Value> {
        self.skip_blanks();
        let start = self.at;
        if self.take("-") {
            let value = self.deeper(start, Self::sign)?;
            return Ok(Value {
                place: start..value.place.end,
                kind: Kind::Negative(Box::new(value)),
            });
        }
        let mut value = self.value()?;
        loop {
            if self.take("[") {
                let index = self.index()?;
                value = Value { place: self.from(start), kind: Kind::Item(Box::new(value), index) };
            } else if self.take(".") {
                let field = self.word("").to_owned();
                if field.is_empty() {
                    let hint = "write the name of a field behind the dot";
                    return Err(Mistake::new(self.token(), "a field is missing here", hint));
                }
                value =
                    Value { place: self.from(start), kind: Kind::Field(Box::new(value), field) };
            } else {
                return Ok(value);
            }
        }
    }

    /// What is in brackets, behind the first of them.
    fn index(&mut self) -> Parsed<i64> {
        let start = self.at;
        let inside = self.rest().split(']').next().unwrap_or_default();
        self.at += inside.len();
        let index = inside.trim().parse().ok().filter(|_| self.take("]"));
        index.ok_or_else(|| {
            let end = start + inside.len().max(1);
            let hint = "`[0]` is the first item, `[-1]` the last";
            Mistake::new(start..end, "an index is a whole number in brackets", hint)
        })
    }

    fn value(&mut self) -> Parsed<Value> {
        self.skip_blanks();
        let (start, rest) = (self.at, self.rest());
        let kind = match rest.chars().next() {
            Some('(') => {
                self.at += 1;
                let inner = self.deeper(start, Self::sum)?;
                self.close(start)?;
                inner.kind
            }
            Some(quote @ ('"' | '\'')) => {
                let inside = rest[1..].split_once(quote).map(|(inside, _)| inside);
                let inside = inside.ok_or_else(|| {
                    let hint = format!("close it with {quote}");
                    Mistake::new(self.token(), "a text is not closed", hint)
                })?;
                self.at += inside.len() + 2;
                Kind::Text(inside.to_owned())
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number()?,
            Some(c) if c.is_ascii_alphabetic() => self.function_or_node()?,
            _ => {
                let message = match rest {
                    "" => "a value is missing at the end".to_owned(),
                    _ => format!("`{}` is no value", &self.text[self.token()]),
                };
                let hint = "values are such as `fit.NAME.iterations`, `0.75` and `\"converged\"`";
                return Err(Mistake::new(self.token(), message, hint));
            }
        };
        Ok(Value { place: self.from(start), kind })
    }

    fn number(&mut self) -> Parsed<Kind> {
        let rest = self.rest();
        let mut end = 0;
        for c in rest.chars() {
            let is_sign = matches!(c, '+' | '-') && rest[..end].ends_with(['e', 'E']);
            if !(c.is_ascii_alphanumeric() || c == '.' || c == '_' || is_sign) {
                break;
            }
            end += c.len_utf8();
        }
        let (start, written) = (self.at, &rest[..end]);
        self.at += end;
        let number = written.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Kind::Number).ok_or_else(|| {
            let message = format!("`{written}` is no number");
            Mistake::new(self.from(start), message, "write it as `75`, `0.75` or `1e-9`")
        })
    }

    fn function_or_node(&mut self) -> Parsed<Kind> {
        let (start, word) = (self.at, self.word(""));
        let place = self.from(start);
        if self.take("(") {
            let function = named(Function::ALL, word).ok_or_else(|| {
                let hint = suggest(word, &Function::ALL.map(|(name, _)| name), "functions");
                Mistake::new(place, format!("there is no function `{word}`"), hint)
            })?;
            let inner = self.deeper(start, Self::sum)?;
            self.close(start)?;
            return Ok(Kind::Call(function, Box::new(inner)));
        }
        if !self.take(".") {
            let message = format!("`{word}` is no value");
            let hint = match SECTIONS.contains(&word) || named(Function::ALL, word).is_some() {
                true => format!("write what follows `{word}`, such as `last(fit.NAME.elbo)`"),
                false => format!("write a text in quotes, \"{word}\", or a path, `fit.NAME.stop`"),
            };
            return Err(Mistake::new(place, message, hint));
        }
        if !SECTIONS.contains(&word) {
            let hint = match word {
                "figure" => format!("assertions are about {}", list(&SECTIONS)),
                _ => suggest(word, &SECTIONS, "sections here"),
            };
            let message = format!("no value begins with `{word}`");
            return Err(Mistake::new(place, message, hint));
        }
        // What reads as a difference is the name of a node, which may have hyphens.
        let name = self.word("-").to_owned();
        if name.is_empty() {
            let hint = format!("write the name of a node behind it: `{word}.NAME`");
            return Err(Mistake::new(self.token(), "a name is missing here", hint));
        }
        Ok(Kind::Node { start, section: word.to_owned(), name })
    }

    /// The parenthesis that closes the one behind `start`.
    fn close(&mut self, start: usize) -> Parsed<()> {
        match self.take(")") {
            true => Ok(()),
            false => {
                let open = start + self.text[start..].find('(').unwrap_or(0);
                let hint = match self.rest().starts_with(',') {
                    true => "a function takes one value, such as a list",
                    false => "write `)` behind what belongs in it",
                };
                Err(Mistake::new(open..open + 1, "a parenthesis is not closed", hint))
            }
        }
    }

    fn deeper(&mut self, start: usize, part: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        if self.depth == DEEPEST {
            let hint = format!("keep to {DEEPEST} parentheses and signs around a value");
            return Err(Mistake::new(start..start + 1, "this lies too deep", hint));
        }
        self.depth += 1;
        let value = part(self);
        self.depth -= 1;
        value
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn from(&self, start: usize) -> Place {
        start..self.at
    }

    /// What stands here, up to the next blank.
    fn token(&self) -> Place {
        let rest = self.rest();
        self.at..self.at + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len() } else { 0 };
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let before = self.at;
        let found = self.word("") == word;
        self.at = if found { self.at } else { before };
        found
    }

    /// The letters, digits, underscores and characters of `also` that stand here.
    fn word(&mut self, also: &str) -> &'t str {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || also.contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}
