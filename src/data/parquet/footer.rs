//! What the footer of a file of Parquet says: the columns, and where their parts lie.
//!
//! The footer is read here, not by the crate that decodes the values: that one takes room for as many
//! things as the file says there are, and goes as deep as the file says it is, so that some hundred
//! bytes make it ask for gigabytes or end the process. Reference: the Parquet format 2.12,
//! `parquet.thrift`.

use super::thrift::{Thrift, Wire};
use super::{AGAIN, Mistake};

/// The footer of a file of a thousand columns in a hundred parts has some 15 MB.
const LARGEST_FOOTER: u64 = 1 << 26;

/// What a file holds.
pub(super) struct Footer {
    /// N.
    pub(super) rows: u64,
    /// The columns that stand at the top, in their order.
    pub(super) columns: Vec<Column>,
    /// The parts that the rows lie in, one behind the other.
    pub(super) groups: Vec<Group>,
}

/// A column, or several that are one at the top.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) holds: Holds,
    /// Whether it may have no value in a row.
    pub(super) is_optional: bool,
    /// Which of a group's chunks is its first.
    pub(super) chunk: usize,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Holds {
    Truth,
    Int32,
    Int64,
    Unsigned32,
    Unsigned64,
    Float,
    Double,
    Text,
    /// What is neither a number nor a text, in words.
    Other(&'static str),
}

impl Holds {
    /// Whether it is a number of one row.
    pub(super) fn is_number(self) -> bool {
        !matches!(self, Self::Text | Self::Other(_))
    }

    /// How the format numbers what is stored.
    pub(super) fn stored(self) -> i64 {
        match self {
            Self::Truth => 0,
            Self::Int32 | Self::Unsigned32 => 1,
            Self::Int64 | Self::Unsigned64 => 2,
            Self::Float => 4,
            Self::Double => 5,
            Self::Text => 6,
            Self::Other(_) => -1,
        }
    }

    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Truth => "truth values",
            Self::Int32 | Self::Int64 | Self::Unsigned32 | Self::Unsigned64 => "whole numbers",
            Self::Float | Self::Double => "numbers",
            Self::Text => "texts",
            Self::Other(words) => words,
        }
    }
}

/// A part of the rows.
pub(super) struct Group {
    pub(super) rows: u64,
    /// One for each column that is no structure of others.
    pub(super) chunks: Vec<Chunk>,
}

/// The values of a column in a part of the rows.
#[derive(Clone, Copy)]
pub(super) struct Chunk {
    /// What is stored, as the format numbers it.
    pub(super) stored: i64,
    /// How it is compressed, as the format numbers it.
    pub(super) codec: i64,
    /// The byte that it starts with.
    pub(super) start: u64,
}

/// Where the footer lies, from the last eight bytes of a file of so many.
pub(super) fn place(length: u64, end: [u8; 8]) -> Result<(u64, u64), Mistake> {
    let [a, b, c, d, magic @ ..] = end;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err(("is encrypted".to_owned(), "write it without encryption")),
        _ => return Err(("ends too soon: its footer is missing".to_owned(), AGAIN)),
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    let start = length.checked_sub(size + 8).filter(|start| *start >= 4);
    let start = start.ok_or(("has a footer larger than itself".to_owned(), AGAIN))?;
    if size > LARGEST_FOOTER {
        let hint = "write fewer columns, and more rows in each row group";
        return Err((format!("has a footer of {size} bytes"), hint));
    }
    Ok((start, size))
}

impl Footer {
    /// What these bytes say.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Mistake> {
        let broken = || ("has a footer that cannot be read".to_owned(), AGAIN);
        let (mut rows, mut elements, mut groups) = (None, Vec::new(), Vec::new());
        let read = Thrift::new(bytes).fields(|thrift, field, wire| {
            match field {
                2 => thrift.structures(wire, |thrift| {
                    elements.push(Element::parse(thrift)?);
                    Some(())
                })?,
                3 => rows = Some(thrift.size(wire)?),
                4 => thrift.structures(wire, |thrift| {
                    groups.push(group(thrift)?);
                    Some(())
                })?,
                _ => return Some(false),
            }
            Some(true)
        });
        let rows = read.and(rows).ok_or_else(broken)?;
        let (columns, chunks) = columns(elements).ok_or_else(broken)?;
        let all = groups.iter().try_fold(0_u64, |all, group: &Group| all.checked_add(group.rows));
        if all != Some(rows) || groups.iter().any(|group| group.chunks.len() != chunks) {
            return Err(("has a footer that disagrees with itself".to_owned(), AGAIN));
        }
        Ok(Self { rows, columns, groups })
    }
}

/// A node of the tree of columns: the format lists all, each before those within it.
struct Element<'a> {
    name: &'a str,
    /// The numbers of the format: what is stored, how often, and what it means.
    stored: Option<i64>,
    repetition: i64,
    converted: Option<i64>,
    logical: Option<Logical>,
    children: u64,
}

/// What stored values mean, as newer files say it.
#[derive(Clone, Copy)]
struct Logical {
    kind: i64,
    is_unsigned: bool,
}

const REQUIRED: i64 = 0;
const OPTIONAL: i64 = 1;

impl<'a> Element<'a> {
    fn parse(thrift: &mut Thrift<'a>) -> Option<Self> {
        let mut name = None;
        let mut element = Self {
            name: "",
            stored: None,
            repetition: REQUIRED,
            converted: None,
            logical: None,
            children: 0,
        };
        thrift.fields(|thrift, field, wire| {
            match field {
                1 => element.stored = Some(thrift.whole(wire)?),
                3 => element.repetition = thrift.whole(wire)?,
                4 => name = Some(thrift.text(wire)?),
                5 => element.children = thrift.size(wire)?,
                6 => element.converted = Some(thrift.whole(wire)?),
                10 => element.logical = Some(logical(thrift, wire)?),
                _ => return Some(false),
            }
            Some(true)
        })?;
        Some(Self { name: name?, ..element })
    }

    fn holds(&self) -> Holds {
        match self.repetition {
            REQUIRED | OPTIONAL => {}
            _ => return Holds::Other("lists"),
        }
        if self.children > 0 {
            // A list or a map is a structure too.
            return match (self.logical.map(|logical| logical.kind), self.converted) {
                (Some(3), _) | (None, Some(3)) => Holds::Other("lists"),
                (Some(2), _) | (None, Some(1 | 2)) => Holds::Other("maps"),
                _ => Holds::Other("structures"),
            };
        }
        let Logical { kind, is_unsigned } = self
            .logical
            .or_else(|| self.older())
            .unwrap_or(Logical { kind: 0, is_unsigned: false });
        match (self.stored, kind, is_unsigned) {
            (_, 5, _) => Holds::Other("decimal numbers"),
            (_, 6, _) => Holds::Other("dates"),
            (_, 7, _) => Holds::Other("times"),
            (_, 8, _) => Holds::Other("points in time"),
            (Some(0), ..) => Holds::Truth,
            (Some(1), _, false) => Holds::Int32,
            (Some(1), _, true) => Holds::Unsigned32,
            (Some(2), _, false) => Holds::Int64,
            (Some(2), _, true) => Holds::Unsigned64,
            (Some(3), ..) => Holds::Other("points in time"),
            (Some(4), ..) => Holds::Float,
            (Some(5), ..) => Holds::Double,
            (Some(6), ..) => Holds::Text,
            (Some(7), 15, _) => Holds::Other("numbers of 16 bits"),
            (Some(7), ..) => Holds::Other("bytes of fixed length"),
            _ => Holds::Other("what is not known"),
        }
    }

    /// What older files say of the meaning.
    fn older(&self) -> Option<Logical> {
        let (kind, is_unsigned) = match self.converted? {
            5 => (5, false),
            6 => (6, false),
            7 | 8 => (7, false),
            9 | 10 => (8, false),
            11..=14 => (10, true),
            _ => return None,
        };
        Some(Logical { kind, is_unsigned })
    }
}

/// A union, of whose kinds that of whole numbers says whether they have a sign.
fn logical(thrift: &mut Thrift<'_>, wire: Wire) -> Option<Logical> {
    if wire != Wire::Struct {
        return None;
    }
    let mut logical = Logical { kind: 0, is_unsigned: false };
    thrift.fields(|thrift, field, wire| {
        logical.kind = field;
        if field != 10 || wire != Wire::Struct {
            return Some(false);
        }
        thrift.fields(|_, field, wire| {
            logical.is_unsigned |= field == 2 && wire == Wire::False;
            Some(false)
        })?;
        Some(true)
    })?;
    Some(logical)
}

/// The columns at the top of the tree, and how many chunks there are in a group.
fn columns(elements: Vec<Element<'_>>) -> Option<(Vec<Column>, usize)> {
    let mut elements = elements.into_iter();
    let root = elements.next()?;
    let (mut columns, mut chunk) = (Vec::new(), 0);
    while let Some(element) = elements.next() {
        columns.push(Column {
            name: element.name.to_owned(),
            holds: element.holds(),
            is_optional: element.repetition == OPTIONAL,
            chunk,
        });
        let mut open = element.children;
        chunk += usize::from(element.stored.is_some());
        while open > 0 {
            let inner = elements.next()?;
            open = (open - 1).checked_add(inner.children)?;
            chunk += usize::from(inner.stored.is_some());
        }
    }
    (columns.len() as u64 == root.children).then_some((columns, chunk))
}

fn group(thrift: &mut Thrift<'_>) -> Option<Group> {
    let (mut chunks, mut rows) = (Vec::new(), None);
    thrift.fields(|thrift, field, wire| {
        match field {
            1 => thrift.structures(wire, |thrift| {
                chunks.push(chunk(thrift)?);
                Some(())
            })?,
            3 => rows = Some(thrift.size(wire)?),
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(Group { rows: rows?, chunks })
}

/// A chunk of this file; of those that lie in others there is none.
fn chunk(thrift: &mut Thrift<'_>) -> Option<Chunk> {
    let mut found = None;
    thrift.fields(|thrift, field, wire| match (field, wire) {
        (1, _) => None,
        (3, Wire::Struct) => {
            let (mut stored, mut codec, mut data, mut dictionary) = (None, None, None, None);
            thrift.fields(|thrift, field, wire| {
                match field {
                    1 => stored = Some(thrift.whole(wire)?),
                    4 => codec = Some(thrift.whole(wire)?),
                    9 => data = Some(thrift.size(wire)?),
                    11 => dictionary = Some(thrift.size(wire)?),
                    _ => return Some(false),
                }
                Some(true)
            })?;
            // Some writers say 0 where there is no dictionary.
            let data = data?;
            let start = dictionary.filter(|start| *start > 0).map_or(data, |start| start.min(data));
            found = Some(Chunk { stored: stored?, codec: codec?, start });
            Some(true)
        }
        _ => Some(false),
    })?;
    found
}
