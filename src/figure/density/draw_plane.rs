//! How densities in two dimensions are drawn.

use super::plane::{Plane, Region, Surface};
use super::{Levels, Picture, Role, Scale};
use crate::figure::axes::{self, Axes};
use crate::figure::style::{self, Area, Areas, Theme, size, width};
use crate::figure::{Cell, Start, Table, View, cloud};
use crate::render::{Anchor, Canvas, Color, Extent, Rect, Stroke};

/// A line as it lies on the canvas.
type Path = Vec<(f64, f64)>;

impl Picture {
    pub(super) fn draw_plane(&self, canvas: &mut Canvas<'_>, view: &View<'_>, plane: &Plane) {
        let (theme, layers) = (view.theme, view.layers);
        let extent = view.shared.unwrap_or(self.extent);
        let axes = cloud::axes(canvas, view, extent, plane.aspect);
        let rect = axes.rect;
        let shown = |surface: &Surface| match surface.role {
            Role::Truth => layers.truth,
            Role::Start | Role::Estimate => layers.estimate,
        };
        canvas.with_clip(axes::clip(rect), |canvas| {
            if layers.data {
                canvas.begin_group("points");
                let points = axes.path(plane.points.iter().copied());
                let radius = cloud::radius(points.len());
                canvas.circles(&points, radius, &style::fill(theme.none, 0.45));
                canvas.end_group();
            }
            // The first surface is filled; a second lies over it as lines. Areas end at the axes.
            if let Some(surface) = plane.surfaces.first().filter(|s| shown(s)) {
                canvas.with_clip(rect, |canvas| draw_areas(canvas, theme, &axes, surface));
            }
            for surface in plane.surfaces.iter().filter(|s| shown(s)) {
                let strokes = self.strokes(theme, surface.role);
                canvas.begin_group(match surface.role {
                    Role::Truth => "truth",
                    Role::Start | Role::Estimate => "estimate",
                });
                draw_lines(canvas, &axes, surface, strokes);
                canvas.end_group();
            }
            if let Some(start) = plane.start.as_ref().filter(|_| layers.start == Start::Shown) {
                canvas.begin_group("start");
                draw_lines(canvas, &axes, start, self.strokes(theme, Role::Start));
                canvas.end_group();
            }
        });
        if let Some(surface) = plane.surfaces.first().filter(|s| shown(s)) {
            self.draw_names(canvas, theme, &axes, plane, surface);
        }
        axes::both(
            canvas,
            view,
            &axes,
            &axes::column_label(&self.column(0)),
            &axes::column_label(&self.column(1)),
        );
    }

    /// The outermost line and the others.
    fn strokes(&self, theme: &Theme, role: Role) -> [Stroke; 2] {
        let color = match role {
            Role::Truth => theme.ink,
            Role::Start | Role::Estimate => self.color(theme, theme.ink),
        };
        match role {
            Role::Truth => [style::solid(width::TRUTH, color), style::solid(width::HAIR, color)],
            Role::Start => [style::dotted(width::START, color).opacity(0.8); 2],
            Role::Estimate => [2.6, width::ESTIMATE_INNER].map(|width| style::dashed(width, color)),
        }
    }

    /// The names of the levels of the filled surface, each on its line, where there is room.
    fn draw_names(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        plane: &Plane,
        surface: &Surface,
    ) {
        let paths: Vec<Vec<Path>> =
            plane.surfaces.iter().flat_map(|s| &s.regions).map(|r| rings(axes, r)).collect();
        let mut taken: Vec<Rect> = Vec::new();
        let count = surface.regions.len();
        for (i, region) in surface.regions.iter().enumerate() {
            let style = style::text(size::NOTE, theme.ink, Anchor::Middle);
            let style = style.background(around(theme, i, count));
            let own = &paths[i];
            let others = paths.iter().enumerate().filter(|(j, _)| *j != i).flat_map(|(_, p)| p);
            let others: Vec<&Path> = others.collect();
            // The first says what all of them are levels of.
            let full = if taken.is_empty() { plane.full_name(region) } else { region.name.clone() };
            let found = [full.as_str(), region.name.as_str()].into_iter().find_map(|name| {
                let extent = canvas.measure(name, &style);
                Some((name, extent, place(own, &others, &taken, axes.rect, extent)?))
            });
            let Some((name, extent, place)) = found else { continue };
            let baseline = (place.top + place.bottom + extent.ascent - extent.descent) / 2.0;
            canvas.text(((place.left + place.right) / 2.0, baseline), name, &style);
            taken.push(place);
        }
    }
}

/// Areas of a surface lie over each other, each this opaque, so that the middle is darkest.
fn opacity(regions: usize) -> f64 {
    0.6 / regions.max(3) as f64
}

fn draw_areas(canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, surface: &Surface) {
    canvas.begin_group("regions");
    let opacity = opacity(surface.regions.len());
    for (i, region) in surface.regions.iter().enumerate() {
        let area = match theme.areas {
            // The mixture belongs to no component.
            Areas::Tinted(_) => theme.neutral_area(opacity),
            // Patterns over each other are darker only if they differ; more than three are a blot.
            Areas::Hatched(_) => theme.area(Some(i.min(2)), opacity),
        };
        style::region(canvas, &rings(axes, region), &area);
    }
    canvas.end_group();
}

/// What surrounds region `i` of `count`: the background with the areas of the wider regions on it.
fn around(theme: &Theme, i: usize, count: usize) -> Color {
    match theme.neutral_area(opacity(count)) {
        Area::Tint(fill) => {
            (0..i).fold(theme.background, |below, _| fill.color.over(below, fill.opacity))
        }
        Area::Hatch(_) => theme.background,
    }
}

fn draw_lines(canvas: &mut Canvas<'_>, axes: &Axes, surface: &Surface, strokes: [Stroke; 2]) {
    for (i, region) in surface.regions.iter().enumerate() {
        for ring in rings(axes, region) {
            canvas.polygon(&ring, None, Some(&strokes[i.min(1)]));
        }
    }
}

/// The boundary of a region on the canvas, without vertices that are too close to be seen.
fn rings(axes: &Axes, region: &Region) -> Vec<Path> {
    let paths = region.rings.iter().map(|ring| axes.path(ring.iter().copied()));
    paths
        .map(|path| {
            let mut kept: Path = Vec::new();
            for &(x, y) in &path {
                let far = kept.last().is_none_or(|(a, b)| libm::hypot(x - a, y - b) >= CLOSE);
                if far {
                    kept.push((x, y));
                }
            }
            // A speck has no shape that could be lost.
            if kept.len() < 8 { path } else { kept }
        })
        .collect()
}

/// Vertices closer than this, in points, do not bend a line.
const CLOSE: f64 = 1.5;

/// Where a name interrupts a line of its own: where the line is level, high up, and no other line or
/// name is near; `None` if there is no such place.
fn place(
    own: &[Path],
    others: &[&Path],
    taken: &[Rect],
    panel: Rect,
    extent: Extent,
) -> Option<Rect> {
    let (w, h) = (extent.width + 6.0, extent.ascent + extent.descent + 4.0);
    let room = panel.inset(2.0);
    let mut best: Option<(f64, Rect)> = None;
    for ring in own {
        // What is left of the line must still show its shape.
        let size = |of: fn(&(f64, f64)) -> f64| {
            let (low, high) = ring
                .iter()
                .map(of)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
            high - low
        };
        let (across, down) = (size(|p| p.0), size(|p| p.1));
        if across < 1.5 * w || down < 2.0 * h || across + down < 3.0 * w {
            continue;
        }
        for i in 0..ring.len() {
            let (x, y) = ring[i];
            let area = Rect::new(x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0);
            let inside =
                room.contains((area.left, area.top)) && room.contains((area.right, area.bottom));
            if !inside || taken.iter().any(|t| t.inset(-4.0).overlaps(&area)) {
                continue;
            }
            let (before, after) =
                (ring[(i + ring.len() - 1) % ring.len()], ring[(i + 1) % ring.len()]);
            let (dx, dy) = (after.0 - before.0, after.1 - before.1);
            let steep = (dy / libm::hypot(dx, dy).max(1e-9)).abs();
            let cost = steep + 0.5 * (y - panel.top) / panel.height();
            if best.is_some_and(|(least, _)| least <= cost) {
                continue;
            }
            if others.iter().all(|path| !crosses(path, area.inset(-1.0))) {
                best = Some((cost, area));
            }
        }
    }
    best.map(|(_, area)| area)
}

/// Whether a closed line passes through a rectangle.
fn crosses(ring: &[(f64, f64)], area: Rect) -> bool {
    let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
    pairs.into_iter().any(|(a, b)| {
        let length = (b.0 - a.0).abs().max((b.1 - a.1).abs());
        let steps = (length / 2.0).ceil().clamp(1.0, 1000.0) as usize;
        (0..=steps).any(|i| {
            let t = i as f64 / steps as f64;
            area.contains((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)))
        })
    })
}

impl Plane {
    /// The points that are drawn, and the boundaries.
    pub(super) fn table(&self, columns: &[String; 2]) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for [x, y] in &self.points {
            rows.push(vec!["point".into(), "".into(), "".into(), (*x).into(), (*y).into()]);
        }
        for surface in &self.surfaces {
            let mark = if surface.role == Role::Truth { "truth" } else { "estimate" };
            for region in &surface.regions {
                for (i, ring) in region.rings.iter().enumerate() {
                    for [x, y] in ring {
                        rows.push(vec![
                            mark.into(),
                            region.level.into(),
                            (i + 1).into(),
                            (*x).into(),
                            (*y).into(),
                        ]);
                    }
                }
            }
        }
        let [x, y] = columns;
        let level = match (&self.levels, self.scale) {
            (Levels::Mass, _) => "level (probability mass)".to_owned(),
            (_, Scale::Density) => format!("level (1/({x} {y}))"),
            (_, Scale::NegLog) => "level (nats)".to_owned(),
        };
        let before = ["mark".to_owned(), level, "line".to_owned()].into_iter();
        Table { columns: before.chain(columns.iter().cloned()).collect(), rows }
    }
}
