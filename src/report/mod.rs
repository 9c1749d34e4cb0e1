//! What stands beside the figures: the numbers for slides, one self-contained page, a manifest.
//!
//! Everything here is a pure function of values that the pipeline has computed; nothing is read or
//! written.

pub mod gallery;
pub mod html;
pub mod manifest;
pub mod numbers;
pub mod snippets;
pub mod sweep;
pub mod table;
