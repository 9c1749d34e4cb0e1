//! How a table is drawn: three rules, and numbers below each other by their decimal points.

use super::{Picture, Scored};
use crate::figure::axes::Extent;
use crate::figure::frame::Header;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View};
use crate::render::{Anchor, Canvas, TextStyle};

/// Between two columns, at least and at most.
const GAPS: [f64; 2] = [12.0, 48.0];
/// Height of a row, at least and at most.
const ROWS: [f64; 2] = [18.0, 30.0];
/// Height of one line of headings.
const LINE: f64 = 16.0;
/// Above the first rule and below the last one, without a note and with one.
const BELOW: [f64; 2] = [15.0, 34.0];

/// Where a column stands.
struct Placed<'a> {
    scored: &'a Scored,
    left: f64,
    width: f64,
    /// The widths before and from the decimal point on.
    parts: [f64; 2],
}

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        Header { start: self.start(), facts: self.facts(), separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let theme = view.theme;
        let page = canvas.page();
        let (left, room) = (style::TITLE_LEFT, page.right - style::RIGHT - style::TITLE_LEFT);
        let body = style::text(size::AXIS, theme.ink, Anchor::Start);
        let names = self.labels.iter().map(|label| canvas.measure(label, &body).width);
        let names = names.fold(0.0, f64::max);
        let sizes: Vec<[f64; 3]> = self.columns.iter().map(|c| sizes(canvas, c, &body)).collect();
        let needed =
            |count: usize| names + sizes[..count].iter().map(|s| s[0] + GAPS[0]).sum::<f64>();
        let shown = (1..=sizes.len()).rev().find(|&n| needed(n) <= room).unwrap_or(1);
        let spare = (room - needed(shown)).max(0.0) / shown as f64;
        let gap = (GAPS[0] + spare).min(GAPS[1]);
        let mut right = left + names;
        let mut placed = Vec::new();
        for (scored, [width, whole, fraction]) in self.columns.iter().zip(&sizes).take(shown) {
            let start = right + gap;
            right = start + width;
            let parts = [*whole, *fraction];
            placed.push(Placed { scored, left: start, width: *width, parts });
        }

        let lines =
            if placed.iter().all(|p| p.scored.column.heading()[0].is_empty()) { 1 } else { 2 };
        let headings = LINE * f64::from(lines) + 10.0;
        let most = page.height() - headings - BELOW[0];
        let all = shown == self.columns.len() && ROWS[0] * self.labels.len() as f64 <= most;
        let height = if all { most } else { page.height() - headings - BELOW[1] };
        let rows = self.labels.len().min(((height / ROWS[0]).floor()).max(1.0) as usize);
        let step = (height / rows as f64).clamp(ROWS[0], ROWS[1]);
        let top = 4.0;
        let middle = top + headings;
        let bottom = middle + step * rows as f64 + 4.0;
        for (y, thick) in [(top, width::TRUTH), (middle, width::AXIS), (bottom, width::TRUTH)] {
            canvas.line(&[(left, y), (right, y)], &style::solid(thick, theme.ink));
        }
        canvas.begin_group("headings");
        for column in &placed {
            let at = column.left + column.width / 2.0;
            let style = style::text(size::TICK, theme.muted, Anchor::Middle);
            for (text, line) in column.scored.column.heading().iter().zip([1.0, 0.0]) {
                canvas.text((at, middle - 9.0 - LINE * line), text, &style);
            }
        }
        canvas.end_group();
        canvas.begin_group("rows");
        for row in 0..rows {
            let baseline = middle + 2.0 + step * (row as f64 + 0.5) + 4.5;
            canvas.text((left, baseline), &self.labels[row], &body);
            for column in &placed {
                draw_cell(canvas, theme, column, row, baseline);
            }
        }
        canvas.end_group();
        self.note_hidden(canvas, theme, (left, bottom + 15.0), shown, rows);
    }

    fn table(&self) -> Table {
        let columns = self.columns.iter().map(|c| c.column.name().to_owned());
        let rows = self.fits.iter().enumerate().map(|(row, fit)| {
            let cell = |c: &Scored| c.values[row].map_or_else(|| "".into(), Cell::Number);
            std::iter::once(fit.as_str().into()).chain(self.columns.iter().map(cell)).collect()
        });
        Table {
            columns: std::iter::once("fit".to_owned()).chain(columns).collect(),
            rows: rows.collect(),
        }
    }

    fn caption(&self) -> String {
        self.sentences()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// The widths of a column, of its numbers before the decimal point, and from the point on.
fn sizes(canvas: &Canvas<'_>, scored: &Scored, body: &TextStyle) -> [f64; 3] {
    let bold = body.bold();
    let heading = style::text(size::TICK, body.color, Anchor::Start);
    let widest = |texts: &mut dyn Iterator<Item = &str>, style: &TextStyle| {
        texts.map(|text| canvas.measure(text, style).width).fold(0.0, f64::max)
    };
    let parts = || scored.texts.iter().map(|text| halves(text));
    let whole = widest(&mut parts().map(|p| p.0), &bold);
    let fraction = widest(&mut parts().map(|p| p.1), &bold);
    let heading = widest(&mut scored.column.heading().into_iter(), &heading);
    [heading.max(whole + fraction), whole, fraction]
}

/// A number before its decimal point, and from it on.
fn halves(text: &str) -> (&str, &str) {
    text.split_at(text.find('.').unwrap_or(text.len()))
}

fn draw_cell(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    column: &Placed<'_>,
    row: usize,
    baseline: f64,
) {
    let [whole, fraction] = column.parts;
    let missing = column.scored.values[row].is_none();
    let color = if missing { theme.muted } else { theme.ink };
    let style = match column.scored.best.contains(&row) {
        true => style::bold(size::AXIS, color, Anchor::End),
        false => style::text(size::AXIS, color, Anchor::End),
    };
    let text = &column.scored.texts[row];
    let point = column.left + (column.width - whole - fraction) / 2.0 + whole;
    let after = canvas.measure(halves(text).1, &style).width;
    canvas.text((point + after, baseline), text, &style);
}

impl Picture {
    /// Says what a figure that is too small leaves out.
    fn note_hidden(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        at: (f64, f64),
        columns: usize,
        rows: usize,
    ) {
        let hidden = [(self.labels.len() - rows, "fit"), (self.columns.len() - columns, "column")];
        let parts: Vec<String> = hidden
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| {
                format!("{count} more {what}{}", if *count == 1 { "" } else { "s" })
            })
            .collect();
        if !parts.is_empty() {
            let text = format!("no room for {}", parts.join(" and "));
            canvas.text(at, &text, &style::text(size::NOTE, theme.muted, Anchor::Start));
        }
    }
}
