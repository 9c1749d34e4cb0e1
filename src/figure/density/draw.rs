//! What stands above and beside a density, and its numbers as table and JSON.

use super::{Body, Estimate, Levels, Picture, Role, Scale, Summary};
use crate::figure::axes::Extent;
use crate::figure::frame::{Entry, Header, Sample};
use crate::figure::slot::PROJECTION_COLOR;
use crate::figure::style::{self, Theme, width};
use crate::figure::words::capital;
use crate::figure::{Layers, Start, Table, View, number};
use crate::render::{Canvas, Color};

impl crate::figure::Picture for Picture {
    fn extent(&self) -> Option<Extent> {
        Some(self.extent)
    }

    fn header(&self, theme: &Theme, layers: Layers) -> Header {
        let key = self.key(theme, layers);
        let truth = self.truth();
        // Two facts at least in every step: a header of one line less would move the panel.
        let (start, facts) = match (layers.estimate, truth.filter(|_| layers.truth)) {
            (true, _) => (self.title(), self.facts()),
            (false, Some(truth)) => {
                let fate = if self.projection.is_some() { "approximated" } else { "recovered" };
                let facts = [format!("the density to be {fate}"), components(truth)];
                (modes(truth), facts.to_vec())
            }
            (false, None) => {
                let facts = [self.points_words(), "what the model sees".to_owned()];
                ("Data".to_owned(), facts.to_vec())
            }
        };
        Header { start, facts, separator: "; ", key }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, view: &View<'_>) {
        match &self.body {
            Body::Line(line) => self.draw_line(canvas, view, line),
            Body::Plane(plane) => self.draw_plane(canvas, view, plane),
        }
    }

    fn table(&self) -> Table {
        match &self.body {
            Body::Line(line) => line.table(&self.column(0)),
            Body::Plane(plane) => plane.table(&[self.column(0), self.column(1)]),
        }
    }

    fn caption(&self) -> String {
        let what = match (self.has(Role::Truth), self.has(Role::Estimate)) {
            (with_truth, true) if self.projection.is_some() => self
                .projection
                .map_or_else(String::new, |projection| projection.caption(with_truth)),
            (true, true) if !self.estimate.is_plug_in() => {
                "True and posterior predictive density".to_owned()
            }
            (_, true) if !self.estimate.is_plug_in() => "Posterior predictive density".to_owned(),
            (true, true) => "True and estimated density".to_owned(),
            (true, false) => "True density".to_owned(),
            _ => "Estimated density".to_owned(),
        };
        let modes = self.mixtures.iter().map(|m| {
            let of = match m.role {
                Role::Truth if self.projection.is_some() => "p has ",
                Role::Estimate if self.projection.is_some() => "q has ",
                Role::Truth if self.mixtures.len() > 1 => "the truth has ",
                Role::Estimate if self.mixtures.len() > 1 => match self.estimate {
                    Estimate::PlugIn => "the estimate has ",
                    Estimate::Predictive => "the prediction has ",
                },
                _ => "",
            };
            format!("{of}{} from {}", modes(m).to_lowercase(), components(m))
        });
        let at =
            self.at.iter().map(|t| self.after.clone().unwrap_or_else(|| format!("at t = {t}")));
        let divergence = self.quality().map(|words| words.replace('$', ""));
        let held = match &self.body {
            Body::Plane(plane) => plane.held.filter(|_| self.projection.is_none()).map(held),
            Body::Line(_) => None,
        };
        let facts: Vec<String> = at.chain(modes).chain(divergence).chain(held).collect();
        let drawn = match &self.body {
            Body::Plane(plane) if (1..self.points).contains(&plane.points.len()) => {
                format!(" {} of the points are drawn.", number::count(plane.points.len()))
            }
            _ => String::new(),
        };
        let facts = facts.join("; ");
        // A projection does not look at the points.
        match self.projection {
            Some(_) => format!("{what}: {facts}.{drawn}"),
            None => format!("{what} of {}: {facts}.{drawn}", self.points_words()),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    fn numbers(&self) -> serde_json::Value {
        let mut numbers = serde_json::Map::new();
        let mut put = |name: String, value: serde_json::Value| numbers.insert(name, value);
        for mixture in &self.mixtures {
            let role = if mixture.role == Role::Truth { "truth" } else { "estimate" };
            put(format!("{role}_components"), mixture.components.into());
            put(format!("{role}_modes"), mixture.modes.len().into());
            put(format!("{role}_mean_log_density"), mixture.mean_log_density.into());
        }
        if let Some(divergence) = self.divergence {
            put("divergence".to_owned(), divergence.into());
        }
        if let Some(projection) = self.projection {
            put("divergence".to_owned(), projection.nats.into());
            put("divergence_is".to_owned(), serde_json::json!(projection.of));
        }
        if let Body::Plane(plane) = &self.body {
            if let Some(held) = plane.held {
                put("held_by_95_percent_region".to_owned(), held.into());
            }
            let levels = plane.surfaces.last().map(|s| s.regions.iter().map(|r| r.level));
            let name = match (&plane.levels, plane.scale) {
                (Levels::Mass, _) => "masses",
                (_, Scale::Density) => "levels",
                (_, Scale::NegLog) => "levels_neg_log",
            };
            put(name.to_owned(), levels.into_iter().flatten().collect());
        }
        serde_json::Value::Object(numbers)
    }
}

impl Picture {
    pub(super) fn column(&self, axis: usize) -> String {
        self.columns.get(axis).cloned().unwrap_or_default()
    }

    fn points_words(&self) -> String {
        match self.points {
            1 => "1 point".to_owned(),
            n => format!("{} points", number::count(n)),
        }
    }

    /// How many modes there are, and at which iteration, if it is not the last: what must be said
    /// however narrow the figure is.
    fn title(&self) -> String {
        if let Some(projection) = self.projection {
            let at = self.at.map_or_else(String::new, |t| format!("t = {t}: "));
            return format!("{at}{}", projection.words());
        }
        let modes = self.main().map_or_else(String::new, modes);
        match (self.at, &self.after) {
            (Some(_), Some(after)) => format!("{}: {}", capital(after), modes.to_lowercase()),
            (Some(t), None) => format!("t = {t}: {}", modes.to_lowercase()),
            (None, _) => modes,
        }
    }

    /// What is said of the truth, if it is drawn.
    fn truth(&self) -> Option<&Summary> {
        self.mixtures.iter().find(|m| m.role == Role::Truth)
    }

    /// The divergence of the estimate, if the truth is drawn or it is a projection.
    fn quality(&self) -> Option<String> {
        let of_projection = self.projection.map(super::Projection::words);
        of_projection.or_else(|| self.divergence.map(|d| nats("KL($p$\u{2225}$q$)", d)))
    }

    /// The colour of the estimate: one of its own where it is a projection.
    pub(super) fn color(&self, theme: &Theme, other: Color) -> Color {
        self.projection.map_or(other, |_| theme.mark(Some(PROJECTION_COLOR)))
    }

    /// What a projection is of: how many modes p has where it is known, else that q is normal.
    fn projected(&self) -> String {
        self.truth().map_or_else(
            || "$q$ is normal".to_owned(),
            |truth| format!("$p$ has {}", modes(truth).to_lowercase()),
        )
    }

    /// What is drawn and how good it is: two facts or more, the most important first.
    fn facts(&self) -> Vec<String> {
        let truth = self.truth();
        if self.projection.is_some() {
            let second = match &self.body {
                Body::Plane(plane) => plane.words(),
                Body::Line(_) => truth.map_or_else(|| self.points_words(), components),
            };
            return vec![self.projected(), second];
        }
        let quality = self.quality().or_else(|| match &self.body {
            Body::Plane(plane) => plane.held.map(held),
            Body::Line(_) => self.main().filter(|m| m.role == Role::Estimate).map(|m| {
                format!("mean $\\ln p(x_i)$ {} nats", number::fixed(m.mean_log_density, 2))
            }),
        });
        let quality = quality.unwrap_or_else(|| self.points_words());
        let main = self.main().zip(truth).filter(|(m, t)| m.modes.len() != t.modes.len());
        let other = main.map(|(_, truth)| {
            format!("the truth has {}", number::word(truth.modes.len()).to_lowercase())
        });
        match &self.body {
            Body::Plane(plane) => {
                [Some(plane.words()), other, Some(quality)].into_iter().flatten().collect()
            }
            Body::Line(_) => {
                let sum = other.or_else(|| self.main().map(components));
                [Some(quality), sum].into_iter().flatten().collect()
            }
        }
    }

    fn key(&self, theme: &Theme, layers: Layers) -> Vec<Entry> {
        let mut entries = Vec::new();
        let (line, plane) = match &self.body {
            Body::Line(line) => (Some(line), None),
            Body::Plane(plane) => (None, Some(plane)),
        };
        if line.is_some_and(|l| l.rug.is_some()) {
            entries.push(Entry::new(Sample::Strokes(theme.muted), "data"));
        }
        if plane.is_some_and(|plane| !plane.points.is_empty()) {
            entries.push(Entry::new(Sample::Dot(theme.none), "data"));
        }
        let both = self.mixtures.len() > 1;
        // In one dimension the mixture is told from its components, in two there is nothing else.
        let color = if line.is_some() { theme.ink } else { theme.muted };
        if self.has(Role::Truth) {
            let sample = match (plane, both) {
                (Some(_), _) => Sample::Rimmed(theme.neutral_area(0.3), theme.muted),
                (None, true) => Sample::Line(style::solid(width::TRUTH, color)),
                (None, false) => Sample::Line(style::solid(width::CURVE, color)),
            };
            let name = self.projection.map_or("truth", |_| "$p$");
            entries.push(Entry::new(sample, name).shown(layers.truth));
        }
        if layers.start != Start::Absent {
            let dotted = Sample::Line(style::dotted(width::START, self.color(theme, color)));
            entries.push(Entry::new(dotted, "start").shown(layers.start == Start::Shown));
        }
        if self.has(Role::Estimate) {
            let sample = Sample::Line(style::dashed(2.4, self.color(theme, color)));
            let name = self.projection.map_or(self.estimate.word(), |_| "$q$");
            entries.push(Entry::new(sample, name).shown(layers.estimate));
        }
        entries
    }
}

/// `Two modes`.
fn modes(mixture: &Summary) -> String {
    let plural = if mixture.modes.len() == 1 { "mode" } else { "modes" };
    format!("{} {plural}", number::word(mixture.modes.len()))
}

/// `three components`.
fn components(mixture: &Summary) -> String {
    let plural = if mixture.components == 1 { "component" } else { "components" };
    format!("{} {plural}", number::word(mixture.components).to_lowercase())
}

/// A divergence with its value.
pub(super) fn nats(label: &str, nats: f64) -> String {
    let digits = if nats < 10.0 { number::digits(nats).clamp(2, 4) } else { 1 };
    format!("{label} {} nats", number::fixed(nats, digits))
}

/// Which share of the points the widest region holds.
fn held(share: f64) -> String {
    format!("95\u{2009}% region holds {} of points", number::percent(share))
}
