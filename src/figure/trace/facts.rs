//! What traces are said to show: the start of the title, its facts, the caption.

use super::lines::{Fall, Line};
use super::{Measure, Picture, Quantity, Runs};
use crate::figure::number;
use crate::figure::{elbo, phase};
use crate::model::Stop;
use crate::render::tex;

/// A component with less weight than this is as good as gone.
const GONE: f64 = 0.01;

impl Picture {
    /// The thing.
    pub(super) fn start(&self) -> String {
        let name = match self.only_quantity() {
            Some(Quantity::Means) => "Component means",
            Some(Quantity::Weights) => "Component weights",
            Some(Quantity::Variances) => "Component variances",
            Some(quantity) => quantity.bound().map_or("", elbo::Quantity::label),
            None if self.quantities.contains(&Quantity::ElboLecture) => "ELBO, exact and lecture's",
            None => "ELBO and lower bound",
        };
        match (self.runs, self.scale) {
            (Runs::All, _) if self.restarts.is_empty() => format!("{name} of the only restart"),
            (Runs::All, _) => format!("{name} of {} restarts", self.restarts.len() + 1),
            (Runs::Kept, Measure::Value) => name.to_owned(),
            (Runs::Kept, Measure::Gap) if self.only_quantity() == Some(Quantity::Elbo) => {
                "Distance to the final ELBO".to_owned()
            }
            (Runs::Kept, Measure::Gap) if self.only_quantity() == Some(Quantity::Cost) => {
                "Distance to the final cost".to_owned()
            }
            (Runs::Kept, Measure::Gap) if self.only_quantity() == Some(Quantity::LogLikelihood) => {
                "Distance to the final log-likelihood".to_owned()
            }
            (Runs::Kept, Measure::Gap) => "Distance to the final value".to_owned(),
        }
    }

    /// At most two findings, and the iteration if it is not the last.
    pub(super) fn facts(&self) -> Vec<String> {
        let found = match self.only_quantity() {
            Some(Quantity::Cost) => None,
            _ if self.runs == Runs::All => self.about_restarts(),
            Some(Quantity::Means | Quantity::Variances) => self.about_settling(),
            Some(Quantity::Weights) => self.about_weights().or_else(|| self.about_settling()),
            _ if self.fits.len() > 1 => self.about_the_best(),
            _ => self.about_falls().or_else(|| self.about_the_rate()),
        };
        self.at.clone().into_iter().chain(found).chain([self.about_the_end()]).take(2).collect()
    }

    fn about_the_end(&self) -> String {
        let limited: Vec<_> = self.fits.iter().filter(|f| f.stop != Stop::Converged).collect();
        match (&self.fits[..], &limited[..]) {
            ([only], []) => format!("converged at $t$ = {}", only.last),
            ([_], [only]) => format!("stopped at the limit of {} iterations", only.last),
            (_, []) => "all converged".to_owned(),
            (_, [one]) => format!("{} stopped at its limit of {}", one.label, one.last),
            (_, several) => format!("{} stopped at their limits", several.len()),
        }
    }

    /// How many restarts end where the best one does.
    fn about_restarts(&self) -> Option<String> {
        let (within, of) = (self.within_a_nat(), self.restarts.len() + 1);
        if of == 1 {
            return None;
        }
        let lowest = self.restarts.iter().filter_map(|(_, line)| line.values.last());
        let lowest = lowest.map(|v| v.1).fold(f64::INFINITY, f64::min);
        let below = self.lines.first()?.end - lowest;
        Some(match within == of {
            true => "all end within 1 nat".to_owned(),
            false => format!(
                "{within} end within 1 nat of the kept one, the worst {} below",
                number::fixed(below, number::digits(below).min(1))
            ),
        })
    }

    /// How many restarts, the kept one with them, end at most one nat below it.
    pub(super) fn within_a_nat(&self) -> usize {
        let Some(best) = self.lines.first().map(|line| line.end) else { return 0 };
        let ends = self.restarts.iter().filter_map(|(_, line)| line.values.last());
        1 + ends.filter(|(_, end)| best - end <= 1.0).count()
    }

    /// The component that settles last: its line and the iteration.
    pub(super) fn settles_last(&self) -> Option<(&Line, usize)> {
        let all = self.lines.iter().filter(|line| line.slot.is_some());
        let all = all.filter_map(|line| Some((line, line.settles()?)));
        // The first of equals.
        all.fold(None, |last: Option<(&Line, usize)>, next| match last {
            Some(last) if last.1 >= next.1 => Some(last),
            _ => Some(next),
        })
    }

    fn about_settling(&self) -> Option<String> {
        let (line, at) = self.settles_last()?;
        Some(match self.lines.len() {
            1 => format!("settles at $t$ = {at}"),
            _ => format!("{} settles last, at $t$ = {at}", line.label),
        })
    }

    /// How many components are left.
    fn about_weights(&self) -> Option<String> {
        let [_] = self.fits[..] else { return None };
        let left = self.lines.iter().filter(|line| line.end >= GONE).count();
        let of = self.lines.len();
        (left < of).then(|| format!("{left} of {of} above {}", number::percent(GONE)))
    }

    /// Which fit ends highest, where that means anything.
    pub(super) fn best(&self) -> Option<(&Line, f64)> {
        let quantity = self.only_quantity()?;
        quantity.bound().filter(|bound| {
            bound.sign() > 0.0 && self.is_of_one_data_set() && self.fits.len() > 1
        })?;
        let mut order: Vec<&Line> = self.lines.iter().collect();
        order.sort_by(|a, b| b.end.total_cmp(&a.end));
        let [first, second, ..] = order[..] else { return None };
        Some((first, first.end - second.end))
    }

    fn about_the_best(&self) -> Option<String> {
        let (line, above) = self.best()?;
        let digits = number::digits(above).min(3);
        let others = if self.fits.len() > 2 { "the next" } else { "the other" };
        Some(match number::fixed(above, digits) {
            zero if zero.chars().all(|c| matches!(c, '0' | '.')) => "all end alike".to_owned(),
            nats => format!("{} ends {nats} nats above {others}", line.label),
        })
    }

    /// Where the only line that can fall falls first.
    pub(super) fn first_fall(&self) -> Option<(&Line, Fall)> {
        self.lines.iter().find_map(|line| Some((line, *line.falls.first()?)))
    }

    fn about_falls(&self) -> Option<String> {
        let (line, fall) = self.first_fall()?;
        let by: f64 = line.falls.iter().map(|fall| fall.by).sum();
        let digits = number::digits(by).min(6);
        let size = format!("by {} nats in all", number::fixed(by, digits));
        Some(format!("lecture's formula {}, {size}", fall_words(line, &fall)))
    }

    fn about_the_rate(&self) -> Option<String> {
        let rate = self.rate()?;
        Some(format!("shrinks to {} in each step", number::percent(rate)))
    }

    /// The factor by which the only distance shrinks in each of the last iterations.
    pub(super) fn rate(&self) -> Option<f64> {
        let [line] = &self.lines[..] else { return None };
        let converged = self.fits.iter().all(|fit| fit.stop == Stop::Converged);
        if self.scale != Measure::Gap || !converged || line.slot.is_some() {
            return None;
        }
        let values: Vec<f64> = line.values.iter().map(|v| v.1).collect();
        let gaps = line.values.iter().map(|(t, v)| (*t, line.end - v));
        // Down to where distances are rounding.
        let gaps: Vec<_> = gaps.take_while(|(_, gap)| *gap > 1e-9).collect();
        elbo::rate(&gaps, phase::rise(&values, line.values.first()?.0))
    }

    /// One or two sentences.
    pub(super) fn sentences(&self) -> String {
        let facts = self.facts().join("; ");
        let ends: Vec<String> = match self.lines.len() {
            0 => Vec::new(),
            1..=6 => self.lines.iter().map(|line| self.end_words(line)).collect(),
            many => vec![format!("{many} lines")],
        };
        let text = format!(
            "{} over the iterations: {facts}. At the end: {}.",
            self.start(),
            ends.join("; ")
        );
        tex::plain(&text)
    }

    /// The name and the final value of a line.
    fn end_words(&self, line: &Line) -> String {
        let last = line.values.last().map_or(0.0, |v| v.1);
        let value = match line.slot {
            None => {
                let unit = line.quantity.bound().map_or("", elbo::Quantity::unit);
                format!("{}{unit}", number::fixed(last, 1))
            }
            Some(_) => number::short(last, number::digits(last).max(2)),
        };
        match line.label.as_str() {
            "" => value,
            label => format!("{label} {value}"),
        }
    }
}

/// `falls from t = 31 on`, `falls at t = 9`, `falls from t = 9 to 12`.
pub(super) fn fall_words(line: &Line, fall: &Fall) -> String {
    let last = line.values.last().map_or(0, |v| v.0);
    match fall.last {
        end if end == fall.first => format!("falls at $t$ = {end}"),
        end if end == last => format!("falls from $t$ = {} on", fall.first),
        end => format!("falls from $t$ = {} to {end}", fall.first),
    }
}
