//! Axes: where a value lies on the canvas, and the lines, ticks and labels that say so.

mod range;

pub use self::range::{Extent, Range, nice_step};
use super::offset::Short;
use super::style::{self, size, width};
use super::{View, number, offset};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Direction, Rect, TextStyle};

/// A rectangle of the canvas with a range of values on either side.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    /// Where on the canvas.
    pub rect: Rect,
    /// Horizontal range.
    pub x: Range,
    /// Vertical range.
    pub y: Range,
}

impl Axes {
    /// The canvas position of a value on the horizontal axis.
    pub fn px(&self, x: f64) -> f64 {
        self.rect.left + (x - self.x.low) / self.x.span() * self.rect.width()
    }

    /// The canvas position of a value on the vertical axis.
    pub fn py(&self, y: f64) -> f64 {
        self.rect.bottom - (y - self.y.low) / self.y.span() * self.rect.height()
    }

    /// The canvas position of a point.
    pub fn at(&self, point: impl Into<(f64, f64)>) -> (f64, f64) {
        let (x, y) = point.into();
        (self.px(x), self.py(y))
    }

    /// The canvas positions of points.
    pub fn path<P: Into<(f64, f64)>>(
        &self,
        points: impl IntoIterator<Item = P>,
    ) -> Vec<(f64, f64)> {
        points.into_iter().map(|p| self.at(p)).collect()
    }

    /// Ticks of the horizontal axis: few enough that their labels do not touch, and at multiples of
    /// 1, 2 or 5 where these do as well as others.
    pub fn x_ticks(&self) -> Vec<f64> {
        let room = (self.rect.width() / 48.0).floor().clamp(3.0, 9.0) as usize;
        let candidates = [room, room + 1, room + 2, room.saturating_sub(1)];
        let ticks = |n: &usize| locator::ticks(self.x.low, self.x.high, (*n).min(9));
        let round = |ticks: &Vec<f64>| {
            let step = ticks.windows(2).map(|w| w[1] - w[0]).next().unwrap_or(0.0);
            let mantissa = step / libm::pow(10.0, libm::log10(step).floor());
            ticks.len() >= 3 && (mantissa - 2.5).abs() > 0.1
        };
        candidates.iter().map(ticks).find(round).unwrap_or_else(|| ticks(&room))
    }

    /// Ticks of the vertical axis.
    pub fn y_ticks(&self) -> Vec<f64> {
        let room = (self.rect.height() / 34.0).floor().clamp(2.0, 6.0);
        locator::ticks(self.y.low, self.y.high, room as usize)
    }

    /// The same values with equal scales on both axes, the vertical range widened or the
    /// horizontal one, about their middles.
    pub fn equal_scales(rect: Rect, extent: Extent) -> Self {
        let (sx, sy) = (extent.x.span() / rect.width(), extent.y.span() / rect.height());
        let widen = |range: Range, factor: f64| {
            let (middle, half) = ((range.low + range.high) / 2.0, range.span() / 2.0 * factor);
            Range::new(middle - half, middle + half)
        };
        match sx < sy {
            true => Self { rect, x: widen(extent.x, sy / sx), y: extent.y },
            false => Self { rect, x: extent.x, y: widen(extent.y, sx / sy) },
        }
    }
}

/// Where marks in a panel are cut off: a line's width outside of it, so that a curve that runs along
/// an axis is not halved, and nothing is cut where everything fits.
pub fn clip(rect: Rect) -> Rect {
    rect.inset(-3.0)
}

/// What a tick says.
pub type Tick = (f64, String);

/// Between the labels of two ticks.
const TICK_GAP: f64 = 8.0;

/// A tick nearer to the end of its line than this reads as a line that is doubled.
const NEAR_END: f64 = 6.0;

/// Ticks with their values as labels.
pub fn labelled(ticks: Vec<f64>) -> Vec<Tick> {
    let labels = number::tick_labels(&ticks);
    ticks.into_iter().zip(labels).collect()
}

/// Ticks with their values as labels, and the name of their axis. Of values that are close to each
/// other and far from zero, the name says what they have in common.
pub fn named(values: Vec<f64>, name: &str) -> (Vec<Tick>, String) {
    match offset::far(&values) {
        Some(short) => shortened(values, short, name),
        None => (labelled(values), name.to_owned()),
    }
}

fn shortened(values: Vec<f64>, short: Short, name: &str) -> (Vec<Tick>, String) {
    (values.into_iter().zip(short.labels).collect(), format!("{name} ({})", short.rule))
}

/// The same on a horizontal axis, at their canvas positions.
pub fn x_named(axes: &Axes, values: Vec<f64>, name: &str) -> (Vec<Tick>, String) {
    let (ticks, name) = named(values, name);
    (ticks.into_iter().map(|(v, t)| (axes.px(v), t)).collect(), name)
}

/// The ticks of a horizontal axis at their canvas positions, and its name: as [`Axes::x_ticks`] has
/// them, or fewer where these have no room for their labels.
pub fn x_values(canvas: &Canvas<'_>, axes: &Axes, name: &str) -> (Vec<Tick>, String) {
    let placed = |values: Vec<f64>| x_named(axes, values, name);
    let first = placed(axes.x_ticks());
    let few = |n: usize| placed(locator::ticks(axes.x.low, axes.x.high, n));
    let fewer = (1..first.0.len()).rev().map(few);
    let fits =
        |(ticks, _): &(Vec<Tick>, String)| ticks.len() >= 2 && are_apart(&spans(canvas, ticks));
    std::iter::once(first.clone()).chain(fewer).find(fits).unwrap_or(first)
}

/// Where the labels of ticks on a horizontal axis begin and end. A long number at the edge of the
/// page stands beside its tick rather than outside.
fn spans(canvas: &Canvas<'_>, ticks: &[Tick]) -> Vec<(f64, f64)> {
    let style = style::text(size::TICK, style::Theme::LIGHT.muted, Anchor::Middle);
    let span = |(x, text): &Tick| {
        let half = canvas.measure(text, &style).width / 2.0;
        let middle = x.min(canvas.page().right - half - 1.0).max(half + 1.0);
        (middle - half, middle + half)
    };
    ticks.iter().map(span).collect()
}

fn are_apart(spans: &[(f64, f64)]) -> bool {
    spans.windows(2).all(|pair| pair[1].0 - pair[0].1 >= TICK_GAP)
}

/// As many ticks as have room for their labels: all, or every second, third, ..., zero among them.
fn thinned(canvas: &Canvas<'_>, ticks: &[Tick]) -> Vec<Tick> {
    let is_zero = |text: &str| text.chars().all(|c| matches!(c, '0' | '.'));
    let zero = ticks.iter().position(|(_, text)| is_zero(text)).unwrap_or(0);
    let every = |step: usize| -> Vec<Tick> {
        let kept = ticks.iter().enumerate().filter(|(i, _)| i % step == zero % step);
        kept.map(|(_, tick)| tick.clone()).collect()
    };
    let fits = |ticks: &Vec<Tick>| are_apart(&spans(canvas, ticks));
    (1..=ticks.len()).map(every).find(fits).unwrap_or_default()
}

/// Where the line of an axis ends that could reach to `end`: at its last tick if that is so near
/// that the two would read as one thick line.
pub fn line_end(end: f64, ticks: &[Tick]) -> f64 {
    let near = |x: &f64| (0.3..NEAR_END).contains(&(end - x).abs());
    ticks.iter().map(|(x, _)| *x).find(near).unwrap_or(end)
}

/// The ticks but one that lies next to the corner at which the axes meet, if others are left.
fn off_corner(ticks: Vec<Tick>, corner: f64) -> Vec<Tick> {
    match ticks.len() {
        0..=3 => ticks,
        _ => {
            let near = |x: f64| (0.3..NEAR_END).contains(&(corner - x).abs());
            ticks.into_iter().filter(|(x, _)| !near(*x)).collect()
        }
    }
}

/// The line at the bottom with its ticks and label; ticks hold canvas positions.
///
/// Where the view leaves the axis without labels, the ticks alone.
pub fn bottom(canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, ticks: &[Tick], label: &str) {
    let theme = view.theme;
    let stroke = style::solid(width::AXIS, theme.axis);
    let ticks = off_corner(thinned(canvas, ticks), rect.left);
    canvas.begin_group("x-axis");
    let end = line_end(rect.right, &ticks);
    canvas.line(&[(rect.left, rect.bottom), (end, rect.bottom)], &stroke);
    let tick_style = style::text(size::TICK, theme.muted, Anchor::Start);
    for ((x, text), (left, _)) in ticks.iter().zip(spans(canvas, &ticks)) {
        canvas.line(&[(*x, rect.bottom), (*x, rect.bottom + width::TICK)], &stroke);
        if view.labels.x {
            canvas.text((left, rect.bottom + 16.5), text, &tick_style);
        }
    }
    if view.labels.x {
        let middle = (rect.left + rect.right) / 2.0;
        let style = style::text(size::AXIS, theme.ink, Anchor::Middle);
        canvas.text((middle, rect.bottom + 34.0), label, &style);
    }
    canvas.end_group();
}

/// The line at the left with its ticks and label; ticks hold canvas positions.
///
/// Where the view leaves the axis without labels, the ticks alone.
pub fn left(canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, ticks: &[Tick], label: &str) {
    let theme = view.theme;
    let stroke = style::solid(width::AXIS, theme.axis);
    let ticks = off_corner(ticks.to_vec(), rect.bottom);
    canvas.begin_group("y-axis");
    let end = line_end(rect.top, &ticks);
    canvas.line(&[(rect.left, end), (rect.left, rect.bottom)], &stroke);
    let tick_style = style::text(size::TICK, theme.muted, Anchor::End);
    for (y, text) in &ticks {
        canvas.line(&[(rect.left - width::TICK, *y), (rect.left, *y)], &stroke);
        if view.labels.y {
            canvas.text((rect.left - TICK_LEFT, *y + 4.3), text, &tick_style);
        }
    }
    if !label.is_empty() && view.labels.y {
        let upward = |size| TextStyle {
            direction: Direction::Up,
            ..style::text(size, theme.ink, Anchor::Middle)
        };
        let long = canvas.measure(label, &upward(size::AXIS)).width > rect.height();
        let style = upward(if long { size::NOTE } else { size::AXIS });
        let x = (rect.left - TICK_LEFT - widest(canvas, &ticks) - 8.0).max(size::AXIS);
        canvas.text((x, (rect.top + rect.bottom) / 2.0), label, &style);
    }
    canvas.end_group();
}

/// Between the labels of the ticks of a vertical axis and its line.
const TICK_LEFT: f64 = 7.0;

/// What the name of a vertical axis takes at the left edge of the page, its descenders included.
const NAME: f64 = size::AXIS + 4.5;

/// How wide the widest label of these ticks is.
pub fn widest<'a>(canvas: &Canvas<'_>, ticks: impl IntoIterator<Item = &'a Tick>) -> f64 {
    let style = style::text(size::TICK, style::Theme::LIGHT.muted, Anchor::End);
    ticks.into_iter().map(|(_, text)| canvas.measure(text, &style).width).fold(0.0, f64::max)
}

/// The line at the left with these values as ticks. Where the values are too long to stand beside
/// the label, they are multiples of a power of ten, or what they have in common is left out; the label
/// then says so.
pub fn left_values(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    axes: &Axes,
    values: &[f64],
    label: &str,
) {
    let placed = |ticks: Vec<Tick>| -> Vec<Tick> {
        ticks.into_iter().map(|(v, t)| (axes.py(v), t)).collect()
    };
    let room = axes.rect.left - TICK_LEFT - NAME;
    let fits = |ticks: &[Tick]| widest(canvas, ticks) <= room;
    let has_power = |ticks: &[Tick]| ticks.iter().any(|(_, text)| text.contains('^'));
    let scaled = || {
        let (multiples, power) = number::multiples(values);
        let ticks: Vec<Tick> = values.iter().copied().zip(multiples).collect();
        (ticks, format!("{label} ($\\times 10^{{{power}}}$)"))
    };
    let (plain, name) = named(values.to_vec(), label);
    let (ticks, name) = match fits(&plain) && !has_power(&plain) {
        true => (plain, name),
        false => {
            let short = || offset::short(values).map(|s| shortened(values.to_vec(), s, label));
            let mut all = std::iter::once(scaled()).chain(short());
            let fitting = all.find(|(ticks, _)| fits(ticks));
            fitting.or_else(|| short().last()).unwrap_or_else(scaled)
        }
    };
    let ticks = placed(ticks);
    let small = style::text(size::NOTE, view.theme.ink, Anchor::Start);
    let rule = name.strip_prefix(label).filter(|rule| !rule.is_empty() && name != scaled().1);
    let too_long = |_: &&str| canvas.measure(&name, &small).width > axes.rect.height();
    let Some(rule) = rule.filter(too_long) else {
        return left(canvas, view, axes.rect, &ticks, &name);
    };
    left(canvas, view, axes.rect, &ticks, label);
    if view.labels.y {
        // A low axis has room for what its numbers mean above them.
        let rule = rule.trim_start_matches(" (").trim_end_matches(')');
        let start = axes.rect.left - TICK_LEFT - widest(canvas, &ticks);
        let muted = style::text(size::NOTE, view.theme.muted, Anchor::Start);
        canvas.text((start.max(4.0), axes.rect.top - 9.0), rule, &muted);
    }
}

/// Both axes of a panel in a row of such, `gap` apart, with the values as ticks: the last label of one
/// panel does not touch the first of the next.
pub fn both_in_row(
    canvas: &mut Canvas<'_>,
    view: &View<'_>,
    axes: &Axes,
    gap: f64,
    x_label: &str,
    y_label: &str,
) {
    let (mut x_ticks, x_label) = x_values(canvas, axes, x_label);
    let collide = |ticks: &[Tick]| {
        let spans = spans(canvas, ticks);
        let before = spans.first().map_or(0.0, |span| axes.rect.left - span.0);
        let after = spans.last().map_or(0.0, |span| span.1 - axes.rect.right);
        before + after > gap - TICK_GAP
    };
    while x_ticks.len() > 2 && collide(&x_ticks) {
        x_ticks.pop();
    }
    bottom(canvas, view, axes.rect, &x_ticks, &x_label);
    left_values(canvas, view, axes, &axes.y_ticks(), y_label);
}

/// Both axes of a panel, with the values as ticks.
pub fn both(canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, x_label: &str, y_label: &str) {
    both_in_row(canvas, view, axes, f64::INFINITY, x_label, y_label);
}

/// A column's name as mathematics, if it is a letter or a letter with a number; else as text.
pub fn column_label(name: &str) -> String {
    let plain = |text: &str| text.replace('\\', "\\\\").replace('$', "\\$");
    if let Some((own, unit)) = name.strip_suffix(')').and_then(|name| name.split_once(" (")) {
        return format!("{} ({})", column_label(own), plain(unit));
    }
    let (letter, index) = name.split_once('_').unwrap_or((name, ""));
    let symbol = letter.len() == 1
        && letter.chars().all(|c| c.is_ascii_alphabetic())
        && index.chars().all(|c| c.is_ascii_digit())
        && (index.is_empty() != name.contains('_'));
    match (symbol, index) {
        (true, "") => format!("${letter}$"),
        (true, index) => format!("${letter}_{{{index}}}$"),
        (false, _) => plain(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_symbols_or_as_text() {
        assert_eq!(column_label("x"), "$x$");
        assert_eq!(column_label("x_10"), "$x_{10}$");
        assert_eq!(column_label("x_"), "x_");
        assert_eq!(column_label("a\\$"), "a\\\\\\$");
        assert_eq!(column_label("waiting"), "waiting");
        assert_eq!(column_label("x_2 (km/s)"), "$x_{2}$ (km/s)");
        assert_eq!(column_label("price ($ (net))"), "price (\\$ (net))");
        assert_eq!(column_label("f(x)"), "f(x)");
    }
}
