//! How columns are drawn.

use super::{Marks, Picture, Series};
use crate::figure::axes::{self, Axes, Extent, Tick};
use crate::figure::ends::{self, End};
use crate::figure::frame::Header;
use crate::figure::placer::Placer;
use crate::figure::style::{self, Areas, PATTERNS, Theme, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::render::{Canvas, Dash, Rect, Stroke, tex};

/// Beside so many rows points are drawn small.
const MANY: usize = 60;

/// Radii of points.
const SMALL: f64 = 2.4;
const LARGE: f64 = 4.2;

/// How many shapes points have: discs, and those with corners.
const SHAPES: usize = 4;

/// Corners of marks that are no discs, in units of their radius: square, triangle, rhombus.
const SQUARE: [(f64, f64); 4] = [(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)];
const TRIANGLE: [(f64, f64); 3] = [(0.0, -1.25), (1.15, 0.75), (-1.15, 0.75)];
const RHOMBUS: [(f64, f64); 4] = [(0.0, -1.3), (1.05, 0.0), (0.0, 1.3), (-1.05, 0.0)];

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        let start = match &self.series[..] {
            [one] => format!("{} against {}", one.label, self.x_label),
            [one, two] => format!("{} and {} against {}", one.label, two.label, self.x_label),
            many => format!("{} columns against {}", number::word(many.len()), self.x_label),
        };
        Header { start, facts: self.facts(), separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let page = canvas.page();
        let top = 0.16 * style::INCH;
        let bottom = page.bottom - view.bottom(0.61 * style::INCH);
        let most = ((bottom - top) / 34.0).floor().clamp(2.0, 6.0) as usize;
        let [x, y] = self.frame;
        let y_ticks = self.y_scale.ticks(y, most);
        let left = view.left((axes::widest(canvas, &y_ticks) + 36.0).max(style::LEFT));
        let right = page.right - style::RIGHT;
        let names: Vec<&str> = match &self.series[..] {
            // The axis says what a single one is.
            [one] if one.label == self.y_label => Vec::new(),
            all => all.iter().map(|s| s.label.as_str()).collect(),
        };
        let margin = ends::margin(canvas, &names, right - left);
        let rect = Rect { left, top, right: right - margin, bottom };
        let axes = Axes { rect, x, y };
        let mut placer = Placer::new(rect);
        let mut named = Vec::new();
        for (i, series) in self.series.iter().enumerate() {
            self.draw_series(canvas, view.theme, &axes, i, series);
            let path = self.path(&axes, series);
            match self.marks {
                Marks::Points => path.iter().for_each(|p| placer.dot(*p, 4.0, 1.0)),
                Marks::Line | Marks::Both => placer.line(&path),
            }
            // The last of the points that are furthest to the right.
            let end = path.iter().copied().reduce(|a, b| if b.0 >= a.0 { b } else { a });
            if let Some(at) = end.filter(|_| !names.is_empty()) {
                let (text, color) = (series.label.clone(), view.theme.text(Some(i)));
                named.push(End { at, text, color });
            }
        }
        let y_ticks: Vec<Tick> = y_ticks.into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        let x_ticks: Vec<Tick> = match self.x_scale {
            super::Scale::Linear => axes::labelled(axes.x_ticks()),
            log => log.ticks(x, (rect.width() / 60.0).floor().clamp(2.0, 8.0) as usize),
        };
        let x_ticks: Vec<Tick> = x_ticks.into_iter().map(|(v, t)| (axes.px(v), t)).collect();
        axes::bottom(canvas, view, rect, &x_ticks, &self.x_label);
        axes::left(canvas, view, rect, &y_ticks, &self.y_label);
        match margin > 0.0 {
            true => ends::beside(canvas, view.theme, rect, named),
            false => ends::within(canvas, view.theme, rect, &mut placer, named),
        }
    }

    fn table(&self) -> Table {
        let columns = vec![self.column.clone(), "column".to_owned(), "value".to_owned()];
        let rows = self.series.iter().flat_map(|series| {
            self.x
                .iter()
                .zip(&series.values)
                .map(|(x, y)| vec![(*x).into(), Cell::Text(series.column.clone()), (*y).into()])
        });
        Table { columns, rows: rows.collect() }
    }

    fn caption(&self) -> String {
        let [x_digits, y_digits] = self.digits();
        let range = |values: &[f64], digits: usize| {
            let range = axes::Range::of(values.iter().copied());
            range.map_or(String::new(), |r| {
                let [low, high] = [r.low, r.high].map(|v| number::short(v, digits));
                format!(" from {low} to {high}")
            })
        };
        let each: Vec<String> = self
            .series
            .iter()
            .map(|series| format!("{}{}", series.label, range(&series.values, y_digits)))
            .collect();
        let along = format!("{}{}", self.x_label, range(&self.x, x_digits));
        let rows = number::count(self.x.len());
        tex::plain(&format!("{} against {along}, {rows} rows.", each.join(", ")))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let each = self.series.iter().map(|series| {
            let at =
                |row: usize| serde_json::json!({ "x": self.x[row], "value": series.values[row] });
            let numbers = serde_json::json!({
                "smallest": at(series.extreme(|a, b| a < b)),
                "largest": at(series.extreme(|a, b| a > b)),
            });
            (series.column.clone(), numbers)
        });
        each.collect::<serde_json::Map<_, _>>().into()
    }
}

impl Picture {
    fn path(&self, axes: &Axes, series: &Series) -> Vec<(f64, f64)> {
        let place = |(x, y): (&f64, &f64)| (self.x_scale.place(*x), self.y_scale.place(*y));
        axes.path(self.x.iter().zip(&series.values).map(place))
    }

    fn draw_series(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        index: usize,
        series: &Series,
    ) {
        let path = self.path(axes, series);
        let color = theme.mark(Some(index));
        let dash = match theme.areas {
            Areas::Hatched(_) => PATTERNS[index % PATTERNS.len()],
            Areas::Tinted(_) => Dash::Solid,
        };
        canvas.begin_group("curve");
        if self.marks != Marks::Points {
            let stroke = Stroke { dash, ..style::solid(width::CURVE, color) };
            canvas.with_clip(axes::clip(axes.rect), |canvas| canvas.line(&path, &stroke));
        }
        if self.marks != Marks::Line {
            self.draw_points(canvas, theme, axes, &path, index);
        }
        canvas.end_group();
    }

    fn draw_points(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        path: &[(f64, f64)],
        index: usize,
    ) {
        let few = self.x.len() <= MANY;
        // As large as leaves the line between two points.
        let room = axes.rect.width() / self.x.len().max(1) as f64 / 2.6;
        let radius = if few { room.clamp(SMALL, LARGE) } else { SMALL };
        let color = theme.mark(Some(index));
        let fill = style::fill(color, if few { 1.0 } else { 0.55 });
        let without_colours = matches!(theme.areas, Areas::Hatched(_));
        // Without colours every other shape is open, and in the second round the others are.
        let open = without_colours && (index + index / SHAPES) % 2 == 1;
        let (fill, stroke) = match open {
            true => (style::fill(theme.background, 1.0), Some(style::solid(1.2, color))),
            false => (fill, None),
        };
        let corners: &[(f64, f64)] = match index % SHAPES {
            0 if open => {
                path.iter().for_each(|p| canvas.circle(*p, radius, Some(&fill), stroke.as_ref()));
                return;
            }
            0 => return canvas.circles(path, radius, &fill),
            1 => &SQUARE,
            2 => &TRIANGLE,
            _ => &RHOMBUS,
        };
        for (x, y) in path {
            let outline: Vec<(f64, f64)> =
                corners.iter().map(|(dx, dy)| (x + radius * dx, y + radius * dy)).collect();
            canvas.polygon(&outline, Some(&fill), stroke.as_ref());
        }
    }
}
