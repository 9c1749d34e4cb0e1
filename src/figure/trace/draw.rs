//! How traces are drawn.

use super::facts::fall_words;
use super::lines::{Line, Strip};
use super::{Measure, Picture, Quantity, Runs};
use crate::figure::axes::{self, Axes, Extent, Tick, column_label};
use crate::figure::elbo;
use crate::figure::ends::{self, End};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::placer::Placer;
use crate::figure::scale::Scale;
use crate::figure::style::{self, Areas, PATTERNS, Theme, size, width};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Color, Rect, Stroke};

/// Between two strips.
const BETWEEN: f64 = 0.2 * style::INCH;

/// A lower strip has no room for notes.
const LOW: f64 = 64.0;

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let truth = (!self.truths.is_empty()).then(|| {
            let sample = Sample::Line(style::solid(width::TRUTH, theme.muted));
            Entry::new(sample, "truth").shown(layers.truth)
        });
        let estimate = (!self.truths.is_empty() && self.fits.len() == 1).then(|| {
            let sample = Sample::Line(style::dashed(width::ESTIMATE, theme.muted));
            Entry::new(sample, "estimate")
        });
        let others = (!self.restarts.is_empty())
            .then(|| Entry::new(Sample::Line(other_run(theme)), "other restarts"));
        let kept = (self.runs == Runs::All && self.scale == Measure::Gap).then(|| {
            let sample = Sample::Line(style::solid(width::CURVE, theme.mark(Some(0))));
            Entry::new(sample, "kept")
        });
        let key = [truth, estimate, kept, others].into_iter().flatten().collect();
        Header { start: self.start(), facts: self.facts(), separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let page = canvas.page();
        let top = 0.16 * style::INCH;
        let bottom = page.bottom - view.bottom(0.61 * style::INCH);
        let count = self.strips.len().max(1) as f64;
        let height = (bottom - top - BETWEEN * (count - 1.0)) / count;
        let rects: Vec<Rect> = (0..self.strips.len())
            .map(|i| top + i as f64 * (height + BETWEEN))
            .map(|top| Rect { left: 0.0, top, right: page.right, bottom: top + height })
            .collect();
        let ticks: Vec<Vec<Tick>> = self
            .strips
            .iter()
            .zip(&rects)
            .map(|(strip, rect)| self.y_ticks(strip, *rect))
            .collect();
        let widest = axes::widest(canvas, ticks.iter().flatten());
        let left = view.left((widest + 36.0).max(style::LEFT));
        let right = page.right - style::RIGHT;
        let names: Vec<&str> = self.lines.iter().map(|line| line.label.as_str()).collect();
        // Distances end where they are too small, so there is room at the ends themselves.
        let margin = match self.scale {
            Measure::Value => ends::margin(canvas, &names, right - left),
            Measure::Gap => 0.0,
        };
        for (i, strip) in self.strips.iter().enumerate() {
            let rect = Rect { left, right: right - margin, ..rects[i] };
            self.draw_strip(canvas, view, strip, rect, margin > 0.0);
            let label = if self.strips.len() == 1 { self.y_label() } else { String::new() };
            let axes = Axes { rect, x: self.x, y: strip.y };
            match (self.strips.len(), self.scale) {
                (1, Measure::Value) => {
                    let values: Vec<f64> = ticks[i].iter().map(|tick| tick.0).collect();
                    axes::left_values(canvas, view, &axes, &values, &label);
                }
                _ => {
                    let ticks = ticks[i].iter().map(|(v, t)| (axes.py(*v), t.clone()));
                    axes::left(canvas, view, rect, &ticks.collect::<Vec<_>>(), &label);
                }
            }
            if i + 1 == self.strips.len() {
                let ticks = axes.x_ticks().into_iter().filter(|t| t.fract() == 0.0).collect();
                let ticks = axes::labelled(ticks).into_iter().map(|(v, t)| (axes.px(v), t));
                axes::bottom(canvas, view, rect, &ticks.collect::<Vec<_>>(), "iteration $t$");
            }
        }
        if self.strips.len() > 1 {
            let whole = Rect { left, top, right, bottom };
            let widest = ticks.into_iter().flatten().max_by(|a, b| {
                let width = |t: &Tick| axes::widest(canvas, [t]);
                width(a).total_cmp(&width(b))
            });
            name_strips(canvas, view, whole, &widest.map_or(String::new(), |t| t.1));
        }
    }

    fn table(&self) -> Table {
        let unit = match self.only_quantity() {
            Some(Quantity::Means) => format!("value ({})", self.column),
            Some(Quantity::Weights | Quantity::Variances) => "value".to_owned(),
            _ => "value (nats)".to_owned(),
        };
        let columns = ["fit", "quantity", "component", "restart", "iteration"];
        let columns = columns.map(str::to_owned).into_iter().chain([unit, "mark".to_owned()]);
        let mut rows = Vec::new();
        let mut push = |line: &Line, restart: Cell| {
            let component = line.slot.map_or_else(|| "".into(), |slot| slot.index().into());
            for (t, value) in &line.values {
                let falls = line.falls.iter().any(|fall| (fall.first..=fall.last).contains(t));
                let mark = if falls { "falls" } else { "" };
                let fit = self.fits[line.fit].label.as_str();
                rows.push(vec![
                    fit.into(),
                    line.quantity.key().into(),
                    Cell::clone(&component),
                    restart.clone(),
                    (*t).into(),
                    Cell::Number(*value),
                    mark.into(),
                ]);
            }
        };
        let kept = if self.runs == Runs::All { "kept" } else { "" };
        self.lines.iter().for_each(|line| push(line, kept.into()));
        self.restarts.iter().for_each(|(number, line)| push(line, (*number).into()));
        for truth in &self.truths {
            let quantity = self.quantities.first().map_or("", |q| q.key());
            let (index, value) = (truth.slot.index(), truth.value);
            let row = ["truth".into(), quantity.into(), index.into(), "".into(), "".into()];
            rows.push(row.into_iter().chain([value.into(), "".into()]).collect());
        }
        Table { columns: columns.collect(), rows }
    }

    fn caption(&self) -> String {
        self.sentences()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let mut numbers = serde_json::Map::new();
        let mut put = |name: &str, value| numbers.insert(name.to_owned(), value);
        if self.runs == Runs::All {
            put("restarts", (self.restarts.len() + 1).into());
            put("within_1_nat", self.within_a_nat().into());
        }
        if let Some((line, fall)) = self.first_fall() {
            put("falls_from", fall.first.into());
            put("falls_by", line.falls.iter().map(|f| f.by).sum::<f64>().into());
        }
        if let Some((line, above)) = self.best() {
            put("best", line.label.as_str().into());
            put("best_by", above.into());
        }
        if let Some((line, at)) = self.settles_last() {
            put("settles_last", line.slot.map(|slot| slot.number).into());
            put("settles_at", at.into());
        }
        if let Some(rate) = self.rate() {
            put("rate", rate.into());
        }
        if numbers.is_empty() { serde_json::Value::Null } else { numbers.into() }
    }
}

/// The line of a restart that was not kept.
fn other_run(theme: &Theme) -> Stroke {
    Stroke { opacity: 0.75, ..style::solid(width::START, theme.none) }
}

/// Whether the step of ticks is 1, 2 or 5 times a power of ten.
fn is_round(ticks: &[f64]) -> bool {
    let [first, second, ..] = ticks else { return false };
    let step = second - first;
    let mantissa = step / libm::pow(10.0, (libm::log10(step) + 1e-9).floor());
    [1.0, 2.0, 5.0].iter().any(|round| (mantissa - round).abs() < 1e-6)
}

/// What all strips measure, once for all of them.
fn name_strips(canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, widest: &str) {
    if !view.labels.y {
        return;
    }
    let tick = style::text(size::TICK, view.theme.muted, Anchor::End);
    let x = rect.left - 15.0 - canvas.measure(widest, &tick).width;
    let style = style::text(size::AXIS, view.theme.ink, Anchor::Middle).up();
    canvas.text((x.max(size::AXIS), (rect.top + rect.bottom) / 2.0), "nats", &style);
}

impl Picture {
    fn y_label(&self) -> String {
        let name = match self.only_quantity() {
            Some(Quantity::Means) => match self.column.contains(" (") {
                false => format!("component mean ({})", column_label(&self.column)),
                true => format!("component mean, {}", column_label(&self.column)),
            },
            Some(Quantity::Weights) => "component weight".to_owned(),
            Some(Quantity::Variances) => "component variance".to_owned(),
            Some(quantity) => quantity.bound().map_or("", elbo::Quantity::axis).to_owned(),
            None => "nats".to_owned(),
        };
        let is_bound = self.quantities.iter().all(|q| q.bound().is_some());
        match (self.scale, self.runs, is_bound) {
            (Measure::Value, ..) => name,
            (Measure::Gap, Runs::All, _) => "distance to the kept end (nats)".to_owned(),
            (Measure::Gap, _, true) => "distance to the end (nats)".to_owned(),
            (Measure::Gap, _, false) => "distance to the end".to_owned(),
        }
    }

    fn y_ticks(&self, strip: &Strip, rect: Rect) -> Vec<Tick> {
        // What several strips have left out of their numbers has no place to stand.
        let labelled = |values: Vec<f64>| match self.strips.len() {
            1 => axes::named(values, "").0,
            _ => axes::labelled(values),
        };
        let most = (rect.height() / 34.0).floor().clamp(2.0, 6.0) as usize;
        let is_bound = self.quantities.iter().all(|q| q.bound().is_some());
        match self.scale {
            // What belongs to components is read off: at multiples of 1, 2 or 5.
            Measure::Value if !is_bound => {
                let all = [most, most + 1, most.saturating_sub(1).max(2), most + 2, 2];
                let all = all.map(|n| locator::ticks(strip.y.low, strip.y.high, n));
                let round = all.iter().find(|ticks| is_round(ticks)).unwrap_or(&all[0]);
                labelled(round.clone())
            }
            Measure::Value => labelled(locator::ticks(strip.y.low, strip.y.high, most)),
            Measure::Gap => Scale::Log.ticks(strip.y, most),
        }
    }

    fn color(&self, theme: &Theme, line: &Line) -> (Color, Color) {
        let index = match line.slot {
            Some(slot) => slot.color,
            None => Some(line.fit),
        };
        (theme.mark(index), theme.text(index))
    }

    /// Components are estimates, and dashed. Of bounds the kind tells the pattern, or on paper
    /// without colours the line itself.
    fn stroke(&self, theme: &Theme, line: &Line) -> Stroke {
        let (color, _) = self.color(theme, line);
        if line.slot.is_some() {
            let dash = PATTERNS[(1 + line.fit) % PATTERNS.len()];
            return Stroke { dash, ..style::solid(width::ESTIMATE, color) };
        }
        let kind = self.quantities.iter().position(|q| *q == line.quantity).unwrap_or(0);
        let without_colours = matches!(theme.areas, Areas::Hatched(_));
        let index = match (self.quantities.len(), without_colours) {
            (1, true) => line.fit,
            (1, false) => 0,
            (_, false) => kind,
            (kinds, true) => line.fit * kinds + kind,
        };
        Stroke { dash: PATTERNS[index % PATTERNS.len()], ..style::solid(width::CURVE, color) }
    }

    fn draw_strip(
        &self,
        canvas: &mut Canvas<'_>,
        view: &View<'_>,
        strip: &Strip,
        rect: Rect,
        has_margin: bool,
    ) {
        let theme = view.theme;
        let axes = Axes { rect, x: self.x, y: strip.y };
        let lines = || strip.lines.iter().map(|&i| &self.lines[i]);
        let mut placer = Placer::new(rect);
        let clip = Rect { bottom: rect.bottom, ..axes::clip(rect) };
        canvas.with_clip(clip, |canvas| {
            if view.layers.truth {
                canvas.begin_group("truth");
                for truth in &self.truths {
                    let y = axes.py(truth.value);
                    // What is true of several components has the colour of none.
                    let alike = self.truths.iter().filter(|t| t.value == truth.value).count();
                    let color = if alike > 1 { theme.ink } else { theme.mark(truth.slot.color) };
                    let stroke = style::solid(width::TRUTH, color);
                    let path = [(rect.left, y), (rect.right, y)];
                    canvas.line(&path, &stroke);
                    placer.line(&path);
                }
                canvas.end_group();
            }
            if let [only] = &self.lines[..]
                && only.slot.is_none()
                && self.scale == Measure::Value
            {
                let level = axes.py(only.end);
                let path = [(rect.left, level), (rect.right, level)];
                canvas.line(&path, &style::dotted(1.2, theme.axis));
                placer.line(&path);
            }
            canvas.begin_group("restarts");
            for (_, line) in &self.restarts {
                canvas.line(&self.path(&axes, line), &other_run(theme));
            }
            canvas.end_group();
            for line in lines() {
                let path = self.path(&axes, line);
                canvas.begin_group("trace");
                canvas.line(&path, &self.stroke(theme, line));
                canvas.end_group();
                placer.line(&path);
            }
        });
        for (_, line) in &self.restarts {
            placer.line(&self.path(&axes, line));
        }
        let mut named = Vec::new();
        for line in lines() {
            self.draw_end(canvas, theme, &axes, line, &mut placer);
            self.draw_falls(canvas, theme, &axes, line, &mut placer);
            let end =
                self.path(&axes, line).into_iter().rfind(|p| p.0.is_finite() && p.1.is_finite());
            if let Some((x, y)) = end.filter(|_| !line.label.is_empty()) {
                let at = (x.min(rect.right), y.clamp(rect.top, rect.bottom));
                named.push(End { at, text: line.label.clone(), color: self.color(theme, line).1 });
            }
        }
        match has_margin {
            true => ends::beside(canvas, theme, rect, named),
            false => ends::within(canvas, theme, rect, &mut placer, named),
        }
        if rect.height() > LOW {
            self.note_starts(canvas, theme, &axes, strip, &mut placer);
        }
    }

    /// What is drawn of a line, on the canvas; where it has no place it is interrupted.
    fn path(&self, axes: &Axes, line: &Line) -> Vec<(f64, f64)> {
        let shown = line.places(self.scale).filter(|(t, _)| *t <= line.until as f64);
        axes.path(shown)
    }

    /// A dot where a line ends before its last iteration.
    fn draw_end(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        line: &Line,
        placer: &mut Placer,
    ) {
        let is_early = line.values.last().is_some_and(|v| line.until < v.0);
        let now = self.path(axes, line).last().copied();
        let Some(at) = now.filter(|p| is_early && axes::clip(axes.rect).contains(*p)) else {
            return;
        };
        let rim = style::solid(1.4, theme.background);
        let fill = style::fill(self.color(theme, line).0, 1.0);
        canvas.circle(at, 4.6, Some(&fill), Some(&rim));
        placer.dot(at, 6.0, 1.0);
    }

    /// A ring where a line begins to fall, and what it does at the first.
    fn draw_falls(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        line: &Line,
        placer: &mut Placer,
    ) {
        let mut first = None;
        for fall in line.falls.iter().filter(|fall| fall.first <= line.until) {
            let Some(value) = line.value(fall.first) else { continue };
            let at = axes.at((fall.first as f64, line.place(self.scale, value)));
            if !axes.rect.contains(at) {
                continue;
            }
            canvas.circle(at, 5.4, None, Some(&style::solid(2.2, theme.ink)));
            placer.dot(at, 8.0, 1.0);
            first = first.or(Some((fall, at)));
        }
        if let Some((fall, at)) = first {
            let style = style::text(size::LABEL, theme.ink, Anchor::Start);
            ends::label(
                canvas,
                placer,
                &fall_words(line, fall),
                &style,
                (at.0 - 30.0, at.1 + 17.0),
            );
        }
    }

    /// Says how far below the frame lines start, where they do.
    fn note_starts(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        strip: &Strip,
        placer: &mut Placer,
    ) {
        let restarts = self.restarts.iter().map(|(_, line)| line);
        let starts = strip.lines.iter().map(|&i| &self.lines[i]).chain(restarts);
        let starts: Vec<f64> = starts
            .filter_map(|line| line.values.first())
            .map(|v| v.1)
            .filter(|v| self.scale == Measure::Value && *v < strip.y.low)
            .collect();
        let Some(lowest) = starts.iter().copied().reduce(f64::min) else { return };
        let text = match starts.len() {
            1 => format!("starts below, at {}", number::fixed(lowest, 0)),
            many => format!("{many} start below, from {} on", number::fixed(lowest, 0)),
        };
        let style = style::text(size::NOTE, theme.muted, Anchor::Start);
        let half = canvas.measure(&text, &style).width / 2.0;
        if 2.0 * half + 20.0 > axes.rect.width() {
            return;
        }
        let target = (axes.rect.left + half + 40.0, axes.rect.bottom - 12.0);
        ends::label(canvas, placer, &text, &style, target);
    }
}
