//! Thrift's compact protocol, in which the footer and the headers of pages are written.
//!
//! Everything is `None` where the bytes are none of that, or end too soon. Reference: the
//! specification of the compact protocol, <https://github.com/apache/thrift>.

/// Structures within structures beyond this many are none of Parquet's.
const DEEPEST: usize = 32;

/// What is left of some bytes.
#[derive(Clone, Copy)]
pub(super) struct Thrift<'a> {
    rest: &'a [u8],
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wire {
    True,
    False,
    Byte,
    /// Whole numbers of 16, 32 and 64 bits are written alike.
    Whole,
    Double,
    Binary,
    List,
    Map,
    Struct,
    Uuid,
}

impl Wire {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Whole,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return None,
        })
    }
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A number of seven bits a byte, the lowest first.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for place in 0..10 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A number with its sign in the lowest bit.
    fn zigzag(&mut self) -> Option<i64> {
        let word = self.varint()?;
        Some((word >> 1) as i64 ^ -((word & 1) as i64))
    }

    /// A whole number.
    pub(super) fn whole(&mut self, wire: Wire) -> Option<i64> {
        match wire {
            Wire::Whole => self.zigzag(),
            _ => None,
        }
    }

    /// A whole number that counts something, or says where it is.
    pub(super) fn size(&mut self, wire: Wire) -> Option<u64> {
        self.whole(wire)?.try_into().ok()
    }

    /// As [`Self::size`], of 31 bits.
    pub(super) fn small(&mut self, wire: Wire) -> Option<u32> {
        self.whole(wire)?.try_into().ok().filter(|size| *size <= i32::MAX as u32)
    }

    /// A text.
    pub(super) fn text(&mut self, wire: Wire) -> Option<&'a str> {
        if wire != Wire::Binary {
            return None;
        }
        let length = self.varint()?.try_into().ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// Hands over each field of a structure, by its number and how it is written; of those that
    /// `each` does not read it says `Some(false)`.
    pub(super) fn fields(
        &mut self,
        mut each: impl FnMut(&mut Self, i64, Wire) -> Option<bool>,
    ) -> Option<()> {
        let mut last = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let wire = Wire::of(head & 0xf)?;
            let number = match head >> 4 {
                0 => self.zigzag()?,
                step => last + i64::from(step),
            };
            // Every writer goes upwards, so nothing is said twice.
            if number <= last || number > i64::from(i16::MAX) {
                return None;
            }
            if !each(self, number, wire)? {
                self.skip(wire, DEEPEST)?;
            }
            last = number;
        }
    }

    /// Hands over each structure of a list.
    pub(super) fn structures(
        &mut self,
        wire: Wire,
        mut each: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let (item, count) = self.list(wire)?;
        match item {
            Wire::Struct => (0..count).try_for_each(|_| each(self)),
            _ => None,
        }
    }

    /// How the items of a list are written, and how many there are; each takes a byte or more.
    fn list(&mut self, wire: Wire) -> Option<(Wire, usize)> {
        if wire != Wire::List {
            return None;
        }
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?.try_into().ok()?,
            count => usize::from(count),
        };
        Some((Wire::of(head & 0xf)?, count)).filter(|_| count <= self.rest.len())
    }

    fn skip(&mut self, wire: Wire, depth: usize) -> Option<()> {
        let inner = depth.checked_sub(1)?;
        match wire {
            Wire::True | Wire::False => {}
            Wire::Byte => drop(self.byte()?),
            Wire::Whole => drop(self.varint()?),
            Wire::Double => drop(self.take(8)?),
            Wire::Uuid => drop(self.take(16)?),
            Wire::Binary => {
                let length = self.varint()?.try_into().ok()?;
                self.take(length)?;
            }
            Wire::List => {
                let (item, count) = self.list(wire)?;
                (0..count).try_for_each(|_| self.skip_item(item, inner))?;
            }
            Wire::Map => {
                let count = self.varint()?;
                if count > 0 {
                    let kinds = self.byte()?;
                    let (key, value) = (Wire::of(kinds >> 4)?, Wire::of(kinds & 0xf)?);
                    for _ in 0..count {
                        self.skip_item(key, inner)?;
                        self.skip_item(value, inner)?;
                    }
                }
            }
            Wire::Struct => loop {
                let head = self.byte()?;
                if head == 0 {
                    break;
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(Wire::of(head & 0xf)?, inner)?;
            },
        }
        Some(())
    }

    /// Skips an item of a list or a map, in which truth values have a byte of their own.
    fn skip_item(&mut self, wire: Wire, depth: usize) -> Option<()> {
        match wire {
            Wire::True | Wire::False => self.byte().map(drop),
            wire => self.skip(wire, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields that are whole numbers.
    fn wholes(bytes: &[u8]) -> Option<Vec<(i64, i64)>> {
        let mut found = Vec::new();
        let mut thrift = Thrift::new(bytes);
        thrift.fields(|thrift, number, wire| {
            if wire == Wire::Whole {
                found.push((number, thrift.whole(wire)?));
                return Some(true);
            }
            Some(false)
        })?;
        (thrift.left() == 0).then_some(found)
    }

    #[test]
    fn what_is_not_asked_for_is_skipped() {
        // A list of two truth values, a text, a map, a structure in a structure, and numbers.
        let bytes = [
            0x19, 0x21, 1, 2, 0x18, 2, b'a', 0, 0x1b, 1, 0x85, b'x', 8, 0x1c, 0x1c, 0x11, 0, 0,
            0x15, 3, 0x06, 40, 0x80, 1, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        // The key of the map is a text of `x` bytes, so this is cut.
        assert_eq!(wholes(&bytes), None);
        let mut good = bytes.to_vec();
        good.splice(8..13, [0x1b, 1, 0x85, 1, b'k', 8]);
        assert_eq!(wholes(&good), Some(vec![(5, -2), (20, 64)]));
        for end in 0..good.len() {
            assert_eq!(wholes(&good[..end]), None);
        }
    }

    #[test]
    fn what_is_said_twice_or_too_deep_is_nothing() {
        assert_eq!(wholes(&[0x15, 2, 0x05, 2, 4, 0]), None);
        assert_eq!(wholes(&[0x15, 2, 0x15, 4, 0]), Some(vec![(1, 1), (2, 2)]));
        for deep in [[0x1c; 100_000], [0x19; 100_000]] {
            assert_eq!(wholes(&deep), None);
        }
        // A list of four billion numbers, and one byte of them.
        assert_eq!(wholes(&[0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f, 2]), None);
        assert_eq!(
            wholes(&[0x15, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]),
            None
        );
    }
}
