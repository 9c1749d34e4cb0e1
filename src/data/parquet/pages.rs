//! The pages of a chunk, checked before the crate decodes them.
//!
//! A decoder of the crate panics, or takes any amount of room, where a page is not what its header
//! says. So the headers are read here, and a page is handed on only if its numbers fit its bytes. All
//! pages are handed on as those of the format's second version, which say how many values there are
//! beside those that are missing.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use ::parquet::basic::Encoding;
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};

use super::codec::Codec;
use super::footer::Holds;
use super::thrift::{Thrift, Wire};

/// A header has some twenty bytes, and more where it says the least and the greatest text of a page.
const HEADERS: [u64; 3] = [1 << 10, 1 << 16, 1 << 22];

/// A block of differences has some hundred.
const LARGEST_BLOCK: u64 = 1 << 16;

/// The numbers of the format for how values are written.
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const RUNS: i64 = 3;
const DIFFERENCES: i64 = 5;
const DICTIONARY: i64 = 8;
const SPLIT: i64 = 9;

/// What is left of a chunk.
pub(super) struct Pages {
    pub(super) file: Arc<fs::File>,
    /// The next byte.
    pub(super) at: u64,
    /// The byte behind all chunks.
    pub(super) end: u64,
    pub(super) codec: Codec,
    pub(super) holds: Holds,
    pub(super) is_optional: bool,
    /// How many rows the pages to come are of.
    pub(super) rows: u64,
    pub(super) has_dictionary: bool,
}

/// What a header says of its page.
struct Header {
    kind: Kind,
    /// Of how many bytes the page is, and of how many when it is unpacked.
    packed: usize,
    length: usize,
    values: u32,
    encoding: i64,
    /// How what is missing is written, in the first version.
    levels: i64,
}

enum Kind {
    Dictionary,
    First,
    /// How many bytes come before the values, and whether those are packed.
    Second {
        levels: usize,
        is_packed: bool,
    },
    /// One that is passed over.
    Other,
}

/// So many bytes of a file from some byte on.
pub(super) fn bytes(mut file: &fs::File, at: u64, count: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count).map_err(io::Error::other)?;
    file.take(count as u64).read_to_end(&mut bytes)?;
    match bytes.len() == count {
        true => Ok(bytes),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn broken(what: impl Into<String>) -> ParquetError {
    ParquetError::General(what.into())
}

impl Header {
    fn parse(thrift: &mut Thrift<'_>) -> Option<Self> {
        let (mut kind, mut packed, mut length) = (None, None, None);
        let (mut values, mut encoding, mut levels) = (None, None, RUNS);
        let (mut before, mut is_packed) = ([0, 0], true);
        thrift.fields(|thrift, field, wire| {
            match (field, wire) {
                (1, _) => kind = Some(thrift.whole(wire)?),
                (2, _) => length = Some(thrift.small(wire)?),
                (3, _) => packed = Some(thrift.small(wire)?),
                // Of the first version, a dictionary, and the second version.
                (5 | 7 | 8, Wire::Struct) => thrift.fields(|thrift, inner, wire| {
                    match (field, inner) {
                        (_, 1) => values = Some(thrift.small(wire)?),
                        (5 | 7, 2) | (8, 4) => encoding = Some(thrift.whole(wire)?),
                        (5, 3) => levels = thrift.whole(wire)?,
                        (8, 5) => before[0] = thrift.small(wire)? as usize,
                        (8, 6) => before[1] = thrift.small(wire)? as usize,
                        (8, 7) => {
                            is_packed = wire == Wire::True;
                            return Some(false);
                        }
                        _ => return Some(false),
                    }
                    Some(true)
                })?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        let (kind, values, encoding) = match kind? {
            0 => (Kind::First, values?, encoding?),
            2 => (Kind::Dictionary, values?, encoding?),
            // No list is read, so before the values there is only what is missing.
            3 if before[1] == 0 => {
                (Kind::Second { levels: before[0], is_packed }, values?, encoding?)
            }
            3 => return None,
            _ => (Kind::Other, 0, PLAIN),
        };
        let (packed, length) = (packed? as usize, length? as usize);
        Some(Self { kind, packed, length, values, encoding, levels })
    }
}

impl Pages {
    /// The next header; behind it stands its page.
    fn header(&mut self) -> Result<Header> {
        for most in HEADERS {
            let count = most.min(self.end.saturating_sub(self.at));
            let bytes = bytes(&self.file, self.at, count as usize)?;
            let mut thrift = Thrift::new(&bytes);
            if let Some(header) = Header::parse(&mut thrift) {
                self.at += (bytes.len() - thrift.left()) as u64;
                let left = self.end.saturating_sub(self.at);
                return match header.packed as u64 <= left {
                    true => Ok(header),
                    false => Err(broken("a page ends behind the columns")),
                };
            }
            if count < most {
                break;
            }
        }
        Err(broken("a page has a header that cannot be read"))
    }

    fn dictionary(&mut self, header: &Header, packed: &[u8]) -> Result<Page> {
        let buf = self.unpack(packed, header.length)?;
        let size = match self.holds {
            Holds::Int32 | Holds::Unsigned32 | Holds::Float => 4,
            Holds::Int64 | Holds::Unsigned64 | Holds::Double => 8,
            Holds::Text => 0,
            Holds::Truth | Holds::Other(_) => return Err(broken("a dictionary of truth values")),
        };
        let fits = match self.holds {
            Holds::Text => texts(&buf) == Some(header.values),
            _ => buf.len() as u64 >= u64::from(header.values) * size,
        };
        if !matches!(header.encoding, PLAIN | PLAIN_DICTIONARY) || !fits || self.has_dictionary {
            return Err(broken("a dictionary is not what its header says"));
        }
        self.has_dictionary = true;
        Ok(Page::DictionaryPage {
            buf: buf.into(),
            num_values: header.values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        })
    }

    fn data(&mut self, header: &Header, packed: &[u8]) -> Result<Page> {
        let short = || broken("a page ends too soon");
        let (mut buf, levels) = match header.kind {
            Kind::Second { levels, is_packed } => {
                let (before, values) = packed.split_at_checked(levels).ok_or_else(short)?;
                let length = header.length.checked_sub(levels).ok_or_else(short)?;
                let values = match is_packed {
                    true => self.unpack(values, length)?,
                    false => values.to_vec(),
                };
                ([before, &values].concat(), levels)
            }
            _ => (self.unpack(packed, header.length)?, 0),
        };
        let levels = match header.kind {
            Kind::First if self.is_optional => {
                if header.levels != RUNS {
                    return Err(broken("what is missing is written in a way that is not read"));
                }
                let (length, rest) = buf.split_first_chunk().ok_or_else(short)?;
                let length = u32::from_le_bytes(*length) as usize;
                if length > rest.len() {
                    return Err(short());
                }
                buf.drain(..4);
                length
            }
            _ => levels,
        };
        let values = buf.get_mut(levels..).ok_or_else(short)?;
        let (encoding, present) = self.values(header, values)?;
        let rows = u64::from(header.values);
        self.rows =
            self.rows.checked_sub(rows).ok_or_else(|| broken("a chunk has too many rows"))?;
        let num_nulls = header.values.checked_sub(present);
        Ok(Page::DataPageV2 {
            buf: buf.into(),
            num_values: header.values,
            encoding,
            num_nulls: num_nulls.ok_or_else(|| broken("a page has more values than rows"))?,
            num_rows: header.values,
            def_levels_byte_len: levels as u32,
            rep_levels_byte_len: 0,
            is_compressed: false,
            statistics: None,
        })
    }

    /// How the values of a page are to be decoded, and how many there are at most.
    fn values(&self, header: &Header, values: &[u8]) -> Result<(Encoding, u32)> {
        let count = header.values;
        let at_most = |found: usize| u32::try_from(found).unwrap_or(u32::MAX).min(count);
        let short = || broken("a page of numbers ends too soon");
        Ok(match (header.encoding, self.holds) {
            (PLAIN, Holds::Text) => {
                let found = texts(values).filter(|found| *found <= count);
                (Encoding::PLAIN, found.ok_or_else(|| broken("a page of texts is broken"))?)
            }
            (PLAIN, _) => (Encoding::PLAIN, count),
            (RUNS, Holds::Truth) => (Encoding::RLE, count),
            (PLAIN_DICTIONARY | DICTIONARY, _) if self.has_dictionary => {
                (Encoding::RLE_DICTIONARY, count)
            }
            (PLAIN_DICTIONARY | DICTIONARY, _) => return Err(broken("a dictionary is missing")),
            (SPLIT, Holds::Int32 | Holds::Unsigned32 | Holds::Float) => {
                (Encoding::BYTE_STREAM_SPLIT, at_most(values.len() / 4))
            }
            (SPLIT, Holds::Int64 | Holds::Unsigned64 | Holds::Double) => {
                (Encoding::BYTE_STREAM_SPLIT, at_most(values.len() / 8))
            }
            (DIFFERENCES, Holds::Int32 | Holds::Int64 | Holds::Unsigned32 | Holds::Unsigned64) => {
                let mut start = Thrift::new(values);
                let block = start.varint().ok_or_else(short)?;
                let parts = start.varint().ok_or_else(short)?;
                let found = start.varint().ok_or_else(short)?;
                if block > LARGEST_BLOCK || parts == 0 || parts > block {
                    return Err(broken("a page of differences is broken"));
                }
                match u32::try_from(found).ok().filter(|found| *found <= count) {
                    // The decoder takes it that there is one.
                    Some(0) => (Encoding::PLAIN, 0),
                    Some(found) => (Encoding::DELTA_BINARY_PACKED, found),
                    None => return Err(broken("a page has more values than rows")),
                }
            }
            (number, _) => {
                let name = match number {
                    6 => "DELTA_LENGTH_BYTE_ARRAY".to_owned(),
                    7 => "DELTA_BYTE_ARRAY".to_owned(),
                    number => format!("number {number}"),
                };
                return Err(broken(format!("it is written in the encoding {name}")));
            }
        })
    }

    fn unpack(&self, packed: &[u8], length: usize) -> Result<Vec<u8>> {
        let unpacked = self.codec.unpack(packed, length);
        unpacked.ok_or_else(|| broken("a page cannot be unpacked"))
    }
}

/// How many texts there are, each behind its length; `None` if the last one ends too soon.
fn texts(mut bytes: &[u8]) -> Option<u32> {
    let mut count = 0_u32;
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        bytes = rest.get(u32::from_le_bytes(*length) as usize..)?;
        count = count.checked_add(1)?;
    }
    Some(count)
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        while self.rows > 0 {
            let header = self.header()?;
            let packed = bytes(&self.file, self.at, header.packed)?;
            self.at += header.packed as u64;
            return match header.kind {
                Kind::Other => continue,
                Kind::Dictionary => self.dictionary(&header, &packed).map(Some),
                Kind::First | Kind::Second { .. } => self.data(&header, &packed).map(Some),
            };
        }
        Ok(None)
    }

    // Nothing is looked at before it is read, and nothing is skipped.

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(broken("pages are read in their order"))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(broken("pages are read in their order"))
    }
}
