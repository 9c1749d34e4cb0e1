//! The numbers of numpy's `.npy` files, read in parts.
//!
//! Read are floating-point numbers of 4 and 8 bytes, whole numbers of 1 to 8 and truth values, in
//! one or two dimensions, in the order of rows or of columns, of either byte order.

use std::io::{self, Read};

use super::Mistake;
use super::header::{AGAIN, Header};
use crate::data::read::Stream;

/// How many bytes are read at a time: a multiple of the size of every number.
const PART: usize = 1 << 16;

/// Headers are some hundred bytes long.
const LONGEST_HEADER: u64 = 1 << 16;

/// What a number is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kind {
    class: Class,
    is_big_endian: bool,
    /// How many bytes it has.
    size: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Float,
    Signed,
    Unsigned,
    Truth,
}

impl Kind {
    /// Of a type as numpy names it, such as `<f8`.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (order, rest) = name.split_at_checked(1)?;
        let (class, size) = match rest {
            "f4" => (Class::Float, 4),
            "f8" => (Class::Float, 8),
            "i1" => (Class::Signed, 1),
            "i2" => (Class::Signed, 2),
            "i4" => (Class::Signed, 4),
            "i8" => (Class::Signed, 8),
            "u1" => (Class::Unsigned, 1),
            "u2" => (Class::Unsigned, 2),
            "u4" => (Class::Unsigned, 4),
            "u8" => (Class::Unsigned, 8),
            "b1" => (Class::Truth, 1),
            _ => return None,
        };
        let is_big_endian = match order {
            "<" | "=" => false,
            ">" => true,
            "|" if size == 1 => false,
            _ => return None,
        };
        Some(Self { class, is_big_endian, size })
    }

    /// The number that these bytes are; whole numbers beyond 2^53 are rounded.
    fn number(self, bytes: &[u8]) -> f64 {
        let add = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        let word = match self.is_big_endian {
            true => bytes.iter().fold(0, add),
            false => bytes.iter().rev().fold(0, add),
        };
        match (self.class, self.size) {
            (Class::Float, 4) => f64::from(f32::from_bits(word as u32)),
            (Class::Float, _) => f64::from_bits(word),
            (Class::Signed, size) => {
                let unused = 64 - 8 * size as u32;
                ((word << unused) as i64 >> unused) as f64
            }
            (Class::Unsigned, _) => word as f64,
            (Class::Truth, _) => f64::from(u8::from(word != 0)),
        }
    }
}

/// Reads the header, and checks that there are as many bytes behind it as it says.
pub(super) fn header(stream: &mut Stream) -> Result<Header, Mistake> {
    let cut = || ("ends within its header".to_owned(), AGAIN);
    let mut start = Vec::new();
    stream.by_ref().take(10).read_to_end(&mut start).map_err(unreadable)?;
    let none = || ("is no file of numpy's".to_owned(), "name a file that `numpy.save` has written");
    let (version, length, start) = match start.strip_prefix(b"\x93NUMPY").ok_or_else(none)? {
        [1, _, a, b] => (1, u64::from(u16::from_le_bytes([*a, *b])), 10),
        [version @ (2 | 3), _, a, b] => {
            let mut high = [0; 2];
            stream.read_exact(&mut high).map_err(|error| ended(&error, cut()))?;
            let [c, d] = high;
            (*version, u64::from(u32::from_le_bytes([*a, *b, c, d])), 12)
        }
        [version @ (0 | 4..), ..] => {
            return Err((format!("has the unknown version {version}"), AGAIN));
        }
        _ => return Err(cut()),
    };
    let behind = stream.length().saturating_sub(start);
    if length > behind {
        return Err(cut());
    }
    if length > LONGEST_HEADER {
        return Err((format!("has a header of {length} bytes"), AGAIN));
    }
    let mut text = vec![0; length as usize];
    stream.read_exact(&mut text).map_err(|error| ended(&error, cut()))?;
    // Before version 3 it is in Latin-1; what is beyond ASCII are names of fields.
    let text: String = match version {
        3 => String::from_utf8_lossy(&text).into_owned(),
        _ => text.into_iter().map(char::from).collect(),
    };
    let header = Header::parse(&text)?;
    let numbers = (header.rows as u128).saturating_mul(header.columns as u128);
    let (found, expected) = (behind - length, numbers.saturating_mul(header.kind.size as u128));
    if u128::from(found) != expected {
        return Err(wrong_length(found, expected));
    }
    Ok(header)
}

/// Reads the numbers behind the header, and hands over each with its row and its column.
pub(super) fn numbers(
    stream: &mut Stream,
    header: &Header,
    mut each: impl FnMut(usize, usize, f64),
) -> Result<(), Mistake> {
    let Header { rows, columns, by_column, kind } = *header;
    // Its length is that of the file, so this cannot overflow.
    let all = rows * columns * kind.size;
    let (mut row, mut column) = (0, 0);
    let mut part = vec![0; PART.min(all)];
    let mut left = all;
    while left > 0 {
        let bytes = part.get_mut(..left.min(PART)).unwrap_or_default();
        let changed = wrong_length((all - left) as u64, all as u128);
        stream.read_exact(bytes).map_err(|error| ended(&error, changed))?;
        left -= bytes.len();
        for bytes in bytes.chunks_exact(kind.size) {
            each(row, column, kind.number(bytes));
            let (inner, outer, length) = match by_column {
                false => (&mut column, &mut row, columns),
                true => (&mut row, &mut column, rows),
            };
            *inner += 1;
            if *inner == length {
                *inner = 0;
                *outer += 1;
            }
        }
    }
    Ok(())
}

fn wrong_length(found: u64, expected: u128) -> Mistake {
    let too_short = u128::from(found) < expected;
    let what = if too_short { "ends too soon" } else { "goes on behind its numbers" };
    (format!("{what}: it has {found} bytes of numbers, but its header says {expected}"), AGAIN)
}

/// What a failed reading means: that the file has ended, or anything else.
fn ended(error: &io::Error, cut: Mistake) -> Mistake {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => cut,
        _ => (format!("cannot be read: {error}"), "check the file and its permissions"),
    }
}

fn unreadable(error: io::Error) -> Mistake {
    ended(&error, (String::new(), AGAIN))
}
