//! How densities in one dimension are drawn.

use super::line::{Component, Curves, Line};
use super::{Picture, Role};
use crate::figure::axes::{self, Axes};
use crate::figure::placer::push_apart;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Cell, Start, Table, View};
use crate::render::{Anchor, Canvas, Rect, Stroke};

/// Width of a component's curve.
const THIN: f64 = 1.2;
/// Height of the row of names, from the top to the curves.
const NAMES: f64 = 22.0;
/// Height of the strokes of the points, and of the room that they take below the curves.
const STROKE: f64 = 8.0;
const RUG: f64 = 12.0;
/// Width of a stroke; points in one such column share it.
const COLUMN: f64 = 0.8;
/// How dark a stroke is, by how many points it stands for.
const SHADES: usize = 6;
const PALEST: f64 = 0.25;
const DARKEST: f64 = 0.9;

impl Picture {
    pub(super) fn draw_line(&self, canvas: &mut Canvas<'_>, view: &View<'_>, line: &Line) {
        let extent = view.shared.unwrap_or(self.extent);
        let page = canvas.page();
        let rug = if line.rug.is_some() { RUG } else { 0.0 };
        let panel = view.panel(page);
        let rect = Rect { bottom: panel.bottom - rug, ..panel };
        let axes = Axes { rect, x: extent.x, y: extent.y };
        let clip = Rect { right: page.right, ..axes::clip(rect) };
        canvas.with_clip(clip, |canvas| self.draw_curves(canvas, view, line, &axes));
        axes::left_values(canvas, view, &axes, &axes.y_ticks(), "density");
        let below = Rect { bottom: rect.bottom + rug, ..rect };
        if let Some(points) = &line.rug {
            let base = style::solid(width::AXIS, view.theme.axis);
            canvas.line(&[(rect.left, rect.bottom), (rect.right, rect.bottom)], &base);
            if view.layers.data {
                canvas.begin_group("rug");
                draw_rug(canvas, view.theme, &axes, points);
                canvas.end_group();
            }
        }
        let column = axes::column_label(&self.column(0));
        let (x_ticks, column) = axes::x_named(&axes, axes.x_ticks(), &column);
        axes::bottom(canvas, view, below, &x_ticks, &column);
        let layers = view.layers;
        // A projection is of the whole, whose components have no names.
        let shown = (layers.estimate || (layers.truth && self.has(Role::Truth)))
            && self.projection.is_none();
        // A low panel has no room above its curves.
        let highest = line.curves.iter().flat_map(|c| &c.sum).map(|p| p.1).fold(0.0, f64::max);
        if shown && axes.py(highest) - rect.top >= NAMES {
            draw_names(canvas, view.theme, &axes, line.named());
        }
    }

    fn draw_curves(&self, canvas: &mut Canvas<'_>, view: &View<'_>, line: &Line, axes: &Axes) {
        let (theme, layers) = (view.theme, view.layers);
        let both = self.mixtures.len() > 1;
        for curves in &line.curves {
            let (shown, group, thin, thick): (bool, &str, Strokes, Strokes) = match curves.role {
                Role::Truth => {
                    let width = if both { width::TRUTH } else { width::CURVE };
                    (layers.truth, "truth", (style::solid, THIN), (style::solid, width))
                }
                _ => {
                    let thick: Strokes = (style::dashed, width::ESTIMATE);
                    (layers.estimate, "estimate", (style::dashed, THIN), thick)
                }
            };
            if !shown {
                continue;
            }
            canvas.begin_group(group);
            let several = curves.components.len() > 1 && self.projection.is_none();
            for component in curves.components.iter().filter(|_| several) {
                let stroke = thin.0(thin.1, theme.mark(component.slot.color));
                canvas.line(&axes.path(component.points.iter().copied()), &stroke);
            }
            let color = match curves.role {
                Role::Truth => theme.ink,
                _ => self.color(theme, theme.ink),
            };
            draw_sum(canvas, axes, curves, &thick.0(thick.1, color));
            canvas.end_group();
        }
        if let Some(start) = line.start.as_ref().filter(|_| layers.start == Start::Shown) {
            canvas.begin_group("start");
            let dotted = style::dotted(width::START, self.color(theme, theme.ink)).opacity(0.8);
            draw_sum(canvas, axes, start, &dotted);
            canvas.end_group();
        }
    }
}

/// How a curve is drawn: in which line and how wide.
type Strokes = (fn(f64, crate::render::Color) -> Stroke, f64);

fn draw_sum(canvas: &mut Canvas<'_>, axes: &Axes, curves: &Curves, stroke: &Stroke) {
    canvas.line(&axes.path(curves.sum.iter().copied()), stroke);
}

/// A stroke below the axis for each point. Points that are closer than a stroke is wide share one,
/// the darker the more they are, so that many points do not make a large file.
fn draw_rug(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, points: &[f64]) {
    let rect = axes.rect;
    let columns = (rect.width() / COLUMN).ceil() as usize + 1;
    let mut counts = vec![0_usize; columns];
    for x in points.iter().filter(|x| axes.x.contains(**x)) {
        counts[((axes.px(*x) - rect.left) / COLUMN) as usize] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let mut shades: Vec<Vec<Vec<(f64, f64)>>> = vec![Vec::new(); SHADES];
    for (i, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        // Where no two points share a stroke, all are as dark as can be.
        let share = if most > 1.0 { (count as f64 - 1.0) / (most - 1.0) } else { 1.0 };
        let shade = (share.sqrt() * (SHADES - 1) as f64).round() as usize;
        let (left, right) = (rect.left + i as f64 * COLUMN, rect.left + (i + 1) as f64 * COLUMN);
        let (top, bottom) = (rect.bottom + 2.0, rect.bottom + 2.0 + STROKE);
        shades[shade].push(vec![(left, top), (right, top), (right, bottom), (left, bottom)]);
    }
    for (shade, strokes) in shades.iter().enumerate().filter(|(_, s)| !s.is_empty()) {
        let opacity = PALEST + (DARKEST - PALEST) * shade as f64 / (SHADES - 1) as f64;
        canvas.region(strokes, &style::fill(theme.muted, opacity));
    }
}

/// The names of the components in a row above the curves, pushed apart; where there is no room for
/// all, those with the most weight.
fn draw_names(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, mut named: Vec<&Component>) {
    let rect = axes.rect;
    let gap = 0.1 * style::INCH;
    let style = |c: &Component| style::text(size::LABEL, theme.text(c.slot.color), Anchor::Middle);
    let width =
        |canvas: &Canvas<'_>, c: &Component| canvas.measure(&c.slot.label(), &style(c)).width;
    named.retain(|c| axes.x.contains(c.mean));
    named.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.slot.number.cmp(&b.slot.number)));
    let mut taken = 0.0;
    let fits = |c: &&&Component| {
        taken += width(canvas, c) + gap;
        taken <= rect.width()
    };
    let count = named.iter().take_while(fits).count();
    named.truncate(count);
    let positions: Vec<f64> = named.iter().map(|c| axes.px(c.mean)).collect();
    let widths: Vec<f64> = named.iter().map(|c| width(canvas, c)).collect();
    let placed = push_apart(&positions, &widths, gap, rect.left, rect.right).unwrap_or(positions);
    for (component, x) in named.iter().zip(placed) {
        canvas.text((x, rect.top + 16.0), &component.slot.label(), &style(component));
    }
}

impl Line {
    /// All points and curves.
    pub(super) fn table(&self, column: &str) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for x in self.rug.iter().flatten() {
            rows.push(vec!["point".into(), "".into(), (*x).into(), "".into()]);
        }
        for curves in &self.curves {
            let mark = if curves.role == Role::Truth { "truth" } else { "estimate" };
            let parts = curves.components.iter().map(|c| (c.slot.index(), &c.points));
            for (name, points) in parts.chain([("sum".to_owned(), &curves.sum)]) {
                for (x, density) in points {
                    let (x, density) = ((*x).into(), (*density).into());
                    rows.push(vec![mark.into(), name.clone().into(), x, density]);
                }
            }
        }
        let columns = ["mark", "component"].map(str::to_owned).into_iter();
        let units = [column.to_owned(), format!("density (1/{column})")];
        Table { columns: columns.chain(units).collect(), rows }
    }
}
