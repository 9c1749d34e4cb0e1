//! How a scatter plot is drawn.

use super::{Colored, Component, Ellipses, Picture, Point};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::style::{self, Area, Theme, size, width};
use crate::figure::words::capital;
use crate::figure::{Cell, Layers, Start, Table, View, cloud, number};
use crate::render::{Anchor, Canvas, Hatch, Rect};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let by_truth = layers.truth && self.color == Colored::Truth;
        // Two facts in every step: a header of one line less would move the panel.
        let (start, facts) = match (layers.estimate, by_truth) {
            (true, _) if self.has_components() => (self.title(), self.facts()),
            (true, _) => ("Data".to_owned(), vec![self.points_words()]),
            (false, true) => {
                let facts = [self.points_words(), "components to be recovered".to_owned()];
                ("Truth".to_owned(), facts.to_vec())
            }
            (false, false) => {
                let facts = [self.points_words(), "what the model sees".to_owned()];
                ("Data".to_owned(), facts.to_vec())
            }
        };
        Header { start, facts, separator: "; ", key: self.key(theme, layers) }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let extent = view.shared.unwrap_or(self.extent);
        let axes = cloud::axes(canvas, view, extent, self.aspect);
        self.draw_marks(canvas, view, &axes);
        if view.layers.estimate {
            self.draw_names(canvas, view, &axes);
        }
        let name =
            |i: usize| self.columns.get(i).map(|c| axes::column_label(c)).unwrap_or_default();
        axes::both(canvas, view, &axes, &name(0), &name(1));
    }

    fn table(&self) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let name = |index: Option<usize>| index.map_or_else(String::new, |k| (k + 1).to_string());
        for point in &self.points {
            let predicted = point.predicted.and_then(|k| self.slot_of(k)).map(|s| s.number - 1);
            rows.push(vec![
                "point".into(),
                name(point.truth).into(),
                name(predicted).into(),
                "".into(),
                point.at[0].into(),
                point.at[1].into(),
            ]);
        }
        let mark = if self.fitted { "estimate" } else { "truth" };
        for component in &self.components {
            let mut push = |mark: &str, value: f64, [x, y]: [f64; 2]| {
                let name = component.slot.index();
                let (truth, inferred) = match self.fitted {
                    true => (String::new(), name),
                    false => (name, String::new()),
                };
                let cells = [truth.into(), inferred.into(), value.into(), x.into(), y.into()];
                rows.push([mark.into()].into_iter().chain(cells).collect());
            };
            push(&format!("{mark} weight"), component.weight, component.mean);
            for ((level, _), ellipse) in self.ellipses.radii().iter().zip(&component.ellipses) {
                for vertex in ellipse {
                    push(&format!("{mark} ellipse"), *level, *vertex);
                }
            }
        }
        let value = match self.ellipses {
            Ellipses::Mass(_) => "level (probability mass) or weight",
            Ellipses::Sd(_) => "level (standard deviations) or weight",
        };
        let before = ["mark", "true component", "inferred component", value].map(str::to_owned);
        Table { columns: before.into_iter().chain(self.columns.iter().cloned()).collect(), rows }
    }

    fn caption(&self) -> String {
        let points = self.points_words();
        let drawn = match self.points.len() {
            n if n < self.all => format!(" {} of the points are drawn.", number::count(n)),
            _ => String::new(),
        };
        if !self.has_components() {
            return format!("{points}.{drawn}");
        }
        let whose = if self.fitted { "components of the fit" } else { "true components" };
        let at = self.at.map_or_else(String::new, |t| {
            let after = self.after.clone().unwrap_or_else(|| format!("at t = {t}"));
            format!(" {after}")
        });
        let ellipses = format!("ellipses of {}", self.ellipses.words());
        let numbers = self.components.iter().map(|c| c.slot.index());
        let weights = self.components.iter().map(|c| number::fixed(c.weight, 3));
        let plural = if self.components.len() == 1 { "weight" } else { "weights" };
        let weights = (!self.components.is_empty()).then(|| {
            format!("{plural} {} of k = {}", list(weights.collect()), list(numbers.collect()))
        });
        let facts: Vec<String> =
            [ellipses].into_iter().chain(self.state()).chain(weights).collect();
        format!("{points} and the {whose}{at}: {}.{drawn}", facts.join("; "))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let weights: Vec<f64> = self.components.iter().map(|c| c.weight).collect();
        let names: Vec<usize> = self.components.iter().map(|c| c.slot.number).collect();
        serde_json::json!({
            "points": self.all,
            "components": names,
            "weights": weights,
            "hidden": self.hidden,
            "hide_below": self.hide_below,
        })
    }
}

/// The outline of a component without weight is so opaque, that of the largest entirely.
const FAINTEST: f64 = 0.3;
/// How opaque the innermost area of a component with all weight is: the weights sum to one, so that
/// all areas over each other hide no points.
const AREA: f64 = 0.6;
/// The same of every component where opacity says nothing of weights.
const EVEN_AREA: f64 = 0.2;

impl Picture {
    fn has_components(&self) -> bool {
        self.hidden > 0 || !self.components.is_empty()
    }

    fn points_words(&self) -> String {
        match self.all {
            1 => "1 point".to_owned(),
            n => format!("{} points", number::count(n)),
        }
    }

    /// How many components are shown, and of which iteration, if it is not the last: what must be
    /// said however narrow the figure is.
    fn title(&self) -> String {
        let shown = self.components.len();
        let plural = if shown + self.hidden == 1 { "component" } else { "components" };
        let title = match self.hidden {
            0 => format!("{} {plural}", number::word(shown)),
            hidden => {
                let all = number::word(shown + hidden).to_lowercase();
                format!("{} of {all} {plural}", number::word(shown))
            }
        };
        match (self.at, &self.after) {
            (Some(_), Some(after)) => format!("{}: {}", capital(after), title.to_lowercase()),
            (Some(t), None) => format!("t = {t}: {}", title.to_lowercase()),
            (None, _) => title,
        }
    }

    /// How many are hidden, and how good the fit is.
    fn state(&self) -> Vec<String> {
        let hidden = (self.hidden > 0).then(|| {
            let limit = number::percent(self.hide_below);
            format!("{} below {limit} hidden", number::count(self.hidden))
        });
        let accuracy = self.accuracy.map(|a| format!("accuracy {a:.3}"));
        [hidden, accuracy].into_iter().flatten().collect()
    }

    /// The state, and what the ellipses hold.
    fn facts(&self) -> Vec<String> {
        let state = self.state();
        let state = if state.is_empty() { self.points_words() } else { state.join(", ") };
        vec![state, self.ellipses.words()]
    }

    fn key(&self, theme: &Theme, layers: Layers) -> Vec<Entry> {
        let mut entries = vec![Entry::new(Sample::Dot(theme.none), "data")];
        if self.components.is_empty() {
            return entries;
        }
        if !self.fitted {
            let solid = Sample::Line(style::solid(width::TRUTH, theme.muted));
            entries.push(Entry::new(solid, "truth"));
            return entries;
        }
        if layers.start != Start::Absent {
            let dotted = Sample::Line(style::dotted(width::START, theme.muted));
            entries.push(Entry::new(dotted, "start").shown(layers.start == Start::Shown));
        }
        let dashed = Sample::Line(style::dashed(2.4, theme.muted));
        entries.push(Entry::new(dashed, "estimate").shown(layers.estimate));
        entries
    }

    /// The component of the figure that an inferred component is.
    fn slot_of(&self, inferred: usize) -> Option<&crate::figure::slot::Slot> {
        self.slots.iter().find(|s| s.inferred == Some(inferred))
    }

    /// Which colour a point has; `None` if it has that of no component.
    fn color_of(&self, point: &Point, layers: Layers) -> Option<usize> {
        match self.color {
            Colored::Truth => point.truth.filter(|_| layers.truth),
            Colored::Fit => {
                let predicted = point.predicted.filter(|_| layers.estimate)?;
                self.slot_of(predicted)?.color
            }
            Colored::None => None,
        }
    }

    /// How opaque a component is, from [`FAINTEST`] to 1 for the one with the most weight.
    fn opacity(&self, component: &Component) -> f64 {
        let most = self.components.iter().map(|c| c.weight).fold(0.0, f64::max);
        match self.opacity_by_weight && most > 0.0 {
            true => FAINTEST + (1.0 - FAINTEST) * component.weight / most,
            false => 1.0,
        }
    }

    /// The inside of an ellipse.
    fn area(&self, theme: &Theme, component: &Component) -> Area {
        let all = if self.opacity_by_weight { AREA * component.weight } else { EVEN_AREA };
        let opacity = all / component.ellipses.len().max(1) as f64;
        match theme.area(component.slot.color, opacity) {
            Area::Hatch(hatch) => {
                let color = hatch.color.over(theme.background, self.opacity(component));
                Area::Hatch(Hatch { color, ..hatch })
            }
            tint => tint,
        }
    }

    fn draw_marks(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let (theme, layers) = (view.theme, view.layers);
        canvas.with_clip(axes::clip(axes.rect), |canvas| {
            if layers.estimate {
                canvas.begin_group("areas");
                for component in &self.components {
                    let area = self.area(theme, component);
                    for ellipse in &component.ellipses {
                        style::region(canvas, &[axes.path(ellipse.iter().copied())], &area);
                    }
                }
                canvas.end_group();
            }
            if layers.data {
                canvas.begin_group("points");
                self.draw_points(canvas, theme, axes, layers);
                canvas.end_group();
            }
            if layers.start == Start::Shown {
                canvas.begin_group("start");
                for start in &self.starts {
                    let dotted = style::dotted(width::START, theme.mark(start.slot.color));
                    cloud::draw_nested(canvas, axes, &start.ellipses, &[dotted.opacity(0.8)]);
                }
                canvas.end_group();
            }
            if layers.estimate {
                canvas.begin_group(if self.fitted { "estimate" } else { "truth" });
                for component in &self.components {
                    self.draw_component(canvas, theme, axes, component);
                }
                canvas.end_group();
            }
        });
    }

    fn draw_points(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, layers: Layers) {
        let of: Vec<Option<usize>> = self.points.iter().map(|p| self.color_of(p, layers)).collect();
        let mut colors = of.clone();
        colors.sort_unstable();
        colors.dedup();
        for color in colors {
            let own = self.points.iter().zip(&of).filter(|(_, c)| **c == color);
            let centers: Vec<(f64, f64)> = own.map(|(p, _)| axes.at(p.at)).collect();
            let radius = cloud::radius(self.points.len());
            canvas.circles(&centers, radius, &style::fill(theme.mark(color), 0.45));
        }
    }

    fn draw_component(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        component: &Component,
    ) {
        let color = theme.mark(component.slot.color);
        let opacity = self.opacity(component);
        let [outer, inner] = match self.fitted {
            true => [2.6, width::ESTIMATE_INNER].map(|w| style::dashed(w, color)),
            false => [width::TRUTH, width::HAIR].map(|w| style::solid(w, color)),
        };
        cloud::draw_nested(
            canvas,
            axes,
            &component.ellipses,
            &[outer.opacity(opacity), inner.opacity(opacity)],
        );
        let center = axes.at(component.mean);
        match self.fitted {
            true => {
                let rim = style::solid(1.4, theme.background);
                canvas.circle(center, 3.8, Some(&style::fill(color, 1.0)), Some(&rim));
            }
            false => cloud::draw_plus(canvas, theme, center, theme.text(component.slot.color)),
        }
    }

    /// The names of the components with their weights, each near its ellipse where there is room.
    fn draw_names(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let theme = view.theme;
        let mut placer = Placer::new(axes.rect);
        let r = cloud::radius(self.points.len());
        for point in &self.points {
            placer.dot(axes.at(point.at), r, POINT);
        }
        let starts = self.starts.iter().filter(|_| view.layers.start != Start::Absent);
        for ellipse in self.components.iter().chain(starts).flat_map(|c| &c.ellipses) {
            let mut ring = axes.path(ellipse.iter().copied());
            ring.extend(ring.first().copied());
            placer.line(&ring);
        }
        for component in &self.components {
            placer.dot(axes.at(component.mean), 6.0, 1.0);
        }
        // Those with the most weight have the first choice, unless all stand worse then.
        let mut order: Vec<&Component> = self.components.iter().collect();
        order.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        order.truncate(style::NAMED);
        let (mut names, mut width, mut height) = (Vec::new(), 0.0_f64, 0.0_f64);
        for component in order {
            let Some(outer) = component.ellipses.first() else { continue };
            let text = format!("{}: {}", component.slot.label(), number::percent(component.weight));
            let style = style::text(size::LABEL, theme.text(component.slot.color), Anchor::Start);
            let extent = canvas.measure(&text, &style);
            width = width.max(extent.width + 6.0);
            height = height.max(extent.ascent + extent.descent + 3.0);
            names.push((outer, text, style, extent));
        }
        let path = |outer: &[[f64; 2]]| axes.path(outer.iter().copied());
        let places: Vec<Option<Rect>> = match self.components.len() {
            0..=style::NAMED => {
                let targets: Vec<_> =
                    names.iter().map(|(outer, ..)| beside(&path(outer), width, height)).collect();
                placer.place_all(&targets, width, height).into_iter().map(Some).collect()
            }
            // Among very many, a name that is not beside its ellipse is that of any.
            _ => names
                .iter()
                .map(|(outer, ..)| {
                    let outline = path(outer);
                    placer.beside(&outline, middle(&outline), width, height)
                })
                .collect(),
        };
        for (place, (_, text, style, extent)) in places.iter().zip(&names) {
            let Some(place) = place else { continue };
            let left = place.center().0 - extent.width / 2.0;
            canvas.text((left, place.bottom - 1.5 - extent.descent), text, style);
        }
    }
}

/// The middle of an outline.
fn middle(outline: &[(f64, f64)]) -> (f64, f64) {
    let count = outline.len().max(1) as f64;
    let (x, y) = outline.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
    (x / count, y / count)
}

/// The middles of boxes that touch a convex outline from outside, all around it.
fn beside(outline: &[(f64, f64)], w: f64, h: f64) -> Vec<(f64, f64)> {
    let next = outline.iter().cycle().skip(1);
    let sides = outline.iter().zip(next).step_by(6).filter_map(|(a, b)| {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = libm::hypot(dx, dy);
        // Vertices go round against the clock on the canvas: outside is to the right.
        let (nx, ny) = (-dy / length, dx / length);
        let away = nx.abs() * w / 2.0 + ny.abs() * h / 2.0 + 3.0;
        let middle = (a.0 + away * nx, a.1 + away * ny);
        (middle.0.is_finite() && middle.1.is_finite()).then_some(middle)
    });
    sides.collect()
}

/// A label rather lies a little further off than on a point, and rather on some points than far off.
const POINT: f64 = 0.3;

impl Ellipses {
    /// What the ellipses hold, or where they are.
    fn words(&self) -> String {
        let mut values: Vec<f64> = self.radii().iter().map(|r| r.0).collect();
        values.reverse();
        let (factor, unit) = match self {
            Self::Mass(_) => (100.0, "\u{2009}% of mass"),
            Self::Sd(_) => (1.0, " sd"),
        };
        let numbers = values.iter().map(|v| number::short(factor * v, 2)).collect();
        format!("{}{unit}", list(numbers))
    }
}

/// `1, 2 and 3`.
fn list(words: Vec<String>) -> String {
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        words => words.join(""),
    }
}
