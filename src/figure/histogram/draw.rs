//! How a histogram is drawn.

use super::{Bars, Curve, MOST_FLANKS, Picture, Role};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::frame::{self, Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::slot::Slot;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Start, Table, View, lanes, number};
use crate::render::{Anchor, Canvas, Rect};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let (start, facts) = match (layers.estimate, layers.truth) {
            (true, _) => (self.start.clone(), self.facts.clone()),
            (false, true) => ("Truth".to_owned(), vec!["means to be recovered".to_owned()]),
            (false, false) => ("Data".to_owned(), self.data_facts.clone()),
        };
        Header { start, facts, separator: ", ", key: self.key(theme, layers) }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let extent = view.shared.unwrap_or(self.extent);
        let with_fit = self.has(Role::Estimate);
        let page = canvas.page();
        // A panel that is too low for lanes does without.
        let lanes = match page.height() - lanes::height(self.lanes.len()) {
            rest if rest >= LEAST_HEIGHT => self.lanes.as_slice(),
            _ => &[],
        };
        let lanes_height = lanes::height(lanes.len());
        let rect = Rect {
            left: view.left(style::LEFT),
            top: style::TOP,
            right: page.right - style::RIGHT,
            bottom: page.bottom - view.bottom(style::BOTTOM) - lanes_height,
        };
        let axes = Axes { rect, x: extent.x, y: extent.y };
        self.draw_marks(canvas, view, &axes);
        self.draw_axes(canvas, view, &axes, lanes_height);
        lanes::draw(canvas, view, &axes, lanes);
        if with_fit || self.curves.len() > MOST_FLANKS {
            self.label_row(canvas, view.theme, &axes);
        } else {
            self.label_flanks(canvas, view.theme, &axes);
        }
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let name = |slot: Option<Slot>| slot.map_or_else(|| "all".to_owned(), |s| s.index());
        for bars in self.bars.iter().chain(&self.all) {
            let what = if bars.sampled { "sampled bar" } else { "data bar" };
            for (edges, count) in bars.edges.windows(2).zip(&bars.counts) {
                rows.push(vec![
                    what.into(),
                    name(bars.slot).into(),
                    edges[0].into(),
                    edges[1].into(),
                    (*count as f64).into(),
                ]);
            }
        }
        for curve in &self.curves {
            let what = match curve.role {
                Role::Truth => "truth",
                Role::Kde => "kde",
                Role::Estimate => "estimate",
            };
            for (x, y) in &curve.points {
                rows.push(vec![
                    what.into(),
                    name(Some(curve.slot)).into(),
                    (*x).into(),
                    (*x).into(),
                    (*y).into(),
                ]);
            }
        }
        for lane in &self.lanes {
            lane.rows(&mut rows);
        }
        Table {
            columns: vec![
                "mark".to_owned(),
                "component".to_owned(),
                format!("from ({})", self.column),
                format!("to ({})", self.column),
                "height (points per bin)".to_owned(),
            ],
            rows,
        }
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Bars and curves need this much height, axis included.
const LEAST_HEIGHT: f64 = 1.7 * style::INCH;

impl Picture {
    fn has(&self, role: Role) -> bool {
        self.curves.iter().any(|c| c.role == role)
    }

    fn key(&self, theme: &Theme, layers: Layers) -> Vec<Entry> {
        let neutral = theme.muted;
        let samples = self.bars.iter().any(|b| b.sampled);
        let line = |stroke| Sample::Line(stroke);
        let mut entries = vec![Entry::new(Sample::Area(theme.neutral_area(0.25)), "data")];
        if self.has(Role::Kde) {
            let sample = line(style::solid(width::TRUTH, neutral));
            entries.push(Entry::new(sample, "data, KDE").shown(layers.truth));
        }
        if self.has(Role::Truth) {
            let fitted = self.has(Role::Estimate);
            let (width, text) = match fitted {
                true => (width::TRUTH, "truth $\\mu_k$"),
                false => (width::CURVE, self.truth_text.as_str()),
            };
            let sample = line(style::solid(width, neutral));
            entries.push(Entry::new(sample, text).shown(layers.truth));
        }
        if layers.start != Start::Absent {
            let sample = line(style::dotted(width::START, neutral));
            entries.push(Entry::new(sample, "start").shown(layers.start == Start::Shown));
        }
        if self.all.is_some() && self.curves.len() > MOST_FLANKS {
            let sample = line(style::solid(width::TRUTH, neutral));
            entries.push(Entry::new(sample, "all points"));
        }
        if self.has(Role::Estimate) {
            let text = if samples { "inferred, sampled" } else { "estimate $m_k$" };
            let sample = line(style::dashed(width::ESTIMATE, neutral));
            entries.push(Entry::new(sample, text).shown(layers.estimate));
        }
        entries
    }

    fn draw_marks(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let (theme, layers) = (view.theme, view.layers);
        let clip = Rect { right: canvas.page().right, ..axes::clip(axes.rect) };
        let with_fit = self.has(Role::Estimate);
        let path = |curve: &Curve| axes.path(curve.points.iter().copied());
        canvas.with_clip(clip, |canvas| {
            for bars in &self.bars {
                let color = bars.slot.and_then(|s| s.color);
                if !bars.sampled {
                    canvas.begin_group("data");
                    style::area(canvas, &outline(axes, bars), &theme.bars(color));
                    canvas.end_group();
                } else if layers.estimate {
                    canvas.begin_group("samples");
                    let stroke = style::solid(width::HAIR, theme.mark(color));
                    canvas.line(&outline(axes, bars), &stroke);
                    canvas.end_group();
                }
            }
            if let Some(all) = &self.all {
                canvas.begin_group("all");
                canvas.line(&outline(axes, all), &style::solid(width::TRUTH, theme.muted));
                canvas.end_group();
            }
            let of = |estimate: bool| {
                self.curves.iter().filter(move |c| (c.role == Role::Estimate) == estimate)
            };
            for curve in of(false).filter(|_| layers.truth) {
                canvas.begin_group("truth");
                let width = if with_fit { width::TRUTH } else { width::CURVE };
                canvas.line(&path(curve), &style::solid(width, theme.mark(curve.slot.color)));
                canvas.end_group();
            }
            for curve in self.starts.iter().filter(|_| layers.start == Start::Shown) {
                canvas.begin_group("start");
                let dotted = style::dotted(width::START, theme.mark(curve.slot.color));
                canvas.line(&path(curve), &dotted.opacity(0.8));
                canvas.end_group();
            }
            for curve in of(true).filter(|_| layers.estimate) {
                canvas.begin_group("estimate");
                let dashed = style::dashed(width::ESTIMATE, theme.mark(curve.slot.color));
                canvas.line(&path(curve), &dashed);
                canvas.end_group();
            }
        });
    }

    fn draw_axes(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, lanes_height: f64) {
        let (theme, rect) = (view.theme, axes.rect);
        // There are no half points.
        let whole = axes.y_ticks().into_iter().filter(|v| v.fract() == 0.0).collect();
        let y_ticks: Vec<axes::Tick> =
            axes::labelled(whole).into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        axes::left(canvas, view, rect, &y_ticks, "points per bin");
        let x_ticks: Vec<axes::Tick> =
            axes::labelled(axes.x_ticks()).into_iter().map(|(v, t)| (axes.px(v), t)).collect();
        let base = style::solid(width::AXIS, theme.axis);
        canvas.line(&[(rect.left, rect.bottom), (rect.right, rect.bottom)], &base);
        let below = Rect { bottom: rect.bottom + lanes_height, ..rect };
        axes::bottom(canvas, view, below, &x_ticks, &axes::column_label(&self.column));
    }

    /// Names above the true (or else the inferred) curves, in a row, pushed apart.
    fn label_row(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes) {
        let style = |slot: &Slot| style::text(size::LABEL, theme.text(slot.color), Anchor::Middle);
        let mut named: Vec<&Curve> = Vec::new();
        for curve in &self.curves {
            if !named.iter().any(|c| c.slot == curve.slot) {
                named.push(curve);
            }
        }
        let positions: Vec<f64> = named.iter().map(|c| axes.px(c.mean)).collect();
        let widths: Vec<f64> =
            named.iter().map(|c| canvas.measure(&c.slot.label(), &style(&c.slot)).width).collect();
        let placed = frame::push_apart(
            &positions,
            &widths,
            0.1 * style::INCH,
            axes.rect.left,
            axes.rect.right,
        );
        for (curve, x) in named.iter().zip(placed) {
            canvas.text((x, axes.rect.top + 16.0), &curve.slot.label(), &style(&curve.slot));
        }
    }

    /// Names with the true means beside the flanks of the curves, where there is room.
    fn label_flanks(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes) {
        let mut placer = Placer::new(axes.rect);
        for bars in self.bars.iter().chain(&self.all) {
            placer.line(&outline(axes, bars));
            for (edges, count) in bars.edges.windows(2).zip(&bars.counts) {
                let bar = Rect {
                    left: axes.px(edges[0]),
                    right: axes.px(edges[1]),
                    top: axes.py(*count as f64),
                    bottom: axes.rect.bottom,
                };
                placer.area(bar, 0.6);
            }
        }
        for curve in &self.curves {
            placer.line(&axes.path(curve.points.iter().copied()));
        }
        let means: Vec<f64> = self.curves.iter().map(|c| c.mean).collect();
        for curve in &self.curves {
            let text = match curve.role {
                Role::Truth => format!(
                    "$k = {k}$:  $\\mu_{{{k}}} = {}$",
                    number::short(curve.mean, axes.x.digits()),
                    k = curve.slot.index()
                ),
                Role::Kde | Role::Estimate => curve.slot.label(),
            };
            let style = style::text(size::LABEL, theme.text(curve.slot.color), Anchor::Start);
            let extent = canvas.measure(&text, &style);
            let (w, h) = (extent.width + 8.0, extent.ascent + extent.descent + 4.0);
            // Beside the shoulder, on the side whose neighbour is further away.
            let gap = |side: f64| {
                means
                    .iter()
                    .map(|m| (m - curve.mean) * side)
                    .filter(|d| *d > 0.0)
                    .fold(f64::INFINITY, f64::min)
            };
            let side = if gap(1.0) >= gap(-1.0) { 1.0 } else { -1.0 };
            let peak = curve.points.iter().map(|p| p.1).fold(0.0, f64::max);
            let flank = curve
                .points
                .iter()
                .filter(|p| (p.0 - curve.mean) * side >= 0.0 && p.1 >= 0.8 * peak)
                .map(|p| (p.0 - curve.mean).abs())
                .fold(0.0, f64::max);
            let target =
                (axes.px(curve.mean + side * flank) + side * w / 2.0, axes.py(0.86 * peak));
            let place = placer.place(target, w, h);
            canvas.text((place.left + 4.0, place.bottom - 2.0 - extent.descent), &text, &style);
        }
        if let Some(all) = &self.all {
            self.note(canvas, theme, axes, all, &mut placer);
        }
    }

    /// What the grey outline is, to the right of its highest bar.
    fn note(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        all: &Bars,
        placer: &mut Placer,
    ) {
        let lines = ["all points, unlabelled:", "what the model sees"];
        let style = style::text(size::LABEL, theme.muted, Anchor::Start);
        let w = lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max) + 12.0;
        let tallest = (0..all.counts.len()).max_by_key(|&i| all.counts[i]).unwrap_or(0);
        let target = (
            axes.px(all.edges[tallest + 1]) + w / 2.0 + 8.0,
            axes.py(0.93 * all.counts[tallest] as f64),
        );
        let place = placer.place(target, w, 36.0);
        for (i, line) in lines.iter().enumerate() {
            canvas.text((place.left + 6.0, place.top + 13.0 + 17.0 * i as f64), line, &style);
        }
    }
}

/// The outline of bars, from the base line up, along and down.
fn outline(axes: &Axes, bars: &Bars) -> Vec<(f64, f64)> {
    let filled =
        bars.counts.iter().position(|&c| c > 0).zip(bars.counts.iter().rposition(|&c| c > 0));
    let Some((first, last)) = filled else { return Vec::new() };
    let mut path = vec![(axes.px(bars.edges[first]), axes.rect.bottom)];
    for i in first..=last {
        let y = axes.py(bars.counts[i] as f64);
        path.push((axes.px(bars.edges[i]), y));
        path.push((axes.px(bars.edges[i + 1]), y));
    }
    path.push((axes.px(bars.edges[last + 1]), axes.rect.bottom));
    path
}
