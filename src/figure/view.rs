//! How a picture is looked at: the theme, the axes it shares, and the layers that are shown.

use super::axes::Extent;
use super::style::{self, Theme};
use crate::render::Rect;

/// What a picture is drawn with.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Its colours.
    pub theme: &'a Theme,
    /// The ranges of its axes, where it shares them.
    pub shared: Option<Extent>,
    /// What of it is shown.
    pub layers: Layers,
    /// Which axes say what they measure.
    pub labels: Labels,
}

impl View<'_> {
    /// The panel of a figure with one: the page without the margins that the labels take.
    pub fn panel(&self, page: Rect) -> Rect {
        Rect {
            left: self.left(style::LEFT),
            top: style::TOP,
            right: page.right - style::RIGHT,
            bottom: page.bottom - self.bottom(style::BOTTOM),
        }
    }

    /// The left edge of the panel: `labelled`, or less where the axis has no labels.
    pub fn left(&self, labelled: f64) -> f64 {
        if self.labels.y { labelled } else { style::BARE }
    }

    /// The space below the panel: `labelled`, or less where the axis has no labels.
    pub fn bottom(&self, labelled: f64) -> f64 {
        if self.labels.x { labelled } else { style::BARE_BOTTOM }
    }
}

/// What of a picture is shown. What is not keeps its place: axes, key and labels stay where they
/// are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    /// The data.
    pub data: bool,
    /// The true components.
    pub truth: bool,
    /// The estimate of iteration 0, beside that of the iteration that is shown.
    pub start: Start,
    /// The estimate.
    pub estimate: bool,
}

/// Whether the start of an inference is shown beside a later iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It is no part of the figure.
    Absent,
    /// It has its place in the key, but is not shown.
    Hidden,
    /// It is shown.
    Shown,
}

impl Layers {
    /// Data, truth and estimate.
    pub const ALL: Self = Self { data: true, truth: true, start: Start::Absent, estimate: true };
}

/// Which axes have tick labels and a name: in a grid with shared axes only the outer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The horizontal axis.
    pub x: bool,
    /// The vertical axis.
    pub y: bool,
}

impl Labels {
    /// On both axes.
    pub const BOTH: Self = Self { x: true, y: true };
}
