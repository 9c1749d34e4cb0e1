//! How posteriors of the means are drawn.

use super::{Panel, Picture, columns};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::spot::Spots;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Color, Rect, TextStyle, tex};

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
        let rect_of = |i: usize, above: f64| {
            let (row, column) = (i / columns, i % columns);
            let (start, top) = (left + column as f64 * (width + gap), row as f64 * height);
            let bottom = top + height - 0.66 * style::INCH;
            Rect { left: start, top: top + above, right: start + width, bottom }
        };
        // Where the numbers of one panel have no room beside its curve, those of all stand above.
        let places: Option<Vec<Rect>> = self
            .panels
            .iter()
            .enumerate()
            .map(|(i, panel)| self.place_beside(canvas, rect_of(i, BESIDE_TOP), panel))
            .collect();
        for (i, panel) in self.panels.iter().enumerate() {
            match &places {
                Some(places) => {
                    let rect = rect_of(i, BESIDE_TOP);
                    self.draw_panel(canvas, view, rect, panel, Numbers::Beside(places[i]));
                }
                None => self.draw_panel(canvas, view, rect_of(i, ABOVE_TOP), panel, Numbers::Above),
            }
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
                    tex::plain(&p.sd_text())
                )
            })
            .collect();
        format!(
            "Posterior of the component means, {}. {}.",
            tex::plain(&self.facts().join("; ")),
            each.join("; ")
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let components: Vec<serde_json::Value> = self
            .panels
            .iter()
            .map(|p| {
                serde_json::json!({
                    "component": p.slot.number,
                    "posterior_mean": p.mean,
                    "posterior_sd": p.sd,
                    "truth": p.truth,
                    "distance_in_sd": p.distance(),
                })
            })
            .collect();
        let (within, truths) = self.within();
        serde_json::json!({
            "components": components,
            "truths": truths,
            "truths_within_95": within,
        })
    }
}

impl Picture {
    fn axes(&self, rect: Rect, panel: &Panel, headroom: f64) -> Axes {
        let x = Range::new(panel.mean - self.half_span, panel.mean + self.half_span);
        Axes { rect, x, y: Range::new(0.0, headroom * panel.peak()) }
    }

    /// The place beside the curve that touches no mark, on the side that the truth leaves free if
    /// there is one.
    fn place_beside(&self, canvas: &Canvas<'_>, rect: Rect, panel: &Panel) -> Option<Rect> {
        let axes = self.axes(rect, panel, 1.03);
        let mut spots = Spots::new(rect);
        let curve = axes.path(panel.curve.iter().copied());
        for pair in curve.windows(2) {
            let (left, right) = (pair[0].0 - 3.0, pair[1].0 + 3.0);
            let top = pair[0].1.min(pair[1].1) - 2.0;
            spots.area(Rect { left, right, top, bottom: rect.bottom });
        }
        for x in [Some(panel.mean), panel.truth].into_iter().flatten() {
            let at = axes.px(x);
            spots.area(Rect { left: at - 4.0, right: at + 4.0, ..rect });
        }
        let style = style::text(size::TICK, Color::BLACK, Anchor::Start);
        let w = text_width(canvas, &numbers(panel), &style);
        let side = if panel.truth.is_some_and(|t| t >= panel.mean) { -1.0 } else { 1.0 };
        let x = axes.px(panel.mean + side * 1.9 * panel.sd) + side * w / 3.0;
        let y = axes.py(0.82 * panel.peak());
        spots.nearest((x, y), [w, 34.0])
    }

    fn draw_panel(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        rect: Rect,
        panel: &Panel,
        place: Numbers,
    ) {
        let theme = view.theme;
        let (color, text_color) = (theme.mark(panel.slot.color), theme.text(panel.slot.color));
        let k = panel.slot.index();
        let style = style::text(size::TICK, text_color, Anchor::Start);
        let headroom = match place {
            Numbers::Beside(_) => 1.03,
            Numbers::Above => 1.0 + ABOVE / (rect.height() - ABOVE).max(10.0),
        };
        let axes = self.axes(rect, panel, headroom);

        let (low, high) = (panel.mean - panel.half_95, panel.mean + panel.half_95);
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
        let estimate = axes.path([(panel.mean, 0.0), (panel.mean, panel.peak())]);
        canvas.line(&estimate, &style::dashed(width::ESTIMATE, color));
        let truth = panel.truth.filter(|t| view.layers.truth && axes.x.contains(*t));
        let mut lines: Vec<(String, TextStyle)> =
            numbers(panel).into_iter().map(|line| (line, style)).collect();
        let named =
            truth.map(|t| format!("$\\mu_{{{k}}} = {}$", number::short(t, panel.digits() + 1)));
        let ink = style::text(size::TICK, theme.ink, Anchor::Middle);
        if let Some(truth) = truth {
            let at = axes.px(truth);
            let top = match place {
                Numbers::Beside(_) => rect.top - 4.0,
                Numbers::Above => axes.py(panel.peak()),
            };
            canvas.line(&[(at, rect.bottom), (at, top)], &style::solid(width::TRUTH, theme.ink));
        }
        match (place, named, truth) {
            (Numbers::Beside(_), Some(name), Some(truth)) => {
                let half = canvas.measure(&name, &ink).width / 2.0;
                let x = axes.px(truth).max(rect.left + half - 14.0).min(rect.right - half + 14.0);
                canvas.text((x, rect.top - 9.0), &name, &ink);
            }
            (Numbers::Above, Some(name), _) => {
                lines.push((name, TextStyle { anchor: Anchor::Start, ..ink }));
            }
            _ => {}
        }
        let (left, top) = match place {
            Numbers::Beside(place) => (place.left + 3.0, place.top + 13.0),
            Numbers::Above => (rect.left, rect.top + 9.0),
        };
        for (i, (line, style)) in lines.iter().enumerate() {
            canvas.text((left, top + 16.0 * i as f64), line, style);
        }
        self.draw_heading(canvas, theme, rect, place, panel);
        let (ticks, name) = ticks(canvas, &axes, &format!("$\\mu_{{{k}}}$"));
        axes::bottom(canvas, view, rect, &ticks, &name);
    }

    fn draw_heading(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        rect: Rect,
        place: Numbers,
        panel: &Panel,
    ) {
        let baseline = match place {
            Numbers::Beside(_) => rect.top - 0.42 * style::INCH,
            Numbers::Above => rect.top - 10.0,
        };
        let name = style::bold(size::AXIS, theme.text(panel.slot.color), Anchor::Start);
        let start = canvas.text((rect.left, baseline), &panel.slot.heading(), &name);
        let Some(distance) = panel.distance() else { return };
        let distance_text = number::fixed(distance, if distance < 10.0 { 1 } else { 0 });
        let style = match panel.is_within() == Some(false) {
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

/// Where the numbers of a panel stand.
#[derive(Clone, Copy, Debug)]
enum Numbers {
    /// Beside the curve, here; the truth is named above the panel.
    Beside(Rect),
    /// Above the curve, the truth among them.
    Above,
}

/// Above a panel: its name and the truth's, or its name alone.
const BESIDE_TOP: f64 = 0.7 * style::INCH;
const ABOVE_TOP: f64 = 0.42 * style::INCH;
/// The height of three lines above a curve.
const ABOVE: f64 = 50.0;

/// As many ticks as have room for their labels, but for one at least, and the name of their axis.
fn ticks(canvas: &Canvas<'_>, axes: &Axes, name: &str) -> (Vec<axes::Tick>, String) {
    let style = style::text(size::TICK, Color::BLACK, Anchor::Middle);
    let rect = axes.rect;
    let shown = |parts: usize| -> (Vec<(axes::Tick, f64)>, String) {
        let values = locator::ticks(axes.x.low, axes.x.high, parts);
        let (ticks, name) = axes::x_named(axes, values, name);
        let measured = ticks.into_iter().map(|tick| {
            let half = canvas.measure(&tick.1, &style).width / 2.0;
            (tick, half)
        });
        // Labels beyond the ends would touch those of the next panel.
        let inside = measured
            .filter(|((p, _), half)| rect.left - 10.0 <= p - half && p + half <= rect.right + 10.0);
        (inside.collect(), name)
    };
    let apart = |(ticks, _): &(Vec<(axes::Tick, f64)>, String)| {
        ticks.windows(2).all(|w| w[1].0.0 - w[0].0.0 >= w[0].1 + w[1].1 + 10.0)
    };
    let best = (2..=4).rev().map(shown).filter(apart).max_by_key(|(ticks, _)| ticks.len());
    let (ticks, name) = best.filter(|(ticks, _)| !ticks.is_empty()).unwrap_or_else(|| {
        let middle = (rect.left + rect.right) / 2.0;
        let away = |tick: &(axes::Tick, f64)| (tick.0.0 - middle).abs();
        let (ticks, name) = shown(3);
        let only = ticks.into_iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        (only.into_iter().collect(), name)
    });
    (ticks.into_iter().map(|(tick, _)| tick).collect(), name)
}

/// The estimate and its standard deviation, in words.
fn numbers(panel: &Panel) -> [String; 2] {
    let mean = number::fixed(panel.mean, panel.digits());
    [format!("$m_{{{}}} = {mean}$", panel.slot.index()), format!("sd {}", panel.sd_text())]
}

fn text_width(canvas: &Canvas<'_>, lines: &[String], style: &TextStyle) -> f64 {
    lines.iter().map(|l| canvas.measure(l, style).width).fold(0.0, f64::max) + 6.0
}
