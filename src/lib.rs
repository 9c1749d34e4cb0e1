//! Lecture figures of variational inference from one TOML file.
//!
//! The pipeline, in order:
//!
//! ```text
//! config -> data -> fit -> score -> figure -> render -> report
//! ```
//!
//! 1. [`config`] reads TOML, resolves names, checks ranges and dimensions, reports *all* errors
//!    and gives a `Plan`, which cannot be invalid.
//! 2. [`data`] samples a mixture from a seed, or reads a file.
//! 3. [`model`] runs an inference algorithm with restarts and keeps every iteration.
//! 4. [`score`] matches components to the truth once and scores the fit, and permuted truth.
//!    [`selection`] compares the fits of a sweep and says which is best.
//! 5. [`figure`] makes the *data of the picture* from the values above, then draws it.
//! 6. [`render`] encodes one drawing as SVG, PNG and PDF, and many as an animation.
//! 7. [`report`] makes the numbers for slides, a self-contained page, what includes the figures in
//!    slides, and a manifest.
//!
//! Invariants:
//!
//! 1. Only `config`, `data` (file sources), `pipeline`, `live` and `command` touch the file system.
//!    Only those behind it in the list below import `config`; every other module sees its own
//!    `Spec`.
//! 2. No global state, no clock, no environment, no system fonts and no unordered map in anything
//!    that reaches an output.
//! 3. Figures never fit; models never draw; drawing is a pure function of the figure's data and
//!    style.
//! 4. The same plan gives the same bytes, whatever the number of threads or the subset of figures.
//!    Transcendental functions come from `libm` or from our own kernel, not from the platform (but
//!    for rare tails of `generator = "chacha"`; see ARCHITECTURE.md).
//! 5. All inference is in `f64`.
//! 6. A file is written to a temporary name beside its target and renamed; the manifest is last.
//!
//! The modules, in the order in which they may import each other (`tests/architecture.rs` checks
//! it): each sees those above it.

pub mod diagnostic;
pub mod setting;

pub mod math;

pub mod random;

pub mod data;
pub mod model;
pub mod score;
pub mod selection;

pub mod render;

pub mod figure;
pub mod report;

pub mod config;
pub mod provenance;

pub mod pipeline;

pub mod check;
pub mod live;

pub mod command;
