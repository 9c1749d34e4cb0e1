//! The canvas that figures draw on, in points.
//!
//! Shapes are elements of plotters, drawn by our own backend; text is set by the canvas itself. They
//! do not pass through a drawing area of plotters, which would move what lies off the page to its
//! edge and so bend lines that are seen. Coordinates that are not finite end a line and start the next; elsewhere
//! they draw nothing.

use std::collections::BTreeSet;

use plotters::element::{Circle, Drawable, PathElement, Polygon, Rectangle};
use plotters::style::{RGBAColor, ShapeStyle};

use super::backend::{Backend, Collect};
use super::drawing::{Drawing, Item, Mark, Markers, Painted, Text, UNITS};
use super::geometry::{Anchor, Cap, Dash, Direction, Extent, Fill, Rect, Stroke, TextStyle};
use super::tex::{self, RichText};
use super::{Color, Fonts, Hatch, hatch};

/// Coordinates further out than this many grid units are moved in: far outside any page, and far
/// from the ends of `i32`.
const FAR: f64 = 5.0e7;

/// The rectangle behind a text extends so far beyond its ink, in em.
const PADDING: f64 = 0.18;

/// A picture in the making; the origin is its top left corner, y is down, units are points.
pub struct Canvas<'f> {
    fonts: &'f Fonts,
    width: f64,
    height: f64,
    /// Where the part that is drawn on lies, and what of it is shown.
    part: Part,
    title: String,
    description: String,
    marks: Vec<Mark>,
    prefix: String,
    backend: Backend,
    clips: Vec<[i32; 4]>,
    ids: BTreeSet<String>,
    open: usize,
}

/// A part of the page.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Its top left corner on the page.
    origin: (f64, f64),
    /// Its size.
    size: (f64, f64),
    /// What of the page is shown; what is drawn elsewhere is cut off.
    clip: Rect,
}

impl<'f> Canvas<'f> {
    /// An empty picture of `width` by `height` points on a background; every id in it begins with
    /// `id_prefix` (characters that an id cannot hold are replaced).
    pub fn new(
        fonts: &'f Fonts,
        width: f64,
        height: f64,
        background: Color,
        id_prefix: &str,
    ) -> Canvas<'f> {
        let size = (grid(width).unsigned_abs(), grid(height).unsigned_abs());
        let part = Part {
            origin: (0.0, 0.0),
            size: (width, height),
            clip: Rect::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY),
        };
        let mut canvas = Canvas {
            fonts,
            width,
            height,
            part,
            title: String::new(),
            description: String::new(),
            marks: Vec::new(),
            prefix: sanitize(id_prefix),
            backend: Backend::new(size),
            clips: Vec::new(),
            ids: BTreeSet::new(),
            open: 0,
        };
        // A little larger than the page, so that no pixel at an edge is half transparent.
        let page = Rect::new(0.0, 0.0, width, height).inset(-1.0);
        canvas.rect(page, Some(&Fill::new(background)), None);
        canvas
    }

    /// The fonts that text is set in.
    pub fn fonts(&self) -> &'f Fonts {
        self.fonts
    }

    /// The whole page, or the part of it that is drawn on.
    pub fn page(&self) -> Rect {
        let (width, height) = self.part.size;
        Rect::new(0.0, 0.0, width, height)
    }

    /// Draws what `draw` draws on a part of the page as if it were the whole: its top left corner is
    /// the origin. Nothing is cut off.
    pub fn inside<R>(&mut self, rect: Rect, draw: impl FnOnce(&mut Canvas<'f>) -> R) -> R {
        let outer = self.part;
        self.part.origin = self.on_page((rect.left, rect.top));
        self.part.size = (rect.width(), rect.height());
        let result = draw(self);
        self.part = outer;
        result
    }

    /// Says what the picture is and shows, for those who cannot see it.
    pub fn describe(&mut self, title: &str, description: &str) {
        (self.title, self.description) = (title.to_owned(), description.to_owned());
    }

    fn on_page(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x + self.part.origin.0, y + self.part.origin.1)
    }

    /// The grid cell of a point of the part that is drawn on.
    fn cell(&self, point: (f64, f64)) -> (i32, i32) {
        let (x, y) = self.on_page(point);
        (grid(x), grid(y))
    }

    /// Notes what was drawn through these points, `margin` wide around them.
    fn note(&mut self, points: &[(f64, f64)], margin: f64, painted: Painted) {
        let outline: Vec<(f64, f64)> = points.iter().map(|&p| self.on_page(p)).collect();
        let fold = |of: fn(&(f64, f64)) -> f64, pick: fn(f64, f64) -> f64, start: f64| {
            outline.iter().map(of).fold(start, pick)
        };
        let bounds = Rect::new(
            (fold(|p| p.0, f64::min, f64::INFINITY) - margin).max(self.part.clip.left),
            (fold(|p| p.1, f64::min, f64::INFINITY) - margin).max(self.part.clip.top),
            (fold(|p| p.0, f64::max, f64::NEG_INFINITY) + margin).min(self.part.clip.right),
            (fold(|p| p.1, f64::max, f64::NEG_INFINITY) + margin).min(self.part.clip.bottom),
        );
        if bounds.left <= bounds.right && bounds.top <= bounds.bottom {
            self.marks.push(Mark { bounds, outline, painted });
        }
    }

    /// Opens a group with the id `{prefix}-{name}`, or `{prefix}-{name}-2`, ... if there is one.
    pub fn begin_group(&mut self, name: &str) {
        let base = format!("{}-{}", self.prefix, sanitize(name));
        let mut id = base.clone();
        let mut count = 1;
        while !self.ids.insert(id.clone()) {
            count += 1;
            id = format!("{base}-{count}");
        }
        self.backend.markup(&format!("<g id=\"{id}\">\n"));
        self.open += 1;
    }

    /// Closes the group that was opened last; nothing if none is open.
    pub fn end_group(&mut self) {
        if self.open > 0 {
            self.open -= 1;
            self.backend.markup("</g>\n");
        }
    }

    /// Draws what `draw` draws, but only inside `rect`.
    ///
    /// What lies inside anyway is not clipped: a clip costs as much time in PNG as all else.
    pub fn with_clip<R>(&mut self, rect: Rect, draw: impl FnOnce(&mut Canvas<'f>) -> R) -> R {
        let backend = &mut self.backend;
        let outer = std::mem::take(&mut backend.items);
        let drawn = backend.drawn.take();
        let open = std::mem::take(&mut self.open);
        let ((left, top), (right, bottom)) =
            (self.on_page((rect.left, rect.top)), self.on_page((rect.right, rect.bottom)));
        let outside = self.part.clip;
        self.part.clip = Rect::new(
            left.max(outside.left),
            top.max(outside.top),
            right.min(outside.right),
            bottom.min(outside.bottom),
        );
        let result = draw(self);
        self.part.clip = outside;
        // Groups left open inside must not reach beyond the clip.
        while self.open > 0 {
            self.end_group();
        }
        self.open = open;

        let clip = [left, top, right, bottom].map(grid);
        let backend = &mut self.backend;
        let inner = std::mem::replace(&mut backend.items, outer);
        let reached = std::mem::replace(&mut backend.drawn, drawn);
        let Some([left, top, right, bottom]) = reached else {
            return result;
        };
        let shown = [left.max(clip[0]), top.max(clip[1]), right.min(clip[2]), bottom.min(clip[3])];
        backend.touch((shown[0], shown[1]), (shown[2], shown[3]), 0);
        let is_cut = shown != [left, top, right, bottom];
        if is_cut {
            let index = self.clips.iter().position(|&c| c == clip).unwrap_or_else(|| {
                self.clips.push(clip);
                self.clips.len() - 1
            });
            backend.markup(&format!("<g clip-path=\"url(#{}--c{index})\">\n", self.prefix));
        }
        for item in inner {
            backend.push(item);
        }
        if is_cut {
            backend.markup("</g>\n");
        }
        result
    }

    /// A line through the points; closed where the last point is the first.
    pub fn line(&mut self, points: &[(f64, f64)], stroke: &Stroke) {
        self.set(stroke.dash, stroke.cap);
        for piece in points.split(|&point| !is_finite(point)).filter(|piece| !piece.is_empty()) {
            self.note(piece, 0.5 * stroke.width, Painted::Line(*stroke));
            let points: Vec<_> = piece.iter().copied().map(|point| self.cell(point)).collect();
            self.draw(&points, &PathElement::new(points.clone(), stroke_style(stroke)));
        }
    }

    /// A polygon; its outline is closed.
    pub fn polygon(&mut self, points: &[(f64, f64)], fill: Option<&Fill>, stroke: Option<&Stroke>) {
        if points.is_empty() || !points.iter().copied().all(is_finite) {
            return;
        }
        if let Some(fill) = fill {
            self.note(points, 0.0, Painted::Area(*fill));
            let cells: Vec<_> = points.iter().copied().map(|point| self.cell(point)).collect();
            self.draw(&cells, &Polygon::new(cells.clone(), fill_style(fill)));
        }
        if let Some(stroke) = stroke {
            let mut ring = points.to_vec();
            ring.push(points[0]);
            self.line(&ring, &Stroke { dash: closed(stroke, &ring), ..*stroke });
        }
    }

    /// The area between rings: inside an odd number of them. A hole is a ring in a ring.
    pub fn region(&mut self, rings: &[Vec<(f64, f64)>], fill: &Fill) {
        let rings = || rings.iter().filter(|r| !r.is_empty() && r.iter().copied().all(is_finite));
        // The ways from each ring to the next and, at the end, back meet the same rays twice.
        let closed = rings().flat_map(|ring| ring.iter().chain(&ring[..1]));
        let back = rings().rev().skip(1).map(|ring| &ring[0]);
        let outline: Vec<_> = closed.chain(back).copied().collect();
        self.note(&outline, 0.0, Painted::Area(*fill));
        self.backend.collect = Collect::Rings(String::new());
        for ring in rings() {
            let cells: Vec<_> = ring.iter().copied().map(|point| self.cell(point)).collect();
            self.draw(&cells, &Polygon::new(cells.clone(), fill_style(fill)));
        }
        let backend = &mut self.backend;
        let collected = std::mem::replace(&mut backend.collect, Collect::Nothing);
        if let Collect::Rings(rings) = collected
            && !rings.is_empty()
        {
            let mut out = format!("<path d=\"{rings}\" fill-rule=\"evenodd\"");
            super::svg::fill_attributes(&mut out, fill);
            out.push_str("/>\n");
            backend.markup(&out);
        }
    }

    /// Lines or dots in a polygon, in place of a colour; what is inside is inside for an odd number
    /// of crossings. They lie on one grid of the page, so that those of neighbours join.
    pub fn hatch(&mut self, points: &[(f64, f64)], hatch: &Hatch) {
        let outline: Vec<_> = points.iter().map(|&point| self.on_page(point)).collect();
        let (pen, clip) = (hatch.pen(), self.part.clip);
        let window = Rect::new(
            clip.left.max(0.0),
            clip.top.max(0.0),
            clip.right.min(self.width),
            clip.bottom.min(self.height),
        );
        let lines = hatch::lines(&outline, hatch.pattern, &window.inset(-pen));
        if lines.is_empty() {
            return;
        }
        self.note(points, 0.0, Painted::Hatched(*hatch));
        self.set(Dash::Solid, Cap::Round);
        let style = stroke_style(&Stroke::new(hatch.color, pen));
        self.backend.collect = Collect::Lines { data: String::new(), end: None };
        for line in lines {
            let mut cells: Vec<_> = line.into_iter().map(|(x, y)| (grid(x), grid(y))).collect();
            // A dot is all cap, but a viewer of PDF shows a line without any length as a dash.
            if let [(x, y)] = cells[..] {
                cells.push((x + 1, y));
            }
            self.draw(&cells, &PathElement::new(cells.clone(), style));
        }
        let backend = &mut self.backend;
        let collected = std::mem::replace(&mut backend.collect, Collect::Nothing);
        if let Collect::Lines { data, .. } = collected {
            backend.stroke(&data, &style);
        }
    }

    /// A rectangle.
    pub fn rect(&mut self, rect: Rect, fill: Option<&Fill>, stroke: Option<&Stroke>) {
        let (from, to) = ((rect.left, rect.top), (rect.right, rect.bottom));
        if !is_finite(from) || !is_finite(to) {
            return;
        }
        let corners = [self.cell(from), self.cell(to)];
        let ring = [from, (to.0, from.1), to, (from.0, to.1)];
        if let Some(fill) = fill {
            self.note(&ring, 0.0, Painted::Area(*fill));
            self.draw(&corners, &Rectangle::new(corners, fill_style(fill)));
        }
        if let Some(stroke) = stroke {
            self.note(&ring, 0.5 * stroke.width, Painted::Line(*stroke));
            self.set(stroke.dash, stroke.cap);
            self.draw(&corners, &Rectangle::new(corners, stroke_style(stroke)));
        }
    }

    /// A circle.
    pub fn circle(
        &mut self,
        center: (f64, f64),
        radius: f64,
        fill: Option<&Fill>,
        stroke: Option<&Stroke>,
    ) {
        if !is_finite(center) || !radius.is_finite() {
            return;
        }
        let painted = match (fill, stroke) {
            (Some(fill), _) => Some(Painted::Dot(*fill)),
            (None, stroke) => stroke.map(|s| Painted::Line(*s)),
        };
        if let Some(painted) = painted {
            self.note(&[center], radius, painted);
        }
        let (center, radius) = (self.cell(center), grid(radius).max(0));
        if let Some(fill) = fill {
            self.draw(&[center], &Circle::new(center, radius, fill_style(fill)));
        }
        if let Some(stroke) = stroke {
            self.set(stroke.dash, stroke.cap);
            self.draw(&[center], &Circle::new(center, radius, stroke_style(stroke)));
        }
    }

    /// Many circles of one size and colour, for points of data: compact in the file, and darker
    /// where they overlap.
    pub fn circles(&mut self, centers: &[(f64, f64)], radius: f64, fill: &Fill) {
        self.backend.collect = Collect::Centers(Vec::with_capacity(centers.len()));
        for &center in centers {
            self.circle(center, radius, Some(fill), None);
        }
        let backend = &mut self.backend;
        let collected = std::mem::replace(&mut backend.collect, Collect::Nothing);
        if let Collect::Centers(centers) = collected
            && !centers.is_empty()
        {
            let radius = grid(radius).max(0);
            backend.push(Item::Markers(Markers { centers, radius, fill: *fill }));
        }
    }

    /// A line of text with its anchor on its baseline at `at`, mathematics between dollar signs;
    /// the box of its ink, in which nothing else should be.
    ///
    /// A text that cannot be read as mathematics is drawn literally; what a user wrote is checked
    /// with [`Fonts::parse`] before.
    pub fn text(&mut self, at: (f64, f64), text: &str, style: &TextStyle) -> Rect {
        let layout = self.fonts.layout(text, style);
        let Extent { width, ascent, descent } = layout.extent();
        let before = match style.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5 * width,
            Anchor::End => width,
        };
        let (x, y) = at;
        let (start, ink) = match style.direction {
            Direction::Horizontal => {
                let left = x - before;
                ((left, y), Rect::new(left, y - ascent, left + width, y + descent))
            }
            Direction::Up => {
                let bottom = y + before;
                ((x, bottom), Rect::new(x - ascent, bottom - width, x + descent, bottom))
            }
        };
        if !is_finite(start) || layout.runs.is_empty() {
            return ink;
        }
        if let Some(color) = style.background {
            self.rect(ink.inset(-PADDING * style.size), Some(&Fill::new(color)), None);
        }
        let rich = tex::parse(text).unwrap_or_else(|_| RichText::literal(text));
        let (direction, color, label) = (style.direction, style.color, rich.plain());
        let item = Text { start: self.cell(start), direction, color, layout, label };
        let corners = [(ink.left, ink.top), (ink.right, ink.bottom)];
        let painted = Painted::Text { label: item.label.clone(), size: style.size, color };
        self.note(&corners, 0.0, painted);
        let [from, to] = corners.map(|corner| self.cell(corner));
        let backend = &mut self.backend;
        backend.touch(from, to, 0);
        backend.items.push(Item::Text(Box::new(item)));
        ink
    }

    /// How large a text is in a style; see [`Fonts::measure`].
    pub fn measure(&self, text: &str, style: &TextStyle) -> Extent {
        self.fonts.measure(text, style)
    }

    /// The finished picture; groups that are still open are closed.
    pub fn finish(mut self) -> Drawing {
        while self.open > 0 {
            self.end_group();
        }
        Drawing {
            width: self.width,
            height: self.height,
            scale: 1.0,
            title: self.title,
            description: self.description,
            marks: self.marks,
            prefix: self.prefix,
            items: std::mem::take(&mut self.backend.items),
            clips: self.clips,
        }
    }

    fn set(&mut self, dash: Dash, cap: Cap) {
        let backend = &mut self.backend;
        (backend.dash, backend.cap) = (dash, cap);
    }

    /// Draws an element of plotters whose key points are these.
    fn draw(&mut self, points: &[(i32, i32)], element: &impl Drawable<Backend>) {
        let size = (grid(self.width).unsigned_abs(), grid(self.height).unsigned_abs());
        let drawn = element.draw(points.iter().copied(), &mut self.backend, size);
        // Our backend cannot fail.
        debug_assert!(drawn.is_ok(), "{drawn:?}");
    }
}

/// The pattern of a stroke, a little longer or shorter, so that it fits a closed line a whole number
/// of times and leaves no seam where the line closes.
fn closed(stroke: &Stroke, ring: &[(f64, f64)]) -> Dash {
    let Some((on, off)) = stroke.dash.pattern() else { return stroke.dash };
    let length: f64 = ring.windows(2).map(|w| libm::hypot(w[1].0 - w[0].0, w[1].1 - w[0].1)).sum();
    let times = length / (stroke.width * (on + off));
    match times.round() {
        whole if whole >= 1.0 => Dash::Custom(on * times / whole, off * times / whole),
        _ => stroke.dash,
    }
}

fn is_finite((x, y): (f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

fn grid(points: f64) -> i32 {
    (points * UNITS).round().clamp(-FAR, FAR) as i32
}

fn rgba(color: Color, opacity: f64) -> RGBAColor {
    RGBAColor(color.r, color.g, color.b, opacity)
}

fn fill_style(fill: &Fill) -> ShapeStyle {
    ShapeStyle { color: rgba(fill.color, fill.opacity), filled: true, stroke_width: 0 }
}

fn stroke_style(stroke: &Stroke) -> ShapeStyle {
    ShapeStyle {
        color: rgba(stroke.color, stroke.opacity),
        filled: false,
        stroke_width: grid(stroke.width).max(0).unsigned_abs(),
    }
}

/// A name as a part of an id: letters, digits, `_` and inner `-`; what else there is becomes its
/// number, so that different names stay different.
fn sanitize(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => id.push(c),
            '-' | '.' | ' ' if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            c => id.push_str(&format!("u{:x}", u32::from(c))),
        }
    }
    // An id begins with a letter, and `--` is kept for the ids that encoders make.
    if !id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        id.insert(0, '_');
    }
    if id.ends_with('-') {
        id.pop();
        id.push_str("u2d");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_ids() {
        for (name, id) in [
            ("GMMexample_it0", "GMMexample_it0"),
            ("lower bound", "lower-bound"),
            ("2D", "_2D"),
            ("α", "u3b1"),
            ("a--b", "a-u2db"),
            ("a-", "au2d"),
            ("", "_"),
        ] {
            assert_eq!(sanitize(name), id);
        }
    }
}
