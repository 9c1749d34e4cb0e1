//! How bars and curves of responsibilities are drawn.

use super::{Curves, Picture, Point};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::Header;
use crate::figure::placer::Placer;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Layers, Table, View, number};
use crate::render::{Anchor, Canvas, Rect};

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
        let top = 0.26 * style::INCH;
        let bottom = canvas.page().bottom - 0.85 * style::INCH;
        let right = canvas.page().right - style::RIGHT;
        let mut left = 0.78 * style::INCH;
        if let Some(curves) = &self.curves {
            let rect = Rect { left, top, right: left + 0.385 * (right - left), bottom };
            self.draw_curves(canvas, view, rect, curves);
            left = rect.right + 0.57 * style::INCH;
        } else {
            let y = Axes {
                rect: Rect { left, top, right, bottom },
                x: Range::new(0.0, 1.0),
                y: HEIGHTS,
            };
            let ticks = [0.0, 0.5, 1.0].map(|v| (y.py(v), number::fixed(v, 1)));
            axes::left(canvas, view, y.rect, &ticks, "$\\phi_{ik}$");
        }
        let gap = 0.21 * style::INCH;
        let n = self.points.len() as f64;
        let width = (right - left - gap * (n - 1.0)) / n;
        for (i, point) in self.points.iter().enumerate() {
            let start = left + i as f64 * (width + gap);
            self.draw_bars(
                canvas,
                theme,
                Rect { left: start, top, right: start + width, bottom },
                point,
            );
        }
        let ink = style::text(size::AXIS, theme.ink, Anchor::Middle);
        canvas.text(((left + right) / 2.0, bottom + 46.0), "component $k$", &ink);
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for point in &self.points {
            for (slot, phi) in self.slots.iter().zip(&point.phi) {
                let x = point.x.iter().map(|v| v.to_string()).collect::<Vec<_>>().join(" ");
                rows.push(vec![
                    "bar".into(),
                    point.index.into(),
                    x.into(),
                    slot.index().into(),
                    (*phi).into(),
                    point.truth.map_or_else(String::new, |t| (t + 1).to_string()).into(),
                ]);
            }
        }
        if let Some(curves) = &self.curves {
            for (slot, phi) in self.slots.iter().zip(&curves.phi) {
                for (x, phi) in curves.x.iter().zip(phi) {
                    rows.push(vec![
                        "curve".into(),
                        "".into(),
                        (*x).into(),
                        slot.index().into(),
                        (*phi).into(),
                        "".into(),
                    ]);
                }
            }
        }
        let columns = [
            "mark",
            "point (index from 0)",
            "x",
            "component",
            "responsibility (probability)",
            "true component",
        ]
        .map(str::to_owned)
        .to_vec();
        Table { columns, rows }
    }

    fn caption(&self) -> String {
        let facts = self.facts.join("; ").replace("$\\ln ", "ln ").replace('$', "");
        let indices: Vec<String> = self.points.iter().map(|p| p.index.to_string()).collect();
        format!("{}: {facts}. Points {}.", self.start, indices.join(", "))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Room above 1 for the numbers on full bars.
const HEIGHTS: Range = Range { low: 0.0, high: 1.16 };

/// A responsibility in the room of a bar: two decimals, and never a wrong 0 or 1.
fn bar_text(phi: f64) -> String {
    match phi {
        p if p < 0.005 => "<.01".to_owned(),
        p if p > 0.995 => ">.99".to_owned(),
        p => number::fixed(p, 2),
    }
}

impl Picture {
    fn draw_curves(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, curves: &Curves) {
        let theme = view.theme;
        let x = Range::of(curves.x.iter().copied()).unwrap_or(Range::new(0.0, 1.0));
        let axes = Axes { rect, x, y: HEIGHTS };
        for level in [0.5, 1.0] {
            let y = axes.py(level);
            canvas.line(&[(rect.left, y), (rect.right, y)], &style::solid(width::AXIS, theme.grid));
        }
        let x_ticks: Vec<axes::Tick> =
            axes::labelled(axes.x_ticks()).into_iter().map(|(v, t)| (axes.px(v), t)).collect();
        axes::bottom(canvas, view, rect, &x_ticks, &axes::column_label(&self.column));
        let y_ticks = [0.0, 0.5, 1.0].map(|v| (axes.py(v), number::fixed(v, 1)));
        axes::left(canvas, view, rect, &y_ticks, "$\\phi_{ik}$");
        let mut placer = Placer::new(rect);
        for point in &self.points {
            let at = axes.px(point.x[0]);
            let stem = [(at, axes.py(0.0)), (at, axes.py(1.0))];
            canvas.line(&stem, &style::solid(1.2, theme.ink));
            placer.line(&stem);
        }
        for (slot, phi) in self.slots.iter().zip(&curves.phi) {
            let path = axes.path(curves.x.iter().copied().zip(phi.iter().copied()));
            canvas.begin_group("responsibility");
            canvas.line(&path, &style::solid(width::CURVE, theme.mark(slot.color)));
            canvas.end_group();
            placer.line(&path);
        }
        for point in &self.points {
            for (slot, phi) in self.slots.iter().zip(&point.phi) {
                let rim = style::solid(1.0, theme.background);
                let at = axes.at((point.x[0], *phi));
                canvas.circle(at, 3.4, Some(&style::fill(theme.mark(slot.color), 1.0)), Some(&rim));
                placer.area(
                    Rect {
                        left: at.0 - 5.0,
                        right: at.0 + 5.0,
                        top: at.1 - 5.0,
                        bottom: at.1 + 5.0,
                    },
                    1.0,
                );
            }
        }
        let xi = style::text(size::LABEL, theme.ink, Anchor::Middle);
        let middle =
            self.points.iter().map(|p| p.x[0]).sum::<f64>() / self.points.len().max(1) as f64;
        let place = placer.place((axes.px(middle), axes.py(1.08)), 16.0, 15.0);
        canvas.text(((place.left + place.right) / 2.0, place.bottom - 4.0), "$x_i$", &xi);
        for (slot, phi) in self.slots.iter().zip(&curves.phi) {
            let text = format!("$\\phi_{{{}}}(x)$", slot.index());
            let style = style::text(size::LABEL, theme.text(slot.color), Anchor::Start);
            let extent = canvas.measure(&text, &style);
            let target = label_target(&axes, &curves.x, phi);
            let place =
                placer.place(target, extent.width + 6.0, extent.ascent + extent.descent + 3.0);
            canvas.text((place.left + 3.0, place.bottom - 1.5 - extent.descent), &text, &style);
        }
    }

    fn draw_bars(&self, canvas: &mut Canvas<'_>, theme: &Theme, rect: Rect, point: &Point) {
        let axes = Axes { rect, x: Range::new(0.0, self.slots.len() as f64), y: HEIGHTS };
        for level in [0.5, 1.0] {
            let y = axes.py(level);
            canvas.line(&[(rect.left, y), (rect.right, y)], &style::solid(width::AXIS, theme.grid));
        }
        let slot_width = rect.width() / self.slots.len().max(1) as f64;
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
            let text = bar_text(*phi);
            // Where there is no room, without the zero; where there is none for that either, only on
            // the highest bar.
            let room = |text: &str| canvas.measure(text, &number).width <= slot_width - 1.5;
            let short = text.trim_start_matches('0').to_owned();
            let highest = point.phi.iter().all(|other| other <= phi);
            if room(&text) {
                canvas.text((middle, bar.top - 4.5), &text, &number);
            } else if room(&short) || highest {
                canvas.text((middle, bar.top - 4.5), &short, &number);
            }
            canvas.text((middle, rect.bottom + 15.0), &format!("${}$", slot.index()), &number);
            if point.truth.is_some() && slot.truth == point.truth {
                canvas.text((middle, rect.bottom + 29.5), "truth", &number);
            }
        }
        let base = style::solid(width::AXIS, theme.axis);
        canvas.line(&[(rect.left, rect.bottom), (rect.right, rect.bottom)], &base);
        let name = match point.x.as_slice() {
            [x] => format!("$x_{{{}}} = {}$", point.index, number::fixed(*x, self.digits)),
            _ => format!("$x_{{{}}}$", point.index),
        };
        let ink = style::text(size::AXIS, theme.ink, Anchor::Middle);
        canvas.text(((rect.left + rect.right) / 2.0, rect.top - 8.0), &name, &ink);
    }
}

/// Where a curve's label belongs: above the widest stretch in which it is nearly at its highest.
fn label_target(axes: &Axes, x: &[f64], phi: &[f64]) -> (f64, f64) {
    let peak = phi.iter().copied().fold(0.0, f64::max);
    let high: Vec<f64> =
        x.iter().zip(phi).filter(|(_, p)| **p >= 0.97 * peak).map(|(x, _)| *x).collect();
    let middle = match (high.first(), high.last()) {
        (Some(a), Some(b)) => (a + b) / 2.0,
        _ => (axes.x.low + axes.x.high) / 2.0,
    };
    (axes.px(middle), axes.py(peak) - 12.0)
}

fn corners(rect: Rect) -> [(f64, f64); 4] {
    [
        (rect.left, rect.bottom),
        (rect.left, rect.top),
        (rect.right, rect.top),
        (rect.right, rect.bottom),
    ]
}
