//! How a trace is drawn.

use super::{Picture, SMALLEST_GAP};
use crate::figure::axes::{self, Axes, Extent, Range, nice_step};
use crate::figure::frame::Header;
use crate::figure::phase::Rise;
use crate::figure::spot::{self, Spots};
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Rect, TextStyle, tex};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        let start = self.quantity.label().to_owned();
        let facts = self.facts().into_iter().take(2).collect();
        Header { start, facts, separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let right = canvas.page().right - style::RIGHT;
        let bottom = canvas.page().bottom - view.bottom(0.61 * style::INCH);
        // A narrow figure has room for one panel.
        let with_gap = self.gap.len() >= 4 && canvas.page().right >= 6.0 * style::INCH;
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
        let value = match self.quantity.unit() {
            "" => "value".to_owned(),
            unit => format!("value ({})", unit.trim_start()),
        };
        Table { columns: vec!["iteration".to_owned(), value, "mark".to_owned()], rows }
    }

    fn caption(&self) -> String {
        let (last, end) = self.last();
        let facts = tex::plain(&self.facts().join("; "));
        let (name, t, value) = match self.until.and_then(|t| Some((t, self.value(t)?))) {
            Some((t, value)) => ("Value", t, value),
            None => ("Final value", last, end),
        };
        format!(
            "{} over the iterations: {facts}. {name} {}{} at t = {t}.",
            self.quantity.label(),
            self.quantity.value(value),
            self.quantity.unit()
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let (last, end) = self.last();
        serde_json::json!({
            "quantity": self.quantity,
            "final_value": end,
            "iterations": last,
            "plateau": self.rise.map(|r| r.plateau),
            "rise_begins": self.rise.map(|r| r.begins),
            "rise_ends": self.rise.map(|r| r.ends),
            "marks": self.marks,
            "falls_from": self.falls,
            "convergence_rate": self.rate,
        })
    }
}

impl Picture {
    fn draw_trace(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect) {
        let theme = view.theme;
        // The first and the last iteration stand within the frame, with their dots and rings.
        let inner = Rect { left: rect.left + ENDS, right: rect.right - ENDS, ..rect };
        let axes = Axes { rect: inner, x: self.frame.x, y: self.frame.y };
        let color = theme.mark(Some(0));
        if let Some(rise) = self.visible_rise() {
            self.shade(canvas, theme, &Axes { rect, ..axes }, rise, |t| axes.px(t).min(rect.right));
        }
        let (last, end) = self.last();
        let level = axes.py(end);
        if self.until.is_none() {
            let dotted = style::dotted(1.2, theme.axis);
            canvas.line(&[(rect.left, level), (rect.right, level)], &dotted);
        }

        // Labels are placed as beside the whole trace, so that they keep their places in a series.
        let whole: Vec<(f64, f64)> =
            self.trace.iter().map(|(t, v)| axes.at((*t as f64, *v))).collect();
        let shown = self.trace.iter().filter(|(t, _)| self.is_shown(*t)).count();
        let points = &whole[..shown];
        let frame = self.frame;
        let inside = |p: &(f64, f64)| rect.contains(*p);
        let clip = Rect { top: rect.top - 4.0, bottom: rect.bottom, ..axes::clip(rect) };
        let radius = (rect.width() / frame.x.span() / 3.0).clamp(0.0, 2.3);
        canvas.with_clip(clip, |canvas| {
            canvas.begin_group("trace");
            canvas.line(points, &style::solid(width::CURVE, color));
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
        axes::bottom(canvas, view, rect, &x_ticks, self.counted());
        let y_ticks = axes.y_ticks();
        axes::left_values(canvas, view, &Axes { rect, ..axes }, &y_ticks, self.quantity.axis());

        let mut spots = Spots::new(rect);
        spots.line(&whole);
        let rings: Vec<(usize, (f64, f64))> = self
            .marks
            .iter()
            .filter_map(|&t| Some((t, axes.at((t as f64, self.value(t)?)))))
            .filter(|(_, at)| rect.contains(*at))
            .collect();
        for &(t, at) in &rings {
            if self.is_shown(t) {
                canvas.circle(at, RING, None, Some(&style::solid(2.2, theme.ink)));
            }
            spots.area(square(at, RING + 2.0));
        }
        let placed = ring_labels(canvas, theme, &rings, &mut spots, &|spots| {
            spots.line(&[(rect.left, level), (rect.right, level)]);
            if let Some(rise) = self.visible_rise() {
                // Text lies on the shaded band or beside it, not across its edges.
                for t in [rise.begins, rise.ends] {
                    let x = axes.px(t as f64);
                    spots.line(&[(x, rect.top), (x, rect.bottom)]);
                }
            }
        });
        let mut near: Vec<Rect> = placed.iter().map(|(.., place)| *place).collect();
        if let Some(rise) = self.visible_rise() {
            let (left, right) = (axes.px(rise.begins as f64), axes.px(rise.ends as f64));
            near.push(Rect { left, right: right.min(rect.right), ..rect });
        }
        // A small panel has room for what stands clearly apart, and for nothing else.
        let is_small = canvas.page().right < SMALL;
        let is_apart = |place: &Rect, near: &[Rect]| {
            !is_small || near.iter().all(|other| !other.inset(-APART).overlaps(place))
        };
        for (_, text, place) in placed.into_iter().filter(|(t, ..)| self.is_shown(*t)) {
            write(canvas, &text, &ring_style(theme), place);
        }
        spots.line(&[(rect.left, level), (rect.right, level)]);
        let text = format!("{} at $t$ = {last}", self.quantity.value(end));
        let style = style::text(size::LABEL, theme.text(Some(0)), Anchor::Start);
        let size = box_of(canvas, &text, &style);
        // On the line of the final value, as far to the right as there is room.
        let steps = (0..).map(|i| rect.right - 2.0 - size[0] - 12.0 * f64::from(i));
        let beside = steps.take_while(|left| *left >= rect.left).flat_map(|left| {
            [level - 5.0 - size[1], level + 5.0].map(|top| spot_at(left, top, size))
        });
        // In a low frame a few lines below it: its number says what it is.
        let lines = (1..4).map(|i| level + 5.0 + 12.0 * f64::from(i));
        let below = lines.map(|top| spot_at(rect.right - 2.0 - size[0], top, size));
        let places: Vec<Rect> = beside.chain(below).filter(|p| is_apart(p, &near)).collect();
        if let Some(place) = spots.take(places) {
            near.push(place);
            if self.until.is_none() {
                write(canvas, &text, &style, place);
            }
        }
        if let Some(rise) = self.visible_rise() {
            for t in [rise.begins, rise.ends] {
                let x = axes.px(t as f64);
                spots.line(&[(x, rect.top), (x, rect.bottom)]);
            }
        }
        let digits = number::decimals_of(&y_ticks, number::noise(&y_ticks));
        self.draw_below(canvas, theme, rect, digits, &mut spots, &|place| is_apart(place, &near));
    }

    /// The values that lie below the frame, as text with as many decimals as the axis has, where there
    /// is room.
    fn draw_below(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        rect: Rect,
        digits: usize,
        spots: &mut Spots,
        is_apart: &dyn Fn(&Rect) -> bool,
    ) {
        if self.below.is_empty() || self.below.len() > 5 {
            return;
        }
        let heading = "below this frame";
        let style = style::text(size::NOTE, theme.muted, Anchor::Start);
        let names: Vec<String> = self.below.iter().map(|(t, _)| format!("$t$ = {t}:")).collect();
        let values: Vec<String> =
            self.below.iter().map(|(_, v)| number::fixed(*v, digits)).collect();
        let widest = |texts: &[String]| {
            texts.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max)
        };
        let columns = widest(&names) + 10.0 + widest(&values);
        let w = columns.max(canvas.measure(heading, &style).width);
        let h = 15.5 * (names.len() + 1) as f64;
        // At the bottom, from the right of the middle outward.
        let middle = rect.left + 0.66 * rect.width() - w / 2.0;
        let lefts = (0..40).flat_map(|i| [-8.0, 8.0].map(|d| middle + d * f64::from(i)));
        let places: Vec<Rect> = lefts
            .map(|left| spot_at(left, rect.bottom - h - 6.0, [w, h]))
            .filter(is_apart)
            .collect();
        let Some(place) = spots.take(places) else { return };
        canvas.text((place.left, place.top + 12.0), heading, &style);
        let end = TextStyle { anchor: Anchor::End, ..style };
        for (i, (name, value)) in names.iter().zip(&values).enumerate() {
            if !self.is_shown(self.below[i].0) {
                continue;
            }
            let baseline = place.top + 12.0 + 15.5 * (i + 1) as f64;
            canvas.text((place.left, baseline), name, &style);
            canvas.text((place.left + columns, baseline), value, &end);
        }
    }

    /// The band of the rise, as far as it is shown.
    fn shade(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        rise: Rise,
        px: impl Fn(f64) -> f64,
    ) {
        let until = self.until.map_or(rise.ends, |until| until.min(rise.ends));
        if until > rise.begins {
            let (left, right) = (px(rise.begins as f64), px(until as f64));
            let shade = Rect { left, right, ..axes.rect };
            canvas.rect(shade, Some(&style::fill(theme.grid, 0.8)), None);
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
            self.shade(canvas, theme, &axes, rise, |t| axes.px(t));
        }
        let powers = decades(y);
        let y_ticks: Vec<axes::Tick> =
            powers.map(|p| (axes.py(p), format!("$10^{{{p}}}$"))).collect();
        let x_ticks = iteration_ticks(&axes, locator::ticks(x.low, x.high, 3));
        axes::bottom(canvas, view, rect, &x_ticks, self.counted());
        axes::left(canvas, view, rect, &y_ticks, "");
        let points = axes.path(logs);
        canvas.begin_group("gap");
        let shown = self.gap.iter().filter(|(t, _)| self.is_shown(*t)).count();
        canvas.line(&points[..shown], &style::solid(width::CURVE, theme.mark(Some(0))));
        canvas.end_group();
        let ink = style::text(size::NOTE, theme.ink, Anchor::Start);
        let fits = |text: &&str| canvas.measure(text, &ink).width <= rect.width() + 4.0;
        let (long, short) = match self.quantity.unit() {
            "" => ("gap to the final value", "gap"),
            _ => ("gap to the final value (nats)", "gap (nats)"),
        };
        let heading = Some(long).filter(fits).unwrap_or(short);
        canvas.text((rect.left, rect.top - 9.0), heading, &ink);
        let Some(rate) = self.rate.filter(|_| self.until.is_none()) else { return };
        let style = style::text(size::NOTE, theme.text(Some(0)), Anchor::Start);
        let lines = ["gap shrinks".to_owned(), format!("to {} a step", number::percent(rate))];
        let w = lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max);
        let mut spots = Spots::new(rect);
        spots.line(&points);
        // Beside the straight part of the line, from its middle outward.
        let tail = &points[points.len() / 4..];
        let middle = tail.len() as f64 / 2.0;
        let mut order: Vec<usize> = (0..tail.len()).collect();
        order.sort_by(|a, b| {
            let away = |i: usize| (i as f64 - middle).abs();
            away(*a).total_cmp(&away(*b))
        });
        let places = order.into_iter().map(|i| {
            let (x, y) = tail[i];
            spot_at(x + 6.0, y - 29.0, [w, 30.0])
        });
        let Some(place) = spots.take(places) else { return };
        for (i, line) in lines.iter().enumerate() {
            canvas.text((place.left, place.top + 11.0 + 15.5 * i as f64), line, &style);
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

/// A panel narrower than this is small.
const SMALL: f64 = 5.0 * style::INCH;
/// In a small panel text is so far from other text and from the shaded band.
const APART: f64 = 6.0;
/// Radius of the rings.
const RING: f64 = 5.4;
/// Between a ring and its label.
const RING_GAP: f64 = 6.0;
/// Room at either side of the trace: a ring at its end stays in the frame.
const ENDS: f64 = 7.5;

fn square((x, y): (f64, f64), half: f64) -> Rect {
    Rect { left: x - half, top: y - half, right: x + half, bottom: y + half }
}

fn spot_at(left: f64, top: f64, [w, h]: [f64; 2]) -> Rect {
    Rect { left, top, right: left + w, bottom: top + h }
}

/// Width and height of a line of text.
fn box_of(canvas: &Canvas<'_>, text: &str, style: &TextStyle) -> [f64; 2] {
    let extent = canvas.measure(text, style);
    [extent.width, extent.ascent + extent.descent]
}

fn write(canvas: &mut Canvas<'_>, text: &str, style: &TextStyle, place: Rect) {
    let descent = canvas.measure(text, style).descent;
    canvas.text((place.left, place.bottom - descent), text, style);
}

fn ring_style(theme: &Theme) -> TextStyle {
    style::text(size::LABEL, theme.ink, Anchor::Start)
}

/// The iterations, texts and places of the labels of rings: each at a fixed distance and nearer to
/// its ring than to any other; one that has no such place has no label. `hairlines` are crossed only
/// where there is no other way.
fn ring_labels(
    canvas: &Canvas<'_>,
    theme: &Theme,
    rings: &[(usize, (f64, f64))],
    spots: &mut Spots,
    hairlines: &dyn Fn(&mut Spots),
) -> Vec<(usize, String, Rect)> {
    let style = ring_style(theme);
    let mut placed = Vec::new();
    for (i, (t, at)) in rings.iter().enumerate() {
        let text = format!("$t = {t}$");
        let size = box_of(canvas, &text, &style);
        let own = |place: &Rect| {
            let others = rings.iter().filter(|(other, _)| other != t);
            let nearest = others.map(|(_, other)| spot::distance(*place, *other));
            spot::distance(*place, *at) < nearest.fold(f64::INFINITY, f64::min)
        };
        // The first label above to the left, the others below to the right.
        let side = if i == 0 { -1.0 } else { 1.0 };
        const DIRECTIONS: [[f64; 2]; 8] = [
            [1.0, 1.0],
            [1.0, 0.0],
            [0.0, 1.0],
            [1.0, -1.0],
            [-1.0, 1.0],
            [0.0, -1.0],
            [-1.0, 0.0],
            [-1.0, -1.0],
        ];
        let places: Vec<Rect> = DIRECTIONS
            .iter()
            .map(|[dx, dy]| spot::around(*at, RING + 1.1 + RING_GAP, size, [side * dx, side * dy]))
            .filter(own)
            .collect();
        let mut strict = spots.clone();
        hairlines(&mut strict);
        let place = strict.take(places.iter().copied()).or_else(|| spots.take(places));
        if let Some(place) = place {
            spots.area(place);
            placed.push((*t, text, place));
        }
    }
    placed
}

/// The ticks that are iterations: there is nothing between two of them.
fn iteration_ticks(axes: &Axes, ticks: Vec<f64>) -> Vec<axes::Tick> {
    let whole = ticks.into_iter().filter(|t| t.fract() == 0.0).collect();
    axes::labelled(whole).into_iter().map(|(v, t)| (axes.px(v), t)).collect()
}
