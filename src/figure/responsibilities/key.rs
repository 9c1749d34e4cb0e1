//! The key to mixed colours: a triangle for three components, a bar for two, else swatches.

use super::Picture;
use crate::figure::View;
use crate::figure::slot::Slot;
use crate::figure::style::{self, size};
use crate::render::{Anchor, Canvas, Color, Rect};

/// How often each side of the triangle is halved; 256 triangles look like none.
const HALVINGS: u32 = 4;
/// Pieces of the bar.
const PIECES: usize = 48;
/// Longest side of the triangle and of the bar.
const LONGEST: f64 = 2.0 * style::INCH;
/// Height of the bar and of a swatch.
const THICKNESS: f64 = 18.0;
/// Width of a swatch with its number.
const SWATCH: f64 = 46.0;

type Point = (f64, f64);

/// Draws the key into the middle of `rect`.
pub(super) fn draw(canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, picture: &Picture) {
    let shades = picture.shades(view.theme);
    canvas.begin_group("key");
    match (picture.slots.as_slice(), shades.as_slice()) {
        ([], _) | ([_], _) => {}
        ([left, right], &[a, b]) => bar(canvas, view, rect, [left, right], [a, b]),
        ([a, b, c], &[x, y, z]) => triangle(canvas, view, rect, [a, b, c], [x, y, z]),
        (slots, shades) => swatches(canvas, view, rect, slots, shades),
    }
    canvas.end_group();
}

fn title(canvas: &mut Canvas<'_>, view: &View<'_>, at: Point) {
    let muted = style::text(size::TICK, view.theme.muted, Anchor::Middle);
    canvas.text(at, "colour of a point", &muted);
}

fn name(canvas: &mut Canvas<'_>, view: &View<'_>, at: Point, anchor: Anchor, slot: &Slot) {
    let style = style::text(size::TICK, view.theme.text(slot.color), anchor);
    canvas.text(at, &format!("$\\phi_{{i{}}} = 1$", slot.index()), &style);
}

/// The first component at the lower left, the second at the lower right, the third at the top.
fn triangle(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    rect: Rect,
    slots: [&Slot; 3],
    shades: [Color; 3],
) {
    // Above the triangle stand two lines, below it one.
    let (above, below) = (42.0, 22.0);
    let height_of = |side: f64| side * 3.0_f64.sqrt() / 2.0;
    let most = (rect.height() - above - below) / height_of(1.0);
    let side = LONGEST.min(rect.width() - 70.0).min(most).max(40.0);
    let (x, middle) = rect.center();
    let top = middle - (height_of(side) + above + below) / 2.0 + above;
    let bottom = top + height_of(side);
    let corners = [(x - side / 2.0, bottom), (x + side / 2.0, bottom), (x, top)];
    // Each level under the next, so that no background shows through the seams.
    for level in 0..=HALVINGS {
        let n = 2_usize.pow(level);
        for row in 0..n {
            for column in 0..(2 * (n - row) - 1) {
                piece(canvas, corners, shades, n as f64, row as f64, column);
            }
        }
    }
    title(canvas, view, (x, top - 26.0));
    name(canvas, view, (x, top - 8.0), Anchor::Middle, slots[2]);
    name(canvas, view, (corners[0].0, bottom + 17.0), Anchor::Middle, slots[0]);
    name(canvas, view, (corners[1].0, bottom + 17.0), Anchor::Middle, slots[1]);
}

/// One of the small triangles: those with an even `column` stand on their side, the others hang.
fn piece(
    canvas: &mut Canvas<'_>,
    corners: [Point; 3],
    shades: [Color; 3],
    n: f64,
    row: f64,
    column: usize,
) {
    let step = (column / 2) as f64;
    // Shares of the second and the third component, in parts of n.
    let vertices = match column % 2 {
        0 => [(step, row), (step + 1.0, row), (step, row + 1.0)],
        _ => [(step + 1.0, row), (step + 1.0, row + 1.0), (step, row + 1.0)],
    };
    let shares = |(b, c): Point| [1.0 - (b + c) / n, b / n, c / n];
    let at = |vertex: Point| {
        let [a, b, c] = shares(vertex);
        let mean =
            |of: fn(Point) -> f64| a * of(corners[0]) + b * of(corners[1]) + c * of(corners[2]);
        (mean(|p| p.0), mean(|p| p.1))
    };
    let sum = vertices.iter().fold((0.0, 0.0), |s, v| (s.0 + v.0, s.1 + v.1));
    let weights = shares((sum.0 / 3.0, sum.1 / 3.0));
    let parts: Vec<(Color, f64)> = shades.into_iter().zip(weights).collect();
    canvas.polygon(&vertices.map(at), Some(&style::fill(Color::mix(&parts), 1.0)), None);
}

fn bar(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    rect: Rect,
    slots: [&Slot; 2],
    shades: [Color; 2],
) {
    let width = LONGEST.min(rect.width() - 24.0);
    let (x, y) = rect.center();
    let (left, right) = (x - width / 2.0, x + width / 2.0);
    // Each piece reaches to the end, so that no background shows through the seams.
    for i in 0..PIECES {
        let share = (i as f64 + 0.5) / PIECES as f64;
        let color = Color::mix(&[(shades[0], 1.0 - share), (shades[1], share)]);
        let from = left + width * i as f64 / PIECES as f64;
        let piece =
            Rect { left: from, top: y - THICKNESS / 2.0, right, bottom: y + THICKNESS / 2.0 };
        canvas.rect(piece, Some(&style::fill(color, 1.0)), None);
    }
    title(canvas, view, (x, y - THICKNESS / 2.0 - 9.0));
    name(canvas, view, (left, y + THICKNESS / 2.0 + 17.0), Anchor::Start, slots[0]);
    name(canvas, view, (right, y + THICKNESS / 2.0 + 17.0), Anchor::End, slots[1]);
}

/// Rows of swatches, each with its component's number at its right.
fn swatches(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    rect: Rect,
    slots: &[Slot],
    shades: &[Color],
) {
    let most = (rect.width() / SWATCH).floor().max(1.0) as usize;
    let rows = slots.len().div_ceil(most);
    let columns = slots.len().div_ceil(rows);
    let line = THICKNESS + 10.0;
    let (x, y) = rect.center();
    let top = y - line * rows as f64 / 2.0 + 8.0;
    title(canvas, view, (x, top - 9.0));
    for (i, (slot, shade)) in slots.iter().zip(shades).enumerate() {
        let (row, column) = (i / columns, i % columns);
        let left = x + SWATCH * (column as f64 - columns as f64 / 2.0) + 4.0;
        let top = top + line * row as f64;
        let swatch = Rect { left, top, right: left + 20.0, bottom: top + THICKNESS };
        canvas.rect(swatch, Some(&style::fill(*shade, 1.0)), None);
        let style = style::text(size::TICK, view.theme.text(slot.color), Anchor::Start);
        canvas.text((swatch.right + 5.0, swatch.bottom - 4.5), &slot.index(), &style);
    }
}
