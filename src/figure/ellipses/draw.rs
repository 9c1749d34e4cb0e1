//! How ellipses over the iterations are drawn.

use super::{Component, Picture, Snapshot};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::model::{History, Stop};
use crate::render::{Anchor, Canvas, Color, Stroke};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, _layers: Layers) -> Header {
        let mass = self.mass_text();
        let earlier = Sample::Line(stroke_of(0.5, theme.muted));
        let latest = Sample::Line(style::dashed(LAST, theme.muted));
        let key = [
            (self.iterations.len() > 1).then(|| Entry::new(earlier, format!("{mass} earlier"))),
            Some(Entry::new(latest, format!("{mass} last"))),
            Some(Entry::new(Sample::Dot(theme.muted), "mean")),
        ];
        let at = self.iterations.iter().map(|t| number::count(*t)).collect::<Vec<_>>().join(", ");
        let facts = vec![match self.history {
            History::Iterations => format!("$t$ = {at}"),
            History::HalfSteps => format!("half steps {at}"),
        }];
        let key = key.into_iter().flatten().collect();
        Header { start: self.start(), facts, separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let theme = view.theme;
        let rect = view.panel(canvas.page());
        let axes = Axes::equal_scales(rect, view.shared.unwrap_or(self.extent));
        let mut placer = Placer::new(rect);
        canvas.with_clip(axes::clip(rect), |canvas| {
            canvas.begin_group("points");
            let points = axes.path(self.points.iter().copied());
            canvas.circles(&points, POINT, &style::fill(theme.none, 0.3));
            canvas.end_group();
            for point in points {
                placer.dot(point, POINT, 1.0);
            }
            for component in &self.components {
                draw_earlier(canvas, theme, &axes, component, &mut placer);
            }
            for component in &self.components {
                draw_last(canvas, theme, &axes, component, &mut placer);
            }
        });
        let name =
            |i: usize| self.columns.get(i).map(|c| axes::column_label(c)).unwrap_or_default();
        axes::both(canvas, view, &axes, &name(0), &name(1));
        self.label_last(canvas, theme, &axes, &mut placer);
        self.label_first(canvas, theme, &axes, &mut placer);
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for [x, y] in &self.points {
            rows.push(vec!["point".into(), "".into(), "".into(), (*x).into(), (*y).into()]);
        }
        for component in &self.components {
            let mut push = |mark: &str, t: usize, [x, y]: [f64; 2]| {
                let name = component.slot.index();
                rows.push(vec![mark.into(), name.into(), t.into(), x.into(), y.into()]);
            };
            for (t, mean) in component.path.iter().enumerate() {
                push("mean", t, *mean);
            }
            for shot in &component.snapshots {
                shot.outline.iter().for_each(|v| push("outline", shot.iteration, *v));
            }
        }
        let before = ["mark", "component", "iteration"].map(str::to_owned);
        Table { columns: before.into_iter().chain(self.columns.iter().cloned()).collect(), rows }
    }

    fn caption(&self) -> String {
        let at: Vec<String> = self.iterations.iter().map(|t| number::count(*t)).collect();
        let step = match self.history {
            History::Iterations => "iteration",
            History::HalfSteps => "half step",
        };
        let at = match at.as_slice() {
            [only] => format!("{step} {only}"),
            [most @ .., last] => format!("{step}s {} and {last}", most.join(", ")),
            [] => String::new(),
        };
        let far = self
            .furthest()
            .map(|(k, way)| format!("; the mean of component {k} moves furthest, by {way}"));
        let shares = self.mass_text().replace('\u{2009}', " ");
        format!(
            "{}: the {shares} ellipse of each component at {at} of {}{}.",
            self.start(),
            number::count(self.last),
            far.unwrap_or_default(),
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let moved: serde_json::Map<String, serde_json::Value> =
            self.components.iter().map(|c| (c.slot.index(), c.moved().into())).collect();
        serde_json::json!({"iterations": self.iterations, "mass": self.mass, "moved": moved})
    }
}

/// Radius of a point.
const POINT: f64 = 1.2;
/// Width of the last ellipse.
const LAST: f64 = 2.6;
/// Radius of the dot at the last mean, and at earlier ones.
const DOT: f64 = 3.8;
const EARLIER_DOT: f64 = 2.2;
/// Ellipses that differ by less than this are one to the eye, and have one label.
const SAME: f64 = 12.0;

/// The line of an earlier ellipse; `age` is 0 for the first one that is shown and 1 for the last.
fn stroke_of(age: f64, color: Color) -> Stroke {
    style::solid(0.8 + 0.7 * age, color).opacity(0.25 + 0.45 * age)
}

fn outline(axes: &Axes, shot: &Snapshot) -> Vec<(f64, f64)> {
    axes.path(shot.outline.iter().copied())
}

fn ring(path: &[(f64, f64)]) -> Vec<(f64, f64)> {
    path.iter().chain(path.first()).copied().collect()
}

/// Earlier ellipses, thinner and fainter the older they are.
fn draw_earlier(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    axes: &Axes,
    component: &Component,
    placer: &mut Placer,
) {
    let Some((_, earlier)) = component.snapshots.split_last() else { return };
    canvas.begin_group("earlier");
    for (i, shot) in earlier.iter().enumerate() {
        let stroke = stroke_of(i as f64 / earlier.len() as f64, theme.mark(component.slot.color));
        let path = outline(axes, shot);
        canvas.polygon(&path, None, Some(&stroke));
        placer.line(&ring(&path));
    }
    canvas.end_group();
}

/// The last ellipse, and the path of the mean to it.
fn draw_last(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    axes: &Axes,
    component: &Component,
    placer: &mut Placer,
) {
    let Some((last, earlier)) = component.snapshots.split_last() else { return };
    let color = theme.mark(component.slot.color);
    canvas.begin_group("estimate");
    let path = outline(axes, last);
    canvas.polygon(&path, None, Some(&style::dashed(LAST, color)));
    placer.line(&ring(&path));
    let way = axes.path(component.path.iter().copied());
    canvas.line(&way, &style::solid(width::TRUTH + 1.6, theme.background));
    canvas.line(&way, &style::solid(width::TRUTH, color));
    placer.line(&way);
    let rim = style::solid(1.0, theme.background);
    let dots = earlier.iter().map(|shot| (shot, EARLIER_DOT)).chain([(last, DOT)]);
    for (shot, radius) in dots {
        let at = axes.at(shot.mean);
        canvas.circle(at, radius, Some(&style::fill(color, 1.0)), Some(&rim));
        placer.dot(at, radius + 1.0, 1.0);
    }
    canvas.end_group();
}

impl Picture {
    /// What is shown, in words.
    fn start(&self) -> String {
        let (until, last) = (self.until(), self.last);
        let steps = match self.history {
            History::Iterations => "iterations",
            History::HalfSteps => "half steps",
        };
        match self.stop {
            _ if until == 0 && last > 0 => "Start".to_owned(),
            _ if until < last => format!("The first {} {steps}", number::count(until)),
            Stop::Converged => format!("Converged in {} {steps}", number::count(last)),
            _ => format!("Stopped after {} {steps}", number::count(last)),
        }
    }

    /// Which component's mean moves furthest, and how far.
    fn furthest(&self) -> Option<(String, String)> {
        let far = self.components.iter().max_by(|a, b| a.moved().total_cmp(&b.moved()))?;
        let way = far.moved();
        (way > 0.0).then(|| (far.slot.index(), number::fixed(way, number::digits(way))))
    }

    fn mass_text(&self) -> String {
        format!("{}\u{2009}%", number::short(100.0 * self.mass, 4))
    }

    /// The names of the components at their last ellipses.
    fn label_last(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, placer: &mut Placer) {
        for component in &self.components {
            let Some(shot) = component.snapshots.last() else { continue };
            let color = theme.text(component.slot.color);
            label(canvas, axes, placer, shot, &component.slot.label(), color);
        }
    }

    /// `$t = 0$` at one of the first ellipses: the others are as faint.
    fn label_first(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        placer: &mut Placer,
    ) {
        if self.iterations.len() < 2 {
            return;
        }
        let firsts: Vec<(&Component, &Snapshot)> =
            self.components.iter().filter_map(|c| Some((c, c.snapshots.first()?))).collect();
        for (component, shot) in &firsts {
            // Where several are one to the eye, the label is that of all.
            let same = firsts.iter().filter(|(_, other)| alike(axes, shot, other)).count();
            let color = if same > 1 { theme.muted } else { theme.text(component.slot.color) };
            if label(canvas, axes, placer, shot, &format!("$t = {}$", shot.iteration), color) {
                return;
            }
        }
    }
}

/// Whether two ellipses are one to the eye.
fn alike(axes: &Axes, a: &Snapshot, b: &Snapshot) -> bool {
    outline(axes, a)
        .into_iter()
        .zip(outline(axes, b))
        .all(|(p, q)| libm::hypot(p.0 - q.0, p.1 - q.1) < SAME)
}

/// A label beside an ellipse, if there is room; whether there was.
fn label(
    canvas: &mut Canvas<'_>,
    axes: &Axes,
    placer: &mut Placer,
    shot: &Snapshot,
    text: &str,
    color: Color,
) -> bool {
    let style = style::text(size::LABEL, color, Anchor::Start);
    let measured = canvas.measure(text, &style);
    let (w, h) = (measured.width + 6.0, measured.ascent + measured.descent + 4.0);
    let middle = axes.at(shot.mean);
    let Some(place) = placer.beside(&outline(axes, shot), middle, w, h) else { return false };
    let at = (place.left + 3.0, place.bottom - 2.0 - measured.descent);
    canvas.text(at, text, &style);
    true
}
