//! What surrounds the panels: the title with its finding, and the key.

use super::style::{self, Area, Theme, size, width};
use crate::render::{Anchor, Canvas, Color, Stroke};

/// What an entry of the key shows before its text.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    /// A patch of an area.
    Area(Area),
    /// A patch of an area with an outline.
    Rimmed(Area, Color),
    /// A piece of line.
    Line(Stroke),
    /// A dot.
    Dot(Color),
    /// Upright strokes, as points on a line have them.
    Strokes(Color),
}

/// One entry of the key.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it shows.
    pub sample: Sample,
    /// What it says.
    pub text: String,
    /// Whether it is drawn; one that is not keeps its place, so that the others do not move when it
    /// comes.
    pub shown: bool,
}

impl Entry {
    /// An entry that is drawn.
    pub fn new(sample: Sample, text: impl Into<String>) -> Self {
        Self { sample, text: text.into(), shown: true }
    }

    /// The same, drawn only if `shown`.
    pub fn shown(self, shown: bool) -> Self {
        Self { shown, ..self }
    }
}

/// What stands above a picture: in bold the thing or the finding, then computed facts, and the key.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The thing or the finding.
    pub start: String,
    /// Facts, the most important first.
    pub facts: Vec<String>,
    /// What stands between two facts.
    pub separator: &'static str,
    /// The key.
    pub key: Vec<Entry>,
}

/// How a header is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// The title at the left and the key at the right of one row.
    Row,
    /// Title, facts and key below each other, for narrow figures.
    Stacked,
}

const SAMPLE_WIDTH: f64 = 25.0;
const SAMPLE_GAP: f64 = 7.0;
const ENTRY_GAP: f64 = 20.0;
/// Between the start of the title and its facts.
const FACTS_GAP: f64 = 12.0;

/// The shape in which a header has room.
pub fn shape(canvas: &Canvas<'_>, theme: &Theme, header: &Header) -> Shape {
    let bold = style::bold(size::TITLE, theme.ink, Anchor::Start);
    let title = style::TITLE_LEFT + canvas.measure(&header.start, &bold).width + FACTS_GAP;
    match title + key_width(canvas, theme, &header.key) + style::RIGHT {
        width if width <= canvas.page().right => Shape::Row,
        _ => Shape::Stacked,
    }
}

/// Draws a header; the height that it takes.
pub fn header(canvas: &mut Canvas<'_>, theme: &Theme, header: &Header, shape: Shape) -> f64 {
    let right = canvas.page().right - style::RIGHT;
    let at = (style::TITLE_LEFT, style::TITLE_BASELINE);
    let start = canvas.text(at, &header.start, &style::bold(size::TITLE, theme.ink, Anchor::Start));
    if shape == Shape::Row {
        key(canvas, theme, &header.key, right, style::TITLE_BASELINE);
        let left = start.right + FACTS_GAP;
        let room = right - key_width(canvas, theme, &header.key) - left;
        let sizes = [(size::SUBTITLE, theme.ink), (size::NOTE, theme.ink)];
        facts(canvas, &header.facts, header.separator, (left, at.1), room, &sizes);
        return style::HEADER_ROW;
    }
    let room = right - at.0;
    let mut y = at.1;
    let (first, rest) = header.facts.split_at(header.facts.len().min(1));
    for (lines, down, sizes) in [
        (first, 21.0, [(size::AXIS, theme.muted), (size::NOTE, theme.muted)]),
        (rest, 26.0, [(size::NOTE, theme.ink), (size::NOTE, theme.ink)]),
    ] {
        if lines.is_empty() {
            continue;
        }
        y += down;
        facts(canvas, lines, header.separator, (at.0, y), room, &sizes);
    }
    if !header.key.is_empty() {
        y += 26.0;
        key(canvas, theme, &header.key, right, y);
    }
    y + 5.0
}

/// Facts in one line. Those that do not fit are set smaller, then left out from the end, each as a
/// whole.
pub(super) fn facts(
    canvas: &mut Canvas<'_>,
    facts: &[String],
    separator: &str,
    at: (f64, f64),
    room: f64,
    sizes: &[(f64, Color)],
) {
    for shown in (1..=facts.len()).rev() {
        let text = facts[..shown].join(separator);
        for &(size, color) in sizes {
            let style = style::text(size, color, Anchor::Start);
            if canvas.measure(&text, &style).width <= room {
                canvas.text(at, &text, &style);
                return;
            }
        }
    }
}

/// The width that a key takes.
fn key_width(canvas: &Canvas<'_>, theme: &Theme, entries: &[Entry]) -> f64 {
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    entries
        .iter()
        .map(|e| SAMPLE_WIDTH + SAMPLE_GAP + canvas.measure(&e.text, &style).width + ENTRY_GAP)
        .sum()
}

/// The key: one row, its right end at `right`, its text on `baseline`. In neutral colours and
/// outside the panels, it can cover nothing.
fn key(canvas: &mut Canvas<'_>, theme: &Theme, entries: &[Entry], right: f64, baseline: f64) {
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    let mut x = right - key_width(canvas, theme, entries) + ENTRY_GAP;
    for entry in entries {
        if !entry.shown {
            x += SAMPLE_WIDTH + SAMPLE_GAP + canvas.measure(&entry.text, &style).width + ENTRY_GAP;
            continue;
        }
        let middle = baseline - 4.2;
        match entry.sample {
            Sample::Area(area) | Sample::Rimmed(area, _) => {
                let points = [
                    (x, middle - 5.5),
                    (x + SAMPLE_WIDTH, middle - 5.5),
                    (x + SAMPLE_WIDTH, middle + 5.5),
                    (x, middle + 5.5),
                ];
                style::area(canvas, &points, &area);
                if let Sample::Rimmed(_, color) = entry.sample {
                    canvas.polygon(&points, None, Some(&style::solid(width::TRUTH, color)));
                }
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
            Sample::Strokes(color) => {
                for share in [0.1, 0.35, 0.45, 0.6, 0.9] {
                    let x = x + share * SAMPLE_WIDTH;
                    let stroke = style::solid(width::HAIR, color);
                    canvas.line(&[(x, middle - 4.0), (x, middle + 4.0)], &stroke);
                }
            }
        }
        x += SAMPLE_WIDTH + SAMPLE_GAP;
        x = canvas.text((x, baseline), &entry.text, &style).right + ENTRY_GAP;
    }
}

/// Moves positions in a row or a column apart until neighbours, each `sizes[i]` wide or high, are at
/// least `gap` apart, keeps their order and moves them as little as it can; none leaves `low..high`.
pub fn push_apart(positions: &[f64], sizes: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..positions.len()).collect();
    order.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]).then(a.cmp(&b)));
    let mut moved = positions.to_vec();
    let distance = |a: usize, b: usize| (sizes[a] + sizes[b]) / 2.0 + gap;
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
            moved[i] = moved[i].max(low + sizes[i] / 2.0).min(high - sizes[i] / 2.0);
        }
    }
    // A crowd at one end needs more sweeps; what they left is pushed along, if all have room.
    let needed = sizes.iter().sum::<f64>() + gap * sizes.len().saturating_sub(1) as f64;
    if needed <= high - low {
        let mut least = low;
        for &i in &order {
            moved[i] = moved[i].max(least + sizes[i] / 2.0);
            least = moved[i] + sizes[i] / 2.0 + gap;
        }
        let mut most = high;
        for &i in order.iter().rev() {
            moved[i] = moved[i].min(most - sizes[i] / 2.0);
            most = moved[i] - sizes[i] / 2.0 - gap;
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

    #[test]
    fn a_crowd_at_one_end_of_a_column_is_pushed_along() {
        let positions: Vec<f64> = (0..12).map(|i| 195.0 + 0.1 * f64::from(i)).collect();
        let moved = push_apart(&positions, &[15.0; 12], 0.0, 0.0, 200.0);
        assert!(moved.windows(2).all(|w| w[1] - w[0] >= 15.0 - 1e-9), "{moved:?}");
        assert!(moved[0] >= 7.5 && (moved[11] - 192.5).abs() < 1e-9, "{moved:?}");
        // Without room for all none leaves the column.
        let crowded = push_apart(&positions, &[20.0; 12], 0.0, 0.0, 200.0);
        assert!(crowded.iter().all(|y| (10.0..=190.0).contains(y)), "{crowded:?}");
    }
}
