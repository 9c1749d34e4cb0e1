//! The distinct labels of rows, as they are found while a file is read.

use std::borrow::Borrow;

use super::labels::Labels;
use super::parameters::MOST_COMPONENTS;

/// Stands for no label.
pub(super) const NONE: u16 = u16::MAX;

/// Whole numbers below this one are told apart by floating-point numbers.
const LARGEST_LABEL: f64 = (1_u64 << 53) as f64;

/// Labels that differ, in the order in which they were found.
pub(super) struct Distinct<T> {
    /// In ascending order, each with its place.
    sorted: Vec<(T, u16)>,
    /// Whether there are more than can be components.
    pub(super) too_many: bool,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { sorted: Vec::new(), too_many: false }
    }
}

impl<T> Distinct<T> {
    /// The place of a label, which may be new; [`NONE`] of one too many.
    pub(super) fn place<Q>(&mut self, label: &Q) -> u16
    where
        T: Borrow<Q>,
        Q: Ord + ToOwned<Owned = T> + ?Sized,
    {
        match self.sorted.binary_search_by(|(known, _)| known.borrow().cmp(label)) {
            Ok(at) => self.sorted.get(at).map_or(NONE, |(_, place)| *place),
            Err(_) if self.sorted.len() == MOST_COMPONENTS => {
                self.too_many = true;
                NONE
            }
            Err(at) => {
                let place = self.sorted.len() as u16;
                self.sorted.insert(at, (label.to_owned(), place));
                place
            }
        }
    }

    /// Whether none was found.
    #[cfg(feature = "parquet")]
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The component of each of these places, none of which is [`NONE`]: the labels that occur, in
    /// ascending order.
    pub(super) fn components(&self, places: &[u16]) -> Labels {
        // Some may stand in rows only that were left out.
        let mut occurs = vec![false; self.sorted.len()];
        for place in places {
            occurs[usize::from(*place)] = true;
        }
        let mut ranks = vec![0; self.sorted.len()];
        let mut count = 0;
        for (_, place) in self.sorted.iter().filter(|(_, place)| occurs[usize::from(*place)]) {
            ranks[usize::from(*place)] = count;
            count += 1;
        }
        Labels::below(count, places.iter().map(|place| ranks[usize::from(*place)]))
    }
}

/// A number as a label; `None` if it is not whole, or so large that it is not told apart from others.
pub(super) fn whole(label: f64) -> Option<i64> {
    (label.fract() == 0.0 && label.abs() < LARGEST_LABEL).then_some(label as i64)
}
