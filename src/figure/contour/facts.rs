//! What a figure of regions says in words.

use super::Picture;
use crate::figure::number;
use crate::figure::words::capital;

impl Picture {
    /// Which share of a component's points the estimate holds.
    pub(super) fn held(&self, share: f64) -> String {
        let region = if self.density.is_plug_in() { "ellipse" } else { "region" };
        format!("95\u{2009}% {region} holds {} of points", number::whole_percent(share))
    }

    /// What the panels show, in a title.
    pub(super) fn heading(&self) -> &'static str {
        let known = self.panels.iter().any(|p| p.truth.is_some());
        match (known, self.density.is_plug_in()) {
            (true, true) => "Truth and matched estimate",
            (true, false) => "Truth and matched predictive density",
            (false, true) => "Estimates",
            (false, false) => "Predictive densities",
        }
    }

    /// What the model assumes of covariances, if there is anything to say.
    pub(super) fn model(&self) -> Option<String> {
        Some(self.model.to_owned()).filter(|m| !m.is_empty())
    }

    /// Which iteration is shown, if it is not the last.
    pub(super) fn earlier(&self) -> Option<String> {
        self.at.as_ref().map(|_| self.moment.clone())
    }

    /// The title of a figure of one panel, `at` saying which iteration it shows if that is not the
    /// last.
    pub(super) fn single_title(&self, at: Option<String>) -> (String, String) {
        let Some(panel) = self.panels.first() else { return (String::new(), String::new()) };
        let Some(slot) = panel.slot else {
            let many = match panel.estimates.len() {
                1 => "1 component".to_owned(),
                n => format!("{n} components"),
            };
            let facts: Vec<String> = [many].into_iter().chain(at).collect();
            return (capital(self.density.noun()), facts.join("; "));
        };
        let what = capital(self.density.noun());
        let other = panel.estimates.first().filter(|e| e.slot != slot);
        let moved = match self.shift {
            [0.0, 0.0] => None,
            [x, y] => Some(format!("by ({}, {})", brief(x), brief(y))),
        };
        let moved_alone = moved.is_some() && self.scale == 1.0 && other.is_none();
        let moved = moved.map(|by| if moved_alone { by } else { format!("moved {by}") });
        let scaled =
            (self.scale != 1.0).then(|| format!("covariance \u{d7} {}", brief(self.scale)));
        let changes = [moved, scaled, at.clone()];
        let changes: Vec<String> = changes.into_iter().flatten().collect();
        match other {
            Some(other) => {
                let on = format!("on the data of {}", slot.heading());
                let facts: Vec<String> = [on].into_iter().chain(changes).collect();
                (format!("{what} of {}", other.slot.heading()), facts.join(", "))
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
            None if moved_alone => ("Moved".to_owned(), changes.join(", ")),
            None => {
                let moment = at.unwrap_or_else(|| self.moment.clone());
                let facts: Vec<String> = [moment].into_iter().chain(self.model()).collect();
                (format!("{what} of {}", slot.heading()), facts.join("; "))
            }
        }
    }
}

/// A number in few characters: `0.5`, or `2$\cdot 10^{-5}$`.
fn brief(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        v if v >= 0.001 => number::short(value, 3),
        v => {
            let power = libm::log10(v).floor();
            let multiple = number::short(value / libm::pow(10.0, power), 1);
            format!("{multiple}$\\cdot 10^{{{power}}}$")
        }
    }
}

/// The divergence of the estimate from the truth.
pub(super) fn divergence(nats: f64) -> String {
    format!("KL($p$\u{2225}$q$) {} nats", number::fixed(nats, if nats < 10.0 { 2 } else { 1 }))
}
