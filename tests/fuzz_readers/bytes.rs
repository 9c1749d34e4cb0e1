//! Changes to bytes, as broken disks, other programs and malice make them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One change to bytes. Places are early in the file as often as anywhere: most of what is read
/// stands at the beginning.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Set(Place, u8),
    Flip(Place, u8),
    Cut(Place),
    Delete(Place, usize),
    /// So many bytes again, so often.
    Repeat(Place, usize, usize),
    /// So many bytes from the first place at the second.
    Copy(Place, Place, usize),
    Insert(Place, Vec<u8>),
    /// A length or another number, in big or little endian.
    Number(Place, u32, bool),
}

/// A place in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(Index, Option<usize>);

impl Place {
    fn of(self, length: usize) -> usize {
        self.0.index(self.1.map_or(length, |early| length.min(early)) + 1)
    }
}

fn place() -> impl Strategy<Value = Place> {
    (any::<Index>(), select(vec![None, None, Some(3000), Some(60)])).prop_map(|(i, e)| Place(i, e))
}

/// Any change.
pub(crate) fn change() -> impl Strategy<Value = Change> {
    let numbers = select(vec![0, 1, 8, 255, 65_535, 100_000, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
    let length = || select(vec![1_usize, 2, 4, 12, 100, 4000]);
    prop_oneof![
        3 => (place(), any::<u8>()).prop_map(|(p, b)| Change::Set(p, b)),
        3 => (place(), 0..8_u8).prop_map(|(p, b)| Change::Flip(p, 1 << b)),
        1 => place().prop_map(Change::Cut),
        1 => (place(), length()).prop_map(|(p, n)| Change::Delete(p, n)),
        1 => (place(), length(), select(vec![1_usize, 3, 50, 3000]))
            .prop_map(|(p, n, times)| Change::Repeat(p, n, times)),
        1 => (place(), place(), length()).prop_map(|(p, q, n)| Change::Copy(p, q, n)),
        1 => (place(), prop::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(p, bytes)| Change::Insert(p, bytes)),
        2 => (place(), numbers, any::<bool>()).prop_map(|(p, n, big)| Change::Number(p, n, big)),
    ]
}

/// A few changes.
pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(), 0..5)
}

/// Nothing grows beyond this, in bytes: what is large is read on purpose by cases of its own.
const LARGEST: usize = 1 << 20;

/// Makes one change.
pub(crate) fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let length = bytes.len();
    let part = |place: Place, count: usize| {
        let start = place.of(length);
        start..(start + count).min(length)
    };
    match change {
        Change::Set(place, byte) => {
            if let Some(there) = bytes.get_mut(place.of(length)) {
                *there = *byte;
            }
        }
        Change::Flip(place, mask) => {
            if let Some(there) = bytes.get_mut(place.of(length)) {
                *there ^= mask;
            }
        }
        Change::Cut(place) => bytes.truncate(place.of(length)),
        Change::Delete(place, count) => {
            bytes.drain(part(*place, *count));
        }
        Change::Repeat(place, count, times) => {
            let range = part(*place, *count);
            let times = (*times).min(LARGEST / range.len().max(1));
            let again = bytes[range.clone()].repeat(times);
            bytes.splice(range.end..range.end, again);
        }
        Change::Copy(from, to, count) => {
            let copied = bytes[part(*from, *count)].to_vec();
            let to = to.of(length);
            bytes.splice(to..to, copied);
        }
        Change::Insert(place, new) => {
            let at = place.of(length);
            bytes.splice(at..at, new.iter().copied());
        }
        Change::Number(place, number, big) => {
            let new = if *big { number.to_be_bytes() } else { number.to_le_bytes() };
            let range = part(*place, 4);
            bytes.splice(range, new);
        }
    }
}

/// Bytes with all changes made.
pub(crate) fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    changes.iter().for_each(|change| apply(&mut bytes, change));
    bytes
}
