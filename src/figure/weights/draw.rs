//! How bars of weights are drawn.

use super::{Bar, Picture, SMALLEST};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::style::{self, Area, Theme, size, width};
use crate::figure::{Layers, Table, View, number};
use crate::render::{Anchor, Canvas, Rect, TextStyle};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, theme: &Theme, _layers: Layers) -> Header {
        let start = match self.is_inferred() {
            true => format!("{} of {} components kept", self.kept, self.components),
            false => "Mixture weights".to_owned(),
        };
        let accuracy = self.accuracy.map(|a| format!("accuracy {a:.3}"));
        let assumed = Some(self.assumed.to_owned());
        let facts = [self.at.clone(), assumed, accuracy].into_iter().flatten().collect();
        let truth = self.bars.iter().any(|b| b.truth.is_some());
        let interval = self.bars.iter().any(|b| b.interval.is_some());
        let strong = Sample::Area(Area::Tint(style::fill(theme.muted, 1.0)));
        let whisker = Sample::Line(style::solid(width::TRUTH, theme.ink));
        let key = [
            truth.then(|| Entry::new(Sample::Area(theme.neutral_area(PALE)), "truth")),
            Some(Entry::new(strong, "estimate")),
            interval.then(|| Entry::new(whisker, "95\u{2009}%")),
        ];
        Header { start, facts, separator: "; ", key: key.into_iter().flatten().collect() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let rect = view.panel(canvas.page());
        // Room for a number above the tallest bar.
        let above = rect.height() / (rect.height() - ABOVE).max(ABOVE);
        let x = Range::new(0.0, self.bars.len() as f64);
        let y = Range::new(0.0, self.heights.high * above);
        let layout = self.layout(canvas, view.theme, Axes { rect, x, y });
        let mut taken = self.draw_threshold(canvas, view.theme, &layout);
        for (place, bar) in layout.places.iter().zip(&self.bars) {
            draw_bar(canvas, view.theme, &layout.axes, *place, bar);
            taken.push(ink(&layout.axes, *place, bar));
        }
        self.draw_axes(canvas, view, &layout);
        self.draw_numbers(canvas, view.theme, &layout, taken);
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for bar in &self.bars {
            let mut push = |mark: &str, weight: Option<f64>| {
                if let Some(weight) = weight {
                    rows.push(vec![mark.into(), bar.slot.index().into(), weight.into()]);
                }
            };
            push("truth", bar.truth);
            push("estimate", bar.weight);
            push("2.5 % quantile", bar.interval.map(|i| i.0));
            push("97.5 % quantile", bar.interval.map(|i| i.1));
        }
        let columns = ["mark", "component", "weight (share of the mixture)"];
        Table { columns: columns.map(str::to_owned).to_vec(), rows }
    }

    fn caption(&self) -> String {
        let mut heaviest: Vec<&Bar> = self.bars.iter().filter(|b| b.weight.is_some()).collect();
        heaviest.sort_by(|a, b| b.weight.unwrap_or(0.0).total_cmp(&a.weight.unwrap_or(0.0)));
        let shown: Vec<String> = heaviest
            .iter()
            .filter(|b| b.weight.is_some_and(|w| w > self.kept_above))
            .take(MOST_IN_CAPTION)
            .filter_map(|b| Some(format!("{} has {}", b.slot.index(), value(b.weight?))))
            .collect();
        let are = if self.kept == 1 { "has" } else { "have" };
        let each = match shown.is_empty() {
            true => String::new(),
            false => format!("; component {}", shown.join(", ")),
        };
        let at = self.at.as_ref().map(|at| at.replace('$', "")).unwrap_or_default();
        let sentence = format!(
            "{} of {} inferred components {are} a weight above {}{each} ({})",
            self.kept,
            self.components,
            number::short(self.kept_above, 6),
            self.assumed,
        );
        format!("{} {at}", sentence).trim_end().to_owned() + "."
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let weights: serde_json::Map<String, serde_json::Value> = self
            .bars
            .iter()
            .map(|b| {
                let ends = b.interval.map(|(low, high)| [low, high]);
                let of = serde_json::json!({"truth": b.truth, "mean": b.weight, "interval": ends});
                (b.slot.index(), of)
            })
            .collect();
        serde_json::json!({
            "kept": self.kept,
            "components": self.components,
            "kept_above": self.kept_above,
            "weights": weights,
        })
    }
}

/// Height of the numbers above the bars.
const ABOVE: f64 = 22.0;
/// Opacity of a true weight.
const PALE: f64 = 0.24;
/// Half the width of a true and of an inferred bar, as shares of what a component has.
const WIDE: f64 = 0.4;
const NARROW: f64 = 0.22;
/// Half a true bar is never wider than this.
const WIDEST: f64 = 0.62 * style::INCH;
/// With more components than this not all are named.
const MOST_NAMES: usize = 12;
/// The caption names no more than this.
const MOST_IN_CAPTION: usize = 6;
/// Of the width, bars that stand before packed ones take no more than this.
const ROOM_OF_HEADS: f64 = 0.7;
/// Between texts in a row.
const GAP: f64 = 5.0;

/// A weight in the room of a bar: three decimals, and never a wrong 0.
fn value(weight: f64) -> String {
    if weight < SMALLEST { "<.001".to_owned() } else { number::fixed(weight, 3) }
}

/// Where a component stands on the canvas.
#[derive(Clone, Copy, Debug)]
struct Place {
    middle: f64,
    width: f64,
}

impl Place {
    /// The width of which bars take their shares.
    fn scale(self) -> f64 {
        self.width.min(WIDEST / WIDE)
    }
}

/// Where all components stand. Where the smallest ones at the end have no room for their numbers,
/// they have one text together and are packed, to leave room for the others.
struct Layout {
    axes: Axes,
    places: Vec<Place>,
    /// The first of those that are packed.
    packed: usize,
}

fn draw_bar(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, place: Place, bar: &Bar) {
    let (middle, scale) = (place.middle, place.scale());
    let outline = |half: f64, weight: f64| {
        let (low, high) = (axes.rect.bottom, axes.py(weight));
        [(middle - half, low), (middle - half, high), (middle + half, high), (middle + half, low)]
    };
    if let Some(truth) = bar.truth {
        canvas.begin_group("truth");
        let pale = theme.area(bar.slot.color, PALE);
        style::area(canvas, &outline(WIDE * scale, truth), &pale);
        canvas.end_group();
    }
    if let Some(weight) = bar.weight {
        canvas.begin_group("estimate");
        let strong = style::fill(theme.mark(bar.slot.color), 1.0);
        canvas.polygon(&outline(NARROW * scale, weight), Some(&strong), None);
        canvas.end_group();
    }
    let Some((low, high)) = bar.interval else { return };
    let (low, high) = (axes.py(low), axes.py(high));
    // What is shorter than a line is wide says nothing.
    if low - high < width::TRUTH {
        return;
    }
    let cap = (0.3 * NARROW * scale).min(4.0);
    canvas.begin_group("interval");
    for (rim, color) in [(2.0, theme.background), (0.0, theme.ink)] {
        let stroke = style::solid(width::TRUTH + rim, color);
        canvas.line(&[(middle, low + rim / 2.0), (middle, high - rim / 2.0)], &stroke);
        for y in [low, high] {
            let ends = [(middle - cap - rim / 2.0, y), (middle + cap + rim / 2.0, y)];
            canvas.line(&ends, &stroke);
        }
    }
    canvas.end_group();
}

impl Picture {
    fn layout(&self, canvas: &Canvas<'_>, theme: &Theme, axes: Axes) -> Layout {
        let (count, room) = (self.bars.len(), axes.rect.width());
        let style = style::text(size::TICK, theme.muted, Anchor::Middle);
        let least = canvas.measure(&value(0.0), &style).width + GAP;
        let even = room / count.max(1) as f64;
        let packed =
            if self.negligible > 1 && even < least { count - self.negligible } else { count };
        let width = match packed {
            0 => even,
            heads if heads < count => even.max((ROOM_OF_HEADS * room / heads as f64).min(least)),
            _ => even,
        };
        let rest = (room - width * packed as f64) / (count - packed).max(1) as f64;
        let places = (0..count)
            .map(|i| {
                let (heads, tail) = (i.min(packed) as f64, i.saturating_sub(packed) as f64);
                let own = if i < packed { width } else { rest };
                let left = axes.rect.left + heads * width + tail * rest;
                Place { middle: left + own / 2.0, width: own }
            })
            .collect();
        Layout { axes, places, packed }
    }

    /// The weight from which on a component is kept, where it can be told from zero; what its name
    /// covers.
    fn draw_threshold(&self, canvas: &mut Canvas<'_>, theme: &Theme, layout: &Layout) -> Vec<Rect> {
        let rect = layout.axes.rect;
        let y = layout.axes.py(self.kept_above);
        if rect.bottom - y < size::TICK + 8.0 || y < rect.top + size::TICK {
            return Vec::new();
        }
        let guide = style::dotted(width::HAIR, theme.muted);
        canvas.line(&[(rect.left, y), (rect.right, y)], &guide);
        let text = format!("kept above {}", number::short(self.kept_above, 6));
        let style = style::text(size::NOTE, theme.muted, Anchor::End);
        let place = Rect {
            left: rect.right - canvas.measure(&text, &style).width,
            top: y - 4.0 - size::NOTE,
            right: rect.right,
            bottom: y,
        };
        let bars = layout.places.iter().zip(&self.bars).map(|(p, b)| ink(&layout.axes, *p, b));
        if bars.into_iter().any(|bar| bar.overlaps(&place)) {
            return Vec::new();
        }
        canvas.text((rect.right, y - 4.0), &text, &style);
        vec![place]
    }

    fn draw_axes(&self, canvas: &mut Canvas<'_>, view: &View<'_>, layout: &Layout) {
        let (theme, axes) = (view.theme, &layout.axes);
        let ticks: Vec<axes::Tick> =
            axes::labelled(axes.y_ticks()).into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        let label = if self.is_inferred() { "weight E[$\\pi_k$]" } else { "weight $\\pi_k$" };
        axes::left(canvas, view, axes.rect, &ticks, label);
        let label = match self.bars.first().and_then(|b| b.slot.truth) {
            Some(_) => "component $k$ (true ones first)",
            None => "component $k$ (from the heaviest)",
        };
        axes::bottom(canvas, view, axes.rect, &[], label);
        if !view.labels.x {
            return;
        }
        let style = |bar: &Bar| style::text(size::TICK, theme.text(bar.slot.color), Anchor::Middle);
        let widths = self.bars.iter().map(|b| canvas.measure(&b.slot.index(), &style(b)).width);
        let widest = widths.fold(0.0, f64::max) + GAP;
        let (heads, tail) = self.bars.split_at(layout.packed);
        for (first, part) in [(0, heads), (layout.packed, tail)] {
            let Some(place) = layout.places.get(first) else { continue };
            let stride = stride(part.len(), widest / place.width);
            for (bar, place) in part.iter().zip(&layout.places[first..]).step_by(stride) {
                let at = (place.middle, axes.rect.bottom + 15.5);
                canvas.text(at, &bar.slot.index(), &style(bar));
            }
        }
    }

    /// The weights above the bars, the heaviest first: one that would touch another, or what is
    /// `taken`, is left out.
    fn draw_numbers(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        layout: &Layout,
        mut taken: Vec<Rect>,
    ) {
        // Without their zeros if they have no room with them.
        let full = style::text(size::TICK, theme.muted, Anchor::Middle);
        let full = canvas.measure("0.000", &full).width + GAP;
        let shorten = |text: String| match layout.places.iter().take(1).all(|p| p.width >= full) {
            true => text,
            false => text.trim_start_matches('0').to_owned(),
        };
        // A text that the guide line would cross has the background behind it.
        let guide = layout.axes.py(self.kept_above);
        let over_guide = |style: TextStyle, place: &Rect| {
            let crossed = place.top - 2.0 < guide && guide < place.bottom + 2.0;
            TextStyle { background: crossed.then_some(theme.background), ..style }
        };
        let mut order: Vec<usize> = (0..layout.packed).collect();
        let weight = |i: usize| self.bars[i].weight.unwrap_or(0.0);
        order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
        for i in order {
            let bar = &self.bars[i];
            let style = style::text(size::TICK, theme.text(bar.slot.color), Anchor::Middle);
            let text = bar.weight.map_or_else(|| "none".to_owned(), |w| shorten(value(w)));
            let at = (layout.places[i].middle, layout.axes.py(bar.top()) - 6.0);
            let place = place(canvas, at, &text, &style);
            let around = Rect { left: place.left - GAP, ..place };
            let is_free = around.left > layout.axes.rect.left - GAP
                && place.right <= canvas.page().right
                && !taken.iter().any(|r| r.overlaps(&around));
            if is_free {
                taken.push(canvas.text(at, &text, &over_guide(style, &place)));
            }
        }
        let Some(first) = layout.places.get(layout.packed) else { return };
        let packed = &self.bars[layout.packed..];
        let weights = || packed.iter().filter_map(|b| b.weight);
        let weight = match weights().all(|w| w < SMALLEST) {
            true => format!("each {}", value(0.0)),
            false => format!("together {}", value(weights().sum())),
        };
        let text = format!("{} more, {weight}", packed.len());
        let style = style::text(size::TICK, theme.muted, Anchor::Middle);
        let top = packed.iter().map(Bar::top).fold(0.0, f64::max);
        let at = ((first.middle + layout.axes.rect.right) / 2.0, layout.axes.py(top) - 6.0);
        let place = place(canvas, at, &text, &style);
        if place.right <= canvas.page().right && !taken.iter().any(|r| r.overlaps(&place)) {
            canvas.text(at, &text, &over_guide(style, &place));
        }
    }
}

/// What a component's bars cover.
fn ink(axes: &Axes, place: Place, bar: &Bar) -> Rect {
    let half = if bar.truth.is_some() { WIDE } else { NARROW } * place.scale();
    let (left, right) = (place.middle - half, place.middle + half);
    Rect { left, top: axes.py(bar.top()), right, bottom: axes.rect.bottom }
}

/// Where a text in the middle of `at` would stand.
fn place(canvas: &Canvas<'_>, at: (f64, f64), text: &str, style: &TextStyle) -> Rect {
    let extent = canvas.measure(text, style);
    let half = extent.width / 2.0;
    Rect {
        left: at.0 - half,
        top: at.1 - extent.ascent,
        right: at.0 + half,
        bottom: at.1 + extent.descent,
    }
}

/// Every how manieth component is named, where a name takes `share` of what a component has.
fn stride(count: usize, share: f64) -> usize {
    let fits = |stride: &usize| share <= *stride as f64 && count.div_ceil(*stride) <= MOST_NAMES;
    [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(fits).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_left_out_where_they_would_touch_or_are_many() {
        assert_eq!([3, 12, 13, 24, 25, 60].map(|n| stride(n, 0.3)), [1, 1, 2, 2, 5, 5]);
        assert_eq!(stride(8, 1.2), 2);
    }

    #[test]
    fn a_weight_is_never_a_wrong_zero() {
        assert_eq!(
            [0.0, 0.0004, 0.001, 0.43, 1.0].map(value),
            ["<.001", "<.001", "0.001", "0.430", "1.000"]
        );
    }
}
