//! The members of a sweep as points of panels.

use super::words::{setting, word_of};
use super::{Form, Panel, Picture, Point, Range, Spec};
use crate::selection::{Better, Compared, Metric, Row, Setting};

/// A value that is so many times further from the best one than the middle one is lies beyond the
/// frame.
const FAR: f64 = 10.0;

/// Room above and below what is shown, as a share of the range.
const ROOM: f64 = 0.1;

/// Room above the tallest bar.
const ABOVE: f64 = 1.16;

impl Picture {
    pub(super) fn new(spec: &Spec, compared: &Compared) -> Self {
        let other = (0..compared.keys.len()).find(|index| *index != spec.x);
        let own = distinct(compared, spec.x);
        let series = other.map_or_else(Vec::new, |other| distinct(compared, other));
        let place = |index: usize, value: &Setting| match (spec.scale, value.number()) {
            (Some(scale), Some(number)) => scale.place(number),
            _ => index as f64,
        };
        let name = |key: usize, value: &Setting| {
            let key = compared.keys.get(key).map_or("", String::as_str);
            setting(key, value)
        };
        let ticks: Vec<(f64, String)> =
            own.iter().enumerate().map(|(i, v)| (place(i, v), word_of(&v.to_string()))).collect();
        let form = if spec.scale.is_some() { Form::Lines } else { Form::Groups };
        let ends = Range::of(ticks.iter().map(|tick| tick.0)).unwrap_or(Range::new(0.0, 1.0));
        let range = match form {
            Form::Lines => ends.padded(0.05),
            Form::Groups => Range::new(ends.low - 0.5, ends.high + 0.5),
        };
        let point = |(index, row): (usize, &Row), metric: Metric| {
            let setting = row.settings.get(spec.x)?;
            let x = ticks.get(own.iter().position(|value| value == setting)?)?.0;
            let of_series = other.and_then(|other| row.settings.get(other));
            let of_series = of_series.and_then(|own| series.iter().position(|s| s == own));
            let value = *row.metrics.get(&metric)?;
            let others = row.restarts.iter().enumerate().filter(|(i, _)| *i != row.restart);
            let restarts = others.filter_map(|(_, r)| r.metrics.get(&metric).copied());
            Some(Point {
                row: index,
                series: of_series.unwrap_or(0),
                x,
                value,
                restarts: restarts.collect(),
                is_sound: row.is_sound(),
            })
        };
        let panel = |metric: &Metric| {
            let rows = compared.rows.iter().enumerate();
            let mut points: Vec<Point> = rows.filter_map(|row| point(row, *metric)).collect();
            points.sort_by(|a, b| a.series.cmp(&b.series).then(a.x.total_cmp(&b.x)));
            Panel::new(*metric, points, form, spec.restarts)
        };
        let second = other.map_or(0, |other| other);
        Self {
            keys: std::iter::once(spec.x)
                .chain(other)
                .filter_map(|index| compared.keys.get(index).cloned())
                .collect(),
            range,
            series: series.iter().map(|value| name(second, value)).collect(),
            form,
            columns: spec.columns(),
            panels: spec.metrics.iter().map(panel).collect(),
            best: compared.best,
            restarts: spec.restarts,
            compared: compared.clone(),
            ticks,
        }
    }

    /// How many lines, or bars in a group, there are.
    pub(super) fn count(&self) -> usize {
        self.series.len().max(1)
    }
}

/// The values of a key, each once and in their order: numbers by their size.
fn distinct(compared: &Compared, key: usize) -> Vec<Setting> {
    let mut values: Vec<Setting> = Vec::new();
    for setting in compared.rows.iter().filter_map(|row| row.settings.get(key)) {
        if !values.contains(setting) {
            values.push(setting.clone());
        }
    }
    if values.iter().all(|value| value.number().is_some()) {
        values.sort_by(|a, b| a.number().unwrap_or(0.0).total_cmp(&b.number().unwrap_or(0.0)));
    }
    values
}

impl Panel {
    fn new(metric: Metric, points: Vec<Point>, form: Form, restarts: bool) -> Self {
        let is_beyond = beyond(metric, &points);
        let beyond: Vec<usize> =
            (0..points.len()).filter(|i| is_beyond(points[*i].value)).collect();
        let dots = points.iter().filter(|_| restarts).flat_map(|p| &p.restarts).copied();
        let shown = points.iter().map(|p| p.value).chain(dots).filter(|v| !is_beyond(*v));
        let range = Range::of(shown).unwrap_or(Range::new(0.0, 1.0));
        let mut panel = Self { metric, points, frame: range, beyond };
        panel.frame = match panel.has_bars(form) {
            true => Range::new(0.0, (ABOVE * range.high).max(f64::MIN_POSITIVE)),
            false => range.padded(ROOM),
        };
        panel
    }

    /// Whether its members are bars: 0 means something, and there is none of it below 0.
    pub(super) fn has_bars(&self, form: Form) -> bool {
        let from_zero = self.metric.needs_labels() || self.metric.is_count();
        form == Form::Groups && from_zero && self.points.iter().all(|p| p.value >= 0.0)
    }
}

/// Says of a value whether it lies so far from the best one that it would press the others together.
fn beyond(metric: Metric, points: &[Point]) -> impl Fn(f64) -> bool + use<> {
    let sign = match metric.better() {
        // Scores and counts have a scale of their own.
        _ if metric.needs_labels() || metric.is_count() => 0.0,
        Better::Less => -1.0,
        Better::More | Better::Neither => 1.0,
    };
    let best = points.iter().map(|p| sign * p.value).fold(f64::NEG_INFINITY, f64::max);
    let mut gaps: Vec<f64> =
        points.iter().map(|p| best - sign * p.value).filter(|gap| *gap > 0.0).collect();
    gaps.sort_by(f64::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied();
    let most = middle.filter(|_| gaps.len() >= 3).map_or(f64::INFINITY, |middle| FAR * middle);
    move |value: f64| best - sign * value > most
}
