//! Labels at the right ends of lines, in place of a legend.
//!
//! Each stands right of the panel at the height at which its line ends; those that would touch are
//! pushed apart and joined to their lines by a hairline. A panel too narrow for them has them inside,
//! near the ends.

use super::placer::Placer;
use super::placer::push_apart;
use super::style::{self, Theme, size, width};
use crate::render::{Anchor, Canvas, Color, Rect, TextStyle};

/// Height of a line of text.
const LINE: f64 = 16.0;
/// Between the panel and labels that stand at the heights of their lines.
const GAP: f64 = 6.0;
/// Between the panel and labels that were pushed apart: room for the hairlines.
const LEADERS: f64 = 18.0;
/// Labels take at most this share of a panel's width.
const LARGEST_SHARE: f64 = 0.36;
/// A label further from its line than this is joined to it.
const AWAY: f64 = 3.0;

/// The end of a line.
#[derive(Debug, Clone)]
pub(super) struct End {
    /// Where, on the canvas.
    pub(super) at: (f64, f64),
    /// What the line is called.
    pub(super) text: String,
    /// The colour of the text.
    pub(super) color: Color,
}

/// What labels right of a panel take of `room`, the width of panel and labels together; nothing if
/// there is no place for them there.
pub(super) fn margin(canvas: &Canvas<'_>, texts: &[&str], room: f64) -> f64 {
    let style = style::text(size::LABEL, Color::BLACK, Anchor::Start);
    let common = if texts.len() > 8 { "99 lines" } else { "" };
    let all = texts.iter().chain([&common]);
    let widest = all.map(|t| canvas.measure(t, &style).width).fold(0.0, f64::max);
    let taken = if widest > 0.0 { widest + LEADERS } else { 0.0 };
    if taken <= LARGEST_SHARE * room { taken } else { 0.0 }
}

/// Draws the labels right of the panel, in a margin that was left for them.
pub(super) fn beside(canvas: &mut Canvas<'_>, theme: &Theme, panel: Rect, ends: Vec<End>) {
    let (low, high) = (panel.top - LINE / 2.0, panel.bottom + LINE / 2.0);
    let most = ((high - low) / LINE).floor().max(1.0) as usize;
    let ends = joined(ends, most, theme);
    let heights: Vec<f64> = ends.iter().map(|e| e.at.1.clamp(panel.top, panel.bottom)).collect();
    let moved = push_apart(&heights, &vec![LINE; ends.len()], 0.0, low, high)
        .unwrap_or_else(|| heights.iter().map(|y| y.min(high).max(low)).collect());
    let is_moved = |i: usize| (moved[i] - heights[i]).abs() > AWAY;
    let gap = if (0..ends.len()).any(is_moved) { LEADERS } else { GAP };
    for (i, end) in ends.iter().enumerate() {
        let (right, y) = (panel.right, heights[i]);
        if is_moved(i) || end.at.0 < right - 2.0 {
            let path = [(end.at.0, y), (right, y), (right + gap - 4.0, moved[i])];
            canvas.line(&path, &style::dotted(width::HAIR, theme.axis));
        }
        let style = style::text(size::LABEL, end.color, Anchor::Start);
        canvas.text((right + gap, moved[i] + 4.4), &end.text, &style);
    }
}

/// Draws the labels inside the panel, where they cover nothing.
pub(super) fn within(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    panel: Rect,
    placer: &mut Placer,
    ends: Vec<End>,
) {
    let most = (panel.height() / (1.6 * LINE)).floor().max(1.0) as usize;
    for end in joined(ends, most, theme) {
        let style = style::text(size::LABEL, end.color, Anchor::Start);
        let width = canvas.measure(&end.text, &style).width;
        let target = match end.at.0 + width + 12.0 <= panel.right {
            true => (end.at.0 + width / 2.0 + 10.0, end.at.1),
            false => (panel.right - width / 2.0, end.at.1 - 12.0),
        };
        label(canvas, placer, &end.text, &style, target);
    }
}

/// One line of text in a place of its own near `target`.
pub(super) fn label(
    canvas: &mut Canvas<'_>,
    placer: &mut Placer,
    text: &str,
    style: &TextStyle,
    target: (f64, f64),
) {
    let extent = canvas.measure(text, style);
    let place = placer.place(target, extent.width + 6.0, extent.ascent + extent.descent + 3.0);
    canvas.text((place.left + 3.0, place.bottom - 1.5 - extent.descent), text, style);
}

/// At most `most` ends: where there are more, the nearest ones have a label in common.
fn joined(ends: Vec<End>, most: usize, theme: &Theme) -> Vec<End> {
    let mut groups: Vec<Vec<End>> = ends.into_iter().map(|end| vec![end]).collect();
    groups.sort_by(|a, b| height(a).total_cmp(&height(b)));
    while groups.len() > most {
        let distance = |i: &usize| height(&groups[i + 1]) - height(&groups[*i]);
        let nearest = (0..groups.len() - 1).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let Some(nearest) = nearest else { break };
        let lower = groups.remove(nearest + 1);
        groups[nearest].extend(lower);
    }
    groups.into_iter().map(|group| common(group, theme)).collect()
}

fn height(group: &[End]) -> f64 {
    group.iter().map(|end| end.at.1).sum::<f64>() / group.len().max(1) as f64
}

/// One end for several.
fn common(group: Vec<End>, theme: &Theme) -> End {
    if let [only] = &group[..] {
        return only.clone();
    }
    let at = (group.iter().map(|e| e.at.0).fold(f64::NEG_INFINITY, f64::max), height(&group));
    End { at, text: format!("{} lines", group.len()), color: theme.muted }
}
