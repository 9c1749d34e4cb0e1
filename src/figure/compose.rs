//! A whole figure: the header, and below it one picture or a grid of them.
//!
//! A panel of a grid is drawn as a figure of its own in its part of the page. Where all panels have
//! the same axes, only the outer ones say what they measure, and one key stands for all.

use super::Picture;
use super::axes::Extent;
use super::frame::{self, Entry, Header, Layout};
use super::style::{self, Theme, size};
use super::view::{Labels, Layers, View};
use crate::render::{Anchor, Canvas, Rect};

/// One picture of a figure.
pub struct Panel<'a> {
    /// The picture.
    pub picture: &'a dyn Picture,
    /// What stands above it, where that is not what the picture itself says.
    pub title: Option<String>,
}

/// What a figure shows at once.
pub struct Scene<'a> {
    /// The only picture, or those of a grid, row by row.
    pub panels: Vec<Panel<'a>>,
    /// What holds the pictures together.
    pub frame: Frame<'a>,
    /// What of the pictures is shown.
    pub layers: Layers,
}

/// What is the same in all scenes of a figure: its steps, its animation.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The title of a grid as the config has it; found from the pictures by default.
    pub title: Option<&'a str>,
    /// The grid; `None` for a figure of one picture.
    pub grid: Option<&'a Grid>,
    /// The ranges of the axes, where they are shared.
    pub shared: Option<Extent>,
}

/// How panels are arranged.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Grid {
    /// Panels in a row.
    pub columns: usize,
    /// Whether panels are lettered (a), (b), ...
    pub letters: Letters,
    /// What the figure is called where the config does not say.
    pub start: String,
}

/// Whether panels are lettered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub enum Letters {
    /// They are not.
    #[default]
    Without,
    /// (a), (b), ...
    Lower,
}

/// Height of the line above a panel.
const HEADING: f64 = 0.34 * style::INCH;
/// Between panels that both have labels.
const GAP: f64 = 0.1 * style::INCH;
/// What an axis with labels takes more than one without.
const LABELS_LEFT: f64 = style::LEFT - style::BARE;
const LABELS_BOTTOM: f64 = style::BOTTOM - style::BARE_BOTTOM;

impl Scene<'_> {
    /// The header: that of the picture, or of the grid with one key for all panels.
    fn header(&self, theme: &Theme) -> Header {
        let mut headers = self.panels.iter().map(|p| p.picture.header(theme, self.layers));
        let mut header = match self.frame.grid {
            None => headers.next().unwrap_or_default(),
            Some(grid) => {
                let key = one_key(headers.flat_map(|header| header.key));
                Header { start: grid.start.clone(), key, separator: ", ", ..Header::default() }
            }
        };
        let own = match (self.frame.grid, self.panels.as_slice()) {
            (None, [only, ..]) => only.title.as_deref(),
            _ => self.frame.title,
        };
        if let Some(title) = own {
            header.start = title.to_owned();
            header.facts.clear();
        }
        header
    }

    /// The layout in which the header has room; a series takes the union of its scenes', so that
    /// nothing moves.
    pub fn layout(&self, canvas: &Canvas<'_>, theme: &Theme) -> Layout {
        let layout = Layout::of(canvas, theme, &self.header(theme));
        let headings: Vec<Header> = match self.frame.grid {
            None => Vec::new(),
            Some(_) => self.panels.iter().map(|p| p.picture.heading(theme, self.layers)).collect(),
        };
        layout.with_headings(canvas, theme, &headings)
    }

    /// Draws the scene.
    pub fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, layout: &Layout) {
        let top = frame::header(canvas, theme, &self.header(theme), layout);
        let view =
            View { theme, shared: self.frame.shared, layers: self.layers, labels: Labels::BOTH };
        let room = Rect { top, ..canvas.page() };
        canvas.inside(room, |canvas| match (self.frame.grid, self.panels.as_slice()) {
            (Some(grid), panels) => draw_grid(canvas, &view, layout, grid, panels),
            (None, [only, ..]) => only.picture.draw(canvas, &view),
            (None, []) => {}
        });
    }
}

/// The entries of all panels, each once. Panels of different kinds may call the same mark by names
/// that differ in their symbols, `estimate` and `estimate $m_k$`: those are one.
fn one_key(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let word = |entry: &Entry| entry.text.split(' ').next().unwrap_or_default().to_owned();
    let same = |a: &Entry, b: &Entry| {
        let plain = |entry: &Entry| word(entry) == entry.text;
        let mark = std::mem::discriminant(&a.sample) == std::mem::discriminant(&b.sample);
        a.text == b.text || (mark && word(a) == word(b) && (plain(a) || plain(b)))
    };
    entries.fold(Vec::new(), |mut key: Vec<Entry>, entry| {
        if !key.iter().any(|known| same(known, &entry)) {
            key.push(entry);
        }
        key
    })
}

fn draw_grid(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    layout: &Layout,
    grid: &Grid,
    panels: &[Panel<'_>],
) {
    let rows = panels.len().div_ceil(grid.columns).max(1);
    let page = canvas.page();
    let shared = view.shared.is_some();
    // With shared axes the first column and the last row are larger by what their labels take.
    let (extra_left, extra_bottom) = if shared { (LABELS_LEFT, LABELS_BOTTOM) } else { (0.0, 0.0) };
    let gaps = GAP * (grid.columns as f64 - 1.0);
    let width = (page.width() - extra_left - gaps) / grid.columns as f64;
    let height = (page.height() - extra_bottom) / rows as f64;
    for (i, panel) in panels.iter().enumerate() {
        let (row, column) = (i / grid.columns, i % grid.columns);
        let outer =
            Labels { x: !shared || i + grid.columns >= panels.len(), y: !shared || column == 0 };
        let left = if column == 0 { 0.0 } else { extra_left + column as f64 * (width + GAP) };
        let top = row as f64 * height;
        let rect = Rect {
            left,
            top: top + HEADING,
            right: extra_left + column as f64 * (width + GAP) + width,
            bottom: top + height + if outer.x { extra_bottom } else { 0.0 },
        };
        // Panels of one kind have their headings above their axes, those of many, whose axes are at
        // different places, at the edge as figures of their own.
        let indent = match (shared, outer.y) {
            (true, true) => style::LEFT,
            (true, false) => style::BARE,
            (false, _) => style::TITLE_LEFT,
        };
        let baseline = (rect.left + indent, top + HEADING - 7.0);
        let room = rect.right - 2.0 - baseline.0;
        let letter = match grid.letters {
            Letters::Without => String::new(),
            Letters::Lower => format!("({}) ", letter(i)),
        };
        heading(canvas, view, layout, &letter, panel, baseline, room);
        canvas.inside(rect, |canvas| panel.picture.draw(canvas, &View { labels: outer, ..*view }));
    }
}

/// The line above a panel: its letter, in bold what it is, then as many facts as have room.
fn heading(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    layout: &Layout,
    letter: &str,
    panel: &Panel<'_>,
    at: (f64, f64),
    room: f64,
) {
    let own = panel.picture.heading(view.theme, view.layers);
    let (start, facts) = match &panel.title {
        Some(title) => (title.clone(), Vec::new()),
        None => (own.start, own.facts),
    };
    let bold = style::bold(size::AXIS, view.theme.ink, Anchor::Start);
    canvas.text(at, &format!("{letter}{start}"), &bold);
    let width = layout.start_width(&start) * size::AXIS / size::TITLE;
    let end = canvas.measure(letter, &bold).width + width + 9.0;
    let muted = [(size::NOTE, view.theme.muted)];
    frame::facts(canvas, &facts, own.separator, (at.0 + end, at.1), room - end, &muted);
}

/// a, b, ..., z, aa, ab, ...
fn letter(index: usize) -> String {
    let last = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => last.to_string(),
        more => letter(more - 1) + &last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_lettered_as_columns_of_a_spreadsheet() {
        assert_eq!([0, 1, 25, 26, 52].map(letter), ["a", "b", "z", "aa", "ba"]);
    }
}
