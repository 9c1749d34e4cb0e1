//! What the figures show: assertions on their numbers, on the markup of their SVG, on where their
//! texts stand, and small reference pictures.
//!
//! The fixtures are made by `fixtures/make_reference.py`.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
#![allow(clippy::disallowed_methods, reason = "closed forms are compared with a tolerance")]

mod common;

#[path = "figures/lecture.rs"]
mod lecture;

#[path = "figures/axes.rs"]
mod axes;
#[path = "figures/baseline.rs"]
mod baseline;
#[path = "figures/contour.rs"]
mod contour;
#[path = "figures/curve.rs"]
mod curve;
#[path = "figures/density.rs"]
mod density;
#[path = "figures/elbo.rs"]
mod elbo;
#[path = "figures/ellipses.rs"]
mod ellipses;
#[path = "figures/histogram.rs"]
mod histogram;
#[path = "figures/lanes.rs"]
mod lanes;
#[path = "figures/posterior.rs"]
mod posterior;
#[path = "figures/reference.rs"]
mod reference;
#[path = "figures/responsibilities.rs"]
mod responsibilities;
#[path = "figures/scatter.rs"]
mod scatter;
#[path = "figures/score_table.rs"]
mod score_table;
#[path = "figures/series.rs"]
mod series;
#[path = "figures/svg.rs"]
mod svg;
#[path = "figures/sweep.rs"]
mod sweep;
#[path = "figures/texts.rs"]
mod texts;
#[path = "figures/titles.rs"]
mod titles;
#[path = "figures/trace.rs"]
mod trace;
#[path = "figures/variants.rs"]
mod variants;
#[path = "figures/weights.rs"]
mod weights;
