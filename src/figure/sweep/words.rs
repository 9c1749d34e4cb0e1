//! What is said of a comparison.

use super::{Picture, Point};
use crate::figure::number;
use crate::figure::words::capital;
use crate::selection::{Better, Flaw, Metric, Row, Setting, TWO_MEASURES};

/// A finding of more letters has no room above a panel of the least width.
const LONGEST: usize = 25;

/// What is said of members that stopped at the limit.
const NOT_CONVERGED: &str = "not converged";

/// What a key is called.
pub(super) fn key(key: &str) -> String {
    match key {
        "components" => "components $K$".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A key with its value: `K = 3`, `full`, `tol 0.1`.
pub(super) fn setting(key: &str, value: &Setting) -> String {
    match value {
        Setting::Word(word) => word_of(word),
        value if key == "components" => format!("K = {value}"),
        value => format!("{} {value}", key.replace('_', " ")),
    }
}

/// A word of the config as a reader writes it.
pub(super) fn word_of(word: &str) -> String {
    word.replace('_', " ").replace("dirichlet", "Dirichlet")
}

impl Picture {
    /// A member, by what it is set to.
    pub(super) fn name(&self, row: &Row) -> String {
        let settings = self.compared.keys.iter().zip(&row.settings);
        settings.map(|(key, value)| setting(key, value)).collect::<Vec<_>>().join(", ")
    }

    /// The member that is best.
    pub(super) fn best_row(&self) -> Option<&Row> {
        self.compared.rows.get(self.best?)
    }

    /// The finding, in two parts where it is too long for one: what it is of, and what was found.
    pub(super) fn finding(&self) -> (String, Option<String>) {
        let by = self.compared.by.metric();
        let name = capital(by.words());
        if !self.compared.is_comparable {
            return (format!("{name}, two measures"), None);
        }
        let Some(row) = self.best_row() else {
            return (name, Some("no member can be chosen".to_owned()));
        };
        // One that is better and not chosen is seen in the picture.
        let of = match self.flawed() {
            Some(why) if self.has_better(row) && why == NOT_CONVERGED => " of converged fits",
            Some(_) if self.has_better(row) => " of sound fits",
            _ => "",
        };
        let found = format!("{} at {}", end(by), self.name(row));
        let whole = format!("{name}{of} is {found}");
        let most = if self.panels.len() == 1 { LONGEST } else { 2 * LONGEST };
        match whole.chars().count() <= most {
            true => (whole, None),
            false => (format!("{name}{of}"), Some(found)),
        }
    }

    /// Whether a member that is not chosen is better than the best one.
    fn has_better(&self, best: &Row) -> bool {
        let by = self.compared.by.metric();
        let value = |row: &Row| row.metrics.get(&by).copied();
        let Some(own) = value(best) else { return false };
        let better = |row: &Row| value(row).is_some_and(|v| by.better().is_better(v, own));
        self.compared.rows.iter().any(better)
    }

    /// What of the finding had no room, whether the first of the other metrics agrees, and how many components the best member makes
    /// use of.
    pub(super) fn facts(&self) -> Vec<String> {
        let others = self.panels.iter().filter(|p| p.metric != self.compared.by.metric());
        let mut agreements = others.filter_map(|p| self.agreement(p.metric));
        let mut facts: Vec<String> =
            self.finding().1.into_iter().chain(agreements.next()).collect();
        if let Some((row, count)) = self
            .best_row()
            .and_then(|row| Some((row, *row.metrics.get(&Metric::EffectiveComponents)? as usize)))
            && count != row.components
        {
            facts.push(format!("{count} of {} components are in use", row.components));
        }
        facts
    }

    fn agreement(&self, metric: Metric) -> Option<String> {
        let own = *self.best_row()?.metrics.get(&metric)?;
        let better = metric.better();
        let sound = self.compared.rows.iter().filter(|row| row.is_sound());
        let valued = sound.filter_map(|row| Some((row, *row.metrics.get(&metric)?)));
        let top = valued.reduce(|a, b| if better.is_better(b.1, a.1) { b } else { a })?;
        match better {
            Better::Neither => None,
            _ if !better.is_better(top.1, own) => Some(format!("and so is the {}", metric.words())),
            _ => Some(format!("the {} is {} at {}", metric.words(), end(metric), self.name(top.0))),
        }
    }

    /// Why some members are hollow, in few words; `None` if none is.
    pub(super) fn flawed(&self) -> Option<String> {
        let flawed: Vec<&Row> = self.compared.rows.iter().filter(|row| !row.is_sound()).collect();
        let limit = |flaw: &Flaw| matches!(flaw, Flaw::IterationLimit(_));
        let failed = |flaw: &Flaw| matches!(flaw, Flaw::Failed(_));
        if flawed.iter().all(|row| row.flaws.iter().any(failed)) {
            return None;
        }
        let all = flawed.iter().all(|row| row.flaws.iter().all(limit));
        Some(if all { NOT_CONVERGED } else { "not chosen" }.to_owned())
    }

    /// One or two sentences.
    pub(super) fn sentences(&self) -> String {
        let over: Vec<String> = self.keys.iter().map(|k| k.replace('_', " ")).collect();
        let rows = &self.compared.rows;
        let restarts = rows.iter().map(|row| row.restarts.len()).max().unwrap_or(0);
        let restarts = match restarts {
            0 | 1 => String::new(),
            many => format!(", each the best of {}", number::counted(many, "restart")),
        };
        let what: Vec<&str> = self.panels.iter().map(|p| p.metric.words()).collect();
        let mut text = format!(
            "{} of {} over {}{restarts}. ",
            capital(&what.join(" and ")),
            number::counted(rows.len(), "fit"),
            over.join(" and ")
        );
        text += &match self.best_row() {
            Some(row) => {
                let each = self.panels.iter().filter_map(|panel| {
                    let value = value(panel.metric, *row.metrics.get(&panel.metric)?);
                    Some(format!("{} {value}", panel.metric.words()))
                });
                let each = each.collect::<Vec<_>>().join(", ");
                let by = self.compared.by.metric().words();
                format!("The best by {by} is {} ({each}).", self.name(row))
            }
            None if !self.compared.is_comparable => {
                format!("None of them is the best: {TWO_MEASURES}.")
            }
            None => "None of them can be chosen.".to_owned(),
        };
        let flawed: Vec<&Row> = rows.iter().filter(|row| !row.is_sound()).collect();
        if let Some(first) = flawed.first() {
            let why = first.flaws.first().map(Flaw::words).unwrap_or_default();
            let are = if flawed.len() == 1 { "is" } else { "are" };
            text += &format!(" {} {are} not chosen: {} {why}", flawed.len(), self.name(first));
            text += if flawed.len() > 1 { ", for one." } else { "." };
        }
        text
    }

    /// What stands beside the ring of the best member.
    pub(super) fn label(&self, metric: Metric, point: &Point) -> String {
        value(metric, point.value)
    }
}

/// Which end of a metric is the good one, in a word.
fn end(metric: Metric) -> &'static str {
    if metric.better() == Better::Less { "lowest" } else { "highest" }
}

/// A value with as many decimals as it needs.
pub fn value(metric: Metric, value: f64) -> String {
    match metric {
        _ if metric.is_count() => number::count(value as usize),
        Metric::Divergence => number::fixed(value, number::digits(value).clamp(2, 4)),
        _ if metric.needs_labels() => number::fixed(value, 3),
        _ => number::fixed(value, 1),
    }
}
