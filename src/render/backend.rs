//! The lower half of the canvas: a plotters backend that appends SVG markup.
//!
//! plotters draws on a grid of integers; here a unit is a hundredth of a point and markup is in
//! points. A style of plotters has a colour with opacity and a width; dash and caps are state of
//! the backend, set by the canvas before it draws. Text does not pass through plotters: the
//! canvas sets it by itself.

use std::convert::Infallible;
use std::fmt::Write;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

use super::Color;
use super::drawing::{Item, UNITS};
use super::geometry::{Cap, Dash, Fill};
use super::svg::{coordinate, decimal, fill_attributes, hundredths, opacity};

/// Items so far, and how the next element is drawn.
#[derive(Debug)]
pub(super) struct Backend {
    size: (u32, u32),
    pub(super) items: Vec<Item>,
    pub(super) dash: Dash,
    pub(super) cap: Cap,
    pub(super) collect: Collect,
    /// What has been drawn on: left, top, right, bottom, lines with their widths.
    pub(super) drawn: Option<[i32; 4]>,
}

/// Whether elements become markup at once or are gathered into one.
#[derive(Debug)]
pub(super) enum Collect {
    /// Each element is an SVG element.
    Nothing,
    /// Polygons are rings of one path.
    Rings(String),
    /// Lines are pieces of one path, each placed from the end of the one before it.
    Lines {
        /// The path so far.
        data: String,
        /// Where it ends.
        end: Option<BackendCoord>,
    },
    /// Circles are markers; their centres.
    Centers(Vec<(i32, i32)>),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Backend {
    /// A backend of so many grid units.
    pub(super) fn new(size: (u32, u32)) -> Backend {
        Backend {
            size,
            items: Vec::new(),
            dash: Dash::Solid,
            cap: Cap::Butt,
            collect: Collect::Nothing,
            drawn: None,
        }
    }

    /// Appends markup.
    pub(super) fn markup(&mut self, markup: &str) {
        match self.items.last_mut() {
            Some(Item::Markup(last)) => last.push_str(markup),
            _ => self.items.push(Item::Markup(markup.to_owned())),
        }
    }

    /// Appends an item.
    pub(super) fn push(&mut self, item: Item) {
        match item {
            Item::Markup(markup) => self.markup(&markup),
            item => self.items.push(item),
        }
    }

    /// Notes that something was drawn between two corners and `margin` around them.
    pub(super) fn touch(&mut self, from: BackendCoord, to: BackendCoord, margin: i32) {
        let [left, top, right, bottom] =
            self.drawn.unwrap_or([i32::MAX, i32::MAX, i32::MIN, i32::MIN]);
        self.drawn = Some([
            left.min(from.0.min(to.0) - margin),
            top.min(from.1.min(to.1) - margin),
            right.max(from.0.max(to.0) + margin),
            bottom.max(from.1.max(to.1) + margin),
        ]);
    }

    fn touch_all(&mut self, points: &[BackendCoord], margin: i32) {
        points.iter().for_each(|&point| self.touch(point, point, margin));
    }

    fn stroke_attributes(&self, out: &mut String, style: &impl BackendStyle) {
        let color = style.color();
        let width = f64::from(style.stroke_width()) / UNITS;
        let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", rgb(color), decimal(width, 2));
        opacity(out, "stroke-opacity", color.alpha);
        if let Some((on, off)) = self.dash.pattern() {
            let (on, off) = (decimal(on * width, 3), decimal(off * width, 3));
            let _ = write!(out, " stroke-dasharray=\"{on} {off}\"");
        }
        if self.cap == Cap::Round {
            out.push_str(" stroke-linecap=\"round\"");
        }
    }

    /// A line along path data.
    pub(super) fn stroke(&mut self, data: &str, style: &impl BackendStyle) {
        let mut out = format!("<path d=\"{data}\"");
        self.stroke_attributes(&mut out, style);
        out.push_str("/>\n");
        self.markup(&out);
    }

    /// Fill or stroke of a rectangle or circle.
    fn paint(&self, out: &mut String, style: &impl BackendStyle, fill: bool) {
        if fill {
            let color = style.color();
            fill_attributes(out, &Fill { color: rgb(color), opacity: color.alpha });
        } else {
            self.stroke_attributes(out, style);
        }
    }
}

impl DrawingBackend for Backend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = simplify(path);
        self.touch_all(&points, half_width(style));
        if let Collect::Lines { data, end } = &mut self.collect {
            path_data(data, &points, *end);
            *end = points.last().copied().or(*end);
            return Ok(());
        }
        let mut data = String::new();
        path_data(&mut data, &points, None);
        self.stroke(&data, style);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vertices: I,
        style: &S,
    ) -> Drawn {
        let points = simplify(vertices);
        self.touch_all(&points, 0);
        let mut ring = String::new();
        path_data(&mut ring, &points, None);
        if !ring.ends_with('z') {
            ring.push('z');
        }
        if let Collect::Rings(rings) = &mut self.collect {
            rings.push_str(&ring);
            return Ok(());
        }
        let mut out = format!("<path d=\"{ring}\"");
        self.paint(&mut out, style, true);
        out.push_str("/>\n");
        self.markup(&out);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x0, y0): BackendCoord,
        (x1, y1): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.touch((x0, y0), (x1, y1), if fill { 0 } else { half_width(style) });
        let mut out = String::from("<rect");
        coordinate(&mut out, "x", x0.min(x1));
        coordinate(&mut out, "y", y0.min(y1));
        coordinate(&mut out, "width", (x1 - x0).abs());
        coordinate(&mut out, "height", (y1 - y0).abs());
        self.paint(&mut out, style, fill);
        out.push_str("/>\n");
        self.markup(&out);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let reach = i32::try_from(radius).unwrap_or(i32::MAX / 4);
        let rim = if fill { 0 } else { half_width(style) };
        self.touch(center, center, reach.saturating_add(rim));
        if let Collect::Centers(centers) = &mut self.collect {
            centers.push(center);
            return Ok(());
        }
        let mut out = String::from("<circle");
        coordinate(&mut out, "cx", center.0);
        coordinate(&mut out, "cy", center.1);
        coordinate(&mut out, "r", reach);
        self.paint(&mut out, style, fill);
        out.push_str("/>\n");
        self.markup(&out);
        Ok(())
    }
}

/// How far a line reaches beyond its points: half its width, and a little for square corners.
fn half_width(style: &impl BackendStyle) -> i32 {
    i32::try_from(style.stroke_width()).map_or(i32::MAX / 4, |width| width / 4 * 3 + 1)
}

fn rgb(color: BackendColor) -> Color {
    let (r, g, b) = color.rgb;
    Color { r, g, b }
}

/// The points without repeats and without those on the way from their neighbour to the next.
fn simplify(points: impl IntoIterator<Item = BackendCoord>) -> Vec<BackendCoord> {
    let mut kept: Vec<BackendCoord> = Vec::new();
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = kept[..] {
            let (ux, uy) = (i64::from(b.0) - i64::from(a.0), i64::from(b.1) - i64::from(a.1));
            let (vx, vy) =
                (i64::from(point.0) - i64::from(b.0), i64::from(point.1) - i64::from(b.1));
            if ux * vy == uy * vx && ux * vx + uy * vy > 0 {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}

/// Path data: the first point, as a step from `end` if there is one, then steps; closed if the last
/// point is the first.
fn path_data(out: &mut String, points: &[BackendCoord], end: Option<BackendCoord>) {
    let (points, closed) = match points {
        [first, middle @ .., last] if first == last && middle.len() > 1 => {
            (&points[..points.len() - 1], true)
        }
        _ => (points, false),
    };
    let Some(&first) = points.first() else { return };
    match end {
        Some(end) => {
            out.push('m');
            pair(out, (first.0 - end.0, first.1 - end.1));
        }
        None => {
            out.push('M');
            pair(out, first);
        }
    }
    let mut at = first;
    for (i, &point) in points[1..].iter().enumerate() {
        let (dx, dy) = (point.0 - at.0, point.1 - at.1);
        if i == 0 {
            out.push('l');
        } else if dx >= 0 {
            out.push(' ');
        }
        pair(out, (dx, dy));
        at = point;
    }
    if closed {
        out.push('z');
    } else if points.len() == 1 {
        // A single point shows as a dot if the caps are round.
        out.push_str("h0");
    }
}

fn pair(out: &mut String, (x, y): (i32, i32)) {
    hundredths(out, x);
    if y >= 0 {
        out.push(' ');
    }
    hundredths(out, y);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[BackendCoord]) -> String {
        let mut out = String::new();
        path_data(&mut out, &simplify(points.iter().copied()), None);
        out
    }

    #[test]
    fn paths_are_short() {
        assert_eq!(path(&[(100, 250), (150, 200), (140, 210)]), "M1 2.5l.5-.5-.1 .1");
        assert_eq!(path(&[(0, 0), (10, 0), (10, 0), (20, 0), (20, 5)]), "M0 0l.2 0 0 .05");
        assert_eq!(path(&[(0, 0), (100, 0), (0, 100), (0, 0)]), "M0 0l1 0-1 1z");
        // There and back is not on the way.
        assert_eq!(path(&[(0, 0), (20, 0), (10, 0)]), "M0 0l.2 0-.1 0");
        assert_eq!(path(&[(5, 5)]), "M.05 .05h0");
        assert_eq!(path(&[]), "");
    }
}
