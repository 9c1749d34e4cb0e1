//! The numbers of a chunk, one a row.

use std::ops::{Deref, DerefMut};

use super::CHUNK;

/// A number for every row of a chunk, where the widest registers can be filled at one go: one that
/// lies across two lines of the cache takes twice as long to read.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(in crate::model) struct Column([f64; CHUNK]);

impl Column {
    /// The same number for every row.
    #[inline(always)]
    pub(in crate::model) fn of(value: f64) -> Self {
        Self([value; CHUNK])
    }
}

impl Deref for Column {
    type Target = [f64; CHUNK];

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Column {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
