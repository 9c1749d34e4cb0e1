//! How a trace is drawn.

use super::{Picture, SMALLEST_GAP};
use crate::figure::axes::{self, Axes, Extent, Range, nice_step};
use crate::figure::frame::Header;
use crate::figure::placer::Placer;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Rect, TextStyle};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        let start = self.quantity.label().to_owned();
        Header { start, facts: self.facts(), separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let right = canvas.page().right - style::RIGHT;
        let bottom = canvas.page().bottom - view.bottom(0.61 * style::INCH);
        let with_gap = self.gap.len() >= 4;
        let gap_width = 0.245 * canvas.page().right;
        let left = view.left(1.15 * style::INCH);
        let main = Rect {
            left,
            top: 0.16 * style::INCH,
            right: if with_gap { right - gap_width - 1.02 * style::INCH } else { right },
            bottom,
        };
        self.draw_trace(canvas, view, main);
        if with_gap {
            self.draw_gap(
                canvas,
                view,
                Rect { left: right - gap_width, right: right - 4.0, ..main },
            );
        }
    }

    fn table(&self) -> Table {
        let rows = self
            .trace
            .iter()
            .map(|(t, v)| {
                let mark = if self.marks.contains(t) { "marked" } else { "" };
                vec![(*t).into(), Cell::Number(*v), mark.into()]
            })
            .collect();
        Table { columns: ["iteration", "value (nats)", "mark"].map(str::to_owned).to_vec(), rows }
    }

    fn caption(&self) -> String {
        let (last, end) = self.last();
        let facts = self.facts().join("; ").replace('$', "");
        format!(
            "{} over the iterations: {facts}. Final value {} nats at t = {last}.",
            self.quantity.label(),
            number::fixed(end, 1)
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

impl Picture {
    fn draw_trace(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect) {
        let theme = view.theme;
        let axes = Axes { rect, x: self.frame.x, y: self.frame.y };
        let color = theme.mark(Some(0));
        if let Some(rise) = self.rise {
            let shade = Rect {
                left: axes.px(rise.begins as f64),
                right: axes.px(rise.ends as f64).min(rect.right),
                ..rect
            };
            canvas.rect(shade, Some(&style::fill(theme.grid, 0.8)), None);
        }
        let (last, end) = self.last();
        let level = axes.py(end);
        canvas.line(&[(rect.left, level), (rect.right, level)], &style::dotted(1.2, theme.axis));

        let shown = self.trace.iter().filter(|(t, _)| self.until.is_none_or(|until| *t <= until));
        let points: Vec<(f64, f64)> = shown.map(|(t, v)| axes.at((*t as f64, *v))).collect();
        let frame = self.frame;
        let inside = |p: &(f64, f64)| axes::clip(rect).contains(*p);
        let clip = Rect { top: rect.top - 4.0, bottom: rect.bottom, ..axes::clip(rect) };
        let radius = (rect.width() / frame.x.span() / 3.0).clamp(0.0, 2.3);
        canvas.with_clip(clip, |canvas| {
            canvas.begin_group("trace");
            canvas.line(&points, &style::solid(width::CURVE, color));
            canvas.end_group();
            if radius > 0.8 {
                for point in points.iter().filter(|p| inside(p)) {
                    canvas.circle(*point, radius, Some(&style::fill(color, 1.0)), None);
                }
            }
        });
        if let Some(now) = points.last().filter(|p| self.until.is_some() && inside(p)) {
            let rim = style::solid(1.4, theme.background);
            canvas.circle(*now, 4.6, Some(&style::fill(color, 1.0)), Some(&rim));
        }
        let x_ticks = iteration_ticks(&axes, axes.x_ticks());
        let y_ticks: Vec<axes::Tick> =
            axes::labelled(axes.y_ticks()).into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        axes::bottom(canvas, view, rect, &x_ticks, "iteration $t$");
        axes::left(canvas, view, rect, &y_ticks, self.quantity.axis());

        let mut placer = Placer::new(rect);
        placer.line(&points);
        placer.line(&[(rect.left, level), (rect.right, level)]);
        if let Some(rise) = self.rise {
            // Text lies on the shaded band or beside it, not across its edges.
            for t in [rise.begins, rise.ends] {
                let x = axes.px(t as f64);
                placer.line(&[(x, rect.top), (x, rect.bottom)]);
            }
        }
        let mut ring_boxes = Vec::new();
        for &t in &self.marks {
            let Some((_, v)) = self.trace.iter().find(|(s, _)| *s == t) else { continue };
            let at = axes.at((t as f64, *v));
            if !inside(&at) {
                continue;
            }
            canvas.circle(at, 5.4, None, Some(&style::solid(2.2, theme.ink)));
            placer.area(
                Rect { left: at.0 - 8.0, right: at.0 + 8.0, top: at.1 - 8.0, bottom: at.1 + 8.0 },
                1.0,
            );
            ring_boxes.push((t, at));
        }
        let text = format!("{} at $t$ = {last}", number::fixed(end, 1));
        let style_end = style::text(size::LABEL, theme.text(Some(0)), Anchor::Start);
        label(canvas, &mut placer, &text, &style_end, (rect.right, level - 9.0));
        let ink = style::text(size::LABEL, theme.ink, Anchor::Start);
        for (i, (t, at)) in ring_boxes.iter().enumerate() {
            // The first mark is labelled above to the left, the others below to the right.
            let side = if i == 0 { -1.0 } else { 1.0 };
            label(
                canvas,
                &mut placer,
                &format!("$t = {t}$"),
                &ink,
                (at.0 + side * 26.0, at.1 + side * 12.0),
            );
        }
        self.draw_below(canvas, theme, rect, &mut placer);
    }

    /// The values that lie below the frame, as text where there is room.
    fn draw_below(&self, canvas: &mut Canvas<'_>, theme: &Theme, rect: Rect, placer: &mut Placer) {
        if self.below.is_empty() || self.below.len() > 5 {
            return;
        }
        let mut lines = vec!["below this frame".to_owned()];
        lines.extend(
            self.below.iter().map(|(t, v)| format!("$t$ = {t}:  {}", number::fixed(*v, 0))),
        );
        let style = style::text(size::NOTE, theme.muted, Anchor::Start);
        let w = lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max) + 10.0;
        let h = 15.5 * lines.len() as f64 + 4.0;
        let place =
            placer.place((rect.left + 0.66 * rect.width(), rect.bottom - h / 2.0 - 8.0), w, h);
        for (i, line) in lines.iter().enumerate() {
            canvas.text((place.left + 5.0, place.top + 13.0 + 15.5 * i as f64), line, &style);
        }
    }

    fn draw_gap(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect) {
        let theme = view.theme;
        let (last, _) = self.last();
        let last = last as f64;
        let first = self.gap[0].0 as f64;
        let logs: Vec<(f64, f64)> =
            self.gap.iter().map(|(t, g)| (*t as f64, libm::log10(*g))).collect();
        // Down to where gaps are rounding, so that the curve runs into the axis.
        let top = logs.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
        let y = Range::new(libm::log10(SMALLEST_GAP), top + 0.4);
        // To where the gap is rounding, or to the end.
        let end = self.gap.last().map_or(last, |(t, _)| *t as f64 + 1.0);
        let step = nice_step(end - first, 3.0).max(1.0);
        let x = Range::new(first, ((end / step).ceil() * step).min(last.max(end)));
        let axes = Axes { rect, x, y };
        if let Some(rise) = self.rise {
            let shade = Rect {
                left: axes.px(rise.begins as f64),
                right: axes.px(rise.ends as f64),
                ..rect
            };
            canvas.rect(shade, Some(&style::fill(theme.grid, 0.8)), None);
        }
        let powers = decades(y);
        let y_ticks: Vec<axes::Tick> =
            powers.map(|p| (axes.py(p), format!("$10^{{{p}}}$"))).collect();
        let x_ticks = iteration_ticks(&axes, locator::ticks(x.low, x.high, 3));
        axes::bottom(canvas, view, rect, &x_ticks, "iteration $t$");
        axes::left(canvas, view, rect, &y_ticks, "");
        let points = axes.path(logs);
        canvas.begin_group("gap");
        canvas.line(&points, &style::solid(width::CURVE, theme.mark(Some(0))));
        canvas.end_group();
        let ink = style::text(size::NOTE, theme.ink, Anchor::Start);
        canvas.text((rect.left, rect.top - 9.0), "gap to the final value (nats)", &ink);
        if let Some(rate) = self.rate {
            let mut placer = Placer::new(rect);
            placer.line(&points);
            let style = style::text(size::NOTE, theme.text(Some(0)), Anchor::End);
            let lines = ["gap shrinks".to_owned(), format!("to {} a step", number::percent(rate))];
            let w = lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max) + 8.0;
            let place =
                placer.place((rect.right - w / 2.0, rect.top + 0.27 * rect.height()), w, 35.0);
            for (i, line) in lines.iter().enumerate() {
                canvas.text((place.right - 4.0, place.top + 14.0 + 15.5 * i as f64), line, &style);
            }
        }
    }
}

/// The powers of ten that are named: every one, or every second, third, ... so that at most five are.
fn decades(y: Range) -> impl Iterator<Item = f64> {
    let (low, high) = (y.low.ceil(), y.high.floor());
    let step = ((high - low) / 4.0).ceil().max(1.0);
    let count = ((high - low) / step).floor().max(0.0) as usize;
    let first = (low / step).ceil() * step;
    (0..=count).map(move |i| first + i as f64 * step).filter(move |p| *p <= high)
}

/// One line of text in a place of its own near `target`.
fn label(
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

/// The ticks that are iterations: there is nothing between two of them.
fn iteration_ticks(axes: &Axes, ticks: Vec<f64>) -> Vec<axes::Tick> {
    let whole = ticks.into_iter().filter(|t| t.fract() == 0.0).collect();
    axes::labelled(whole).into_iter().map(|(v, t)| (axes.px(v), t)).collect()
}
