//! The plane that regions are drawn in: its scales, its left edge, and the names of estimates in it.

use super::picture::Panel;
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::spot::{self, Spots};
use crate::figure::style::{self, Theme, size};
use crate::render::{Anchor, Canvas, Rect, TextStyle};

/// Whether equal scales would squeeze one axis into less than a fifth of the other.
pub(super) fn has_free_scales(extent: Extent) -> bool {
    let ratio = extent.x.span() / extent.y.span();
    !(0.2..=5.0).contains(&ratio)
}

/// Axes of equal scales, but where these would hide what one of them shows.
pub(super) fn axes_of(rect: Rect, extent: Extent) -> Axes {
    match has_free_scales(extent) {
        true => Axes { rect, x: extent.x, y: extent.y },
        false => Axes::equal_scales(rect, extent),
    }
}

/// The left edge of the first panel: long numbers at its ticks have room.
pub(super) fn left_of(canvas: &Canvas<'_>, extent: Extent) -> f64 {
    let rect = Rect { left: 0.0, top: 0.0, right: 200.0, bottom: 200.0 };
    let ticks = axes::named(axes_of(rect, extent).y_ticks(), "").0;
    (axes::widest(canvas, &ticks) + 15.0 + 1.3 * size::AXIS).max(0.72 * style::INCH)
}

/// The number of each estimate beside its widest outline, where they share a panel; of very many, of
/// those with the most weight.
pub(super) fn draw_names(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, panel: &Panel) {
    let mut spots = Spots::new(axes.rect);
    let outlines: Vec<Vec<(f64, f64)>> = panel
        .estimates
        .iter()
        .map(|e| {
            e.regions.outlines.first().map(|o| axes.path(o.iter().copied())).unwrap_or_default()
        })
        .collect();
    for outline in &outlines {
        spots.line(outline);
    }
    let mut weights: Vec<f64> = panel.estimates.iter().map(|e| e.weight).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    let least = weights.get(style::NAMED - 1).copied().unwrap_or(0.0);
    let named = panel.estimates.iter().zip(&outlines).filter(|(e, _)| e.weight >= least);
    for (estimate, outline) in named.take(style::NAMED) {
        let text = estimate.slot.label();
        let color = theme.text(estimate.slot.color);
        let style = TextStyle {
            background: Some(theme.background),
            ..style::text(size::LABEL, color, Anchor::Start)
        };
        let extent = canvas.measure(&text, &style);
        let size = [extent.width, extent.ascent + extent.descent];
        let (cx, cy) = axes.at(estimate.regions.mean);
        // Outward from the outline, from its top on.
        let mut vertices: Vec<&(f64, f64)> = outline.iter().collect();
        vertices.sort_by(|a, b| a.1.total_cmp(&b.1));
        let places = vertices.into_iter().map(|&(x, y)| {
            let direction = [x - cx, y - cy].map(|d| if d.abs() < 4.0 { 0.0 } else { d.signum() });
            spot::around((x, y), 4.0, size, direction)
        });
        if let Some(place) = spots.take(places.collect::<Vec<_>>()) {
            canvas.text((place.left, place.bottom - extent.descent), &text, &style);
        }
    }
}
