//! How a histogram is drawn.

use super::curves::{Curve, Role};
use super::{HEADROOM, Picture, names, tallest};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::estimate::Estimate;
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::slot::Slot;
use crate::figure::style::{self, Theme, width};
use crate::figure::{Cell, Layers, Start, Table, View, lanes};
use crate::render::{Canvas, Rect};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        self.titled(theme, layers, &self.titles.facts)
    }

    fn heading(&self, theme: &Theme, layers: Layers) -> Header {
        self.titled(theme, layers, &self.titles.brief)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let Extent { x, y } = view.shared.unwrap_or(self.extent);
        let panel = view.panel(canvas.page());
        // A panel that is too low for lanes does without.
        let lanes = match panel.height() - lanes::height(self.lanes.len()) {
            rest if rest >= LEAST_HEIGHT => self.lanes.as_slice(),
            _ => &[],
        };
        let lanes_height = lanes::height(lanes.len());
        let rect = Rect { bottom: panel.bottom - lanes_height, ..panel };
        let axes = Axes { rect, x, y };
        let flanks = match names::in_row(&self.curves) {
            true => None,
            false => self.flanks(canvas, view.theme, &axes),
        };
        // A row of names needs as much room above the tallest bar in a low panel as in a high one.
        let tallest = match names::in_row(&self.curves) {
            true => y.high / HEADROOM,
            false => tallest(&self.bars, self.all.as_ref(), &self.curves),
        };
        let axes = match flanks {
            Some(_) => axes,
            None => {
                let share = (1.0 - names::ROW_HEIGHT / rect.height()).max(0.3);
                Axes { y: Range::new(y.low, y.high.max(tallest / share)), ..axes }
            }
        };
        self.draw_bars(canvas, view, &axes);
        self.draw_axes(canvas, view, &axes, lanes_height);
        self.draw_curves(canvas, view, &axes);
        lanes::draw(canvas, view, &axes, lanes);
        if view.layers.estimate && view.layers.start == Start::Absent {
            self.draw_bound(canvas, view.theme, &axes);
        }
        match flanks {
            Some(words) => {
                canvas.begin_group("names");
                words.iter().for_each(|words| words.draw(canvas));
                canvas.end_group();
            }
            None => {
                self.draw_row(canvas, view, &axes, tallest);
                self.note(canvas, view.theme, &axes).iter().for_each(|words| words.draw(canvas));
            }
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
                    "".into(),
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
                    name(curve.slot).into(),
                    (*x).into(),
                    (*x).into(),
                    (*y).into(),
                    "".into(),
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
                "iteration".to_owned(),
            ],
            rows,
        }
    }

    fn caption(&self) -> String {
        self.titles.caption.clone()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let mut numbers = self.titles.numbers.clone();
        if let Some(map) = numbers.as_object_mut() {
            let means = self.lanes.iter().map(|lane| lane.named_mean()).collect();
            map.insert("means".to_owned(), serde_json::Value::Object(means));
        }
        numbers
    }
}

/// Bars and curves need this much height.
const LEAST_HEIGHT: f64 = 1.08 * style::INCH;

impl Picture {
    fn has(&self, role: Role) -> bool {
        self.curves.iter().any(|c| c.role == role)
    }

    fn titled(&self, theme: &Theme, layers: Layers, facts: &[String]) -> Header {
        let (start, facts) = match (layers.estimate, layers.truth) {
            (true, _) => (self.titles.start.clone(), facts.to_vec()),
            (false, true) => ("Truth".to_owned(), vec!["means to be recovered".to_owned()]),
            (false, false) => ("Data".to_owned(), self.titles.data_facts.clone()),
        };
        Header { start, facts, separator: ", ", key: self.key(theme, layers) }
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
                false => (width::CURVE, self.titles.truth_text.as_str()),
            };
            let sample = line(style::solid(width, neutral));
            entries.push(Entry::new(sample, text).shown(layers.truth));
        }
        if layers.start != Start::Absent {
            let sample = line(style::dotted(width::START, neutral));
            entries.push(Entry::new(sample, "start").shown(layers.start == Start::Shown));
        }
        if self.all.is_some() && names::in_row(&self.curves) {
            let sample = line(style::solid(width::TRUTH, neutral));
            entries.push(Entry::new(sample, "all points"));
        }
        if self.has(Role::Estimate) {
            let text = match (samples, self.estimate) {
                (true, Estimate::PlugIn) => "inferred, sampled",
                (false, Estimate::PlugIn) => "estimate $m_k$",
                (true, Estimate::Predictive) => "predictive, sampled",
                (false, Estimate::Predictive) => self.estimate.word(),
            };
            let sample = line(style::dashed(width::ESTIMATE, neutral));
            entries.push(Entry::new(sample, text).shown(layers.estimate));
        }
        entries
    }

    /// Bars, and the outline of all of them: what lies behind the axes.
    fn draw_bars(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let theme = view.theme;
        canvas.with_clip(clip(canvas, axes), |canvas| {
            for bars in self.bars.iter().filter(|b| !b.sampled) {
                canvas.begin_group("data");
                let color = bars.slot.and_then(|s| s.color);
                style::area(canvas, &bars.outline(axes), &theme.bars(color));
                canvas.end_group();
            }
            if let Some(all) = &self.all {
                canvas.begin_group("all");
                canvas.line(&all.outline(axes), &style::solid(width::TRUTH, theme.muted));
                canvas.end_group();
            }
        });
    }

    /// Curves, and bars of samples, over the axes: one that runs along the axis is seen.
    fn draw_curves(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let (theme, layers) = (view.theme, view.layers);
        let path = |curve: &Curve| axes.path(curve.points.iter().copied());
        let mark = |slot: Option<Slot>| match slot {
            Some(slot) => theme.mark(slot.color),
            None => theme.muted,
        };
        let fitted = self.has(Role::Estimate);
        canvas.with_clip(clip(canvas, axes), |canvas| {
            for bars in self.bars.iter().filter(|b| b.sampled && layers.estimate) {
                canvas.begin_group("samples");
                canvas.line(&bars.outline(axes), &style::solid(width::HAIR, mark(bars.slot)));
                canvas.end_group();
            }
            let of = |estimate: bool| {
                self.curves.iter().filter(move |c| (c.role == Role::Estimate) == estimate)
            };
            for curve in of(false).filter(|_| layers.truth) {
                canvas.begin_group("truth");
                let width = if fitted { width::TRUTH } else { width::CURVE };
                canvas.line(&path(curve), &style::solid(width, mark(curve.slot)));
                canvas.end_group();
            }
            for curve in self.starts.iter().filter(|_| layers.start == Start::Shown) {
                canvas.begin_group("start");
                let dotted = style::dotted(width::START, mark(curve.slot));
                canvas.line(&path(curve), &dotted.opacity(0.8));
                canvas.end_group();
            }
            for curve in of(true).filter(|_| layers.estimate) {
                canvas.begin_group("estimate");
                canvas.line(&path(curve), &style::dashed(width::ESTIMATE, mark(curve.slot)));
                canvas.end_group();
            }
        });
    }

    fn draw_axes(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, lanes_height: f64) {
        let rect = axes.rect;
        // In a grid, heights are read at the first column.
        if view.labels.y {
            // There are no half points.
            let whole: Vec<f64> = axes.y_ticks().into_iter().filter(|v| v.fract() == 0.0).collect();
            axes::left_values(canvas, view, axes, &whole, "points per bin");
        }
        let column = axes::column_label(&self.column);
        let (x_ticks, column) = axes::x_values(canvas, axes, &column);
        if lanes_height > 0.0 {
            canvas.begin_group("base");
            let base = style::solid(width::AXIS, view.theme.axis);
            let end = axes::line_end(rect.right, &x_ticks);
            canvas.line(&[(rect.left, rect.bottom), (end, rect.bottom)], &base);
            canvas.end_group();
        }
        let below = Rect { bottom: rect.bottom + lanes_height, ..rect };
        axes::bottom(canvas, view, below, &x_ticks, &column);
    }
}

/// Marks end at the panel, but may run on to the right edge of the page.
fn clip(canvas: &Canvas<'_>, axes: &Axes) -> Rect {
    Rect { right: canvas.page().right, ..axes::clip(axes.rect) }
}
