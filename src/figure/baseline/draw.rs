//! How a baseline is drawn.

use super::{Picture, Point, title};
use crate::figure::axes::{self, Axes, Extent, Range};
use crate::figure::frame::Header;
use crate::figure::spot::Spots;
use crate::figure::style::{self, Theme, size};
use crate::figure::{Cell, Layers, Table, View, number};
use crate::math::locator;
use crate::render::{Anchor, Canvas, Rect};
use crate::score::baseline::Score;

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        None
    }

    fn header(&self, _theme: &Theme, _layers: Layers) -> Header {
        let unit = if self.score == Score::LogLoss { " nats" } else { "" };
        let start = format!("{} {}{unit}", title(self.score), number::fixed(self.value, 3));
        Header { start, facts: self.facts(), separator: "; ", key: Vec::new() }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        // The last label on the axis, `100 %`, is centred on its end.
        let right = canvas.page().right - 0.44 * style::INCH;
        let top = 0.2 * style::INCH;
        let bottom = canvas.page().bottom - style::BOTTOM;
        // A narrow figure has room for one panel.
        let with_zoom = !self.zoom.is_empty() && canvas.page().right >= LEAST_FOR_TWO;
        let middle = if with_zoom { 0.535 * canvas.page().right } else { right };
        let main = Rect { left: style::LEFT, top, right: middle, bottom };
        let zoom = with_zoom.then(|| {
            let rect = Rect { left: middle + 1.0 * style::INCH, right, ..main };
            self.zoom_axes(rect)
        });
        self.draw_main(canvas, view, main, zoom.as_ref());
        if let Some(axes) = &zoom {
            self.draw_zoom(canvas, view, axes);
        }
    }

    fn table(&self) -> Table {
        let row = |panel: &'static str| {
            move |p: &Point| {
                vec![panel.into(), p.fraction.into(), p.mean.into(), p.low.into(), p.high.into()]
            }
        };
        let mut rows: Vec<Vec<Cell>> = self.rows.iter().map(row("all")).collect();
        rows.extend(self.zoom.iter().map(row("beginning")));
        let fitted = |fraction: Cell| {
            vec!["fitted model".into(), fraction, self.value.into(), "".into(), "".into()]
        };
        rows.push(fitted(self.crossing.map_or_else(|| "".into(), Cell::Number)));
        let columns = match self.score {
            Score::LogLoss => {
                ["series", "fraction permuted", "mean (nats)", "5 % (nats)", "95 % (nats)"]
            }
            _ => ["series", "fraction permuted", "mean", "5 %", "95 %"],
        };
        Table { columns: columns.map(str::to_owned).to_vec(), rows }
    }

    fn caption(&self) -> String {
        let facts = self.facts().join("; ");
        format!(
            "{} of the fit {}: {facts}. Permuted truth over {} repeats{}.",
            title(self.score),
            number::fixed(self.value, 3),
            self.repeats,
            if self.repeats > 1 {
                format!(
                    ", the 5\u{2013}95 % band {} wide on average",
                    number::fixed(self.band(), 3)
                )
            } else {
                String::new()
            }
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        serde_json::json!({
            "score": self.score,
            "fit": self.value,
            "crossing": self.crossing,
            "band_half_width_at_crossing": self.crossing.and_then(|at| self.band_at(at)),
            "mean_band_width": self.band(),
            "repeats": self.repeats,
        })
    }
}

/// Two panels need this width.
const LEAST_FOR_TWO: f64 = 7.5 * style::INCH;
/// Opacity of the band.
const BAND: f64 = 0.45;

fn percent_ticks(axes: &Axes, parts: usize) -> Vec<axes::Tick> {
    let ticks = locator::ticks(100.0 * axes.x.low, 100.0 * axes.x.high, parts);
    let label = |text: String| format!("{text}\u{2009}%");
    axes::labelled(ticks).into_iter().map(|(v, t)| (axes.px(v / 100.0), label(t))).collect()
}

impl Picture {
    fn draw_rows(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        rows: &[Point],
        spots: &mut Spots,
    ) {
        let upper = rows.iter().map(|r| (r.fraction, r.high));
        let lower = rows.iter().rev().map(|r| (r.fraction, r.low));
        let band = axes.path(upper.chain(lower));
        let mean = axes.path(rows.iter().map(|r| (r.fraction, r.mean)));
        let own = [(axes.rect.left, axes.py(self.value)), (axes.rect.right, axes.py(self.value))];
        canvas.with_clip(axes::clip(axes.rect), |canvas| {
            canvas.begin_group("permuted");
            if self.repeats > 1 {
                canvas.polygon(&band, Some(&style::fill(theme.none, BAND)), None);
            }
            canvas.line(&mean, &style::solid(2.2, theme.none));
            canvas.end_group();
            canvas.line(&own, &style::solid(2.6, theme.mark(Some(0))));
        });
        spots.line(&band);
        spots.line(&mean);
        spots.line(&own);
    }

    fn draw_crossing(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        spots: &mut Spots,
    ) {
        let Some(at) = self.crossing else { return };
        let (x, y) = axes.at((at, self.value));
        let drop = [(x, y), (x, axes.rect.bottom)];
        canvas.line(&drop, &style::dotted(1.4, theme.ink));
        spots.line(&drop);
        let rim = style::solid(1.4, theme.background);
        canvas.circle((x, y), 4.4, Some(&style::fill(theme.ink, 1.0)), Some(&rim));
        spots.area(Rect { left: x - 7.0, right: x + 7.0, top: y - 7.0, bottom: y + 7.0 });
        let style = style::text(size::LABEL, theme.ink, Anchor::Start);
        let text = number::percent(at);
        let w = canvas.measure(&text, &style).width + 8.0;
        if let Some(place) = spots.nearest((x + w / 2.0 + 3.0, axes.rect.bottom - 11.0), [w, 17.0])
        {
            canvas.text((place.left + 4.0, place.bottom - 4.0), &text, &style);
        }
    }

    fn draw_main(&self, canvas: &mut Canvas<'_>, view: &View<'_>, rect: Rect, zoom: Option<&Axes>) {
        let theme = view.theme;
        let values = self.rows.iter().flat_map(|r| [r.low, r.high]).chain([self.value]);
        let mut y = Range::of(values).unwrap_or(Range::new(0.0, 1.0)).padded(0.06);
        if self.score == Score::LogLoss {
            y.low = 0.0;
        }
        let x = Range::new(
            self.rows.first().map_or(0.0, |r| r.fraction),
            self.rows.last().map_or(1.0, |r| r.fraction),
        );
        let axes = Axes { rect, x, y };
        let mut spots = Spots::new(rect);
        let chance = (self.score == Score::Accuracy).then(|| 1.0 / self.components as f64);
        if let Some(level) = chance.filter(|c| y.contains(*c)) {
            let line = [(rect.left, axes.py(level)), (rect.right, axes.py(level))];
            canvas.line(&line, &style::dotted(1.2, theme.axis));
            spots.line(&line);
        }
        if let Some(zoom) = zoom {
            draw_part(canvas, theme, &axes, zoom, &mut spots);
        }
        self.draw_rows(canvas, theme, &axes, &self.rows, &mut spots);
        if zoom.is_none() {
            self.draw_crossing(canvas, theme, &axes, &mut spots);
        }
        let ticks = percent_ticks(&axes, (rect.width() / 90.0).max(2.0) as usize);
        axes::bottom(canvas, view, rect, &ticks, "labels permuted");
        let y_ticks: Vec<axes::Tick> =
            axes::labelled(axes.y_ticks()).into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        axes::left(
            canvas,
            view,
            rect,
            &y_ticks,
            &format!("{}{}", title(self.score).to_lowercase(), self.unit()),
        );

        let mut note = |canvas: &mut Canvas<'_>, lines: &[String], color, target: (f64, f64)| {
            let style = style::text(size::LABEL, color, Anchor::Start);
            let w =
                lines.iter().map(|l| canvas.measure(l, &style).width).fold(0.0, f64::max) + 10.0;
            let h = 16.5 * lines.len() as f64 + 2.0;
            // A note that covers a mark is worse than none.
            let Some(place) = spots.nearest(target, [w, h]) else { return };
            for (i, line) in lines.iter().enumerate() {
                canvas.text((place.left + 5.0, place.top + 13.0 + 16.5 * i as f64), line, &style);
            }
        };
        let own = format!("fitted model {}", number::fixed(self.value, 3));
        note(canvas, &[own], theme.text(Some(0)), (rect.right, axes.py(self.value) - 11.0));
        if let Some(level) = chance.filter(|c| y.contains(*c)) {
            let text = format!("chance 1/{}", self.components);
            note(canvas, &[text], theme.muted, (rect.left, axes.py(level) - 10.0));
        }
        let many = match self.repeats {
            1 => vec!["permuted truth".to_owned()],
            n => vec![
                "permuted truth, mean and".to_owned(),
                format!("5\u{2013}95\u{2009}% of {n} repeats"),
            ],
        };
        let at = self.rows.get(self.rows.len() * 3 / 4).map_or(0.0, |r| r.mean);
        let rising = self.rows.last().map(|r| r.mean) > self.rows.first().map(|r| r.mean);
        let target = match rising {
            true => (rect.left + 0.25 * rect.width(), rect.top + 0.2 * rect.height()),
            false => (rect.left + 0.8 * rect.width(), axes.py(at) - 40.0),
        };
        note(canvas, &many, theme.muted, target);
        if self.score == Score::LogLoss {
            let cost = -libm::log(f64::EPSILON);
            let lines = [
                "each wrong label costs".to_owned(),
                format!("\u{2212}ln \u{3b5} = {} nats", number::fixed(cost, 1)),
            ];
            note(
                canvas,
                &lines,
                theme.muted,
                (rect.left + 0.75 * rect.width(), rect.top + 0.66 * rect.height()),
            );
        }
    }

    /// The axes of the second panel.
    fn zoom_axes(&self, rect: Rect) -> Axes {
        let x = Range::new(0.0, self.zoom.last().map_or(1.0, |r| r.fraction));
        let values = self.zoom.iter().flat_map(|r| [r.low, r.high]).chain([self.value]);
        let mut y = Range::of(values).unwrap_or(Range::new(0.0, 1.0)).padded(0.05);
        if self.score == Score::LogLoss {
            y.low = 0.0;
        }
        Axes { rect, x, y }
    }

    fn draw_zoom(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes) {
        let (theme, rect) = (view.theme, axes.rect);
        let mut spots = Spots::new(rect);
        self.draw_rows(canvas, theme, axes, &self.zoom, &mut spots);
        axes::bottom(canvas, view, rect, &percent_ticks(axes, 4), "labels permuted");
        let y_ticks: Vec<axes::Tick> =
            axes::labelled(axes.y_ticks()).into_iter().map(|(v, t)| (axes.py(v), t)).collect();
        axes::left(canvas, view, rect, &y_ticks, "");
        self.draw_crossing(canvas, theme, axes, &mut spots);
        let heading = format!("the first {}", number::percent(axes.x.high));
        let style = style::text(size::LABEL, theme.ink, Anchor::Start);
        let w = canvas.measure(&heading, &style).width + 12.0;
        if let Some(place) = spots.nearest((rect.left + w / 2.0, rect.top), [w, 20.0]) {
            canvas.text((place.left + 6.0, place.top + 14.0), &heading, &style);
        }
    }
}

/// Where the second panel lies in the first. Lines from there to the panel would cross the first as
/// if they were one of its curves.
fn draw_part(canvas: &mut Canvas<'_>, theme: &Theme, main: &Axes, zoom: &Axes, spots: &mut Spots) {
    let part = Rect {
        left: main.px(zoom.x.low).max(main.rect.left),
        right: main.px(zoom.x.high).min(main.rect.right),
        top: main.py(zoom.y.high).max(main.rect.top),
        bottom: main.py(zoom.y.low).min(main.rect.bottom),
    };
    canvas.rect(part, None, Some(&style::solid(1.1, theme.ink)));
    spots.area(part);
}
