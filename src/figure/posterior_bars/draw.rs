//! How bars and curves of responsibilities are drawn.

use super::choice::{entropy, mean_entropy};
use super::{BARS_GAP, BESIDE_BARS, Choice, Curves, LEAST_PANEL, Picture, Point};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::Header;
use crate::figure::placer::push_apart;
use crate::figure::slot::Slot;
use crate::figure::spot::{self, Spots};
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::render::{Anchor, Canvas, Color, Rect, tex};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        let (start, facts) = (self.start.clone(), self.facts.clone());
        Header { start, facts, separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let theme = view.theme;
        let right = canvas.page().right - style::RIGHT;
        let first = BESIDE_BARS - style::RIGHT;
        let n = self.points.len() as f64;
        let width_from = |left: f64| (right - left - BARS_GAP * (n - 1.0)) / n;
        // A narrow page has room for the bars alone.
        let split = first + 0.385 * (right - first);
        let with_curves = width_from(split + CURVES_GAP) >= LEAST_PANEL;
        let curves = self.curves.as_ref().filter(|_| with_curves);
        let left = if curves.is_some() { split + CURVES_GAP } else { first };
        let width = width_from(left);
        let names = self.names(canvas, width);
        let rows = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
        let top = 0.26 * style::INCH + NAME_LINE * (rows - 1.0);
        let bottom = canvas.page().bottom - 0.85 * style::INCH;
        match curves {
            Some(curves) => {
                let rect = Rect { left: first, top, right: split, bottom };
                self.draw_curves(canvas, view, rect, curves);
            }
            None => {
                let rect = Rect { left, top, right, bottom };
                let y = Axes { rect, x: Range::new(0.0, 1.0), y: HEIGHTS };
                let ticks = [0.0, 0.5, 1.0].map(|v| (y.py(v), number::fixed(v, 1)));
                axes::left(canvas, view, y.rect, &ticks, "$\\phi_{ik}$");
            }
        }
        let format = self.format(canvas, width);
        for (i, (point, name)) in self.in_order(&names).into_iter().enumerate() {
            let start = left + i as f64 * (width + BARS_GAP);
            let rect = Rect { left: start, top, right: start + width, bottom };
            self.draw_bars(canvas, theme, rect, point, format);
            let ink = style::text(size::AXIS, theme.ink, Anchor::Middle);
            let middle = (rect.left + rect.right) / 2.0;
            for (line, text) in name.iter().rev().enumerate() {
                canvas.text((middle, top - 8.0 - NAME_LINE * line as f64), text, &ink);
            }
        }
        let ink = style::text(size::AXIS, theme.ink, Anchor::Middle);
        canvas.text(((left + right) / 2.0, bottom + 46.0), "component $k$", &ink);
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut push = |mark: &str, index: Cell, x: &[f64], slot: &Slot, phi: f64, truth: Cell| {
            let mut row: Vec<Cell> = vec![mark.into(), index];
            row.extend(x.iter().map(|v| Cell::Number(*v)));
            row.extend([slot.index().into(), phi.into(), truth]);
            rows.push(row);
        };
        for point in &self.points {
            let truth = point.truth.map_or_else(String::new, |t| (t + 1).to_string());
            for (slot, phi) in self.slots.iter().zip(&point.phi) {
                push("bar", point.index.into(), &point.x, slot, *phi, truth.clone().into());
            }
        }
        if let Some(curves) = &self.curves {
            for (slot, phi) in self.slots.iter().zip(&curves.phi) {
                for (x, phi) in curves.x.iter().zip(phi) {
                    push("curve", "".into(), &[*x], slot, *phi, "".into());
                }
            }
        }
        let before = ["mark", "point (index from 0)"].map(str::to_owned);
        let after = ["component", "responsibility (probability)", "true component"];
        let columns = before.into_iter().chain(self.columns.iter().cloned());
        Table { columns: columns.chain(after.map(str::to_owned)).collect(), rows }
    }

    fn caption(&self) -> String {
        let facts = tex::plain(&self.facts.join("; "));
        let indices: Vec<String> = self.points.iter().map(|p| p.index.to_string()).collect();
        let choice = match self.choice {
            Choice::First => "",
            Choice::Distinct => {
                ", each at least half a standard deviation of the data from those before it or \
                 between other components"
            }
        };
        format!("{}: {facts}. Points {}{choice}.", self.start, indices.join(", "))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let points: Vec<serde_json::Value> = self
            .points
            .iter()
            .map(|p| {
                serde_json::json!({
                    "index": p.index,
                    "x": p.x,
                    "responsibilities": p.phi,
                    "entropy": entropy(p),
                })
            })
            .collect();
        let most = libm::log(self.slots.len().max(1) as f64);
        serde_json::json!({
            "points": points,
            "mean_entropy": mean_entropy(&self.points),
            "largest_entropy": most,
        })
    }
}

/// Room above 1 for the numbers on full bars.
const HEIGHTS: Range = Range { low: 0.0, high: 1.16 };

/// Between the curves and the bars.
const CURVES_GAP: f64 = 0.57 * style::INCH;
/// Between two lines of a point's name.
const NAME_LINE: f64 = 16.0;
/// Between a curve and its label.
const CURVE_GAP: f64 = 4.0;
/// Half the room of a dot, with space around it.
const DOT: f64 = 8.0;
/// A curve is labelled where it is at least this high.
const LEAST_HEIGHT: f64 = 0.1;
/// Bars below this are flat; the numbers on them stand on one line.
const FLAT: f64 = 0.02;

/// Bars below this are not seen.
const SEEN: f64 = 0.01;

/// How the heights of bars are written, the same for all points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `0.06` on each bar.
    Full,
    /// `.06` on each bar.
    Short,
    /// `.06` on each bar that can be seen.
    Seen,
    /// `.06` on the highest bar alone.
    Highest,
}

/// A responsibility: two decimals, and never a wrong 0 or 1.
fn bar_text(phi: f64, format: Format) -> String {
    let text = match phi {
        p if p < 0.005 => "<0.01".to_owned(),
        p if p > 0.995 => ">0.99".to_owned(),
        p => number::fixed(p, 2),
    };
    match format {
        Format::Full => text,
        Format::Short | Format::Seen | Format::Highest => text.replacen("0.", ".", 1),
    }
}

impl Picture {
    /// The points and what belongs to each, on a line from the left to the right, as their lines
    /// among the curves.
    fn in_order<'a, T>(&'a self, of: &'a [T]) -> Vec<(&'a Point, &'a T)> {
        let mut points: Vec<_> = self.points.iter().zip(of).collect();
        if self.curves.is_some() {
            points.sort_by(|(a, _), (b, _)| a.x[0].total_cmp(&b.x[0]));
        }
        points
    }

    fn draw_curves(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, curves: &Curves) {
        let theme = view.theme;
        let x = Range::of(curves.x.iter().copied()).unwrap_or(Range::new(0.0, 1.0));
        let axes = Axes { rect, x, y: HEIGHTS };
        for level in [0.5, 1.0] {
            let y = axes.py(level);
            canvas.line(&[(rect.left, y), (rect.right, y)], &style::solid(width::AXIS, theme.grid));
        }
        let column = self.columns.first().map(|c| axes::column_label(c)).unwrap_or_default();
        let (x_ticks, column) = axes::x_named(&axes, axes.x_ticks(), &column);
        axes::bottom(canvas, view, rect, &x_ticks, &column);
        let y_ticks = [0.0, 0.5, 1.0].map(|v| (axes.py(v), number::fixed(v, 1)));
        axes::left(canvas, view, rect, &y_ticks, "$\\phi_{ik}$");
        let mut spots = Spots::new(Rect { top: rect.top - 6.0, ..rect });
        for point in &self.points {
            let at = axes.px(point.x[0]);
            let stem = [(at, axes.py(0.0)), (at, rect.top)];
            canvas.line(&stem, &style::solid(1.2, theme.ink));
            spots.line(&stem);
        }
        let paths: Vec<Vec<(f64, f64)>> = curves
            .phi
            .iter()
            .map(|phi| axes.path(curves.x.iter().copied().zip(phi.iter().copied())))
            .collect();
        for (slot, path) in self.slots.iter().zip(&paths) {
            canvas.begin_group("responsibility");
            canvas.line(path, &style::solid(width::CURVE, theme.mark(slot.color)));
            canvas.end_group();
            spots.line(path);
        }
        for point in &self.points {
            for (slot, phi) in self.slots.iter().zip(&point.phi) {
                let rim = style::solid(1.0, theme.background);
                let at = axes.at((point.x[0], *phi));
                canvas.circle(at, 3.4, Some(&style::fill(theme.mark(slot.color), 1.0)), Some(&rim));
                let (left, right) = (at.0 - DOT, at.0 + DOT);
                spots.area(Rect { left, right, top: at.1 - DOT, bottom: at.1 + DOT });
            }
        }
        self.draw_stem_names(canvas, theme, &axes);
        for (i, slot) in self.slots.iter().enumerate() {
            let text = format!("$\\phi_{{{}}}(x)$", slot.index());
            let style = style::text(size::LABEL, theme.text(slot.color), Anchor::Start);
            let extent = canvas.measure(&text, &style);
            let size = [extent.width, extent.ascent + extent.descent];
            // A label with no place that says whose it is is left out: the colour says it, too.
            if let Some(place) = spots.take(label_places(&axes, curves, &paths, i, size)) {
                canvas.text((place.left, place.bottom - extent.descent), &text, &style);
            }
        }
    }

    /// The name of each point above its line. Lines that are almost one share a name.
    fn draw_stem_names(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes) {
        let style = style::text(size::NOTE, theme.ink, Anchor::Middle);
        let mut lines: Vec<(f64, Vec<String>)> = Vec::new();
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by(|a, b| a.x[0].total_cmp(&b.x[0]));
        for point in points {
            let (at, name) = (axes.px(point.x[0]), format!("$x_{{{}}}$", point.index));
            match lines.last_mut().filter(|(last, _)| at - last < 3.0) {
                Some((_, names)) => names.push(name),
                None => lines.push((at, vec![name])),
            }
        }
        let positions: Vec<f64> = lines.iter().map(|(at, _)| *at).collect();
        let names: Vec<String> = lines.iter().map(|(_, names)| names.join(", ")).collect();
        let widths: Vec<f64> = names.iter().map(|n| canvas.measure(n, &style).width).collect();
        let (low, high) = (axes.rect.left - 16.0, axes.rect.right + 0.6 * CURVES_GAP);
        let baseline = axes.rect.top - 8.0;
        if widths.iter().sum::<f64>() + 7.0 * (widths.len() as f64 - 1.0) <= high - low {
            let moved = push_apart(&positions, &widths, 7.0, low, high).unwrap_or(positions);
            for (x, name) in moved.into_iter().zip(&names) {
                canvas.text((x, baseline), name, &style);
            }
        } else {
            // One name for all of them.
            let middle = positions.iter().sum::<f64>() / positions.len().max(1) as f64;
            canvas.text((middle, baseline), "$x_i$", &style);
        }
    }

    /// What stands above the bars of each point: one line, or two where that is too wide.
    fn names(&self, canvas: &Canvas<'_>, room: f64) -> Vec<Vec<String>> {
        let ink = style::text(size::AXIS, Color::BLACK, Anchor::Middle);
        let fits = |text: &String| canvas.measure(text, &ink).width <= room + 0.5 * BARS_GAP;
        let name = |p: &Point| format!("$x_{{{}}}$", p.index);
        let one = |p: &Point, digits: usize| match p.x.as_slice() {
            [x] => format!("$x_{{{}}} = {}$", p.index, number::fixed(*x, digits)),
            _ => name(p),
        };
        let single: Vec<String> = self.points.iter().map(|p| one(p, self.digits)).collect();
        if single.iter().all(&fits) {
            return single.into_iter().map(|line| vec![line]).collect();
        }
        // With as many decimals as there is room for.
        let value = |p: &Point, digits: usize| {
            p.x.first().map_or_else(String::new, |x| format!("$= {}$", number::fixed(*x, digits)))
        };
        let digits = (0..=self.digits).rev();
        let digits = digits.clone().find(|d| self.points.iter().all(|p| fits(&value(p, *d))));
        match digits.filter(|_| self.curves.is_some()) {
            Some(digits) => self.points.iter().map(|p| vec![name(p), value(p, digits)]).collect(),
            None => self.points.iter().map(|p| vec![name(p)]).collect(),
        }
    }

    /// The fullest format in which the numbers of no bars touch.
    fn format(&self, canvas: &Canvas<'_>, room: f64) -> Format {
        let style = style::text(size::TICK, Color::BLACK, Anchor::Middle);
        let slot_width = room / self.slots.len().max(1) as f64;
        let fits = |format: &Format| {
            let all = self.points.iter().flat_map(|p| &p.phi);
            // One that is almost 1 has no neighbours that are seen.
            all.filter(|phi| *format != Format::Seen || (SEEN..0.995).contains(*phi)).all(|phi| {
                canvas.measure(&bar_text(*phi, *format), &style).width <= slot_width - 2.0
            })
        };
        let formats = [Format::Full, Format::Short, Format::Seen];
        formats.into_iter().find(fits).unwrap_or(Format::Highest)
    }

    fn draw_bars(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        rect: Rect,
        point: &Point,
        format: Format,
    ) {
        let axes = Axes { rect, x: Range::new(0.0, self.slots.len() as f64), y: HEIGHTS };
        for level in [0.5, 1.0] {
            let y = axes.py(level);
            canvas.line(&[(rect.left, y), (rect.right, y)], &style::solid(width::AXIS, theme.grid));
        }
        let slot_width = rect.width() / self.slots.len().max(1) as f64;
        let tick = style::text(size::TICK, theme.ink, Anchor::Middle);
        let widest = self
            .slots
            .iter()
            .map(|s| canvas.measure(&format!("${}$", s.index()), &tick).width)
            .fold(1.0, f64::max);
        // Every number below the bars, or every second, third, ...
        let stride = ((widest + 3.0) / slot_width).ceil().max(1.0) as usize;
        let highest = point.phi.iter().copied().fold(0.0, f64::max);
        for (i, (slot, phi)) in self.slots.iter().zip(&point.phi).enumerate() {
            let middle = axes.px(i as f64 + 0.5);
            let half = 0.33 * slot_width;
            let bar = Rect {
                left: middle - half,
                right: middle + half,
                top: axes.py(*phi),
                bottom: rect.bottom,
            };
            style::area(canvas, &corners(bar), &theme.area(slot.color, 1.0));
            let number = style::text(size::TICK, theme.text(slot.color), Anchor::Middle);
            let text = bar_text(*phi, format);
            let half = canvas.measure(&text, &number).width / 2.0;
            // The only number of a panel keeps to it.
            let inside = middle.max(rect.left + half - 4.0).min(rect.right - half + 4.0);
            let base = axes.py(if *phi < FLAT { 0.0 } else { *phi });
            let written = match format {
                Format::Full | Format::Short => true,
                Format::Seen => *phi >= SEEN,
                Format::Highest => *phi >= highest,
            };
            if written {
                let x = if format == Format::Highest { inside } else { middle };
                canvas.text((x, base - 4.5), &text, &number);
            }
            let is_truth = point.truth.is_some() && slot.truth == point.truth;
            if i % stride == 0 {
                canvas.text((middle, rect.bottom + 15.0), &format!("${}$", slot.index()), &number);
            }
            if is_truth {
                canvas.text((middle, rect.bottom + 29.5), "truth", &number);
            }
        }
        let base = style::solid(width::AXIS, theme.axis);
        canvas.line(&[(rect.left, rect.bottom), (rect.right, rect.bottom)], &base);
    }
}

/// Where the label of curve `i` may stand, the best first: above it from its highest place outward,
/// then beside it; only where it is nearer to this curve than to all others.
fn label_places(
    axes: &Axes,
    curves: &Curves,
    paths: &[Vec<(f64, f64)>],
    i: usize,
    size: [f64; 2],
) -> Vec<Rect> {
    let (path, phi) = (&paths[i], &curves.phi[i]);
    let peak = phi.iter().copied().fold(0.0, f64::max);
    // The middle of where it is nearly at its highest.
    let high: Vec<usize> = (0..phi.len()).filter(|&j| phi[j] >= 0.97 * peak).collect();
    let middle = high.first().zip(high.last()).map_or(0, |(a, b)| (a + b) / 2);
    let mut order: Vec<usize> = (0..phi.len()).filter(|&j| phi[j] >= LEAST_HEIGHT).collect();
    // Lower places are as bad as farther ones.
    let cost = |j: usize| {
        let along = (j.abs_diff(middle)) as f64 / phi.len() as f64;
        along + 2.0 * (peak - phi[j])
    };
    order.sort_by(|&a, &b| cost(a).total_cmp(&cost(b)));
    let own = |place: &Rect| {
        let away = |path: &[(f64, f64)]| {
            path.iter().map(|p| spot::distance(*place, *p)).fold(f64::INFINITY, f64::min)
        };
        let nearest = away(path);
        let others = paths.iter().enumerate().filter(|(j, _)| *j != i);
        nearest <= 2.5 * CURVE_GAP
            && others.into_iter().all(|(_, other)| away(other) > nearest + 2.0)
    };
    order
        .iter()
        .step_by(2)
        .flat_map(|&j| {
            let at = path[j];
            // Labels of flat tops stand on one line.
            let y = if phi[j] >= 0.97 { axes.py(1.0) } else { at.1 };
            [[0.0, -1.0], [-1.0, -1.0], [1.0, -1.0], [1.0, 0.0], [-1.0, 0.0]]
                .map(|direction| spot::around((at.0, y), CURVE_GAP, size, direction))
        })
        .filter(own)
        .collect()
}

fn corners(rect: Rect) -> [(f64, f64); 4] {
    [
        (rect.left, rect.bottom),
        (rect.left, rect.top),
        (rect.right, rect.top),
        (rect.right, rect.bottom),
    ]
}
