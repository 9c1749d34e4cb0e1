//! The header of numpy's `.npy` files: a dictionary of Python's that says what the numbers are.
//!
//! Of Python's literals there are read: texts, words such as `True` and `3`, and tuples and lists of
//! those. Reference: numpy, `numpy.lib.format`, versions 1.0 to 3.0.

use super::Mistake;
use super::format::Kind;

pub(super) const AGAIN: &str = "write the file again with `numpy.save`";
pub(super) const AS_FLOATS: &str = "save it as `numpy.save(path, array.astype(float))`";

/// Lists within lists beyond this many are no header.
const DEEPEST: usize = 16;

/// What the numbers of a file are.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    /// N; the length of an array in one dimension.
    pub(super) rows: usize,
    /// D; 1 for an array in one dimension.
    pub(super) columns: usize,
    /// Whether the numbers of a column stand together, not those of a row.
    pub(super) by_column: bool,
    /// What each number is made of.
    pub(super) kind: Kind,
}

impl Header {
    /// What the dictionary says.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        let none = || ("has a header that is no dictionary of Python's".to_owned(), AGAIN);
        let entries = Parser { rest: text }.dictionary().ok_or_else(none)?;
        let value = |key: &str| {
            // Of a key that stands there twice Python takes the last.
            let entry = entries.iter().rfind(|(name, _)| *name == key);
            let missing = || (format!("has no `{key}` in its header"), AGAIN);
            entry.map(|(_, value)| value).ok_or_else(missing)
        };
        let kind = match value("descr")? {
            Literal::Text(name) => Kind::parse(name)?,
            _ => return Err(("has fields with names, not numbers alone".to_owned(), AS_FLOATS)),
        };
        let by_column = match value("fortran_order")? {
            Literal::Word("True") => true,
            Literal::Word("False") => false,
            _ => return Err(("does not say in which order its numbers are".to_owned(), AGAIN)),
        };
        let (rows, columns) = shape(value("shape")?)?;
        if rows == 0 || columns == 0 {
            return Err(("is empty".to_owned(), "a data set needs at least one point"));
        }
        Ok(Self { rows, columns, by_column, kind })
    }
}

/// Rows and columns.
fn shape(value: &Literal<'_>) -> Result<(usize, usize), Mistake> {
    // Python 2 writes `3L`.
    let number = |item: &Literal<'_>| match item {
        Literal::Word(word) => word.trim_end_matches('L').parse().ok(),
        _ => None,
    };
    let numbers: Option<Vec<usize>> = match value {
        Literal::Many(items) => items.iter().map(number).collect(),
        _ => None,
    };
    let wrong = || ("has a shape that is none".to_owned(), AGAIN);
    match numbers.ok_or_else(wrong)?.as_slice() {
        [rows] => Ok((*rows, 1)),
        [rows, columns] => Ok((*rows, *columns)),
        [] => Err(("holds one number, not an array".to_owned(), "save a list of points")),
        more => Err((
            format!("has {} dimensions", more.len()),
            "save an array of N points, or of N points with D coordinates each",
        )),
    }
}

/// A literal of Python's.
#[derive(Debug, PartialEq)]
enum Literal<'a> {
    /// What stands in quotes, as it stands there.
    Text(&'a str),
    /// What stands without: `True`, `3`.
    Word(&'a str),
    /// A tuple or a list.
    Many(Vec<Literal<'a>>),
}

/// What is left of a text.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// A dictionary whose keys are texts, and nothing behind it.
    fn dictionary(&mut self) -> Option<Vec<(&'a str, Literal<'a>)>> {
        let mut entries = Vec::new();
        self.takes('{').then_some(())?;
        while !self.takes('}') {
            let Literal::Text(key) = self.literal(0)? else { return None };
            self.takes(':').then_some(())?;
            entries.push((key, self.literal(0)?));
            self.separated('}').then_some(())?;
        }
        self.rest.trim().is_empty().then_some(entries)
    }

    fn literal(&mut self, depth: usize) -> Option<Literal<'a>> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            quote @ ('\'' | '"') => self.text(quote),
            '(' => self.many(')', depth),
            '[' => self.many(']', depth),
            _ => {
                let is_end = |c: char| !(c.is_alphanumeric() || "_+-.".contains(c));
                let end = self.rest.find(is_end).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at_checked(end).filter(|_| end > 0)?;
                self.rest = rest;
                Some(Literal::Word(word))
            }
        }
    }

    /// What stands in quotes; a character behind a backslash ends nothing.
    fn text(&mut self, quote: char) -> Option<Literal<'a>> {
        let inside = self.rest.strip_prefix(quote)?;
        let mut is_escaped = false;
        let (end, _) = inside.char_indices().find(|(_, c)| {
            let ends = !is_escaped && *c == quote;
            is_escaped = !is_escaped && *c == '\\';
            ends
        })?;
        let (text, rest) = inside.split_at_checked(end)?;
        self.rest = rest.strip_prefix(quote)?;
        Some(Literal::Text(text))
    }

    fn many(&mut self, end: char, depth: usize) -> Option<Literal<'a>> {
        let mut items = Vec::new();
        self.rest = self.rest.get(1..).filter(|_| depth < DEEPEST)?;
        while !self.takes(end) {
            items.push(self.literal(depth + 1)?);
            self.separated(end).then_some(())?;
        }
        Some(Literal::Many(items))
    }

    /// Takes a comma, or sees the end of the list.
    fn separated(&mut self, end: char) -> bool {
        self.takes(',') || self.rest.trim_start().starts_with(end)
    }

    fn takes(&mut self, c: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

impl Kind {
    /// A type as numpy names it: the order of the bytes, what they are, and how many.
    fn parse(name: &str) -> Result<Self, Mistake> {
        Self::of(name).ok_or_else(|| {
            let shown = crate::diagnostic::shorten(name);
            let what =
                "whose numbers are not of the types f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1";
            (format!("holds `{shown}`, {what}"), AS_FLOATS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_text_is_no_key() {
        let text = "{'x': \"'shape': (9,) \\\" }\", 'descr': '>i2', 'shape': (2L, 3), \
                    'y': [('a', ('<f8', (2,)))], 'fortran_order': True}";
        let header = Header::parse(text).unwrap();
        assert_eq!((header.rows, header.columns, header.by_column), (2, 3, true));
        for (wrong, message) in [
            ("{'shape': (2,)", "has a header that is no dictionary of Python's"),
            ("{'shape' (2,)}", "has a header that is no dictionary of Python's"),
            ("{'shape': (2,)} 1", "has a header that is no dictionary of Python's"),
            ("{'shape': '(2,)}", "has a header that is no dictionary of Python's"),
            ("{,}", "has a header that is no dictionary of Python's"),
            ("{'descr': '<f8', 'descr': 3}", "has fields with names, not numbers alone"),
            ("{}", "has no `descr` in its header"),
            ("{'descr': '<f8', 'fortran_order': 0}", "does not say in which order its numbers are"),
        ] {
            assert_eq!(Header::parse(wrong).unwrap_err().0, message, "{wrong}");
        }
        let deep = format!("{{'descr': {}", "[".repeat(100_000));
        Header::parse(&deep).unwrap_err();
    }
}
