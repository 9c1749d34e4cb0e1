//! How responsibilities are drawn: title, points and table; the rest is in `plane`, `line` and `key`.

use super::{CERTAIN, Form, LEVELS, Picture, Space};
use crate::figure::axes::Extent;
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::style::{self, Theme, width};
use crate::figure::{Cell, Layers, Start, Table, View, number};
use crate::render::{Canvas, Color};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        match &self.space {
            Space::Plane { extent, .. } => Some(*extent),
            Space::Line { .. } => None,
        }
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let n = number::count(self.points.len());
        let (start, facts) = match (layers.estimate, layers.truth && self.labels.is_some()) {
            (true, _) => {
                let share = match self.uncertain {
                    0 => format!("every point has a $\\phi_{{ik}}$ above {CERTAIN}"),
                    _ => {
                        let share = number::percent(self.uncertain_share());
                        format!("{share} of the points have no $\\phi_{{ik}}$ above {CERTAIN}")
                    }
                };
                let facts = self.at.clone().into_iter().chain([share]).collect();
                ("Responsibilities", facts)
            }
            (false, true) => ("Truth", vec!["points by their true component".to_owned()]),
            (false, false) => ("Data", vec![format!("{n} points")]),
        };
        let start_line = Sample::Line(style::dotted(width::START, theme.muted));
        let started = (layers.start != Start::Absent && self.form != Form::Stacked)
            .then(|| Entry::new(start_line, "start").shown(layers.start == Start::Shown));
        let own = match self.form {
            Form::Plane => {
                let ellipse = Sample::Line(style::solid(super::plane::OUTER, theme.muted));
                Entry::new(ellipse, "1 and 2 sd")
            }
            Form::Curves | Form::Stacked => {
                let shade = Sample::Area(style::Area::Tint(style::fill(theme.grid, 1.0)));
                Entry::new(shade, format!("none above {CERTAIN}"))
            }
        };
        let between = self.boundaries().is_some().then(|| {
            let line = Sample::Line(super::plane::boundary(theme));
            Entry::new(line, "most probable component changes").shown(layers.estimate)
        });
        let key = started.into_iter().chain([own.shown(layers.estimate)]).chain(between).collect();
        Header { start: start.to_owned(), facts, separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        match &self.space {
            Space::Plane { components, starts, boundaries, extent } => {
                let extent = view.shared.unwrap_or(*extent);
                let boundaries = boundaries.as_deref().unwrap_or_default();
                self.draw_plane(canvas, view, extent, components, starts, boundaries);
            }
            Space::Line { curves, start } => self.draw_line(canvas, view, curves, start.as_ref()),
        }
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for (i, (point, phi)) in self.points.iter().zip(&self.phi).enumerate() {
            for (slot, phi) in self.slots.iter().zip(phi) {
                let mut row = vec!["point".into(), i.into(), slot.index().into()];
                row.extend(point.iter().map(|x| Cell::from(*x)));
                row.push((*phi).into());
                rows.push(row);
            }
        }
        match &self.space {
            Space::Plane { components, boundaries, .. } => {
                for ellipses in components {
                    let mut push = |mark: String, [x, y]: [f64; 2]| {
                        let name = ellipses.slot.index().into();
                        rows.push(vec![
                            mark.into(),
                            "".into(),
                            name,
                            x.into(),
                            y.into(),
                            "".into(),
                        ]);
                    };
                    push("mean".to_owned(), ellipses.mean);
                    for (radius, outline) in super::RADII.iter().zip(&ellipses.outlines) {
                        outline.iter().for_each(|v| push(format!("outline at {radius} sd"), *v));
                    }
                }
                for (i, line) in boundaries.iter().flatten().enumerate() {
                    for [x, y] in line {
                        let mark = format!("boundary {i}");
                        let row = [mark.into(), "".into(), "".into(), (*x).into(), (*y).into()];
                        rows.push(row.into_iter().chain(["".into()]).collect());
                    }
                }
            }
            Space::Line { curves, .. } => {
                for (slot, phi) in self.slots.iter().zip(&curves.phi) {
                    for (x, phi) in curves.x.iter().zip(phi) {
                        let name = slot.index().into();
                        let row = vec!["curve".into(), "".into(), name, (*x).into(), (*phi).into()];
                        rows.push(row);
                    }
                }
            }
        }
        let before = ["mark", "point (index from 0)", "component"].map(str::to_owned);
        let columns = self.columns.iter().take(self.points.first().map_or(1, Vec::len)).cloned();
        let after = ["responsibility (probability)".to_owned()];
        Table { columns: before.into_iter().chain(columns).chain(after).collect(), rows }
    }

    fn caption(&self) -> String {
        let share = number::percent(self.uncertain_share());
        let n = number::count(self.points.len());
        let at = self.at.as_ref().map(|at| format!(" {}", at.replace('$', ""))).unwrap_or_default();
        let what = match self.form {
            Form::Plane if self.boundaries().is_some() => {
                "ellipses hold 39 and 86 % of each component's mass, and dashed lines are where the \
                 most probable component changes"
            }
            Form::Plane => "ellipses hold 39 and 86 % of each component's mass",
            Form::Curves => "curves are the responsibilities of the components",
            Form::Stacked => "areas are the responsibilities of the components, which sum to 1",
        };
        format!(
            "Points coloured by their responsibilities{at}: {share} of the {n} points have none \
             above {CERTAIN}; {what}."
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        serde_json::json!({
            "uncertain": self.uncertain,
            "uncertain_share": self.uncertain_share(),
            "certain_above": CERTAIN,
        })
    }
}

/// Opacity of points: nearly that of their colour in the key.
const OPACITY: f64 = 0.92;

impl Picture {
    /// The lines between the regions of the components, if they are wanted and there are any.
    fn boundaries(&self) -> Option<&[Vec<[f64; 2]>]> {
        match &self.space {
            Space::Plane { boundaries, .. } => boundaries.as_deref().filter(|b| !b.is_empty()),
            Space::Line { .. } => None,
        }
    }

    /// The colours that are mixed, one a slot.
    pub(super) fn shades(&self, theme: &Theme) -> Vec<Color> {
        theme.shades(&self.slots.iter().map(|s| s.color).collect::<Vec<_>>())
    }

    /// The points in their colours: mixed ones, those of the true components, or none.
    pub(super) fn draw_points(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        radius: f64,
        position: impl Fn(usize) -> (f64, f64),
    ) {
        let (theme, layers) = (view.theme, view.layers);
        canvas.begin_group("points");
        let mut draw = |points: &mut dyn Iterator<Item = usize>, color: Color, opacity: f64| {
            let centers: Vec<(f64, f64)> = points.map(&position).collect();
            canvas.circles(&centers, radius, &style::fill(color, opacity));
        };
        match &self.labels {
            _ if layers.estimate => {
                let shades = self.shades(theme);
                for group in &self.groups {
                    let color = mixed(theme, &shades, &group.shares);
                    draw(&mut group.points.iter().copied(), color, OPACITY);
                }
            }
            Some(labels) if layers.truth => {
                let count = labels.components();
                let all: Vec<Option<usize>> = (0..count).map(Some).collect();
                for (k, color) in theme.shades(&all).into_iter().enumerate() {
                    let mut own = (0..labels.len()).filter(|&i| labels.get(i) == Some(k));
                    draw(&mut own, color, OPACITY);
                }
            }
            _ => draw(&mut (0..self.points.len()), theme.none, 0.6),
        }
        canvas.end_group();
    }
}

/// The colour of points with these shares; that of no component where each share is too small.
fn mixed(theme: &Theme, shades: &[Color], shares: &[u8]) -> Color {
    if shares.iter().all(|s| *s == 0) {
        return theme.none;
    }
    let weight = |share: &u8| f64::from(*share) / LEVELS;
    let parts: Vec<(Color, f64)> = shades.iter().copied().zip(shares.iter().map(weight)).collect();
    Color::mix(&parts)
}
