//! Shapes: elements of plotters, drawn by our own backend.

use plotters::element::{Circle, Drawable, PathElement, Polygon, Rectangle};
use plotters::style::{RGBAColor, ShapeStyle};

use super::{Canvas, grid, is_finite};
use crate::render::backend::{Backend, Collect};
use crate::render::drawing::{Item, Markers, Painted};
use crate::render::geometry::{Cap, Dash, Fill, Rect, Stroke};
use crate::render::{Color, Hatch, hatch, svg};

impl Canvas<'_> {
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
            svg::fill_attributes(&mut out, fill);
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
