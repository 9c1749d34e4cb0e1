//! The members of a sweep against each other.

mod rows;

pub use rows::rows;
