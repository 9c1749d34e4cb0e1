//! Sizes, widths, margins and colours of all figures, in one place.
//!
//! Everything is in points at the size at which the figure is shown. The numbers come from how
//! figures are read from the back of a lecture room: nothing below 11 pt, data first, frames and
//! ticks recede, text never in a mark's colour.

use crate::render::{Anchor, Cap, Color, Dash, Direction, Fill, Stroke, TextStyle, Weight};

/// Points in an inch.
pub const INCH: f64 = 72.0;

/// Baseline of the title below the top edge.
pub const TITLE_BASELINE: f64 = 0.33 * INCH;
/// Left edge of the title.
pub const TITLE_LEFT: f64 = 0.16 * INCH;
/// Left edge of the first panel of a wide figure.
pub const LEFT: f64 = 0.92 * INCH;
/// Space to the right of the last panel.
pub const RIGHT: f64 = 0.15 * INCH;
/// Space below the panels, for ticks and a label.
pub const BOTTOM: f64 = 0.62 * INCH;
/// Top edge of the panels of a wide figure.
pub const TOP: f64 = 0.56 * INCH;

/// Type sizes in points.
pub mod size {
    /// The bold start of the title.
    pub const TITLE: f64 = 17.0;
    /// The rest of the title.
    pub const SUBTITLE: f64 = 13.5;
    /// Labels of the axes.
    pub const AXIS: f64 = 13.0;
    /// Labels at marks.
    pub const LABEL: f64 = 12.5;
    /// Ticks and the key.
    pub const TICK: f64 = 12.0;
    /// Small notes.
    pub const NOTE: f64 = 11.5;
}

/// Line widths in points.
pub mod width {
    /// Axis lines and ticks.
    pub const AXIS: f64 = 0.8;
    /// Length of a tick, outward.
    pub const TICK: f64 = 4.0;
    /// Outline of what is true.
    pub const TRUTH: f64 = 1.4;
    /// Outline of what is estimated.
    pub const ESTIMATE: f64 = 2.8;
    /// A second, inner outline of what is estimated.
    pub const ESTIMATE_INNER: f64 = 1.8;
    /// A curve that is the only one.
    pub const CURVE: f64 = 2.3;
    /// Guide lines.
    pub const HAIR: f64 = 0.9;
}

/// Opacity of bars of data.
pub const BAR_OPACITY: f64 = 0.22;

/// The colours of a figure.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Behind everything.
    pub background: Color,
    /// Titles, truth without a component.
    pub ink: Color,
    /// Tick labels and notes.
    pub muted: Color,
    /// Axis lines.
    pub axis: Color,
    /// Grid lines and shading.
    pub grid: Color,
    /// What belongs to no component.
    pub none: Color,
    /// Marks of the components.
    marks: [Color; 8],
    /// Text of the components: darker than the marks, with a contrast of at least 5.5 to 1.
    texts: [Color; 8],
}

impl Theme {
    /// Dark on white; the first three colours are told apart under the common colour-vision
    /// deficiencies (smallest CIEDE2000 18 protan, 20 deutan, 12 tritan).
    pub fn light() -> Self {
        Self {
            background: Color::hex("#FFFFFF"),
            ink: Color::hex("#1F2328"),
            muted: Color::hex("#5F6670"),
            axis: Color::hex("#9AA1A9"),
            grid: Color::hex("#E7E9EC"),
            none: Color::hex("#8A9099"),
            marks: [
                Color::hex("#0072B2"),
                Color::hex("#D55E00"),
                Color::hex("#009E73"),
                Color::hex("#C45A96"),
                Color::hex("#A67C00"),
                Color::hex("#4A9FD4"),
                Color::hex("#6B4FA3"),
                Color::hex("#6B4A2F"),
            ],
            texts: [
                Color::hex("#005A8E"),
                Color::hex("#A84A00"),
                Color::hex("#00724F"),
                Color::hex("#96356B"),
                Color::hex("#735600"),
                Color::hex("#1F6A9A"),
                Color::hex("#523A85"),
                Color::hex("#54381F"),
            ],
        }
    }

    /// The colour of a component's marks; `None` is what belongs to no component.
    pub fn mark(&self, component: Option<usize>) -> Color {
        component.map_or(self.none, |k| self.marks[k % self.marks.len()])
    }

    /// The colour of text about a component.
    pub fn text(&self, component: Option<usize>) -> Color {
        component.map_or(self.muted, |k| self.texts[k % self.texts.len()])
    }
}

/// Horizontal text.
pub fn text(size: f64, color: Color, anchor: Anchor) -> TextStyle {
    TextStyle {
        size,
        weight: Weight::Regular,
        color,
        anchor,
        direction: Direction::Horizontal,
        background: None,
    }
}

/// Horizontal bold text.
pub fn bold(size: f64, color: Color, anchor: Anchor) -> TextStyle {
    TextStyle { weight: Weight::Bold, ..text(size, color, anchor) }
}

/// A solid line.
pub fn solid(width: f64, color: Color) -> Stroke {
    Stroke { color, width, opacity: 1.0, dash: Dash::Solid, cap: Cap::Butt }
}

/// The dashed line of what is estimated.
pub fn dashed(width: f64, color: Color) -> Stroke {
    Stroke { dash: Dash::Dashed, ..solid(width, color) }
}

/// The dotted line of guides.
pub fn dotted(width: f64, color: Color) -> Stroke {
    Stroke { dash: Dash::Dotted, ..solid(width, color) }
}

/// A filled area.
pub fn fill(color: Color, opacity: f64) -> Fill {
    Fill { color, opacity }
}
