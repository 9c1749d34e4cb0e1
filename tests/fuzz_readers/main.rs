//! No file makes a reader panic, hang or take much memory, whoever wrote it: each reader is called
//! with good files that were changed, within the limits of `limits.rs`.
//!
//! A few hundred cases by default; `PROPTEST_CASES=20000 cargo test --test fuzz_readers` looks
//! further, and so does `FUZZ_SECONDS=600 cargo test --test fuzz_readers cache -- --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics has failed")]

mod bytes;
mod cache;
mod compare;
mod config;
mod csv;
mod deck;
mod images;
mod limits;
#[path = "../fuzz/mutation.rs"]
mod mutation;
mod npy;
#[cfg(feature = "parquet")]
mod parquet;
mod points;
#[path = "../program/mod.rs"]
mod program;
mod provenance;
mod samples;
mod texts;

use limits::fuzz;
