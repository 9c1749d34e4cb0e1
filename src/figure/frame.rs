//! What surrounds the panels: the title with its finding, and the key.

use super::style::{self, Theme, size};
use crate::render::{Anchor, Canvas, Color, Fill, Stroke};

/// What an entry of the key shows before its text.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    /// A patch of an area.
    Area(Fill),
    /// A piece of line.
    Line(Stroke),
    /// A dot.
    Dot(Color),
}

/// One entry of the key.
pub struct Entry<'a> {
    /// What it shows.
    pub sample: Sample,
    /// What it says.
    pub text: &'a str,
}

const SAMPLE_WIDTH: f64 = 25.0;
const SAMPLE_GAP: f64 = 7.0;
const ENTRY_GAP: f64 = 20.0;

/// The title: in bold the thing or the finding, then at most two computed facts.
///
/// Facts that do not fit beside `reserved` points at the right are set smaller, then left out
/// from the end, each as a whole.
pub fn title(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    start: &str,
    facts: &[String],
    separator: &str,
    reserved: f64,
) {
    let at = (style::TITLE_LEFT, style::TITLE_BASELINE);
    let start_box = canvas.text(at, start, &style::bold(size::TITLE, theme.ink, Anchor::Start));
    let left = start_box.right + 12.0;
    let room = canvas.page().right - style::RIGHT - reserved - left;
    for shown in (1..=facts.len()).rev() {
        let text = facts[..shown].join(separator);
        for size in [size::SUBTITLE, size::NOTE] {
            let style = style::text(size, theme.ink, Anchor::Start);
            if canvas.measure(&text, &style).width <= room {
                canvas.text((left, at.1), &text, &style);
                return;
            }
        }
    }
}

/// The width that a key takes.
pub fn key_width(canvas: &Canvas<'_>, theme: &Theme, entries: &[Entry<'_>]) -> f64 {
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    entries
        .iter()
        .map(|e| SAMPLE_WIDTH + SAMPLE_GAP + canvas.measure(e.text, &style).width + ENTRY_GAP)
        .sum()
}

/// The key: one row, its right end at `right`, its text on `baseline`. In neutral colours and
/// outside the panels, it can cover nothing.
pub fn key(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    entries: &[Entry<'_>],
    right: f64,
    baseline: f64,
) {
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    let mut x = right - key_width(canvas, theme, entries) + ENTRY_GAP;
    for entry in entries {
        let middle = baseline - 4.2;
        match entry.sample {
            Sample::Area(fill) => {
                let points = [
                    (x, middle - 5.5),
                    (x + SAMPLE_WIDTH, middle - 5.5),
                    (x + SAMPLE_WIDTH, middle + 5.5),
                    (x, middle + 5.5),
                ];
                canvas.polygon(&points, Some(&fill), None);
            }
            Sample::Line(stroke) => {
                canvas.line(&[(x, middle), (x + SAMPLE_WIDTH, middle)], &stroke)
            }
            Sample::Dot(color) => {
                canvas.circle(
                    (x + SAMPLE_WIDTH / 2.0, middle),
                    2.4,
                    Some(&style::fill(color, 0.8)),
                    None,
                );
            }
        }
        x += SAMPLE_WIDTH + SAMPLE_GAP;
        x = canvas.text((x, baseline), entry.text, &style).right + ENTRY_GAP;
    }
}

/// Moves positions in a row apart until neighbours, each `widths[i]` wide, are at least `gap`
/// apart, keeps their order and moves them as little as it can; none leaves `low..high`.
pub fn push_apart(positions: &[f64], widths: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]).then(a.cmp(&b)));
    let mut moved = positions.to_vec();
    let distance = |a: usize, b: usize| (widths[a] + widths[b]) / 2.0 + gap;
    // A few sweeps of moving each overlapping pair apart by half of what is missing settle it.
    for _ in 0..60 {
        for pair in order.windows(2) {
            let missing = distance(pair[0], pair[1]) - (moved[pair[1]] - moved[pair[0]]);
            if missing > 0.0 {
                moved[pair[0]] -= missing / 2.0;
                moved[pair[1]] += missing / 2.0;
            }
        }
        for &i in &order {
            moved[i] = moved[i].max(low + widths[i] / 2.0).min(high - widths[i] / 2.0);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_a_row_keep_their_order_and_their_distance() {
        let moved = push_apart(&[10.0, 12.0, 80.0], &[20.0, 20.0, 20.0], 5.0, 0.0, 100.0);
        assert!(moved[1] - moved[0] >= 25.0 - 1e-6, "{moved:?}");
        assert!(moved[0] >= 10.0 - 1e-9 && moved[2] == 80.0, "{moved:?}");
    }
}
