//! Sizes, widths, margins and colours of all figures, in one place.
//!
//! Everything is in points at the size at which the figure is shown. The numbers come from how
//! figures are read from the back of a lecture room: nothing below 11 pt, data first, frames and
//! ticks recede, text never in a mark's colour.

use crate::render::{
    Anchor, Canvas, Cap, Color, Dash, Direction, Fill, Hatch, Pattern, Stroke, TextStyle, Weight,
};

/// Points in an inch.
pub const INCH: f64 = 72.0;

/// Baseline of the title below the top edge.
pub const TITLE_BASELINE: f64 = 0.33 * INCH;
/// Left edge of the title.
pub const TITLE_LEFT: f64 = 0.16 * INCH;
/// Left edge of the first panel of a wide figure.
pub const LEFT: f64 = 0.92 * INCH;
/// Left edge of a panel whose axis has no labels.
pub const BARE: f64 = 0.12 * INCH;
/// Space to the right of the last panel.
pub const RIGHT: f64 = 0.15 * INCH;
/// Space below the panels, for ticks and a label.
pub const BOTTOM: f64 = 0.62 * INCH;
/// Space below a panel whose axis has no labels.
pub const BARE_BOTTOM: f64 = 0.14 * INCH;
/// Height of a header in one row; the picture begins below it.
pub const HEADER_ROW: f64 = 0.5 * INCH;
/// Top edge of the panels of a wide figure, below its header.
pub const TOP: f64 = 0.06 * INCH;

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
    /// Outline of what an inference starts from.
    pub const START: f64 = 1.2;
    /// A curve that is the only one.
    pub const CURVE: f64 = 2.3;
    /// Guide lines.
    pub const HAIR: f64 = 0.9;
    /// The outline of what is hatched.
    pub const HATCH_RIM: f64 = 0.5;
}

/// Patterns of lines that are told apart without colour.
pub const PATTERNS: [Dash; 6] = [
    Dash::Solid,
    Dash::Dashed,
    Dash::Dotted,
    Dash::Custom(7.0, 1.6),
    Dash::Custom(1.2, 3.0),
    Dash::Custom(12.0, 2.5),
];

/// The share of the background's light in the lightest shade of grey that stands for a component.
const LIGHTEST: f64 = 0.5;

/// How many components have a colour of their own.
pub const PALETTE: usize = 8;

/// How many components are told apart by their colours, those that begin anew included; of more, a
/// picture names only as many.
pub const NAMED: usize = 3 * PALETTE;

/// The pattern of what belongs to no component, or to all of them: a grey that no component has
/// before the eighth.
const NEUTRAL: Pattern = Pattern::DenseDots;

/// The colours of a figure.
#[derive(Clone, Debug, PartialEq)]
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
    pub marks: [Color; PALETTE],
    /// Text of the components, with a contrast of at least 5.5 to 1.
    pub texts: [Color; PALETTE],
    /// How areas of components are told from each other and from the background.
    pub areas: Areas,
}

/// How areas of components are filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Areas {
    /// In the component's colour; bars of data with this opacity.
    Tinted(f64),
    /// With a pattern of each component's own in this colour, for paper without colours.
    Hatched(Color),
}

/// How one area is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Area {
    /// With a colour.
    Tint(Fill),
    /// With lines or dots, and a faint outline.
    Hatch(Hatch),
}

impl Theme {
    /// Dark on white; the first three colours are told apart under the common colour-vision
    /// deficiencies (smallest CIEDE2000 18 protan, 20 deutan, 12 tritan).
    pub const LIGHT: Self = Self {
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
            Color::hex("#C05A90"),
            Color::hex("#A27E42"),
            Color::hex("#4A9FD4"),
            Color::hex("#604296"),
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
        areas: Areas::Tinted(0.22),
    };

    /// Light on near black, for dark slides.
    pub const DARK: Self = Self {
        background: Color::hex("#14171C"),
        ink: Color::hex("#ECEFF3"),
        muted: Color::hex("#A9B1BB"),
        axis: Color::hex("#6C7580"),
        grid: Color::hex("#2A2F37"),
        none: Color::hex("#8A9099"),
        marks: [
            Color::hex("#56B4E9"),
            Color::hex("#FF9248"),
            Color::hex("#3DD6A3"),
            Color::hex("#E48AC0"),
            Color::hex("#F0D254"),
            Color::hex("#3A86C8"),
            Color::hex("#9684FC"),
            Color::hex("#B98A63"),
        ],
        texts: [
            Color::hex("#7CC6F0"),
            Color::hex("#FFAE78"),
            Color::hex("#62E0B7"),
            Color::hex("#F6ABD5"),
            Color::hex("#EED672"),
            Color::hex("#7FB4E6"),
            Color::hex("#C9B9F6"),
            Color::hex("#D4AE8D"),
        ],
        areas: Areas::Tinted(0.30),
    };

    /// Black on white with hatching, told apart without any colour.
    pub const PRINT: Self = Self {
        background: Color::hex("#FFFFFF"),
        ink: Color::hex("#000000"),
        muted: Color::hex("#444444"),
        axis: Color::hex("#777777"),
        grid: Color::hex("#DDDDDD"),
        none: Color::hex("#777777"),
        marks: [Color::BLACK; PALETTE],
        texts: [Color::BLACK; PALETTE],
        areas: Areas::Hatched(Color::hex("#9A9A9A")),
    };

    /// The colour of a component's marks; `None` is what belongs to no component.
    pub fn mark(&self, component: Option<usize>) -> Color {
        component.map_or(self.none, |k| self.cycled(&self.marks, k))
    }

    /// The colour of text about a component.
    pub fn text(&self, component: Option<usize>) -> Color {
        component.map_or(self.muted, |k| self.cycled(&self.texts, k))
    }

    /// A colour of the palette. Where it begins anew, colours are those before with more ink: the
    /// ninth component is a darker first, and stands out from the background at least as well.
    fn cycled(&self, palette: &[Color; PALETTE], component: usize) -> Color {
        let ink = match component / PALETTE {
            0 => 0.0,
            1 => 0.45,
            _ => 0.7,
        };
        self.ink.over(palette[component % PALETTE], ink)
    }

    /// The colours of components where they are mixed: those of their marks, or, where areas are told
    /// apart by patterns instead, shades of grey from ink on, which a pattern cannot mix.
    pub fn shades(&self, components: &[Option<usize>]) -> Vec<Color> {
        if let Areas::Tinted(_) = self.areas {
            return components.iter().map(|k| self.mark(*k)).collect();
        }
        let steps = components.len().saturating_sub(1).max(1) as f64;
        // Light that grows with the square looks as if it grew evenly.
        let lightness = |i: usize| LIGHTEST * (i as f64 / steps) * (i as f64 / steps);
        (0..components.len())
            .map(|i| Color::mix(&[(self.ink, 1.0 - lightness(i)), (self.background, lightness(i))]))
            .collect()
    }

    /// Bars of a component's data.
    pub fn bars(&self, component: Option<usize>) -> Area {
        let opacity = if let Areas::Tinted(opacity) = self.areas { opacity } else { 1.0 };
        self.area(component, opacity)
    }

    /// An area of a component: its colour with this opacity, or its pattern.
    pub fn area(&self, component: Option<usize>, opacity: f64) -> Area {
        match self.areas {
            Areas::Tinted(_) => Area::Tint(fill(self.mark(component), opacity)),
            Areas::Hatched(color) => {
                let pattern = component.map_or(NEUTRAL, Pattern::of);
                Area::Hatch(Hatch::new(pattern, color))
            }
        }
    }

    /// An area in the key that stands for those of all components.
    pub fn neutral_area(&self, opacity: f64) -> Area {
        match self.areas {
            Areas::Tinted(_) => Area::Tint(fill(self.muted, opacity)),
            Areas::Hatched(color) => Area::Hatch(Hatch::new(NEUTRAL, color)),
        }
    }
}

/// Fills the inside of an outline.
pub fn area(canvas: &mut Canvas<'_>, outline: &[(f64, f64)], area: &Area) {
    match area {
        Area::Tint(fill) => canvas.polygon(outline, Some(fill), None),
        Area::Hatch(hatch) => {
            canvas.hatch(outline, hatch);
            canvas.polygon(outline, None, Some(&solid(width::HATCH_RIM, hatch.color)));
        }
    }
}

/// Fills what lies inside an odd number of rings: a ring in a ring is a hole. No faint outline.
pub fn region(canvas: &mut Canvas<'_>, rings: &[Vec<(f64, f64)>], area: &Area) {
    match area {
        Area::Tint(fill) => canvas.region(rings, fill),
        Area::Hatch(hatch) => {
            // The ways from each ring to the next and, at the end, back are passed twice.
            let rings = || rings.iter().filter(|ring| !ring.is_empty());
            let closed = rings().flat_map(|ring| ring.iter().chain(&ring[..1]));
            let back = rings().rev().skip(1).map(|ring| &ring[0]);
            canvas.hatch(&closed.chain(back).copied().collect::<Vec<_>>(), hatch);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::vision::{self, Vision};

    #[test]
    fn components_are_told_apart_by_everybody() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            for (i, a) in theme.marks.iter().enumerate() {
                for b in &theme.marks[..i] {
                    for sight in [Vision::Normal, Vision::Protan, Vision::Deutan, Vision::Tritan] {
                        let (a, b) = (vision::seen(*a, sight), vision::seen(*b, sight));
                        let difference = vision::difference(a, b);
                        assert!(difference >= 7.0, "{a} and {b}, {sight}: {difference}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_stands_for_all_components_has_no_pattern_of_the_first_ones() {
        let neutral = Theme::PRINT.neutral_area(0.3);
        assert_eq!(neutral, Theme::PRINT.area(None, 0.3));
        for k in 0..PALETTE - 1 {
            assert_ne!(neutral, Theme::PRINT.area(Some(k), 0.3), "component {k}");
        }
    }

    #[test]
    fn text_has_contrast_in_every_theme() {
        for theme in [Theme::LIGHT, Theme::DARK, Theme::PRINT] {
            for text in theme.texts.iter().chain([&theme.ink, &theme.muted]) {
                assert!(text.contrast(theme.background) >= 5.5, "{text}");
            }
            for mark in theme.marks {
                assert!(mark.contrast(theme.background) >= 2.9, "{mark}");
            }
        }
    }

    #[test]
    fn no_two_of_two_dozen_components_have_the_same_colour() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let colors: std::collections::BTreeSet<Color> =
                (0..NAMED).map(|k| theme.mark(Some(k))).collect();
            assert_eq!(colors.len(), NAMED);
            for k in PALETTE..NAMED {
                let contrast = |k: usize| theme.text(Some(k)).contrast(theme.background);
                assert!(contrast(k) >= contrast(k - PALETTE), "component {k}");
            }
        }
    }
}
