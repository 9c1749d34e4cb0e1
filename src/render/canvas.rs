//! The canvas that figures draw on, in points.
//!
//! Shapes are elements of plotters, drawn by our own backend; text is set by the canvas itself. They
//! do not pass through a drawing area of plotters, which would move what lies off the page to its
//! edge and so bend lines that are seen. Coordinates that are not finite end a line and start the
//! next; elsewhere they draw nothing.

mod shapes;

use std::collections::BTreeSet;

use super::backend::Backend;
use super::drawing::{Drawing, Item, Mark, Painted, Text, UNITS};
use super::geometry::{Anchor, Direction, Extent, Fill, Rect, TextStyle};
use super::tex::{self, RichText};
use super::{Color, Fonts};

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
            provenance: String::new(),
            prefix: self.prefix,
            items: std::mem::take(&mut self.backend.items),
            clips: self.clips,
        }
    }
}

fn is_finite((x, y): (f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

fn grid(points: f64) -> i32 {
    (points * UNITS).round().clamp(-FAR, FAR) as i32
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
