//! How regions are drawn.

use super::facts::divergence;
use super::picture::{Estimate, Panel, Picture};
use super::plane::{axes_of, draw_names, has_free_scales, left_of};
use super::regions::Regions;
use super::{Levels, columns};
use crate::figure::axes::{self, Axes, Extent};
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::slot::Slot;
use crate::figure::style::{self, Theme, size, width};
use crate::figure::{Labels, Layers, Start, Table, View, cloud, number};
use crate::render::{Anchor, Canvas, Rect, tex};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let key = self.key(theme, layers);
        if !layers.estimate {
            // What is not drawn has no scores.
            let start = if layers.truth { "Truth" } else { "Data" }.to_owned();
            let slot = self.panels.first().and_then(|p| p.slot);
            let facts = match slot.filter(|_| layers.truth && self.panels.len() == 1) {
                Some(slot) => slot.heading(),
                None => number::counted(self.points.len(), "point"),
            };
            return Header { start, facts: vec![facts], separator: "; ", key };
        }
        if let [panel] = self.panels.as_slice() {
            let (start, second) = self.single_title(self.earlier());
            let facts = [
                Some(second),
                panel.covered.map(|c| self.held(c)),
                panel.divergence.map(divergence),
            ];
            let facts = facts.into_iter().flatten().filter(|f| !f.is_empty()).collect();
            return Header { start, facts, separator: "; ", key };
        }
        let accuracy = self.accuracy.map(|a| format!("accuracy {a:.3}"));
        let facts = [accuracy, self.model(), self.earlier()].into_iter().flatten().collect();
        Header { start: self.heading().to_owned(), facts, separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        let extent = view.shared.unwrap_or(self.extent);
        match self.panels.as_slice() {
            [panel] => self.draw_single(canvas, view, panel, extent),
            _ => self.draw_panels(canvas, view, extent),
        }
    }

    fn table(&self) -> Table {
        let mut rows = Vec::new();
        for (i, [x, y]) in self.points.iter().enumerate() {
            let label = self.labels.as_ref().and_then(|labels| labels.get(i));
            let label = label.map_or_else(String::new, |k| (k + 1).to_string());
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
                            "the 95 % region of the {} holds {} of the points",
                            self.density.noun(),
                            number::whole_percent(c)
                        )
                    }),
                    p.divergence.map(divergence),
                ];
                let facts: Vec<String> = facts.into_iter().flatten().collect();
                let name = p.slot.filter(|_| !facts.is_empty())?.index();
                Some(format!("component {name}: {}", facts.join(", ")))
            })
            .collect();
        let (start, second) = self.single_title(self.at.clone());
        let title = match self.panels.len() {
            1 if second.is_empty() => start,
            // A title goes on: `Moved by`.
            1 if second.starts_with("by ") => format!("{start} {second}"),
            1 => format!("{start}, {second}"),
            _ => {
                let known = self.panels.iter().any(|p| p.truth.is_some());
                let what = match (known, self.density.is_plug_in()) {
                    (true, true) => "True components and the matched estimates",
                    (true, false) => "True components and the matched predictive densities",
                    (false, _) => self.heading(),
                };
                let facts = [Some(what.to_owned()), self.at.clone()].into_iter().flatten();
                facts.collect::<Vec<String>>().join(", ")
            }
        };
        let scales = match has_free_scales(self.extent) {
            true => {
                " The axes have scales of their own, as their ranges differ more than fivefold."
            }
            false => "",
        };
        let each = if each.is_empty() { String::new() } else { format!("; {}", each.join("; ")) };
        tex::plain(&format!("{title}{each}.{scales}"))
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let components: Vec<serde_json::Value> = self
            .panels
            .iter()
            .filter_map(|p| {
                Some(serde_json::json!({
                    "component": p.slot?.number,
                    "kl_divergence": p.divergence,
                    "coverage_95": p.covered,
                }))
            })
            .collect();
        serde_json::json!({ "components": components, "accuracy": self.accuracy })
    }
}

impl Picture {
    /// The key, in neutral colours: it stands for all components.
    fn key(&self, theme: &Theme, layers: Layers) -> Vec<Entry> {
        let truth = self.panels.iter().any(|p| p.truth.is_some());
        let estimate = self.panels.iter().any(|p| !p.estimates.is_empty());
        let line = Sample::Line(style::dashed(2.4, theme.muted));
        let data = Some(Entry::new(Sample::Dot(theme.none), "data"));
        let truth = truth
            .then(|| Entry::new(Sample::Rimmed(theme.neutral_area(0.3), theme.muted), "truth"));
        let start = (layers.start != Start::Absent).then(|| {
            let sample = Sample::Line(style::dotted(width::START, theme.muted));
            Entry::new(sample, "start").shown(layers.start == Start::Shown)
        });
        let estimate =
            estimate.then(|| Entry::new(line, self.density.word()).shown(layers.estimate));
        let truth = truth.map(|entry| entry.shown(layers.truth));
        [data, truth, start, estimate].into_iter().flatten().collect()
    }

    fn draw_panels(&self, canvas: &mut Canvas<'_>, view: &View<'_>, extent: Extent) {
        let theme = view.theme;
        let columns = columns(self.panels.len());
        let rows = self.panels.len().div_ceil(columns);
        let left = left_of(canvas, extent);
        let right = canvas.page().right - style::RIGHT;
        let gap = 0.2 * style::INCH;
        let panel_width = (right - left - gap * (columns as f64 - 1.0)) / columns as f64;
        let height = canvas.page().bottom / rows as f64;
        for (i, panel) in self.panels.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let start = left + column as f64 * (panel_width + gap);
            let top = row as f64 * height;
            let rect = Rect {
                left: start,
                top: top + 0.58 * style::INCH,
                right: start + panel_width,
                bottom: top + height - 0.6 * style::INCH,
            };
            let axes = axes_of(rect, extent);
            self.draw_marks(canvas, view, &axes, panel);
            let labels = Labels { y: view.labels.y && column == 0, ..view.labels };
            self.draw_axes(canvas, &View { labels, ..*view }, &axes, gap);
            let Some(slot) = panel.slot else { continue };
            let name = style::bold(size::AXIS, theme.text(slot.color), Anchor::Start);
            let end = canvas.text((rect.left, rect.top - 26.0), &slot.heading(), &name).right;
            // Each fact in the longest form that has room, or not at all.
            let fit = |canvas: &mut Canvas<'_>, at: (f64, f64), color, forms: Vec<String>| {
                let note = style::text(size::NOTE, color, Anchor::Start);
                let room = rect.right + 0.5 * gap - at.0;
                let form = forms.iter().find(|form| canvas.measure(form, &note).width <= room);
                if let Some(form) = form {
                    canvas.text(at, form, &note);
                }
            };
            if let Some(nats) = panel.divergence.filter(|_| view.layers.estimate) {
                let short = divergence(nats).replace("($p$\u{2225}$q$)", "");
                let forms = vec![divergence(nats), short.clone(), short.replace(" nats", "")];
                fit(canvas, (end + 10.0, rect.top - 26.0), theme.ink, forms);
            }
            if let Some(share) = panel.covered.filter(|_| view.layers.estimate) {
                let percent = number::whole_percent(share);
                let short = format!("holds {percent} of points");
                let forms = vec![self.held(share), short, format!("holds {percent}")];
                fit(canvas, (rect.left, rect.top - 9.0), theme.muted, forms);
            }
        }
    }

    fn draw_single(&self, canvas: &mut Canvas<'_>, view: &View<'_>, panel: &Panel, extent: Extent) {
        let rect = Rect {
            left: view.left(left_of(canvas, extent)),
            top: 0.1 * style::INCH,
            right: canvas.page().right - style::RIGHT,
            bottom: canvas.page().bottom - view.bottom(0.6 * style::INCH),
        };
        let axes = axes_of(rect, extent);
        self.draw_marks(canvas, view, &axes, panel);
        if panel.slot.is_none() && panel.estimates.len() > 1 && view.layers.estimate {
            draw_names(canvas, view.theme, &axes, panel);
        }
        self.draw_axes(canvas, view, &axes, f64::INFINITY);
    }

    /// The axes of a panel, `gap` from the next one.
    fn draw_axes(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, gap: f64) {
        let name =
            |i: usize| self.columns.get(i).map(|c| axes::column_label(c)).unwrap_or_default();
        axes::both_in_row(canvas, view, axes, gap, &name(0), &name(1));
    }

    fn draw_marks(&self, canvas: &mut Canvas<'_>, view: &View<'_>, axes: &Axes, panel: &Panel) {
        let (theme, layers) = (view.theme, view.layers);
        let position = |p: &[f64; 2]| axes.at(*p);
        canvas.with_clip(axes::clip(axes.rect), |canvas| {
            canvas.begin_group("points");
            let own = panel.slot.and_then(|s| s.truth);
            let is_own =
                |i: usize| own.is_none() || self.labels.as_ref().is_none_or(|l| l.get(i) == own);
            let (mut mine, mut others) = (Vec::new(), Vec::new());
            for (i, point) in self.points.iter().enumerate() {
                let group = if is_own(i) { &mut mine } else { &mut others };
                group.push(position(point));
            }
            canvas.circles(&others, 1.2, &style::fill(theme.none, 0.16));
            let color = theme.mark(panel.slot.and_then(|s| s.color));
            canvas.circles(&mine, 1.2, &style::fill(color, 0.45));
            canvas.end_group();
            let truth = panel.truth.as_ref().zip(panel.slot).filter(|_| layers.truth);
            if let Some((truth, slot)) = truth {
                self.draw_truth(canvas, theme, axes, truth, slot);
            }
            if layers.start == Start::Shown {
                for start in &panel.starts {
                    let dotted = style::dotted(width::START, theme.mark(start.slot.color));
                    cloud::draw_nested(
                        canvas,
                        axes,
                        &start.regions.outlines,
                        &[dotted.opacity(0.8)],
                    );
                }
            }
            if layers.estimate {
                for outline in &panel.others {
                    let hair = style::dashed(width::HAIR, theme.none);
                    canvas.polygon(&axes.path(outline.iter().copied()), None, Some(&hair));
                }
                let most = panel.estimates.iter().map(|e| e.weight).fold(0.0, f64::max);
                for estimate in &panel.estimates {
                    // Among several, one of little weight is faint.
                    let share = if most > 0.0 { estimate.weight / most } else { 1.0 };
                    let opacity = LEAST_OPACITY + (1.0 - LEAST_OPACITY) * share.min(1.0);
                    self.draw_estimate(canvas, theme, axes, estimate, opacity);
                }
            }
            // The true mean stays in sight where an estimate is right.
            if let Some((truth, slot)) = truth {
                cloud::draw_plus(canvas, theme, axes.at(truth.mean), theme.text(slot.color));
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
        let opacity = match self.levels {
            Levels::Mass => 0.20,
            Levels::Density => 0.6 / truth.outlines.len().max(1) as f64,
        };
        canvas.begin_group("truth");
        for outline in &truth.outlines {
            style::area(
                canvas,
                &axes.path(outline.iter().copied()),
                &theme.area(slot.color, opacity),
            );
        }
        if let Some(outer) = truth.outlines.first() {
            let solid = style::solid(width::TRUTH, theme.mark(slot.color));
            canvas.polygon(&axes.path(outer.iter().copied()), None, Some(&solid));
        }
        canvas.end_group();
    }

    fn draw_estimate(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        axes: &Axes,
        estimate: &Estimate,
        opacity: f64,
    ) {
        let color = theme.mark(estimate.slot.color);
        canvas.begin_group("estimate");
        let widths = [2.6, width::ESTIMATE_INNER];
        cloud::draw_nested(
            canvas,
            axes,
            &estimate.regions.outlines,
            &widths.map(|w| style::dashed(w, color).opacity(opacity)),
        );
        let rim = style::solid(1.4, theme.background);
        let [x, y] = estimate.regions.mean;
        canvas.circle(axes.at((x, y)), 3.8, Some(&style::fill(color, opacity)), Some(&rim));
        canvas.end_group();
    }
}

/// The outline of an estimate without weight.
const LEAST_OPACITY: f64 = 0.35;
