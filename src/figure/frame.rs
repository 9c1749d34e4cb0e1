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
    /// A dot that is hollow.
    Ring(Color),
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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The title at the left and the key at the right of one row.
    Row,
    /// Title, facts and key below each other, for narrow figures.
    Stacked,
}

/// What the headers of a series have in common, so that nothing moves from one figure to the next:
/// the shape that the largest needs, the type in which the first two facts of each have room, and
/// room for the widest of starts that differ only in their digits, as `t = 8` and `t = 96` do.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    rows: Vec<Row>,
    /// Starts without their digits, and the largest width of each in the type of a title.
    starts: Vec<(String, f64)>,
}

/// A header in one row, as wide as it would be.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    start: String,
    /// The first fact in small type.
    least: f64,
    /// The first two facts in the type of a title.
    facts: f64,
    /// What the key and the margins leave.
    room: f64,
}

impl Layout {
    /// The layout in which a header has room.
    pub fn of(canvas: &Canvas<'_>, theme: &Theme, header: &Header) -> Self {
        let facts = |count: usize, size: f64| {
            let facts = header.facts[..header.facts.len().min(count)].join(header.separator);
            canvas.measure(&facts, &style::text(size, theme.ink, Anchor::Start)).width
        };
        let right = canvas.page().right - style::RIGHT;
        let key = key_width(canvas, theme, &header.key, Sizes::WIDE);
        let row = Row {
            start: header.start.clone(),
            least: facts(1, size::NOTE),
            facts: facts(2, size::SUBTITLE),
            room: right - key - style::TITLE_LEFT - FACTS_GAP,
        };
        let mut layout = Self { rows: vec![row], starts: Vec::new() };
        layout.reserve(&header.start, start_width(canvas, theme, header));
        layout
    }

    /// The same with room for the starts of headings of panels.
    pub fn with_headings<'h>(
        mut self,
        canvas: &Canvas<'_>,
        theme: &Theme,
        headings: impl IntoIterator<Item = &'h Header>,
    ) -> Self {
        for heading in headings {
            self.reserve(&heading.start, start_width(canvas, theme, heading));
        }
        self
    }

    /// The layout in which the headers of both have room.
    pub fn union(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        for (start, width) in other.starts {
            self.reserve(&start, width);
        }
        self
    }

    fn reserve(&mut self, start: &str, width: f64) {
        let start = without_digits(start);
        match self.starts.iter_mut().find(|(known, _)| *known == start) {
            Some((_, known)) => *known = known.max(width),
            None => self.starts.push((start, width)),
        }
    }

    /// The width of the widest start of the series that is like this one, in the type of a title.
    pub(super) fn start_width(&self, start: &str) -> f64 {
        let start = without_digits(start);
        self.starts.iter().find(|(known, _)| *known == start).map_or(0.0, |(_, width)| *width)
    }

    /// Whether all facts of this kind have room beside the starts.
    fn have_room(&self, width: fn(&Row) -> f64) -> bool {
        self.rows.iter().all(|row| self.start_width(&row.start) + width(row) <= row.room)
    }

    fn shape(&self) -> Shape {
        if self.have_room(|row| row.least) { Shape::Row } else { Shape::Stacked }
    }

    /// Type size of the facts beside the start.
    fn facts(&self) -> f64 {
        if self.have_room(|row| row.facts) { size::SUBTITLE } else { size::NOTE }
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn start_width(canvas: &Canvas<'_>, theme: &Theme, header: &Header) -> f64 {
    canvas.measure(&header.start, &style::bold(size::TITLE, theme.ink, Anchor::Start)).width
}

/// Between the start of the title and its facts.
const FACTS_GAP: f64 = 12.0;

/// Headers of pages lower than this have their lines closer together.
const LOW: f64 = 4.5 * style::INCH;

/// Draws a header; the height that it takes.
pub fn header(canvas: &mut Canvas<'_>, theme: &Theme, header: &Header, layout: &Layout) -> f64 {
    let page = canvas.page();
    let right = page.right - style::RIGHT;
    let at = (style::TITLE_LEFT, style::TITLE_BASELINE);
    let bold = style::bold(size::TITLE, theme.ink, Anchor::Start);
    canvas.text(at, &header.start, &bold);
    let left = at.0 + layout.start_width(&header.start) + FACTS_GAP;
    if layout.shape() == Shape::Row {
        key(canvas, theme, &header.key, right, style::TITLE_BASELINE);
        let room = right - key_width(canvas, theme, &header.key, Sizes::WIDE) - left;
        let sizes = [(layout.facts(), theme.ink)];
        facts(canvas, &header.facts, header.separator, (left, at.1), room, &sizes);
        return style::HEADER_ROW;
    }
    let room = right - at.0;
    let mut y = at.1;
    let (first, rest) = header.facts.split_at(header.facts.len().min(1));
    let small = [(size::NOTE, theme.ink), (size::NOTE, theme.ink)];
    if page.bottom < LOW {
        y += 17.0;
        facts(canvas, &header.facts, header.separator, (at.0, y), room, &small);
    } else {
        let large = [(size::AXIS, theme.muted), (size::NOTE, theme.muted)];
        for (lines, down, sizes) in [(first, 21.0, large), (rest, 26.0, small)] {
            if lines.is_empty() {
                continue;
            }
            y += down;
            facts(canvas, lines, header.separator, (at.0, y), room, &sizes);
        }
    }
    if !header.key.is_empty() {
        y += if page.bottom < LOW { 18.0 } else { 26.0 };
        y = key(canvas, theme, &header.key, right, y);
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

/// The lengths of a key.
#[derive(Clone, Copy)]
struct Sizes {
    sample: f64,
    gap: f64,
}

impl Sizes {
    const WIDE: Self = Self { sample: 25.0, gap: 20.0 };
    /// Where a row has no room for the others.
    const NARROW: Self = Self { sample: 18.0, gap: 12.0 };
}

/// Between a sample and its text.
const SAMPLE_GAP: f64 = 7.0;

/// The width of an entry with the gap after it.
fn entry_width(canvas: &Canvas<'_>, theme: &Theme, entry: &Entry, sizes: Sizes) -> f64 {
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    sizes.sample + SAMPLE_GAP + canvas.measure(&entry.text, &style).width + sizes.gap
}

/// The width that a key takes with a gap before it.
fn key_width(canvas: &Canvas<'_>, theme: &Theme, entries: &[Entry], sizes: Sizes) -> f64 {
    let widths = entries.iter().map(|entry| entry_width(canvas, theme, entry, sizes));
    let gap = if entries.is_empty() { 0.0 } else { Sizes::NARROW.gap - sizes.gap };
    widths.sum::<f64>() + gap
}

/// The key, its right end at `right`, its text on `baseline`: in one row, or where the page is too
/// narrow in as many as it needs. In neutral colours and outside the panels, it can cover nothing.
/// The baseline of the last row.
fn key(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    entries: &[Entry],
    right: f64,
    baseline: f64,
) -> f64 {
    if entries.is_empty() {
        return baseline;
    }
    let room = right - style::TITLE_LEFT;
    let wide = key_width(canvas, theme, entries, Sizes::WIDE) - Sizes::NARROW.gap <= room;
    let sizes = if wide { Sizes::WIDE } else { Sizes::NARROW };
    let mut rows: Vec<Vec<&Entry>> = vec![Vec::new()];
    let mut width = 0.0;
    for entry in entries {
        let own = entry_width(canvas, theme, entry, sizes);
        if width > 0.0 && width + own - sizes.gap > room {
            rows.push(Vec::new());
            width = 0.0;
        }
        width += own;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    canvas.begin_group("key");
    let mut y = baseline;
    for (i, row) in rows.iter().enumerate() {
        y = baseline + 17.0 * i as f64;
        let taken: f64 = row.iter().map(|e| entry_width(canvas, theme, e, sizes)).sum();
        let mut x = right - taken + sizes.gap;
        for entry in row {
            if entry.shown {
                draw_entry(canvas, theme, entry, sizes, (x, y));
            }
            x += entry_width(canvas, theme, entry, sizes);
        }
    }
    canvas.end_group();
    y
}

fn draw_entry(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    entry: &Entry,
    sizes: Sizes,
    (x, baseline): (f64, f64),
) {
    let (middle, end) = (baseline - 4.2, x + sizes.sample);
    match entry.sample {
        Sample::Area(area) | Sample::Rimmed(area, _) => {
            let points =
                [(x, middle - 5.5), (end, middle - 5.5), (end, middle + 5.5), (x, middle + 5.5)];
            style::area(canvas, &points, &area);
            if let Sample::Rimmed(_, color) = entry.sample {
                canvas.polygon(&points, None, Some(&style::solid(width::TRUTH, color)));
            }
        }
        Sample::Line(stroke) => canvas.line(&[(x, middle), (end, middle)], &stroke),
        Sample::Dot(color) => {
            let fill = style::fill(color, 0.8);
            canvas.circle(((x + end) / 2.0, middle), 2.4, Some(&fill), None);
        }
        Sample::Ring(color) => {
            let stroke = style::solid(1.6, color);
            canvas.circle(((x + end) / 2.0, middle), 3.6, None, Some(&stroke));
        }
        Sample::Strokes(color) => {
            for share in [0.1, 0.35, 0.45, 0.6, 0.9] {
                let x = x + share * sizes.sample;
                let stroke = style::solid(width::HAIR, color);
                canvas.line(&[(x, middle - 4.0), (x, middle + 4.0)], &stroke);
            }
        }
    }
    let style = style::text(size::TICK, theme.ink, Anchor::Start);
    canvas.text((end + SAMPLE_GAP, baseline), &entry.text, &style);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Color, Fonts, Painted, Rect};

    /// The texts and their boxes of these headers in one series.
    fn drawn(headers: &[Header], inches: [f64; 2]) -> Vec<Vec<(String, Rect)>> {
        let fonts = Fonts::embedded();
        let canvas = || {
            let [width, height] = inches.map(|i| i * style::INCH);
            Canvas::new(&fonts, width, height, Color::WHITE, "test")
        };
        let layouts = headers.iter().map(|h| Layout::of(&canvas(), &Theme::LIGHT, h));
        let layout = layouts.reduce(Layout::union).unwrap();
        let draw = |head: &Header| {
            let mut canvas = canvas();
            let height = header(&mut canvas, &Theme::LIGHT, head, &layout);
            let texts = canvas.finish().marks.into_iter().filter_map(|mark| match mark.painted {
                Painted::Text { label, .. } => Some((label, mark.bounds)),
                _ => None,
            });
            let texts: Vec<(String, Rect)> = texts.collect();
            assert!(texts.iter().all(|(_, ink)| ink.bottom <= height), "{texts:?}");
            texts
        };
        headers.iter().map(draw).collect()
    }

    fn titled(start: &str, facts: &[&str]) -> Header {
        let line = |text| Entry::new(Sample::Line(style::solid(1.0, Color::BLACK)), text);
        Header {
            start: start.to_owned(),
            facts: facts.iter().map(|f| (*f).to_owned()).collect(),
            separator: ", ",
            key: vec![line("data"), line("truth $\\mu_k$"), line("estimate $m_k$")],
        }
    }

    #[test]
    fn facts_of_a_series_begin_at_the_same_place() {
        let headers = [titled("t = 8", &["rise"]), titled("t = 96", &["converged"])];
        let texts = drawn(&headers, [10.0, 4.0]);
        let facts = |i: usize| texts[i].iter().find(|(t, _)| *t == headers[i].facts[0]).unwrap().1;
        assert_eq!(facts(0).left, facts(1).left);
        // Other words have a width of their own.
        let texts = drawn(&[titled("Data", &["rise"]), headers[1].clone()], [10.0, 4.0]);
        let data = texts[0].iter().find(|(t, _)| t == "rise").unwrap().1;
        assert!(data.left < facts(0).left - 10.0, "{data:?}");
    }

    #[test]
    fn a_narrow_header_is_stacked_and_keeps_its_words_on_the_page() {
        for inches in [[10.0, 4.0], [6.0, 3.0], [5.0, 3.0], [4.0, 3.0], [3.0, 3.0], [4.0, 5.0]] {
            let facts = ["converged", "ELBO \u{2212}6,243.0"];
            let texts = &drawn(&[titled("t = 96", &facts)], inches)[0];
            for word in ["t = 96", "data", "truth \u{3bc}_k", "estimate m_k"] {
                assert!(texts.iter().any(|(t, _)| t == word), "{inches:?}: {word} in {texts:?}");
            }
            assert!(texts.iter().any(|(t, _)| t.contains("converged")), "{inches:?}: {texts:?}");
            for (i, (word, ink)) in texts.iter().enumerate() {
                let inside = ink.left >= 0.0 && ink.right <= inches[0] * style::INCH;
                assert!(inside, "{inches:?}: `{word}` leaves the page");
                for (other, box_) in &texts[..i] {
                    assert!(!ink.overlaps(box_), "{inches:?}: `{word}` on `{other}`");
                }
            }
        }
    }
}
