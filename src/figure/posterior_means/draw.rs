//! How posteriors of the means are drawn.

use super::{Panel, Picture, columns};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::{NORMAL_95, locator};
use crate::render::{Anchor, Canvas, Rect, TextStyle};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let with_truth = self.panels.iter().any(|p| p.truth.is_some());
        let truth = Sample::Line(style::solid(width::TRUTH, theme.ink));
        let estimate = Sample::Line(style::dashed(width::ESTIMATE, theme.muted));
        let interval = Entry::new(Sample::Area(theme.neutral_area(0.3)), "95\u{2009}%");
        let truth = with_truth.then(|| Entry::new(truth, "truth").shown(layers.truth));
        let estimate = Entry::new(estimate, "estimate");
        let key = [interval].into_iter().chain(truth).chain([estimate]).collect();
        Header { start: "Posterior means".to_owned(), facts: self.facts(), separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let columns = columns(self.panels.len());
        let rows = self.panels.len().div_ceil(columns).max(1);
        let (left, right) = (0.45 * style::INCH, canvas.page().right - 0.3 * style::INCH);
        let gap = 0.42 * style::INCH;
        let width = (right - left - gap * (columns as f64 - 1.0)) / columns as f64;
        let height = canvas.page().bottom / rows as f64;
        for (i, panel) in self.panels.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let start = left + column as f64 * (width + gap);
            let top = row as f64 * height;
            let rect = Rect {
                left: start,
                top: top + 0.7 * style::INCH,
                right: start + width,
                bottom: top + height - 0.66 * style::INCH,
            };
            self.draw_panel(canvas, view, rect, panel);
        }
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for panel in &self.panels {
            let name = panel.slot.index();
            let mut push = |mark: &str, x: f64, y: Cell| {
                rows.push(vec![mark.into(), name.clone().into(), x.into(), y]);
            };
            push("mean", panel.mean, "".into());
            push("standard deviation", panel.sd, "".into());
            if let Some(truth) = panel.truth {
                push("truth", truth, "".into());
            }
            for (left, right, density) in &panel.bars {
                push("bar", (left + right) / 2.0, (*density).into());
            }
            for (x, density) in &panel.curve {
                push("curve", *x, (*density).into());
            }
        }
        Table {
            columns: ["mark", "component", "mean (x)", "density (1/x)"].map(str::to_owned).to_vec(),
            rows,
        }
    }

    fn caption(&self) -> String {
        let each: Vec<String> = self
            .panels
            .iter()
            .map(|p| {
                let truth = p.truth.map_or_else(String::new, |t| {
                    format!(" (truth {})", number::short(t, p.digits() + 1))
                });
                format!(
                    "component {}: {} \u{b1} {}{truth}",
                    p.slot.index(),
                    number::fixed(p.mean, p.digits()),
                    number::fixed(p.sd, p.digits())
                )
            })
            .collect();
        format!(
            "Posterior of the component means, {}. {}.",
            self.facts().join("; "),
            each.join("; ")
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

impl Picture {
    fn draw_panel(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, panel: &Panel) {
        let theme = view.theme;
        let (color, text_color) = (theme.mark(panel.slot.color), theme.text(panel.slot.color));
        let x = Range::new(panel.mean - self.half_span, panel.mean + self.half_span);
        let k = panel.slot.index();
        let lines = numbers(panel);
        let style = style::text(size::TICK, text_color, Anchor::Start);
        let w = text_width(canvas, &lines, &style);
        let tops = panel.curve.iter().map(|p| p.1).chain(panel.bars.iter().map(|b| b.2));
        let peak = tops.fold(f64::MIN_POSITIVE, f64::max);
        // A narrow panel has no room for the numbers beside the curve, so they stand above it.
        // All panels do as the widest text needs, so that their heights compare.
        let widest = self.panels.iter().map(|p| text_width(canvas, &numbers(p), &style));
        let crowded = widest.fold(0.0, f64::max) > 0.42 * rect.width();
        let headroom = if crowded { 1.0 + 42.0 / (rect.height() - 42.0).max(42.0) } else { 1.03 };
        let axes = Axes { rect, x, y: Range::new(0.0, headroom * peak) };
        let mut placer = Placer::new(rect);

        let (low, high) = (panel.mean - NORMAL_95 * panel.sd, panel.mean + NORMAL_95 * panel.sd);
        let inside = panel.curve.iter().copied().filter(|p| low <= p.0 && p.0 <= high);
        let mut area = axes.path(inside);
        if let (Some(first), Some(last)) = (area.first().copied(), area.last().copied()) {
            area.push((last.0, rect.bottom));
            area.push((first.0, rect.bottom));
        }
        canvas.begin_group("interval");
        style::area(canvas, &area, &theme.bars(panel.slot.color));
        canvas.end_group();
        for (left, right, density) in &panel.bars {
            let bar = [(*left, 0.0), (*left, *density), (*right, *density), (*right, 0.0)];
            canvas.line(&axes.path(bar), &style::solid(width::HAIR, color));
        }
        let curve = axes.path(panel.curve.iter().copied());
        canvas.begin_group("density");
        canvas.line(&curve, &style::solid(width::CURVE, color));
        canvas.end_group();
        for pair in curve.windows(2) {
            let under = Rect {
                left: pair[0].0,
                right: pair[1].0,
                top: pair[0].1.min(pair[1].1),
                bottom: rect.bottom,
            };
            placer.area(under, 0.5);
        }
        placer.line(&curve);
        let estimate = axes.path([(panel.mean, 0.0), (panel.mean, peak)]);
        canvas.line(&estimate, &style::dashed(width::ESTIMATE, color));
        placer.line(&estimate);
        if view.layers.truth {
            self.draw_truth(canvas, theme, &axes, panel, &mut placer);
        }

        // On the side that the truth leaves free.
        let side = if panel.truth.is_some_and(|t| t >= panel.mean) { -1.0 } else { 1.0 };
        let target = (
            axes.px(panel.mean + side * 1.9 * panel.sd) + side * w / 3.0,
            if crowded { rect.top + 17.0 } else { axes.py(0.82 * peak) },
        );
        let place = placer.place(target, w, 34.0);
        for (i, line) in lines.iter().enumerate() {
            canvas.text((place.left + 3.0, place.top + 13.0 + 16.0 * i as f64), line, &style);
        }
        self.draw_heading(canvas, theme, rect, panel);
        let parts = (rect.width() / 46.0).clamp(3.0, 5.0) as usize;
        // Labels at the very ends would touch those of the next panel.
        let shown = |p: f64| rect.left + 14.0 <= p && p <= rect.right - 14.0;
        let ticks: Vec<axes::Tick> = axes::labelled(locator::ticks(x.low, x.high, parts))
            .into_iter()
            .map(|(v, t)| (axes.px(v), t))
            .filter(|(p, _)| shown(*p))
            .collect();
        axes::bottom(canvas, view, rect, &ticks, &format!("$\\mu_{{{k}}}$"));
    }

    fn draw_truth(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        panel: &Panel,
        placer: &mut Placer,
    ) {
        let Some(truth) = panel.truth.filter(|t| axes.x.contains(*t)) else { return };
        let at = axes.px(truth);
        let line = [(at, axes.rect.bottom), (at, axes.rect.top - 4.0)];
        canvas.line(&line, &style::solid(width::TRUTH, theme.ink));
        placer.line(&line);
        let text = format!(
            "$\\mu_{{{}}} = {}$",
            panel.slot.index(),
            number::short(truth, panel.digits() + 1)
        );
        let style = style::text(size::TICK, theme.ink, Anchor::Middle);
        let half = canvas.measure(&text, &style).width / 2.0;
        let x = at.max(axes.rect.left + half - 14.0).min(axes.rect.right - half + 14.0);
        canvas.text((x, axes.rect.top - 9.0), &text, &style);
    }

    fn draw_heading(&self, canvas: &mut Canvas<'_>, theme: &Theme, rect: Rect, panel: &Panel) {
        let baseline = rect.top - 0.42 * style::INCH;
        let name = style::bold(size::AXIS, theme.text(panel.slot.color), Anchor::Start);
        let start = canvas.text((rect.left, baseline), &panel.slot.heading(), &name);
        let Some(distance) = panel.distance() else { return };
        let distance_text = number::fixed(distance, if distance < 10.0 { 1 } else { 0 });
        let style = match distance > NORMAL_95 {
            true => style::bold(size::NOTE, theme.ink, Anchor::Start),
            false => style::text(size::NOTE, theme.muted, Anchor::Start),
        };
        let left = start.right + 9.0;
        let long = format!("truth {distance_text} sd away");
        let fits = left + canvas.measure(&long, &style).width <= rect.right + 12.0;
        let text = if fits { long } else { format!("{distance_text} sd off") };
        canvas.text((left, baseline), &text, &style);
    }
}

/// The estimate and its standard deviation, in words.
fn numbers(panel: &Panel) -> [String; 2] {
    [
        format!("$m_{{{}}} = {}$", panel.slot.index(), number::fixed(panel.mean, panel.digits())),
        format!("sd {}", number::fixed(panel.sd, panel.digits())),
    ]
}

fn text_width(canvas: &Canvas<'_>, lines: &[String], style: &TextStyle) -> f64 {
    lines.iter().map(|l| canvas.measure(l, style).width).fold(0.0, f64::max) + 6.0
}
