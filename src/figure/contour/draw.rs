//! How regions are drawn.

use super::{Estimate, Levels, Panel, Picture, Regions, columns};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::frame::{self, Entry, Sample};
use crate::figure::slot::Slot;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Table, number};
use crate::render::{Anchor, Canvas, Rect};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, shared: Option<Extent>) {
        let extent = shared.unwrap_or(self.extent);
        match self.panels.as_slice() {
            [panel] => self.draw_single(canvas, theme, panel, extent),
            _ => self.draw_panels(canvas, theme, extent),
        }
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for (i, [x, y]) in self.points.iter().enumerate() {
            let label = self.labels.as_ref().map_or_else(String::new, |l| (l[i] + 1).to_string());
            rows.push(vec!["point".into(), label.into(), "".into(), (*x).into(), (*y).into()]);
        }
        for panel in &self.panels {
            let name = panel.slot.map_or_else(|| "all".to_owned(), |s| s.index());
            let truth = panel.truth.iter().map(|r| ("truth", name.clone(), r));
            let estimates =
                panel.estimates.iter().map(|e| ("estimate", e.slot.index(), &e.regions));
            for (mark, name, regions) in truth.chain(estimates) {
                rows.push(vec![
                    format!("{mark} mean").into(),
                    name.clone().into(),
                    "".into(),
                    regions.mean[0].into(),
                    regions.mean[1].into(),
                ]);
                for (level, outline) in regions.levels.iter().zip(&regions.outlines) {
                    for [x, y] in outline {
                        rows.push(vec![
                            format!("{mark} outline").into(),
                            name.clone().into(),
                            (*level).into(),
                            (*x).into(),
                            (*y).into(),
                        ]);
                    }
                }
            }
        }
        let level = match self.levels {
            Levels::Mass => "level (probability mass)",
            Levels::Density => "level (density)",
        };
        let before = ["mark", "component", level].map(str::to_owned);
        Table { columns: before.into_iter().chain(self.columns.iter().cloned()).collect(), rows }
    }

    fn caption(&self) -> String {
        let each: Vec<String> = self
            .panels
            .iter()
            .filter_map(|p| {
                let facts = [
                    p.covered.map(|c| {
                        format!(
                            "the 95 % region of the estimate holds {} of the points",
                            number::whole_percent(c)
                        )
                    }),
                    p.divergence.map(|d| format!("KL(p\u{2225}q) {} nats", nats(d))),
                ];
                let facts: Vec<String> = facts.into_iter().flatten().collect();
                let name = p.slot.filter(|_| !facts.is_empty())?.index();
                Some(format!("component {name}: {}", facts.join(", ")))
            })
            .collect();
        let (start, second) = self.single_title();
        let title = match self.panels.len() {
            1 => [start, second]
                .iter()
                .filter(|t| !t.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            _ => "True components and the matched estimates".to_owned(),
        };
        match each.is_empty() {
            true => format!("{title}."),
            false => format!("{title}; {}.", each.join("; ")),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

impl Picture {
    /// The key: neutral over several panels, in the colours of what one panel shows.
    fn key(&self, theme: &Theme) -> Vec<Entry<'static>> {
        let (dot, area, line) = match self.panels.as_slice() {
            [Panel { slot: Some(slot), estimates, .. }] => {
                let own = theme.mark(slot.color);
                (own, own, estimates.first().map_or(own, |e| theme.mark(e.slot.color)))
            }
            _ => (theme.none, theme.muted, theme.muted),
        };
        let mut entries = vec![Entry { sample: Sample::Dot(dot), text: "data" }];
        if self.panels.iter().any(|p| p.truth.is_some()) {
            entries.push(Entry { sample: Sample::Area(style::fill(area, 0.3)), text: "truth" });
        }
        if self.panels.iter().any(|p| !p.estimates.is_empty()) {
            let sample = Sample::Line(style::dashed(2.4, line));
            entries.push(Entry { sample, text: "estimate" });
        }
        entries
    }

    /// What the model assumes of covariances, if there is anything to say.
    fn model(&self) -> Option<String> {
        Some(self.model.to_owned()).filter(|m| !m.is_empty())
    }

    fn draw_panels(&self, canvas: &mut Canvas<'_>, theme: &Theme, extent: Extent) {
        let entries = self.key(theme);
        frame::key(
            canvas,
            theme,
            &entries,
            canvas.page().right - style::RIGHT,
            style::TITLE_BASELINE,
        );
        let facts: Vec<String> = self
            .accuracy
            .map(|a| format!("accuracy {a:.3}"))
            .into_iter()
            .chain(self.model())
            .chain(self.at.clone())
            .collect();
        let reserved = frame::key_width(canvas, theme, &entries);
        frame::title(canvas, theme, "Truth and matched estimate", &facts, "; ", reserved);

        let columns = columns(self.panels.len());
        let rows = self.panels.len().div_ceil(columns);
        let (left, right) = (0.72 * style::INCH, canvas.page().right - style::RIGHT);
        let gap = 0.2 * style::INCH;
        let panel_width = (right - left - gap * (columns as f64 - 1.0)) / columns as f64;
        let height = (canvas.page().bottom - 0.5 * style::INCH) / rows as f64;
        for (i, panel) in self.panels.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let start = left + column as f64 * (panel_width + gap);
            let top = 0.5 * style::INCH + row as f64 * height;
            let rect = Rect {
                left: start,
                top: top + 0.58 * style::INCH,
                right: start + panel_width,
                bottom: top + height - 0.6 * style::INCH,
            };
            let axes = Axes::equal_scales(rect, extent);
            self.draw_marks(canvas, theme, &axes, panel);
            self.draw_axes(canvas, theme, &axes, column == 0);
            let Some(slot) = panel.slot else { continue };
            let name = style::bold(size::AXIS, theme.text(slot.color), Anchor::Start);
            let end = canvas.text((rect.left, rect.top - 26.0), &slot.heading(), &name).right;
            if let Some(divergence) = panel.divergence {
                let text = format!("KL(p\u{2225}q) {} nats", nats(divergence));
                canvas.text(
                    (end + 12.0, rect.top - 26.0),
                    &text,
                    &style::text(size::NOTE, theme.ink, Anchor::Start),
                );
            }
            if let Some(covered) = panel.covered {
                let text = format!(
                    "95\u{2009}% ellipse holds {} of points",
                    number::whole_percent(covered)
                );
                canvas.text(
                    (rect.left, rect.top - 9.0),
                    &text,
                    &style::text(size::NOTE, theme.muted, Anchor::Start),
                );
            }
        }
    }

    fn single_title(&self) -> (String, String) {
        let Some(panel) = self.panels.first() else { return (String::new(), String::new()) };
        let Some(slot) = panel.slot else {
            return ("Estimate".to_owned(), format!("{} components", panel.estimates.len()));
        };
        let other = panel.estimates.first().filter(|e| e.slot != slot);
        let moved = match self.shift {
            [0.0, 0.0] => None,
            [x, y] => Some(format!("moved by ({}, {})", number::short(x, 3), number::short(y, 3))),
        };
        let scaled = (self.scale != 1.0)
            .then(|| format!("covariance \u{d7} {}", number::short(self.scale, 3)));
        let changes: Vec<String> = [moved, scaled].into_iter().flatten().collect();
        match other {
            Some(other) => {
                let on = format!("on the data of {}", slot.heading());
                let facts: Vec<String> = [on].into_iter().chain(changes).collect();
                (format!("Estimate of {}", other.slot.heading()), facts.join(", "))
            }
            None if panel.estimates.is_empty() => {
                (slot.heading(), "no component was matched".to_owned())
            }
            None if self.scale != 1.0 => {
                let start = match (self.scale > 1.0, panel.wider) {
                    (true, Some(true)) => "Too wide",
                    (true, _) => "Widened",
                    (false, Some(false)) => "Too narrow",
                    (false, _) => "Narrowed",
                };
                (start.to_owned(), changes.join(", "))
            }
            None if !changes.is_empty() => ("Moved".to_owned(), changes.join(", ")),
            None => {
                let fitted = [Some("as fitted".to_owned()), self.model(), self.at.clone()];
                let facts: Vec<String> = fitted.into_iter().flatten().collect();
                (format!("Estimate of {}", slot.heading()), facts.join("; "))
            }
        }
    }

    fn draw_single(&self, canvas: &mut Canvas<'_>, theme: &Theme, panel: &Panel, extent: Extent) {
        let (start, second) = self.single_title();
        let left = 0.18 * style::INCH;
        canvas.text(
            (left, 0.32 * style::INCH),
            &start,
            &style::bold(size::TITLE, theme.ink, Anchor::Start),
        );
        canvas.text(
            (left, 0.61 * style::INCH),
            second.trim_end_matches("; "),
            &style::text(size::AXIS, theme.muted, Anchor::Start),
        );
        let covered = panel
            .covered
            .map(|c| format!("95\u{2009}% ellipse holds {} of points", number::whole_percent(c)));
        let divergence = panel.divergence.map(|d| format!("KL(p\u{2225}q) {} nats", nats(d)));
        let facts: Vec<String> = [covered, divergence].into_iter().flatten().collect();
        canvas.text(
            (left, 0.97 * style::INCH),
            &facts.join("; "),
            &style::text(size::NOTE, theme.ink, Anchor::Start),
        );

        let right = canvas.page().right - style::RIGHT;
        let rect = Rect {
            left: 0.72 * style::INCH,
            top: 1.5 * style::INCH,
            right,
            bottom: canvas.page().bottom - 0.6 * style::INCH,
        };
        frame::key(canvas, theme, &self.key(theme), right, 1.33 * style::INCH);
        let axes = Axes::equal_scales(rect, extent);
        self.draw_marks(canvas, theme, &axes, panel);
        self.draw_axes(canvas, theme, &axes, true);
    }

    fn draw_axes(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, labelled: bool) {
        let name =
            |i: usize| self.columns.get(i).map(|c| axes::column_label(c)).unwrap_or_default();
        let x_ticks: Vec<axes::Tick> =
            axes::labelled(axes.x_ticks()).into_iter().map(|(v, t)| (axes.px(v), t)).collect();
        axes::bottom(canvas, theme, axes.rect, &x_ticks, &name(0));
        let y_ticks: Vec<axes::Tick> = axes::labelled(axes.y_ticks())
            .into_iter()
            .map(|(v, t)| (axes.py(v), if labelled { t } else { String::new() }))
            .collect();
        axes::left(
            canvas,
            theme,
            axes.rect,
            &y_ticks,
            &if labelled { name(1) } else { String::new() },
        );
    }

    fn draw_marks(&self, canvas: &mut Canvas<'_>, theme: &Theme, axes: &Axes, panel: &Panel) {
        let position = |p: &[f64; 2]| axes.at((p[0], p[1]));
        canvas.with_clip(axes::clip(axes.rect), |canvas| {
            canvas.begin_group("points");
            let own = panel.slot.and_then(|s| s.truth);
            let is_own =
                |i: usize| own.is_none() || self.labels.as_ref().is_none_or(|l| Some(l[i]) == own);
            let others: Vec<(f64, f64)> = self
                .points
                .iter()
                .enumerate()
                .filter(|(i, _)| !is_own(*i))
                .map(|(_, p)| position(p))
                .collect();
            let mine: Vec<(f64, f64)> = self
                .points
                .iter()
                .enumerate()
                .filter(|(i, _)| is_own(*i))
                .map(|(_, p)| position(p))
                .collect();
            canvas.circles(&others, 1.2, &style::fill(theme.none, 0.16));
            let color = theme.mark(panel.slot.and_then(|s| s.color));
            canvas.circles(&mine, 1.2, &style::fill(color, 0.45));
            canvas.end_group();
            if let (Some(truth), Some(slot)) = (&panel.truth, panel.slot) {
                self.draw_truth(canvas, theme, axes, truth, slot);
            }
            for estimate in &panel.estimates {
                self.draw_estimate(canvas, theme, axes, estimate);
            }
        });
    }

    fn draw_truth(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        truth: &Regions,
        slot: Slot,
    ) {
        let color = theme.mark(slot.color);
        let opacity = match self.levels {
            Levels::Mass => 0.20,
            Levels::Density => 0.6 / truth.outlines.len().max(1) as f64,
        };
        canvas.begin_group("truth");
        for outline in &truth.outlines {
            let path = axes.path(outline.iter().map(|p| (p[0], p[1])));
            canvas.polygon(&path, Some(&style::fill(color, opacity)), None);
        }
        if let Some(outer) = truth.outlines.first() {
            let path = axes.path(outer.iter().map(|p| (p[0], p[1])));
            canvas.polygon(&path, None, Some(&style::solid(width::TRUTH, color)));
        }
        let (x, y) = axes.at((truth.mean[0], truth.mean[1]));
        for arm in [[(x - 5.0, y), (x + 5.0, y)], [(x, y - 5.0), (x, y + 5.0)]] {
            canvas.line(&arm, &style::solid(1.8, theme.text(slot.color)));
        }
        canvas.end_group();
    }

    fn draw_estimate(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        estimate: &Estimate,
    ) {
        let color = theme.mark(estimate.slot.color);
        canvas.begin_group("estimate");
        for (i, outline) in estimate.regions.outlines.iter().enumerate() {
            let line_width = if i == 0 { 2.6 } else { width::ESTIMATE_INNER };
            let path = axes.path(outline.iter().map(|p| (p[0], p[1])));
            canvas.polygon(&path, None, Some(&style::dashed(line_width, color)));
        }
        let rim = style::solid(1.4, theme.background);
        let [x, y] = estimate.regions.mean;
        canvas.circle(axes.at((x, y)), 3.8, Some(&style::fill(color, 1.0)), Some(&rim));
        canvas.end_group();
    }
}

/// A divergence with the decimals that it needs not to look like none.
fn nats(divergence: f64) -> String {
    number::fixed(divergence, if divergence < 0.095 { 2 } else { 1 })
}
