//! The components of points, in as few bytes as they need.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Range;

/// The component of each of N points, as numbers from 0.
#[derive(Clone, Debug)]
pub struct Labels(Numbers);

/// One byte a point where that is enough, as it nearly always is: ten million points have labels of
/// 10 MB then, beside 80 MB of coordinates.
#[derive(Clone, Debug)]
enum Numbers {
    Bytes(Vec<u8>),
    Words(Vec<u32>),
}

impl Labels {
    /// Of numbers below `components`.
    pub(super) fn below(components: usize, numbers: impl Iterator<Item = usize>) -> Self {
        let mut labels = Self::none(components, numbers.size_hint().0);
        numbers.for_each(|k| labels.push(k));
        labels
    }

    /// None yet, with room for those of so many points, which are to be below `components`.
    pub(crate) fn none(components: usize, points: usize) -> Self {
        Self(match components {
            0..=256 => Numbers::Bytes(Vec::with_capacity(points)),
            _ => Numbers::Words(Vec::with_capacity(points)),
        })
    }

    /// The component of one more point.
    pub(crate) fn push(&mut self, component: usize) {
        match &mut self.0 {
            Numbers::Bytes(bytes) => bytes.push(component as u8),
            Numbers::Words(words) => words.push(component as u32),
        }
    }

    /// N.
    pub fn len(&self) -> usize {
        match &self.0 {
            Numbers::Bytes(bytes) => bytes.len(),
            Numbers::Words(words) => words.len(),
        }
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The component of point `i`.
    pub fn get(&self, i: usize) -> Option<usize> {
        match &self.0 {
            Numbers::Bytes(bytes) => bytes.get(i).map(|k| usize::from(*k)),
            Numbers::Words(words) => words.get(i).map(|k| *k as usize),
        }
    }

    /// The components of these points, of those that there are.
    pub fn range(&self, points: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        points.map_while(|i| self.get(i))
    }

    /// The components of all points.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.range(0..self.len())
    }

    /// The components of all points as a list, of eight bytes each.
    pub fn to_vec(&self) -> Vec<usize> {
        self.iter().collect()
    }

    /// How many components there are if the last one that occurs is the last of all.
    pub fn components(&self) -> usize {
        self.iter().max().map_or(0, |largest| largest + 1)
    }

    /// The same groups of points renumbered, so that they are 0..K and each of them occurs; their
    /// order stays.
    pub(super) fn numbered(&self) -> Self {
        let mut left: Vec<usize> = self.iter().collect();
        left.sort_unstable();
        left.dedup();
        let rank = |label| left.partition_point(|other| *other < label);
        Self::below(left.len(), self.iter().map(rank))
    }
}

impl From<Vec<usize>> for Labels {
    fn from(numbers: Vec<usize>) -> Self {
        let components = numbers.iter().max().map_or(0, |largest| largest + 1);
        Self::below(components, numbers.into_iter())
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The length of what `iter` gives is not known before, and the cache must know it.
        serializer.collect_seq((0..self.len()).map(|i| self.get(i).unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<usize>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_components_need_more_bytes_and_are_the_same_labels() {
        let few = Labels::from(vec![3, 0, 255]);
        let same = Labels::below(1000, [3, 0, 255].into_iter());
        assert!(matches!((&few.0, &same.0), (Numbers::Bytes(_), Numbers::Words(_))));
        assert_eq!(few, same);
        let many = Labels::from(vec![256, 7]);
        assert_eq!(many.iter().collect::<Vec<_>>(), [256, 7]);
        assert_eq!((many.components(), many.get(2)), (257, None));
        assert_eq!(many.numbered(), Labels::from(vec![1, 0]));
        let json = serde_json::to_string(&many).unwrap();
        assert_eq!(json, "[256,7]");
        assert_eq!(serde_json::from_str::<Labels>(&json).unwrap(), many);
    }
}
