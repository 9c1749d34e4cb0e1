//! The format of numpy's `.npy` files: a header that says what the numbers are, and the numbers.
//!
//! Floating-point numbers and whole numbers of 4 and 8 bytes are read, in one or two dimensions, in
//! the order of rows or of columns, of either byte order. Reference: numpy, `numpy.lib.format`,
//! versions 1.0 to 3.0.

use ndarray::Array2;

use crate::data::parameters::MOST_NUMBERS;
use crate::diagnostic::shorten;

/// A file that cannot be read: what is wrong, and what to do.
pub(super) type Mistake = (String, &'static str);

const AGAIN: &str = "write the file again with `numpy.save`";
const AS_FLOATS: &str = "save it as `numpy.save(path, array.astype(float))`";

/// N x D numbers; those of an array in one dimension are N x 1.
pub(super) fn parse(bytes: &[u8]) -> Result<Array2<f64>, Mistake> {
    let cut = || ("ends within its header".to_owned(), AGAIN);
    let none = || ("is no file of numpy's".to_owned(), "name a file that `numpy.save` has written");
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or_else(none)?;
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        [0 | 4.., ..] => {
            let version = rest.first().copied().unwrap_or_default();
            return Err((format!("has the unknown version {version}"), AGAIN));
        }
        _ => return Err(cut()),
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let header = std::str::from_utf8(header)
        .map_err(|_| ("has a header that is no text".to_owned(), AGAIN))?;
    let kind = Kind::of(value(header, "descr")?)?;
    let by_column = match value(header, "fortran_order")? {
        text if text.starts_with("True") => true,
        text if text.starts_with("False") => false,
        _ => return Err(("does not say in which order its numbers are".to_owned(), AGAIN)),
    };
    let (rows, columns) = shape(value(header, "shape")?)?;
    let count = rows.saturating_mul(columns);
    if count == 0 {
        return Err(("is empty".to_owned(), "a data set needs at least one point"));
    }
    if count > MOST_NUMBERS {
        return Err((
            format!("has more than {MOST_NUMBERS} numbers"),
            "save fewer rows or columns",
        ));
    }
    let expected = count * kind.size;
    if data.len() != expected {
        let found = data.len();
        let what = if found < expected { "ends too soon" } else { "goes on behind its numbers" };
        let message =
            format!("{what}: it has {found} bytes of numbers, but its header says {expected}");
        return Err((message, AGAIN));
    }
    let numbers = data.chunks_exact(kind.size).map(|bytes| kind.number(bytes)).collect();
    let array = match by_column {
        false => Array2::from_shape_vec((rows, columns), numbers),
        true => Array2::from_shape_vec((columns, rows), numbers)
            .map(|array| array.reversed_axes().as_standard_layout().into_owned()),
    };
    array.map_err(|_| cut())
}

/// What a number is made of.
struct Kind {
    is_float: bool,
    is_big_endian: bool,
    size: usize,
}

impl Kind {
    fn of(descr: &str) -> Result<Self, Mistake> {
        let name = descr.split(['\'', '"']).nth(1).filter(|_| descr.starts_with(['\'', '"']));
        let Some(name) = name else {
            return Err(("has fields with names, not numbers alone".to_owned(), AS_FLOATS));
        };
        let (order, kind) = name.split_at_checked(1).unwrap_or_default();
        let (is_float, size) = match kind {
            "f4" => (true, 4),
            "f8" => (true, 8),
            "i4" => (false, 4),
            "i8" => (false, 8),
            _ => {
                let what = "whose numbers are not of the types f4, f8, i4, i8";
                return Err((format!("holds `{}`, {what}", shorten(name)), AS_FLOATS));
            }
        };
        match order {
            "<" | "=" => Ok(Self { is_float, is_big_endian: false, size }),
            ">" => Ok(Self { is_float, is_big_endian: true, size }),
            _ => Err((format!("has the unknown byte order `{order}`"), AGAIN)),
        }
    }

    fn number(&self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        // As little endian, the lowest byte first.
        for (i, place) in word.iter_mut().take(self.size).enumerate() {
            let from = if self.is_big_endian { self.size - 1 - i } else { i };
            *place = bytes.get(from).copied().unwrap_or_default();
        }
        let [a, b, c, d, ..] = word;
        match (self.is_float, self.size) {
            (true, 4) => f64::from(f32::from_le_bytes([a, b, c, d])),
            (true, _) => f64::from_le_bytes(word),
            (false, 4) => f64::from(i32::from_le_bytes([a, b, c, d])),
            (false, _) => i64::from_le_bytes(word) as f64,
        }
    }
}

/// What stands behind a key of the header, which is a dictionary of Python's.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str, Mistake> {
    let quoted = [format!("'{key}'"), format!("\"{key}\"")];
    let behind = quoted.iter().find_map(|quoted| header.split_once(quoted.as_str()));
    let value = behind.and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
    value.map(str::trim_start).ok_or_else(|| (format!("has no `{key}` in its header"), AGAIN))
}

/// Rows and columns.
fn shape(text: &str) -> Result<(usize, usize), Mistake> {
    let wrong = || ("has a shape that is none".to_owned(), AGAIN);
    let list = text.strip_prefix('(').and_then(|text| text.split_once(')')).ok_or_else(wrong)?.0;
    let numbers = list.split(',').map(str::trim).filter(|number| !number.is_empty());
    let numbers: Option<Vec<usize>> = numbers.map(|number| number.parse().ok()).collect();
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
