//! The names of the components: beside the flanks of the curves, or in a row above them.

use serde::Serialize;

use super::Picture;
use super::bars::Bars;
use super::curves::{Curve, Role};
use crate::figure::axes::Axes;
use crate::figure::placer::{Placer, push_apart};
use crate::figure::slot::Slot;
use crate::figure::style::{self, Theme, size};
use crate::figure::{View, number};
use crate::render::{Anchor, Canvas, Rect, TextStyle};

/// The name of a component.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Name {
    pub(super) slot: Slot,
    /// Where it belongs: the true mean, or that of the data, or else the estimate.
    pub(super) at: f64,
    /// Whether there is nothing to name before there is an estimate.
    pub(super) inferred: bool,
}

/// Up to so many curves have their names beside their flanks; more have them in a row above.
const MOST_FLANKS: usize = 4;

/// Whether the names of components with these curves stand in a row above them.
pub(super) fn in_row(curves: &[Curve]) -> bool {
    curves.iter().any(|c| c.role == Role::Estimate) || !(1..=MOST_FLANKS).contains(&curves.len())
}

/// Between two names in a row, in points.
const GAP: f64 = 0.1 * style::INCH;

/// The baselines of the rows below the upper edge of the panel.
const ROWS: [f64; 2] = [16.0, 31.0];

/// What a row of names takes of the height of the panel.
pub(super) const ROW_HEIGHT: f64 = 21.0;

/// A name in its place.
struct Placed {
    name: Name,
    x: f64,
    row: usize,
}

/// How names in rows are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `k = 1`
    Full,
    /// `1`
    Number,
}

impl Form {
    fn text(self, slot: &Slot) -> String {
        match self {
            Self::Full => slot.label(),
            Self::Number => format!("${}$", slot.index()),
        }
    }
}

fn label(theme: &Theme, slot: &Slot) -> TextStyle {
    style::text(size::LABEL, theme.text(slot.color), Anchor::Middle)
}

impl Picture {
    /// Draws the names in a row above the curves, or in two, such that none stands over another
    /// curve than its own. Where there is no room for all of them, some are left out. Nothing is
    /// higher than `tallest`.
    pub(super) fn draw_row(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        axes: &Axes,
        tallest: f64,
    ) {
        let theme = view.theme;
        let rows = if axes.py(tallest) - axes.rect.top > ROWS[1] + 3.0 { 2 } else { 1 };
        let fonts = canvas.fonts();
        let width = |form: Form, name: &Name| {
            fonts.measure(&form.text(&name.slot), &label(theme, &name.slot)).width
        };
        let (known, found): (Vec<&Name>, Vec<&Name>) =
            self.names.iter().partition(|name| !name.inferred);
        // What stays where it is comes first, so that what moves with the estimates moves no other.
        let (first, second) = if known.is_empty() { (found, known) } else { (known, found) };
        let (form, mut placed) = arrange(axes, &first, rows, &width);
        for name in second {
            let own = width(form, name);
            let x = within(axes, axes.px(name.at), own);
            let free = |row: &usize| {
                placed
                    .iter()
                    .filter(|p| p.row == *row)
                    .all(|p| (p.x - x).abs() >= (width(form, &p.name) + own) / 2.0 + GAP / 2.0)
            };
            if let Some(row) = (0..rows).find(free) {
                placed.push(Placed { name: *name, x, row });
            }
        }
        let shown: Vec<&Placed> =
            placed.iter().filter(|p| !p.name.inferred || view.layers.estimate).collect();
        canvas.begin_group("names");
        for Placed { name, x, row } in &shown {
            let at = (*x, axes.rect.top + ROWS[*row]);
            canvas.text(at, &form.text(&name.slot), &label(theme, &name.slot));
        }
        let left = shown.iter().map(|p| p.x - width(form, &p.name) / 2.0);
        let left = left.fold(f64::INFINITY, f64::min) - 7.0;
        let what = style::text(size::LABEL, theme.muted, Anchor::End);
        let own = canvas.measure("$k =$", &what).width;
        if form == Form::Number && left.is_finite() && left - own >= axes.rect.left + 2.0 {
            canvas.text((left, axes.rect.top + ROWS[0]), "$k =$", &what);
        }
        canvas.end_group();
    }

    /// The panel with everything that is drawn in it.
    fn placer(&self, axes: &Axes) -> Placer {
        let mut placer = Placer::new(axes.rect);
        for bars in self.bars.iter().chain(&self.all) {
            placer.line(&bars.outline(axes));
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
        placer
    }

    /// The note, below a row of names.
    pub(super) fn note(&self, canvas: &Canvas<'_>, theme: &Theme, axes: &Axes) -> Vec<Words> {
        let Some(all) = self.all.as_ref().filter(|_| !in_row(&self.curves)) else {
            return Vec::new();
        };
        let mut placer = self.placer(axes);
        placer.area(Rect { bottom: axes.rect.top + ROW_HEIGHT, ..axes.rect }, 1.0);
        note(canvas, theme, axes, all, &mut placer)
    }

    /// The names with the true means beside the flanks of the curves, on one level where that can
    /// be, and where there is room the note; `None` if a name would have to leave its curve.
    pub(super) fn flanks(
        &self,
        canvas: &Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
    ) -> Option<Vec<Words>> {
        let mut placer = self.placer(axes);
        let named: Vec<(&Curve, Slot)> =
            self.curves.iter().filter_map(|c| Some((c, c.slot?))).collect();
        let means: Vec<f64> = named.iter().map(|(c, _)| c.mean).collect();
        let mut words = Vec::new();
        let mut targets = Vec::new();
        for (curve, slot) in &named {
            let text = match curve.role {
                Role::Truth => format!(
                    "$k = {k}$:  $\\mu_{{{k}}} = {}$",
                    number::short(curve.mean, axes.x.digits()),
                    k = slot.index()
                ),
                Role::Kde | Role::Estimate => slot.label(),
            };
            let style = style::text(size::LABEL, theme.text(slot.color), Anchor::Start);
            targets.push(flank(axes, curve, &means, canvas.measure(&text, &style).width + 8.0));
            words.push((text, style));
        }
        let widths: Vec<f64> =
            words.iter().map(|(t, s)| canvas.measure(t, s).width + 8.0).collect();
        let level = placer.place_level(&targets, &widths, FLANK_HEIGHT, LEVEL_REACH);
        let places = match level {
            Some(places) => places,
            None => targets
                .iter()
                .zip(&widths)
                .map(|(target, width)| {
                    placer.place_within(*target, *width, FLANK_HEIGHT, FLANK_REACH)
                })
                .collect::<Option<_>>()?,
        };
        let mut placed: Vec<Words> = words
            .into_iter()
            .zip(places)
            .map(|((text, style), place)| Words {
                at: (place.left + 4.0, place.bottom - 5.0),
                text,
                style,
            })
            .collect();
        if let Some(all) = &self.all {
            placed.extend(note(canvas, theme, axes, all, &mut placer));
        }
        Some(placed)
    }
}

/// Words in their place.
pub(super) struct Words {
    at: (f64, f64),
    text: String,
    style: TextStyle,
}

impl Words {
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.text(self.at, &self.text, &self.style);
    }
}

/// The height of a name beside a flank, with the space around it.
const FLANK_HEIGHT: f64 = 18.0;

/// How far from its flank a name may stand for all to be on one level, and how far it may be at all.
const LEVEL_REACH: f64 = 36.0;
const FLANK_REACH: f64 = 70.0;

/// Beside the shoulder of a curve, on the side whose neighbour is further away.
fn flank(axes: &Axes, curve: &Curve, means: &[f64], width: f64) -> (f64, f64) {
    let gap = |side: f64| {
        let ahead = means.iter().map(|m| (m - curve.mean) * side).filter(|d| *d > 0.0);
        ahead.fold(f64::INFINITY, f64::min)
    };
    let side = if gap(1.0) >= gap(-1.0) { 1.0 } else { -1.0 };
    let peak = curve.peak();
    let reach = curve
        .points
        .iter()
        .filter(|p| (p.0 - curve.mean) * side >= 0.0 && p.1 >= 0.8 * peak)
        .map(|p| (p.0 - curve.mean).abs())
        .fold(0.0, f64::max);
    (axes.px(curve.mean + side * reach) + side * width / 2.0, axes.py(0.86 * peak))
}

/// What the grey outline is, to the right of its highest bar, in two lines or in a short one.
fn note(
    canvas: &Canvas<'_>,
    theme: &Theme,
    axes: &Axes,
    all: &Bars,
    placer: &mut Placer,
) -> Vec<Words> {
    const LINES: [&[&str]; 2] =
        [&["all points, unlabelled:", "what the model sees"], &["all points"]];
    let style = style::text(size::LABEL, theme.muted, Anchor::Start);
    let tallest = (0..all.counts.len()).max_by_key(|&i| all.counts[i]).unwrap_or(0);
    let (x, y) = (axes.px(all.edges[tallest + 1]), axes.py(0.93 * all.counts[tallest] as f64));
    for lines in LINES {
        let width =
            lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max) + 12.0;
        let height = 17.0 * lines.len() as f64 + 2.0;
        let target = (x + width / 2.0 + 8.0, y);
        if let Some(place) = placer.place_within(target, width, height, f64::INFINITY) {
            let line = |(i, line): (usize, &&str)| Words {
                at: (place.left + 6.0, place.top + 13.0 + 17.0 * i as f64),
                text: (*line).to_owned(),
                style,
            };
            return lines.iter().enumerate().map(line).collect();
        }
    }
    Vec::new()
}

/// Where a name of this width stands so that it stays in the panel.
fn within(axes: &Axes, x: f64, width: f64) -> f64 {
    x.min(axes.rect.right - width / 2.0).max(axes.rect.left + width / 2.0)
}

/// Names in rows: in full, else as numbers, else as numbers in two rows if there are as many, each
/// over its own curve; where that cannot be, as many numbers as can stand where they belong.
fn arrange(
    axes: &Axes,
    names: &[&Name],
    rows: usize,
    width: &dyn Fn(Form, &Name) -> f64,
) -> (Form, Vec<Placed>) {
    let (left, right) = (axes.rect.left, axes.rect.right);
    let belongs: Vec<f64> = names.iter().map(|name| axes.px(name.at)).collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| belongs[a].total_cmp(&belongs[b]).then(a.cmp(&b)));
    // Clearly nearer to its own curve than to another that is elsewhere.
    let over_own = |i: usize, x: f64| {
        let own = (x - belongs[i]).abs();
        let others = belongs.iter().filter(|other| (*other - belongs[i]).abs() > 1.0);
        own <= 4.0 || others.into_iter().all(|other| 1.3 * own <= (x - other).abs())
    };
    for (form, rows) in [(Form::Full, 1), (Form::Number, 1), (Form::Number, rows)] {
        let mut placed = Vec::new();
        for row in 0..rows {
            let own: Vec<usize> = order.iter().copied().skip(row).step_by(rows).collect();
            let positions: Vec<f64> = own.iter().map(|&i| belongs[i]).collect();
            let widths: Vec<f64> = own.iter().map(|&i| width(form, names[i])).collect();
            let Some(moved) = push_apart(&positions, &widths, GAP, left, right) else { continue };
            let good = own.iter().zip(moved).filter(|&(i, x)| over_own(*i, x));
            placed.extend(good.map(|(&i, x)| Placed { name: *names[i], x, row }));
        }
        if placed.len() == names.len() {
            return (form, placed);
        }
    }
    let mut placed: Vec<Placed> = Vec::new();
    let mut taken = f64::NEG_INFINITY;
    for i in order {
        let half = width(Form::Number, names[i]) / 2.0;
        let x = within(axes, belongs[i], 2.0 * half);
        if x - half >= taken + GAP / 2.0 {
            taken = x + half;
            placed.push(Placed { name: *names[i], x, row: 0 });
        }
    }
    (Form::Number, placed)
}
