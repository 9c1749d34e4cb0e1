//! How a comparison is drawn.

use super::{Form, Panel, Picture, Point, rows, words};
use crate::figure::axes::{self, Axes, Extent, Tick};
use crate::figure::ends::{self, End};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::spot::{self, Spots};
use crate::figure::style::{self, Areas, PATTERNS, Theme, size, width};
use crate::figure::{Layers, Table, View};
use crate::render::{Anchor, Canvas, Dash, Rect, Stroke, tex};

/// Radius of the dot of a member, of that of a restart, and of the ring of the best one.
const DOT: f64 = 3.9;
const RESTART: f64 = 2.7;
const RING: f64 = 7.4;
/// Opacity of restarts.
const FAINT: f64 = 0.45;
/// Names of lines with so many letters stand at their ends.
const SHORT: usize = 12;
/// Opacity of bars.
const AREA: f64 = 0.85;
/// Of what a value has on the horizontal axis, a group takes this share.
const GROUP: f64 = 0.76;
/// No bar is wider than this.
const WIDEST: f64 = 0.6 * style::INCH;
/// Above a panel, for what it measures.
const HEADING: f64 = 22.0;
/// Around the text of a value, so that it does not touch that of another.
const AROUND: f64 = 4.0;
/// Between two panels, besides the labels of the right one.
const BETWEEN: f64 = 26.0;

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, theme: &Theme, _layers: Layers) -> Header {
        let names = self.series.iter().enumerate().filter(|_| !self.has_direct_labels());
        let names = names.map(|(series, name)| {
            let sample = match self.form {
                Form::Lines => Sample::Line(stroke(theme, series)),
                Form::Groups => Sample::Area(theme.area(Some(series), AREA)),
            };
            Entry::new(sample, name.clone())
        });
        let most = self.compared.rows.iter().map(|row| row.restarts.len()).max().unwrap_or(0);
        let has_dots = self.restarts && self.panels.iter().any(|p| !p.has_bars(self.form));
        let restarts = (has_dots && most > 1)
            .then(|| Entry::new(Sample::Dot(theme.none), format!("{most} restarts")));
        let hollow = self.flawed().map(|why| Entry::new(Sample::Ring(theme.muted), why));
        Header {
            start: self.finding().0,
            facts: self.facts(),
            separator: "; ",
            key: names.chain(restarts).chain(hollow).collect(),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let page = canvas.page();
        let rows = self.panels.len().div_ceil(self.columns).max(1);
        let height = page.height() / rows as f64;
        let y_ticks: Vec<Vec<Tick>> = self.panels.iter().map(|p| y_ticks(p, height)).collect();
        let left = y_ticks.iter().map(|ticks| axes::widest(canvas, ticks)).fold(24.0, f64::max);
        let left = view.left(left + 16.0);
        let each = (page.width() - style::RIGHT - 2.0) / self.columns as f64;
        for (index, (panel, ticks)) in self.panels.iter().zip(&y_ticks).enumerate() {
            let (row, column) = (index / self.columns, index % self.columns);
            let start = page.left + each * column as f64;
            let indent = if column == 0 { style::TITLE_LEFT.min(left) } else { BETWEEN };
            let bottom = page.top + height * (row + 1) as f64;
            let room = Rect {
                left: start + left + indent,
                top: page.top + height * row as f64 + HEADING,
                right: start + each,
                bottom: bottom - view.bottom(style::BOTTOM),
            };
            self.draw_panel(canvas, view, panel, ticks, room);
        }
    }

    fn table(&self) -> Table {
        let metrics: Vec<_> = self.panels.iter().map(|panel| panel.metric).collect();
        rows(&self.compared, &metrics)
    }

    fn caption(&self) -> String {
        tex::plain(&self.sentences())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Ticks of a panel in a row of this height.
fn y_ticks(panel: &Panel, height: f64) -> Vec<Tick> {
    let most = ((height - HEADING - style::BOTTOM) / 34.0).floor().clamp(2.0, 6.0);
    let ticks = crate::math::locator::ticks(panel.frame.low, panel.frame.high, most as usize);
    let whole = |tick: &f64| !panel.metric.is_count() || tick.fract() == 0.0;
    axes::labelled(ticks.into_iter().filter(whole).collect())
}

impl Picture {
    fn draw_panel(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        panel: &Panel,
        ticks: &[Tick],
        room: Rect,
    ) {
        let theme = view.theme;
        let names: Vec<&str> = self.series.iter().map(String::as_str).collect();
        let has_lines = self.has_direct_labels();
        let margin = if has_lines { ends::margin(canvas, &names, room.width()) } else { 0.0 };
        let rect = Rect { right: room.right - margin, ..room };
        let axes = Axes { rect, x: self.range, y: panel.frame };
        let heading = style::text(size::TICK, theme.ink, Anchor::Start);
        let fits = |text: &&str| canvas.measure(text, &heading).width <= rect.width();
        let label = Some(panel.metric.label()).filter(fits).unwrap_or(panel.metric.words());
        canvas.text((rect.left, rect.top - 9.0), label, &heading);
        let ticks: Vec<Tick> = ticks.iter().map(|(v, t)| (axes.py(*v), t.clone())).collect();
        axes::left(canvas, view, rect, &ticks, "");
        let x_ticks: Vec<Tick> =
            self.ticks.iter().map(|(x, text)| (axes.px(*x), text.clone())).collect();
        let key = self.keys.first().map_or("", String::as_str);
        axes::bottom(canvas, view, rect, &x_ticks, &words::key(key));

        let mut spots = Spots::new(Rect { top: rect.top - 4.0, ..room });
        self.draw_restarts(canvas, theme, &axes, panel, &mut spots);
        let mut named = Vec::new();
        let mut placer = Placer::new(rect);
        for series in 0..self.count() {
            let points: Vec<&Point> = panel.points.iter().filter(|p| p.series == series).collect();
            let path = self.draw_series(canvas, theme, &axes, panel, series, &points, &mut spots);
            placer.line(&path);
            path.iter().for_each(|at| placer.dot(*at, RING, 1.0));
            let last = path.last().copied().filter(|_| has_lines);
            let name = self.series.get(series);
            named.extend(last.zip(name).map(|(at, text)| {
                let at = (at.0, at.1.clamp(rect.top, rect.bottom));
                End { at, text: text.clone(), color: theme.text(Some(series)) }
            }));
        }
        if let Some(place) = self.draw_best(canvas, theme, &axes, panel, &mut spots) {
            placer.area(place, 1.0);
        }
        self.draw_beyond(canvas, theme, &axes, panel, &mut spots);
        match (margin > 0.0, has_lines) {
            (true, _) => ends::beside(canvas, theme, rect, named),
            (false, true) => ends::within(canvas, theme, rect, &mut placer, named),
            (false, false) => {}
        }
    }

    /// Whether lines have their names at their ends: of several panels each would need them, and
    /// long names have more room in the key.
    fn has_direct_labels(&self) -> bool {
        let is_short = |name: &String| name.chars().count() <= SHORT;
        self.form == Form::Lines
            && self.panels.len() == 1
            && !self.series.is_empty()
            && self.series.iter().all(is_short)
    }

    /// Where a member stands.
    fn at(&self, axes: &Axes, point: &Point) -> (f64, f64) {
        let (x, y) = axes.at((point.x, point.value));
        match self.form {
            Form::Lines => (x, y),
            Form::Groups => (x + self.offset(axes, point.series), y),
        }
    }

    /// How wide a bar is.
    fn bar(&self, axes: &Axes) -> f64 {
        let value = axes.rect.width() / axes.x.span();
        (GROUP * value / self.count() as f64).min(WIDEST)
    }

    /// From the middle of a group to the middle of one of its bars.
    fn offset(&self, axes: &Axes, series: usize) -> f64 {
        self.bar(axes) * (series as f64 - (self.count() as f64 - 1.0) / 2.0)
    }

    fn draw_restarts(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        panel: &Panel,
        spots: &mut Spots,
    ) {
        if !self.restarts || panel.has_bars(self.form) {
            return;
        }
        canvas.begin_group("restarts");
        let fill = style::fill(theme.none, FAINT);
        for point in &panel.points {
            for value in point.restarts.iter().filter(|value| panel.frame.contains(**value)) {
                let at = self.at(axes, &Point { value: *value, ..point.clone() });
                canvas.circle(at, RESTART, Some(&fill), None);
                spots.area(square(at, RESTART + 1.0));
            }
        }
        canvas.end_group();
    }

    /// One line with its points, or one bar or point of every group; where they stand.
    #[allow(clippy::too_many_arguments, reason = "what a series is drawn with")]
    fn draw_series(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        panel: &Panel,
        series: usize,
        points: &[&Point],
        spots: &mut Spots,
    ) -> Vec<(f64, f64)> {
        let color = theme.mark(Some(series));
        let path: Vec<(f64, f64)> = points.iter().map(|point| self.at(axes, point)).collect();
        let is_inside = |point: &&&Point| panel.frame.contains(point.value);
        canvas.begin_group("members");
        if panel.has_bars(self.form) {
            for point in points {
                let half = 0.46 * self.bar(axes);
                let (x, y) = self.at(axes, point);
                let bar =
                    Rect { left: x - half, right: x + half, top: y, bottom: axes.rect.bottom };
                let outline = [
                    (bar.left, bar.bottom),
                    (bar.left, bar.top),
                    (bar.right, bar.top),
                    (bar.right, bar.bottom),
                ];
                match point.is_sound {
                    true => style::area(canvas, &outline, &theme.area(Some(series), AREA)),
                    false => canvas.polygon(&outline, None, Some(&style::solid(1.2, color))),
                }
                spots.area(bar);
            }
            canvas.end_group();
            return path;
        }
        if self.form == Form::Lines {
            let stroke = stroke(theme, series);
            let clip = Rect { bottom: axes.rect.bottom, ..axes::clip(axes.rect) };
            canvas.with_clip(clip, |canvas| canvas.line(&path, &stroke));
            spots.line(&path);
        }
        for point in points.iter().filter(is_inside) {
            let at = self.at(axes, point);
            dot(canvas, theme, at, point);
            spots.area(square(at, DOT + 2.0));
        }
        canvas.end_group();
        path
    }

    /// The ring of the best member and its value, and where that stands.
    fn draw_best(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        panel: &Panel,
        spots: &mut Spots,
    ) -> Option<Rect> {
        let best = panel.points.iter().find(|point| Some(point.row) == self.best);
        let best = best.filter(|best| panel.frame.contains(best.value))?;
        let at = self.at(axes, best);
        let style = style::text(size::LABEL, theme.ink, Anchor::Start);
        let text = self.label(panel.metric, best);
        let extent = canvas.measure(&text, &style);
        let size = [extent.width, extent.ascent + extent.descent];
        let has_bars = panel.has_bars(self.form);
        if has_bars {
            let half = 0.46 * self.bar(axes);
            let bar =
                Rect { left: at.0 - half, right: at.0 + half, top: at.1, bottom: axes.rect.bottom };
            canvas.rect(bar, None, Some(&style::solid(2.2, theme.ink)));
        } else {
            // Other lines may have a point in the same place.
            dot(canvas, theme, at, best);
            canvas.circle(at, RING, None, Some(&style::solid(2.2, theme.ink)));
            spots.area(square(at, RING + 1.5));
        }
        const DIRECTIONS: [[f64; 2]; 8] = [
            [1.0, -1.0],
            [1.0, 0.0],
            [0.0, -1.0],
            [-1.0, -1.0],
            [1.0, 1.0],
            [-1.0, 0.0],
            [0.0, 1.0],
            [-1.0, 1.0],
        ];
        let gap = if has_bars { 5.0 } else { RING + 7.0 };
        let own = if has_bars { &DIRECTIONS[2..3] } else { &DIRECTIONS[..] };
        let places: Vec<Rect> = own.iter().map(|d| spot::around(at, gap, size, *d)).collect();
        let place = spots.take(places).or_else(|| spots.nearest(at, size))?;
        spots.area(place.inset(-AROUND));
        if !has_bars {
            spots.area(square(at, RING + AROUND));
        }
        canvas.text((place.left, place.bottom - extent.descent), &text, &style);
        Some(place)
    }

    /// The values beyond the frame, each as text with an arrow near where it would be.
    fn draw_beyond(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        panel: &Panel,
        spots: &mut Spots,
    ) {
        let key = self.keys.first().map_or("", String::as_str);
        for point in panel.beyond.iter().filter_map(|index| panel.points.get(*index)) {
            let tick = self.ticks.iter().find(|(x, _)| *x == point.x);
            let at = tick.map_or("", |(_, text)| text.as_str());
            let equals = if key == "components" { "K = " } else { "" };
            let arrow = if point.value < panel.frame.low { "\u{2193}" } else { "\u{2191}" };
            let value = words::value(panel.metric, point.value);
            let text = format!("{arrow} {equals}{at}: {value}");
            // Its colour says of which line it is.
            let color = match self.series.is_empty() {
                true => theme.muted,
                false => theme.text(Some(point.series)),
            };
            let style = style::text(size::NOTE, color, Anchor::Start);
            let extent = canvas.measure(&text, &style);
            let size = [extent.width, extent.ascent + extent.descent];
            let (x, y) = self.at(axes, point);
            let y =
                if y > axes.rect.bottom { axes.rect.bottom - 12.0 } else { axes.rect.top + 12.0 };
            if let Some(place) = spots.nearest((x + size[0] / 2.0 + 8.0, y), size) {
                canvas.text((place.left, place.bottom - extent.descent), &text, &style);
                spots.area(place.inset(-AROUND));
            }
        }
    }
}

/// The line of a series.
fn stroke(theme: &Theme, series: usize) -> Stroke {
    let dash = match theme.areas {
        Areas::Hatched(_) => PATTERNS[series % PATTERNS.len()],
        Areas::Tinted(_) => Dash::Solid,
    };
    Stroke { dash, ..style::solid(width::CURVE, theme.mark(Some(series))) }
}

/// The dot of a member, hollow if it is not chosen.
fn dot(canvas: &mut Canvas<'_>, theme: &Theme, at: (f64, f64), point: &Point) {
    let color = theme.mark(Some(point.series));
    match point.is_sound {
        true => {
            let rim = style::solid(1.4, theme.background);
            canvas.circle(at, DOT + 0.7, Some(&style::fill(color, 1.0)), Some(&rim));
        }
        false => {
            let fill = style::fill(theme.background, 1.0);
            canvas.circle(at, DOT, Some(&fill), Some(&style::solid(1.6, color)));
        }
    }
}

fn square((x, y): (f64, f64), half: f64) -> Rect {
    Rect { left: x - half, top: y - half, right: x + half, bottom: y + half }
}
