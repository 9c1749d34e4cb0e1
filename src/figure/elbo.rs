//! The ELBO against the iteration.
//!
//! What the viewer should see: plateau, jump, convergence. The frame holds what happens after the
//! first steps; what lies below it is listed as text. Beside it the gap to the final value on a log
//! axis, where convergence at a constant rate is a straight line.
//!
//! Horizontal: iteration. Vertical: nats.
//!
//! Keys that matter: `mark` (`"auto"`: the ends of the steepest rise, or a list of iterations);
//! `quantity` (`"elbo"`, or `"elbo_lecture"` for the notebook's formula, which is no bound; of maximum
//! likelihood `"log_likelihood"`);
//! `range` (`"rise"`, or `"all"` for the whole trace from the first value).

mod draw;
mod quantity;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

pub use self::quantity::Quantity;
use super::axes::{Extent, Range};
use super::known::{check_at, check_iteration};
use super::phase::{self, Rise};
use super::word_or_list::word_or_list;
use super::{At, Inputs, Kind, Known, Needs};
use crate::diagnostic::Problems;
use crate::model::{History, Stop};

/// As written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The fit.
    #[schemars(with = "String")]
    pub(super) fit: Spanned<String>,
    /// Up to which iteration the trace is drawn: a number or `"final"` (default). The frame is that
    /// of the whole trace.
    #[schemars(with = "Option<At>", extend("default" = "final"))]
    at: Option<Spanned<At>>,
    /// Which iterations are marked; `"auto"` by default. The frame holds them.
    #[schemars(with = "Option<Mark>", extend("default" = "auto"))]
    mark: Option<Spanned<Mark>>,
    /// What is drawn; `"elbo"` by default, of a `mixture_em` `"log_likelihood"`, of `kmeans` `"cost"`.
    #[schemars(with = "Option<Quantity>", extend("default" = "elbo"))]
    quantity: Option<Spanned<Quantity>>,
    /// Which part of the trace is drawn; `"rise"` by default.
    #[serde(default)]
    range: Shown,
}

/// Which iterations are marked.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
pub enum Mark {
    /// Where the steepest rise begins and ends.
    #[default]
    #[schemars(with = "String", extend("const" = "auto"))]
    Auto,
    /// These.
    Iterations(Vec<usize>),
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word_or_list(deserializer, &[("auto", Self::Auto)], Self::Iterations, "iterations")
    }
}

/// Which part of the trace is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// From the plateau to twice the end of the rise.
    #[default]
    Rise,
    /// Everything.
    All,
}

/// A trace that can be drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Spec {
    fit: String,
    at: At,
    mark: Mark,
    quantity: Quantity,
    range: Shown,
}

impl Options {
    /// Checks the options against what the config declares.
    pub fn resolve(&self, known: &Known, problems: &mut Problems) -> Option<Spec> {
        let fit = known.fit(&self.fit, problems)?;
        let Some(main) = Quantity::main_of(fit.kind) else {
            problems
                .at(
                    self.fit.span(),
                    format!("`fit.{}` is given, not inferred: it has no ELBO", self.fit.get_ref()),
                )
                .hint("name a fit of kind `cavi`, `bayesian_mixture`, `mixture_em` or `kmeans`");
            return None;
        };
        let quantity = self.quantity.as_ref().map_or(main, |q| *q.get_ref());
        if let Some(written) = &self.quantity
            && !quantity.check(written.span(), self.fit.get_ref(), fit, problems)
        {
            return None;
        }
        let mut good = true;
        good &= check_at(problems, self.at.as_ref(), &self.fit, Some(fit));
        if let Some(mark) = &self.mark
            && let Mark::Iterations(list) = mark.get_ref()
        {
            for t in list {
                good &= check_iteration(problems, mark.span(), *t, &self.fit, fit);
            }
        }
        good.then(|| Spec {
            fit: self.fit.get_ref().clone(),
            at: self.at.as_ref().map_or(At::Final, |at| *at.get_ref()),
            mark: self.mark.as_ref().map_or(Mark::Auto, |mark| mark.get_ref().clone()),
            quantity,
            range: self.range,
        })
    }
}

impl Kind for Spec {
    fn needs(&self) -> Needs {
        Needs { fit: Some(self.fit.clone()), ..Needs::default() }
    }

    fn default_size(&self) -> [f64; 2] {
        [10.0, 4.0]
    }

    fn least_size(&self) -> [f64; 2] {
        [4.0, 2.5]
    }

    fn shown_at(&self) -> Option<At> {
        Some(self.at)
    }

    fn at(&self, at: At) -> Option<super::Spec> {
        Some(super::Spec::Elbo(Self { at, ..self.clone() }))
    }

    fn picture(&self, inputs: &mut Inputs<'_>) -> Result<Box<dyn super::Picture>, String> {
        Picture::new(self, inputs).map(|p| Box::new(p) as Box<dyn super::Picture>)
    }
}

/// The numbers of an ELBO figure.
#[derive(Debug, Clone, Serialize)]
pub struct Picture {
    quantity: Quantity,
    /// Iteration and value.
    trace: Vec<(usize, f64)>,
    /// Up to which iteration the trace is drawn, if not to its end.
    until: Option<usize>,
    rise: Option<Rise>,
    marks: Vec<usize>,
    /// The latest iteration that was asked for but that the fit did not come to.
    missing: Option<usize>,
    /// The first iteration at which the trace falls, which a bound never does.
    falls: Option<usize>,
    /// What is counted.
    #[serde(skip)]
    history: History,
    stop: Stop,
    /// Range of the frame.
    frame: Extent,
    /// What lies below the frame.
    below: Vec<(usize, f64)>,
    /// Iteration and distance to the final value, where it is above 1e-9.
    gap: Vec<(usize, f64)>,
    /// The factor by which the gap shrinks in each of the last iterations.
    rate: Option<f64>,
}

/// Gaps below this are rounding.
const SMALLEST_GAP: f64 = 1e-9;

impl Picture {
    fn new(spec: &Spec, inputs: &Inputs<'_>) -> Result<Self, String> {
        let fit = inputs.fit()?.fit;
        let trace = fit
            .trace
            .get(spec.quantity.key())
            .ok_or_else(|| format!("the fit has no `{}`", spec.quantity.key()))?;
        let values: Vec<(usize, f64)> =
            trace.values.iter().enumerate().map(|(i, v)| (trace.first + i, *v)).collect();
        let &(last, end) = values.last().ok_or("the fit has no iterations to draw")?;
        let sign = spec.quantity.sign();
        // What is made least is made greatest with the other sign.
        let upward: Vec<(usize, f64)> = values.iter().map(|(t, v)| (*t, sign * v)).collect();
        // The value stands still in every second half step, which is no plateau.
        let rise = match fit.history {
            History::Iterations => {
                phase::rise(&upward.iter().map(|v| v.1).collect::<Vec<_>>(), trace.first)
            }
            History::HalfSteps => None,
        };
        let marks = match &spec.mark {
            Mark::Auto => rise.map(|r| vec![r.begins, r.ends]).unwrap_or_default(),
            Mark::Iterations(list) => {
                list.iter().copied().filter(|t| values.iter().any(|v| v.0 == *t)).collect()
            }
        };
        let asked = match (&spec.mark, spec.at) {
            (Mark::Iterations(list), At::Iteration(t)) => list.iter().copied().chain([t]).max(),
            (Mark::Iterations(list), At::Final) => list.iter().copied().max(),
            (Mark::Auto, At::Iteration(t)) => Some(t),
            (Mark::Auto, At::Final) => None,
        };
        let falls = falls(spec.quantity, &upward);
        let frame = turned(frame_of(spec.range, &upward, rise, &marks), sign);
        let below = values
            .iter()
            .copied()
            .filter(|(t, v)| sign > 0.0 && *v < frame.y.low && (*t as f64) <= frame.x.high)
            .collect();
        let gap: Vec<(usize, f64)> = match spec.range {
            // The last value is the limit only where the fit converged and never fell.
            _ if fit.stop != Stop::Converged || falls.is_some() => Vec::new(),
            Shown::All => Vec::new(),
            Shown::Rise => values
                .iter()
                .map(|(t, v)| (*t, sign * (end - v)))
                .take_while(|(t, g)| *t < last && *g > SMALLEST_GAP)
                .collect(),
        };
        let rate = rate(&gap, rise);
        Ok(Self {
            quantity: spec.quantity,
            trace: values,
            until: Some(spec.at.of(last)).filter(|at| *at < last),
            rise,
            marks,
            missing: asked.filter(|t| *t > last),
            falls,
            history: fit.history,
            stop: fit.stop,
            frame,
            below,
            gap,
            rate,
        })
    }

    fn last(&self) -> (usize, f64) {
        self.trace.last().copied().unwrap_or((0, 0.0))
    }

    fn facts(&self) -> Vec<String> {
        let (last, _) = self.last();
        let end = match self.stop {
            Stop::Converged => format!("converged at $t$ = {last}"),
            _ => format!("stopped at the limit of {last} iterations"),
        };
        let missing = self.missing.map(|t| format!("the fit ended before $t$ = {t}"));
        let rise = self.visible_rise().filter(|r| self.is_shown(r.ends)).map(|r| {
            let jump = if self.quantity.sign() > 0.0 { "jump" } else { "drop" };
            format!("plateau, then a {jump} from $t$ = {} to {}", r.begins, r.ends)
        });
        let falls = self.falls.filter(|t| self.is_shown(*t)).map(|t| match self.quantity {
            Quantity::Cost => format!("rises from $t$ = {t}"),
            // What is added to variances makes the M step miss the maximum.
            Quantity::LogLikelihood => format!("falls from $t$ = {t}, by `reg_covar`"),
            _ => format!("not a bound: falls from $t$ = {t}"),
        });
        let until = self.until.map(|t| format!("up to $t$ = {t}"));
        let end = Some(end).filter(|_| self.until.is_none());
        missing.into_iter().chain(until).chain(rise).chain(falls).chain(end).collect()
    }

    /// What the horizontal axis counts.
    fn counted(&self) -> &'static str {
        match self.history {
            History::Iterations => "iteration $t$",
            History::HalfSteps => "half step $t$",
        }
    }

    /// Whether iteration `t` is shown: later ones are not given away.
    fn is_shown(&self, t: usize) -> bool {
        self.until.is_none_or(|until| t <= until)
    }

    fn value(&self, t: usize) -> Option<f64> {
        self.trace.iter().find(|(s, _)| *s == t).map(|(_, v)| *v)
    }

    /// The rise, if it is high enough in this frame to be seen.
    fn visible_rise(&self) -> Option<Rise> {
        let rise = self.rise?;
        let height = (self.value(rise.ends)? - self.value(rise.plateau)?).abs();
        (height >= VISIBLE * self.frame.y.span()).then_some(rise)
    }
}

/// Room above and below what is drawn, as a share of its height: a ring has room in it.
const MARGIN: f64 = 0.09;

/// A rise of less than this share of the frame's height is not seen.
const VISIBLE: f64 = 0.03;

/// The first iteration at which a trace falls by more than rounding.
fn falls(quantity: Quantity, values: &[(usize, f64)]) -> Option<usize> {
    let scale = values.last().map_or(1.0, |v| v.1.abs().max(1.0));
    let least = match quantity {
        Quantity::LogLikelihood => SMALLEST_FALL_OF_LIKELIHOOD,
        _ => SMALLEST_FALL,
    };
    values.windows(2).find(|w| w[1].1 < w[0].1 - least * scale).map(|w| w[1].0)
}

/// Falls below this share of the value are rounding.
const SMALLEST_FALL: f64 = 1e-9;

/// Those of a likelihood below this share are of the `reg_covar` that it has by default.
const SMALLEST_FALL_OF_LIKELIHOOD: f64 = 1e-6;

/// The frame of what was drawn with this sign.
pub(super) fn turned(frame: Extent, sign: f64) -> Extent {
    let y = match sign > 0.0 {
        true => frame.y,
        false => Range::new(-frame.y.high, -frame.y.low),
    };
    Extent { y, ..frame }
}

/// With R the rise from the plateau to the end: from a quarter of R below the plateau to an eighth
/// above the end and all overshoot, and from the start to twice the end of the rise. What is marked
/// is in the frame.
pub(super) fn frame_of(
    shown: Shown,
    values: &[(usize, f64)],
    rise: Option<Rise>,
    marks: &[usize],
) -> Extent {
    let first = values.first().map_or(0, |v| v.0);
    let last = values.last().map_or(1, |v| v.0).max(first + 1);
    let all = Range::of(values.iter().map(|v| v.1)).unwrap_or(Range::new(0.0, 1.0));
    let end = values.last().map_or(0.0, |v| v.1);
    let value = |t: usize| values.get(t - first).map_or(end, |v| v.1);
    if shown == Shown::All {
        return Extent { x: Range::new(first as f64, last as f64), y: all.padded(MARGIN) };
    }
    // Without a rise the fit converges from the start on: show from the second step.
    let plateau = rise.map_or((first + 1).min(last), |r| r.plateau);
    let height = end - value(plateau);
    // At least until the rest of the way is too short to see.
    let arrives = values.iter().find(|v| end - v.1 <= 0.01 * height).map_or(last, |v| v.0 + 2);
    let marked = marks.iter().copied().max().unwrap_or(first);
    let until = rise.map_or(first + 30, |r| 2 * r.ends).max(arrives).max(marked).min(last);
    let y = match height > 0.0 {
        true => {
            let shown = values.iter().filter(|v| plateau <= v.0 && v.0 <= until);
            let top = shown.map(|v| v.1).fold(end, f64::max) + 0.13 * height;
            let low = value(plateau) - 0.25 * height;
            let lowest = marks.iter().map(|t| value(*t)).fold(f64::INFINITY, f64::min);
            Range::new(low.min(lowest - MARGIN * (top - lowest)), top)
        }
        false => all.padded(MARGIN),
    };
    Extent { x: Range::new(first as f64, until.max(first + 1) as f64), y }
}

/// Least squares on the log gap over its last phase, which begins after the rise.
pub(super) fn rate(gap: &[(usize, f64)], rise: Option<Rise>) -> Option<f64> {
    let begin = rise.map_or(0, |r| r.ends);
    let tail: Vec<(f64, f64)> =
        gap.iter().filter(|(t, _)| *t >= begin).map(|(t, g)| (*t as f64, libm::log(*g))).collect();
    let tail = &tail[tail.len() / 4..];
    if tail.len() < 4 {
        return None;
    }
    let n = tail.len() as f64;
    let (mt, mg) =
        (tail.iter().map(|p| p.0).sum::<f64>() / n, tail.iter().map(|p| p.1).sum::<f64>() / n);
    let covariance: f64 = tail.iter().map(|(t, g)| (t - mt) * (g - mg)).sum();
    let variance: f64 = tail.iter().map(|(t, _)| (t - mt) * (t - mt)).sum();
    let rate = libm::exp(covariance / variance);
    (rate < 1.0).then_some(rate)
}
